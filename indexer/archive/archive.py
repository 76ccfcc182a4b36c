"""Pages, their bytes, and the documents that extraction found in them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.database import connect, now, transaction
from indexer.document import Document

OUTDATED = -1
"""The extraction version of documents that have to be read again."""
_LONGEST_ANCHOR = 100
"""Longer anchor texts are whole paragraphs: they name nothing."""

Headers = Sequence[tuple[str, str]]
"""Header fields as received, names in lower case."""


@dataclass(frozen=True)
class Page:
    """A row of the page table; ``body`` is the hash of its bytes."""

    id: int
    url: str
    site: str
    state: str
    anchor: str = ""
    parent: int | None = None
    min_depth: int | None = None
    first_seen: str = ""
    last_fetched: str | None = None
    last_changed: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    error: str | None = None

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Page:
        """From a row of the table."""
        values = dict(row)
        pairs = json.loads(values["headers"] or "[]")
        values["headers"] = tuple((name, value) for name, value in pairs)
        return cls(**values)

    def header(self, name: str) -> str | None:
        """The first header field of this name (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True)
class ArchivedDocument:
    """What the index has to know of a document before it reads it."""

    page: int
    url: str
    site: str
    digest: str
    fingerprint: str


class Archive:
    """The archive database. One process writes; any may read."""

    def __init__(self, path: Path) -> None:
        self.connection = connect(path, "indexer.archive")

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All that is written inside happens together or not at all."""
        return transaction(self.connection)

    # -- pages ------------------------------------------------------------------------

    def page(self, page_id: int) -> Page:
        """The page of this id. Raises KeyError when there is none."""
        row = self.connection.execute("SELECT * FROM page WHERE id = ?", (page_id,)).fetchone()
        if row is None:
            raise KeyError(page_id)
        return Page.from_row(row)

    def find(self, url: str) -> Page | None:
        """The page of this canonical URL, or None."""
        row = self.connection.execute("SELECT * FROM page WHERE url = ?", (url,)).fetchone()
        return Page.from_row(row) if row is not None else None

    def ensure_page(self, url: str, site: str, anchor: str = "", parent: int | None = None) -> int:
        """The id of the page of this URL, made if it is new.

        Of all links to a page the one that tells most is kept, whichever is met first: the
        longest anchor text, and among equals that of the smallest URL.
        """
        db = self.connection
        row = db.execute("SELECT id, anchor, parent FROM page WHERE url = ?", (url,)).fetchone()
        if row is None:
            cursor = db.execute(
                "INSERT INTO page (url, site, anchor, parent, first_seen) VALUES (?, ?, ?, ?, ?)",
                (url, site, anchor, parent, now()),
            )
            return int(cursor.lastrowid or 0)
        page_id = int(row["id"])
        if parent is None or parent == page_id:
            return page_id
        if parent == row["parent"]:
            is_better = anchor != row["anchor"]  # the link itself was changed
        else:
            is_better = self._tells_more(anchor, parent, row["anchor"], row["parent"])
        if is_better:
            db.execute(
                "UPDATE page SET anchor = ?, parent = ? WHERE id = ?", (anchor, parent, page_id)
            )
            # What was read with the other link in mind is read again.
            db.execute(
                "UPDATE document SET extraction = ? WHERE page = ? AND extraction > 0",
                (OUTDATED, page_id),
            )
        return page_id

    def adopt(self, site: str, owns: Callable[[str], bool], configured: Collection[str]) -> int:
        """Take over the crawled pages of sites that are configured no more, for a site may
        be renamed; returns how many. Imported documents stay what they are."""
        db = self.connection
        rows = db.execute(
            "SELECT p.id, p.url, p.site FROM page p LEFT JOIN document d ON d.page = p.id "
            "WHERE coalesce(d.extraction, 1) != 0"
        )
        foreign = (row for row in rows if row["site"] not in configured)
        pages = [(site, row["id"]) for row in foreign if owns(row["url"])]
        db.executemany("UPDATE page SET site = ? WHERE id = ?", pages)
        db.executemany(
            f"UPDATE document SET site = ?, extraction = {OUTDATED} WHERE page = ?",  # noqa: S608
            pages,
        )
        return len(pages)

    def _tells_more(
        self, anchor: str, parent: int, known_anchor: str, known_parent: int | None
    ) -> bool:
        """Whether a link tells more of its target than the one that is known."""
        if known_parent is None:
            return True
        length, known_length = _telling_length(anchor), _telling_length(known_anchor)
        if length != known_length:
            return length > known_length
        return self.page(parent).url < self.page(known_parent).url

    def store_content(self, page: Page, status: int, headers: Headers, body: bytes) -> bool:
        """Archive an answer with content; returns whether its bytes are new.

        The bytes it replaces go, unless another page has the same.
        """
        digest = hashlib.blake2b(body, digest_size=20).digest()
        changed = digest != page.body
        db = self.connection
        if changed:
            db.execute(
                "INSERT OR IGNORE INTO body (hash, size, data) VALUES (?, ?, ?)",
                (digest, len(body), zlib.compress(body, 6)),
            )
        db.execute(
            "UPDATE page SET state = 'live', status = ?, headers = ?, body = ?, error = NULL, "
            "last_fetched = ?, last_changed = CASE WHEN ? THEN ? ELSE last_changed END "
            "WHERE id = ?",
            (status, json.dumps(list(headers)), digest, now(), changed, now(), page.id),
        )
        if changed and page.body is not None:
            db.execute(
                "DELETE FROM body WHERE hash = ? "
                "AND NOT EXISTS (SELECT 1 FROM page WHERE page.body = body.hash)",
                (page.body,),
            )
        return changed

    def store_unchanged(self, page: Page) -> None:
        """The server said 304: what is archived is still true."""
        self.connection.execute(
            "UPDATE page SET last_fetched = ?, error = NULL WHERE id = ?", (now(), page.id)
        )

    def store_state(self, page: Page, state: str, status: int | None, error: str | None) -> None:
        """A page that has no content now: gone, redirect or excluded. Its bytes stay in the
        archive, its document goes."""
        self.connection.execute(
            "UPDATE page SET state = ?, status = ?, error = ?, last_fetched = ? WHERE id = ?",
            (state, status, error, now(), page.id),
        )
        self.connection.execute("DELETE FROM document WHERE page = ?", (page.id,))

    def store_failure(self, page: Page, status: int | None, error: str) -> None:
        """An attempt that says nothing about the page: all that is known stays."""
        self.connection.execute(
            "UPDATE page SET status = coalesce(?, status), error = ? WHERE id = ?",
            (status, error, page.id),
        )

    def body(self, page: Page) -> bytes | None:
        """The archived bytes of a page, or None when it was never fetched."""
        if page.body is None:
            return None
        row = self.connection.execute(
            "SELECT data FROM body WHERE hash = ?", (page.body,)
        ).fetchone()
        return zlib.decompress(row["data"]) if row is not None else None

    # -- documents --------------------------------------------------------------------

    def store_document(
        self,
        page_id: int,
        site: str,
        document: Document | None,
        extraction: int,
        problem: str | None,
    ) -> None:
        """What a page says: its document, or None and why."""
        record = digest = fingerprint = None
        if document is not None:
            packed = json.dumps(document.to_record(), ensure_ascii=False)
            record = zlib.compress(packed.encode("utf-8", "surrogatepass"), 6)
            digest, fingerprint = document.digest(), document.fingerprint()
        self.connection.execute(
            "INSERT OR REPLACE INTO document "
            "(page, site, record, digest, fingerprint, extraction, problem, updated) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (page_id, site, record, digest, fingerprint, extraction, problem, now()),
        )

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
            "WHERE p.state = 'live' AND p.body IS NOT NULL "
            "AND (d.page IS NULL OR d.extraction NOT IN (0, ?)) ORDER BY p.id",
            (extraction,),
        )
        return [row[0] for row in rows]

    def summary(self) -> dict[str, Any]:
        """Counts by site: pages by state, documents, failures; and bytes in all."""
        db = self.connection
        sites: dict[str, dict[str, int]] = {}
        for site, state, count in db.execute(
            "SELECT site, state, count(*) FROM page GROUP BY site, state"
        ):
            sites.setdefault(site, {})[state] = count
        for site, count in db.execute(
            "SELECT site, count(*) FROM document WHERE record IS NOT NULL GROUP BY site"
        ):
            sites.setdefault(site, {})["documents"] = count
        for site, count in db.execute(
            "SELECT site, count(*) FROM page "
            "WHERE error IS NOT NULL AND state IN ('known', 'live') GROUP BY site"
        ):
            sites.setdefault(site, {})["failing"] = count
        size = db.execute("SELECT coalesce(sum(size), 0), coalesce(sum(length(data)), 0) FROM body")
        received, stored = size.fetchone()
        return {"sites": sites, "bytes_received": received, "bytes_stored": stored}

    def check(self) -> list[str]:
        """What is wrong with the database file, a line each."""
        rows = self.connection.execute("PRAGMA quick_check").fetchall()
        problems = [row[0] for row in rows if row[0] != "ok"]
        orphans = self.connection.execute(
            "SELECT count(*) FROM page p LEFT JOIN body b ON b.hash = p.body "
            "WHERE p.body IS NOT NULL AND b.hash IS NULL"
        ).fetchone()[0]
        if orphans:
            problems.append(f"{orphans} pages have lost their bytes")
        return problems


def _telling_length(anchor: str) -> int:
    return len(anchor) if len(anchor) <= _LONGEST_ANCHOR else 0


def _unpack(record: bytes) -> Document:
    return Document.from_record(json.loads(zlib.decompress(record)))
