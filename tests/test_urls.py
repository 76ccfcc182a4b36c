"""One page, one address."""

from __future__ import annotations

import time
from importlib import resources

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from w3lib.url import canonicalize_url, safe_url_string

from indexer.crawl.urls import (
    MAX_URL_LENGTH,
    UrlRules,
    canonical_url,
    is_worth_fetching,
    origin_of,
    same_page_elsewhere,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://WWW.Qinzhou.gov.cn", "http://www.qinzhou.gov.cn/"),
        ("http://a.example:80/", "http://a.example/"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("http://a.example:8080/x", "http://a.example:8080/x"),
        ("http://a.example:/x", "http://a.example/x"),
        ("http://a.example.:81/x", "http://a.example:81/x"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("  http://a.example/x\n", "http://a.example/x"),
        ("http://a.example/x#part", "http://a.example/x"),
        ("http://a.example/a/./b/../c", "http://a.example/a/c"),
        ("http://a.example/%2e%2e/b", "http://a.example/b"),
        ("http:\\\\a.example\\b", "http://a.example/b"),
        ("http://a.example//x//y", "http://a.example//x//y"),
        ("http://a.example/x.jsp;jsessionid=1A2B?b=2&a=1", "http://a.example/x.jsp?a=1&b=2"),
        ("http://a.example/x.jsp;JSESSIONID=1A2B", "http://a.example/x.jsp"),
        ("http://a.example/?b=2&a=2&a=1", "http://a.example/?a=1&a=2&b=2"),
        ("http://a.example/?a=", "http://a.example/?a="),
        ("http://a.example/list.asp?123", "http://a.example/list.asp?123"),
        ("http://a.example/?", "http://a.example/"),
        ("http://a.example/?a=%26%3d", "http://a.example/?a=%26%3D"),
        ("http://a.example/~a%7Eb", "http://a.example/~a~b"),
        ("http://a.example/a%2Fb", "http://a.example/a%2Fb"),
        ("http://a.example/a b", "http://a.example/a%20b"),
        ("http://a.example/钦州?市=县", "http://a.example/%E9%92%A6%E5%B7%9E?%E5%B8%82=%E5%8E%BF"),
        ("http://a.example/%e9%92%a6", "http://a.example/%E9%92%A6"),
        ("http://a.example/%C7%D5?q=%C7%D5", "http://a.example/%C7%D5?q=%C7%D5"),  # GBK stays GBK
        ("http://a.example/%u94a6", "http://a.example/%u94a6"),
        ("http://钦州.政务/", "http://xn--6rt723j.xn--zfr164b/"),
    ],
)
def test_canonical_forms(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//a.example/x",
        "mailto:a@a.example",
        "javascript:void(0)",
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://",
        "http://./",
        "http:///x",
        "http://[::1",
        "http://a b.example/",
        "http://user:word@a.example/",
        "http://a.example:99999/",
        "http://a.example/\ud800",
        "http://a.example/" + "x" * MAX_URL_LENGTH,
    ],
)
def test_what_no_page_can_have(url: str) -> None:
    assert canonical_url(url) is None


ADDRESS = st.text("a:/.%25eEfF;?&=+#@[]\\ jsessionid钦3Bb", max_size=30)


@given(
    st.text(st.characters(), max_size=40)
    | st.text(st.characters(), max_size=30).map("http://".__add__)
    | ADDRESS.map("http://a.example/".__add__)
)
def test_any_text_has_one_canonical_form_or_none(text: str) -> None:
    canonical = canonical_url(text)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert "#" not in canonical


@pytest.mark.parametrize(
    ("url", "worth"),
    [
        ("http://a.example/", True),
        ("http://a.example/art_1.html", True),
        ("http://a.example/表格.DOC", True),
        ("http://a.example/P0200912.pdf", True),
        ("http://a.example/photo.JPG", False),
        ("http://a.example/a/style.css?v=1", False),
        ("http://a.example/show.aspx?file=a.jpg", True),
        ("http://a.example/v1.2/list", True),
        ("http://a.example/jpg", True),
        ("http://a.example/film.RMVB?t=1", False),
        ("http://a.example/gkmlpt/api/all/508?sid=1.js", True),
    ],
)
def test_addresses_that_may_hold_text(url: str, worth: bool) -> None:
    assert is_worth_fetching(url) is worth


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        # sessions
        ("http://a.example/x.jsp?jsessionid=1A2B&id=1", "http://a.example/x.jsp?id=1"),
        ("http://a.example/x.jsp?id=1;jsessionid=1A2B!-3!4", "http://a.example/x.jsp?id=1"),
        ("http://a.example/x;jsessionid=1;v=2/y", "http://a.example/x;v=2/y"),
        ("http://a.example/x/..;jsessionid=1/y", "http://a.example/y"),
        ("http://a.example/x/..;%6asessionid=1/y", "http://a.example/y"),
        ("http://a.example/x.php?PHPSESSID=abc", "http://a.example/x.php"),
        ("http://a.example/x.asp?ASPSESSIONIDQQRTBBCA=ABC&id=7", "http://a.example/x.asp?id=7"),
        ("http://a.example/x?sid=" + "0a" * 16, "http://a.example/x"),
        ("http://a.example/x?sid=450700", "http://a.example/x?sid=450700"),
        ("http://a.example/x?sid=news", "http://a.example/x?sid=news"),
        ("http://a.example/x?ticket=ST-12-AbCdEfGhIj-cas", "http://a.example/x"),
        ("http://a.example/x?ticket=12", "http://a.example/x?ticket=12"),
        # tracking
        ("http://a.example/x?utm_source=b&spm=1.2&id=3&UTM_Medium=c", "http://a.example/x?id=3"),
        ("http://a.example/x?from=timeline&isappinstalled=0", "http://a.example/x"),
        ("http://a.example/x?from=2009-01-01", "http://a.example/x?from=2009-01-01"),
        # cache busters
        ("http://a.example/x.jsp?t=1609430400", "http://a.example/x.jsp"),
        ("http://a.example/x.jsp?_=1609430400123&id=1", "http://a.example/x.jsp?id=1"),
        ("http://a.example/x.jsp?timestamp=20260719103000", "http://a.example/x.jsp"),
        ("http://a.example/x.jsp?r=0.8273645182736", "http://a.example/x.jsp"),
        ("http://a.example/x.jsp?rnd=5.2e-7", "http://a.example/x.jsp"),
        (
            "http://a.example/x.jsp?t=Mon%20Jul%2019%202026%2010:30:00%20GMT+0800%20(%D6%D0)",
            "http://a.example/x.jsp",
        ),
        ("http://a.example/x.jsp?t=2026-07-19T02:30:00.000Z", "http://a.example/x.jsp"),
        ("http://a.example/x.jsp?t=Sun,+19+Jul+2026+02%3A30%3A00+GMT", "http://a.example/x.jsp"),
        ("http://a.example/x.html?t=news&uid=1", "http://a.example/x.html?uid=1"),
        ("http://a.example/x.shtml?r=5", "http://a.example/x.shtml"),
        ("http://a.example/x.html?0.5284109384", "http://a.example/x.html"),
        ("http://a.example/zwgk/?t=3", "http://a.example/zwgk/"),
        ("http://a.example/表.PDF?t=3", "http://a.example/%E8%A1%A8.PDF"),
        ("http://a.example/x.jsp?t=news", "http://a.example/x.jsp?t=news"),
        ("http://a.example/x.jsp?t=2&r=7", "http://a.example/x.jsp?r=7&t=2"),
        ("http://a.example/x.jsp?t=20260719", "http://a.example/x.jsp?t=20260719"),
        ("http://a.example/list?t=news", "http://a.example/list?t=news"),
        ("http://a.example/x.asp?1609430400", "http://a.example/x.asp?1609430400"),
        ("http://a.example/?r=article/view&id=3", "http://a.example/?id=3&r=article%2Fview"),
        ("http://a.example/x.html?123&t=1", "http://a.example/x.html?123"),
        # what pages do to addresses
        ("http://a.example/index.html?", "http://a.example/index.html"),
        ("http://a.example/x?&&", "http://a.example/x"),
        ("http://a.example/x?a=1&&b=2&", "http://a.example/x?a=1&b=2"),
        ("http://a.example/x?b=1&a=1&b=1", "http://a.example/x?a=1&b=1&b=1"),
        ("http://a.example/x?b&a", "http://a.example/x?a=&b="),
        ("http://a.example/x?/b&a", "http://a.example/x?%2Fb=&a="),
        ("http://a.example/x?a=b=c", "http://a.example/x?a=b%3Dc"),
        ("http://a.example/x?a=1&amp;b=2", "http://a.example/x?a=1&b=2"),
        ("http://a.example/x?a=1&amp;amp;b=2&amp;c=3", "http://a.example/x?a=1&b=2&c=3"),
        ("http://a.example/x?firm=AT&amp;T", "http://a.example/x?amp%3BT=&firm=AT"),
        ("http://a.example/x#!/news/1", "http://a.example/x"),
        ("http://a.example/x?a=1#b?c/d", "http://a.example/x?a=1"),
        ("http://a.example/x?a=1 \n", "http://a.example/x?a=1"),
        ("http://a.example?a=/b", "http://a.example/?a=%2Fb"),
        ("http://a.example/index.php?/news/5", "http://a.example/index.php?/news/5"),
        ("http://a.example/x.asp?q=%u94a6%C7", "http://a.example/x.asp?q=%u94a6%C7"),
        ("http://a.example/x?q=a%20b+c", "http://a.example/x?q=a+b+c"),
        ("http://@a.example/x", "http://a.example/x"),
    ],
)
def test_one_page_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


def test_the_configuration_of_a_site_has_the_last_word() -> None:
    url = "http://a.example/x.html?T=1&keep=2&PHPSESSID=3&utm_source=4&c=5"
    rules = UrlRules(keep=frozenset({"t", "utm_source"}), drop=frozenset({"c", "utm_source"}))
    assert canonical_url(url) == "http://a.example/x.html?c=5&keep=2"
    assert canonical_url(url, rules) == "http://a.example/x.html?T=1&keep=2&utm_source=4"


SCHEMES = [
    "http://www.qinzhou.gov.cn/zwgk_213/jcxx/tzgg/",
    "http://www.qinzhou.gov.cn/xwdt_239/zwyw/202607/t20260719_1444325.shtml",
    "http://zjj.qinzhou.gov.cn/zwgk_12788/wjtz/index_2.html",
    "http://ggzyjy.qinzhou.gov.cn/gxqzzbw/tzgg/MoreInfo.aspx?CategoryNum=008",
    "http://a.example/col/col694/index.html?pageNum=1&uid=28698",
    "http://a.example/art/2026/9/4/art_103585_10328790.html",
    "http://a.example/module/download/downfile.jsp?classid=0&filename=0912031010.doc",
    "http://a.example/module/web/jpage/dataproxy.jsp?endrecord=45&perpage=15&startrecord=1",
    "http://a.example/gkmlpt/api/all/508?page=1&sid=450700",
    "http://a.example/gkmlpt/content/9/9103/post_9103540.html",
    "http://a.example/info/iList.jsp?cat_id=15971&cur_page=1&node_id=GKmzs",
    "http://a.example/csrc/c106256/c1653948/content.shtml",
    "http://a.example/list.aspx?PageIndex=2",
]


@pytest.mark.parametrize("url", SCHEMES)
def test_real_schemes_lose_nothing(url: str) -> None:
    assert canonical_url(url) == url


NAMES = st.sampled_from(["id", "b", "栏目", "%C7%D5", "a b", "x.y", "q~", "%", "%u94a6"])
VALUES = st.text("aB1./%2Cc+ 钦'=?~-_", max_size=8)
QUERIES = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=5)
PATHS = st.lists(st.text("aB.~-_%2eEfF钦+,;=@!$&'()*: ", max_size=6), max_size=5).map("/".join)


@given(PATHS, QUERIES)
def test_whatever_is_not_dropped_is_as_w3lib_has_it(
    path: str, query: list[tuple[str, str]]
) -> None:
    text = "&".join(f"{name}={value}" for name, value in query)
    url = f"http://a.example/{path}?{text}"
    # The one difference: JavaScript's %uXXXX, which w3lib takes for a lone per cent sign.
    expected = canonicalize_url(safe_url_string(url))
    assert "%25u94a6" not in (canonical_url(url) or "")
    assert canonical_url(url) == expected.replace("%25u94a6", "%u94a6")


@given(st.permutations(["a=1", "a=2", "b=%c7", "b=%C8", "a=1", "t=x", "钦=州"]))
def test_the_order_of_arguments_does_not_matter(arguments: list[str]) -> None:
    url = "http://a.example/x.jsp?" + "&".join(arguments)
    expected = "http://a.example/x.jsp?a=1&a=1&a=2&b=%C7&b=%C8&t=x&%E9%92%A6=%E5%B7%9E"
    assert canonical_url(url) == expected


PIECES = st.sampled_from(
    [
        *("/", "?", "&", "=", ";", "#", "%", "..", ".", "+", " ", "\t", "\\", "@", "[", "]", ":"),
        *("&amp;", "amp;", ";jsessionid=", "jsessionid", "%6asessionid=", "%3b", "sid=", "t", "r"),
        *("spm", "utm_", "0.12345", "1609430400", ".html", ".jsp", "%2f", "%u94a6", "%E9", "%c7"),
        *("钦", "\ud800", "a", "0a" * 16, "http://", "example"),
    ]
)


@given(
    st.sampled_from(["http://a.example/", "http://a.example/x", "HTTPS://A.example:443", ""]),
    st.lists(PIECES, max_size=14).map("".join),
    st.sampled_from([UrlRules(), UrlRules(frozenset({"t"}), frozenset({"a"}))]),
)
@settings(max_examples=400)
def test_canonical_again_is_the_same(start: str, rest: str, rules: UrlRules) -> None:
    canonical = canonical_url(start + rest, rules)
    if canonical is not None:
        assert canonical_url(canonical, rules) == canonical
        assert canonical.isascii()
        assert origin_of(canonical) == canonical[: canonical.index("/", 8)]


def test_a_huge_address_is_refused_at_once() -> None:
    started = time.perf_counter()
    assert canonical_url("http://a.example/" + ";jsessionid=1/../" * 500_000) is None
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://a.example/x?y", "http://a.example"),
        ("HTTPS://A.example:443/x", "https://a.example"),
        ("http://a.example:8080", "http://a.example:8080"),
        ("http://[::1]:81/x", "http://[::1]:81"),
    ],
)
def test_origins(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["", "/x", "ftp://a.example/", "http://u:p@a.example/x"])
def test_what_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match="no address of a page"):
        origin_of(url)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("http://a.example/x?y=1", "https://a.example/x?y=1", True),
        ("http://a.example/x", "http://www.a.example/x", True),
        ("http://www.a.example/", "https://a.example/", True),
        ("http://[::1]/x", "https://[::1]/x", True),
        ("http://a.example/x", "http://a.example/x", False),
        ("http://a.example/x", "https://a.example/y", False),
        ("http://a.example/x?y=1", "https://a.example/x?y=2", False),
        ("http://a.example/x", "http://ww.a.example/x", False),
        ("http://a.example/x", "http://zwgk.a.example/x", False),
        ("http://a.example:8080/x", "https://a.example:8080/x", False),
        ("http://a.example:8080/x", "http://www.a.example:8080/x", False),
        ("http://a.example/", "http://a.example:443/", False),
        ("", "http://", False),
    ],
)
def test_variants_of_a_site(a: str, b: str, same: bool) -> None:
    assert same_page_elsewhere(a, b) is same
    assert same_page_elsewhere(b, a) is same


@pytest.mark.parametrize("name", ["parameters.yaml", "skip.yaml"])
def test_every_rule_has_its_reason(name: str) -> None:
    text = resources.files("indexer.crawl").joinpath(name).read_text(encoding="utf-8")
    lists = yaml.safe_load(text)
    lists |= lists.pop("values", {})
    for key, entries in lists.items():
        assert entries, key
        for entry in entries:
            assert entry["why"], entry
            name = entry.get("name", "")
            assert name == name.lower(), entry
