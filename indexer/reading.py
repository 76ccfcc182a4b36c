"""From archived bytes to documents: archived pages as extraction takes them."""

from __future__ import annotations

from collections.abc import Callable

from indexer.archive import Archive, Page
from indexer.extract import EXTRACTION_VERSION, FetchedPage, extract


def _unwatched(_done: int, _total: int) -> None:
    """For callers who do not watch."""


def reextract(archive: Archive, progress: Callable[[int, int], None] = _unwatched) -> int:
    """Read archived pages again that another version of the extraction has read."""
    pages = archive.pages_to_extract(EXTRACTION_VERSION)
    for done, page_id in enumerate(pages, 1):
        page = archive.page(page_id)
        body = archive.body(page)
        if body is not None:
            extraction = extract(archived_page(archive, page, body))
            with archive.transaction():
                archive.store_document(
                    page.id, page.site, extraction.document, EXTRACTION_VERSION, extraction.problem
                )
        progress(done, len(pages))
    return len(pages)


def archived_page(archive: Archive, page: Page, body: bytes) -> FetchedPage:
    """An archived answer as extraction takes it."""
    parent = archive.page(page.parent) if page.parent is not None else None
    parent_document = archive.document(parent.id) if parent is not None else None
    return FetchedPage(
        url=page.url,
        body=body,
        site=page.site,
        content_type=page.header("content-type"),
        content_disposition=page.header("content-disposition"),
        anchor=page.anchor,
        parent=parent.url if parent else None,
        parent_title=parent_document.title if parent_document else None,
    )
