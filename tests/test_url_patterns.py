"""Patterns of addresses as in robots.txt, and ranges of addresses."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crawl.url_patterns import MAX_EXPANDED, UrlPatterns, check_pattern, expand_urls
from indexer.crawl.urls import canonical_url


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("/", ["/", "/x", "/?a=1"], []),
        ("*", ["/", "/x"], []),
        ("/fish", ["/fish", "/fish.html", "/fish/a", "/fishheads?id=1"], ["/Fish", "/a/fish"]),
        ("/fish*", ["/fish", "/fish.html"], ["/a/fish"]),
        ("/fish/", ["/fish/", "/fish/?id=1", "/fish/a.html"], ["/fish", "/fish.html"]),
        ("/fish$", ["/fish"], ["/fish/", "/fish?a=1", "/fishes"]),
        ("/*.php", ["/index.php", "/a/b.php?c", "/a.php.html"], ["/", "/windows.PHP"]),
        ("/*.php$", ["/index.php", "/a.php.php"], ["/a.php?b=1", "/a.php5"]),
        ("/fish*.php", ["/fish.php", "/fishes/a.php?b"], ["/Fish.PHP", "/a/fish.php"]),
        ("*/print/*", ["/print/1", "/a/print/b"], ["/print", "/sprint/1"]),
        ("/a*a$", ["/aa", "/aba", "/aaa"], ["/a", "/ab"]),
        ("/**x**$", ["/x", "/ax?b"], ["/a"]),
        ("/$", ["/"], ["/x", "/?a=1"]),
        ("/list.jsp?*page=", ["/list.jsp?page=2", "/list.jsp?id=1&page=2"], ["/list.jsp?id=1"]),
        ("/a$b", ["/a$b", "/a$bc", "/a%24b"], ["/a", "/ab"]),
        ("/a%2Ab%24$", ["/a*b$"], ["/axb$", "/a*b"]),
        # percent-encoding, RFC 9309, 2.2.2
        ("/钦州", ["/钦州/1", "/%e9%92%a6%E5%B7%9E"], ["/钦"]),
        ("/%e9%92%a6", ["/钦州"], ["/%C7%D5"]),
        ("/%c7%d5", ["/%C7%D5/1"], ["/钦"]),
        ("/%7Efoo/%62ar", ["/~foo/bar"], ["/~foo/%2562ar"]),
        ("/a%2Fb", ["/a%2Fb", "/a%2fb"], ["/a/b"]),
        ("/a/b", ["/a/b"], ["/a%2Fb"]),
        ("/x?url=http://y.example/z", ["/x?url=http://y.example/z?q"], ["/x"]),
        ("/x?url=http%3A%2F%2Fy", ["/x?url=http://y.example/"], ["/x?url=https://y"]),
        ("/x?q=a%20b", ["/x?q=a+b", "/x?q=a%20b"], ["/x?q=a%2Bb"]),
        ("/x?q=a+b", ["/x?q=a b"], ["/x?q=a%2Bb"]),
        ("/x?q=钦", ["/x?q=%E9%92%A6州"], ["/x?q=%C7%D5"]),
        ("/(x)|{y}'", ["/(x)|{y}'z", "/%28x%29%7C%7By%7D%27"], ["/x"]),
    ],
)
def test_patterns(pattern: str, matching: list[str], other: list[str]) -> None:
    patterns = UrlPatterns([pattern])
    for path in matching + other:
        url = canonical_url(f"http://a.example{path}")
        assert url is not None
        assert patterns.match(url) is (path in matching), url


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("http://a.example", ["http://a.example/", "https://a.example/x"], ["http://b.example/"]),
        ("HTTPS://A.Example:443/X", ["http://a.example/Xy"], ["http://a.example/x"]),
        ("http://a.example/x$", ["http://a.example/x"], ["http://a.example/xy"]),
        (
            "http://a.example/x",
            ["http://a.example/x"],
            ["http://a.example:81/x", "http://www.a.example/x", "http://a.example.b.example/x"],
        ),
        ("http://a.example:81/", ["http://a.example:81/x"], ["http://a.example/x"]),
        ("http://钦州.example/", ["http://钦州.example/x"], ["http://a.example/"]),
        ("/x", ["http://a.example/x", "https://b.example:81/x"], ["http://a.example/y"]),
    ],
)
def test_patterns_of_one_host(pattern: str, matching: list[str], other: list[str]) -> None:
    patterns = UrlPatterns([pattern])
    for address in matching + other:
        url = canonical_url(address)
        assert url is not None
        assert patterns.match(url) is (address in matching), url


def test_the_first_pattern_is_told_as_it_was_written() -> None:
    patterns = UrlPatterns(["/print/", "/%e9%92%a6*", "/"])
    assert patterns.first("http://a.example/%E9%92%A6%E5%B7%9E") == "/%e9%92%a6*"
    assert patterns.first("http://a.example/print/1") == "/print/"
    assert patterns.first("http://a.example/x") == "/"
    assert UrlPatterns([]).first("http://a.example/x") is None
    assert not UrlPatterns([]).match("http://a.example/x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "begins with /"),
        ("zwgk/", "begins with /"),
        ("www.qinzhou.gov.cn/zwgk/", "begins with /"),
        ("$", "begins with /"),
        ("ftp://a.example/", "begins with /"),
        ("http://*.qinzhou.gov.cn/", "begins with /"),
        ("http://a.example*", "the host is written in full"),
        ("http://a.example?x=1", "the host is written in full"),
        ("http://a b/", "white space"),
        ("http://user:word@a.example/", "names no host"),
        ("http://a.example:99999/", "names no host"),
        ("/a b", "white space"),
        ("/a\n", "white space"),
        ("/a#b", "what follows #"),
        ("/\ud800", "half a character"),
        ("/" + "x" * 2000, "at most 2000 characters"),
    ],
)
def test_what_is_no_pattern(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="takes a pattern as in robots") as error:
        check_pattern(text)
    assert says in str(error.value)
    with pytest.raises(ValueError, match="takes a pattern as in robots"):
        UrlPatterns(["/", text])


def test_a_pattern_is_given_back_as_it_is() -> None:
    assert check_pattern("/%e9*.html$") == "/%e9*.html$"


def slow_reference(pattern: str, target: str) -> bool:
    """RFC 9309, 2.2.3, as a regular expression."""
    body = pattern.removesuffix("$")
    expression = "".join(".*" if c == "*" else re.escape(c) for c in body)
    end = r"\Z" if pattern.endswith("$") else ""
    return re.match(expression + end, target, re.DOTALL) is not None


@given(
    st.text("ab/*?", max_size=12).map("/".__add__),
    st.sampled_from(["", "$"]),
    st.text("ab/?&", max_size=20).map("/".__add__),
)
def test_patterns_agree_with_the_slow_reference(body: str, end: str, target: str) -> None:
    pattern = body + end
    expected = slow_reference(pattern, target)
    assert UrlPatterns([pattern]).match(f"http://a.example{target}") is expected


@given(st.text("aB1/.~-_钦%27CcfF?&=+(', ", max_size=15).map("/".__add__))
def test_every_page_is_matched_by_its_own_address(path: str) -> None:
    canonical = canonical_url("http://a.example" + path)
    assert canonical is not None
    own = canonical.removeprefix("http://a.example")
    assert UrlPatterns([own + "$"]).match(canonical)
    assert UrlPatterns([canonical + "$"]).match(canonical)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_pattern_or_a_value_error(text: str, url: str) -> None:
    try:
        patterns = UrlPatterns([text])
    except ValueError:
        return
    assert patterns.first(url) == (text if patterns.match(url) else None)


def test_no_pattern_takes_long() -> None:
    hard = UrlPatterns(["/" + "a*" * 900 + "b$", "/" + "*a" * 900 + "*c", "/*" + "a" * 900 + "b"])
    url = "http://a.example/" + "a" * 1900
    started = time.perf_counter()
    for _ in range(20):
        assert not hard.match(url)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("http://a.example/x", ["http://a.example/x"]),
        ("http://h/i_{2-4}.html", [f"http://h/i_{n}.html" for n in (2, 3, 4)]),
        ("http://h/{7-7}", ["http://h/7"]),
        ("http://h/{08-11}", ["http://h/08", "http://h/09", "http://h/10", "http://h/11"]),
        ("http://h/{0-1}/{1-2}.htm", [f"http://h/{a}/{b}.htm" for a in (0, 1) for b in (1, 2)]),
        ("{0-1}{0-1}", ["00", "01", "10", "11"]),
        ("", [""]),
    ],
)
def test_ranges(text: str, urls: list[str]) -> None:
    assert expand_urls(text) == urls


def test_the_118_pages_of_a_column() -> None:
    urls = expand_urls("http://www.qinzhou.gov.cn/xwdt_239/zwyw/index_{1-118}.html")
    assert len(urls) == 118
    assert urls[0].endswith("/zwyw/index_1.html")
    assert urls[-1].endswith("/zwyw/index_118.html")


def test_the_most_urls_of_one_text() -> None:
    assert len(expand_urls(f"http://h/{{1-{MAX_EXPANDED}}}")) == MAX_EXPANDED
    assert len(expand_urls("http://h/{1-100}/{1-100}")) == MAX_EXPANDED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"http://h/{{0-{MAX_EXPANDED}}}", "at most 10000 URLs"),
        ("http://h/{1-100}/{1-101}", "at most 10000 URLs"),
        ("http://h/" + "{0-9}" * 400, "at most 10000 URLs"),
        ("http://h/{1-999999999}", "at most 10000 URLs"),
        ("http://h/{1-9999999999999}", "ranges of numbers in braces"),
        ("http://h/{3-1}", "lower to the higher"),
        ("http://h/{01-100}", "lower to the higher"),
        ("http://h/{id}", "ranges of numbers in braces"),
        ("http://h/{1-2", "ranges of numbers in braces"),
        ("http://h/1}", "ranges of numbers in braces"),
        ("http://h/{-1-2}", "ranges of numbers in braces"),
        ("http://h/{一-三}", "ranges of numbers in braces"),
    ],
)
def test_what_is_no_range(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        expand_urls(text)
