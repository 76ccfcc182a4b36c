"""The documents of the archive: what extraction, or an import, found in pages."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from indexer.archive.model import ArchivedDocument, FoundPersonalData
from indexer.database import now
from indexer.document import Document, digest_of
from indexer.likeness import likeness_of
from indexer.personal_data import Finding

IMPORTED: Final = 0
"""The extraction version of documents that came by import."""
OUTDATED: Final = -1
"""The extraction version of documents that have to be read again."""
_COMPRESSED: Final = 1_000
"""Bytes from which on a record is worth compressing."""
_LEVEL: Final = 6
_MOST_VARIABLES: Final = 500
Value = TypeVar("Value")


class PackedDocument(NamedTuple):
    """A document as it is stored: ``record`` is its JSON object, compressed. ``fragment`` is
    that of its URL, for the parts of a page."""

    record: bytes
    digest: str
    fingerprint: str
    column: str | None
    published: str | None
    parent: str | None
    likeness: bytes
    fragment: str

    @classmethod
    def pack(cls, document: Document) -> PackedDocument:
        """Ready for the archive; other processes do this work for the one that writes."""
        packed = document.to_json()
        return cls(
            # Shorter ones hardly shrink, and it would take longer than all else done here.
            zlib.compress(packed, _LEVEL if len(packed) >= _COMPRESSED else 0),
            digest_of(packed),
            document.fingerprint(),
            document.column,
            document.published.isoformat() if document.published else None,
            document.parent,
            likeness_of(document),
            document.url.partition("#")[2],
        )


@dataclass(frozen=True)
class Told:
    """What was read beside a page's document: the documents inside it, why something could
    not be read, which personal data were masked, and under which settings."""

    problem: str | None = None
    parts: Sequence[PackedDocument] = ()
    findings: tuple[Finding, ...] = ()
    options: str = ""


NOTHING_TOLD: Final = Told()
"""Of a document that was read whole and holds no others."""


StoredDocument = tuple[int, str, PackedDocument | None, int, Told]
"""Page, site, document, version of the extraction, and what it told besides."""


class Documents:
    """The part of the archive that holds documents."""

    connection: sqlite3.Connection

    def store_document(
        self,
        page_id: int,
        site: str,
        document: Document | PackedDocument | None,
        extraction: int,
        told: Told = NOTHING_TOLD,
    ) -> None:
        """What a page says: its document, or None and why, and the documents inside it."""
        packed = PackedDocument.pack(document) if isinstance(document, Document) else document
        self.store_documents([(page_id, site, packed, extraction, told)])

    def store_documents(self, found: Sequence[StoredDocument]) -> None:
        """:meth:`store_document` of many pages; of one page the last counts."""
        moment = now()
        db = self.connection
        db.executemany(
            "INSERT OR REPLACE INTO document (page, site, record, digest, fingerprint, "
            "column_name, published, likeness, parent, extraction, problem, findings, options, "
            "updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(*one, moment) for one in found],
        )
        db.executemany("DELETE FROM part WHERE page = ?", [one[:1] for one in found])
        for page, site, _document, _extraction, told in found:
            for part in told.parts:
                self._store_part(page, site, part)

    def add_part(
        self, page_id: int, site: str, part: PackedDocument, findings: Sequence[Finding] = ()
    ) -> None:
        """One more document inside a page, for imports; it replaces that of its fragment."""
        db = self.connection
        db.execute(
            "INSERT OR IGNORE INTO document (page, site, extraction, updated) VALUES (?, ?, ?, ?)",
            (page_id, site, IMPORTED, now()),
        )
        self._store_part(page_id, site, part)
        if findings:
            row = db.execute("SELECT findings FROM document WHERE page = ?", (page_id,)).fetchone()
            told = json.loads(row["findings"] or "[]")
            told += [record for one in findings if (record := one.to_record()) not in told]
            db.execute(
                "UPDATE document SET findings = ? WHERE page = ?", (json.dumps(told), page_id)
            )

    def _store_part(self, page_id: int, site: str, part: PackedDocument) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO part (page, fragment, site, record, digest, fingerprint, "
            "likeness) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(page_id, part.fragment, site, part.record),
                *(part.digest, part.fingerprint, part.likeness),
            ),
        )

    def forget_document(self, page_id: int) -> None:
        """The page is no document any more, nor has it any inside."""
        self.connection.execute("DELETE FROM document WHERE page = ?", (page_id,))
        self.connection.execute("DELETE FROM part WHERE page = ?", (page_id,))

    def has_document(self, page_id: int) -> bool:
        """Whether the page is searchable."""
        row = self.connection.execute(
            "SELECT 1 FROM document WHERE page = ? AND record IS NOT NULL", (page_id,)
        ).fetchone()
        return row is not None

    def document(self, page_id: int, fragment: str = "") -> Document | None:
        """The document of a page, or of the part of this fragment; None if there is none."""
        if fragment:
            found = self.connection.execute(
                "SELECT record FROM part WHERE page = ? AND fragment = ?", (page_id, fragment)
            )
        else:
            found = self.connection.execute(
                "SELECT record FROM document WHERE page = ? AND record IS NOT NULL", (page_id,)
            )
        row = found.fetchone()
        return _unpack(row["record"]) if row is not None else None

    def records(self, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], bytes]:
        """The documents of these pages and fragments as JSON (:meth:`Document.to_json`), but
        for those that are gone."""
        pages = sorted({page for page, _fragment in wanted})
        whole = {page for page, fragment in wanted if fragment}
        queries = (
            (pages, "SELECT page, '', record FROM document WHERE record IS NOT NULL AND page"),
            (sorted(whole), "SELECT page, fragment, record FROM part WHERE page"),
        )
        found: dict[tuple[int, str], bytes] = {}
        for ids, query in queries:
            for some in portions(ids):
                rows = self._tuples(f"{query} IN ({marks(some)})", some)
                found.update(((page, part), zlib.decompress(packed)) for page, part, packed in rows)
        return found

    def list_documents(self) -> list[ArchivedDocument]:
        """Every document, without its text, in the order of the pages' discovery."""
        rows = self._tuples(
            "SELECT d.page, '', p.url, d.site, d.digest, d.fingerprint, d.likeness, d.parent "
            "FROM document d JOIN page p ON p.id = d.page WHERE d.record IS NOT NULL "
            "UNION ALL "
            "SELECT r.page, r.fragment, p.url || '#' || r.fragment, r.site, r.digest, "
            "r.fingerprint, r.likeness, NULL FROM part r JOIN page p ON p.id = r.page "
            "ORDER BY 1, 2"
        )
        return list(map(ArchivedDocument._make, rows))

    def _tuples(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Rows as tuples: where they are many, sqlite3.Row costs."""
        cursor = self.connection.cursor()
        cursor.row_factory = None
        return cursor.execute(query, values)

    def iterate_documents(self) -> Iterator[Document]:
        """Every document, whole, in the same order."""
        rows = self.connection.execute(
            "SELECT page, '', record FROM document WHERE record IS NOT NULL "
            "UNION ALL SELECT page, fragment, record FROM part ORDER BY 1, 2"
        )
        for row in rows:
            yield _unpack(row["record"])

    def pages_to_extract(self, extraction: int, options: str = "") -> list[int]:
        """Pages whose bytes were read by another version of the extraction, under other
        settings, or never."""
        rows = self.connection.execute(
            "SELECT p.id FROM page p LEFT JOIN document d ON d.page = p.id "
            "WHERE p.state IN ('live', 'missing') AND p.body IS NOT NULL "
            "AND (d.page IS NULL OR (d.extraction != 0 AND (d.extraction != ? "
            "OR d.options != ?))) ORDER BY p.id",
            (extraction, options),
        )
        return [row[0] for row in rows]

    def personal_findings(
        self, site: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[FoundPersonalData]:
        """Pages in which personal data were masked, those last read first."""
        rows = self.connection.execute(
            "SELECT p.url, d.site, d.record, d.findings, d.updated "
            "FROM document d JOIN page p ON p.id = d.page "
            "WHERE d.findings IS NOT NULL AND (? IS NULL OR d.site = ?) "
            "ORDER BY d.updated DESC, d.page LIMIT ? OFFSET ?",
            (site, site, limit, offset),
        )
        return [
            FoundPersonalData(
                row["url"],
                _unpack(row["record"]).title if row["record"] is not None else row["url"],
                row["site"],
                tuple(Finding.from_record(one) for one in json.loads(row["findings"])),
                row["updated"],
            )
            for row in rows
        ]

    def count_personal_findings(self, site: str | None = None) -> int:
        """How many pages those are."""
        found = self.connection.execute(
            "SELECT count(*) FROM document WHERE findings IS NOT NULL AND (? IS NULL OR site = ?)",
            (site, site),
        )
        return int(found.fetchone()[0])


def portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Few enough at a time for the variables of one statement (SQLite's limit was 999 once)."""
    for start in range(0, len(values), _MOST_VARIABLES):
        yield values[start : start + _MOST_VARIABLES]


def marks(values: Sequence[object]) -> str:
    """A question mark for each."""
    return ",".join("?" * len(values))


def _row(
    page: int,
    site: str,
    packed: PackedDocument | None,
    extraction: int,
    told: Told,
    moment: str,
) -> tuple[object, ...]:
    """A row of the document table."""
    values: tuple[object, ...] = (None,) * 7
    if packed is not None:
        values = (packed.record, packed.digest, packed.fingerprint)
        values += (packed.column, packed.published, packed.likeness, packed.parent)
    findings = [finding.to_record() for finding in told.findings]
    listed = json.dumps(findings) if findings else None
    return (page, site, *values, extraction, told.problem, listed, told.options, moment)


def _unpack(record: bytes) -> Document:
    return Document.from_json(zlib.decompress(record))
