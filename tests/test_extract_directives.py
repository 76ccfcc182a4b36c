"""What pages ask of those who index them: meta robots, X-Robots-Tag, rel=canonical."""

from __future__ import annotations

from typing import Any

import pytest

from extract_pages import new_page
from indexer.extract import Extraction, FetchedPage, extract
from indexer.extract.model import ARTICLE, FILE

URL = "http://www.example.gov.cn/zwgk/1.html"


def read(head: str = "", **options: Any) -> Extraction:
    page = new_page(head=head)
    return extract(FetchedPage(URL, page.encode(), "portal", "text/html", **options))


def wishes(found: Extraction) -> tuple[bool, bool]:
    return found.noindex, found.nofollow


@pytest.mark.parametrize(
    ("content", "noindex", "nofollow"),
    [
        ("noindex", True, False),
        ("NOINDEX,FOLLOW", True, False),
        ("index, nofollow", False, True),
        ("none", True, True),
        ("noindex nofollow", True, True),
        ("noindex;nofollow", True, True),
        ("all", False, False),
        ("noarchive, nosnippet, max-snippet:-1", False, False),
        ("noindexing", False, False),
        ("unavailable_after: 2010-06-25", True, False),
        ("unavailable_after: 2999-06-25", False, False),
    ],
)
def test_directives_in_meta_tags_and_headers(content: str, noindex: bool, nofollow: bool) -> None:
    tag = f'<META NAME="Robots" CONTENT="{content}">'
    for found in (read(tag), read(robots_tag=content)):
        assert wishes(found) == (noindex, nofollow)
        assert (found.document is None) == noindex
        assert (found.problem or "").startswith("noindex: ") == noindex
        assert found.kind == ARTICLE
        assert found.links
        assert all(link.nofollow == nofollow for link in found.links)


def test_a_meta_tag_for_another_crawler_is_not_for_us() -> None:
    tag = '<meta name="baiduspider" content="noindex"><meta name="QzSearch" content="nofollow">'
    assert wishes(read(tag)) == (False, False)
    assert wishes(read(tag, user_agent="qzsearch")) == (False, True)


def test_several_tags_add_up_and_the_stricter_holds() -> None:
    tag = '<meta name="robots" content="index,follow"><meta name="robots" content="noindex">'
    assert wishes(read(tag, robots_tag="nofollow")) == (True, True)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("otherbot: noindex, nofollow", (False, False)),
        ("otherbot: noindex, qzsearch: nofollow", (False, True)),
        ("nofollow, otherbot: noindex", (False, True)),
        ("QZSearch: none", (True, True)),
        ("unavailable_after: Friday, 25-Jun-10 15:00:00 GMT, nofollow", (True, True)),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST", (True, False)),
        ("unavailable_after: Thu, 25 Jun 2999 15:00:00 GMT", (False, False)),
        ("unavailable_after: someday, noindex", (True, False)),
        ("otherbot: unavailable_after: 25 Jun 2010 15:00:00 GMT", (False, False)),
        ("max-image-preview: large, noindex", (True, False)),
        (":,;,:: ,", (False, False)),
    ],
)
def test_x_robots_tag_by_crawler(header: str, expected: tuple[bool, bool]) -> None:
    assert wishes(read(robots_tag=header, user_agent="qzsearch")) == expected


def test_the_header_holds_for_files_too() -> None:
    page = FetchedPage("http://www.example.gov.cn/a.txt", b"abc", "portal", "text/plain")
    assert extract(page).document is not None
    refused = FetchedPage(page.url, page.body, "portal", "text/plain", robots_tag="noindex")
    assert (extract(refused).document, extract(refused).kind) == (None, FILE)


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("/zwgk/2.html", "http://www.example.gov.cn/zwgk/2.html"),
        ("http://www.example.cn/x?a=1#top", "http://www.example.cn/x?a=1"),
        ("2.html", "http://www.example.gov.cn/zwgk/2.html"),
        ("", None),
        ("javascript:1", None),
        ("http://www.example.gov.cn/", None),  # a template's mistake: the home page everywhere
        ("{{url}}", None),
    ],
)
def test_the_canonical_address(href: str, canonical: str | None) -> None:
    assert read(f'<link rel="Canonical" href="{href}">').canonical == canonical
    assert (
        read(link_header=f'<a.css>; rel=preload, <{href}>; rel="canonical"').canonical == canonical
    )


def test_the_home_page_may_name_itself_canonical() -> None:
    body = b'<link rel=canonical href="/"><title>t</title><p>text</p>'
    page = FetchedPage("http://www.example.gov.cn/index.html", body, "portal")
    assert extract(page).canonical == "http://www.example.gov.cn/"


def test_the_page_goes_before_the_header_and_the_head_before_the_body() -> None:
    tag = '<link rel="canonical" href="/a.html">'
    assert read(tag, link_header="</b.html>; rel=canonical").canonical == (
        "http://www.example.gov.cn/a.html"
    )
    body = new_page(body=f"<p>正文第一段，说明有关事项。</p>{tag}")
    assert extract(FetchedPage(URL, body.encode(), "portal")).canonical is None


def test_other_links_of_the_header_are_none() -> None:
    for header in ('</a>; rel="next"', "</a>; rel=alternate; title=canonical", "canonical", "<"):
        assert read(link_header=header).canonical is None
