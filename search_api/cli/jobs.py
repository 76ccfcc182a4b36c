"""``crawl``, ``confirm`` and ``reindex``, and how any job runs in the foreground."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from indexer.archive import Archive
from indexer.config import Settings
from indexer.jobs.lock import FileLock, LockHeld, work_lock
from indexer.jobs.run import Task, run_job
from indexer.jobs.store import Job, JobConflict, JobStore
from indexer.jobs.tasks import task_of
from indexer.logs import log_to_file
from search_api.cli.progress import ProgressDisplay
from search_api.cli.report_text import counts_line, plain, suspicion_line, traffic_line
from search_api.cli.setting import ConfigFile, Failure, configured_sites, pass_config
from search_api.runs import waiting_runs

_REQUESTED_BY = "command line"
_WAIT_SECONDS = 0.3

site_option = click.option(
    "--site", "sites", multiple=True, metavar="NAME", help="Only this site; repeatable."
)


@click.command("crawl")
@site_option
@click.option("--full", is_flag=True, help="Ask for every page again, changed or not.")
@pass_config
def crawl_command(config: ConfigFile, sites: tuple[str, ...], full: bool) -> None:
    """Crawl now and update the index."""
    settings = config.settings
    names = configured_sites(settings, sites)
    task = task_of(settings, "crawl")
    job = run_in_foreground(settings, "crawl", task, names, full=full, on_summary=_print_crawl)
    print_index_summary(job)


def _print_crawl(summary: Mapping[str, Any]) -> None:
    """Two lines for each site, then what somebody should look at, on standard error."""
    reports = summary.get("sites", {})
    for site, report in reports.items():
        click.echo(f"{site}: {counts_line(report)}")
        click.echo(f"{site}: {traffic_line(report)}")
    for site, report in reports.items():
        for warning in _warnings(site, report):
            click.echo(warning, err=True)


def _warnings(site: str, report: Mapping[str, Any]) -> list[str]:
    found = []
    if report.get("paused"):
        found.append(f"{site}: paused, {plain(report['paused'])}; the next crawl continues it")
    if held := report["suspicious"]:
        found.append(suspicion_line(site, report["run"], held["removals"], held["documents"]))
    # What robots.txt keeps off is as its owner wants it, on every night.
    blocked = sum(count for cause, count in report["blocked"].items() if cause != "robots")
    if blocked:
        found.append(f"{site}: blocked from {blocked} pages: 'qzsearch report --site {site}'")
    if dead := report["dead_links_total"]:
        found.append(f"{site}: dead links: {dead}; 'qzsearch report --site {site}' names them")
    return found


@click.command("reindex")
@pass_config
def reindex_command(config: ConfigFile) -> None:
    """Rebuild the index from the archive, without the web, while searches go on."""
    settings = config.settings
    job = run_in_foreground(settings, "reindex", task_of(settings, "reindex"))
    summary = job.summary or {}
    click.echo(
        f"index: {summary.get('documents', 0)} documents "
        f"({summary.get('pages_extracted', 0)} pages read again)"
    )


@click.command("confirm")
@site_option
@pass_config
def confirm_command(config: ConfigFile, sites: tuple[str, ...]) -> None:
    """Let the pages go that a suspicious run held back: somebody has looked."""
    settings = config.settings
    names = configured_sites(settings, sites)
    archive = Archive(settings.archive_path)
    try:
        waiting = waiting_runs(archive, names or [one.name for one in settings.sites])
    finally:
        archive.close()
    if not waiting:
        where = f" of {', '.join(names)}" if names else ""
        raise Failure(f"no run{where} waits for a confirmation")
    job = run_in_foreground(settings, "confirm", task_of(settings, "confirm"), names)
    for site, counts in (job.summary or {}).get("sites", {}).items():
        told = ", ".join(f"{count} {state}" for state, count in counts.items())
        click.echo(f"{site}: {told or 'nothing removed'}")
    print_index_summary(job)


def print_index_summary(job: Job) -> None:
    """What a job wrote to the index."""
    index = (job.summary or {}).get("index", {})
    told = ", ".join(f"{count} {what}" for what, count in index.items())
    click.echo(f"index: {told}")


def _show_nothing(_summary: Mapping[str, Any]) -> None:
    """For jobs whose summary says nothing when they have failed."""


def run_in_foreground(
    settings: Settings,
    kind: str,
    task: Task,
    sites: Sequence[str] = (),
    *,
    full: bool = False,
    on_summary: Callable[[Mapping[str, Any]], None] = _show_nothing,
) -> Job:
    """Run a job here, recorded like any other, with its progress shown.

    ``on_summary`` is given what the work has told of itself, also when it failed.

    Raises:
        Failure: the job failed, or one of its kind is at work already.
    """
    store = JobStore(settings.service_path)
    log_to_file(settings, "jobs")
    lock = work_lock(settings.data_directory)
    try:
        _wait_for_turn(lock, store, kind)
        store.fail_interrupted()
        job = _begin(store, kind, sites, full)
        with ProgressDisplay() as display:
            job = run_job(store, job, task, display.show)
    finally:
        lock.release()
        store.close()
    if job.summary is not None:
        on_summary(job.summary)
    if job.state != "succeeded":
        raise Failure(job.error or f"{kind} was {job.state}")
    return job


def _begin(store: JobStore, kind: str, sites: Sequence[str], full: bool) -> Job:
    """Record the job. One of its kind that waits in the queue, for a scheduler that may not
    even run, is done along with it."""
    while True:
        try:
            return store.submit(kind, sites, full=full, requested_by=_REQUESTED_BY, running=True)
        except JobConflict as conflict:
            queued = conflict.job
            if queued.state != "queued":
                raise Failure(str(conflict)) from None
            store.cancel(queued.id)
            click.echo(f"doing the work of job {queued.id}, which was queued, as well", err=True)
            sites = sorted({*sites, *queued.sites}) if sites and queued.sites else ()
            full = full or queued.full


def _wait_for_turn(lock: FileLock, store: JobStore, kind: str) -> None:
    """One job at a time: wait for another kind, refuse the same kind. Removals are not
    confirmed after a crawl that its report does not tell of."""
    refused = ("confirm", "crawl") if kind == "confirm" else (kind,)
    told = False
    while True:
        try:
            lock.acquire(timeout=1)
        except LockHeld:
            running = next((job for job in store.list() if job.state == "running"), None)
            if running is not None and running.kind in refused:
                raise Failure(str(JobConflict(running))) from None
            if running is not None and not told:
                click.echo(f"waiting for the end of {running.kind} (job {running.id})", err=True)
                told = True
            time.sleep(_WAIT_SECONDS)
        else:
            return
