"""From one archived response to what the index needs of it."""

from __future__ import annotations

from typing import Final

from indexer.extract.attachments import read_attachment
from indexer.extract.charset import decode
from indexer.extract.filetype import detect
from indexer.extract.html import read_page
from indexer.extract.model import Extraction, FetchedPage

EXTRACTION_VERSION: Final = 1
"""To be raised whenever the same bytes give another result: archived pages are then read
again without fetching them."""


def extract(page: FetchedPage) -> Extraction:
    """Reads a response: its document, its links, and what could not be read.

    A pure function that never raises, whatever the bytes are; a defect of ours that a page
    brings to light is told in ``problem``.
    """
    try:
        return _extract(page)
    except Exception as error:  # noqa: BLE001  one page must not stop a crawl of thousands
        return Extraction(None, problem=f"not read: {type(error).__name__}: {error}"[:300])


def _extract(page: FetchedPage) -> Extraction:
    kind = detect(page)
    if not kind.name:
        return Extraction(None, problem=f"nothing to search for: {kind.format}")
    if not page.body.strip():
        return Extraction(None, problem="the response is empty")
    if kind.name != "html":
        return read_attachment(page, kind)
    source, charset = decode(page.body, page.content_type)
    return read_page(page, source, charset)
