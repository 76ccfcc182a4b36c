"""The links of a page: absolute, once each, with the words people read."""

from __future__ import annotations

from extract_pages import read
from indexer.extract import Link

PAGE = "http://www.example.gov.cn/zwgk/list.html"


def links(html: str) -> tuple[Link, ...]:
    return read(html, PAGE).links


def test_every_way_a_page_leads_on() -> None:
    html = """<head><link rel="next" href="list_2.html"><link rel="stylesheet" href="a.css">
    <meta http-equiv="refresh" content="3; url='/new/'"></head><body>
    <a href="1.html">甲</a><map><area href="2.html" alt="乙"></map><iframe src="3.html"></iframe>"""
    assert {link.url.removeprefix("http://www.example.gov.cn/") for link in links(html)} == {
        "zwgk/list_2.html",
        "new/",
        "zwgk/1.html",
        "zwgk/2.html",
        "zwgk/3.html",
    }


def test_the_base_of_the_page_is_respected() -> None:
    html = '<head><base href="/gk/"></head><a href="a/1.html">甲</a>'
    assert links(html) == (Link("http://www.example.gov.cn/gk/a/1.html", "甲"),)


def test_only_web_addresses_and_no_fragments() -> None:
    html = """<a href="javascript:history.back()">1</a><a href="mailto:a@example.cn">2</a>
    <a href="#top">3</a><a href="ftp://a/b">4</a><a href="http://[bad">5</a><a href="">6</a>
    <a href="//cdn.example.cn/x#y">7</a><a href="http://h:port/">8</a>"""
    assert links(html) == (Link("http://cdn.example.cn/x", "7"),)


def test_what_old_editors_write_into_an_address() -> None:
    html = '<a href=" .\\files\\a b.doc\n">表格</a>'
    assert links(html)[0].url == "http://www.example.gov.cn/zwgk/files/a b.doc"


def test_the_title_replaces_an_anchor_that_is_cut() -> None:
    html = """<a href="1" title="钦州市人民政府关于推行首问负责制度的通知">钦州市人民政府关于…</a>
    <a href="2" title="点击查看">关于停水的公告</a><a href="3"><img src=x alt="市长信箱"></a>
    <a href="4">  通\n 知 <b>公告</b></a>"""
    assert [link.text for link in links(html)] == [
        "钦州市人民政府关于推行首问负责制度的通知",
        "关于停水的公告",
        "市长信箱",
        "通 知 公告",
    ]


def test_two_links_to_one_page_are_one_with_the_longer_words() -> None:
    html = '<a href="1.html" rel=nofollow>更多</a><a href="1.html#a">关于停水的公告</a>'
    assert links(html) == (Link("http://www.example.gov.cn/zwgk/1.html", "关于停水的公告"),)


def test_nofollow_of_the_link_and_of_the_page() -> None:
    assert links('<a rel="external NoFollow" href="1">甲</a>')[0].nofollow
    assert links('<meta name="Robots" content="noindex, NOFOLLOW"><a href="1">甲</a>')[0].nofollow
