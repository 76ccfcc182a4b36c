"""The job table: queue, progress and history, shared by all processes of a data folder."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from indexer.database import connect, now, transaction

STATES: Final = ("queued", "running", "succeeded", "failed", "cancelled")
KINDS: Final = ("crawl", "reindex", "import", "confirm")
_BARRED_BY: Final = {"confirm": ("confirm", "crawl")}
"""Kinds that must not wait or run before a queued job; its own kind where none are named.
Whoever confirms removals has looked at a report, which a crawl in between would replace."""
INTERRUPTED: Final = "the process that ran it ended before its time; the next run continues"
_HISTORY: Final = 1000
"""Jobs that are remembered."""


@dataclass(frozen=True)
class Job:
    """One piece of work; times are ISO 8601 in UTC."""

    id: int
    kind: str
    state: str
    sites: tuple[str, ...] = ()
    full: bool = False
    requested_by: str = ""
    done: int = 0
    total: int | None = None
    unit: str = ""
    created: str = ""
    started: str | None = None
    finished: str | None = None
    summary: Mapping[str, Any] | None = None
    error: str | None = None
    cancel_requested: bool = field(default=False, repr=False)

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Job:
        """From a row of the table."""
        values = dict(row)
        values["sites"] = tuple(json.loads(values["sites"]))
        values["full"] = bool(values["full"])
        values["cancel_requested"] = bool(values["cancel_requested"])
        values["summary"] = json.loads(values["summary"]) if values["summary"] else None
        return cls(**values)


class JobConflict(Exception):
    """A job that stands in the way is queued or running already: ``job`` is that one."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"{job.kind} is {job.state} already: job {job.id}")
        self.job = job


class JobStore:
    """Queue and history. May be shared by threads; every process opens its own."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path, "indexer.jobs")
        self._lock = threading.RLock()

    def close(self) -> None:
        """Close the database; the store is of no further use."""
        self._connection.close()

    def submit(
        self,
        kind: str,
        sites: Sequence[str] = (),
        *,
        full: bool = False,
        requested_by: str = "",
        running: bool = False,
    ) -> Job:
        """Queue a job, or with ``running`` record one that the caller runs itself.

        Raises:
            JobConflict: one of this kind is queued or running; for ``confirm`` also a crawl,
                unless the confirmation runs at once, that is before a queued crawl.
        """
        barring = (kind,) if running else _BARRED_BY.get(kind, (kind,))
        with self._lock, transaction(self._connection) as db:
            row = db.execute(
                "SELECT * FROM job WHERE kind IN (SELECT value FROM json_each(?)) "
                "AND state IN ('queued', 'running') ORDER BY state = 'queued', id LIMIT 1",
                (json.dumps(barring),),
            ).fetchone()
            if row is not None:
                raise JobConflict(Job.from_row(row))
            moment = now()
            row = db.execute(
                "INSERT INTO job (kind, sites, full, requested_by, created, state, started) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (
                    kind,
                    json.dumps(list(sites)),
                    full,
                    requested_by,
                    moment,
                    "running" if running else "queued",
                    moment if running else None,
                ),
            ).fetchone()
            db.execute("DELETE FROM job WHERE id <= ?", (row["id"] - _HISTORY,))
            return Job.from_row(row)

    def get(self, job_id: int) -> Job | None:
        """The job of this id, or None."""
        return self._one("SELECT * FROM job WHERE id = ?", job_id)

    def list(self, limit: int = 50) -> list[Job]:
        """The newest jobs, newest first."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM job ORDER BY id DESC LIMIT ?", (limit,))
            return [Job.from_row(row) for row in rows]

    def next_queued(self) -> Job | None:
        """The job that waits longest, or None."""
        return self._one("SELECT * FROM job WHERE state = 'queued' ORDER BY id LIMIT 1")

    def last_whole(self, kind: str) -> Job | None:
        """The newest job of a kind that did, does or will do all of its work, or None.

        Jobs of some sites only, failed and interrupted ones do not count; what staff
        cancelled does.
        """
        return self._one(
            "SELECT * FROM job WHERE kind = ? AND sites = '[]' "
            "AND (state IN ('queued', 'running', 'succeeded') "
            "OR state = 'cancelled' AND error IS NULL) ORDER BY id DESC LIMIT 1",
            kind,
        )

    def start(self, job_id: int) -> Job | None:
        """Mark a queued job as running; None when it is queued no more (cancelled)."""
        return self._one(
            "UPDATE job SET state = 'running', started = ? "
            "WHERE id = ? AND state = 'queued' RETURNING *",
            now(),
            job_id,
        )

    def report(self, job_id: int, done: int, total: int | None, unit: str) -> bool:
        """Record progress; returns whether somebody wants the job cancelled."""
        job = self._one(
            "UPDATE job SET done = ?, total = ?, unit = ? WHERE id = ? RETURNING *",
            done,
            total,
            unit,
            job_id,
        )
        return job is None or job.cancel_requested

    def finish(
        self,
        job_id: int,
        state: str,
        *,
        summary: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        """Record the end of a running job."""
        self._one(
            "UPDATE job SET state = ?, finished = ?, summary = ?, error = ? "
            "WHERE id = ? AND state = 'running' RETURNING *",
            state,
            now(),
            json.dumps(summary, ensure_ascii=False) if summary is not None else None,
            error,
            job_id,
        )

    def cancel(self, job_id: int) -> Job | None:
        """Cancel a queued job at once, ask a running one to stop; None: no such job."""
        with self._lock, transaction(self._connection) as db:
            db.execute(
                "UPDATE job SET state = 'cancelled', finished = ? "
                "WHERE id = ? AND state = 'queued'",
                (now(), job_id),
            )
            db.execute(
                "UPDATE job SET cancel_requested = 1 WHERE id = ? AND state = 'running'", (job_id,)
            )
            row = db.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone()
        return Job.from_row(row) if row is not None else None

    def fail_interrupted(self) -> int:
        """Mark running jobs as failed; only for whoever knows that none can be running."""
        with self._lock:
            cursor = self._connection.execute(
                "UPDATE job SET state = CASE cancel_requested WHEN 1 THEN 'cancelled' "
                "ELSE 'failed' END, finished = ?, error = ? WHERE state = 'running'",
                (now(), INTERRUPTED),
            )
            return cursor.rowcount

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database file, a line each."""
        with self._lock:
            rows = self._connection.execute("PRAGMA quick_check").fetchall()
        return tuple(row[0] for row in rows if row[0] != "ok")

    def remember(self, name: str, value: str) -> str:
        """Keep a fact unless it is known already; returns what is known."""
        with self._lock, transaction(self._connection) as db:
            db.execute("INSERT OR IGNORE INTO fact (name, value) VALUES (?, ?)", (name, value))
            row = db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
            return str(row["value"])

    def _one(self, statement: str, *values: object) -> Job | None:
        with self._lock:
            rows = self._connection.execute(statement, values).fetchall()
        return Job.from_row(rows[0]) if rows else None
