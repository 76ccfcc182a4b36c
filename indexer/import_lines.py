"""From lines of an import file to what the archive keeps of them: the work of all cores."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from indexer.archive.archive import PackedBody
from indexer.archive.documents import PackedDocument
from indexer.archive.imports import Imported
from indexer.crawl.urls import canonical_url
from indexer.document import Document, DocumentError
from indexer.extract import FetchedPage, extract
from indexer.personal_data import masked_document

IMPORT_SITE: Final = "import"
"""The site of imported documents that name none."""


class Line(NamedTuple):
    """A line and its number in the file, counted from 1."""

    number: int
    text: bytes


@dataclass(frozen=True)
class Prepared:
    """What lines hold: documents in their order, and of the other lines the numbers and what
    is wrong with them."""

    documents: list[Imported]
    faults: list[tuple[int, str]]


def prepare(lines: Iterable[Line], public_numbers: frozenset[str] = frozenset()) -> Prepared:
    """Read lines of JSON; personal data are masked, but for ``public_numbers``."""
    prepared = Prepared([], [])
    for line in lines:
        try:
            prepared.documents.append(_document(line.text, public_numbers))
        except DocumentError as error:
            prepared.faults.append((line.number, str(error)))
    return prepared


def _document(line: bytes, public_numbers: frozenset[str]) -> Imported:
    record = _parse(line)
    given = {name: value for name, value in record.items() if value is not None}
    given.setdefault("site", IMPORT_SITE)
    html = given.pop("html", None)
    if html is not None and not isinstance(html, str):
        raise DocumentError(f"html: takes a string, not {html!r}")
    document = Document.from_record(given)
    address, _, fragment = document.url.partition("#")
    url = canonical_url(address) or address
    body = None
    if html is not None:
        encoded = html.encode("utf-8", "replace")
        document = _with_page(document, url, encoded, given)
        body = PackedBody.pack(encoded)
    title = document.title
    document, findings = masked_document(document, public_numbers)
    is_part = bool(document.issue and fragment)
    own = f"{url}#{fragment}" if is_part else url
    if document.url != own:
        document = document.with_(url=own)
    packed = PackedDocument.pack(document)
    return Imported(url, document.site, title, packed, findings, body, is_part)


def _parse(line: bytes) -> dict[str, Any]:
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


def _with_page(document: Document, url: str, body: bytes, given: dict[str, Any]) -> Document:
    """What the page says, and above it what the record says."""
    page = FetchedPage(
        url=url,
        body=body,
        site=document.site,
        content_type="text/html; charset=utf-8",
        anchor=document.title,
    )
    found = extract(page).document
    if found is None:
        return document
    return Document.from_record({**found.to_record(), **given})
