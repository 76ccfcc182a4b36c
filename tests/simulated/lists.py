"""Traits: lists of several pages, as the content management systems of government sites make
them. Page 2 and beyond, and what is listed there, is found nowhere else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from simulated.server import Answer, Request
from simulated.text import HTML, listing, page
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [
        make(portal)
        for make in (
            trs,
            hanweb,
            hanweb_parameters,
            gkmlpt,
            count_page,
            next_page,
            aspnet,
            needs_script,
            two_columns,
        )
    ]


def _items(trait: Trait, folder: str, numbers: Sequence[int]) -> list[tuple[str, str]]:
    """Articles at ``folder/t…html``, for a list to name: absolute path and title."""
    items = []
    for number in numbers:
        title = trait.title()
        url = trait.article(f"{folder}t20240305_{number}.html", title)
        items.append((url.removeprefix(trait.host.origin), title))
    return items


def trs(portal: Portal) -> Trait:
    """拓尔思: ``createPageHTML(4, 0, "index", "html")`` writes the links in the browser."""
    trait = Trait(portal, "trs", folders=["/zwgk/"])
    script = '<script>createPageHTML(4, {0}, "index", "html");</script>'
    other = "<script type='text/javascript'>createPageHTML(3,{0},'list','shtml')</script>"
    for column, first, pages, code in (
        ("tzgg/", "", 4, script),
        ("gsgg/", "list.shtml", 3, other),
    ):
        stem, _, ending = (first or "index.html").partition(".")
        for number in range(pages):
            items = _items(trait, f"{column}202403/", range(10 * number, 10 * number + 3))
            path = f"{stem}_{number}.{ending}" if number else first
            answer = listing(f"通知公告{column[0]}", items, after=code.format(number))
            trait.live(column + path, answer)
            if not number and not first:  # the front page's own name: the script writes it, too
                trait.may(f"{column}{stem}.{ending}", answer)
    trait.enter("tzgg/")
    trait.enter("gsgg/list.shtml")
    return trait


def _store(items: Sequence[tuple[str, str]], group: str = "") -> str:
    """大汉's data: list items inside CDATA, and where the next ones are."""
    records = "".join(
        f'<record><![CDATA[<li><a href="{path}" title="{title}">{title}</a>'
        "<span>2024-03-05</span></li>]]></record>"
        for path, title in items
    )
    following = f"<nextgroup><![CDATA[{group}]]></nextgroup>" if group else ""
    return f"<datastore>{following}<recordset>{records}</recordset></datastore>"


def hanweb(portal: Portal) -> Trait:
    """大汉: the first items inside a script, the next groups from ``dataproxy.jsp``."""
    trait = Trait(
        portal, "hanweb", folders=["/col/col694/", "/art/2024/", "/module/web/jpage/dataproxy.jsp"]
    )
    columns = [_items(trait, f"/art/2024/{group}/", [694, 695, 696]) for group in range(3)]
    address = "/module/web/jpage/dataproxy.jsp?appid=1&columnid=694&page={0}&unitid=28698&webid=5"
    for group, items in enumerate(columns):
        further = f'<a href="{address.format(group + 1)}"></a>' if group < 2 else ""
        store = _store(items, further)
        if group == 0:
            script = f'<script type="text/xml">{store}</script>'
            front = page("政务要闻", f"<h2>政务要闻</h2><div id='28698'>{script}</div>")
            trait.live("index.html", front)
        else:
            body = f'<?xml version="1.0" encoding="utf-8"?>{store}'.encode()
            kind = "text/xml;charset=utf-8" if group == 1 else HTML
            trait.live(address.format(group), Answer(200, [("Content-Type", kind)], body))
    trait.enter("index.html")
    return trait


def hanweb_parameters(portal: Portal) -> Trait:
    """大汉, older: only the parameters of ``dataproxy.jsp`` stand in the script."""
    proxy = "/module/jpage55/dataproxy.jsp"
    trait = Trait(portal, "hanweb-parameters", folders=["/col/col55/", "/art/2023/", proxy])
    items = _items(trait, "/art/2023/", range(14))
    script = (
        f'<script type="text/xml">{_store(items[:6])}</script><script>'
        "var param = {webid:7,path:'/',columnid:55,sourceContentType:1,unitid:'8801',"
        f"webname:'门户',permissiontype:0,perpage:2,totalRecord:{len(items)},proxyurl:'{proxy}'}};"
        f"$('#8801').jpage({{perpage:2,totalRecord:{len(items)},proxyurl:'{proxy}'}});</script>"
    )
    trait.live("index.html", page("公示公告", f"<h2>公示公告</h2><div id='8801'>{script}</div>"))

    def data(request: Request) -> Answer | None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(request.target).query).items()}
        if (asked.get("columnid"), asked.get("unitid")) != ("55", "8801"):
            return None
        first, last = int(asked["startrecord"]), int(asked["endrecord"])
        # A group is three pages, whatever is asked for.
        store = _store(items[first - 1 : min(last, first + 5)])
        return Answer(200, [("Content-Type", "text/xml")], store.encode())

    trait.endless(proxy, data, 2, 3)
    trait.enter("index.html")
    return trait


def gkmlpt(portal: Portal) -> Trait:
    """The disclosure platform: a shell for a browser, its lists as JSON."""
    trait = Trait(portal, "gkmlpt", folders=["/gkmlpt/"])
    script = (
        "<div id='app'></div><script>window._CONFIG={SID:'780001',CATE:'508',"
        "TREE:[{id:508,name:'通知公告'}],TOTAL:5};</script>"
        "<script src='/gkmlpt/js/app.js'></script>"
    )
    trait.live("index", page("政府信息公开目录", script))
    trait.forbid("js/app.js")
    for number in (1, 2, 3):
        articles = []
        for post in range(2 * number - 1, min(2 * number, 5) + 1):
            title = trait.title()
            url = trait.article(f"content/9/508/post_{post}.html", title)
            articles.append({"id": post, "title": title, "url": url, "date": "2024-03-05"})
        body = json.dumps({"articles": articles, "total": 5, "page": number, "limit": 2})
        path = f"api/all/508?page={number}&sid=780001"
        trait.live(path, Answer(200, [("Content-Type", "text/html")], body.encode()))
    trait.enter("index")
    return trait


def count_page(portal: Portal) -> Trait:
    """Page counts in variables, with the naming of pages in the script."""
    trait = Trait(portal, "count-page")
    spellings = {
        "a/": 'var countPage = 3;var currentPage = {0};document.write("index_"+i+".html");',
        "b/": 'var totalPage="3", cur={0}; function go(i){{location="list_"+i+".shtml"}}',
        "c/": "var pageCount = 3 //共多少页\nvar nowPage={0};",
    }
    names = {"a/": "index_{0}.html", "b/": "list_{0}.shtml", "c/": "index_{0}.html"}
    for folder, script in spellings.items():
        for number in range(3):
            items = _items(trait, folder, range(10 * number, 10 * number + 2))
            after = f"<script>{script.format(number)}</script>"
            path = names[folder].format(number) if number else ""
            if folder == "b/" and not number:
                path = "list.shtml"
            trait.live(folder + path, listing(f"工作动态{folder[0]}", items, after=after))
            if not number and folder != "b/":
                trait.may(f"{folder}index.html", listing("工作动态", items, after=after))
        for number in (3,):  # some sites count from 1: one page too many may be tried
            trait.may(folder + names[folder].format(number))
    trait.enter("a/")
    trait.enter("b/list.shtml")
    trait.enter("c/")
    return trait


def next_page(portal: Portal) -> Trait:
    """下一页 and its relatives: as a link, behind a script, as 尾页 only."""
    trait = Trait(portal, "next-page")
    forms = (
        '<a href="index_{0}.html">下一页</a>',
        """<a href="javascript:goPage('index_{0}.html')">[下一页]</a>""",
        """<a href="#" onclick="window.location.href='index_{0}.html';return false">下页</a>""",
        '<input type="button" value="下一页" onclick="location=\'index_{0}.html\'">',
        '<a href="index_{0}.html"><img src="next.gif" alt=""></a>',
    )
    for number in range(len(forms) + 1):
        items = _items(trait, "", range(10 * number, 10 * number + 2))
        after = forms[number].format(number + 1) if number < len(forms) else "下一页"
        path = f"index_{number}.html" if number else "index.html"
        trait.live(path, listing("政策解读", items, after=f"<div>{after}</div>"))
    trait.enter("index.html")
    return trait


def aspnet(portal: Portal) -> Trait:
    """ASP.NET: postbacks have no address, but some pagers name one."""
    trait = Trait(portal, "aspnet")
    forms = (
        """<a href="javascript:__doPostBack('pager','2')">2</a>"""
        '<a href="MoreInfo.aspx?CategoryNum=008&amp;Paging=2">下页</a>',
        """<td onclick="window.location.href='./MoreInfo.aspx?CategoryNum=008&Paging=3'">"""
        "下页 &gt;</td>",
        '<select onchange="location.href=this.options[this.selectedIndex].value">'
        '<option value="MoreInfo.aspx?CategoryNum=008&amp;Paging=4">4</option></select>',
        "<input type='hidden' name='__VIEWSTATE' value='/wEPDwUK'>",
    )
    for number, after in enumerate(forms, 1):
        paging = f"&Paging={number}" if number > 1 else ""
        items = _items(trait, "InfoDetail/", [number * 2, number * 2 + 1])
        answer = listing("通知公告", items, after=f'<form method="post">{after}</form>')
        trait.live(f"MoreInfo.aspx?CategoryNum=008{paging}", answer)
    trait.enter("MoreInfo.aspx?CategoryNum=008")
    return trait


def needs_script(portal: Portal) -> Trait:
    """A page that only a browser fills: found, told of, and not taken for content."""
    trait = Trait(portal, "needs-script")
    shell = (
        '<noscript>请启用JavaScript后访问本页</noscript><div id="app"></div>'
        '<script src="/needs-script/js/chunk-vendors.9f31.js"></script>'
        '<script src="/needs-script/js/app.77ac.js"></script>'
    )
    trait.live("index.html", page("办事大厅", shell))
    trait.forbid("js/")
    trait.enter("index.html")
    return trait


def two_columns(portal: Portal) -> Trait:
    """The same article in two columns, at two addresses: both are pages."""
    trait = Trait(portal, "two-columns")
    title = trait.title()
    trait.article("a/1.html", title)
    trait.article("b/1.html", title)
    trait.live("a/", listing("要闻", [("1.html", title)]))
    trait.live("b/", listing("公告", [("1.html", title)]))
    trait.enter("a/")
    trait.enter("b/")
    return trait
