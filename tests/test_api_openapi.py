"""/openapi.json against the running service, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from indexer.document import DOCUMENT_TYPES
from indexer.jobs.lock import work_lock
from indexer.jobs.store import KINDS, STATES
from indexer.service import FIELDS
from search_api.access import ROLES
from test_api_support import make_app, services_of, serving

JOBS = "/api/v1/admin/jobs"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("openapi"))


@pytest.fixture(scope="module")
def http(app: Flask) -> Iterator[httpx.Client]:
    with serving(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def document(http: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def staff(app: Flask) -> dict[str, str]:
    return {"Authorization": "Bearer " + services_of(app).tokens.create("staff", "staff")}


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The object that a local reference names, or the node itself."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def check(document: dict[str, Any], path: str, response: httpx.Response) -> None:
    """The answer has a form that the document gives for this path, method and status."""
    operation = document["paths"][path][response.request.method.lower()]
    described = operation["responses"].get(str(response.status_code))
    described = resolve(document, described or operation["responses"]["default"])
    media_type = response.headers["Content-Type"].split(";")[0]
    assert media_type in described["content"], (path, response.status_code, media_type)
    for name, header in described.get("headers", {}).items():
        assert name in response.headers or not header["required"]
    schema = described["content"][media_type]["schema"]
    body = response.json() if "json" in media_type else response.text
    validator = Draft202012Validator(
        {**schema, "components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    validator.validate(body)


def test_documented_paths_and_methods_are_those_of_the_application(
    app: Flask, document: dict[str, Any]
) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {
        (path, method)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert documented == routes


def test_the_document_is_openapi_3_1_with_valid_schemas_and_references(
    document: dict[str, Any],
) -> None:
    assert document["openapi"].startswith("3.1.")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r"'\$ref': '([^']+)'", str(document)):
        assert resolve(document, {"$ref": reference})
    identifiers = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    assert len(identifiers) == len(set(identifiers))


def test_enumerations_are_those_of_the_code(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["DocumentType"]["enum"] == list(DOCUMENT_TYPES)
    assert list(schemas["Service"]["properties"]) == list(FIELDS)
    assert schemas["Job"]["properties"]["state"]["enum"] == list(STATES)
    assert schemas["Job"]["properties"]["kind"]["enum"] == list(KINDS)
    assert schemas["Status"]["properties"]["token"]["properties"]["role"]["enum"] == list(ROLES)


@pytest.mark.parametrize(
    "query",
    [
        "q=公积金",
        "q=公基金",
        "q=三娘湾 缴存比例",
        "q=xyzzyq",
        "q=!",
        "q=公积金&size=50",
        "q=公积金&explain=1",
    ],
)
def test_search_answers(document: dict[str, Any], http: httpx.Client, query: str) -> None:
    response = http.get(f"/api/v1/search?{query}")
    assert response.status_code == 200
    check(document, "/api/v1/search", response)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/api/v1/search", "?page=0&from=x", 400),
        ("/api/v1/suggest", "?q=gjj", 200),
        ("/api/v1/suggest", "", 400),
        ("/healthz", "", 200),
        ("/readyz", "", 200),
        ("/metrics", "", 200),
        ("/openapi.json", "", 200),
        ("/", "", 200),
        ("/search", "?q=公积金", 200),
        ("/search", "?q=公积金&sort=best", 400),
        ("/admin/", "", 200),
    ],
)
def test_public_answers(
    document: dict[str, Any], http: httpx.Client, path: str, query: str, status: int
) -> None:
    response = http.get(path + query)
    assert response.status_code == status
    check(document, path, response)


def test_job_answers(
    document: dict[str, Any], http: httpx.Client, staff: dict[str, str], app: Flask
) -> None:
    one = JOBS + "/{job_id}"
    created = http.post(JOBS, headers=staff, json={"kind": "crawl", "sites": ["portal"]})
    address = created.headers["Location"]
    answers = [
        (JOBS, created, 202),
        (JOBS, http.post(JOBS, headers=staff, json={"kind": "crawl"}), 409),
        (JOBS, http.post(JOBS, headers=staff, json={"kind": "sing"}), 400),
        (JOBS, http.post(JOBS, headers=staff, content=b"{"), 415),
        (JOBS, http.post(JOBS, json={"kind": "crawl"}), 401),
        (JOBS, http.get(JOBS, headers=staff), 200),
        (JOBS, http.get(JOBS), 401),
        (one, http.get(address, headers=staff), 200),
        (one, http.get(address), 401),
        (one, http.get(JOBS + "/999", headers=staff), 404),
        (one, http.delete(address, headers=staff), 202),
        (one, http.delete(address, headers=staff), 409),
        (one, http.delete(JOBS + "/999", headers=staff), 404),
        ("/api/v1/admin/status", http.get("/api/v1/admin/status", headers=staff), 200),
        ("/api/v1/admin/status", http.get("/api/v1/admin/status"), 401),
    ]
    monitor = {"Authorization": "Bearer " + services_of(app).tokens.create("watch", "monitor")}
    answers += [
        (JOBS, http.post(JOBS, headers=monitor, json={"kind": "reindex"}), 403),
        (one, http.delete(address, headers=monitor), 403),
    ]
    for path, response, status in answers:
        assert response.status_code == status, (path, response.text)
        check(document, path, response)


def test_jobs_in_every_state_have_the_documented_form(
    document: dict[str, Any], http: httpx.Client, staff: dict[str, str], app: Flask
) -> None:
    held = services_of(app)
    with work_lock(held.settings.data_directory):
        store = held.jobs
        for state in ("succeeded", "failed", "cancelled"):
            job = store.submit("import", running=True)
            store.report(job.id, 5, 10, "lines")
            store.finish(
                job.id, state, summary={"imported": 5}, error="x" if state == "failed" else None
            )
        store.submit("import", running=True)
        response = http.get(JOBS, headers=staff)
    assert {job["state"] for job in response.json()["jobs"]} >= {"succeeded", "failed", "running"}
    check(document, JOBS, response)


def test_answers_without_an_index(document: dict[str, Any], tmp_path: Path) -> None:
    app = make_app(tmp_path, indexed=False)
    headers = {"Authorization": "Bearer " + services_of(app).tokens.create("staff", "staff")}
    with serving(app) as address, httpx.Client(base_url=address, trust_env=False) as http:
        for path, query, status in (
            ("/api/v1/search", "?q=a", 503),
            ("/api/v1/suggest", "?q=a", 503),
            ("/readyz", "", 503),
            ("/search", "?q=a", 503),
            ("/", "", 200),
            ("/metrics", "", 200),
            ("/api/v1/admin/status", "", 200),
        ):
            response = http.get(path + query, headers=headers)
            assert response.status_code == status, path
            check(document, path, response)
