"""Traits: pages that are not there, and the ways in which servers say so, or do not."""

from __future__ import annotations

from collections.abc import Sequence

from simulated.server import Answer
from simulated.text import HTML, anchors, article, page, redirect
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [make(portal) for make in (dead_links, soft_errors, error_redirects, about_errors)]


def dead_links(portal: Portal) -> Trait:
    """Links to pages that answer 404 or 410: told with the pages that carry them."""
    trait = Trait(portal, "dead-links")
    trait.article("a.html", links=anchors("404.html?x=1", "410.html", "b.html"))
    trait.article("b.html", links=anchors("410.html"))
    trait.state("404.html?x=1", None, "gone", "dead_link")
    trait.state("410.html", Answer(410), "gone", "dead_link")
    trait.enter("a.html")
    return trait


def soft_errors(portal: Portal) -> Trait:
    """Error pages with status 200: no pages, and their links are not followed."""
    trait = Trait(portal, "soft-errors")
    back = anchors("never.html")
    pages = {
        "1.html": page("ERROR 404 您访问的页面不存在", f"<p>您访问的页面不存在</p>{back}"),
        "2.html": page("提示", f"<div>对不起，您访问的信息已被删除！</div>{back}"),
        "3.jsp?id=9": Answer(
            200, [("Content-Type", "application/json")], '{"code":404,"msg":"未找到"}'.encode()
        ),
        "4.html": page("404 Not Found", "<center><h1>404 Not Found</h1></center><hr>nginx"),
    }
    trait.article("index.html", links=anchors(*pages))
    for path, answer in pages.items():
        trait.state(path, answer, "gone", "dead_link")
    trait.forbid("never.html")
    trait.enter("index.html")
    return trait


def error_redirects(portal: Portal) -> Trait:
    """Redirects to an error page and to the home page: there is no such page."""
    trait = Trait(portal, "error-redirects")
    targets = {
        "1.html": "/404.html",
        "2.html": "/error-redirects/error.jsp?code=404",
        "3.html": "/",
        "4.html": "/index.html",
    }
    trait.article("index.html", links=anchors(*targets))
    for path, target in targets.items():
        trait.state(path, redirect(target), "gone", "dead_link")
    sorry = page("出错了", "<p>您访问的页面不存在</p>")
    for path in ("/404.html", "/error-redirects/error.jsp?code=404", "/index.html"):
        trait.may(path, sorry)
    trait.enter("index.html")
    return trait


def about_errors(portal: Portal) -> Trait:
    """Articles that speak of errors are articles."""
    trait = Trait(portal, "about-errors")
    titles = (
        "关于门户网站个别页面不存在问题整改情况的通报",
        "网站系统维护公告",
        "404号公交线路停运通知",
    )
    trait.article("index.html", links=anchors("1.html", "2.html", "404.html"))
    for path, title in zip(("1.html", "2.html", "404.html"), titles, strict=True):
        trait.article(path, title)
    answer = article("错误代码对照表", text="<p>500 服务器错误；404 页面不存在。</p>" * 12)
    url = trait.live("codes.html", Answer(200, [("Content-Type", HTML)], answer.body))
    trait.portal.entries.append((url, "错误代码对照表"))
    trait.enter("index.html")
    return trait
