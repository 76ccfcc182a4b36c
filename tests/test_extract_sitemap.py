"""Sitemaps and feeds, as they should be and as they are."""

from __future__ import annotations

import gzip
import time
import tracemalloc

import pytest

from indexer.extract import Extraction, FetchedPage, Link, extract, sitemap
from indexer.extract.model import ERROR, FILE, SITEMAP
from indexer.extract.timestamps import iso_timestamp

SITE = "http://www.example.gov.cn"
URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://www.example.gov.cn/a.html</loc><lastmod>2026-09-01</lastmod>
<changefreq>daily</changefreq></url>
<url><loc> /b.html?x=1&amp;y=2 </loc><lastmod>2026-09-01T08:30:00+08:00</lastmod></url>
<url><lastmod>2026-09-01</lastmod></url>
<url><loc>ftp://www.example.gov.cn/c</loc></url><url><loc>c.html</loc></url></urlset>"""
EXPECTED = (
    Link(f"{SITE}/a.html", lastmod="2026-09-01"),
    Link(f"{SITE}/b.html?x=1&y=2", lastmod="2026-09-01T00:30:00+00:00"),
    Link(f"{SITE}/c.html"),
)


def read(
    body: bytes | str, path: str = "/sitemap.xml", kind: str = "text/xml", *, told: bool = False
) -> Extraction:
    raw = body.encode() if isinstance(body, str) else body
    return extract(FetchedPage(SITE + path, raw, "portal", kind, is_sitemap=told))


@pytest.mark.parametrize(
    "body",
    [
        URLSET,
        f"\ufeff{URLSET}",
        URLSET.replace(' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', ""),
        URLSET.replace("0.9", "0.84").replace("encoding", "Encoding"),
        URLSET.partition("?>")[2],
        URLSET.replace("<url>", "<s:url>").replace("</url>", "</s:url>"),
        URLSET.replace("<urlset", "<!-- by hand -->\n<urlset"),
        URLSET.encode("utf-16"),
        URLSET.replace("</urlset>", ""),
        gzip.compress(URLSET.encode(), mtime=0),
        gzip.compress(URLSET[:300].encode(), mtime=0)
        + gzip.compress(URLSET[300:].encode(), mtime=0),
    ],
)
def test_a_sitemap_in_every_dress(body: bytes | str) -> None:
    found = read(body, told=True)
    assert (found.kind, found.document, found.links) == (SITEMAP, None, EXPECTED)


@pytest.mark.parametrize("content_type", ["text/html", "application/octet-stream", ""])
def test_it_is_known_by_its_content_alone(content_type: str) -> None:
    assert read(URLSET, "/map", content_type).links == EXPECTED
    assert read(gzip.compress(URLSET.encode()), "/sitemap1.xml.gz", content_type).links == EXPECTED


def test_a_declaration_of_gb2312_holds_characters_of_gbk() -> None:
    body = '<?xml version="1.0" encoding="gb2312"?><urlset><url><loc>/s?k=镕</loc></url></urlset>'
    (link,) = read(body.encode("gbk")).links
    assert link.url == f"{SITE}/s?k=%E9F"


def test_an_index_leads_to_its_sitemaps() -> None:
    body = """<sitemapindex><sitemap><loc>http://www.example.gov.cn/s1.xml.gz</loc>
    <lastmod>2026-09</lastmod></sitemap><sitemap><loc>/s2.xml</loc></sitemap></sitemapindex>"""
    assert read(body).links == (
        Link(f"{SITE}/s1.xml.gz", lastmod="2026-09-01"),
        Link(f"{SITE}/s2.xml"),
    )


def test_plain_text_where_it_is_said_or_named_so() -> None:
    body = "\ufeffhttp://www.example.gov.cn/a.html\r\n\r\nhttp://www.example.gov.cn/b.html\n"
    wanted = (Link(f"{SITE}/a.html"), Link(f"{SITE}/b.html"))
    assert read(body, "/map.txt", "text/plain", told=True).links == wanted
    assert read(body, "/sitemap.txt", "text/plain").links == wanted
    assert read(body, "/files/links.txt", "text/plain").kind == FILE


def test_rss_and_atom_feeds() -> None:
    rss = """<rss version="2.0"><channel><title>钦州市人民政府</title><link>/</link>
    <item><title><![CDATA[关于<b>停水</b>的公告]]></title><link>/a.html</link>
    <pubDate>Thu, 03 Dec 2009 16:30:00 +0800</pubDate></item>
    <item><title>甲</title><guid isPermaLink="true">http://www.example.gov.cn/b.html</guid></item>
    </channel></rss>"""
    assert read(rss, "/rss.xml").links == (
        Link(f"{SITE}/a.html", "关于停水的公告", lastmod="2009-12-03T08:30:00+00:00"),
        Link(f"{SITE}/b.html", "甲"),
    )
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>乙</title>
    <link rel="self" href="/x.atom"/><link href="/c.html"/><updated>2026-09-01T00:00:00Z</updated>
    </entry></feed>"""
    assert read(atom, "/atom.xml").links == (
        Link(f"{SITE}/c.html", "乙", lastmod="2026-09-01T00:00:00+00:00"),
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026", "2026-01-01"),
        ("2026-09", "2026-09-01"),
        ("2026-9-1", "2026-09-01"),
        ("2026-09-01T08:30Z", "2026-09-01T08:30:00+00:00"),
        ("2026-09-01T08:30:15.123-02:30", "2026-09-01T11:00:15+00:00"),
        ("2026-09-01 08:30:15", "2026-09-01T00:30:15+00:00"),
        ("2026-09-01T08:30:15+0800", "2026-09-01T00:30:15+00:00"),
        ("2026-13-01", None),
        ("2026-09-31", None),
        ("0000-00-00", None),
        ("0001-01-01T00:00:00+08:00", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_dates_of_the_w3c_form_and_near_it(written: str, read_as: str | None) -> None:
    assert iso_timestamp(written) == read_as


def test_bombs_and_outside_entities_do_nothing() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY l0 "lol">{levels}
    <!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>/a.html</loc></url>
    <url><loc>/&l9;</loc></url><url><loc>/&f;b</loc></url></urlset>"""
    began = time.process_time()
    found = read(bomb)
    assert time.process_time() - began < 1
    assert found.kind == SITEMAP
    assert Link(f"{SITE}/a.html") in found.links
    assert not [link.url for link in found.links if "lol" in link.url or "root" in link.url]


def test_a_packed_bomb_is_read_up_to_the_limit() -> None:
    start = b"<urlset><url><loc>/a.html</loc></url>"
    bomb = gzip.compress(start + b" " * (sitemap.MAX_UNPACKED + 10), 9)
    tracemalloc.start()
    try:
        found = read(bomb, "/sitemap.xml.gz", told=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.links == (Link(f"{SITE}/a.html"),)
    assert "50 MB" in (found.problem or "")
    assert peak < 6 * sitemap.MAX_UNPACKED


def test_fifty_thousand_addresses_are_enough() -> None:
    entries = "".join(f"<url><loc>/{n}.html</loc></url>" for n in range(50_100))
    found = read(f"<urlset>{entries}</urlset>")
    assert len(found.links) == 50_000
    assert "50000" in (found.problem or "")
    lines = "".join(f"{SITE}/{n}.html\n" for n in range(50_100))
    assert len(read(lines, "/sitemap.txt").links) == 50_000


def test_what_is_damaged_gives_what_it_has() -> None:
    packed = gzip.compress(URLSET.encode())
    cut = read(packed[:-30], told=True)
    assert (cut.kind, "gzip" in (cut.problem or "")) == (SITEMAP, True)
    assert cut.links
    broken = read(URLSET.replace("</loc><lastmod>2026-09-01</lastmod>", "</loc>&nbsp;<&", 1))
    assert broken.links


def test_a_page_in_place_of_a_sitemap_is_no_document() -> None:
    missing = read("<title>404</title>您访问的页面不存在", kind="text/html", told=True)
    assert missing.kind == ERROR
    page = "<title>网站地图</title><p>本站全部栏目，按部门列出。</p><a href='/a/'>政务公开</a>"
    found = read(page, kind="text/html", told=True)
    assert (found.document, [link.url for link in found.links]) == (None, [f"{SITE}/a/"])


def test_a_packed_file_that_is_no_sitemap_stays_a_file() -> None:
    packed = gzip.compress(b"2009,1,2\n")
    assert read(packed, "/files/data.gz", "application/gzip").kind == FILE
