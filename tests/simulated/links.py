"""Traits: the ways in which pages link to pages."""

from __future__ import annotations

from collections.abc import Sequence

from simulated.server import Answer
from simulated.text import article, page
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [
        make(portal)
        for make in (
            anchors,
            areas,
            framesets,
            iframes,
            meta_refresh,
            script_redirects,
            onclick,
            javascript_links,
            selects,
            relations,
            base,
            nofollow,
            untidy,
        )
    ]


def anchors(portal: Portal) -> Trait:
    """Plain links: relative, absolute, of the same scheme, with fragments, twice."""
    trait = Trait(portal, "anchors")
    far = trait.article("2.html")
    trait.article(
        "1.html", links=f'<a href="2.html#zw">甲</a><a href="{far}">甲</a><a href="./3.html">乙</a>'
    )
    trait.article("3.html", links='<a href="sub/../4.html">丙</a><a href="#top">顶部</a>')
    host = trait.host.origin.removeprefix("http:")
    trait.article("4.html", links=f"<A HREF='{host}/anchors/5.html'>丁</A><a href=6.html>戊</a>")
    trait.article("5.html", links='<a href="1.html">上一篇</a>')
    trait.article("6.html", links='<a href="mailto:a@b.example">信</a><a href="tel:0777">话</a>')
    trait.enter("1.html")
    return trait


def areas(portal: Portal) -> Trait:
    """An image map."""
    trait = Trait(portal, "areas")
    shapes = "".join(
        f'<area shape="rect" coords="0,{n},9,{n + 9}" href="{n}.html" alt="分区{n}">'
        for n in range(3)
    )
    trait.article("index.html", links=f'<img src="m.gif" usemap="#m"><map name="m">{shapes}</map>')
    trait.forbid("m.gif")
    for number in range(3):
        trait.article(f"{number}.html")
    trait.enter("index.html")
    return trait


def framesets(portal: Portal) -> Trait:
    """A page that is nothing but frames, one of them a frameset again."""
    trait = Trait(portal, "framesets")
    outer = (
        '<html><head><title>专题</title></head><frameset cols="200,*">'
        '<frame src="left.html" name="l"><frame src="inner.html" name="r"></frameset></html>'
    )
    inner = '<frameset rows="20%,*"><frame src="top.html"><frame src=main.html></frameset>'
    kind = [("Content-Type", "text/html")]
    trait.live("index.html", Answer(200, kind, outer.encode("gb18030")))
    trait.live("inner.html", Answer(200, kind, inner.encode()))
    for name in ("left", "top", "main"):
        trait.article(f"{name}.html")
    trait.enter("index.html")
    return trait


def iframes(portal: Portal) -> Trait:
    """A list inside an iframe."""
    trait = Trait(portal, "iframes")
    trait.article("index.html", links='<iframe src="list.html?box=1" width="100%"></iframe>')
    trait.article("list.html?box=1", links='<a href="1.html" target="_top">条目一的标题</a>')
    trait.article("1.html")
    trait.enter("index.html")
    return trait


def meta_refresh(portal: Portal) -> Trait:
    """Old front pages that send on to the real one."""
    trait = Trait(portal, "refresh")
    hops = {
        "index.html": "0; url=new/index.html",
        "new/index.html": "3;URL='../newest.html'",
        "newest.html": "5; Url = &quot;end.html&quot;",
    }
    for path, content in hops.items():
        head = f'<meta http-equiv="Refresh" content="{content}">'
        trait.live(path, page("正在跳转", "", head=head))
    trait.article("end.html")
    trait.enter("index.html")
    return trait


def script_redirects(portal: Portal) -> Trait:
    """Pages of one line of script that lead elsewhere."""
    trait = Trait(portal, "script-redirect")
    hops = {
        "index.html": 'window.location.href="b.html";',
        "b.html": "location.replace('c.html')",
        "c.html": 'self.location = "d.html"',
        "d.html": "top.location.href='/script-redirect/end.html';",
    }
    for path, script in hops.items():
        trait.live(path, page("", f"<script>{script}</script>"))
    trait.article("end.html")
    trait.enter("index.html")
    return trait


def onclick(portal: Portal) -> Trait:
    """Rows that are clicked on."""
    trait = Trait(portal, "onclick")
    handlers = (
        "window.location='1.html'",
        "location.href=&quot;2.html&quot;",
        "window.open('3.html','_blank','width=800')",
        "javascript:window.open('/onclick/4.html');return false;",
        "self.location.href = '5.html'",
    )
    rows = "".join(f'<tr onclick="{code}"><td>事项</td></tr>' for code in handlers)
    trait.article("index.html", links=f"<table>{rows}</table>")
    for number in range(1, 6):
        trait.article(f"{number}.html")
    trait.enter("index.html")
    return trait


def javascript_links(portal: Portal) -> Trait:
    """``javascript:`` links with a plain address, and those without one."""
    trait = Trait(portal, "javascript")
    links = (
        """<a href="javascript:openwin('/javascript/1.html')">一</a>"""
        """<a href="javascript:window.location='2.html'">二</a>"""
        """<a href='javascript:location.href="3.html?x=1";'>三</a>"""
        """<a href="javascript:void(0)">无</a><a href="javascript:history.back()">返回</a>"""
        """<a href="javascript:window.print()">打印</a><a href="JavaScript:;">空</a>"""
        """<a href="javascript:doRead('9f8e','1')">阅读</a>"""
        """<a href="javascript:__doPostBack('pager','2')">下一页</a>"""
    )
    trait.article("index.html", links=links)
    trait.article("1.html")
    trait.article("2.html")
    trait.article("3.html?x=1")
    trait.enter("index.html")
    return trait


def selects(portal: Portal) -> Trait:
    """Menus that jump to the option chosen; other menus do not."""
    trait = Trait(portal, "selects")
    menu = (
        '<select onchange="window.location=this.value"><option value="">友情链接</option>'
        '<option value="1.html">钦南区</option><option value="/selects/2.html">钦北区</option>'
        "</select>"
        '<select name="age"><option value="18.html">18</option></select>'
    )
    trait.article("index.html", links=menu)
    trait.article("1.html")
    trait.article("2.html")
    trait.forbid("18.html")
    trait.enter("index.html")
    return trait


def relations(portal: Portal) -> Trait:
    """``link rel=next``, and links in data attributes; style sheets are none."""
    trait = Trait(portal, "relations")
    head = (
        '<link rel="next" href="2.html"><link rel="stylesheet" href="a.css">'
        '<link rel="icon" href="favicon.ico"><script src="b.js"></script>'
    )
    trait.article("1.html", head=head, links='<div data-href="3.html">甲</div>')
    trait.article("2.html", links='<span data-url="/relations/4.html">乙</span>')
    trait.article("3.html")
    trait.article("4.html")
    for path in ("a.css", "favicon.ico", "b.js"):
        trait.forbid(path)
    trait.enter("1.html")
    return trait


def base(portal: Portal) -> Trait:
    """``<base href>`` elsewhere in the site; one that is no address is ignored."""
    trait = Trait(portal, "base")
    trait.article(
        "a/index.html",
        head='<base href="/base/b/">',
        links='<a href="1.html">甲</a><a href="../c/2.html">乙</a>',
    )
    trait.article("b/1.html")
    trait.article("c/2.html", head='<base target="_blank">', links='<a href="3.html">丙</a>')
    trait.article("c/3.html", head='<base href="javascript:0">', links='<a href="4.html">丁</a>')
    trait.article("c/4.html")
    trait.enter("a/index.html")
    return trait


def nofollow(portal: Portal) -> Trait:
    """``rel=nofollow`` links are left alone, unless another link leads there, too."""
    trait = Trait(portal, "nofollow")
    links = (
        '<a rel="nofollow" href="no.html">甲</a><a rel="external NoFollow" href="no2.html">乙</a>'
        '<a rel="nofollow" href="yes.html">丙</a>'
    )
    trait.article("index.html", links=links + '<a href="2.html">丁</a>')
    trait.article("2.html", links='<a href="yes.html">丙</a>')
    trait.article("yes.html")
    trait.forbid("no.html")
    trait.forbid("no2.html")
    trait.enter("index.html")
    return trait


def untidy(portal: Portal) -> Trait:
    """Markup as it is: broken tags, spaces and line ends in addresses, escaped ampersands,
    comments, backslashes, and addresses that are none."""
    trait = Trait(portal, "untidy")
    markup = (
        '<table><tr><td><a href=" 1.html\n">甲<td><a href="2.html?a=1&amp;b=2">乙</a></b></i>'
        '<a href="\\untidy\\3.html">丙</a><!-- <a href="comment.html">丁</a> -->'
        '<a href="http://[broken">戊</a><a href="http://">己</a><a href="">庚</a><a>辛</a>'
        '<a href="4.html?x=1&amp;amp;y=2">壬</a><noscript><a href="5.html">癸</a></noscript>'
    )
    trait.live("index.html", article(trait.title(), links=markup))
    trait.article("1.html")
    trait.article("2.html?a=1&b=2")
    trait.article("3.html")
    trait.article("4.html?x=1&y=2")
    trait.article("5.html")
    trait.forbid("comment.html")
    trait.enter("index.html")
    return trait
