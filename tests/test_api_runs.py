"""/api/v1/admin/runs: what crawls found, and the confirmation of what a crawl held back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.archive import Archive, Frontier
from indexer.archive.removal import confirm_removals
from reported import DEAD, HOME, LOST, lossy_night, make_nights
from search_api.runs import RUN_STATES
from test_api_openapi import check
from test_api_operations import metric, scrape
from test_api_support import make_app, services_of, serving

RUNS, JOBS = "/api/v1/admin/runs", "/api/v1/admin/jobs"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The third run of the portal is suspicious; the service centre's is paused."""
    app = make_app(tmp_path, indexed=False)
    make_nights(services_of(app).settings)
    yield app
    services_of(app).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token(app: Flask, role: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + services_of(app).tokens.create(role, role)}


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    return token(app, "staff")


@pytest.fixture
def monitor(app: Flask) -> dict[str, str]:
    return token(app, "monitor")


def listed(client: FlaskClient, headers: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    answer = client.get(RUNS + query, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["runs"]
    return found


# -- looking ------------------------------------------------------------------------------


def test_runs_are_listed_the_latest_first(client: FlaskClient, monitor: dict[str, str]) -> None:
    runs = listed(client, monitor)
    assert [(run["id"], run["site"], run["state"]) for run in runs] == [
        (4, "service_center", "paused"),
        (3, "portal", "suspicious"),
        (2, "portal", "finished"),
        (1, "portal", "finished"),
    ]
    assert runs[0]["finished"] is None
    assert runs[1] == {
        "id": 3,
        "site": "portal",
        "started": runs[1]["started"],
        "finished": runs[1]["finished"],
        "full": True,
        "state": "suspicious",
        "counts": {"missing": 7, "unchanged": 1},
        "dead_links": 8,
        "removals": 7,
        "confirmed": None,
    }
    assert runs[3]["counts"]["new"] == 12


def test_the_list_takes_a_site_and_a_limit(client: FlaskClient, monitor: dict[str, str]) -> None:
    assert [run["id"] for run in listed(client, monitor, "?site=portal&limit=2")] == [3, 2]
    assert listed(client, monitor, "?site=elsewhere") == []
    for query, name in (("?limit=0", "limit"), ("?limit=201", "limit"), ("?site=A!", "site")):
        refused = client.get(RUNS + query, headers=monitor)
        assert refused.status_code == 400
        assert [entry["parameter"] for entry in refused.get_json()["errors"]] == [name]


def test_a_run_has_its_whole_report(client: FlaskClient, monitor: dict[str, str]) -> None:
    report = client.get(f"{RUNS}/1", headers=monitor).get_json()
    assert (report["run"], report["site"], report["suspicious"]) == (1, "portal", None)
    assert report["blocked"] == {"firewall": 1, "robots": 1}
    assert report["failed"] == {"redirect_refused": 1, "status_503": 1, "timeout": 1}
    (dead,) = report["dead_links"]
    assert (dead["url"], dead["status"], dead["carriers_total"]) == (DEAD, 404, 4)
    assert HOME in [carrier["url"] for carrier in dead["carriers"]]
    suspicious = client.get(f"{RUNS}/3", headers=monitor).get_json()["suspicious"]
    assert suspicious["pages"] == sorted(LOST)


def test_a_run_under_way_has_no_report_yet(
    app: Flask, client: FlaskClient, monitor: dict[str, str]
) -> None:
    with services_of(app).archive() as archive:
        run = Frontier(archive, "portal").run
    assert (listed(client, monitor)[0]["id"], listed(client, monitor)[0]["state"]) == (
        run.id,
        "unfinished",
    )
    answer = client.get(f"{RUNS}/{run.id}", headers=monitor)
    assert answer.status_code == 404
    assert answer.get_json()["type"].endswith("no-report-yet")
    status = client.get("/api/v1/admin/status", headers=monitor).get_json()
    assert status["sites"][0]["last_run"]["id"] == 3


@pytest.mark.parametrize("run_id", ["99", str(2**70)])
def test_a_run_that_is_not_there(client: FlaskClient, monitor: dict[str, str], run_id: str) -> None:
    answer = client.get(f"{RUNS}/{run_id}", headers=monitor)
    assert answer.status_code == 404
    assert run_id in answer.get_json()["detail"]


@pytest.mark.parametrize("path", [RUNS, f"{RUNS}/3"])
def test_nothing_is_told_without_a_token_or_kept_by_caches(
    client: FlaskClient, monitor: dict[str, str], path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert "portal" not in answer.text
    assert client.get(path, headers=monitor).headers["Cache-Control"] == "no-store"


def test_status_names_the_last_run_of_each_site(
    client: FlaskClient, monitor: dict[str, str]
) -> None:
    portal, centre = client.get("/api/v1/admin/status", headers=monitor).get_json()["sites"]
    assert (portal["last_run"]["id"], portal["last_run"]["state"]) == (3, "suspicious")
    assert (centre["last_run"]["id"], centre["last_run"]["state"]) == (4, "paused")


def test_a_damaged_archive_is_told_and_the_other_metrics_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(tmp_path)
    services_of(app).settings.archive_path.write_bytes(b"no database" * 1000)
    answer = app.test_client().get(RUNS, headers=token(app, "monitor"))
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert "qzsearch check" in answer.get_json()["detail"]
    assert (metric(scrape(app.test_client()), "qzsearch_index_documents") or 0) > 1
    assert "not a database" in caplog.text


# -- confirming ---------------------------------------------------------------------------


def test_staff_may_confirm_and_a_monitor_may_not(
    client: FlaskClient, staff: dict[str, str], monitor: dict[str, str]
) -> None:
    body = {"kind": "confirm", "sites": ["portal"]}
    assert client.post(JOBS, headers=monitor, json=body).status_code == 403
    answer = client.post(JOBS, headers=staff, json=body)
    assert answer.status_code == 202
    job = answer.get_json()
    assert (job["kind"], job["state"], job["sites"]) == ("confirm", "queued", ["portal"])
    again = client.post(JOBS, headers=staff, json=body)
    assert again.status_code == 409
    assert again.get_json()["type"].endswith("job-conflict")


def test_nothing_is_confirmed_where_nothing_waits(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    body = {"kind": "confirm", "sites": ["service_center"]}
    answer = client.post(JOBS, headers=staff, json=body)
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("nothing-to-confirm")
    body["sites"] = ["moon"]
    assert client.post(JOBS, headers=staff, json=body).status_code == 400


def test_nothing_is_confirmed_behind_a_crawl_whose_report_nobody_has_seen(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    crawl = client.post(JOBS, headers=staff, json={"kind": "crawl"}).get_json()
    answer = client.post(JOBS, headers=staff, json={"kind": "confirm"})
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("crawl-under-way")
    assert answer.get_json()["job"]["id"] == crawl["id"]
    client.delete(f"{JOBS}/{crawl['id']}", headers=staff)
    assert client.post(JOBS, headers=staff, json={"kind": "confirm"}).status_code == 202


# -- metrics ------------------------------------------------------------------------------


def test_metrics_count_pages_and_tell_of_the_last_runs(app: Flask) -> None:
    exposition = scrape(app.test_client())
    for name, value in {
        'qzsearch_pages{site="portal",state="missing"}': 7,
        'qzsearch_pages{site="portal",state="live"}': 5,
        'qzsearch_pages{site="portal",state="gone"}': 1,
        'qzsearch_pages{site="service_center",state="live"}': 1,
        'qzsearch_run_suspicious{site="portal"}': 1,
        'qzsearch_run_suspicious{site="service_center"}': 0,
        'qzsearch_run_dead_links{site="portal"}': 8,
    }.items():
        assert metric(exposition, name) == value, name


def test_metrics_change_with_the_archive(app: Flask) -> None:
    client = app.test_client()
    assert metric(scrape(client), 'qzsearch_run_suspicious{site="portal"}') == 1
    with services_of(app).archive() as archive:
        archive.connection.execute("UPDATE run SET confirmed = '2026-01-01' WHERE id = 3")

    def is_told() -> bool:
        return metric(scrape(client), 'qzsearch_run_suspicious{site="portal"}') == 0

    assert any(is_told() for _ in range(1000))  # figures are kept for a moment


# -- the description ----------------------------------------------------------------------


def test_answers_have_the_documented_forms(
    app: Flask, staff: dict[str, str], monitor: dict[str, str], tmp_path: Path
) -> None:
    with services_of(app).archive() as archive:
        unfinished = Frontier(archive, "portal").run.id
    one = RUNS + "/{run_id}"
    with serving(app) as address, httpx.Client(base_url=address, trust_env=False) as http:
        document = http.get("/openapi.json").json()
        states = document["components"]["schemas"]["Run"]["properties"]["state"]["enum"]
        assert states == list(RUN_STATES)
        answers = [
            (RUNS, http.get(RUNS, headers=monitor), 200),
            (RUNS, http.get(RUNS + "?limit=x", headers=monitor), 400),
            (RUNS, http.get(RUNS), 401),
            *((one, http.get(f"{RUNS}/{n}", headers=monitor), 200) for n in (1, 2, 3, 4)),
            (one, http.get(f"{RUNS}/{unfinished}", headers=monitor), 404),
            (one, http.get(f"{RUNS}/99", headers=monitor), 404),
            (one, http.get(f"{RUNS}/1"), 401),
            ("/api/v1/admin/status", http.get("/api/v1/admin/status", headers=monitor), 200),
            (JOBS, http.post(JOBS, headers=staff, json={"kind": "confirm"}), 202),
            (JOBS, http.post(JOBS, headers=staff, json={"kind": "confirm"}), 409),
            (JOBS, http.get(JOBS, headers=monitor), 200),
        ]
        for path, response, status in answers:
            assert response.status_code == status, (path, response.text)
            check(document, path, response)
        assert {run["state"] for run in answers[0][1].json()["runs"]} == set(RUN_STATES)


def test_a_confirmed_run_is_suspicious_no_more(
    app: Flask, client: FlaskClient, monitor: dict[str, str]
) -> None:
    with services_of(app).archive() as archive:
        assert confirm_removals(archive, "portal", 60) == {"gone": 7}
    run = listed(client, monitor, "?site=portal&limit=1")[0]
    assert run["state"] == "finished"
    assert run["confirmed"] is not None
    report = client.get(f"{RUNS}/3", headers=monitor).get_json()
    assert (report["state"], report["suspicious"]["confirmed"]) == ("finished", run["confirmed"])


def test_a_later_run_that_loses_nothing_more_waits_for_nobody(
    app: Flask, client: FlaskClient, monitor: dict[str, str]
) -> None:
    with services_of(app).archive() as archive:
        _bring_back(archive)
    first, second = listed(client, monitor, "?site=portal&limit=2")
    assert (first["state"], second["state"], second["confirmed"]) == ("finished", "finished", None)


def _bring_back(archive: Archive) -> None:
    """All pages were there after all, so that a further loss is a first one."""
    archive.connection.execute("UPDATE page SET misses = 0, leaving = NULL, state = 'live'")
    lossy_night(archive)
