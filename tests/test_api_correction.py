"""When what was probably meant is searched instead, by the service and by its measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.document import Document
from indexer.index.engine import IndexEntry
from search_api.evaluation import Query, evaluate
from search_api.parameters import LONGEST_QUERY
from test_api_support import PORTAL, make_app, services_of
from test_page_search import link, open_page, text, titles

TYPED, MEANT = "公基金", "公积金"


def by_chance(count: int) -> list[Document]:
    """Documents with 公 and 基金, but nowhere 公基金."""
    return [
        Document(url=f"{PORTAL}c{n}", title=f"活动简讯{n}", text=f"公 之后第{n}次基金会议。")
        for n in range(count)
    ]


def meant(count: int) -> list[Document]:
    """Documents with 公积金."""
    return [
        Document(url=f"{PORTAL}m{n}", title=f"公积金指南{n}", text="怎样缴存。")
        for n in range(count)
    ]


def city(directory: Path, *documents: Document) -> FlaskClient:
    app = make_app(directory, indexed=False)
    services_of(app).engine.rebuild(IndexEntry(one, digest=one.digest()) for one in documents)
    return app.test_client()


def search(client: FlaskClient, query: str, **parameters: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(
        "/api/v1/search", query_string={"q": query, **parameters}
    ).get_json()
    return answer


@pytest.mark.parametrize("chance", [0, 1, 4])
def test_almost_nothing_gives_way_to_what_was_meant(tmp_path: Path, chance: int) -> None:
    client = city(tmp_path, *by_chance(chance), *meant(6))
    assert search(client, '"公" "基金"', exact="1")["total"] == chance
    answer = search(client, TYPED)
    assert answer["correction"] == {"query": MEANT, "applied": True}
    assert answer["total"] == 6
    assert all(MEANT in result["title"] for result in answer["results"])


def test_the_page_tells_of_it_and_leads_back(tmp_path: Path) -> None:
    client = city(tmp_path, *by_chance(3), *meant(6))
    page = open_page(client, f"/search?q={TYPED}")
    assert f"没有找到「{TYPED}」" in text(page, ".notice")
    assert len(titles(page)) == 6
    back = open_page(client, link(page, f"仍然搜索「{TYPED}」"))
    assert back.select(".notice") == []
    assert sorted(titles(back)) == [f"活动简讯{n}" for n in range(3)]


@pytest.mark.parametrize(("chance", "intended"), [(5, 9), (3, 3), (3, 1)])
def test_a_query_that_finds_enough_or_no_less_is_only_offered_another(
    tmp_path: Path, chance: int, intended: int
) -> None:
    answer = search(city(tmp_path, *by_chance(chance), *meant(intended)), TYPED)
    assert answer["correction"] == {"query": MEANT, "applied": False}
    assert {f"{PORTAL}c{n}" for n in range(chance)} <= set(urls(answer))


def test_measures_are_of_what_the_service_answers(tmp_path: Path) -> None:
    """Corrected like a search of the page, cut to what its box takes, blank ones unanswered."""
    client = city(tmp_path, *by_chance(3), *meant(6))
    engine = services_of(client.application).engine
    long = "公积金指南1" + " 怎样缴存" * LONGEST_QUERY
    queries = {"typed": Query(TYPED), "long": Query(long), "blank": Query("  ")}
    expected = {"typed": dict.fromkeys(urls(search(client, TYPED)), 1)}
    assert evaluate(engine, queries, expected)["nDCG@10"] == 1
    assert search(client, long)["status"] == 400
    assert evaluate(engine, queries, {"long": {f"{PORTAL}m1": 1}})["hit@1"] == 1
    assert evaluate(engine, queries, {"blank": {f"{PORTAL}m1": 1}})["hit@10"] == 0


def urls(answer: dict[str, Any]) -> list[str]:
    return [result["url"] for result in answer["results"]]
