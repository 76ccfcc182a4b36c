"""What kind of file a response is: by its first bytes, then its header, then its name.

The bytes go first, since servers send ``application/octet-stream`` for Word and
``text/html`` for anything they do not know.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final, NamedTuple

from indexer.extract import rules
from indexer.extract.filenames import extension, file_name
from indexer.extract.model import FetchedPage

_HTML_SIGN: Final = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|meta|title|script|table|div|frameset|link|style|p|br"
    rb"|span|font|center|base|h[1-6]|ul|ol|a|td|tr)\b",
    re.IGNORECASE,
)
_TEXT_SAMPLE_BYTES: Final = 4096
_OLE_DIRECTORY_NAMES: Final = (
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book\0", "xls"),  # Excel 95
)
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
# WPS Office writes Microsoft's forms under endings of its own: people know the file by those.
_WPS: Final = {
    "doc": "wps",
    "docx": "wps",
    "xls": "et",
    "xlsx": "et",
    "ppt": "dps",
    "pptx": "dps",
}
_ZIP_MEMBERS: Final = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
)


class FileType(NamedTuple):
    """``name`` is the type shown to people, ``format`` how the bytes are to be read.

    They differ where a Word file is HTML in disguise. ``name`` is "" for what nobody
    searches for (style sheets, images, data); ``format`` then names what it is.
    """

    name: str
    format: str


def detect(page: FetchedPage) -> FileType:
    """The file type of a response; HTML where nothing else is recognised in a text."""
    named = extension(file_name(page.url, page.content_disposition))
    media = (page.content_type or "").partition(";")[0].strip().lower()
    return _detect(page.body, named, media)


def by_content(body: bytes, name: str) -> FileType:
    """The file type of a file of this name, of an archive's member say."""
    return _detect(body, extension(name), "")


def _detect(body: bytes, named: str, media: str) -> FileType:
    documents: dict[str, list[str]] = rules.load("filetypes")["documents"]
    unsearched: dict[str, list[str]] = rules.load("filetypes")["unsearched"]
    disguised = _in_disguise(body, named, documents)
    if disguised:
        return disguised
    by_bytes = _by_signature(body, named)
    if by_bytes:
        if by_bytes in unsearched:
            return FileType("", by_bytes)
        return FileType(named if named == _WPS.get(by_bytes) else by_bytes, by_bytes)
    if media in ("text/css", "text/javascript", "application/javascript"):
        return FileType("", "style sheet or script")
    looks_html = _looks_html(body)
    for name, media_types in documents.items():
        if named == name or (media in media_types and not _contradicts(named, documents)):
            if name in ("txt", "csv"):
                # A server's text/plain for a page it does not know is no text file.
                return FileType(name, name) if named == name or not looks_html else _HTML
            return FileType(name, "html" if looks_html else name)
    for name, endings in unsearched.items():
        if not looks_html and (
            named in endings or media.startswith(f"{name}/") or media in endings
        ):
            return FileType("", name)
    if not looks_html and _is_binary(body):
        return FileType("", "binary data")
    return _HTML


_HTML: Final = FileType("html", "html")


def _contradicts(named: str, documents: dict[str, list[str]]) -> bool:
    """Whether the name says another document type than the header."""
    return named in documents


def _looks_html(body: bytes) -> bool:
    return bool(_HTML_SIGN.search(body[:_TEXT_SAMPLE_BYTES].replace(b"\0", b"")))


def _is_binary(body: bytes) -> bool:
    """Whether bytes are no text: control characters, but for UTF-16's zero bytes."""
    sample = body[:_TEXT_SAMPLE_BYTES]
    controls = sum(byte < 9 or 13 < byte < 27 for byte in sample)
    wide = sample[:2] in (b"\xff\xfe", b"\xfe\xff")
    return not wide and controls > len(sample) // 50


def _by_signature(body: bytes, named: str) -> str | None:
    for entry in rules.load("filetypes")["signatures"]:
        if body.startswith(bytes.fromhex(entry["bytes"])):
            name = str(entry["is"])
            if name == "ole":
                return _ole_type(body, named)
            return _zip_type(body, named) if name == "zip" else name
    if b"%PDF-" in body[:1024]:
        return "pdf"
    return None


def _in_disguise(body: bytes, named: str, documents: dict[str, list[str]]) -> FileType | None:
    """Text formats of Word and Excel: their ending says the program, not the form."""
    start = body[:_TEXT_SAMPLE_BYTES].replace(b"\0", b"").decode("latin-1")
    for entry in rules.load("filetypes")["disguises"]:
        if re.search(entry["match"], start):
            name = named if named in documents else entry["name"]
            return FileType(name, entry["is"])
    return None


def _ole_type(body: bytes, named: str) -> str:
    """Which program's compound file it is ([MS-CFB] directory entry names)."""
    if _ENCRYPTED_PACKAGE in body and named in ("docx", "xlsx", "pptx"):
        return named
    for stream, name in _OLE_DIRECTORY_NAMES:
        if stream.encode("utf-16-le") in body:
            return name
    return named if named in ("doc", "xls", "ppt", "wps", "et", "dps") else "doc"


def _zip_type(body: bytes, named: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return named if named in ("docx", "xlsx", "pptx", "ofd") else "zip"
    # Other programs write other cases, backslashes and a folder around everything.
    plain = {"/" + member.replace("\\", "/").lower() for member in members}
    for member, name in _ZIP_MEMBERS:
        if any(each.endswith("/" + member.lower()) for each in plain):
            return name
    return "zip"
