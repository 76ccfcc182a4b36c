"""Traits: what a site asks of robots: robots.txt, meta robots, X-Robots-Tag, canonical links."""

from __future__ import annotations

from collections.abc import Sequence

from simulated.server import Answer, Wire
from simulated.text import HTML, anchors, article
from simulated.trait import MAIN, Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [
        make(portal)
        for make in (
            disallow,
            crawl_delay,
            slow_pages,
            robots_missing,
            robots_failing,
            robots_redirected,
            meta_robots,
            x_robots_tag,
            canonical,
            canonical_home,
        )
    ]


def disallow(portal: Portal) -> Trait:
    """Rules of robots.txt: folders, patterns, exceptions; redirects into what is forbidden."""
    trait = Trait(portal, "disallow")
    targets = (
        "admin/x.html", "open/a.doc.html", "docs/a.print", "admin/public/1.html", "jump.html",
        "%61dmin/y.html",
    )  # fmt: skip
    trait.article("index.html", links=anchors(*targets))
    portal.robots.setdefault(MAIN, []).extend(
        [
            "Disallow: /disallow/admin/ # 后台",
            "Allow: /disallow/admin/public/",
            "Disallow: /disallow/*.print$",
        ]
    )
    trait.article("admin/public/1.html")
    trait.article("open/a.doc.html")
    jump = Answer(302, [("Location", "admin/z.html")])
    trait.state("jump.html", jump, "redirect", "redirect")
    for path in ("admin/x.html", "docs/a.print", "admin/y.html", "admin/z.html"):
        trait.state(path, article(trait.title()), "known", "blocked_robots")
        trait.expected.forbidden.add(trait.url(path))
    trait.enter("index.html")
    return trait


def crawl_delay(portal: Portal) -> Trait:
    """A host that asks for a pause between requests."""
    trait = Trait(portal, "crawl-delay", host="delay")
    portal.robots["delay"] = ["Crawl-delay: 0.3"]
    trait.article("start.html", links=anchors(*(f"{n}.html" for n in range(5))))
    for number in range(5):
        trait.article(f"{number}.html")
    trait.enter("start.html")
    return trait


def slow_pages(portal: Portal) -> Trait:
    """A host that takes its time, so that requests overlap: not too many of them."""
    trait = Trait(portal, "slow", host="slow")
    trait.article("start.html", links=anchors(*(f"{n}.html" for n in range(12))))
    for number in range(12):
        url = trait.article(f"{number}.html", headers=[("Connection", "close")])
        page = article(trait.expected.titles[url], headers=[("Connection", "close")])
        trait.put(f"{number}.html", Wire([0.12, page.to_bytes()]))
    trait.enter("start.html")
    return trait


def robots_missing(portal: Portal) -> Trait:
    """No robots.txt: no rules."""
    trait = Trait(portal, "robots-missing", host="norobots")
    trait.put("/robots.txt", Answer(403, [("Content-Type", HTML)], b"<h1>403 Forbidden</h1>"))
    trait.article("start.html", links=anchors("admin/1.html"))
    trait.article("admin/1.html")
    trait.enter("start.html")
    return trait


def robots_failing(portal: Portal) -> Trait:
    """robots.txt answers 500: hands off everything (RFC 9309 2.3.1.4)."""
    trait = Trait(portal, "robots-failing", host="robots500")
    trait.put("/robots.txt", Answer(500))
    trait.forbid("/start.html")
    trait.state("/start.html", article(trait.title()), "known", "failed_robots_unreachable")
    trait.enter("/start.html")
    return trait


def robots_redirected(portal: Portal) -> Trait:
    """robots.txt has moved within its host."""
    trait = Trait(portal, "robots-redirected", host="robots301")
    trait.put("/robots.txt", Answer(301, [("Location", "/static/robots.txt")]))
    rules = b"User-agent: QZSEARCH\nDisallow: /no/\n\nUser-agent: *\nDisallow: /\n"
    trait.may("/static/robots.txt", Answer(200, [("Content-Type", "text/plain")], rules))
    trait.article("start.html", links=anchors("no/1.html"))
    trait.state("no/1.html", article(trait.title()), "known", "blocked_robots")
    trait.expected.forbidden.add(trait.url("no/"))
    trait.enter("start.html")
    return trait


def meta_robots(portal: Portal) -> Trait:
    """``noindex`` pages give links but no document, ``nofollow`` pages the reverse."""
    trait = Trait(portal, "meta-robots")
    robots = '<meta name="ROBOTS" content="{0}">'
    cases = {"noindex": "noindex", "nofollow": "NoFollow,index", "none": "none"}
    trait.article("index.html", links=anchors(*(f"{case}.html" for case in cases), "other.html"))
    for case, content in cases.items():
        head, links = robots.format(content), anchors(f"{case}-1.html")
        if case == "nofollow":
            trait.article(f"{case}.html", head=head, links=links)
        else:
            page = article(trait.title(), head=head, links=links)
            trait.state(f"{case}.html", page, "noindex", "noindex")
    trait.article("noindex-1.html")
    trait.forbid("nofollow-1.html")
    trait.forbid("none-1.html")
    trait.article("other.html", head='<meta name="otherbot" content="noindex,nofollow">',
                  links=anchors("other-1.html"))  # fmt: skip
    trait.article("other-1.html")
    trait.enter("index.html")
    return trait


def x_robots_tag(portal: Portal) -> Trait:
    """The same by header fields, for files too, for us by name, and for others."""
    trait = Trait(portal, "x-robots-tag")
    fields = {
        "a.html": [("X-Robots-Tag", "noindex")],
        "b.txt": [("X-Robots-Tag", "nofollow"), ("X-Robots-Tag", "qzsearch: noindex")],
        "c.html": [("X-Robots-Tag", "unavailable_after: 25 Jun 2010 15:00:00 PST")],
        "d.html": [("X-Robots-Tag", "otherbot: noindex, nofollow")],
    }
    trait.article("index.html", links=anchors(*fields))
    for path in ("a.html", "b.txt", "c.html"):
        body = article(trait.title()).body if path.endswith("html") else "纯文本的通知".encode()
        kind = ("Content-Type", HTML if path.endswith("html") else "text/plain; charset=utf-8")
        trait.state(path, Answer(200, [kind, *fields[path]], body), "noindex", "noindex")
    trait.article("d.html", headers=fields["d.html"], links=anchors("d1.html"))
    trait.article("d1.html")
    trait.enter("index.html")
    return trait


def canonical(portal: Portal) -> Trait:
    """Copies that name the page they are copies of: in the page, and in a Link header."""
    trait = Trait(portal, "canonical")
    real = trait.article("a.html", links=anchors("print/a.html", "wap.jsp?id=1", "lost.html"))
    head = f'<link rel="canonical" href="{real}">'
    title = trait.expected.titles[real]
    trait.state("print/a.html", article(title, head=head), "duplicate", "duplicate")
    copy = article(title, headers=[("Link", '<a.html>; rel="canonical"')])
    trait.state("wap.jsp?id=1", copy, "duplicate", "duplicate")
    # What a page names that is not there, or not ours, is no reason to lose the page.
    trait.article("lost.html", head='<link rel="canonical" href="nowhere.html">',
                  links=anchors("foreign.html"))  # fmt: skip
    trait.state("nowhere.html", None, "gone", "dead_link")
    foreign = portal.host("elsewhere", allowed=False).origin
    trait.article("foreign.html", head=f'<link rel="canonical" href="{foreign}/a.html">')
    trait.enter("a.html")
    return trait


def canonical_home(portal: Portal) -> Trait:
    """A template that names the home page as canonical on every page: not believed."""
    trait = Trait(portal, "canonical-home")
    head = f'<link rel="canonical" href="{portal.home}">'
    trait.article("index.html", head=head, links=anchors(*(f"{n}.html" for n in range(4))))
    for number in range(4):
        trait.article(f"{number}.html", head=head)
    trait.enter("index.html")
    return trait
