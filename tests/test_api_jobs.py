"""/api/v1/admin/: who may see, trigger and cancel jobs, and what they are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.jobs.lock import schedule_lock, work_lock
from indexer.jobs.store import INTERRUPTED, JobStore
from search_api.app import LARGEST_BODY
from test_api_support import make_app, services_of

JOBS = "/api/v1/admin/jobs"
JOB_FIELDS = {
    "id", "kind", "state", "progress", "created", "started", "finished", "summary", "error",
    "sites", "full", "requested_by",
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, indexed=False)
    yield app
    services_of(app).close()


@pytest.fixture
def store(app: Flask) -> JobStore:
    return services_of(app).jobs


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    return {"Authorization": "Bearer " + services_of(app).tokens.create("值班室", "staff")}


@pytest.fixture
def monitor(app: Flask) -> dict[str, str]:
    return {"Authorization": "Bearer " + services_of(app).tokens.create("alarm", "monitor")}


def submit(client: FlaskClient, token: dict[str, str], body: Any) -> TestResponse:
    return client.post(JOBS, headers=token, json=body)


def test_a_job_is_queued_with_everything_asked_for(
    client: FlaskClient, staff: dict[str, str], store: JobStore
) -> None:
    response = submit(client, staff, {"kind": "crawl", "sites": ["portal", "portal"], "full": True})
    assert response.status_code == 202
    job = response.get_json()
    assert set(job) == JOB_FIELDS
    assert (job["kind"], job["state"], job["sites"], job["full"]) == (
        "crawl", "queued", ["portal"], True,
    )  # fmt: skip
    assert job["requested_by"] == "值班室"
    assert job["progress"] == {"done": 0, "total": None, "unit": ""}
    assert job["created"].endswith("+00:00")
    assert response.headers["Location"] == f"{JOBS}/{job['id']}"
    assert client.get(response.headers["Location"], headers=staff).get_json() == job
    queued = store.next_queued()
    assert queued is not None
    assert queued.id == job["id"]


def test_the_list_has_the_newest_first_and_takes_a_limit(
    client: FlaskClient, staff: dict[str, str], monitor: dict[str, str]
) -> None:
    first = submit(client, staff, {"kind": "crawl"}).get_json()["id"]
    second = submit(client, staff, {"kind": "reindex"}).get_json()["id"]
    jobs = client.get(JOBS, headers=monitor).get_json()["jobs"]
    assert [job["id"] for job in jobs] == [second, first]
    assert len(client.get(JOBS + "?limit=1", headers=monitor).get_json()["jobs"]) == 1
    assert client.get(JOBS + "?limit=0", headers=monitor).status_code == 400


def test_the_same_kind_of_job_is_refused_naming_the_other(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    first = submit(client, staff, {"kind": "crawl"}).get_json()
    response = submit(client, staff, {"kind": "crawl", "sites": ["portal"]})
    assert response.status_code == 409
    problem = response.get_json()
    assert problem["job"] == first
    assert str(first["id"]) in problem["detail"]


def test_cancelling(client: FlaskClient, staff: dict[str, str], tmp_path: Path) -> None:
    job = submit(client, staff, {"kind": "crawl"}).get_json()
    cancelled = client.delete(f"{JOBS}/{job['id']}", headers=staff)
    assert cancelled.status_code == 202
    assert cancelled.get_json()["state"] == "cancelled"
    again = client.delete(f"{JOBS}/{job['id']}", headers=staff)
    assert again.status_code == 409
    assert again.get_json()["type"].endswith("job-finished")


def test_a_running_job_is_asked_to_stop(
    client: FlaskClient, staff: dict[str, str], store: JobStore, tmp_path: Path
) -> None:
    with work_lock(tmp_path):
        job = store.submit("crawl", running=True)
        store.report(job.id, 30, 120, "pages")
        response = client.delete(f"{JOBS}/{job.id}", headers=staff)
        assert response.status_code == 202
        assert response.get_json()["state"] == "running"
        assert response.get_json()["progress"] == {"done": 30, "total": 120, "unit": "pages"}
        assert store.report(job.id, 31, 120, "pages") is True


@pytest.mark.parametrize("job_id", ["999", str(2**70)])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_job_that_is_not_there(
    client: FlaskClient, staff: dict[str, str], method: str, job_id: str
) -> None:
    response = client.open(f"{JOBS}/{job_id}", method=method, headers=staff)
    assert response.status_code == 404
    assert job_id in response.get_json()["detail"]


@pytest.mark.parametrize("header", [None, "Bearer qzs_wrong", "Basic c3RhZmY6"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", JOBS), ("POST", JOBS), ("GET", JOBS + "/1"), ("DELETE", JOBS + "/1"),
     ("GET", "/api/v1/admin/status")],
)  # fmt: skip
def test_without_a_valid_token_nothing_is_told(
    client: FlaskClient, method: str, path: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    response = client.open(path, method=method, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.get_json()["status"] == 401


def test_a_revoked_token_is_refused(app: Flask, client: FlaskClient, staff: dict[str, str]) -> None:
    assert client.get(JOBS, headers=staff).status_code == 200
    services_of(app).tokens.revoke("值班室")
    assert client.get(JOBS, headers=staff).status_code == 401


def test_a_monitor_sees_jobs_but_changes_none(
    client: FlaskClient, staff: dict[str, str], monitor: dict[str, str]
) -> None:
    job = submit(client, staff, {"kind": "crawl"}).get_json()
    for response in (
        submit(client, monitor, {"kind": "reindex"}),
        client.delete(f"{JOBS}/{job['id']}", headers=monitor),
    ):
        assert response.status_code == 403
        assert "monitor" in response.get_json()["detail"]
    assert client.get(f"{JOBS}/{job['id']}", headers=monitor).get_json()["state"] == "queued"
    assert len(client.get(JOBS, headers=monitor).get_json()["jobs"]) == 1


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"kind"}),
        ({"kind": "import"}, {"kind"}),
        ({"kind": "crawl", "site": ["portal"]}, {"site"}),
        ({"kind": "crawl", "sites": "portal"}, {"sites"}),
        ({"kind": "crawl", "sites": ["portal", "elsewhere"]}, {"sites"}),
        ({"kind": 1, "sites": [2], "full": "yes"}, {"kind", "sites", "full"}),
    ],
)
def test_every_wrong_member_of_the_body_is_named(
    client: FlaskClient, staff: dict[str, str], body: dict[str, Any], named: set[str]
) -> None:
    response = submit(client, staff, body)
    assert response.status_code == 400
    errors = response.get_json()["errors"]
    assert {entry["parameter"] for entry in errors} == named
    for entry in errors:
        if entry["parameter"] == "sites":
            assert "portal, service_center" in entry["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 60_000])
def test_a_body_that_is_no_json_object(
    client: FlaskClient, staff: dict[str, str], body: bytes
) -> None:
    response = client.post(JOBS, headers=staff, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json()["type"].endswith("invalid-body")


def test_other_content_types_and_large_bodies_are_refused(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    form = client.post(JOBS, headers=staff, data={"kind": "crawl"})
    assert form.status_code == 415
    large = client.post(
        JOBS, headers=staff, data=b" " * (LARGEST_BODY + 1), content_type="application/json"
    )
    assert large.status_code == 413
    assert str(LARGEST_BODY) in large.get_json()["detail"]


def test_a_job_whose_process_has_died_is_told_as_failed(
    client: FlaskClient, staff: dict[str, str], store: JobStore, tmp_path: Path
) -> None:
    with work_lock(tmp_path):
        job = store.submit("crawl", running=True)
        alive = client.get(f"{JOBS}/{job.id}", headers=staff).get_json()
    assert alive["state"] == "running"
    dead = client.get(JOBS, headers=staff).get_json()["jobs"][0]
    assert (dead["state"], dead["error"]) == ("failed", INTERRUPTED)
    assert work_lock(tmp_path).is_free()
    assert submit(client, staff, {"kind": "crawl"}).status_code == 202


def test_a_summary_is_shown_as_the_job_left_it(
    client: FlaskClient, staff: dict[str, str], store: JobStore, tmp_path: Path
) -> None:
    with work_lock(tmp_path):
        job = store.submit("crawl", running=True)
        store.finish(job.id, "succeeded", summary={"index": {"added": 3}})
    shown = client.get(f"{JOBS}/{job.id}", headers=staff).get_json()
    assert shown["summary"] == {"index": {"added": 3}}
    assert shown["finished"] >= shown["started"]


def test_status_tells_index_sites_next_runs_and_whose_token_asks(
    client: FlaskClient, monitor: dict[str, str]
) -> None:
    status = client.get("/api/v1/admin/status", headers=monitor).get_json()
    assert status["index"]["documents"] == 0
    assert status["index"]["updated"] is None
    assert [site["name"] for site in status["sites"]] == ["portal", "service_center"]
    following = datetime.fromisoformat(status["next_runs"]["crawl"])
    assert timedelta() < following - datetime.now(timezone.utc) <= timedelta(days=1)
    assert (following.hour, following.minute) == (1, 30)  # the default, in the configured zone
    assert status["next_runs"]["reindex"] is None
    assert status["token"] == {"name": "alarm", "role": "monitor", "rights": ["jobs.read"]}


def test_status_tells_whether_a_scheduler_takes_up_jobs(
    client: FlaskClient, monitor: dict[str, str], tmp_path: Path
) -> None:
    def is_running() -> bool:
        answer = client.get("/api/v1/admin/status", headers=monitor).get_json()
        return bool(answer["scheduler_running"])

    assert is_running() is False
    with schedule_lock(tmp_path):
        assert is_running() is True
    assert is_running() is False


def test_nothing_of_it_is_cached_or_open_to_other_origins(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    response = client.get(JOBS, headers={**staff, "Origin": "http://elsewhere.example"})
    assert response.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response.headers
