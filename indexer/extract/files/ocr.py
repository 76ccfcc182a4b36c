"""Scanned PDFs read by the program tesseract, page by page."""

from __future__ import annotations

import re
from typing import Any, Final

from indexer.extract.files import programs
from indexer.extract.files.limits import limit
from indexer.extract.files.lines import rejoined
from indexer.extract.files.output import FullError, Output
from indexer.extract.files.pdf import open_pdf
from indexer.extract.files.result import (
    BROKEN,
    LIMIT,
    NO_TEXT,
    OK,
    PARTIAL,
    UNSUPPORTED,
    FileText,
    LimitError,
    UnsupportedError,
)

_MODEL: Final = "chi_sim"
_POINTS: Final = 72
_MOST_DOTS: Final = 25_000_000
_SECONDS_TO_END: Final = 5
_SECONDS_TO_LIST: Final = 10
_CHINESE: Final = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_GAP: Final = re.compile(f"(?<=[{_CHINESE}]) +(?=[{_CHINESE}])")


def read_pdf(body: bytes) -> FileText:
    """The text of a scanned PDF's first pages; never raises.

    ``outcome`` is PARTIAL where pages were left out, UNSUPPORTED without tesseract or its
    model of simplified Chinese; ``remark`` says that the text comes from OCR.
    """
    output = Output(limit("ocr_seconds") - _SECONDS_TO_END)
    try:
        outcome, remark = _read(body, output)
    except FullError as error:
        outcome, remark = PARTIAL, f"read by OCR: {error}"
    except UnsupportedError as error:
        return FileText("", UNSUPPORTED, f"not read by OCR: {error}")
    except (LimitError, MemoryError) as error:
        outcome, remark = LIMIT, f"not read by OCR: {error}"
    except Exception as error:  # noqa: BLE001  PDFium raises anything on broken pages
        outcome, remark = BROKEN, f"not read by OCR: {type(error).__name__}: {error}"
    if not output.text and outcome in (OK, PARTIAL):
        outcome, remark = NO_TEXT, "OCR finds no text"
    return FileText(output.text, outcome, remark, output.pages)


def _read(body: bytes, output: Output) -> tuple[str, str]:
    _require_model()
    document = open_pdf(body)
    try:
        count = len(document)
        read = min(count, limit("ocr_pages"))
        for number in range(read):
            output.page()
            image = _portable_map(document[number])
            seconds = max(output.seconds_left(), 1.0)
            arguments = ["stdin", "stdout", "-l", _MODEL, "--dpi", str(limit("ocr_dots_per_inch"))]
            text, complaint = programs.run("tesseract", arguments, image, seconds)
            if complaint and not text.strip():
                raise ValueError(complaint.split("\n", 1)[0])
            for line in rejoined(_without_gaps(text.decode("utf-8", "replace")).splitlines()):
                output.line(line)
        if read < count:
            return PARTIAL, f"read by OCR to {read} of {count} pages"
        return OK, "read by OCR"
    finally:
        document.close()


def _require_model() -> None:
    listed, _ = programs.run("tesseract", ["--list-langs"], b"", _SECONDS_TO_LIST)
    if _MODEL not in listed.decode("utf-8", "replace").split():
        raise UnsupportedError(f"tesseract's model {_MODEL} is not installed")


def _portable_map(page: Any) -> bytes:
    """The page as a grey picture: a binary PGM, which tesseract reads without a library."""
    width, height = page.get_size()
    scale = limit("ocr_dots_per_inch") / _POINTS
    scale = min(scale, (_MOST_DOTS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        rows = memoryview(bitmap.buffer)
        dots = b"".join(
            rows[row * bitmap.stride : row * bitmap.stride + bitmap.width]
            for row in range(bitmap.height)
        )
        return f"P5 {bitmap.width} {bitmap.height} 255\n".encode() + dots
    finally:
        bitmap.close()
        page.close()


def _without_gaps(text: str) -> str:
    """Tesseract puts spaces between Chinese characters: nothing would be found."""
    return _GAP.sub("", text)
