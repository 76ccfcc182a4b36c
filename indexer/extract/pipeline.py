"""From one archived response to what the index and the crawler need of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from indexer.extract import directives, hanweb, json_list, sitemap
from indexer.extract.attachments import read_attachment
from indexer.extract.charset import decode
from indexer.extract.dom import MAX_SOURCE
from indexer.extract.filetype import detect
from indexer.extract.html import read_page
from indexer.extract.model import (
    BLOCKED,
    EMPTY,
    ERROR,
    FILE,
    LIST,
    Extraction,
    FetchedPage,
)
from indexer.personal_data import masked_document

EXTRACTION_VERSION: Final = 3
"""To be raised whenever the same bytes give another result: archived pages are then read
again without fetching them."""

_ABSENT: Final = (404, 410)


def extract(page: FetchedPage) -> Extraction:
    """Reads a response: what it is, its document, its links, and what could not be read.

    Never raises, whatever the bytes are; a defect of ours that a page brings to light is
    told in ``problem``. Depends on its argument alone, but for ``unavailable_after``, a
    directive that takes effect at a moment.
    """
    try:
        return _masked(_extract(page), page.public_numbers)
    except Exception as error:  # noqa: BLE001  one page must not stop a crawl of thousands
        return Extraction(None, problem=f"not read: {type(error).__name__}: {error}"[:300])


def _masked(extraction: Extraction, public_numbers: frozenset[str]) -> Extraction:
    """The extraction without anybody's personal numbers."""
    if extraction.document is None:
        return extraction
    document, findings = masked_document(extraction.document, public_numbers)
    parts = []
    for part in extraction.parts:
        masked, more = masked_document(part, public_numbers)
        parts.append(masked)
        findings += more
    return replace(extraction, document=document, parts=tuple(parts), findings=findings)


def _extract(page: FetchedPage) -> Extraction:
    if page.status >= 400:
        kind = ERROR if page.status in _ABSENT else BLOCKED
        return Extraction(None, problem=f"status {page.status}", kind=kind)
    extraction = _read(page)
    if extraction.kind == ERROR or not (page.robots_tag or page.link_header):
        return extraction
    return directives.applied(extraction, directives.from_headers(page))


def _read(page: FetchedPage) -> Extraction:
    if not page.body.strip():
        return Extraction(None, problem="the response is empty", kind=EMPTY)
    found = sitemap.read_sitemap(page)
    if found is None and json_list.looks_like_json(page.body):
        found = json_list.read_json(page)
    if found is not None:
        return found
    kind = detect(page)
    is_list_data = hanweb.is_answer(page.body)
    if not kind.name and not is_list_data:
        return Extraction(None, problem=f"nothing to search for: {kind.format}", kind=FILE)
    if kind.name != "html" and not is_list_data:
        return replace(read_attachment(page, kind), kind=FILE)
    # A character takes four bytes at most; what is cut off is told by the page's reading.
    decoded = decode(page.body[: 4 * MAX_SOURCE], page.content_type)
    extraction = read_page(page, decoded.text, decoded.charset)
    if decoded.remark and extraction.document is not None:
        problem = "; ".join(filter(None, (decoded.remark, extraction.problem)))
        extraction = replace(extraction, problem=problem)
    if is_list_data:
        problem = "list data: read for its links alone"
        return replace(extraction, document=None, problem=problem, kind=LIST)
    if page.is_sitemap and extraction.kind not in (ERROR, BLOCKED):
        return replace(extraction, document=None, problem="a page in place of a sitemap")
    return extraction
