"""/healthz, /readyz and /metrics, and what every answer carries."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.index.engine import IndexEntry
from test_api_support import DOCUMENTS, make_app, services_of

_WORKER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_api_support import make_settings
from search_api.app import create_app
client = create_app(make_settings(Path({data!r}))).test_client()
for query in sys.argv[1:]:
    client.get("/api/v1/search", query_string={{"q": query}})
print(client.get("/metrics").get_data(as_text=True))
"""


def metric(exposition: str, name: str) -> float | None:
    """The value of a series, named with its labels."""
    match = re.search(rf"^{re.escape(name)} (\S+)$", exposition, re.MULTILINE)
    return float(match[1]) if match else None


def scrape(client: FlaskClient) -> str:
    response = client.get("/metrics")
    assert response.mimetype == "text/plain"
    return response.get_data(as_text=True)


def test_alive_without_an_index_but_not_ready(tmp_path: Path) -> None:
    app = make_app(tmp_path, indexed=False)
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    waiting = client.get("/readyz")
    assert waiting.status_code == 503
    assert int(waiting.headers["Retry-After"]) > 0
    services_of(app).engine.rebuild([IndexEntry(document=DOCUMENTS[0], digest="1")])
    assert client.get("/readyz").get_json() == {"status": "ready", "documents": 1}


def test_searches_are_counted_by_source_and_outcome(tmp_path: Path) -> None:
    client = make_app(tmp_path).test_client()
    for query in ("公积金", "身份证", "公基金", "三娘湾 缴存比例", "xyzzyq", ""):
        client.get("/api/v1/search", query_string={"q": query})
    client.get("/search?q=公积金")
    client.get("/search?q=公积金&page=x")
    client.get("/search")  # the home page is no search
    exposition = scrape(client)
    for labels, count in {
        'outcome="found",source="api"': 2,
        'outcome="corrected",source="api"': 1,
        'outcome="relaxed",source="api"': 1,
        'outcome="nothing",source="api"': 1,
        'outcome="invalid",source="api"': 1,
        'outcome="found",source="page"': 1,
        'outcome="invalid",source="page"': 1,
    }.items():
        assert metric(exposition, f"qzsearch_searches_total{{{labels}}}") == count, labels
    assert metric(exposition, 'qzsearch_search_seconds_count{source="api"}') == 6
    assert metric(exposition, 'qzsearch_search_seconds_bucket{le="+Inf",source="api"}') == 6


def test_index_and_jobs_are_measured(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    store = services_of(app).jobs
    store.finish(store.submit("crawl", running=True).id, "succeeded")
    store.submit("crawl")
    exposition = scrape(app.test_client())
    assert metric(exposition, "qzsearch_index_documents") == len(DOCUMENTS)
    assert (metric(exposition, "qzsearch_index_bytes") or 0) > 1000
    assert 0 <= (metric(exposition, "qzsearch_index_age_seconds") or -1) < 60
    assert metric(exposition, 'qzsearch_jobs{state="queued"}') == 1
    assert metric(exposition, 'qzsearch_jobs{state="succeeded"}') == 1
    assert metric(exposition, 'qzsearch_jobs{state="failed"}') == 0
    success = 'qzsearch_job_last_success_timestamp_seconds{kind="crawl"}'
    assert (metric(exposition, success) or 0) > 1_700_000_000


def test_each_process_of_a_server_answers_for_all(tmp_path: Path) -> None:
    """Two processes search, the second is asked: it knows of both."""
    counters = tmp_path / "metrics"
    counters.mkdir()
    data = tmp_path / "data"
    make_app(data)
    program = _WORKER.format(tests=str(Path(__file__).parent), data=str(data))
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(counters)}
    for queries in (["公积金", "身份证"], ["三娘湾"]):
        finished = subprocess.run(
            [sys.executable, "-c", program, *queries],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    found = 'qzsearch_searches_total{outcome="found",source="api"}'
    assert metric(finished.stdout, found) == 3
    assert metric(finished.stdout, "qzsearch_index_documents") == len(DOCUMENTS)
    assert finished.stdout.count("# TYPE qzsearch_index_documents gauge") == 1


@pytest.mark.parametrize(
    "path", ["/", "/search?q=a", "/admin/", "/nowhere", "/healthz", "/api/v1/search?q=a", "/api/x"]
)
def test_every_answer_has_the_security_headers(tmp_path: Path, path: str) -> None:
    headers = make_app(tmp_path, indexed=False).test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_error_inside_is_logged_and_told_without_details(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(tmp_path)
    services_of(app).jobs.close()  # the job table is gone: metrics cannot be made
    response = app.test_client().get("/metrics")
    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert "sqlite" not in response.get_data(as_text=True).lower()
    assert "closed database" in caplog.text


def test_static_files_may_be_kept_because_their_address_changes(tmp_path: Path) -> None:
    client = make_app(tmp_path, indexed=False).test_client()
    page = client.get("/").get_data(as_text=True)
    address = re.search(r'href="(/static/base\.css\?v=[0-9a-f]+)"', page)
    assert address is not None
    style = client.get(address[1])
    assert style.status_code == 200
    assert style.cache_control.max_age == 30 * 24 * 3600
    style.close()
