"""RFC 9309, rule by rule; the number of a section stands with each."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crawl.robots_rules import RobotsRules, product_token

HOST = "http://a.example"


def allows(text: str | bytes, path: str, crawler: str = "qzsearch") -> bool:
    body = text.encode() if isinstance(text, str) else text
    return RobotsRules(body, crawler).allows(HOST + path)


def group(*lines: str) -> str:
    return "\n".join(("User-agent: *", *lines, ""))


# -- 2.2.1 The User-Agent Line ------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("qzsearch/0.1", "qzsearch"),
        ("Qz-Search_Bot (+http://a.example/)", "Qz-Search_Bot"),
        ("qz", "qz"),
        ("360", "360"),
    ],
)
def test_2_2_1_the_product_token_is_letters_underscores_and_hyphens(
    user_agent: str, token: str
) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    "value", ["qzsearch", "QZSearch", "qzsearch/9.9", "qzsearch bot", "qzsearch*", "qzsearch;x"]
)
def test_2_2_1_tokens_are_compared_without_case_up_to_what_is_no_token(value: str) -> None:
    assert not allows(f"User-agent: {value}\nDisallow: /", "/x")


@pytest.mark.parametrize(
    "value", ["q", "qz", "search", "qzsearchbot", "my-qzsearch", "", "qz search"]
)
def test_2_2_1_a_part_of_a_token_is_another_token(value: str) -> None:
    assert allows(f"User-agent: {value}\nDisallow: /", "/x")


def test_2_2_1_a_group_of_our_own_is_the_only_one_that_counts() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: qzsearch\nDisallow: /a\n"
    assert allows(text, "/b")
    assert not allows(text, "/a")
    assert not allows(text, "/b", "other")


def test_2_2_1_groups_of_the_same_token_are_one() -> None:
    text = (
        "User-agent: qzsearch\nDisallow: /a\n"
        "User-agent: other\nDisallow: /b\n"
        "User-agent: qzsearch\nDisallow: /c\n"
    )
    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, True, False]


def test_2_2_1_a_group_of_our_own_without_rules_allows_everything() -> None:
    assert allows("User-agent: *\nDisallow: /\nUser-agent: qzsearch\n", "/x")
    assert allows("User-agent: *\nDisallow: /\nUser-agent: qzsearch\nDisallow:\n", "/x")


def test_2_2_1_without_a_group_for_us_or_for_all_there_are_no_rules() -> None:
    assert allows("User-agent: other\nDisallow: /\n", "/x")
    assert allows("", "/x")


def test_2_1_several_user_agents_share_a_group() -> None:
    text = "User-agent: other\nUser-agent: qzsearch\nUser-agent: third\nDisallow: /a\n"
    assert not allows(text, "/a")


def test_2_1_rules_before_the_first_group_belong_to_nobody() -> None:
    assert allows("Disallow: /\nUser-agent: *\nDisallow: /a\n", "/x")


# -- 2.2.2 The "Allow" and "Disallow" Lines -----------------------------------------------


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        (["Disallow: /a"], "/a", False),
        (["Disallow: /a"], "/abc/d", False),
        (["Disallow: /a"], "/A", True),  # case matters
        (["Disallow: /a"], "/b/a", True),  # from the first octet
        (["Disallow: /a/"], "/a", True),
        (["Disallow: /a?b=1"], "/a?b=12", False),  # query included
        (["Disallow:"], "/a", True),
        (["Disallow: /", "Allow: /a/b"], "/a/b/c", True),  # most octets win
        (["Allow: /a/b", "Disallow: /"], "/a/b/c", True),  # in any order
        (["Allow: /a", "Disallow: /a/b"], "/a/b/c", False),
        (["Disallow: /a", "Allow: /a"], "/a", True),  # equally long: allow
        (["Disallow: /a/*.html", "Allow: /a/"], "/a/1.html", False),
        (["Allow: /a"], "/b", True),  # no match: allowed
        (["Disallow: /"], "/robots.txt", True),  # itself
        (["Disallow: a"], "/a", True),  # no path
    ],
)
def test_2_2_2_the_most_specific_rule_counts(lines: list[str], path: str, allowed: bool) -> None:
    assert allows(group(*lines), path) is allowed


@pytest.mark.parametrize("rule", ["/公告/", "/%E5%85%AC%E5%91%8A/", "/%e5%85%ac%e5%91%8a/"])
@pytest.mark.parametrize("path", ["/%E5%85%AC%E5%91%8A/1", "/%e5%85%ac%e5%91%8a/1", "/公告/1"])
def test_2_2_2_octets_beyond_ascii_are_compared_escaped(rule: str, path: str) -> None:
    assert not allows(group(f"Disallow: {rule}"), path)
    assert allows(group(f"Disallow: {rule}"), "/%E5%85%AC%E5%91%8B/1")


def test_2_2_2_octets_that_are_no_utf_8_are_compared_as_octets() -> None:
    """公告 in GBK, as old sites have it in their paths."""
    for rule in ("/公告/".encode("gbk"), b"/%B9%AB%B8%E6/", b"/%b9%ab%b8%e6/"):
        text = b"User-agent: *\nDisallow: " + rule
        assert not allows(text, "/%B9%AB%B8%E6/1")
        assert allows(text, "/%B9%AB%B8%E7/1")
        assert allows(text, "/%D5%FE%B2%DF/1")


@pytest.mark.parametrize(
    ("rule", "path"),
    [("/a%62c", "/abc"), ("/abc", "/a%62c"), ("/%7Eliu/", "/~liu/"), ("/a-b", "/a%2Db")],
)
def test_2_2_2_escaped_octets_of_ascii_that_need_no_escape_are_unescaped(
    rule: str, path: str
) -> None:
    assert not allows(group(f"Disallow: {rule}"), path)


def test_2_2_2_an_escaped_slash_is_no_slash() -> None:
    assert allows(group("Disallow: /a/b"), "/a%2Fb")
    assert not allows(group("Disallow: /a%2fb"), "/a%2Fb")


# -- 2.2.3 Special Characters -------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "path", "matches"),
    [
        ("/*.gif$", "/a/b.gif", True),
        ("/*.gif$", "/b.gif?x", False),
        ("/a*b", "/ab", True),
        ("/a*b", "/axxbyy", True),
        ("/a*b*c", "/acb", False),
        ("*", "/x", True),
        ("*/print", "/a/print/1", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/a$b", "/a$bc", True),  # $ within is itself
        ("/*?*sort=", "/list?a=1&sort=2", True),
        ("/x # comment", "/x", True),
        ("/x#comment", "/xy", True),
        ("/%2A", "/*", True),
        ("/a%2Ab", "/axb", False),  # an escaped * is itself
        ("/a%24", "/a$b", True),
        ("/a%24", "/a", False),
    ],
)
def test_2_2_3_stars_dollars_and_comments(rule: str, path: str, matches: bool) -> None:
    assert allows(group(f"Disallow: {rule}"), path) is not matches


# -- 2.2.4 Other Records ------------------------------------------------------------------


@pytest.mark.parametrize(
    "record", ["Sitemap: http://a.example/s.xml", "Crawl-delay: 5", "Host: a.example", "x: y", "字"]
)
def test_2_2_4_other_records_end_no_group(record: str) -> None:
    text = f"User-agent: qzsearch\n{record}\nUser-agent: other\n{record}\nDisallow: /\n"
    assert not allows(text, "/x")
    assert not allows(f"User-agent: qzsearch\nDisallow: /a\n{record}\nDisallow: /b", "/b")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: *\nCrawl-delay: 5\nUser-agent: qzsearch\nDisallow: /a", 0.0),
        ("User-agent: qzsearch\nCrawl-delay: 7\nUser-agent: *\nCrawl-delay: 5", 7.0),
        ("User-agent: *\nCrawl-delay: 1e999", 0.0),
    ],
)
def test_2_2_4_crawl_delay_belongs_to_its_group(text: str, seconds: float) -> None:
    assert RobotsRules(text.encode(), "qzsearch").delay == seconds


# -- 2.2 The syntax, and what is let pass -------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\n\n\r\n"])
def test_2_2_lines_end_with_cr_or_lf(end: str) -> None:
    assert not allows(end.join(["User-agent: *", "Disallow: /a", "Disallow: /b"]), "/b")


def test_2_2_other_separators_of_unicode_are_part_of_the_line() -> None:
    assert allows(group("Disallow: /a\u2028Disallow: /b"), "/b")
    assert allows(group("Disallow: /a\x0bDisallow: /b"), "/b")
    assert allows(group("Disallow: /a\x85Disallow: /b"), "/b")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffUser-agent: *\nDisallow: /",
        "  user-AGENT\t:\t*  \n  DISALLOW :  /  ",
        "User-agent *\nDisallow /",
        "Useragent: *\nDissallow: /",
        "User agent: *\nDisalow: /",
    ],
)
def test_2_2_small_mistakes_mean_what_they_were_meant_to(text: str) -> None:
    assert not allows(text, "/x")


@pytest.mark.parametrize(
    "text", ["Disallow / for everybody please\n", "<html>\nDisallow: /\n</html>", "\x00" * 100]
)
def test_2_2_what_is_no_rule_is_none(text: str) -> None:
    assert allows("User-agent: other\n" + text, "/x")


# -- 2.5 Limits ---------------------------------------------------------------------------


def test_2_5_500_kib_are_read() -> None:
    filler = "#" + "x" * (500 * 1024 - 200) + "\n"
    assert not allows(group("Disallow: /a") + filler + "Disallow: /b\n", "/b")


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(b"Disallow: /" + b"*" * 500_000, id="stars"),
        pytest.param(b"Disallow: /" + b"*a" * 250_000 + b"b$", id="stars and letters"),
        pytest.param(b"Disallow: /*a*a*a*a*a*a*a*a*b$\n" * 15_000, id="the same pattern"),
        pytest.param(
            b"".join(b"Disallow: /*a*a*a*%d$\n" % n for n in range(20_000)), id="many patterns"
        ),
        pytest.param(b"Disallow: /" + b"$" * 500_000, id="dollars"),
        pytest.param(b"Disallow: /" + b"%ff" * 160_000, id="escapes"),
        pytest.param(b"User-agent: x\n" * 35_000, id="agents"),
        pytest.param(b":" * 500_000, id="colons"),
        pytest.param(b" " * 500_000, id="spaces"),
    ],
)
def test_2_5_no_half_megabyte_takes_long(rules: bytes) -> None:
    began = time.monotonic()
    read = RobotsRules(b"User-agent: *\n" + rules, "qzsearch")
    for _ in range(3):
        read.allows(HOST + "/" + "a" * 2000)
    assert time.monotonic() - began < 10


@given(st.binary(max_size=300), st.text(max_size=30))
def test_no_bytes_and_no_address_raise(body: bytes, path: str) -> None:
    rules = RobotsRules(b"User-agent: *\nDisallow: /" + body, "qzsearch")
    rules.allows("http://a.example/" + path)
    rules.allows(path)
    assert rules.delay >= 0
    assert all(url.startswith("http") for url in rules.sitemaps("http://a.example/robots.txt"))


_LINES = st.sampled_from(
    ["User-agent: *", "User-agent: qzsearch", "User-agent: other", "Disallow: /a", "Allow: /a/b",
     "Disallow: /", "Disallow:", "Crawl-delay: 1", "Sitemap: /s.xml", "# 注释", "", "x"]
)  # fmt: skip


@given(st.lists(_LINES, max_size=12))
def test_blank_lines_and_comments_change_nothing(lines: list[str]) -> None:
    spaced = "\n\n# comment\n".join(lines)
    for path in ("/a", "/a/b", "/c"):
        assert allows("\n".join(lines), path) is allows(spaced, path)
