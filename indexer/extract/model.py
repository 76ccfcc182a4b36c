"""What goes into extraction and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.document import Document


@dataclass(frozen=True)
class FetchedPage:
    """One archived response and what the crawl knew when it asked for it.

    ``url`` is the canonical URL, ``content_type`` the Content-Type header as received,
    ``anchor`` the text of the link that led here, ``parent`` the URL of the linking page,
    ``parent_title`` its title.
    """

    url: str
    body: bytes
    site: str
    content_type: str | None = None
    content_disposition: str | None = None
    anchor: str = ""
    parent: str | None = None
    parent_title: str | None = None


@dataclass(frozen=True)
class Link:
    """A hyperlink as it stands in a page: absolute URL and anchor text."""

    url: str
    text: str = ""
    nofollow: bool = False


@dataclass(frozen=True)
class Extraction:
    """What one response says.

    ``document`` is None for what nobody searches for (page 2 of a list, an empty shell, a
    style sheet); ``problem`` then says why, in one line, and likewise when a document
    could be read only in part.
    """

    document: Document | None
    links: tuple[Link, ...] = ()
    charset: str | None = None
    problem: str | None = None
