"""The report of a run: what it found, what stood in its way, what the site's staff should know.

Made from the archive when the run ends or pauses; a JSON object (docs/operations.md)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timezone
from typing import Any, Final

from indexer.archive.archive import Archive
from indexer.archive.model import Run
from indexer.archive.removal import Removal, held_back

_LISTED: Final = 100
"""Entries of a list in a report; its total is told besides."""
_NOT_ASKED: Final = (
    "spared",
    "trap",
    "excluded",
    "blocked_robots",
    "failed_robots_unreachable",
    "failed_host_down",
)
"""Outcomes of pages that were not asked for after all."""
_BRIEF: Final = (
    *("run", "state", "paused", "pages", "outcomes", "gone", "removed", "blocked", "failed"),
    *("traffic", "dead_links_total"),
)
_CARRIERS: Final = 5
"""Pages named for each dead link."""
STALE_DAYS: Final = 180
"""Columns without anything new for this long are told. The inspection rules for government
sites (国办秘函〔2019〕19号) count six months for notices and policies."""


def make_report(
    archive: Archive,
    run: Run,
    *,
    removal: Removal | None,
    traps: Sequence[dict[str, Any]] = (),
    paused: str | None = None,
) -> dict[str, Any]:
    """The report of a run that has ended, or pauses for the reason given.

    To be called while the run's frontier is still there.
    """
    held = removal.held if removal is not None else 0
    removed = removal.removed if removal is not None else Counter[str]()
    state = "paused" if paused else "suspicious" if held else "finished"
    return {
        "run": run.id,
        "site": run.site,
        "started": run.started,
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "full": run.is_full,
        "state": state,
        "paused": paused,
        "pages": _pages(archive, run),
        "outcomes": dict(sorted(run.counts.items())),
        "gone": removed["gone"],
        "removed": dict(sorted(removed.items())),
        "blocked": _causes(run.counts, "blocked_"),
        "failed": _causes(run.counts, "failed_"),
        "traffic": _traffic(archive, run),
        **_dead_links(archive, run.site),
        "stale_columns": _stale_columns(archive, run.site),
        **_needing_script(archive, run.site),
        **_read_in_part(archive, run.site),
        "refused_redirects": _refused_redirects(archive, run),
        "traps": list(traps),
        "suspicious": _suspicion(archive, run, held),
    }


def brief_report(report: dict[str, Any]) -> dict[str, Any]:
    """A report without its lists, as jobs carry it: they are asked for every second."""
    brief = {name: report[name] for name in _BRIEF}
    held = report["suspicious"]
    brief["suspicious"] = held and {name: held[name] for name in ("removals", "documents")}
    return brief


def _pages(archive: Archive, run: Run) -> dict[str, int]:
    db = archive.connection
    states = dict(
        db.execute("SELECT state, count(*) FROM page WHERE site = ? GROUP BY state", (run.site,))
    )
    known = sum(states.values())
    asked = sum(
        count for outcome, count in run.counts.items() if not outcome.startswith(_NOT_ASKED)
    )
    never = states.pop("known", 0)
    return {
        "known": known,
        "asked": asked,
        "not_due": max(known - sum(run.counts.values()), 0),
        "never_fetched": never,
        **states,
    }


def _causes(counts: Counter[str], prefix: str) -> dict[str, int]:
    return {
        outcome.removeprefix(prefix): count
        for outcome, count in sorted(counts.items())
        if outcome.startswith(prefix)
    }


def _traffic(archive: Archive, run: Run) -> dict[str, Any]:
    saved = archive.connection.execute(
        "SELECT coalesce(sum(saved), 0) FROM frontier WHERE run = ?", (run.id,)
    ).fetchone()[0]
    return {
        "requests": run.requests,
        "bytes_received": run.received,
        "bytes_saved": saved,
        "seconds": round(run.seconds, 1),
    }


def _dead_links(archive: Archive, site: str) -> dict[str, Any]:
    """Links to pages that are not there, with the pages that carry them."""
    db = archive.connection
    condition = (
        "FROM page p WHERE p.site = ? AND (p.state = 'gone' OR p.misses > 0) "
        "AND EXISTS (SELECT 1 FROM link WHERE target = p.id)"
    )
    total = db.execute(f"SELECT count(*) {condition}", (site,)).fetchone()[0]
    rows = db.execute(
        "SELECT p.id, p.url, p.status, p.error, p.anchor, p.gone_since, "  # noqa: S608
        "p.last_fetched, (SELECT count(*) FROM link WHERE target = p.id) AS carriers "
        f"{condition} ORDER BY carriers DESC, p.url LIMIT ?",
        (site, _LISTED),
    ).fetchall()
    links = [
        {
            "url": row["url"],
            "status": row["status"],
            "error": row["error"],
            "anchor": row["anchor"],
            "since": row["gone_since"] or row["last_fetched"],
            "carriers": _carriers(archive, row["id"]),
            "carriers_total": row["carriers"],
        }
        for row in rows
    ]
    return {"dead_links": links, "dead_links_total": total}


def _carriers(archive: Archive, target: int) -> list[dict[str, str]]:
    rows = archive.connection.execute(
        "SELECT l.source, p.url, l.anchor FROM link l JOIN page p ON p.id = l.source "
        "WHERE l.target = ? ORDER BY p.url LIMIT ?",
        (target, _CARRIERS),
    ).fetchall()
    return [
        {"url": row["url"], "title": _title(archive, row["source"]), "anchor": row["anchor"]}
        for row in rows
    ]


def _title(archive: Archive, page: int) -> str:
    document = archive.document(page)
    return document.title if document is not None else ""


def _stale_columns(archive: Archive, site: str) -> list[dict[str, Any]]:
    """Columns whose newest article is old."""
    today = datetime.now(timezone.utc).date()
    rows = archive.connection.execute(
        "SELECT column_name, max(published) AS newest, count(*) AS documents FROM document "
        "WHERE site = ? AND column_name IS NOT NULL AND published IS NOT NULL "
        "GROUP BY column_name ORDER BY newest",
        (site,),
    ).fetchall()
    columns = [
        {
            "column": row["column_name"],
            "newest": row["newest"],
            "days": (today - date.fromisoformat(row["newest"])).days,
            "documents": row["documents"],
        }
        for row in rows
    ]
    return [column for column in columns if column["days"] > STALE_DAYS][:_LISTED]


def _needing_script(archive: Archive, site: str) -> dict[str, Any]:
    rows: list[sqlite3.Row] = archive.connection.execute(
        "SELECT url FROM page WHERE site = ? AND kind = 'script' AND state = 'live' ORDER BY url",
        (site,),
    ).fetchall()
    urls = [row["url"] for row in rows]
    return {"needs_script": urls[:_LISTED], "needs_script_total": len(urls)}


def _read_in_part(archive: Archive, site: str) -> dict[str, Any]:
    """Documents of which something could not be read: scans, encrypted and broken files,
    garbled text."""
    rows = archive.connection.execute(
        "SELECT p.id, p.url, d.problem FROM document d JOIN page p ON p.id = d.page "
        "WHERE d.site = ? AND d.problem IS NOT NULL AND d.record IS NOT NULL "
        "ORDER BY d.problem, p.url",
        (site,),
    ).fetchall()
    listed = [
        {"url": row["url"], "title": _title(archive, row["id"]), "problem": row["problem"]}
        for row in rows[:_LISTED]
    ]
    return {"read_in_part": listed, "read_in_part_total": len(rows)}


def _refused_redirects(archive: Archive, run: Run) -> list[dict[str, str]]:
    rows = archive.connection.execute(
        "SELECT p.url, p.error FROM frontier f JOIN page p ON p.id = f.page "
        "WHERE f.run = ? AND f.outcome = 'failed_redirect_refused' ORDER BY p.url LIMIT ?",
        (run.id, _LISTED),
    )
    return [{"url": row["url"], "error": row["error"]} for row in rows]


def _suspicion(archive: Archive, run: Run, held: int) -> dict[str, Any] | None:
    if not held:
        return None
    return {
        "removals": held,
        "documents": archive.connection.execute(
            "SELECT count(*) FROM document WHERE site = ? AND record IS NOT NULL "
            "AND extraction != 0",
            (run.site,),
        ).fetchone()[0],
        "pages": held_back(archive, run.site, 20),
        "confirmed": run.confirmed,
    }
