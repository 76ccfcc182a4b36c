"""``/api/v1/admin/``: see, trigger and cancel jobs; only with an access token."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, g, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from indexer.jobs.lock import LockHeld, schedule_lock, work_lock
from indexer.jobs.scheduler import next_runs
from indexer.jobs.store import Job, JobConflict
from search_api.access import Token
from search_api.access.roles import ROLES
from search_api.parameters import JobListParameters, read_job_request, read_parameters
from search_api.problems import Problem, request_language
from search_api.responses import JSON_TYPE, json_response
from search_api.services import services

jobs = Blueprint("jobs", __name__, url_prefix="/api/v1/admin")

_UNFINISHED: Final = ("queued", "running")


@jobs.before_request
def _authenticate() -> None:
    """401 without a valid token, 403 with too little right (RFC 6750)."""
    header = request.headers.get("Authorization")
    token = services().tokens.authenticate(header)
    if token is None:
        challenge = 'Bearer realm="qzsearch"' + (', error="invalid_token"' if header else "")
        raise Problem("unauthorized", headers={"WWW-Authenticate": challenge})
    right = "jobs.read" if request.method in ("GET", "HEAD", "OPTIONS") else "jobs.write"
    if not token.may(right):
        raise Problem(
            "forbidden",
            name=token.name,
            role=token.role,
            headers={"WWW-Authenticate": 'Bearer realm="qzsearch", error="insufficient_scope"'},
        )
    g.token = token


@jobs.after_request
def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


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
    wanted = read_job_request(_json_body(), services().site_names, request_language())
    token: Token = g.token
    _bury_dead_jobs()
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
            "job-conflict",
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
                {"name": site.name, "title": site.title or site.name}
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


def _existing_job(job_id: int) -> Job:
    # Beyond 63 bits SQLite has no integers, so there can be no such job either.
    job = services().jobs.get(job_id) if job_id < 2**63 else None
    if job is None:
        raise Problem("no-such-job", id=job_id)
    return job


def _json_body() -> Any:
    if request.mimetype != JSON_TYPE:
        raise UnsupportedMediaType()
    body = request.get_data()
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem("invalid-body", reason=str(error)) from None
    if not isinstance(content, dict):
        raise Problem("invalid-body", reason=type(content).__name__)
    return content


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
