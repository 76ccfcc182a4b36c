"""/api/v1/admin/personal-data and its metric: what was masked, never the numbers themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.personal_data import KINDS
from personal import (
    CENTRE,
    EVIL_TITLE,
    IDENTITY,
    MASKED_IDENTITY,
    MASKED_MOBILE,
    MOBILE,
    PORTAL,
    archive_pages,
    many,
)
from test_api_openapi import check
from test_api_operations import metric, scrape
from test_api_support import make_app, services_of, serving

PATH = "/api/v1/admin/personal-data"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, indexed=False)
    archive_pages(services_of(app).settings.archive_path)
    yield app
    services_of(app).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token(app: Flask, role: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + services_of(app).tokens.create(role, role)}


def test_staff_see_pages_with_what_was_masked(app: Flask, client: FlaskClient) -> None:
    answer = client.get(PATH, headers=token(app, "staff"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert MOBILE not in answer.text
    assert IDENTITY not in answer.text
    found = answer.get_json()
    assert (found["total"], found["page"], found["size"]) == (2, 1, 20)
    pages = {page["url"]: page for page in found["pages"]}
    assert pages.keys() == {f"{PORTAL}list.html", f"{CENTRE}guide.html"}
    portal = pages[f"{PORTAL}list.html"]
    assert (portal["title"], portal["site"]) == (EVIL_TITLE, "portal")
    assert portal["findings"] == [
        {"kind": "identity", "shown": MASKED_IDENTITY, "field": "text", "count": 1},
        {"kind": "mobile", "shown": MASKED_MOBILE, "field": "text", "count": 2},
    ]
    guide = pages[f"{CENTRE}guide.html"]
    assert guide["title"] == f"指南 {MASKED_MOBILE}"
    assert [one["field"] for one in guide["findings"]] == ["title", "service.telephone"]


def test_the_list_takes_a_site_and_comes_in_pages(app: Flask, client: FlaskClient) -> None:
    archive_pages(services_of(app).settings.archive_path, *many(7))
    staff = token(app, "staff")
    found = client.get(f"{PATH}?site=service_center", headers=staff).get_json()
    assert (found["total"], [page["site"] for page in found["pages"]]) == (1, ["service_center"])
    assert client.get(f"{PATH}?site=elsewhere", headers=staff).get_json()["total"] == 0
    urls: list[str] = []
    for number, count in ((1, 4), (2, 4), (3, 1), (999_999_999, 0)):
        answer = client.get(f"{PATH}?size=4&page={number}", headers=staff).get_json()
        assert (answer["total"], len(answer["pages"])) == (9, count)
        urls += [page["url"] for page in answer["pages"]]
    assert len(set(urls)) == 9
    for query, name in (("size=51", "size"), ("page=0", "page"), ("site=A!", "site")):
        refused = client.get(f"{PATH}?{query}", headers=staff)
        assert refused.status_code == 400
        assert [entry["parameter"] for entry in refused.get_json()["errors"]] == [name]


def test_only_staff_may_look(app: Flask, client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 401
    refused = client.get(PATH, headers=token(app, "monitor"))
    assert refused.status_code == 403
    assert MASKED_MOBILE not in refused.text


def test_answers_have_the_documented_form(app: Flask) -> None:
    staff, monitor = token(app, "staff"), token(app, "monitor")
    with serving(app) as address, httpx.Client(base_url=address, trust_env=False) as http:
        document = http.get("/openapi.json").json()
        for query, headers, status in (
            ("", staff, 200),
            ("?size=0", staff, 400),
            ("", {}, 401),
            ("", monitor, 403),
        ):
            answer = http.get(PATH + query, headers=headers)
            assert answer.status_code == status
            check(document, PATH, answer)
        services_of(app).settings.archive_path.write_bytes(b"no database" * 1000)
        answer = http.get(PATH, headers=staff)
        assert answer.status_code == 503
        check(document, PATH, answer)
    pages = document["components"]["schemas"]["PersonalDataList"]["properties"]["pages"]
    kinds = pages["items"]["properties"]["findings"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == set(KINDS)


def test_pages_with_personal_data_are_counted_by_site(app: Flask, client: FlaskClient) -> None:
    archive_pages(services_of(app).settings.archive_path, *many(3))
    exposition = scrape(client)
    for site, count in {"portal": 4, "service_center": 1}.items():
        name = f'qzsearch_personal_data_documents{{site="{site}"}}'
        assert metric(exposition, name) == count, name
