"""``/api/v1/admin/runs``: what crawls found; only with an access token."""

from __future__ import annotations

from flask import Blueprint, Response, request

from indexer.archive.runs import find_run, list_runs, suspicious_runs
from search_api.blueprints.guard import guard
from search_api.parameters import RunListParameters, read_parameters
from search_api.problems import Problem, request_language
from search_api.responses import json_response
from search_api.runs import report_of, run_record
from search_api.services import services

runs = Blueprint("runs", __name__, url_prefix="/api/v1/admin")
guard(runs)


@runs.get("/runs")
def list_all() -> Response:
    """The latest runs, of one site or of all, the latest first."""
    parameters = read_parameters(RunListParameters, request.args, request_language())
    with services().archive() as archive:
        waiting = suspicious_runs(archive)
        found = list_runs(archive, parameters.site, parameters.limit)
    return json_response({"runs": [run_record(run, waiting) for run in found]})


@runs.get("/runs/<int:run_id>")
def get_run(run_id: int) -> Response:
    """The whole report of one run."""
    with services().archive() as archive:
        # Beyond 63 bits SQLite has no integers, so there can be no such run either.
        run = find_run(archive, run_id) if run_id < 2**63 else None
        if run is None:
            raise Problem("no-such-run", id=run_id)
        if not run.report:
            raise Problem("no-report-yet", id=run_id, site=run.site)
        report = report_of(run, suspicious_runs(archive))
    return json_response(report)
