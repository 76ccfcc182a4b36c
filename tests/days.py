"""Time passes between two crawls: the archive's times are moved back instead of waiting."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_TIMES = {
    "page": (
        "first_seen",
        "last_fetched",
        "last_seen",
        "last_changed",
        "stable_since",
        "next_due",
        "orphaned",
        "gone_since",
    ),
    "robots": ("fetched",),
    "run": ("started", "finished", "confirmed"),
}


def days_pass(archive: Path, days: float = 1) -> None:
    """Everything in the archive happened so many days earlier."""
    shift = f"{-days * 86400} seconds"
    with closing(sqlite3.connect(archive, timeout=10)) as db, db:
        for table, columns in _TIMES.items():
            moved = ", ".join(
                f"{name} = strftime('%Y-%m-%dT%H:%M:%f', {name}, '{shift}') || '+00:00'"
                for name in columns
            )
            db.execute(f"UPDATE {table} SET {moved}")  # noqa: S608  # names of our own
