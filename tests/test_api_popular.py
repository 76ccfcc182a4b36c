"""What people search is counted, and shown to others where many searched it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from indexer.config import SearchesSettings, Settings
from indexer.index import open_engine
from indexer.index.engine import IndexEntry
from running import Service, wait_for, write_config
from search_api.app import create_app
from searched import many_searched
from test_api_openapi import check
from test_api_support import DOCUMENTS, make_app, make_settings, services_of, serving
from test_page_search import open_page, query, text

POPULAR = "/api/v1/popular"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def http(app: Flask) -> Iterator[httpx.Client]:
    with serving(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def counted(settings: Settings) -> dict[str, int]:
    """Queries of the log with their counts."""
    with closing(sqlite3.connect(settings.searches_path)) as database:
        rows = database.execute("SELECT query, sum(slots) FROM searches GROUP BY query")
        return dict(rows.fetchall())


def searched(app: Flask, *queries: str) -> None:
    """Many have searched these, and the service knows."""
    many_searched(services_of(app).settings, *queries)
    services_of(app).searched.refresh()


def suggestions(http: httpx.Client, typed: str) -> list[tuple[str, str]]:
    answer = http.get("/api/v1/suggest", params={"q": typed}).json()
    return [(one["text"], one["kind"]) for one in answer["suggestions"]]


# -- counting -----------------------------------------------------------------------------


def test_searches_of_api_and_page_are_counted(http: httpx.Client, app: Flask) -> None:
    for address, parameters in (
        ("/api/v1/search", {"q": " 公积金提取 ", "size": "50"}),
        ("/search", {"q": "身份证补领", "type": "service"}),
        ("/api/v1/search", {"q": "公基金"}),  # the correction's results are shown
        ("/api/v1/search", {"q": "xyzzyq"}),  # finds nothing
        ("/api/v1/search", {"q": "三娘湾 缴存比例"}),  # finds nothing that has all words
        ("/api/v1/search", {"q": "渔港简报", "page": "2"}),
        ("/api/v1/search", {"q": "网站地图", "same_as": DOCUMENTS[9].url}),
        ("/api/v1/search", {"q": "地图", "size": "0"}),
        ("/readyz", {}),
        ("/search", {}),
    ):
        http.get(address, params=parameters)
    services_of(app).close()
    assert counted(services_of(app).settings) == {"公积金提取": 1, "身份证补领": 1, "公积金": 1}


def test_a_worker_that_stops_writes_what_it_counted(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    settings = make_settings(tmp_path / "data")
    open_engine(settings).rebuild(IndexEntry(one, digest=one.digest()) for one in DOCUMENTS)
    queries = ["公积金提取", "身份证补领", "三娘湾公告"]
    with Service(config) as service:
        for one in queries:
            assert service.search(one)["total"] > 0
    assert counted(settings) == dict.fromkeys(queries, 1)


@pytest.mark.parametrize("name", ["no database", "a folder", "another version"])
def test_whatever_is_wrong_with_the_log_searches_go_on(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = make_settings(tmp_path)
    path = settings.searches_path
    if name == "a folder":
        path.mkdir()
    elif name == "no database":
        path.write_bytes(b"no database" * 1000)
    else:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA user_version = 99")
            database.execute("CREATE TABLE searches (query)")
    client = make_app(tmp_path).test_client()
    for address in ("/api/v1/search?q=公积金", "/api/v1/suggest?q=公积金", "/search?q=公积金", "/"):
        assert client.get(address).status_code == 200, address
    assert client.get(POPULAR).get_json() == {"searches": []}
    assert caplog.text.count("searches are not counted") == 1


def test_nothing_is_counted_where_nothing_shall_be(tmp_path: Path) -> None:
    make_app(tmp_path)
    settings = make_settings(tmp_path).model_copy(
        update={"searches": SearchesSettings(record=False)}
    )
    client = create_app(settings).test_client()
    assert client.get("/api/v1/search?q=公积金").status_code == 200
    assert client.get(POPULAR).get_json() == {"searches": []}
    assert not settings.searches_path.exists()


# -- showing ------------------------------------------------------------------------------


def test_what_many_searched_is_suggested(http: httpx.Client, app: Flask) -> None:
    searched(app, "公积金贷款额度")
    for typed in ("公积金贷", "gongjijind", "gjjdked"):
        assert ("公积金贷款额度", "query") in suggestions(http, typed), typed


def test_what_few_searched_is_shown_to_nobody(http: httpx.Client, app: Flask) -> None:
    many_searched(services_of(app).settings, "少有人查的公积金", times=4)
    services_of(app).searched.refresh()
    assert http.get(POPULAR).json() == {"searches": []}
    assert all(kind != "query" for _text, kind in suggestions(http, "少有人"))


def test_hot_searches_come_from_the_log_and_are_shown(http: httpx.Client, app: Flask) -> None:
    client = app.test_client()
    assert open_page(client, "/").select(".hot") == []
    searched(app, "台风路径", "公积金提取", "社保")
    assert sorted(http.get(POPULAR).json()["searches"]) == sorted(
        ["台风路径", "公积金提取", "社保"]
    )
    assert len(http.get(f"{POPULAR}?size=2").json()["searches"]) == 2
    for address in ("/", "/search?q=xyzzyq"):
        links = open_page(client, address).select(".hot a")
        assert {link.get_text() for link in links} == {"台风路径", "公积金提取", "社保"}
        assert query(str(links[0]["href"])) == {"q": links[0].get_text()}
    assert open_page(client, "/search?q=公积金").select(".hot") == []


def test_related_searches_come_first_from_what_others_searched(
    http: httpx.Client, app: Flask
) -> None:
    def related(typed: str) -> list[str]:
        answer: dict[str, Any] = http.get("/api/v1/search", params={"q": typed}).json()
        return list(answer["related"])

    before = related("公积金提取")
    assert before == ["住房补贴"]
    searched(app, "公积金贷款", "台风路径", "公积金 提取", "住房 补贴")
    assert related("公积金提取") == ["公积金贷款", "住房补贴"]
    page = open_page(app.test_client(), "/search?q=公积金提取")
    assert text(page, ".related ul") == "公积金贷款 住房补贴"


def test_hidden_words_are_in_no_list(http: httpx.Client, app: Flask) -> None:
    searched(app, "中介代办公积金", "公积金提取")
    services_of(app).vocabulary.save("hidden", "代办\n补贴\n")
    wait_for(lambda: http.get(POPULAR).json() == {"searches": ["公积金提取"]}, 5)
    assert ("中介代办公积金", "query") not in suggestions(http, "中介代办")
    assert http.get("/api/v1/search?q=公积金").json()["related"] == ["公积金提取"]


def test_answers_have_the_documented_form(http: httpx.Client, app: Flask) -> None:
    searched(app, "公积金提取", "社保")
    document = http.get("/openapi.json").json()
    for parameters, status in (("", 200), ("?size=1", 200), ("?size=21", 400), ("?size=x", 400)):
        answer = http.get(POPULAR + parameters)
        assert answer.status_code == status
        check(document, POPULAR, answer)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "20" in http.get(f"{POPULAR}?size=21").json()["errors"][0]["message"]
