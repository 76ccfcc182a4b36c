"""GET /api/v1/search and /api/v1/suggest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.document import DOCUMENT_TYPES, Document
from indexer.index.engine import IndexEntry
from test_api_support import DOCUMENTS, GUIDE, make_app, services_of

CONTRACT_FIELDS = {
    "url", "title", "title_html", "snippet_html", "site", "type", "column", "source",
    "document_number", "published", "filetype", "score", "duplicates",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("search"))
    yield app.test_client()
    services_of(app).close()


def search(client: FlaskClient, **parameters: Any) -> dict[str, Any]:
    response = get(client, **parameters)
    assert response.status_code == 200, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def get(client: FlaskClient, **parameters: Any) -> TestResponse:
    renamed = {name.rstrip("_"): value for name, value in parameters.items()}
    return client.get("/api/v1/search", query_string=renamed)


def urls(answer: dict[str, Any]) -> list[str]:
    return [result["url"] for result in answer["results"]]


def test_an_answer_has_every_field_of_the_contract(client: FlaskClient) -> None:
    answer = search(client, q="公积金 缴存比例")
    assert answer["query"] == "公积金 缴存比例"
    assert (answer["page"], answer["size"], answer["correction"]) == (1, 10, None)
    assert answer["took_ms"] > 0
    assert answer["total"] == len(answer["results"]) > 0
    assert isinstance(answer["related"], list)
    assert set(answer["facets"]) == {"site", "type", "year", "filetype", "effect"}
    for result in answer["results"]:
        assert set(result) >= CONTRACT_FIELDS


def test_a_document_is_shown_with_what_is_known_of_it(client: FlaskClient) -> None:
    answer = search(client, q="钦政发[2009]12号")
    result = answer["results"][0]
    assert result["title"] == "关于调整住房公积金缴存比例的通知"
    assert result["document_number"] == "钦政发〔2009〕12号"
    assert result["published"] == "2009-12-03"
    assert result["source"] == "钦州市人民政府办公室"
    assert result["duplicates"] == 0
    assert result["service"] is None


def test_unknown_facts_are_null(client: FlaskClient) -> None:
    result = search(client, q="网站地图")["results"][0]
    for name in ("column", "source", "document_number", "published", "parent", "service"):
        assert result[name] is None


def test_a_guide_comes_whole(client: FlaskClient) -> None:
    result = search(client, q="住房公积金提取办事指南")["results"][0]
    assert result["service"] == GUIDE


@pytest.mark.parametrize(
    ("filter_", "value", "attribute"),
    [
        ("site", "service_center", "site"),
        ("type", "interaction", "type"),
        ("column", "政务要闻", "column"),
        ("filetype", "pdf", "filetype"),
    ],
)
def test_filters_leave_only_what_they_name(
    client: FlaskClient, filter_: str, value: str, attribute: str
) -> None:
    unfiltered = search(client, q="公积金", size=50)
    filtered = search(client, q="公积金", size=50, **{filter_: value})
    assert {result[attribute] for result in filtered["results"]} == {value}
    assert 0 < filtered["total"] < unfiltered["total"]


def test_from_and_to_are_both_inclusive(client: FlaskClient) -> None:
    answer = search(client, q="公积金", size=50, from_="2009-12-03", to="2009-12-10")
    days = {result["published"] for result in answer["results"]}
    assert days == {"2009-12-03", "2009-12-10"}


@pytest.mark.parametrize(("sort", "is_reversed"), [("newest", True), ("oldest", False)])
def test_sorting_by_time(client: FlaskClient, sort: str, is_reversed: bool) -> None:
    answer = search(client, q="公积金", size=50, sort=sort)
    days = [result["published"] for result in answer["results"] if result["published"]]
    assert len(days) > 3
    assert days == sorted(days, reverse=is_reversed)


def test_title_only_search_leaves_out_what_has_the_word_in_its_text(client: FlaskClient) -> None:
    everywhere = search(client, q="身份证", size=50)
    titles = search(client, q="身份证", size=50, in_="title")
    assert 0 < titles["total"] < everywhere["total"]
    assert all("身份证" in result["title"] for result in titles["results"])


def test_pages_follow_each_other_without_gap_or_overlap(client: FlaskClient) -> None:
    seen = [url for page in (1, 2, 3, 4) for url in urls(search(client, q="渔港简报", page=page))]
    assert len(seen) == len(set(seen)) == search(client, q="渔港简报")["total"] == 35


def test_facets_count_every_result(client: FlaskClient) -> None:
    answer = search(client, q="公积金", size=1)
    for facet in ("site", "type", "filetype"):
        assert sum(entry["count"] for entry in answer["facets"][facet]) == answer["total"]


def test_a_typing_error_is_mended_unless_exact(client: FlaskClient) -> None:
    mended = search(client, q="公基金")
    assert mended["query"] == "公基金"
    assert mended["correction"] == {"query": "公积金", "applied": True}
    assert mended["total"] == search(client, q="公积金")["total"] > 0
    exact = search(client, q="公基金", exact="1")
    assert exact["correction"] is None
    assert exact["relaxed"] or exact["total"] == 0  # nowhere are all words as typed


def test_a_score_is_explained_for_who_asks(client: FlaskClient) -> None:
    explained = search(client, q="公积金 提取", explain="1")
    plain = search(client, q="公积金 提取")
    assert urls(explained) == urls(plain)
    for result in explained["results"]:
        steps = result["explanation"]
        assert sum(step["gain"] for step in steps) == pytest.approx(result["score"], abs=1e-3)
        assert any(step["what"] == "word" and step["of"] for step in steps)
    assert all("explanation" not in result for result in plain["results"])


def test_without_a_document_that_has_all_words_those_with_some_are_told_as_such(
    client: FlaskClient,
) -> None:
    assert search(client, q="三娘湾 缴存比例")["relaxed"] is True
    assert search(client, q="三娘湾 公告")["relaxed"] is False


@pytest.mark.parametrize("query", ["!?", "〔〕", "*", "()[]{}^~:\\/", '"', "-", "\u200b", "AND OR"])
def test_no_character_of_a_query_breaks_the_search(client: FlaskClient, query: str) -> None:
    assert search(client, q=query)["total"] == 0


def test_matches_are_marked_and_everything_else_is_escaped(client: FlaskClient) -> None:
    results = search(client, q="网页标记")["results"]
    result = next(entry for entry in results if entry["url"].endswith("markup.html"))
    assert result["title"].startswith("<script>")
    assert result["title_html"] == (
        "&lt;script&gt;alert(1)&lt;/script&gt;<em>网页标记</em>与&lt;b&gt;标题&lt;/b&gt;"
    )
    assert "&lt;img src=x onerror=alert(2)&gt; <em>网页标记</em> &amp;" in result["snippet_html"]


def test_every_wrong_parameter_is_named_in_one_answer(client: FlaskClient) -> None:
    wrong = {
        "page": "0", "size": "51", "site": "Not A Site", "type": "laws", "column": "x" * 101,
        "filetype": "../pdf", "from": "2009-13-01", "to": "yesterday", "sort": "best",
        "in": "everywhere", "exact": "yes", "explain": "all",
    }  # fmt: skip
    response = client.get("/api/v1/search", query_string=wrong)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == 400
    assert problem["instance"] == "/api/v1/search"
    assert {entry["parameter"]: entry["value"] for entry in problem["errors"]} == {
        **wrong,
        "q": None,
    }
    messages = {entry["parameter"]: entry["message"] for entry in problem["errors"]}
    assert all(name in messages["type"] for name in DOCUMENT_TYPES)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"q": "   "}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a", "page": "1.0"}, "page"),
        ({"q": "a", "page": "+1"}, "page"),
        ({"q": "a", "page": "１"}, "page"),
        ({"q": "a", "page": "9" * 30}, "page"),
        ({"q": "a", "page": "1001"}, "page"),
        ({"q": "a", "page": "201", "size": "50"}, "page"),
        ({"q": "a", "from": "2010-01-02", "to": "2010-01-01"}, "from"),
        ({"q": "a", "from": "1259798400"}, "from"),
        ({"q": "a", "to": "20100101"}, "to"),
    ],
)
def test_single_faults(client: FlaskClient, parameters: dict[str, str], named: str) -> None:
    response = client.get("/api/v1/search", query_string=parameters)
    assert response.status_code == 400
    assert [entry["parameter"] for entry in response.get_json()["errors"]] == [named]


def test_paging_ends_at_ten_thousand_results_and_says_so(client: FlaskClient) -> None:
    assert search(client, q="公积金", page=1000)["results"] == []
    message = get(client, q="公积金", page=1001).get_json()["errors"][0]["message"]
    assert "10000" in message


def test_empty_and_unknown_parameters_are_ignored(client: FlaskClient) -> None:
    plain = search(client, q="公积金")
    padded = search(client, q=" 公积金 ", site="", type="", from_="", page="", utm_source="x")
    assert urls(padded) == urls(plain)


def test_errors_are_in_chinese_for_who_asks_for_it(client: FlaskClient) -> None:
    english = get(client, q="")
    chinese = client.get("/api/v1/search", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert english.get_json()["title"] == "Invalid parameters"
    assert chinese.get_json()["title"] == "参数有误"
    assert english.headers["Content-Language"] == "en"
    assert chinese.headers["Content-Language"] == "zh-CN"
    assert "Accept-Language" in chinese.headers["Vary"]


def test_any_origin_may_ask_and_caches_keep_answers_briefly(client: FlaskClient) -> None:
    for path in ("/api/v1/search?q=公积金", "/api/v1/suggest?q=gjj", "/api/v1/search"):
        response = client.get(path, headers={"Origin": "http://www.example"})
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert get(client, q="公积金").headers["Cache-Control"] == "public, max-age=30"
    assert get(client).headers["Cache-Control"] == "no-store"


def test_answers_are_json_in_utf_8_with_chinese_as_it_is(client: FlaskClient) -> None:
    response = get(client, q="三娘湾")
    assert response.mimetype == "application/json"
    assert "三娘湾景区道路施工公告" in response.data.decode("utf-8")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_without_an_index_the_answer_is_to_come_again(tmp_path: Path) -> None:
    client = make_app(tmp_path, indexed=False).test_client()
    for path in ("/api/v1/search?q=公积金", "/api/v1/suggest?q=公积金"):
        response = client.get(path)
        assert response.status_code == 503
        assert response.get_json()["type"] == "urn:problem-type:qzsearch:index-missing"
        assert int(response.headers["Retry-After"]) > 0


def test_a_damaged_index_is_told_without_its_inner_workings(tmp_path: Path) -> None:
    make_app(tmp_path)
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"\x00damaged")
    response = make_app(tmp_path, indexed=False).test_client().get("/api/v1/search?q=公积金")
    assert response.status_code == 503
    assert response.get_json()["type"] == "urn:problem-type:qzsearch:index-unavailable"
    assert str(tmp_path) not in response.get_data(as_text=True)


def test_text_that_is_no_unicode_does_not_break_the_answer(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    broken = Document(
        url="http://portal.example/broken", title="乱码网页\ud83d", text="乱码网页\udc00正文"
    )
    services_of(app).engine.rebuild([IndexEntry(document=broken, digest="1")])
    client = app.test_client()
    assert json.loads(client.get("/api/v1/search?q=乱码网页").data)["total"] == 1
    assert client.get("/search?q=乱码网页").status_code == 200


def test_the_corpus_is_what_is_found(client: FlaskClient) -> None:
    """Every dated document is found by its own title, at the first place."""
    for document in DOCUMENTS:
        if document.published is not None and document.published > date(2009, 1, 1):
            assert urls(search(client, q=document.title))[0] == document.url
