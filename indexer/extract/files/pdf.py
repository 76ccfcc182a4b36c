"""PDF: by PDFium, and by pypdf where PDFium gives up."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

import pypdfium2

from indexer.extract.files.limits import limit
from indexer.extract.files.lines import rejoined
from indexer.extract.files.output import Output
from indexer.extract.files.result import EncryptedError, OutlineEntry

_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD of fpdfview.h."""
_MOST_BOOKMARKS = 5_000
_CATALOG = re.compile(rb"(\d{1,9})\s+\d+\s+obj\s*<<[^<>]{0,200}/Type\s*/Catalog\b")


def open_pdf(body: bytes) -> Any:
    """The document, as a pypdfium2.PdfDocument; to be closed.

    Raises:
        EncryptedError: it opens with a password only.
        pypdfium2.PdfiumError: it is damaged.
    """
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise EncryptedError from None
        raise


def read_pdfium(body: bytes, output: Output) -> None:
    """Page by page, lines joined to paragraphs, with the bookmarks."""
    document = open_pdf(body)
    try:
        count = len(document)
        _read_bookmarks(document, output)
        read = min(count, limit("pages"))
        for number in range(read):
            output.page()
            for line in rejoined(_page_text(document, number).splitlines()):
                output.line(line)
        if read < count:
            output.remark = f"read to {read} of {count} pages"
    finally:
        document.close()


def _page_text(document: Any, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_range()
        # U+FFFE stands for a hyphen at a line's end.
        return text.replace("\ufffe", "")
    finally:
        text_page.close()
        page.close()


def _read_bookmarks(document: Any, output: Output) -> None:
    for bookmark in document.get_toc():
        output.look()
        target = bookmark.get_dest()
        page = target.get_index() if target is not None else None
        title = " ".join(bookmark.get_title().replace("\0", "").split())
        if title and page is not None:
            output.outline.append(OutlineEntry(title, page, bookmark.level))
        if len(output.outline) >= _MOST_BOOKMARKS:
            break


def read_mended(body: bytes, output: Output) -> None:
    """As :func:`read_pdfium`, the end of the file written anew: downloads break off there.

    PDFium looks for the objects itself once a trailer names the catalog (ISO 32000-1, 7.5.5).
    """
    catalog = _CATALOG.search(body)
    if catalog is None:
        raise ValueError("no catalog")
    trailer = b"\ntrailer\n<</Root %s 0 R>>\nstartxref\n0\n%%%%EOF\n" % catalog[1]
    whole = body[: body.rfind(b"endobj") + len(b"endobj")]
    read_pdfium(whole + trailer, output)


def read_pypdf(body: bytes, output: Output) -> None:
    """Page by page, from a file whose structure may be damaged."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    document = pypdf.PdfReader(io.BytesIO(body), strict=False)
    if document.is_encrypted and not document.decrypt(""):
        raise EncryptedError
    for page in document.pages[: limit("pages")]:
        output.page()
        for line in rejoined(page.extract_text().splitlines()):
            output.line(line)
