"""Which pages are documents, of which type, and which are read for their links alone."""

from __future__ import annotations

import pytest

from extract_pages import PARAGRAPHS, document, new_page, old_page, read
from indexer.extract.doctype import Facts, document_type

ITEMS = "".join(
    f'<li><a href="/zwgk/tzgg/200912/t2009120{n}_100{n}.html">关于第{n}批保障性住房分配结果的公示'
    f"</a><span>2009-12-0{n}</span></li>"
    for n in range(1, 9)
)


def listing(paging: str = "") -> str:
    return f"""<html><head><title>公告公示-钦州市人民政府门户网站</title></head><body>
    <div class="nav"><a href="/">首页</a></div>
    <div class="position">您现在的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a>
    &gt; <a href="/zwgk/tzgg/">公告公示</a></div><ul class="list">{ITEMS}</ul>
    <div>{paging}<a href="index_1.html">下一页</a></div>
    <div class="footer">主办单位：钦州市人民政府</div></body></html>"""


def test_the_front_of_a_column_is_a_document_without_text() -> None:
    url = "http://www.example.gov.cn/zwgk/tzgg/"
    found = read(listing(), url)
    assert found.document is not None
    assert (found.document.title, found.document.text) == ("公告公示", "")
    assert found.document.type == "other"
    assert len([link for link in found.links if "/t2009" in link.url]) == 8
    assert f"{url}index_1.html" in [link.url for link in found.links]


@pytest.mark.parametrize(
    ("address", "paging"),
    [
        ("tzgg/index_1.html", ""),
        ("list.aspx?PageIndex=2", ""),
        ("tzgg/list-3.shtml", ""),
        ("tzgg/", '<script>createPageHTML(5, 1, "index", "html");</script>'),
        ("more.jsp?id=9", "当前第2页/共5页 "),
    ],
)
def test_further_pages_of_a_list_are_read_for_their_links(address: str, paging: str) -> None:
    found = read(listing(paging), f"http://www.example.gov.cn/zwgk/{address}")
    assert found.document is None
    assert "list" in (found.problem or "")
    assert len(found.links) >= 9


def test_a_list_of_files_is_a_list() -> None:
    rows = "".join(
        f'<tr><td><a href="/f/{n}.doc">林木采伐申请表（{n}）</a></td><td>2012-03-0{n}</td></tr>'
        for n in range(1, 7)
    )
    page = f"<title>表格下载</title><div id=content><h2>表格下载</h2><table>{rows}</table></div>"
    found = read(page, "http://www.example.gov.cn/bgxz/list.aspx")
    assert found.document is not None
    assert (found.document.title, found.document.text) == ("表格下载", "")


@pytest.mark.parametrize("path", ["/", "/index.html", "/default.asp"])
def test_the_home_page_is_no_document(path: str) -> None:
    found = read(listing(), f"http://www.example.gov.cn{path}")
    assert (found.document, found.problem) == (None, "home page: read for its links alone")
    assert found.links


@pytest.mark.parametrize(
    "page",
    [
        "<title>ERROR 404</title><body>您访问的页面不存在",
        "<title>系统提示</title><body>对不起，该信息不存在或已被删除",
        "<html><head><script>var $_ts={};</script></head><body></body></html>",
    ],
)
def test_errors_sent_as_pages_are_no_documents(page: str) -> None:
    found = read(page)
    assert found.document is None
    assert found.problem


def test_a_frameset_is_read_for_its_frames() -> None:
    page = "<html><head><title>首页</title></head><frameset><frame src=left.htm></frameset></html>"
    found = read(page)
    assert found.document is None
    assert [link.url for link in found.links] == ["http://www.example.gov.cn/zwgk/left.htm"]


def test_an_article_about_errors_is_an_article() -> None:
    assert document(old_page(title="关于网站暂停服务期间页面无法访问的公告")).text


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(guide_fields=9, title="营业执照遗失补领"), "service"),
        (Facts(column="表格下载", title="居民身份证申领登记表", filetype="doc"), "download"),
        (Facts(title="居民身份证申领登记表", filetype="pdf"), "download"),
        (Facts(title="2012年财政收支预算表", filetype="xlsx"), "other"),
        (Facts(column="政策解读", title="谁能申请低保"), "interpretation"),
        (Facts(path="/zcwj_246/zcjd/1.html", title="谁能申请低保"), "interpretation"),
        (Facts(title="《钦州市公共租赁住房管理办法》解读", column="政务动态"), "interpretation"),
        (Facts(columns="参政大厅>市长信箱", title="咨询：新农合怎么报销"), "interaction"),
        (Facts(number="钦政发〔2009〕12号", column="通知公告", title="关于春耕的通知"), "policy"),
        (Facts(number="钦政发〔2007〕18号", column="市政府文件", title="通行管理的通告"), "policy"),
        (Facts(column="市政府文件", title="钦州市燃放烟花爆竹管理暂行办法"), "policy"),
        (Facts(column="公告公示", title="关于钦北区小董镇停电检修的通知"), "announcement"),
        (Facts(column="政务动态", title="我市召开创建国家卫生城市动员大会"), "news"),
        (Facts(path="/xwdt_239/zwyw/1.html", title="荔枝节开幕"), "news"),
        (Facts(path="/tzgg/1.html", title="钦州市城区停水安排"), "announcement"),
        (Facts(title="三娘湾：与中华白海豚相约", column="景点介绍"), "other"),
    ],
)
def test_types_by_rule(facts: Facts, expected: str) -> None:
    assert document_type(facts) == expected


def test_an_article_without_any_sign_is_still_found() -> None:
    found = document(f"<p>{'</p><p>'.join(PARAGRAPHS)}</p>")
    assert found.title == PARAGRAPHS[0][:60]
    assert found.type == "other"


def test_furniture_stays_out_of_the_text() -> None:
    for page in (old_page(), new_page()):
        text = document(page).text
        for word in ("打印", "上一篇", "主办单位", "举报电话", "分享", "相关文章", "首页"):
            assert word not in text
