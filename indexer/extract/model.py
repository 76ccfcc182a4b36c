"""What goes into extraction and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer.document import Document
from indexer.personal_data import Finding

ARTICLE: Final = "article"
"""A page with content of its own: an article, a service guide, a page of a public body."""
LIST: Final = "list"
"""A column front, a further page of a list, or the data a list is filled from."""
HOME: Final = "home"
"""The front page of a site."""
FILE: Final = "file"
"""A file other than a page: an attachment, an image, a style sheet."""
SITEMAP: Final = "sitemap"
"""A sitemap, a sitemap index, or an RSS/Atom feed."""
ERROR: Final = "error"
"""A soft error: says that the page does not exist, under whatever status."""
BLOCKED: Final = "blocked"
"""A challenge, a waiting page or a maintenance notice in place of the page: no absence."""
SCRIPT: Final = "script"
"""A shell that only becomes a page when its scripts run."""
EMPTY: Final = "empty"
"""Neither text nor links nor anything that would fetch them."""
REFRESH: Final = "refresh"
"""Only leads elsewhere (meta refresh, script redirect, frameset); targets are in ``links``."""

KINDS: Final = (ARTICLE, LIST, HOME, FILE, SITEMAP, ERROR, BLOCKED, SCRIPT, EMPTY, REFRESH)
"""Every value :attr:`Extraction.kind` takes."""


@dataclass(frozen=True)
class FetchedPage:
    """One archived response and what the crawl knew when it asked for it.

    ``url`` is the canonical URL, ``content_type`` the Content-Type header as received,
    ``anchor`` the text of the link that led here, ``parent`` the URL of the linking page,
    ``parent_title`` its title. ``robots_tag`` holds all X-Robots-Tag fields, a line
    each, ``link_header`` the Link header (RFC 8288). ``user_agent`` is the product
    token under which the crawler asks: directives addressed to it count besides the general
    ones. ``is_sitemap`` says that robots.txt or the crawler names this address a sitemap.
    ``status`` is the HTTP status code. ``ocr``: scanned files are read by OCR.
    ``public_numbers`` are telephone and account numbers that staff call public.
    """

    url: str
    body: bytes
    site: str
    content_type: str | None = None
    content_disposition: str | None = None
    anchor: str = ""
    parent: str | None = None
    parent_title: str | None = None
    robots_tag: str | None = None
    link_header: str | None = None
    user_agent: str = ""
    is_sitemap: bool = False
    status: int = 200
    ocr: bool = False
    public_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Link:
    """A hyperlink as it stands in a page: absolute URL and anchor text.

    ``lastmod`` comes from sitemaps only: a W3C date as ISO 8601, None when unreadable.
    """

    url: str
    text: str = ""
    nofollow: bool = False
    lastmod: str | None = None


@dataclass(frozen=True)
class Extraction:
    """What one response says.

    ``document`` is None for what nobody searches for (page 2 of a list, an empty shell, a
    style sheet); ``problem`` then says why, in one line, and likewise when a document
    could be read only in part. ``kind`` is one of :data:`KINDS`. ``canonical`` is the
    absolute address of rel=canonical (RFC 6596), from the page or its Link header.
    ``noindex`` and ``nofollow`` are what meta robots and X-Robots-Tag ask for; a page
    without index still gives its links, an ``ERROR`` gives neither document nor links.
    ``parts`` are the documents inside a gazette issue. ``findings`` are the personal data
    that were masked in all of them.
    """

    document: Document | None
    links: tuple[Link, ...] = ()
    charset: str | None = None
    problem: str | None = None
    kind: str = ARTICLE
    canonical: str | None = None
    noindex: bool = False
    nofollow: bool = False
    parts: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()
