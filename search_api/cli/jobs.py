"""``crawl`` and ``reindex``: jobs in the foreground."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from indexer.config import Settings
from indexer.jobs.lock import FileLock, LockHeld, work_lock
from indexer.jobs.run import Task, run_job
from indexer.jobs.store import Job, JobConflict, JobStore
from indexer.jobs.tasks import task_of
from indexer.logs import log_to_file
from search_api.cli.progress import ProgressDisplay
from search_api.cli.setting import ConfigFile, Failure, configured_sites, pass_config

_REQUESTED_BY = "command line"
_WAIT_SECONDS = 0.3


@click.command("crawl")
@click.option("--site", "sites", multiple=True, metavar="NAME", help="Only this site; repeatable.")
@click.option("--full", is_flag=True, help="Ask for every page again, changed or not.")
@pass_config
def crawl_command(config: ConfigFile, sites: tuple[str, ...], full: bool) -> None:
    """Crawl now and update the index."""
    settings = config.settings
    names = configured_sites(settings, sites)
    job = run_in_foreground(settings, "crawl", task_of(settings, "crawl"), names, full=full)
    summary = job.summary or {}
    for site, counts in summary.get("sites", {}).items():
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        click.echo(f"{site}: {told or 'nothing to do'}")
    print_index_summary(job)


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


def print_index_summary(job: Job) -> None:
    """What a job wrote to the index."""
    index = (job.summary or {}).get("index", {})
    told = ", ".join(f"{count} {what}" for what, count in index.items())
    click.echo(f"index: {told}")


def run_in_foreground(
    settings: Settings, kind: str, task: Task, sites: Sequence[str] = (), *, full: bool = False
) -> Job:
    """Run a job here, recorded like any other, with its progress shown.

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
    """One job at a time: wait for another kind, refuse the same kind."""
    told = False
    while True:
        try:
            lock.acquire(timeout=1)
        except LockHeld:
            running = next((job for job in store.list() if job.state == "running"), None)
            if running is not None and running.kind == kind:
                raise Failure(str(JobConflict(running))) from None
            if running is not None and not told:
                click.echo(f"waiting for the end of {running.kind} (job {running.id})", err=True)
                told = True
            time.sleep(_WAIT_SECONDS)
        else:
            return
