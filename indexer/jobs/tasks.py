"""What each kind of job does."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.archive import Archive, Run
from indexer.archive.removal import confirm_removals
from indexer.archive.report import brief_report
from indexer.archive.runs import suspicious_runs
from indexer.config import Settings
from indexer.crawl.crawler import CrawlProgress, Meanwhile, crawl
from indexer.crawl.scope import Scope
from indexer.exchange import import_file
from indexer.index import open_engine
from indexer.index.engine import IndexSummary
from indexer.indexing import rebuild, synchronize
from indexer.jobs.run import JobFailed, JobRun, Task
from indexer.reading import ReadingOptions, reextract

_log = logging.getLogger(__name__)
_INDEX_SECONDS = 600.0
"""While a crawl goes on, what it has found becomes searchable this often."""
_ANSWERED = (
    *("new", "changed", "unchanged", "returned", "redirect", "duplicate", "missing", "spared"),
)
"""Outcomes that show that a site is there."""


def task_of(settings: Settings, kind: str) -> Task:
    """The work of a queued job."""
    if kind == "crawl":
        return lambda run: crawl_task(settings, run)
    if kind == "reindex":
        return lambda run: reindex_task(settings, run)
    if kind == "confirm":
        return lambda run: confirm_task(settings, run)
    raise ValueError(f"a job of kind {kind!r} cannot be queued")


def crawl_task(settings: Settings, run: JobRun) -> Mapping[str, Any]:
    """Crawl, then write to the index what changed."""
    names = run.job.sites
    sites = [site for site in settings.sites if not names or site.name in names]
    archive = Archive(settings.archive_path)
    started = time.monotonic()

    def watch(progress: CrawlProgress) -> None:
        run.report(progress.done, progress.known, "pages", progress.failed)

    meanwhile = Meanwhile(_INDEX_SECONDS, lambda: _index_meanwhile(settings))
    try:
        runs = crawl(settings, sites, archive, watch, is_full=run.job.full, meanwhile=meanwhile)
        seconds = time.monotonic() - started
        _read_again(settings, archive, run)
        summary = _synchronize(settings, archive, run)
    finally:
        archive.close()
    report: dict[str, Any] = {
        "sites": {run.site: brief_report(run.report) for run in runs},
        "index": summary,
        "seconds": round(seconds, 1),
    }
    silent = [run.site for run in runs if not _answered(run) and not run.report.get("paused")]
    if silent:
        raise JobFailed(f"no page could be fetched from: {', '.join(silent)}", report)
    return report


def _index_meanwhile(settings: Settings) -> None:
    """Make searchable what a crawl has found so far; its end writes the rest in any case."""
    try:
        archive = Archive(settings.archive_path)
        try:
            synchronize(archive, open_engine(settings, to_write=True))
        finally:
            archive.close()
    except Exception:  # noqa: BLE001  # the crawl goes on; its end tries again, and tells
        _log.exception("indexing during the crawl failed")


def _answered(run: Run) -> bool:
    return any(run.counts[outcome] for outcome in _ANSWERED)


def reindex_task(settings: Settings, run: JobRun) -> Mapping[str, Any]:
    """Read again what an older version has read, then build a fresh index."""
    archive = Archive(settings.archive_path)
    try:
        pages = _read_again(settings, archive, run)
        documents = rebuild(
            archive,
            open_engine(settings, to_write=True),
            lambda done, total: run.report(done, total, "documents"),
        )
    finally:
        archive.close()
    return {"pages_extracted": pages, "documents": documents}


def confirm_task(settings: Settings, run: JobRun) -> Mapping[str, Any]:
    """Let the documents go that suspicious runs held back: somebody has looked."""
    archive = Archive(settings.archive_path)
    try:
        waiting = {one.site for one in suspicious_runs(archive)}
        sites = [site for site in (run.job.sites or sorted(waiting)) if site in waiting]
        if not sites:
            raise JobFailed("no run waits for a confirmation")
        longest = settings.crawl.longest_revisit_days
        removed = {site: dict(confirm_removals(archive, site, longest)) for site in sites}
        summary = _synchronize(settings, archive, run)
    finally:
        archive.close()
    return {"sites": removed, "index": summary}


def import_task(settings: Settings, run: JobRun, path: Path) -> Mapping[str, Any]:
    """Add a file's documents to the archive, then to the index."""
    archive = Archive(settings.archive_path)
    try:
        imported = import_file(
            path,
            archive,
            lambda done, _: run.report(done, None, "lines"),
            settings.personal_data.public_numbers,
        )
        summary = _synchronize(settings, archive, run)
    finally:
        archive.close()
    report = {"imported": imported.imported, "rejected": imported.rejected, "index": summary}
    if imported.rejected:
        raise JobFailed(
            "\n".join([f"{imported.rejected} lines rejected", *imported.faults]), report
        )
    return report


def _read_again(settings: Settings, archive: Archive, run: JobRun) -> int:
    """What another version of the extraction has read, or what is called otherwise now."""
    scopes = {site.name: Scope(site) for site in settings.sites}
    return reextract(
        archive,
        scopes,
        ReadingOptions.of(settings),
        lambda done, total: run.report(done, total, "pages read again"),
    )


def _synchronize(settings: Settings, archive: Archive, run: JobRun) -> dict[str, int]:
    summary: IndexSummary = synchronize(
        archive,
        open_engine(settings, to_write=True),
        lambda done, total: run.report(done, total, "documents"),
    )
    return {
        "added": summary.added,
        "updated": summary.updated,
        "removed": summary.removed,
        "unchanged": summary.unchanged,
    }
