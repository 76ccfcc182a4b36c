"""robots.txt files kept in the archive, so that each is asked for once a day."""

from __future__ import annotations

from datetime import datetime

from indexer.archive import Archive
from indexer.archive.revisit import stamp
from indexer.crawl.robots import StoredRobots


class ArchivedRobots:
    """A :class:`~indexer.crawl.robots.RobotsStore` in the archive."""

    def __init__(self, archive: Archive) -> None:
        self._db = archive.connection

    def robots(self, origin: str) -> StoredRobots | None:
        """The last answer to a request for an origin's robots.txt, or None."""
        row = self._db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            return None
        fetched = datetime.fromisoformat(row["fetched"])
        return StoredRobots(row["origin"], fetched, row["status"], row["body"])

    def store_robots(self, answer: StoredRobots) -> None:
        """Keep an answer in place of the one before."""
        self._db.execute(
            "INSERT OR REPLACE INTO robots (origin, fetched, status, body) VALUES (?, ?, ?, ?)",
            (answer.origin, stamp(answer.fetched), answer.status, answer.body),
        )
