"""The text of office files, one reader a format, each with limits of its own.

A reader returns what it could read and a remark when that is not all; it may raise
anything on broken bytes: :mod:`indexer.extract.attachments` catches and tells it.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import threading
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import docx
import openpyxl
import pypdfium2
from lxml import etree

from indexer.extract.charset import decode
from indexer.extract.dom import parse

MAX_TEXT: Final = 2_000_000
"""Characters read of one file."""
MAX_PAGES: Final = 300
"""Pages of a PDF, or sheets of a workbook, read of one file."""

_MAX_UNPACKED: Final = 300_000_000
_MAX_ROWS: Final = 50_000
_ANTIWORD_SECONDS: Final = 20
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ZIP_BASED: Final = frozenset({"docx", "xlsx", "ofd"})
# PDFium keeps global state: one thread at a time (pypdfium2, "Thread incompatibility").
_PDF_LOCK: Final = threading.Lock()
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPACES: Final = re.compile("[ \\r\\n\\xa0\\u2000-\\u200a\\u3000]+")
_CJK_LINE: Final = re.compile(r"[\u4e00-\u9fff，、；：（《“]$")
_CJK_START: Final = re.compile(r"^[\u4e00-\u9fff，、；：）》”]")


class FileText(NamedTuple):
    """The text of a file, and what is missing from it ("" when nothing is)."""

    text: str
    remark: str = ""


class UnreadableError(ValueError):
    """The file cannot be read; the message says why in a few words."""


def read_file(body: bytes, file_format: str) -> FileText | None:
    """The text of a file, or None for a format that is known by its name only.

    Raises:
        UnreadableError: the file is encrypted, empty or too large to be unpacked.
        Exception: whatever the reading library raises on broken bytes.
    """
    reader = _READERS.get(file_format)
    if reader is None:
        return None
    if not body:
        raise UnreadableError("the file is empty")
    if file_format in _ZIP_BASED:
        _refuse_bomb(body)
    return reader(body)


def _refuse_bomb(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > _MAX_UNPACKED:
        raise UnreadableError(f"unpacks to {size // 1_000_000} MB")


def _joined(pieces: Iterator[str], remark: str = "") -> FileText:
    """Lines up to the limit, blank ones left out."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        piece = _SPACES.sub(" ", piece).strip()
        if not piece:
            continue
        if length + len(piece) > MAX_TEXT:
            kept.append(piece[: MAX_TEXT - length])
            return FileText("\n".join(kept), f"read to {MAX_TEXT} characters")
        kept.append(piece)
        length += len(piece) + 1
    return FileText("\n".join(kept), remark)


def _read_docx(body: bytes) -> FileText:
    """Every paragraph in document order, those in tables, text boxes and controls too."""
    document = docx.Document(io.BytesIO(body))
    return _joined(_word_lines(document.element.body))


def _word_lines(root: object) -> Iterator[str]:
    """Paragraphs as lines, the cells of a table row joined by tabs (ECMA-376, part 1, §17)."""
    pieces: list[str] = []
    cells: list[str] | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag == f"{_WORD}tr":
                cells = []
            elif tag == f"{_WORD}t" and not _in_fallback(element):
                pieces.append(element.text or "")
            elif tag in (f"{_WORD}tab", f"{_WORD}br"):
                pieces.append(" ")
        elif tag == f"{_WORD}p" and cells is None:
            yield "".join(pieces)
            pieces = []
        elif tag == f"{_WORD}p":
            pieces.append(" ")
        elif tag == f"{_WORD}tc" and cells is not None:
            cells.append(" ".join("".join(pieces).split()))
            pieces = []
        elif tag == f"{_WORD}tr":
            yield "\t".join(filter(None, cells or ()))
            cells = None


def _in_fallback(element: object) -> bool:
    """Text boxes are stored twice, the second time for programs that do not know them."""
    return next(element.iterancestors(_FALLBACK), None) is not None  # type: ignore[attr-defined]


def _read_xlsx(body: bytes) -> FileText:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions it drops
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        try:
            sheets = book.worksheets
            remark = f"read to {MAX_PAGES} sheets" if len(sheets) > MAX_PAGES else ""
            return _joined(_sheet_lines(sheets[:MAX_PAGES]), remark)
        finally:
            book.close()


def _sheet_lines(sheets: Sequence[object]) -> Iterator[str]:
    for sheet in sheets:
        if len(sheets) > 1:
            yield str(sheet.title)  # type: ignore[attr-defined]
        # Files from other programs declare a wrong size, mostly A1: read what is there.
        sheet.reset_dimensions()  # type: ignore[attr-defined]
        rows = sheet.iter_rows(values_only=True, max_row=_MAX_ROWS)  # type: ignore[attr-defined]
        for row in rows:
            yield "\t".join(" ".join(str(cell).split()) for cell in row if cell is not None)


def _read_pdf(body: bytes) -> FileText:
    with _PDF_LOCK:
        document = pypdfium2.PdfDocument(body)
        try:
            count = len(document)
            remark = f"read to {MAX_PAGES} of {count} pages" if count > MAX_PAGES else ""
            result = _joined(_pdf_lines(document, min(count, MAX_PAGES)), remark)
        finally:
            document.close()
    if not result.text:
        return FileText("", "no text: scanned pages, or drawn letters")
    return result


def _pdf_lines(document: object, count: int) -> Iterator[str]:
    for number in range(count):
        page = document[number]  # type: ignore[index]
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_range()
        finally:
            text_page.close()
            page.close()
        yield from _rejoined(
            re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text).splitlines()
        )


def _rejoined(lines: list[str]) -> Iterator[str]:
    """Lines of a page with paragraphs put together again.

    A full line that ends in the middle of Chinese goes on in the next: words broken over
    two lines could not be found otherwise.
    """
    full = 0.7 * max((len(line) for line in lines), default=0)
    begun = ""
    for line in lines:
        goes_on = len(begun) >= full and _CJK_LINE.search(begun) and _CJK_START.match(line)
        if begun and not goes_on:
            yield begun
            begun = ""
        begun += line.rstrip()
    yield begun


def _read_doc(body: bytes) -> FileText:
    """Word 97-2003 by the program antiword: as DocBook, which keeps the cells of tables."""
    program = shutil.which("antiword")
    if program is None:
        return FileText("", "the program antiword is not installed")
    with tempfile.NamedTemporaryFile(suffix=".doc") as file:
        file.write(body)
        file.flush()
        result = _antiword(program, ["-x", "db"], file.name)
        if b"<para>" in result:
            return _joined(_docbook_lines(result))
        text = _antiword(program, ["-m", "UTF-8.txt", "-w", "0"], file.name).decode(
            "utf-8", "replace"
        )
    return _joined(line.strip("|- ") for line in text.splitlines())


def _antiword(program: str, options: list[str], path: str) -> bytes:
    done = subprocess.run(  # noqa: S603  a fixed program on our own file
        [program, *options, path], capture_output=True, timeout=_ANTIWORD_SECONDS, check=False
    )
    if done.returncode and not done.stdout.strip():
        reason = done.stderr.decode("utf-8", "replace").replace(path, "the file").strip()
        raise UnreadableError(reason.split("\n", 1)[0][:120] or "antiword read nothing")
    return done.stdout


def _docbook_lines(source: bytes) -> Iterator[str]:
    """Paragraphs and titles as lines, the entries of a row joined by tabs."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(source, parser)
    for element in root.iter("para", "title", "row"):
        if element.tag == "row":
            cells = (" ".join(_all_text(cell).split()) for cell in element.iter("entry"))
            yield "\t".join(filter(None, cells))
        elif next(element.iterancestors("row", "bookinfo"), None) is None:
            yield _all_text(element)


def _all_text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _read_text(body: bytes) -> FileText:
    return _joined(iter(decode(body).text.replace("\x00", "").splitlines()))


def _read_csv(body: bytes) -> FileText:
    lines = decode(body).text.replace("\x00", "").splitlines()
    return _joined(line.replace('"', "").replace(",", "\t") for line in lines)


def _read_html(body: bytes) -> FileText:
    """A page saved as a Word or Excel file, which old systems send as a download."""
    return _joined(line.text for line in parse(decode(body).text).lines)


_READERS: Final = {
    "docx": _read_docx,
    "xlsx": _read_xlsx,
    "pdf": _read_pdf,
    "doc": _read_doc,
    "txt": _read_text,
    "csv": _read_csv,
    "html": _read_html,
}
