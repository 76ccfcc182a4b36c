"""The frontier: which pages a run has still to ask for. It lives in the archive, so that a
run that is killed continues where it was."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from indexer.archive.archive import Archive, Page
from indexer.database import now


@dataclass
class Run:
    """One crawl of one site. ``counts`` are pages by outcome."""

    id: int
    site: str
    is_full: bool
    started: str
    counts: Counter[str] = field(default_factory=Counter)
    resumed: bool = False


@dataclass(frozen=True)
class FrontierItem:
    """A page to ask for; ``depth`` counts links from a start URL."""

    page: Page
    depth: int


class Frontier:
    """The frontier of one run; opening it continues an unfinished run of the site."""

    def __init__(self, archive: Archive, site: str, *, is_full: bool = False) -> None:
        self._archive = archive
        self._db = archive.connection
        self.run = self._open(site, is_full)
        self.finished, self.known = self._sizes()

    def _sizes(self) -> tuple[int, int]:
        """Pages done and pages in all; afterwards counted along, for that is asked often."""
        row = self._db.execute(
            "SELECT coalesce(sum(done), 0), count(*) FROM frontier WHERE run = ?", (self.run.id,)
        ).fetchone()
        return row[0], row[1]

    def _open(self, site: str, is_full: bool) -> Run:
        with self._archive.transaction() as db:
            row = db.execute(
                "SELECT * FROM run WHERE site = ? AND finished IS NULL ORDER BY id DESC LIMIT 1",
                (site,),
            ).fetchone()
            if row is not None and (row["is_full"] or not is_full):
                return _run(row, resumed=True)
            if row is not None:  # it asked for less than what is wanted now
                self._close_run(db, row["id"])
            row = db.execute(
                "INSERT INTO run (site, is_full, started) VALUES (?, ?, ?) RETURNING *",
                (site, is_full, now()),
            ).fetchone()
            return _run(row, resumed=False)

    def seed(self, start_pages: Collection[int]) -> None:
        """Begin with the start pages and every page of the site that is not gone.

        Pages of imported documents are asked for only where a link leads to them: many are
        imported because they are on no web site any more.
        """
        with self._archive.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO frontier (run, page, depth) VALUES (?, ?, 0)",
                [(self.run.id, page) for page in start_pages],
            )
            db.execute(
                "INSERT OR IGNORE INTO frontier (run, page, depth) "
                "SELECT ?, id, coalesce(min_depth, 1) FROM page WHERE site = ? "
                "AND state IN ('known', 'live', 'redirect', 'excluded') AND NOT EXISTS "
                "(SELECT 1 FROM document d WHERE d.page = page.id AND d.extraction = 0)",
                (self.run.id, self.run.site),
            )
        self.finished, self.known = self._sizes()

    def add(self, page: int, depth: int) -> bool:
        """Put a page on the frontier unless this run has or had it; whether it was new."""
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO frontier (run, page, depth) VALUES (?, ?, ?)",
            (self.run.id, page, depth),
        )
        if cursor.rowcount == 0:
            return False
        self.known += 1
        self._db.execute(
            "UPDATE page SET min_depth = ? WHERE id = ? AND (min_depth IS NULL OR min_depth > ?)",
            (depth, page, depth),
        )
        return True

    def next(self, limit: int, besides: Collection[int]) -> list[FrontierItem]:
        """Up to ``limit`` pages to ask for, the nearest first, none of ``besides``."""
        rows = self._db.execute(
            "SELECT f.depth, p.* FROM frontier f JOIN page p ON p.id = f.page "
            "WHERE f.run = ? AND f.done = 0 ORDER BY f.depth, f.page LIMIT ?",
            (self.run.id, limit + len(besides)),
        ).fetchall()
        items: list[FrontierItem] = []
        for row in rows:
            if row["id"] not in besides and len(items) < limit:
                values = {key: row[key] for key in row.keys() if key != "depth"}  # noqa: SIM118
                items.append(FrontierItem(Page.from_row(values), row["depth"]))  # type: ignore[arg-type]
        return items

    def done(self, page: int, outcome: str) -> None:
        """This run has its answer about a page; to be called in the same transaction."""
        self._db.execute(
            "UPDATE frontier SET done = 1 WHERE run = ? AND page = ?", (self.run.id, page)
        )
        self.finished += 1
        self.run.counts[outcome] += 1
        self._db.execute(
            "UPDATE run SET counts = ? WHERE id = ?", (json.dumps(self.run.counts), self.run.id)
        )

    def finish(self) -> None:
        """The run is complete: its frontier is of no further use."""
        with self._archive.transaction() as db:
            self._close_run(db, self.run.id)

    @staticmethod
    def _close_run(db: sqlite3.Connection, run: int) -> None:
        db.execute("UPDATE run SET finished = ? WHERE id = ?", (now(), run))
        db.execute("DELETE FROM frontier WHERE run = ?", (run,))


def _run(row: sqlite3.Row, resumed: bool) -> Run:
    counts: Counter[str] = Counter(json.loads(row["counts"]))
    return Run(row["id"], row["site"], bool(row["is_full"]), row["started"], counts, resumed)
