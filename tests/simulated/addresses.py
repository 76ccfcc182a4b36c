"""Traits: pages with more than one address, and addresses in old encodings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from simulated.server import Answer, Request
from simulated.text import anchors, article, redirect
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [
        make(portal)
        for make in (
            sessions,
            cookie_walls,
            tracking,
            spellings,
            variants,
            gbk_page,
            raw_gbk_location,
            utf8_paths,
            argument_order,
        )
    ]


def sessions(portal: Portal) -> Trait:
    """Session numbers in addresses, another in every answer: each page is one page."""
    trait = Trait(portal, "sessions")
    forms = (
        ("1.jsp", "1.jsp;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F{0:X}"),
        ("2.php", "2.php?PHPSESSID=k3j2h4g5f6d7s8a9q0w1e2r3t{0}"),
        ("3.jsp?id=7", "3.jsp?jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F{0:X}&id=7"),
        ("4.asp", "4.asp?ASPSESSIONIDQQQDSTAA=KLMNOPQRSTUVWXYZABCDEFG{0}"),
        ("5.jsp?id=8", "5.jsp;JSESSIONID=0A1B2C3D4E5F60718293A4B5C6D7E8F{0:X}.node1?id=8"),
    )
    for plain, _ in forms:
        everything = [form.format(n) for n in range(3) for _, form in forms]
        trait.article(plain, links=anchors(*everything))
    trait.enter(forms[0][1].format(9))
    return trait


def cookie_walls(portal: Portal) -> Trait:
    """A program that puts a session into a cookie and then looks whether it comes back, by
    redirecting to the same page."""
    trait = Trait(portal, "cookie-wall")
    url = trait.article("index.jsp")
    page = article(trait.expected.titles[url])

    def wall(request: Request) -> Answer:
        if "WALL=open" in request.headers.get("cookie", ""):
            return page
        return Answer(302, [("Location", "index.jsp"), ("Set-Cookie", "WALL=open; path=/")])

    trait.put("index.jsp", wall)
    trait.expected.attempts[url] = 2
    trait.enter("index.jsp")
    return trait


def tracking(portal: Portal) -> Trait:
    """Tracking arguments and cache busters; arguments that look alike and mean something."""
    trait = Trait(portal, "tracking")
    links = anchors(
        "a.html?utm_source=wx&amp;utm_medium=mp",
        "a.html?t=1709600000123",
        "a.html?r=0.8273645519",
        "a.html?t=3",
        "a.html?_=1709600000999",
        "a.html?spm=5176.8142029",
        "a.html?",
        "list.jsp?t=news&amp;page=2",
        "list.jsp?t=policy&amp;page=2",
        "list.jsp?t=news&amp;page=2&amp;rnd=0.5530482",
        "list.jsp?t=news&amp;page=2&amp;timestamp=1709600001555",
    )
    trait.article("index.html", links=links)
    trait.article("a.html")
    trait.article("list.jsp?page=2&t=news")
    trait.article("list.jsp?page=2&t=policy")
    trait.enter("index.html")
    return trait


def spellings(portal: Portal) -> Trait:
    """Dot segments, needless escapes, capital letters in the host, fragments, ``#!``."""
    trait = Trait(portal, "spellings")
    port = trait.host.port
    links = anchors(
        "./x/../a.html",
        "%61.html",
        "a.html#!/1",
        "a.html#2",
        f"HTTP://127.0.0.1:{port}/spellings/a.html",
        f"http://127.0.0.1:{port}/spellings/./a.html",
        "b%7e.html",
        "b~.html",
    )
    trait.article("index.html", links=links)
    trait.article("a.html")
    trait.article("b~.html")
    trait.enter("index.html")
    return trait


def variants(portal: Portal) -> Trait:
    """Two hosts, one site: every address of the one redirects to the other, as from http to
    https or from the bare name to www."""
    trait = Trait(portal, "variants", host="variant")
    old = f"http://localhost:{trait.host.port}/"
    trait.folders.append(old)
    portal.allowed.append(f"localhost:{trait.host.port}")
    links = anchors(*(f"{old}{number}.html" for number in range(4)))
    for number in range(4):
        path = f"{number}.html"
        trait.state(old + path, None, "redirect", "redirect")
        page = article(trait.title(), links=links)
        there = redirect(trait.url(path), 301)
        trait.live(path, partial(_moved_from_localhost, there, page))
    portal.entries.append((f"{old}0.html", "旧域名"))
    return trait


def _moved_from_localhost(there: Answer, page: Answer, request: Request) -> Answer:
    return there if request.headers["host"].startswith("localhost") else page


def gbk_page(portal: Portal) -> Trait:
    """A GBK page: queries in its links are GBK, paths UTF-8 (WHATWG URL)."""
    trait = Trait(portal, "gbk")
    links = anchors("search.jsp?key=钦州", "目录/1.html", "search.jsp?key=%C7%D5%D6%DD")
    trait.article("index.html", links=links, charset="gb2312")
    trait.article("search.jsp?key=%C7%D5%D6%DD", charset="gb2312")
    trait.article(f"{quote('目录')}/1.html", charset="gb2312")
    trait.enter("index.html")
    return trait


def raw_gbk_location(portal: Portal) -> Trait:
    """Redirects whose Location holds bytes that are no ASCII."""
    trait = Trait(portal, "raw-location")
    gbk = "/raw-location/钦州.html".encode("gb18030")
    utf8 = "/raw-location/灵山.html?名=县".encode()
    trait.state("a.html", redirect(gbk), "redirect", "redirect")
    trait.state("b.html", redirect(utf8), "redirect", "redirect")
    trait.article("%C7%D5%D6%DD.html")
    trait.article(f"{quote('灵山')}.html?{quote('名')}={quote('县')}")
    trait.enter("a.html")
    trait.enter("b.html")
    return trait


def utf8_paths(portal: Portal) -> Trait:
    """Chinese file names, escaped, in lower case escapes, and raw."""
    trait = Trait(portal, "utf8-paths")
    name = quote("通知")
    trait.article("index.html", links=anchors("通知.html", f"{name}.html", f"{name.lower()}.html"))
    trait.article(f"{name}.html")
    trait.enter("index.html")
    return trait


def argument_order(portal: Portal) -> Trait:
    """The order of arguments, and empty ones; the same argument twice is kept."""
    trait = Trait(portal, "arguments")
    trait.article("index.html", links=anchors("v.jsp?b=2&amp;a=1", "v.jsp?a=1&amp;b=2",
                                             "v.jsp?c=1&amp;c=2"))  # fmt: skip
    trait.article("v.jsp?a=1&b=2")
    trait.article("v.jsp?c=1&c=2")
    trait.enter("index.html")
    return trait
