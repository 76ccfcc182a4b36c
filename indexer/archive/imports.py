"""Imported documents on their way into the archive, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from indexer.archive.archive import Archive, PackedBody
from indexer.archive.documents import IMPORTED, PackedDocument, Told
from indexer.archive.model import Headers
from indexer.personal_data import Finding

_HEADERS: Final[Headers] = [("content-type", "text/html; charset=utf-8")]


class Imported(NamedTuple):
    """A document that came by import, ready for the archive.

    ``url`` is that of its page and ``title`` names it; ``body`` is the page, where the import
    has it; ``is_part`` tells a document inside its page.
    """

    url: str
    site: str
    title: str
    document: PackedDocument
    findings: tuple[Finding, ...] = ()
    body: PackedBody | None = None
    is_part: bool = False


def store_imported(archive: Archive, items: Sequence[Imported]) -> None:
    """Store documents in their order, each in place of that of its address; inside of a
    transaction of the caller."""
    together: list[Imported] = []
    for item in items:
        if item.body is None and not item.is_part:
            together.append(item)
            continue
        _store_together(archive, together)
        together = []
        _store_apart(archive, item)
    _store_together(archive, together)


def _store_together(archive: Archive, items: Sequence[Imported]) -> None:
    """Whole documents: a statement for all of them."""
    if items:
        pages = archive.ensure_pages([(one.url, one.site, one.title) for one in items])
        archive.store_documents(
            [
                (page, one.site, one.document, IMPORTED, Told(findings=one.findings))
                for page, one in zip(pages, items, strict=True)
            ]
        )


def _store_apart(archive: Archive, item: Imported) -> None:
    page = archive.page(archive.ensure_page(item.url, item.site, item.title))
    if item.body is not None:
        archive.store_content(page, 200, _HEADERS, item.body)
    if item.is_part:
        archive.add_part(page.id, item.site, item.document, item.findings)
    else:
        archive.store_document(
            page.id, item.site, item.document, IMPORTED, Told(findings=item.findings)
        )
