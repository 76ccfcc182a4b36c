"""``/api/v1/admin/``: see, trigger and cancel jobs; only with an access token."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, g, request, url_for

from indexer.jobs.lock import LockHeld, schedule_lock, work_lock
from indexer.jobs.scheduler import next_runs
from indexer.jobs.store import Job, JobConflict
from search_api.access import Token
from search_api.access.roles import ROLES
from search_api.blueprints.guard import guard
from search_api.parameters import JobListParameters, read_job_request, read_parameters
from search_api.problems import Problem, request_language
from search_api.request_body import json_body
from search_api.responses import json_response
from search_api.runs import LastRun, last_runs, waiting_runs
from search_api.services import services

jobs = Blueprint("jobs", __name__, url_prefix="/api/v1/admin")

_UNFINISHED: Final = ("queued", "running")

guard(jobs)


@jobs.get("/jobs")
def list_jobs() -> Response:
    """The newest jobs, newest first."""
    parameters = read_parameters(JobListParameters, request.args, request_language())
    _bury_dead_jobs()
    found = services().jobs.list(parameters.limit)
    return json_response({"jobs": [job_record(job) for job in found]})


@jobs.post("/jobs")
def submit_job() -> Response:
    """Queue a job: 202 with its address."""
    wanted = read_job_request(json_body(), services().site_names, request_language())
    token: Token = g.token
    _bury_dead_jobs()
    if wanted.kind == "confirm":
        _check_something_waits(wanted.sites)
    try:
        job = services().jobs.submit(
            wanted.kind,
            list(dict.fromkeys(wanted.sites)),
            full=wanted.full,
            requested_by=token.name,
        )
    except JobConflict as conflict:
        other = conflict.job
        raise Problem(
            "job-conflict" if other.kind == wanted.kind else "crawl-under-way",
            kind=other.kind,
            state=other.state,
            id=other.id,
            extensions={"job": job_record(other)},
        ) from None
    response = json_response(job_record(job), 202)
    response.headers["Location"] = url_for("jobs.get_job", job_id=job.id)
    return response


@jobs.get("/jobs/<int:job_id>")
def get_job(job_id: int) -> Response:
    """One job."""
    _bury_dead_jobs()
    return json_response(job_record(_existing_job(job_id)))


@jobs.delete("/jobs/<int:job_id>")
def cancel_job(job_id: int) -> Response:
    """Cancel a queued job, ask a running one to stop; 409 if it is over."""
    _bury_dead_jobs()
    before = _existing_job(job_id)
    job = services().jobs.cancel(job_id) or before
    if before.state not in _UNFINISHED or job.state in ("succeeded", "failed"):
        raise Problem("job-finished", id=job.id, state=job.state)
    return json_response(job_record(job), 202)


@jobs.get("/status")
def status() -> Response:
    """What the index holds, the sites, the next runs, who makes them, and whose token asks."""
    held = services()
    index = held.engine.status()
    token: Token = g.token
    with held.archive() as archive:
        last = last_runs(archive, held.site_names)
    upcoming = next_runs(held.settings)
    return json_response(
        {
            "index": {
                "documents": index.documents,
                "bytes": index.bytes,
                "generation": index.generation or None,
                "updated": index.updated.isoformat() if index.updated else None,
                "stale": index.stale,
            },
            "sites": [
                {
                    "name": site.name,
                    "title": site.title or site.name,
                    "last_run": _last_run_record(last.get(site.name)),
                }
                for site in held.settings.sites
            ],
            "next_runs": {
                kind: upcoming[kind].isoformat() if kind in upcoming else None
                for kind in ("crawl", "reindex")
            },
            "scheduler_running": not schedule_lock(held.settings.data_directory).is_free(),
            "token": {
                "name": token.name,
                "role": token.role,
                "rights": sorted(ROLES[token.role].rights),
            },
        }
    )


def _last_run_record(run: LastRun | None) -> dict[str, Any] | None:
    """Enough to see whether there is another report than before."""
    if run is None:
        return None
    return {"id": run.id, "state": run.state, "reported": run.reported}


def job_record(job: Job) -> dict[str, Any]:
    """A job as the API shows it; times are ISO 8601 with offset."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": {"done": job.done, "total": job.total, "unit": job.unit},
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "summary": job.summary,
        "error": job.error,
        "sites": list(job.sites),
        "full": job.full,
        "requested_by": job.requested_by,
    }


def _check_something_waits(sites: list[str]) -> None:
    held = services()
    with held.archive() as archive:
        if not waiting_runs(archive, sites or held.site_names):
            raise Problem("nothing-to-confirm")


def _existing_job(job_id: int) -> Job:
    # Beyond 63 bits SQLite has no integers, so there can be no such job either.
    job = services().jobs.get(job_id) if job_id < 2**63 else None
    if job is None:
        raise Problem("no-such-job", id=job_id)
    return job


def _bury_dead_jobs() -> None:
    """Mark as failed what the table calls running although nobody holds the work lock.

    The lock is held while doing so: no job can begin between the look and the mark.
    """
    held = services()
    if not any(job.state == "running" for job in held.jobs.list()):
        return
    lock = work_lock(held.settings.data_directory)
    try:
        with lock:
            held.jobs.fail_interrupted()
    except LockHeld:
        return
