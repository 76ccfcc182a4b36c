"""Runs and their reports as staff see them: in the terminal, the API and the console.

A report is the JSON object that :mod:`indexer.archive.report` makes (docs/operations.md). It is
kept as it was when its run ended; what has happened since is put in here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from indexer.archive import Archive, Run
from indexer.archive.runs import suspicious_runs

UNFINISHED: Final = "unfinished"
"""The state of a run without a report: it is under way, or was killed and can be continued."""
RUN_STATES: Final = (UNFINISHED, "paused", "suspicious", "finished")

_LATEST: Final = "SELECT max(id) FROM run WHERE report IS NOT NULL GROUP BY site"


@dataclass(frozen=True)
class LastRun:
    """The latest run of a site that has a report, without the report.

    ``reported`` is when the report was made, ISO 8601: a paused run gets another one when it
    goes on.
    """

    id: int
    site: str
    state: str
    reported: str
    dead_links: int


def last_runs(archive: Archive, sites: Collection[str]) -> dict[str, LastRun]:
    """The latest run with a report of each of these sites that has one, by site."""
    waiting = {run.id for run in suspicious_runs(archive)}
    rows = archive.connection.execute(
        "SELECT id, site, json_extract(report, '$.state') AS state, "  # noqa: S608
        "json_extract(report, '$.finished') AS reported, "
        "json_extract(report, '$.dead_links_total') AS dead_links "
        f"FROM run WHERE id IN ({_LATEST})"
    )
    return {
        row["site"]: LastRun(
            row["id"],
            row["site"],
            _state(row["state"], is_waiting=row["id"] in waiting),
            row["reported"],
            row["dead_links"],
        )
        for row in rows
        if row["site"] in sites
    }


def latest_reports(archive: Archive, sites: Iterable[str]) -> list[dict[str, Any]]:
    """The latest report of each of these sites that has one, in their order."""
    rows = archive.connection.execute(
        f"SELECT * FROM run WHERE id IN ({_LATEST})"  # noqa: S608
    ).fetchall()
    runs = {row["site"]: Run.from_row(row) for row in rows}
    waiting = suspicious_runs(archive)
    return [report_of(runs[site], waiting) for site in sites if site in runs]


def waiting_runs(archive: Archive, sites: Collection[str]) -> list[Run]:
    """The runs of these sites whose removals wait for a confirmation."""
    return [run for run in suspicious_runs(archive) if run.site in sites]


def report_of(run: Run, waiting: Iterable[Run]) -> dict[str, Any]:
    """The report of a run that has one, brought up to date; ``waiting`` are all runs that
    wait for a confirmation.

    Its state is ``suspicious`` only as long as a confirmation is waited for: not when it was
    given, nor when a later run of the site has ended.
    """
    report = dict(run.report)
    is_waiting = any(other.id == run.id for other in waiting)
    report["state"] = _state(report["state"], is_waiting=is_waiting)
    if report["suspicious"] is not None:
        report["suspicious"] = {**report["suspicious"], "confirmed": run.confirmed}
    return report


def run_record(run: Run, waiting: Iterable[Run]) -> dict[str, Any]:
    """A run as lists show it; times are ISO 8601 with offset."""
    report = report_of(run, waiting) if run.report else {"state": UNFINISHED}
    return {
        "id": run.id,
        "site": run.site,
        "started": run.started,
        "finished": run.finished,
        "full": run.is_full,
        "state": report["state"],
        "counts": all_counts(report),
        "dead_links": report.get("dead_links_total", 0),
        "removals": run.removals,
        "confirmed": run.confirmed,
    }


def all_counts(report: dict[str, Any]) -> dict[str, int]:
    """Pages by outcome, those that the end of the run removed included."""
    counts: dict[str, int] = dict(report.get("outcomes", {}))
    if report.get("gone"):
        counts["gone"] = report["gone"]
    return counts


def _state(reported: str, *, is_waiting: bool) -> str:
    if reported == "suspicious" and not is_waiting:
        return "finished"
    return reported
