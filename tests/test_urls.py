"""One page, one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crawl.urls import MAX_URL_LENGTH, canonical_url, is_worth_fetching


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
    ],
)
def test_addresses_that_may_hold_text(url: str, worth: bool) -> None:
    assert is_worth_fetching(url) is worth
