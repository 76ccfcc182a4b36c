"""The documents of the archive: what extraction, or an import, found in pages."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer.archive.model import ArchivedDocument
from indexer.database import now
from indexer.document import Document

IMPORTED: Final = 0
"""The extraction version of documents that came by import."""
OUTDATED: Final = -1
"""The extraction version of documents that have to be read again."""


@dataclass(frozen=True)
class PackedDocument:
    """A document as it is stored: ``record`` is its JSON object, compressed."""

    record: bytes
    digest: str
    fingerprint: str
    column: str | None
    published: str | None

    @classmethod
    def pack(cls, document: Document) -> PackedDocument:
        """Ready for the archive; other processes do this work for the one that writes."""
        packed = json.dumps(document.to_record(), ensure_ascii=False)
        return cls(
            zlib.compress(packed.encode("utf-8", "surrogatepass"), 6),
            document.digest(),
            document.fingerprint(),
            document.column,
            document.published.isoformat() if document.published else None,
        )


class Documents:
    """The part of the archive that holds documents."""

    connection: sqlite3.Connection

    def store_document(
        self,
        page_id: int,
        site: str,
        document: Document | PackedDocument | None,
        extraction: int,
        problem: str | None,
    ) -> None:
        """What a page says: its document, or None and why."""
        packed = PackedDocument.pack(document) if isinstance(document, Document) else document
        values = (
            (packed.record, packed.digest, packed.fingerprint, packed.column, packed.published)
            if packed is not None
            else (None, None, None, None, None)
        )
        self.connection.execute(
            "INSERT OR REPLACE INTO document (page, site, record, digest, fingerprint, "
            "column_name, published, extraction, problem, updated) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (page_id, site, *values, extraction, problem, now()),
        )

    def forget_document(self, page_id: int) -> None:
        """The page is no document any more."""
        self.connection.execute("DELETE FROM document WHERE page = ?", (page_id,))

    def has_document(self, page_id: int) -> bool:
        """Whether the page is searchable."""
        row = self.connection.execute(
            "SELECT 1 FROM document WHERE page = ? AND record IS NOT NULL", (page_id,)
        ).fetchone()
        return row is not None

    def document(self, page_id: int) -> Document | None:
        """The document of a page, or None."""
        row = self.connection.execute(
            "SELECT record FROM document WHERE page = ? AND record IS NOT NULL", (page_id,)
        ).fetchone()
        return _unpack(row["record"]) if row is not None else None

    def list_documents(self) -> list[ArchivedDocument]:
        """Every document, without its text, in the order of the pages' discovery."""
        rows = self.connection.execute(
            "SELECT d.page, p.url, d.site, d.digest, d.fingerprint "
            "FROM document d JOIN page p ON p.id = d.page "
            "WHERE d.record IS NOT NULL ORDER BY d.page"
        )
        return [ArchivedDocument(*row) for row in rows]

    def iterate_documents(self) -> Iterator[Document]:
        """Every document, whole, in the same order."""
        rows = self.connection.execute(
            "SELECT record FROM document WHERE record IS NOT NULL ORDER BY page"
        )
        for row in rows:
            yield _unpack(row["record"])

    def pages_to_extract(self, extraction: int) -> list[int]:
        """Pages whose bytes were read by another version of the extraction, or never."""
        rows = self.connection.execute(
            "SELECT p.id FROM page p LEFT JOIN document d ON d.page = p.id "
            "WHERE p.state IN ('live', 'missing') AND p.body IS NOT NULL "
            "AND (d.page IS NULL OR d.extraction NOT IN (0, ?)) ORDER BY p.id",
            (extraction,),
        )
        return [row[0] for row in rows]


def _unpack(record: bytes) -> Document:
    return Document.from_record(json.loads(zlib.decompress(record)))
