"""``status`` and ``check``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import click

from indexer.archive import Archive, Run
from indexer.config import Settings
from indexer.index import open_engine
from indexer.index.engine import EngineError, IndexStatus
from indexer.jobs.lock import schedule_lock, work_lock
from indexer.jobs.scheduler import next_runs
from indexer.jobs.store import Job, JobStore
from indexer.vocabulary import Vocabulary
from search_api.cli.report_text import suspicion_line
from search_api.cli.setting import ConfigFile, Failure, json_option, pass_config, print_json
from search_api.runs import waiting_runs

_JOBS = 5


@click.command("status")
@json_option
@pass_config
def status_command(config: ConfigFile, as_json: bool) -> None:
    """What the archive and the index hold, the last jobs, the next runs."""
    state = collect_status(config.settings)
    if as_json:
        print_json(state)
        return
    for name, counts in state["archive"]["sites"].items():
        told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        click.echo(f"archive  {name}: {told}")
    for run in state["suspicious"]:
        click.echo(suspicion_line(run["site"], run["run"], run["removals"]))
    index = state["index"]
    stale = ", made with another dictionary or schema" if index["stale"] else ""
    told = f"{index['documents']} documents, updated {index['updated']}{stale}"
    click.echo(f"index    {index['error'] or told}")
    click.echo(f"scheduler {'running' if state['scheduler_running'] else 'not running'}")
    for kind, moment in state["next_runs"].items():
        click.echo(f"next     {kind} at {moment}")
    for job in state["jobs"]:
        click.echo(
            f"job {job['id']:>4} {job['kind']} {job['state']}, started {job['started']}"
            + (f": {job['error']}" if job["error"] else "")
        )


def collect_status(settings: Settings) -> dict[str, Any]:
    """Everything ``status`` tells, as a JSON object."""
    archive = Archive(settings.archive_path)
    try:
        archived = archive.summary()
        suspicious = _waiting(settings, archive)
    finally:
        archive.close()
    index, fault = _index_status(settings)
    store = JobStore(settings.service_path)
    try:
        jobs = store.list(_JOBS)
    finally:
        store.close()
    return {
        "data_directory": str(settings.data_directory),
        "archive": archived,
        "suspicious": [
            {"site": run.site, "run": run.id, "removals": run.removals} for run in suspicious
        ],
        "index": {
            "documents": index.documents,
            "generation": index.generation,
            "updated": index.updated.isoformat() if index.updated else None,
            "bytes": index.bytes,
            "stale": index.stale,
            "error": fault,
        },
        "jobs": [_job(job) for job in jobs],
        "job_running": not work_lock(settings.data_directory).is_free(),
        "scheduler_running": not schedule_lock(settings.data_directory).is_free(),
        "next_runs": {kind: moment.isoformat() for kind, moment in next_runs(settings).items()},
    }


def _waiting(settings: Settings, archive: Archive) -> list[Run]:
    return waiting_runs(archive, [site.name for site in settings.sites])


def _index_status(settings: Settings) -> tuple[IndexStatus, str | None]:
    try:
        return open_engine(settings).status(), None
    except EngineError as error:
        return IndexStatus(), str(error)


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "requested_by": job.requested_by,
        "progress": {"done": job.done, "total": job.total, "unit": job.unit},
        "started": job.started,
        "finished": job.finished,
        "summary": job.summary,
        "error": job.error,
    }


@click.command("check")
@pass_config
def check_command(config: ConfigFile) -> None:
    """Configuration, archive, index, vocabulary: what is wrong, and what mends it."""
    settings = config.settings
    problems = [
        *_check_archive(settings),
        *_check_service(settings),
        *_check_searches(settings),
        *_check_vocabulary(settings),
        *open_engine(settings).check(),
    ]
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Failure(f"{len(problems)} fault(s) found")
    click.echo("configuration, archive and index are in order")


def _check_service(settings: Settings) -> list[str]:
    mend = "restore it from a backup, or move it away: jobs and tokens are then forgotten"
    try:
        store = JobStore(settings.service_path)
        try:
            found = list(store.check())
        finally:
            store.close()
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    return [f"{settings.service_path}: {problem}; {mend}" for problem in found]


def _check_searches(settings: Settings) -> list[str]:
    path = settings.searches_path
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as database:
            rows = database.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        rows = [(str(error),)]
    mend = "move it away: what was searched is then forgotten"
    return [f"{path}: {row[0]}; {mend}" for row in rows if row[0] != "ok"]


def _check_vocabulary(settings: Settings) -> list[str]:
    faults = Vocabulary(settings.vocabulary_directory).faults()
    return [f"{fault}; mend it in the console or in the file" for fault in faults]


def _check_archive(settings: Settings) -> list[str]:
    try:
        archive = Archive(settings.archive_path)
        try:
            found = archive.check()
            suspicious = _waiting(settings, archive)
        finally:
            archive.close()
    except sqlite3.DatabaseError as error:
        found, suspicious = [str(error)], []
    mend = "restore it from a backup, or move it away and crawl again"
    return [
        *(f"{settings.archive_path}: {problem}; {mend}" for problem in found),
        *(suspicion_line(run.site, run.id, run.removals or 0) for run in suspicious),
    ]
