"""Pages that are no content: errors, challenges, shells that need scripts, mere redirects."""

from __future__ import annotations

import pytest

from extract_pages import PARAGRAPHS, new_page, old_page, read
from indexer.extract import Extraction, FetchedPage, extract
from indexer.extract.model import (
    ARTICLE,
    BLOCKED,
    EMPTY,
    ERROR,
    FILE,
    HOME,
    LIST,
    REFRESH,
    SCRIPT,
)
from indexer.extract.soft_redirect import is_error_address, is_home_address

NAVIGATION = "".join(f'<a href="/{n}/">栏目第{n}个</a>' for n in range(12))
FRAME = f"""<div class="nav">{NAVIGATION}</div>%s
<div class="footer">主办单位：钦州市人民政府　政府网站标识码：4507000000</div>"""


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "html",
    [
        page("ERROR 404 您访问的页面不存在", "<p>请检查地址。</p>"),
        page("钦州市人民政府门户网站", "<div>很抱歉，您要访问的页面不存在或已被删除！</div>"),
        page("系统提示", "对不起，该信息不存在或已被删除"),
        page("404-钦州市人民政府门户网站", FRAME % "<p>5秒后返回首页</p>"),
        page("钦州市人民政府门户网站", FRAME % "<p>您查看的文章不见了，去首页看看吧。</p>"),
        page("出错了", "可能的原因：您访问的页面已被删除；服务器正在维护。"),
        page("404 Not Found", "<center>nginx</center>"),
        page("", "<script>alert('该信息不存在！');history.back();</script>"),
        page("", "<script>location.href='/404.html'</script>"),
        page("", "", '<meta http-equiv="refresh" content="0;url=/error/notfound.html">'),
    ],
)
def test_soft_errors_are_absence_without_document_or_links(html: str) -> None:
    found = read(html)
    assert (found.kind, found.document, found.links) == (ERROR, None, ())
    assert found.problem


@pytest.mark.parametrize(
    "html",
    [
        page("系统维护中", "<p>系统维护中，请稍后再访问。</p>"),
        page("钦州市人民政府门户网站", "网站正在升级维护，给您带来的不便敬请谅解。"),
        page("", "<script>var $_ts=window['$_ts'];if(!$_ts)$_ts={};</script>"),
        page("", "<script>document.cookie='__jsl_clearance_s='+go();location.reload()</script>"),
        page("安全验证", "<p>请拖动滑块完成验证</p>"),
        page("请稍候", "正在进行浏览器检查，防御CC攻击中，请稍候……"),
        page("访问被拦截", "您的请求带有不合法参数，已被网站管理员设置拦截！"),
        page("500 Internal Server Error", "nginx"),
        page("HTTP 错误 403", "<p>禁止访问</p>"),
        page("Runtime Error", "<h1>Server Error in '/' Application.</h1>"),
        page("钦州市人民政府门户网站", "访问过于频繁，请稍后再试"),
        page("", "<script>alert('数据库连接失败');</script>"),
    ],
)
def test_challenges_and_maintenance_are_no_absence(html: str) -> None:
    found = read(html)
    assert (found.kind, found.document, found.links) == (BLOCKED, None, ())


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("关于网站系统维护暂停服务的公告", "因系统维护，本站定于本周六暂停服务，敬请谅解。"),
        ("打开网页提示您访问的页面不存在怎么办", "您访问的页面不存在时，请检查网址是否正确。"),
        ("咨询：网上申报提示404错误", "您好，请更换浏览器后重试。"),
        ("500 强企业来钦考察投资环境", "考察组一行到钦州港察看了码头和园区。"),
        ("12345平台升级服务更便民", "平台升级后，群众可以随时查询办理进度。"),
        ("规范性文件已失效目录（2012）", "现将已失效的规范性文件目录予以公布。"),
        ("身份证丢失声明", "本人居民身份证不慎遗失，声明作废。"),
        ("G404线养护施工", "施工期间请过往车辆绕行，注意安全。"),
    ],
)
def test_articles_that_write_about_errors_are_articles(title: str, text: str) -> None:
    for html in (page(title, f"<h1>{title}</h1><p>{text}</p>"), old_page(title=title, body=text)):
        found = read(html)
        assert found.kind == ARTICLE, found.problem
        assert found.document is not None
        assert text in found.document.text


@pytest.mark.parametrize(
    ("status", "kind"), [(404, ERROR), (410, ERROR), (503, BLOCKED), (412, BLOCKED)]
)
def test_a_status_of_failure_is_believed(status: int, kind: str) -> None:
    body = new_page().encode()
    found = extract(FetchedPage("http://www.example.gov.cn/a.html", body, "s", status=status))
    assert (found.kind, found.document, found.links) == (kind, None, ())


@pytest.mark.parametrize(
    "html",
    [
        page("首页", "", '<meta http-equiv="refresh" content="0; url=/new/">'),
        page("", "正在跳转，请稍候", "<script>window.location.href = '/new/';</script>"),
        page("", "<script>top.location.replace('/new/')</script>"),
        page("", "<a href='/new/'>点击进入</a>", "<meta http-equiv=refresh content='3;URL=/new/'>"),
        "<html><head><title>首页</title></head><frameset><frame src=/new/></frameset></html>",
        page("信息列表", "<iframe src='/new/' width=100%></iframe>"),
    ],
)
def test_pages_that_only_lead_elsewhere(html: str) -> None:
    found = read(html)
    assert (found.kind, found.document) == (REFRESH, None)
    assert [link.url for link in found.links] == ["http://www.example.gov.cn/new/"]


def test_a_page_that_reloads_itself_or_its_readers_is_no_redirect() -> None:
    url = "http://www.example.gov.cn/zwgk/content_1006.html"
    for target in (f"300;url={url}", "300"):
        tag = f'<meta http-equiv="refresh" content="{target}">'
        assert read(old_page(head=tag), url).kind == ARTICLE
    noscript = '<noscript><meta http-equiv="refresh" content="0;url=/nojs.html"></noscript>'
    found = read(page("甲", "<div id=app></div><script src=/a.js></script>", noscript))
    assert found.kind == SCRIPT


@pytest.mark.parametrize(
    "html",
    [
        page("办事大厅", '<div id="app"></div><script src="/js/chunk-vendors.js"></script>'),
        page("", '<div id="root"><!-- --></div><script src="/static/main.js"></script>'),
        page("大厅", "<noscript>请启用JavaScript后访问</noscript><script src=/a.js></script>"),
        page("", "<script src=/a.js></script><script>start()</script>"),
        page("公告", FRAME % '<div class="list"></div><script src="/x/unitbuild.js"></script>'),
        page("公告", FRAME % '<li v-for="i in list"><a :href="i.url">{{ i.title }}</a></li>'),
    ],
)
def test_shells_that_need_javascript(html: str) -> None:
    found = read(html, "http://www.example.gov.cn/zwgk/gs.html")
    assert (found.kind, found.document) == (SCRIPT, None)
    assert (found.problem or "").startswith("needs JavaScript: ")


def test_pages_with_scripts_are_not_taken_for_shells() -> None:
    script = "<noscript>请启用JavaScript</noscript><script src=/a.js></script>"
    for html in (new_page(head=script), old_page(head=script)):
        assert read(html).kind == ARTICLE
    app = page("公告", f'<div id="app"><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></div>{script}')
    assert read(app).kind == ARTICLE


def test_a_short_article_with_a_date_is_no_shell() -> None:
    extra = """<div id="app"></div><script src=/a.js></script><li v-for="i in hot">{{ i.t }}</li>
    <script>var sid = 1; $.get('/gkmlpt/api/all/1')</script>"""
    for html in (
        page("停水公告", f"<h1>停水公告</h1><p>发布时间：2012-05-01</p><p>明日停水。</p>{extra}"),
        page("停水公告", f"<h1>停水公告</h1>{extra}", '<meta name="PubDate" content="2012-05-01">'),
    ):
        assert read(html).kind == ARTICLE


def test_a_page_of_pictures_is_no_shell() -> None:
    html = page("组织机构图", "<h1>组织机构图</h1><img src=/jg.jpg><script src=/tj.js></script>")
    found = read(html)
    assert found.kind == ARTICLE
    assert found.document is not None
    assert found.document.title == "组织机构图"


def test_other_kinds() -> None:
    def kind(body: bytes, path: str, content_type: str = "") -> Extraction:
        return extract(FetchedPage(f"http://www.example.gov.cn{path}", body, "s", content_type))

    assert kind(b"  \n", "/a.html").kind == EMPTY
    assert kind(b"<html><body></body></html>", "/a.html").kind == EMPTY
    assert kind(b"\xff\xd8\xff\xe0", "/a.jpg").kind == FILE
    assert kind(b"%PDF-1.4", "/a.pdf").kind == FILE
    assert kind(new_page().encode(), "/").kind == HOME
    assert kind(new_page().encode(), "/a/1.html").kind == ARTICLE
    menu = b"<a href=/1/><img src=1.gif></a><a href=/2/><img src=2.gif></a>"
    assert kind(menu, "/left.htm").kind == LIST


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *((path, True) for path in (
            "/404.html", "/404", "/error.jsp", "/errpage.html", "/ErrorPage.aspx", "/notfound",
            "/common/404.htm", "/page-not-found.html", "/error/index.html", "/errors/500.html",
            "/GenericErrorPage.htm?aspxerrorpath=/a.aspx", "/sys/err.asp", "/static/error404.html",
            "/a/b.aspx?aspxerrorpath=/c",
        )),
        *((path, False) for path in (
            "/", "/info/1057/404.htm", "/zwgk/t404.html", "/content_404.html",
            "/jiucuo/error-report", "/zwgk/tzgg/", "/art/2009/12/4/art_404_5.html",
            "/terror/index.html", "/a.html?e=404",
        )),
    ],
)  # fmt: skip
def test_addresses_of_error_pages(path: str, expected: bool) -> None:
    assert is_error_address(f"http://www.example.gov.cn{path}") is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", True), ("/", True), ("/index.html", True), ("/Default.aspx", True), ("/?p=12", False),
     ("/index.php?id=3", False), ("/zwgk/", False), ("/zwgk/index.html", False)],
)  # fmt: skip
def test_addresses_of_home_pages(path: str, expected: bool) -> None:
    assert is_home_address(f"http://www.example.gov.cn{path}") is expected


def test_addresses_that_are_none_lead_nowhere() -> None:
    assert not is_error_address("http://[")
    assert not is_home_address("http://[")
