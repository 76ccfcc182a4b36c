"""``qzsearch run``: web service and scheduler together, jobs through the API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.sample_sites import service_center
from indexer.sample_sites.server import SampleSites
from running import Service, qzsearch, wait_for, write_config


@dataclass
class Running:
    service: Service
    config: Path
    token: str

    def job(self, job_id: int) -> dict:  # type: ignore[type-arg]
        status, job = self.service.ask("GET", f"/api/v1/admin/jobs/{job_id}", token=self.token)
        assert status == 200
        return dict(job)

    def submit(self, **body: object) -> dict:  # type: ignore[type-arg]
        status, job = self.service.ask("POST", "/api/v1/admin/jobs", body, self.token)
        assert status == 202, (status, job)
        return dict(job)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with SampleSites({"service_center": service_center.build}) as sites:
        urls = {"service_center": sites["service_center"].base_url}
        config = write_config(tmp_path_factory.mktemp("run"), urls, crawl={"delay_seconds": 0.02})
        token = qzsearch(config, "token", "create", "staff", "--role", "staff").stdout.strip()
        with Service(config, "run") as service:
            yield Running(service, config, token)


def test_from_an_empty_index_to_search_results(running: Running) -> None:
    status, _ = running.service.get("/readyz")
    assert status == 503, "nothing was crawled yet"
    assert running.service.get("/healthz")[0] == 200

    job = running.submit(kind="crawl", sites=["service_center"])
    asked = time.monotonic()
    wait_for(lambda: running.job(job["id"])["state"] != "queued", what="taken up")
    assert time.monotonic() - asked < 2.0

    same, conflict = running.service.ask(
        "POST", "/api/v1/admin/jobs", {"kind": "crawl"}, running.token
    )
    assert same == 409
    assert str(job["id"]) in str(conflict)

    moving = wait_for(lambda: running.job(job["id"])["progress"]["done"] or None, what="progress")
    assert moving >= 1
    wait_for(lambda: running.job(job["id"])["state"] == "succeeded", 60)
    wait_for(lambda: running.service.get("/readyz")[0] == 200, 5, "ready after the crawl")
    first = running.service.search("营业执照")["results"][0]
    assert first["type"] == "service"


def test_a_job_can_be_cancelled_and_is_remembered(running: Running) -> None:
    job = running.submit(kind="crawl", full=True)
    wait_for(lambda: running.job(job["id"])["progress"]["done"] or None, what="progress")
    status, _ = running.service.ask(
        "DELETE", f"/api/v1/admin/jobs/{job['id']}", token=running.token
    )
    assert status == 202
    wait_for(lambda: running.job(job["id"])["state"] == "cancelled", 10)
    again = running.submit(kind="crawl")
    wait_for(lambda: running.job(again["id"])["state"] == "succeeded", 60)
    _, history = running.service.ask("GET", "/api/v1/admin/jobs", token=running.token)
    states = {entry["id"]: entry["state"] for entry in history["jobs"]}
    assert states[job["id"]] == "cancelled"
    assert states[again["id"]] == "succeeded"


def test_the_command_line_and_the_service_share_jobs(running: Running) -> None:
    qzsearch(running.config, "crawl")
    qzsearch(running.config, "reindex")
    _, history = running.service.ask("GET", "/api/v1/admin/jobs", token=running.token)
    newest = history["jobs"][0]
    assert (newest["kind"], newest["requested_by"]) == ("reindex", "command line")
    assert running.service.search("营业执照")["total"] > 1


def test_only_one_scheduler_for_a_data_directory(running: Running) -> None:
    told = qzsearch(running.config, "schedule", expect=1)
    assert "another scheduler" in told.stderr
