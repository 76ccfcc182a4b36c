"""The runs that the archive remembers, and where their reports are kept."""

from __future__ import annotations

import json
from typing import Any

from indexer.archive.archive import Archive
from indexer.archive.model import Run

RUNS_KEPT = 200
"""Of each site; older ones are forgotten."""


def list_runs(archive: Archive, site: str | None = None, limit: int = 20) -> list[Run]:
    """The latest runs, of one site or of all, the latest first."""
    rows = archive.connection.execute(
        "SELECT * FROM run WHERE ? IS NULL OR site = ? ORDER BY id DESC LIMIT ?",
        (site, site, limit),
    )
    return [Run.from_row(row) for row in rows]


def find_run(archive: Archive, run_id: int) -> Run | None:
    """The run of this number, or None."""
    row = archive.connection.execute("SELECT * FROM run WHERE id = ?", (run_id,)).fetchone()
    return Run.from_row(row) if row is not None else None


def suspicious_runs(archive: Archive) -> list[Run]:
    """The runs whose removals wait for a confirmation: the latest of each site at most, for
    what a later run does not find absent any more needs none."""
    rows = archive.connection.execute(
        "SELECT * FROM run WHERE id IN (SELECT max(id) FROM run WHERE finished IS NOT NULL "
        "GROUP BY site) AND removals IS NOT NULL AND confirmed IS NULL ORDER BY site"
    )
    return [Run.from_row(row) for row in rows]


def add_traffic(archive: Archive, run: Run, requests: int, received: int, seconds: float) -> None:
    """What a run, or a part of it between two interruptions, took."""
    run.requests += requests
    run.received += received
    run.seconds = round(run.seconds + seconds, 3)
    archive.connection.execute(
        "UPDATE run SET requests = ?, received = ?, seconds = ? WHERE id = ?",
        (run.requests, run.received, run.seconds, run.id),
    )


def store_report(archive: Archive, run: Run, report: dict[str, Any]) -> None:
    """Keep the report of a run, and forget the oldest runs of its site."""
    run.report = report
    archive.connection.execute(
        "UPDATE run SET report = ? WHERE id = ?", (json.dumps(report, ensure_ascii=False), run.id)
    )
    archive.connection.execute(
        "DELETE FROM run WHERE site = ? AND finished IS NOT NULL AND id NOT IN "
        "(SELECT id FROM run WHERE site = ? ORDER BY id DESC LIMIT ?)",
        (run.site, run.site, RUNS_KEPT),
    )
