"""Lists that go on by scripts: 拓尔思, 开普云, 大汉, gkmlpt, and functions that go to page n."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from extract_pages import read
from indexer.extract import FetchedPage, extract
from indexer.extract.model import BLOCKED, EMPTY, ERROR, LIST, SCRIPT, Extraction

SITE = "http://www.example.gov.cn"
LISTED = f"{SITE}/zwgk/tzgg/"
ITEMS = "".join(
    f'<li><a href="t2009120{n}_100{n}.html">关于第{n}批保障性住房分配结果的公示</a>'
    f"<span>2009-12-0{n}</span></li>"
    for n in range(1, 9)
)


def page_with(script: str) -> str:
    return f"""<html><head><title>公告公示</title></head><body><div class="position">当前位置：
    <a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 公告公示</div>
    <ul>{ITEMS}</ul><div id="page_div"><script>{script}</script></div></body></html>"""


def pages(script: str, url: str = LISTED) -> list[str]:
    """The further pages that a list's script leads to, below the list's folder."""
    addresses = [link.url for link in read(page_with(script), url).links]
    own = [address.removeprefix(LISTED) for address in addresses if address.startswith(LISTED)]
    return [address for address in own if not address.startswith("t2009")]


def data(body: str, url: str, content_type: str | None = "text/html") -> Extraction:
    return extract(FetchedPage(url, body.encode(), "portal", content_type))


def file_names(ending: str, numbers: range) -> list[str]:
    return [f"index_{n}.{ending}" for n in numbers]


@pytest.mark.parametrize(
    "call",
    [
        'createPageHTML(4, 0, "index", "html");',
        "createPageHTML(4,0,'index','html')",
        "createPageHTML('4','0','index','html');",
        'createPageHTML( "4" , "0" , "index" , ".html" , 60 )',
        "createPageHTML1(4, 0, 'index', 'html')",
    ],
)
def test_the_first_page_of_a_trs_list_tells_all_others(call: str) -> None:
    assert pages(call) == file_names("html", range(1, 4))
    assert pages(call, f"{LISTED}index.html") == file_names("html", range(1, 4))


def test_other_endings_and_long_lists() -> None:
    assert pages("createPageHTML(119,0,'index','shtml')") == file_names("shtml", range(1, 119))
    many = pages('createPageHTML(999999, 0, "index", "html")')
    assert (len(many), many[-1]) == (1999, "index_1999.html")


def test_a_further_page_leads_to_the_next_and_the_last() -> None:
    call = 'createPageHTML(9, 3, "index", "html");'
    assert pages(call, f"{LISTED}index_3.html") == ["index_4.html", "index_8.html"]
    assert pages('createPageHTML(9, 8, "index", "html")', f"{LISTED}index_8.html") == []


def test_a_list_of_one_page_does_not_go_on() -> None:
    assert pages('createPageHTML(1, 0, "index", "html");') == []
    assert pages("function createPageHTML(_nPageCount, _nCurrIndex, _sName, _sExt){}") == []


@pytest.mark.parametrize(
    "call",
    ["createPageHTML('page_div',4, 1,'list','shtml',53);", "createPageHTML(4, 1, 'list', 'shtml')"],
)
def test_lists_that_count_from_one(call: str) -> None:
    first = pages(call, f"{LISTED}list.shtml")
    assert first == ["list_2.shtml", "list_3.shtml", "list_4.shtml"]


def test_the_middle_of_a_list_that_counts_from_one() -> None:
    call = "createPageHTML('page_div',9, 4,'list','shtml',130);"
    found = pages(call, f"{LISTED}list_4.shtml")
    assert found == ["list_5.shtml", "list_9.shtml"]
    assert read(page_with(call), f"{LISTED}list_4.shtml").document is None


TRS_TEMPLATE = """var currentPage = {current};//所在页从0开始
var prevPage = currentPage-1; var nextPage = currentPage+1;
var countPage = 5//共多少页
document.write("<a href=\\"index"+"_" + nextPage + "."+"htm\\">下一页</a>");"""


def test_variables_with_the_naming_in_the_script() -> None:
    assert pages(TRS_TEMPLATE.format(current=0)) == file_names("htm", range(1, 5))
    further = pages(TRS_TEMPLATE.format(current=2), f"{LISTED}index_2.htm")
    assert further == ["index_3.htm", "index_4.htm"]


@pytest.mark.parametrize(
    ("script", "url", "expected"),
    [
        ("var countPage = 3;", LISTED, ["index_1.html", "index_2.html"]),
        ("var totalPage='3', curPage=1;", f"{LISTED}list.html", ["list_2.html", "list_3.html"]),
        ("var pageCount=3;", f"{LISTED}list_10021.shtml",
         ["list_10021_1.shtml", "list_10021_2.shtml"]),
        ("var pageCount=3;", f"{LISTED}list.asp?id=7", []),
        ("var pageCount = 3; go('list.asp?id=7&page=' + n);", f"{LISTED}list.asp?id=7",
         ["list.asp?id=7&page=2", "list.asp?id=7&page=3"]),
        ("var pageCount = 9; go('list.asp?page=' + n);", f"{LISTED}list.asp?page=4",
         ["list.asp?page=5", "list.asp?page=9"]),
        ("var countPage = 3; show('tab_' + n); hide('#menu-' + n + '.on')", LISTED,
         ["index_1.html", "index_2.html"]),
        ("var totalPage = total / 20;", LISTED, []),
    ],
)  # fmt: skip
def test_variables_without_it(script: str, url: str, expected: list[str]) -> None:
    assert pages(script, url) == expected


def test_functions_that_go_to_a_page() -> None:
    script = """function goPage(n) { if (n < 1) return false;
    window.location.href = "list.jsp?col=12&page=" + n + "&size=20"; }"""
    body = page_with(script).replace(
        "</ul>",
        """</ul><a href="javascript:goPage(2)">2</a><a href="#" onclick="goPage('3')">3</a>
        <a href="javascript:goPage(2);">下一页</a><a href="javascript:goPage(48)">尾页</a>""",
    )
    found = [link.url for link in read(body, LISTED).links if "list.jsp" in link.url]
    assert found == [f"{LISTED}list.jsp?col=12&page={n}&size=20" for n in (2, 3, 48)]


def test_paging_of_asp_net_where_the_next_page_has_an_address() -> None:
    body = page_with("").replace(
        "</ul>",
        """</ul><a href="MoreInfo.aspx?CategoryNum=008&Paging=2">下页</a>
        <input type=button value="下一页" onclick="window.location.href='?page=2'">
        <a href="javascript:__doPostBack('Pager','3')">3</a>
        <select onchange="location.href=this.value"><option value="?page=4">4</option></select>
        <select onchange="location.href='?PageIndex='+this.value"><option value=5>5</select>
        """,
    )
    url = f"{LISTED}MoreInfo.aspx?CategoryNum=008"
    found = {link.url.rpartition("aspx?")[2] for link in read(body, url).links if "?" in link.url}
    assert found == {"CategoryNum=008&Paging=2", "page=2", "page=4", "PageIndex=5"}


DATASTORE = """<datastore><nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1\
&webid=1&path=/&columnid=694&unitid=28698&webname=钦州市人民政府&permissiontype=0"></a>]]>\
</nextgroup><recordset>%s</recordset></datastore>"""
RECORDS = "".join(
    f"<record><![CDATA[<li><a href='/art/2026/9/{n}/art_694_{n}.html' "
    f"title='关于公布第{n}批名录的通知'>关于公布第{n}批…</a><span>2026-09-0{n}</span></li>]]></record>"
    for n in range(1, 9)
)
PROXY = f"{SITE}/module/web/jpage/dataproxy.jsp"
COLUMN = f"{SITE}/col/col694/index.html"


def column_page(data: str, script: str = "") -> str:
    return f"""<html><head><title>通知公告</title></head><body><div class="position">当前位置：
    <a href="/">首页</a> &gt; <a href="/col/col1/">政务公开</a> &gt; 通知公告</div>
    <div id="28698"><script type="text/xml">{data}</script></div>
    <script>{script}</script></body></html>"""


def test_items_in_a_datastore_stand_in_the_page() -> None:
    found = read(column_page(DATASTORE % RECORDS), COLUMN)
    assert found.kind == LIST
    assert found.document is not None
    assert found.document.title == "通知公告"
    anchors = {link.url: link.text for link in found.links}
    assert anchors[f"{SITE}/art/2026/9/3/art_694_3.html"] == "关于公布第3批名录的通知"
    assert len([url for url in anchors if "/art/" in url]) == 8
    (more,) = [url for url in anchors if "dataproxy" in url]
    assert more.startswith(f"{PROXY}?page=1&webid=1&path=/&columnid=694&unitid=28698&webname=%E9")


def test_the_answer_of_dataproxy_leads_to_its_items_and_the_next_group() -> None:
    answer = (DATASTORE % RECORDS).replace("page=1", "page=2")
    for body in (answer, f"<?xml version='1.0' encoding='utf-8'?>\n{answer}"):
        for content_type in ("text/xml", "text/html;charset=UTF-8", None):
            found = data(body, f"{PROXY}?page=1", content_type)
            assert (found.kind, found.document) == (LIST, None)
            urls = [link.url for link in found.links]
            assert sum("/art/" in url for url in urls) == 8
            assert sum("page=2" in url for url in urls) == 1


def test_escaped_records_are_read_too() -> None:
    record = "<record>&lt;li&gt;&lt;a href='/art/1.html'&gt;停水公告&lt;/a&gt;&lt;/li&gt;</record>"
    found = data(f"<datastore>{record}</datastore>", PROXY)
    assert [(link.url, link.text) for link in found.links] == [(f"{SITE}/art/1.html", "停水公告")]


def test_a_script_that_gives_only_the_parts_of_the_address() -> None:
    script = """$('#28698').jpage({ perPage:15, groupSize:3, totalRecord:100,
    proxyUrl:'/module/web/jpage/dataproxy.jsp', proxyDataType:'xml', proxyParam: {
    col:1, appid:1, webid:'1', path:'/', columnid:694, sourceContentType:1, unitid:'28698',
    webname:'钦州市人民政府', permissiontype:0 } });"""
    bare = f"<datastore><recordset>{RECORDS}</recordset></datastore>"
    found = [link.url for link in read(column_page(bare, script), COLUMN).links]
    groups = [urlsplit(url) for url in found if "dataproxy" in url]
    assert {group.path for group in groups} == {"/module/web/jpage/dataproxy.jsp"}
    asked = [parse_qs(group.query) for group in groups]
    assert [(a["startrecord"], a["endrecord"]) for a in asked] == [
        (["1"], ["45"]),
        (["46"], ["90"]),
        (["91"], ["100"]),
    ]
    wanted = {"col": ["1"], "webid": ["1"], "columnid": ["694"], "unitid": ["28698"]}
    assert all(wanted.items() <= a.items() and a["perpage"] == ["15"] for a in asked)
    assert asked[0]["webname"] == ["钦州市人民政府"]


SHELL = """<!DOCTYPE html><html><head><title>政府信息公开平台</title><script>
window._CONFIG = {{ DOMAIN: 'www.example.gov.cn', BASE_URL: '/gkmlpt', SID: '755031', {more} }};
</script><script src="/gkmlpt/js/app.js"></script></head><body><div id="app"></div></body></html>"""


@pytest.mark.parametrize(
    ("url", "more", "expected"),
    [
        ("/gkmlpt/index", "", ["/gkmlpt/api/all/0?page=1&sid=755031"]),
        ("/gkmlpt/index", "CATE_ID: 2811,", ["/gkmlpt/api/all/2811?page=1&sid=755031"]),
        ("/gkmlpt/index", '"catId":"7", cat: 8',
         ["/gkmlpt/api/all/7?page=1&sid=755031", "/gkmlpt/api/all/8?page=1&sid=755031"]),
        ("/yjzjj/gkmlpt/index", "TREE: ['/yjzjj/gkmlpt/index#721']",
         ["/yjzjj/gkmlpt/api/all/721?page=1&sid=755031"]),
    ],
)  # fmt: skip
def test_a_shell_of_gkmlpt_leads_to_its_data(url: str, more: str, expected: list[str]) -> None:
    found = read(SHELL.format(more=more), f"{SITE}{url}")
    assert found.kind == LIST
    assert [link.url.removeprefix(SITE) for link in found.links] == expected


API = f"{SITE}/gkmlpt/api/all/2811?page=1&sid=755031"


def articles(count: int, total: int) -> str:
    listed = [
        {
            "id": n,
            "title": f"关于第{n}批补贴的公示",
            "url": f"{SITE}/gkmlpt/content/9/post_{n}.html",
        }
        for n in range(count)
    ]
    return json.dumps(
        {"classify": {"id": 2811, "name": "公示"}, "articles": listed, "total": total}
    )


@pytest.mark.parametrize("content_type", ["application/json", "text/html; charset=utf-8", None])
def test_the_data_of_gkmlpt_leads_to_articles_and_all_pages(content_type: str | None) -> None:
    found = data(articles(100, 345), API, content_type)
    assert (found.kind, found.document) == (LIST, None)
    assert [link.text for link in found.links[:2]] == ["关于第0批补贴的公示", "关于第1批补贴的公示"]
    further = [link.url for link in found.links if "/api/" in link.url]
    assert further == [API.replace("page=1", f"page={n}") for n in (2, 3, 4)]


def test_a_further_page_of_data_leads_to_the_next_where_it_tells_the_pages() -> None:
    def next_of(page: int, more: dict[str, int]) -> list[str]:
        body = json.dumps({**json.loads(articles(45, 345)), **more})
        found = data(body, API.replace("page=1", f"page={page}"))
        return [link.url for link in found.links if "/api/" in link.url]

    assert next_of(2, {"totalPage": 4}) == [API.replace("page=1", "page=3")]
    assert next_of(4, {"totalPage": 4}) == next_of(4, {}) == []


def test_other_names_callbacks_and_escapes() -> None:
    body = """jQuery_12({"data":{"rows":[{"docTitle":"%u505c%u6c34<b>公告</b>",
    "docPubUrl":"./1.html"}],"totalCount":2}});"""
    (link,) = data(body, f"{SITE}/api/list?callback=jQuery_12").links
    assert (link.url, link.text) == (f"{SITE}/api/1.html", "停水公告")


def test_markup_inside_data_is_read() -> None:
    body = json.dumps(
        {"success": True, "data": {"html": "<ul><li><a href='/a.html'>公告</a></ul>"}}
    )
    found = data(body, f"{SITE}/api-gateway/unit")
    assert (found.kind, found.links[0].url) == (LIST, f"{SITE}/a.html")


def test_a_list_of_jpaas_is_asked_for_where_its_script_says() -> None:
    shell = page_with("").replace(
        f"<ul>{ITEMS}</ul>",
        """<div><script src="/x/unitbuild.js"
    url="/api-gateway/jpaas-publish-server/front/page/build/unit"
    queryData="{'webId':'12','tplSetId':'ab c'}"></script></div>""",
    )
    found = read(shell, LISTED)
    assert found.kind == SCRIPT
    unit = f"{SITE}/api-gateway/jpaas-publish-server/front/page/build/unit?webId=12&tplSetId=ab+c"
    assert unit in [link.url for link in found.links]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"code":404,"msg":"您访问的资源不存在","data":null,"time":1}', ERROR),
        ('{"success":false,"message":"该文章已删除"}', ERROR),
        ('{"code":"403","msg":"forbidden"}', BLOCKED),
        ('{"code":500,"msg":"系统异常"}', BLOCKED),
        ('{"code":200,"data":[]}', EMPTY),
        ("[]", EMPTY),
    ],
)
def test_data_without_links_says_what_it_is(body: str, kind: str) -> None:
    found = data(body, f"{SITE}/api/a", "application/json")
    assert (found.kind, found.document, found.links) == (kind, None, ())


def test_what_only_begins_like_data_is_a_page() -> None:
    found = data("[公告]<html><title>停水公告</title><p>定于明日停水。</p>", f"{SITE}/a.html")
    assert found.document is not None
