"""The frontier: which pages a run has still to ask for. It lives in the archive, so that a
run that is killed continues where it was."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, deque
from collections.abc import Collection, Iterable

from indexer.archive.archive import Archive
from indexer.archive.model import FrontierItem, Page, Run
from indexer.database import now

_BATCH = 100
"""Pages read ahead: nearer ones that are found meanwhile come after them."""

_NOT_IMPORTED = "NOT EXISTS (SELECT 1 FROM document d WHERE d.page = page.id AND d.extraction = 0)"
"""Pages of imported documents are asked for only where a link leads to them: many are imported
because they are on no web site any more."""


class Frontier:
    """The frontier of one run; opening it continues an unfinished run of the site."""

    def __init__(self, archive: Archive, site: str, *, is_full: bool = False) -> None:
        self._archive = archive
        self._db = archive.connection
        self._ahead: deque[int] = deque()
        self._taken: set[int] = set()
        self._kind: str | None = None
        self.run = self._open(site, is_full)
        self.finished, self.known = self._sizes()

    def _sizes(self) -> tuple[int, int]:
        """Pages done and pages in all; afterwards counted along, for that is asked often."""
        row = self._db.execute(
            "SELECT count(outcome), count(*) FROM frontier WHERE run = ?", (self.run.id,)
        ).fetchone()
        return row[0], row[1]

    def _open(self, site: str, is_full: bool) -> Run:
        with self._archive.transaction() as db:
            row = db.execute(
                "SELECT * FROM run WHERE site = ? AND finished IS NULL ORDER BY id DESC LIMIT 1",
                (site,),
            ).fetchone()
            if row is not None and (row["is_full"] or not is_full):
                return self._resume(db, row)
            if row is not None:  # it asked for less than what is wanted now
                self._close_run(db, row["id"])
            row = db.execute(
                "INSERT INTO run (site, is_full, started) VALUES (?, ?, ?) RETURNING *",
                (site, is_full, now()),
            ).fetchone()
            return Run.from_row(row)

    @staticmethod
    def _resume(db: sqlite3.Connection, row: sqlite3.Row) -> Run:
        run = Run.from_row(row)
        run.resumed = True
        run.counts = Counter(
            dict(
                db.execute(
                    "SELECT outcome, count(*) FROM frontier "
                    "WHERE run = ? AND outcome IS NOT NULL GROUP BY outcome",
                    (run.id,),
                ).fetchall()
            )
        )
        return run

    def seed(self, start_pages: Collection[int], *, follow_claims: bool = False) -> None:
        """Begin with the start pages and every page of the site that is due.

        Gone pages are looked at again when they are due and something links to them;
        ``follow_claims`` makes pages due that a sitemap calls changed.
        """
        moment = now()
        with self._archive.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO frontier (run, page, depth) VALUES (?, ?, 0)",
                [(self.run.id, page) for page in start_pages],
            )
            db.execute(
                "INSERT OR IGNORE INTO frontier (run, page, depth) "  # noqa: S608
                "SELECT ?, id, coalesce(min_depth, 1) FROM page WHERE site = ? "
                "AND (? OR next_due IS NULL OR next_due <= ? "
                "OR (? AND lastmod_seen IS NOT NULL AND lastmod != lastmod_seen)) "
                "AND (state != 'gone' OR EXISTS (SELECT 1 FROM link WHERE target = page.id)) "
                f"AND {_NOT_IMPORTED}",
                (self.run.id, self.run.site, self.run.is_full, moment, follow_claims),
            )
        self._ahead.clear()
        self.finished, self.known = self._sizes()

    def add(self, pages: Iterable[int], depth: int, hops: int = 0) -> int:
        """Put pages on the frontier unless this run has or had them; how many were new."""
        return self._insert(pages, depth, hops, "1")

    def add_found(self, pages: Iterable[int], depth: int, hops: int = 0) -> int:
        """The same with pages that a page links to now and did not before: those that were
        never fetched, are gone, or are known by import alone. The others come in their turn."""
        return self._insert(
            pages,
            depth,
            hops,
            "(state IN ('known', 'gone') OR EXISTS "
            "(SELECT 1 FROM document d WHERE d.page = page.id AND d.extraction = 0))",
        )

    def _insert(self, pages: Iterable[int], depth: int, hops: int, condition: str) -> int:
        ids = json.dumps(list(pages))
        if ids == "[]":
            return 0
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO frontier (run, page, depth, hops) "  # noqa: S608
            "SELECT ?, id, ?, ? FROM page WHERE id IN (SELECT value FROM json_each(?)) "
            f"AND {condition}",
            (self.run.id, depth, hops, ids),
        )
        self.known += cursor.rowcount
        self._db.execute(
            "UPDATE page SET min_depth = ? WHERE id IN (SELECT value FROM json_each(?)) "
            "AND (min_depth IS NULL OR min_depth > ?)",
            (depth, ids, depth),
        )
        return int(cursor.rowcount)

    def add_orphans(self, start_pages: Collection[int]) -> int:
        """Pages that no page links to any more may be gone: they are asked for, once, when
        nothing else is left. How many there are."""
        moment = now()
        with self._archive.transaction() as db:
            rows = db.execute(
                "SELECT id, min_depth FROM page WHERE site = ? AND state = 'live' "  # noqa: S608
                "AND orphaned IS NULL AND text_hash IS NOT NULL "
                "AND id NOT IN (SELECT value FROM json_each(?)) "
                f"AND NOT EXISTS (SELECT 1 FROM link WHERE target = page.id) AND {_NOT_IMPORTED}",
                (self.run.site, json.dumps(list(start_pages))),
            ).fetchall()
            db.executemany(
                "UPDATE page SET orphaned = ? WHERE id = ?", [(moment, row[0]) for row in rows]
            )
            return sum(self.add([row[0]], row[1] or 1) for row in rows)

    def next(self, kind: str | None = None) -> FrontierItem | None:
        """A page to ask for that was not given out yet, about the nearest first; of one kind,
        if it is given."""
        if kind != self._kind:
            self._kind = kind
            self._ahead.clear()
        if not self._ahead:
            rows = self._db.execute(
                "SELECT f.page FROM frontier f JOIN page p ON p.id = f.page WHERE f.run = ? "
                "AND f.outcome IS NULL AND (? IS NULL OR p.kind = ?) "
                "ORDER BY f.depth, f.page LIMIT ?",
                (self.run.id, kind, kind, _BATCH + len(self._taken)),
            )
            self._ahead.extend(row[0] for row in rows if row[0] not in self._taken)
        if not self._ahead:
            return None
        page = self._ahead.popleft()
        self._taken.add(page)
        row = self._db.execute(
            "SELECT f.depth, f.hops, p.* FROM frontier f JOIN page p ON p.id = f.page "
            "WHERE f.run = ? AND f.page = ?",
            (self.run.id, page),
        ).fetchone()
        return FrontierItem(Page.from_row(row), row["depth"], row["hops"])

    def done(self, page: int, outcome: str, saved: int = 0) -> None:
        """This run has its answer about a page; to be called in the same transaction."""
        self._db.execute(
            "UPDATE frontier SET outcome = ?, saved = ? WHERE run = ? AND page = ?",
            (outcome, saved, self.run.id, page),
        )
        self._taken.discard(page)
        self.finished += 1
        self.run.counts[outcome] += 1

    def finish(self) -> None:
        """The run is complete: its frontier is of no further use."""
        with self._archive.transaction() as db:
            self._close_run(db, self.run.id)

    @staticmethod
    def _close_run(db: sqlite3.Connection, run: int) -> None:
        db.execute("UPDATE run SET finished = ? WHERE id = ?", (now(), run))
        db.execute("DELETE FROM frontier WHERE run = ?", (run,))
