"""Traits: addresses without end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from simulated.server import Answer, Request
from simulated.text import listing, page, redirect
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [
        make(portal)
        for make in (
            calendar,
            combinations,
            repeating,
            long_addresses,
            redirect_loops,
            endless_redirects,
            long_list,
        )
    ]


def _number(request: Request) -> int:
    found = re.findall(r"\d+", request.target)
    return int(found[-1]) if found else 0


def calendar(portal: Portal) -> Trait:
    """A calendar that goes on for ever in both directions, and is empty everywhere."""
    trait = Trait(portal, "calendar")

    def month(request: Request) -> Answer:
        number = _number(request)
        days = "".join(f'<td><a href="day-{number * 31 + d}.html">{d}</a></td>' for d in (1, 2))
        nav = (
            f'<a href="month-{number - 1}.html">上月</a><a href="month-{number + 1}.html">下月</a>'
        )
        return page("活动日历", f"{nav}<table><tr>{days}</tr></table><p>本月暂无活动安排</p>")

    trait.endless("month-", month, 20, 160)
    trait.endless("day-", month, 20, 160)
    trait.enter("month-24000.html")
    return trait


def combinations(portal: Portal) -> Trait:
    """One list of three items, sorted and filtered in endlessly many ways."""
    trait = Trait(portal, "combinations")
    items = [(f"item-{number}.html", trait.title()) for number in range(3)]
    for path, title in items:
        trait.article(path, title)
    names = ("sort", "view", "size", "area", "year", "kind")

    def choice(request: Request) -> Answer:
        chosen = {k: v[0] for k, v in parse_qs(urlsplit(request.target).query).items()}
        links = []
        for name in names:
            other = {**chosen, name: str(int(chosen.get(name, "0")) + 1)}
            links.append("&amp;".join(f"{key}={value}" for key, value in sorted(other.items())))
        after = "".join(f'<a href="list.jsp?{link}">筛选</a>' for link in links)
        return listing("项目库", items, after=after)

    # Six names make 63 sets of names, a budget each; the base of one is 100.
    trait.endless("list.jsp", choice, 20, 700)
    trait.enter("list.jsp?sort=1")
    return trait


def repeating(portal: Portal) -> Trait:
    """A relative link in a template that appends its own folder at each step."""
    trait = Trait(portal, "repeating")
    answer = page("栏目", '<a href="list/">更多</a><a href="a/b/">分类</a><p>暂无内容</p>')
    trait.endless("", answer, 2, 60)
    trait.enter("")
    return trait


def long_addresses(portal: Portal) -> Trait:
    """Addresses that grow at every step: in depth, in arguments, in the length of one."""
    trait = Trait(portal, "long")

    def grow(request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        step = len(request.target)
        link = {
            "/long/deep/": f"{path}{step}x/",
            "/long/wide/": f"{path}?{query}&amp;k{step}=1".replace("?&amp;", "?"),
            "/long/back/": f"{path}?back={path}%3f{query}".replace("%3f", "%253f"),
        }[path[:11]]
        return page("栏目", f'<a href="{link}">下一步</a><p>暂无内容</p>')

    for folder, most in (("deep/", 21), ("wide/", 20), ("back/", 160)):
        trait.endless(folder, grow, 3, most)
        trait.enter(folder)
    far = "q.html?" + "x" * 3000
    trait.forbid(far)
    trait.enter(far)
    return trait


def redirect_loops(portal: Portal) -> Trait:
    """Redirects in a circle, of one and of three addresses."""
    trait = Trait(portal, "redirect-loops")
    trait.state("self.html", redirect("self.html#x"), "known", "failed_redirect_loop")
    trait.state("a.html", redirect("b.html"), "redirect", "redirect")
    trait.state("b.html", redirect("c.html"), "redirect", "redirect")
    trait.state("c.html", redirect("a.html"), "known", "failed_redirect_loop")
    trait.enter("self.html")
    trait.enter("a.html")
    return trait


def endless_redirects(portal: Portal) -> Trait:
    """Redirects that go on and on; a chain of nine that does end."""
    trait = Trait(portal, "endless-redirects")
    trait.endless("on-", lambda request: redirect(f"on-{_number(request) + 1}.html"), 5, 11)
    trait.enter("on-1.html")
    for number in range(9):
        path = f"short-{number}.html"
        trait.state(path, redirect(f"short-{number + 1}.html"), "redirect", "redirect")
    trait.article("short-9.html")
    trait.enter("short-0.html")
    return trait


def long_list(portal: Portal) -> Trait:
    """No trap: a list of 130 pages of one pattern, each of which links to the next and to
    articles of its own. All of it is wanted."""
    trait = Trait(portal, "long-list")
    pages = 130
    for number in range(pages):
        title = trait.title()
        trait.article(f"show.jsp?id={number}", title)
        after = f'<a href="list.jsp?page={number + 1}">下一页</a>' if number + 1 < pages else ""
        answer = listing("工作动态", [(f"show.jsp?id={number}", title)], after=after)
        trait.live(f"list.jsp?page={number}", answer)
    trait.enter("list.jsp?page=0")
    return trait
