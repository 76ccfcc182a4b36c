"""Traits: pages that no link leads to: sitemaps, feeds, and hints in the configuration."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from simulated.server import Answer
from simulated.text import listing, page
from simulated.trait import MAIN, Portal, Trait

_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [sitemaps(portal), feeds(portal), extra_urls(portal), patterns(portal)]


def _urlset(urls: Sequence[str], lastmod: str = "2024-03-05") -> bytes:
    entries = "".join(f"<url><loc>{u}</loc><lastmod>{lastmod}</lastmod></url>" for u in urls)
    return f'<?xml version="1.0"?><urlset {_NAMESPACE}>{entries}</urlset>'.encode()


def sitemaps(portal: Portal) -> Trait:
    """robots.txt names an index and a text file; the index leads to plain, packed and sloppy
    sitemaps, to one that is not there and to itself. Orphans stand only there."""
    trait = Trait(portal, "sitemaps", folders=["/sitemaps/", "/orphans/"])
    orphans = [trait.article(f"/orphans/{number}.html") for number in range(8)]
    elsewhere = portal.host("elsewhere", allowed=False).origin
    packed = gzip.compress(_urlset(orphans[2:4], "2024-03-05T08:00:00+08:00"))
    plain = ("Content-Type", "text/xml")
    sloppy = (
        "<urlset><url><loc>\n {0}\n</loc><lastmod>昨天</lastmod></url><url><loc>/orphans/5.html"
    )
    sloppy_body = ("\ufeff" + sloppy.format(orphans[4]) + "</loc></url></urlset>").encode()
    maps = {
        "a.xml": Answer(200, [plain], _urlset([*orphans[:2], f"{elsewhere}/sitemap.html"])),
        "b.xml.gz": Answer(200, [("Content-Type", "application/x-gzip")], packed),
        "c.xml": Answer(200, [plain], sloppy_body),
    }
    locations = [trait.url(name) for name in (*maps, "gone.xml", "index.xml")]
    entries = "".join(f"<sitemap><loc>{location}</loc></sitemap>" for location in locations)
    index = f'<?xml version="1.0"?><sitemapindex {_NAMESPACE}>{entries}</sitemapindex>'
    lines = "\r\n".join(["", *orphans[6:8], "no address", ""]).encode()
    trait.live("index.xml", Answer(200, [plain], index.encode()))
    trait.live("urls.txt", Answer(200, [("Content-Type", "text/plain")], b"\xef\xbb\xbf" + lines))
    for name, answer in maps.items():
        trait.live(name, answer)
    trait.state("gone.xml", None, "gone", "dead_link")
    portal.robots.setdefault(MAIN, []).extend(
        [f"Sitemap: {trait.url('index.xml')}", f"sitemap:{trait.url('urls.txt')}"]
    )
    portal.robots[MAIN].append(f"Sitemap: {elsewhere}/sitemap.xml")
    return trait


def feeds(portal: Portal) -> Trait:
    """An RSS and an Atom feed."""
    trait = Trait(portal, "feeds")
    first, second = trait.article("1.html"), trait.article("2.html")
    rss = (
        f'<rss version="2.0"><channel><item><title>甲</title><link>{first}</link></item></channel>'
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>乙</title>'
        f'<link rel="alternate" href="{second}"/></entry></feed>'
    )
    trait.live("rss.xml", Answer(200, [("Content-Type", "text/xml")], f"{rss}</rss>".encode()))
    trait.live("atom.xml", Answer(200, [("Content-Type", "application/atom+xml")], atom.encode()))
    trait.enter("rss.xml")
    trait.enter("atom.xml")
    return trait


def extra_urls(portal: Portal) -> Trait:
    """Start pages that staff name, a numbered row of them among these."""
    trait = Trait(portal, "extra-urls")
    for number in range(1, 4):
        item = (f"t{number}.html", trait.title())
        trait.article(*item)
        trait.live(f"index_{number}.html", listing("归档", [item]))
    trait.article("only.html")
    portal.extra_urls += [trait.url("index_{1-3}.html"), trait.url("only.html")]
    return trait


def patterns(portal: Portal) -> Trait:
    """What staff exclude and call lists."""
    trait = Trait(portal, "patterns")
    links = (
        '<a href="shop/1.html">甲</a><a href="a.html?print=1">印</a>'
        '<a href="a.html">丙</a><a href="plain.asp?x=1">丁</a>'
    )
    trait.live("index.html", page("专栏", links))
    trait.article("a.html")
    trait.article("plain.asp?x=1")
    trait.forbid("shop/1.html")
    trait.forbid("a.html?print=1")
    portal.exclude += ["/patterns/shop/", "/patterns/*?print=1$"]
    portal.lists += ["/patterns/plain.asp"]
    trait.enter("index.html")
    return trait
