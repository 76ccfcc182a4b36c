"""GET /api/v1/suggest, and errors at any address of the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from test_api_support import make_app, services_of


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("suggest"))
    yield app.test_client()
    services_of(app).close()


@pytest.mark.parametrize("typed", ["公积金提取", "zhufanggongjijintiqu", "zfgjj", "住房公积"])
def test_suggestions_from_chinese_pinyin_and_initials(client: FlaskClient, typed: str) -> None:
    response = client.get("/api/v1/suggest", query_string={"q": typed})
    answer = response.get_json()
    assert answer["query"] == typed
    assert {"text": "住房公积金提取办事指南", "kind": "service"} in answer["suggestions"]


def test_suggest_takes_a_size_and_checks_its_parameters(client: FlaskClient) -> None:
    answer = client.get("/api/v1/suggest?q=住房&size=2").get_json()
    assert len(answer["suggestions"]) == 2
    problem = client.get("/api/v1/suggest?size=21").get_json()
    assert [entry["parameter"] for entry in problem["errors"]] == ["q", "size"]


def test_other_errors_of_the_api_are_problems_too(client: FlaskClient) -> None:
    missing = client.get("/api/v2/search")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
    method = client.post("/api/v1/search?q=x")
    assert (method.status_code, method.mimetype) == (405, "application/problem+json")
    assert "GET" in method.headers["Allow"]
    assert method.get_json()["instance"] == "/api/v1/search"
