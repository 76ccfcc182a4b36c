"""Pages, their bytes, and the documents that extraction found in them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from indexer.archive.documents import OUTDATED, Documents, marks, portions
from indexer.archive.model import Headers, Page
from indexer.database import connect, now, transaction

_WRITTEN_CACHE: Final = 64_000
_WRITTEN_LOG: Final = 16_000
"""KiB of memory and pages of the log while many documents are written: the indexes of a large
archive are touched all over, and their pages written once for all instead of for each portion."""


@dataclass(frozen=True)
class PackedBody:
    """A body as it is stored: the hash of its bytes, their number, and zlib's form of them."""

    hash: bytes
    size: int
    data: bytes

    @classmethod
    def pack(cls, body: bytes) -> PackedBody:
        """Ready for the archive; other processes do this work for the one that writes."""
        return cls(body_hash(body), len(body), zlib.compress(body, 6))


def body_hash(body: bytes) -> bytes:
    """BLAKE2b-160 (RFC 7693): what tells bodies apart."""
    return hashlib.blake2b(body, digest_size=20).digest()


class Archive(Documents):
    """The archive database. One process writes; any may read."""

    def __init__(self, path: Path) -> None:
        self.connection: sqlite3.Connection = connect(path, "indexer.archive")

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All that is written inside happens together or not at all."""
        return transaction(self.connection)

    @contextmanager
    def much_writing(self) -> Iterator[None]:
        """For a long series of transactions."""
        cache, log = (
            int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("cache_size", "wal_autocheckpoint")
        )
        self.connection.execute(f"PRAGMA cache_size = -{_WRITTEN_CACHE}")
        self.connection.execute(f"PRAGMA wal_autocheckpoint = {_WRITTEN_LOG}")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA cache_size = {cache}")
            self.connection.execute(f"PRAGMA wal_autocheckpoint = {log}")

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
        """The id of the page of this URL, made if it is new. The first link that is known
        to lead there names it; :class:`LinkGraph` knows better ones."""
        db = self.connection
        row = db.execute("SELECT id, parent FROM page WHERE url = ?", (url,)).fetchone()
        if row is None:
            cursor = db.execute(
                "INSERT INTO page (url, site, anchor, parent, first_seen) VALUES (?, ?, ?, ?, ?)",
                (url, site, anchor, parent, now()),
            )
            return int(cursor.lastrowid or 0)
        if row["parent"] is None and parent is not None:
            db.execute(
                "UPDATE page SET anchor = ?, parent = ? WHERE id = ?", (anchor, parent, row["id"])
            )
        return int(row["id"])

    def ensure_pages(self, found: Sequence[tuple[str, str, str]]) -> list[int]:
        """The ids of the pages of these addresses, new ones made with the site and the anchor
        that stand beside the first of each; inside of a transaction."""
        db = self.connection
        urls = list(dict.fromkeys(url for url, _site, _anchor in found))
        ids: dict[str, int] = {}
        for some in portions(urls):
            ids.update(
                self._tuples(f"SELECT url, id FROM page WHERE url IN ({marks(some)})", some)  # noqa: S608
            )
        last = int(db.execute("SELECT coalesce(max(id), 0) FROM page").fetchone()[0])
        moment = now()
        new = []
        for url, site, anchor in found:
            if url not in ids:
                last += 1
                ids[url] = last
                new.append((last, url, site, anchor, moment))
        db.executemany(
            "INSERT INTO page (id, url, site, anchor, first_seen) VALUES (?, ?, ?, ?, ?)", new
        )
        return [ids[url] for url, _site, _anchor in found]

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
        db.executemany("UPDATE part SET site = ? WHERE page = ?", pages)
        return len(pages)

    def store_content(
        self, page: Page, status: int, headers: Headers, body: bytes | PackedBody
    ) -> bool:
        """Archive an answer with content; returns whether its bytes are new."""
        packed = PackedBody.pack(body) if isinstance(body, bytes) else body
        changed = self.store_body(page, packed)
        moment = now()
        self.connection.execute(
            "UPDATE page SET state = 'live', status = ?, headers = ?, error = NULL, "
            "last_fetched = ?, last_seen = ?, "
            "last_changed = CASE WHEN ? THEN ? ELSE last_changed END WHERE id = ?",
            (status, json.dumps(list(headers)), moment, moment, changed, moment, page.id),
        )
        return changed

    def store_body(self, page: Page, body: PackedBody) -> bool:
        """Keep the bytes of a page; returns whether they are new. Those they replace go,
        unless another page has the same."""
        if body.hash == page.body:
            return False
        db = self.connection
        db.execute(
            "INSERT OR IGNORE INTO body (hash, size, data) VALUES (?, ?, ?)",
            (body.hash, body.size, body.data),
        )
        db.execute("UPDATE page SET body = ? WHERE id = ?", (body.hash, page.id))
        if page.body is not None:
            db.execute(
                "DELETE FROM body WHERE hash = ? "
                "AND NOT EXISTS (SELECT 1 FROM page WHERE page.body = body.hash)",
                (page.body,),
            )
        return True

    def store_state(self, page: Page, state: str, status: int | None, error: str | None) -> None:
        """A page that has no content now. Its bytes stay in the archive, its document goes."""
        self.connection.execute(
            "UPDATE page SET state = ?, status = ?, error = ?, last_fetched = ? WHERE id = ?",
            (state, status, error, now(), page.id),
        )
        self.forget_document(page.id)

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

    def body_size(self, page: Page) -> int:
        """How many bytes a page has; 0 when it was never fetched."""
        row = self.connection.execute(
            "SELECT size FROM body WHERE hash = ?", (page.body,)
        ).fetchone()
        return int(row["size"]) if row is not None else 0

    def summary(self) -> dict[str, Any]:
        """Counts by site: pages by state, documents, failures; and bytes in all."""
        db = self.connection
        sites: dict[str, dict[str, int]] = {}
        for site, state, count in db.execute(
            "SELECT site, state, count(*) FROM page GROUP BY site, state"
        ):
            sites.setdefault(site, {})[state] = count
        for site, count in db.execute(
            "SELECT site, count(*) FROM (SELECT site FROM document WHERE record IS NOT NULL "
            "UNION ALL SELECT site FROM part) GROUP BY site"
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
