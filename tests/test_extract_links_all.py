"""Links of every kind: scripts, menus, frames, data attributes, and addresses in GBK."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from extract_pages import PARAGRAPHS, old_page, read
from indexer.extract import Link, script_links
from indexer.extract.addresses import LinkSet, absolute_url

SITE = "http://www.example.gov.cn"
PAGE = f"{SITE}/zwgk/list.html"


def found(html: str, *, charset: str = "utf-8", url: str = PAGE) -> dict[str, str]:
    """Paths of a page's links below the site, with their anchors."""
    links = read(html, url, charset=charset).links
    return {link.url.removeprefix(SITE): link.text for link in links}


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("window.location='a.html'", "/zwgk/a.html"),
        ('location.href="../b/";return false', "/b/"),
        ("self.location.replace('/c.jsp?id=1')", "/c.jsp?id=1"),
        ("top.location.assign('/d')", "/d"),
        ("window.open('view.asp?id=3','_blank','width=500')", "/zwgk/view.asp?id=3"),
        ("openwin('/a/b.html')", "/a/b.html"),
        ("show(12,'/files/form.doc');", "/files/form.doc"),
        ("location='?page=2'", "/zwgk/list.html?page=2"),
        ("location.href='list.asp?page='+2", "/zwgk/list.asp?page=2"),
        ("location.href='art' + '_' + 7 + '.html'", "/zwgk/art_7.html"),
        ("location.href=\\'e.html\\'", "/zwgk/e.html"),
    ],
)
def test_addresses_in_scripts(code: str, address: str) -> None:
    escaped = code.replace('"', "&quot;")
    for html in (
        f'<p>正文</p><a href="javascript:{escaped}">公告</a>',
        f'<p>正文</p><a href="#" onclick="{escaped}">公告</a>',
        f'<p>正文</p><table><tr onClick="{escaped}"><td>公告</td></tr></table>',
    ):
        assert found(html) == {address: "公告"}, html


@pytest.mark.parametrize(
    "code",
    [
        "history.back()",
        "window.location='view.asp?id='+id",
        "window.open(base+'/index.html')",
        "window.open('')",
        "doRead('0123456789abcdef0123456789abcdef','1')",
        "MM_swapImage('logo','','/images/over.gif',1)",
        "setHomepage('about:blank')",
        "check('text/html','2009/12','a+b')",
        "__doPostBack('Pager','2')",
        "void(0)",
    ],
)
def test_what_is_no_address_is_not_taken_for_one(code: str) -> None:
    assert found(f'<p>正文</p><a href="javascript:{code}">甲</a><b onclick="{code}">乙</b>') == {}


def test_a_javascript_link_may_be_percent_encoded() -> None:
    assert found('<a href="javascript:openwin(%27/a/b.html%27)">甲</a>') == {"/a/b.html": "甲"}


def test_menus_that_jump_to_what_is_chosen() -> None:
    html = """<select onchange="location.href=this.value"><option value="">选择</option>
    <option value="/bszn/">办事指南</option><option value="t.html">表格下载</option></select>
    <select onchange="MM_jumpMenu('parent',this,0)"><option value="/old/a.asp">旧版</select>
    <select onchange="window.location='list.asp?page='+this.options[this.selectedIndex].value">
    <option value=1>1</option><option value=2>2</option></select>
    <select name=unit><option value="http://www.example.cn/">灵山县</option>
    <option value="/no/">不是链接</option></select>
    <select onchange="filter(this)"><option value="/neither/">不是链接</option></select>"""
    assert set(found(html)) == {
        "/bszn/",
        "/zwgk/t.html",
        "/old/a.asp",
        "/zwgk/list.asp?page=1",
        "/zwgk/list.asp?page=2",
        "http://www.example.cn/",
    }


def test_data_attributes_hold_addresses_or_something_else() -> None:
    html = """<div data-href="/a.html">甲</div><li data-url="http://www.example.gov.cn/b">乙</li>
    <img data-url="/pic/c.jpg"><p data-link="收藏">丙</p><i data-url='{"a": 1}'>丁</i>"""
    assert found(html) == {"/a.html": "甲", "/b": "乙"}


def test_leftovers_of_templates_are_no_links() -> None:
    html = """<!--#include virtual="/inc/top.html"--><a href="<!--#echo var=url-->">甲</a>
    <a href="{{item.url}}">乙</a><a href="${url}">丙</a><a href="[!--titleurl--]">丁</a>
    <a href="show.aspx?id={8F2A-11}">戊</a>"""
    assert found(html) == {"/zwgk/show.aspx?id={8F2A-11}": "戊"}


def test_queries_go_in_the_charset_of_the_page_and_paths_in_utf8() -> None:
    html = '<meta charset="gbk"><a href="/表格/s.asp?key=钦州&p=1">搜索钦州港</a>'
    assert list(found(html, charset="gbk")) == [
        "/%E8%A1%A8%E6%A0%BC/s.asp?key=%C7%D5%D6%DD&p=1",
    ]
    utf8 = '<a href="/s.asp?key=钦州">搜索</a>'
    assert list(found(utf8)) == ["/s.asp?key=%E9%92%A6%E5%B7%9E"]


def test_what_a_charset_lacks_goes_as_a_character_reference() -> None:
    # WHATWG URL Standard, "percent-encode after encoding".
    assert absolute_url(PAGE, "/s?k=한", "big5") == f"{SITE}/s?k=%26%2354620%3B"
    assert absolute_url(PAGE, "/s?a=%C7%D5", "utf-8") == f"{SITE}/s?a=%C7%D5"


def test_a_base_holds_for_scripts_and_frames_too() -> None:
    html = """<head><base href="http://zwgk.example.gov.cn/gk/"></head><iframe src=l.htm></iframe>
    <a onclick="location='a.html'">甲</a>"""
    assert set(found(html)) == {
        "http://zwgk.example.gov.cn/gk/l.htm",
        "http://zwgk.example.gov.cn/gk/a.html",
    }


def test_nofollow_of_a_link_with_a_script() -> None:
    (link,) = read("<a rel=nofollow onclick=\"location='/a.html'\">甲</a>", PAGE).links
    assert link == Link(f"{SITE}/a.html", "甲", nofollow=True)


def test_a_script_in_an_article_is_not_searched_for_redirects() -> None:
    script = "<script>function login(){ location.href='/login.jsp'; }</script>"
    assert "/login.jsp" not in found(old_page(head=script))


def test_the_text_of_a_clicked_block_is_bounded() -> None:
    html = f"<div onclick=\"location='/a.html'\">{'<p>'.join(PARAGRAPHS * 20)}</div>"
    assert 0 < len(found(html)["/a.html"]) <= 300


def test_literals_are_read_to_their_own_quotation_mark() -> None:
    code = """window.open("/a.html?x='1'"); go('/b.html')"""
    assert script_links.addresses(code) == ["/a.html?x='1'", "/b.html"]


@pytest.mark.parametrize(
    "base", ["", "/", "/a", "/a/b/", "/a/b.html?x=/c/d", "/a/./b/../c/", "/a//b/c"]
)
def test_common_addresses_resolve_like_all_others(base: str) -> None:
    # RFC 3986, section 5, as urljoin has it.
    for target in (
        *("x", "x/y.html", "/x", "/x/y/?a=1&b=2", "x?y=%C7%D5", "..", "../x", "./x", "/x/../y"),
        *("//cdn.example.cn/x", "/x//y", "x/./y", "?a=1", "x.y/z/", "http://h.cn/", "a..b", "-1"),
    ):
        links = LinkSet(f"{SITE}{base}")
        assert links.add(target) == urljoin(f"{SITE}{base}", target), target
