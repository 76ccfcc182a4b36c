"""Counting what is searched, without a search ever waiting for it."""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from indexer.database import connect, transaction
from indexer.failure import Failure
from indexer.searches.kept import kept_form

SLOT_SECONDS: Final = 600
"""A query counts once in such a time, in all processes together: who repeats one a thousand
times counts as one, and no more than 144 times a day."""
FORGOTTEN_DAYS: Final = 30
"""After so many days a query below the floor is forgotten: few asked it, it tells of few."""
_ZONE: Final = timezone(timedelta(hours=8))
_WAITING: Final = 10_000
"""Searches that may wait to be counted; more come only where counting does not keep up."""
_NEW_IN_SLOT: Final = 2_000
"""Different queries counted in one slot by one process: made-up ones must not fill the disk."""
_FLUSH_SECONDS: Final = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PopularSearch:
    """A query, in how many slots of ten minutes it was asked, and how steadily.

    ``weight`` is the sum of the square roots of its slots by day: many days count more than
    one noisy day.
    """

    query: str
    count: int
    weight: float


class SearchLog:
    """The database of searches; one object for each process, for all its threads.

    Nothing but normalised query, day and count is ever stored. A process killed at once loses
    the last seconds, no more.
    """

    def __init__(
        self,
        path: Path,
        *,
        floor: int = 5,
        keep_days: int = 365,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open it, making the file if there is none.

        Raises:
            Failure: the tables are those of another version of this product.
            sqlite3.DatabaseError: the file is no database or cannot be used.
        """
        self.floor = floor
        self._keep_days = keep_days
        self._clock = clock
        self._connection = connect(path, "indexer.searches")
        self._connection.create_function("sqrt", 1, math.sqrt, deterministic=True)
        self._lock = threading.Lock()
        self._waiting: deque[tuple[str, float]] = deque(maxlen=_WAITING)
        self._counted: set[str] = set()
        self._slot = -1
        self._pruned = ""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    # -- writing --------------------------------------------------------------------------

    def record(self, query: str, results: int) -> None:
        """Count a query that found something; returns at once and never raises.

        Args:
            query: as typed, or the correction if its results were shown.
            results: documents that have all its words.
        """
        if results < 1 or self._closing.is_set():
            return
        self._waiting.append((query, self._clock()))
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._work, name="search-log", daemon=True
                    )
                    self._thread.start()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            sqlite3.Error: it cannot be written; it is lost.
        """
        with self._lock:
            rows = self._drained()
            if rows:
                with transaction(self._connection) as connection:
                    connection.executemany(
                        "INSERT INTO searches (query, day, slots, slot) VALUES (?, ?, 1, ?) "
                        "ON CONFLICT (query, day) DO UPDATE SET slots = slots + 1, "
                        "slot = excluded.slot WHERE excluded.slot > slot",
                        rows,
                    )
            today = self._day(self._clock())
            if self._pruned != today:
                self._prune()
                self._pruned = today

    def close(self) -> None:
        """Write what waits and close; for a clean stop."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        try:
            self.flush()
        except sqlite3.Error as error:
            _log.error("searches are not counted: %s", error)
        with self._lock:  # nobody reads at this moment
            self._connection.close()

    def _work(self) -> None:
        while not self._closing.wait(_FLUSH_SECONDS):
            if self._waiting:
                try:
                    self.flush()
                except (sqlite3.Error, Failure) as error:
                    _log.error("searches are not counted: %s", error)

    def _drained(self) -> list[tuple[str, str, int]]:
        """Rows for what waits, each query once in its slot."""
        rows = []
        while self._waiting:
            query, moment = self._waiting.popleft()
            slot = int(moment // SLOT_SECONDS)
            if slot != self._slot:
                self._slot = slot
                self._counted.clear()
            if query in self._counted or len(self._counted) >= _NEW_IN_SLOT:
                continue
            self._counted.add(query)
            kept = kept_form(query)
            if kept is not None:
                rows.append((kept, self._day(moment), slot))
        return rows

    def _prune(self) -> None:
        """Forget what is too old, and what few asked."""
        now = self._clock()
        oldest = self._day(now - self._keep_days * 86400)
        rare = self._day(now - FORGOTTEN_DAYS * 86400)
        with transaction(self._connection) as connection:
            connection.execute("DELETE FROM searches WHERE day < ?", (oldest,))
            connection.execute(
                "DELETE FROM searches WHERE day < ? AND query NOT IN "
                "(SELECT query FROM searches GROUP BY query HAVING sum(slots) >= ?)",
                (rare, self.floor),
            )

    @staticmethod
    def _day(moment: float) -> str:
        return datetime.fromtimestamp(moment, _ZONE).date().isoformat()

    # -- reading --------------------------------------------------------------------------

    def popular(
        self, days: int = 365, floor: int | None = None, limit: int = 5_000
    ) -> list[PopularSearch]:
        """The queries of the last days that were asked at least ``floor`` times (the log's own
        floor at the least), the most steadily asked first; none once it is closed.

        Raises:
            sqlite3.Error: it cannot be read.
        """
        since = self._day(self._clock() - (days - 1) * 86400)
        least = max(self.floor, floor or 0)
        with self._lock:
            if self._closing.is_set():
                return []
            rows = self._connection.execute(
                "SELECT query, sum(slots) AS count, sum(sqrt(slots)) AS weight FROM searches "
                "WHERE day >= ? GROUP BY query HAVING count >= ? "
                "ORDER BY weight DESC, query LIMIT ?",
                (since, least, limit),
            ).fetchall()
        return [PopularSearch(row["query"], row["count"], row["weight"]) for row in rows]
