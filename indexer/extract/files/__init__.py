"""The text of office files, PDF, OFD and archives, read in a process of its own.

Formats are those of :func:`indexer.extract.filetype.detect`. ``chain.yaml`` says which readers a
format has and why, ``limits.yaml`` what a file gets. A file that crashes its reader, hangs or
unpacks without end costs itself alone and is told so in its outcome.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from indexer.extract.files import sandbox
from indexer.extract.files.chain import chains
from indexer.extract.files.limits import limit
from indexer.extract.files.result import (
    BROKEN,
    ENCRYPTED,
    LIMIT,
    NO_TEXT,
    OK,
    OUTCOMES,
    PARTIAL,
    UNSUPPORTED,
    FileText,
    OutlineEntry,
)

__all__ = [
    "BROKEN",
    "ENCRYPTED",
    "LIMIT",
    "NO_TEXT",
    "OK",
    "OUTCOMES",
    "PARTIAL",
    "UNSUPPORTED",
    "FileText",
    "OutlineEntry",
    "read_file",
]

_SCANNABLE: Final = "pdf"


def read_file(body: bytes, file_format: str, *, ocr: bool = False) -> FileText | None:
    """The text of a file, or None for a format that is known by its name only.

    Never raises for what the bytes are. ``ocr``: the pages of a PDF without text are read by
    tesseract, which takes seconds for each.

    Raises:
        OSError: no process can be started.
    """
    if file_format not in chains():
        return None
    if len(body) > limit("body_bytes"):
        return FileText("", LIMIT, f"larger than {limit('body_bytes') // 1_000_000} MB")
    found = sandbox.read(body, file_format, limit("wall_seconds"))
    if ocr and found.outcome == NO_TEXT and file_format == _SCANNABLE:
        scanned = sandbox.read(body, sandbox.OCR, limit("ocr_seconds"))
        if scanned.text:
            return replace(scanned, outline=found.outline)
        return replace(found, remark=f"{found.remark}; {scanned.remark}")
    return found
