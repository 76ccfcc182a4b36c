"""Staff change synonyms and hidden words over HTTP, and the search follows at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from indexer.vocabulary import LARGEST, MOST_HIDDEN, MOST_TERMS, faults_in
from running import wait_for
from search_api.vocabulary import fault_records
from test_api_openapi import check
from test_api_support import make_app, services_of, serving

PATH = "/api/v1/admin/vocabulary/{name}"
SYNONYMS, HIDDEN = (PATH.format(name=name) for name in ("synonyms", "hidden"))
ENTRY = "- {say: [抹零单], official: [三娘湾], reason: 测试}\n"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def http(app: Flask) -> Iterator[httpx.Client]:
    token = services_of(app).tokens.create("词表", "staff")
    with serving(app) as address:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False) as client:
            yield client


@pytest.fixture
def document(http: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/openapi.json").json()
    return found


def put(http: httpx.Client, path: str, text: str, **headers: str) -> httpx.Response:
    return http.put(path, content=text.encode(), headers={"Content-Type": "text/plain"} | headers)


def found(http: httpx.Client, query: str, **parameters: str) -> list[str]:
    answer = http.get("/api/v1/search", params={"q": query, **parameters}).json()
    return [result["title"] for result in answer["results"]]


def test_a_synonym_acts_at_once_and_not_on_what_is_asked_as_typed(http: httpx.Client) -> None:
    assert found(http, "抹零单") == []
    saved = put(http, SYNONYMS, ENTRY)
    assert (saved.status_code, saved.json()["text"], saved.json()["faults"]) == (200, ENTRY, [])
    (title,) = wait_for(lambda: found(http, "抹零单"), 5)
    assert title == "三娘湾景区道路施工公告"
    marked = http.get("/api/v1/search", params={"q": "抹零单"}).json()["results"][0]
    assert "<em>三娘湾</em>" in marked["title_html"]
    assert found(http, "抹零单", exact="1") == []
    assert http.get(SYNONYMS).json() == saved.json()
    put(http, SYNONYMS, "")
    wait_for(lambda: not found(http, "抹零单"), 5)


def test_a_hidden_word_is_suggested_no_more_and_still_found(http: httpx.Client) -> None:
    def suggested() -> list[str]:
        answer = http.get("/api/v1/suggest?q=三娘湾").json()
        return [one["text"] for one in answer["suggestions"]]

    assert suggested() == ["三娘湾景区道路施工公告"]
    assert http.put(HIDDEN, json={"text": "道路施工\n"}).status_code == 200
    wait_for(lambda: suggested() == [], 5)
    assert found(http, "三娘湾") == ["三娘湾景区道路施工公告"]


def test_every_fault_is_named_with_its_line(http: httpx.Client) -> None:
    put(http, SYNONYMS, ENTRY)
    text = ENTRY + "- {say: [a b], official: [丙]}\n- {sya: [甲]}\n- {say: [甲, 乙], weight: 7}\n"
    refused = put(http, SYNONYMS, text)
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert problem["type"] == "urn:problem-type:qzsearch:vocabulary-faults"
    assert [fault["line"] for fault in problem["errors"]] == [2, 3, 4]
    assert "unknown key 'sya'" in problem["errors"][1]["message"]
    assert http.get(SYNONYMS).json()["text"] == ENTRY
    chinese = put(http, SYNONYMS, text, **{"Accept-Language": "zh-CN"}).json()
    assert chinese["errors"][1]["message"].startswith("没有「sya」这一项")


def test_nobody_overwrites_what_somebody_else_saved(http: httpx.Client) -> None:
    version = http.get(HIDDEN).json()["version"]
    mine = put(http, HIDDEN, "甲公司\n", **{"If-Match": f'"{version}"'})
    assert mine.status_code == 200
    theirs = put(http, HIDDEN, "乙公司\n", **{"If-Match": f'"{version}"'})
    assert theirs.status_code == 412
    assert http.get(HIDDEN).json()["text"] == "甲公司\n"
    weak = f'W/"{mine.json()["version"]}"'  # what a compressing proxy makes of a tag
    assert put(http, HIDDEN, "乙公司\n", **{"If-Match": weak}).status_code == 200
    assert put(http, HIDDEN, "丙公司\n", **{"If-Match": "*"}).status_code == 200


def test_faults_of_a_file_written_by_hand_are_shown_with_it(http: httpx.Client, app: Flask) -> None:
    folder = services_of(app).settings.vocabulary_directory
    folder.mkdir()
    (folder / "synonyms.yaml").write_bytes("# 备注\n- {say: [甲, 乙]}".encode("gbk"))
    answer = http.get(SYNONYMS).json()
    assert answer["faults"] == [{"line": 1, "message": "not UTF-8"}]
    assert "- {say: [" in answer["text"]


def test_answers_have_the_documented_form(
    http: httpx.Client, document: dict[str, Any], app: Flask
) -> None:
    monitor = services_of(app).tokens.create("alarm", "monitor")
    as_monitor = {"Authorization": f"Bearer {monitor}"}
    json_type = {"Content-Type": "application/json"}
    long = {"text": "长" * (LARGEST // 2)}
    answers = [
        (http.get(SYNONYMS), 200),
        (http.put(SYNONYMS, json={"text": ENTRY}), 200),
        (http.put(SYNONYMS, json={"text": "- 甲"}), 422),
        (http.put(SYNONYMS, content=rb'{"text": "\ud83d"}', headers=json_type), 422),
        (put(http, HIDDEN, "", **{"If-Match": '"another"'}), 412),
        (http.put(SYNONYMS, json={"text": 7}), 400),
        (http.put(SYNONYMS, json=["text"]), 400),
        (http.put(SYNONYMS, data={"text": "x"}), 415),
        (http.put(SYNONYMS, json=long), 422),
        (http.put(SYNONYMS, json={"text": "长" * 2 * LARGEST}), 413),
        (http.put(HIDDEN, content=b"\n\xff", headers={"Content-Type": "text/plain"}), 422),
        (http.get(PATH.format(name="names")), 404),
        (http.put(PATH.format(name="names"), json={"text": ""}), 404),
        (http.get(HIDDEN, headers={"Authorization": ""}), 401),
        (http.put(HIDDEN, headers={"Authorization": ""}), 401),
        (http.get(HIDDEN, headers=as_monitor), 403),
        (http.put(HIDDEN, headers=as_monitor, json={"text": ""}), 403),
    ]
    for answer, status in answers:
        assert answer.status_code == status, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        check(document, PATH, answer)


def test_a_file_that_cannot_be_written_is_told(
    http: httpx.Client, document: dict[str, Any], app: Flask
) -> None:
    services_of(app).settings.vocabulary_directory.write_text("no folder")
    for answer in (http.get(HIDDEN), http.put(HIDDEN, json={"text": "甲公司"})):
        assert answer.status_code == 503
        check(document, PATH, answer)


def test_who_saved_what_is_in_the_log(http: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    put(http, HIDDEN, "甲公司\n")
    assert "vocabulary: hidden saved by 词表" in caplog.text


FAULTY = [
    "- {say: [a", "a: b", "- 甲", "- {sya: [甲]}", "- {say: [甲, 乙], say: [丙]}",
    "- {official: [甲]}", "- {say: [甲]}", "- {say: [甲], official: [甲]}", "- {say: {a: b}}",
    "- {say: [。], official: [甲]}", f"- {{say: [甲], official: [{'长' * 41}]}}",
    "- {say: [甲 乙], official: [丙]}", "- {say: [甲, 乙], weight: 2}",
    "- {say: [甲, 乙], both_ways: maybe}", "- {say: [甲, 乙]}\n- {say: [甲, 乙]}", "\ud800",
    "#" * (LARGEST + 1), "[[[[[", f"- say: [{', '.join(f'词{n}' for n in range(MOST_TERMS + 1))}]",
    "- {}\n" * 10_001,
]  # fmt: skip


@pytest.mark.parametrize("text", FAULTY, ids=range(len(FAULTY)))
def test_every_fault_of_synonyms_is_told_in_chinese(text: str) -> None:
    assert_told_in_chinese(faults_in("synonyms", text))


@pytest.mark.parametrize(
    "text", ["。", "的", "\n".join(f"公司{n}" for n in range(MOST_HIDDEN + 1))], ids=range(3)
)
def test_every_fault_of_hidden_words_is_told_in_chinese(text: str) -> None:
    assert_told_in_chinese(faults_in("hidden", text))


def assert_told_in_chinese(faults: list[str]) -> None:
    assert faults
    english, chinese = (fault_records(faults, language) for language in ("en", "zh"))
    for one, other in zip(english, chinese, strict=True):
        assert one["line"] == other["line"]
        assert one["message"] != other["message"]
        assert any("一" <= character <= "鿿" for character in other["message"])
