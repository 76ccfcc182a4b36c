"""Time passes between two crawls: the archive's times are moved back instead of waiting."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TIMES = {
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
    "document": ("updated",),
    "robots": ("fetched",),
    "run": ("started", "finished", "confirmed"),
}
"""Columns that tell when something happened here, by table."""


def days_pass(archive: Path, days: float = 1) -> None:
    """Everything in the archive happened so many days earlier."""
    shift = f"{-days * 86400} seconds"
    with closing(sqlite3.connect(archive, timeout=10)) as db, db:
        for table, columns in TIMES.items():
            moved = ", ".join(
                f"{name} = strftime('%Y-%m-%dT%H:%M:%f', {name}, '{shift}') || '+00:00'"
                for name in columns
            )
            db.execute(f"UPDATE {table} SET {moved}")  # noqa: S608  # names of our own
