"""Import and export: documents as JSON Lines, one object a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from indexer.archive import Archive
from indexer.archive.documents import IMPORTED, PackedDocument, Told
from indexer.crawl.urls import canonical_url
from indexer.document import Document, DocumentError
from indexer.extract import FetchedPage, extract
from indexer.failure import Failure
from indexer.index.engine import Progress, no_progress
from indexer.personal_data import masked_document

IMPORT_SITE = "import"
"""The site of imported documents that name none."""
_BATCH = 1000
_MOST_FAULTS = 20


class ExchangeError(Failure):
    """The file cannot be read or written, or is of no known kind."""


@dataclass
class ImportSummary:
    """Lines taken, lines that were no document, and what was wrong with the first of them."""

    imported: int = 0
    rejected: int = 0
    faults: list[str] = field(default_factory=list)

    def reject(self, fault: str) -> None:
        """Count a bad line."""
        self.rejected += 1
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)


def import_file(
    path: Path,
    archive: Archive,
    progress: Progress = no_progress,
    public_numbers: frozenset[str] = frozenset(),
) -> ImportSummary:
    """Add documents to the archive; bad lines are reported and passed over.

    A document of a known URL replaces that one. Personal data are masked, but for
    ``public_numbers``.

    Raises:
        ExchangeError: the file cannot be read.
    """
    summary = ImportSummary()
    lines = _read_lines(path)
    finished = False
    while not finished:
        finished = True
        with archive.transaction():
            for number, line in lines:
                try:
                    _import_line(line, archive, public_numbers)
                    summary.imported += 1
                except DocumentError as error:
                    summary.reject(f"{path}:{number}: {error}")
                if number % _BATCH == 0:
                    finished = False
                    break
        progress(summary.imported + summary.rejected, None)
    return summary


def _read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank with their numbers, counted from 1."""
    try:
        with _open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise ExchangeError(f"{path}: cannot be read: {error}") from error


def _open(path: Path, mode: str) -> IO[bytes]:
    if path.name.endswith(".jsonl.gz"):
        return gzip.open(path, mode)  # type: ignore[return-value]
    if path.name.endswith(".jsonl"):
        return path.open(mode)
    raise ExchangeError(f"{path}: takes a file ending in .jsonl or .jsonl.gz")


def _parse_line(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
        if b"\\u" in line:  # \ud800 alone is JSON, but no character
            json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8 (byte {error.start + 1})") from None
    except UnicodeEncodeError:
        raise DocumentError("holds half of a surrogate pair, which is no character") from None
    except RecursionError:
        raise DocumentError("nested too deeply") from None
    except ValueError as error:
        raise DocumentError(f"not JSON: {error}") from None
    if not isinstance(record, dict):
        raise DocumentError("takes a JSON object with url and title")
    return record


def _import_line(line: bytes, archive: Archive, public_numbers: frozenset[str]) -> None:
    record = _parse_line(line)
    given = {name: value for name, value in record.items() if value is not None}
    given.setdefault("site", IMPORT_SITE)
    html = given.pop("html", None)
    if html is not None and not isinstance(html, str):
        raise DocumentError(f"html: takes a string, not {html!r}")
    document = Document.from_record(given)
    address, _, fragment = document.url.partition("#")
    url = canonical_url(address) or address
    if html is not None:
        document = _with_page(document, url, html, given)
    page = archive.page(archive.ensure_page(url, document.site, document.title))
    if html is not None:
        headers = [("content-type", "text/html; charset=utf-8")]
        archive.store_content(page, 200, headers, html.encode("utf-8", "replace"))
    document, findings = masked_document(document, public_numbers)
    if document.issue and fragment:
        part = PackedDocument.pack(document.with_(url=f"{url}#{fragment}"))
        archive.add_part(page.id, document.site, part, findings)
        return
    packed = PackedDocument.pack(document.with_(url=url))
    archive.store_document(page.id, document.site, packed, IMPORTED, Told(findings=findings))


def _with_page(document: Document, url: str, html: str, given: dict[str, Any]) -> Document:
    """What the page says, and above it what the record says."""
    page = FetchedPage(
        url=url,
        body=html.encode("utf-8", "replace"),
        site=document.site,
        content_type="text/html; charset=utf-8",
        anchor=document.title,
    )
    found = extract(page).document
    if found is None:
        return document
    return Document.from_record({**found.to_record(), **given})


def export_file(path: Path, archive: Archive, progress: Progress = no_progress) -> int:
    """Write every document of the archive; returns their number. The file appears whole
    or not at all.

    Raises:
        ExchangeError: the file cannot be written.
    """
    temporary = path.with_name(f".part-{path.name}")
    count = 0
    try:
        with _open(temporary, "wb") as file:
            for document in archive.iterate_documents():
                line = json.dumps(document.to_record(), ensure_ascii=False)
                file.write(line.encode("utf-8", "replace") + b"\n")
                count += 1
                progress(count, None)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise ExchangeError(f"{path}: cannot be written: {error}") from error
        raise
    return count
