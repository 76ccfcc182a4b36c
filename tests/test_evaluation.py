"""Relevance measures against values computed by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from indexes import build, document
from search_api.evaluation import (
    EvaluationError,
    Query,
    evaluate,
    failures,
    judge,
    read_qrels,
    read_queries,
    read_report,
    report_of,
)

FIRST, SECOND, THIRD = (
    document("1", "停水通知", "停水停水停水"),
    document("2", "停水通知之二", "停水"),
    document("3", "其他公告", "某处停水" + "，别的内容" * 30),
)


def measured(folder: Path, *grades: tuple[str, str, int]) -> dict[str, float | int]:
    """Measures of queries by text; the ranking of 停水 is 1, 2, 3."""
    qrels: dict[str, dict[str, int]] = {}
    for query, name, grade in grades:
        qrels.setdefault(query, {})[f"http://a.example/{name}"] = grade
    engine = build(folder, FIRST, SECOND, THIRD)
    texts = {"q1": "停水", "q2": "公告", "q3": "没有"}
    return evaluate(engine, {id: Query(text) for id, text in texts.items()}, qrels)


def test_a_perfect_ranking(tmp_path: Path) -> None:
    result = measured(tmp_path, ("q1", "1", 2), ("q1", "2", 1))
    assert result == {"queries": 1, "hit@1": 1, "hit@10": 1, "MRR@10": 1, "nDCG@10": 1}


def test_the_second_is_the_first_relevant(tmp_path: Path) -> None:
    result = measured(tmp_path, ("q1", "2", 1))
    assert (result["hit@1"], result["hit@10"], result["MRR@10"]) == (0, 1, 0.5)
    assert result["nDCG@10"] == pytest.approx(1 / math.log2(3))


def test_grades_weigh_exponentially(tmp_path: Path) -> None:
    """Found: grades 1, 3, 0. DCG = 1 + 7 / log2(3); ideal: 7 + 1 / log2(3)."""
    result = measured(tmp_path, ("q1", "1", 1), ("q1", "2", 3), ("q1", "3", 0))
    assert result["nDCG@10"] == pytest.approx((1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3)))
    assert result["MRR@10"] == 1


def test_means_are_over_queries_with_a_relevant_document(tmp_path: Path) -> None:
    result = measured(tmp_path, ("q1", "2", 1), ("q2", "3", 1), ("q3", "1", 1), ("q4", "1", 1))
    assert result["queries"] == 3
    assert result["hit@1"] == pytest.approx(1 / 3)
    assert result["hit@10"] == pytest.approx(2 / 3)
    assert result["MRR@10"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert measured(tmp_path, ("q1", "1", 1), ("q2", "3", 0))["queries"] == 1


def test_a_relevant_document_that_is_not_found_lowers_ndcg(tmp_path: Path) -> None:
    result = measured(tmp_path, ("q1", "1", 1), ("q1", "missing", 1))
    assert result["nDCG@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_groups_are_measured_each_for_itself(tmp_path: Path) -> None:
    engine = build(tmp_path, FIRST, SECOND, THIRD)
    queries = {"a": Query("停水", "news"), "b": Query("停水", "news"), "c": Query("停水")}
    qrels = {"a": {FIRST.url: 1}, "b": {SECOND.url: 1}, "c": {THIRD.url: 1}}
    report = report_of(judge(engine, queries, qrels))
    assert (report["queries"], report["groups"]["news"]["queries"]) == (3, 2)
    assert report["groups"]["news"]["MRR@10"] == pytest.approx(0.75)
    assert list(report["groups"]) == ["news"]


def test_failures_name_what_was_expected_and_what_came_first_the_worst_first(
    tmp_path: Path,
) -> None:
    engine = build(tmp_path, FIRST, SECOND, THIRD)
    queries = {"good": Query("停水"), "second": Query("停水"), "none": Query("护照", "x")}
    missing = "http://a.example/missing"
    qrels = {
        "good": {FIRST.url: 1},
        "second": {SECOND.url: 2, THIRD.url: 3},
        "none": {missing: 1},
    }
    none, second = failures(judge(engine, queries, qrels))
    assert none == {
        "id": "none", "query": "护照", "group": "x",
        "rank": None, "expected": [missing], "first": None,
    }  # fmt: skip
    assert (second["rank"], second["expected"]) == (2, [THIRD.url, SECOND.url])
    assert second["first"] == {"title": "停水通知", "url": FIRST.url}


def test_a_report_is_read_again(tmp_path: Path) -> None:
    engine = build(tmp_path / "index", FIRST)
    report = report_of(judge(engine, {"a": Query("停水", "news")}, {"a": {FIRST.url: 1}}))
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report, indent=2), "utf-8")
    assert read_report(path) == report


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hit@1": 1}', "[" * 100_000, '{"groups": 1}'])
def test_reports_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, "utf-8")
    with pytest.raises(EvaluationError, match=r"report\.json: takes what 'qzsearch evaluate"):
        read_report(path)


def test_no_judged_query_is_an_error_not_a_zero(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="do the ids match"):
        measured(tmp_path, ("other", "1", 1))


def test_query_files(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(
        '\ufeff{"id": 1, "text": "公积金\u2028提取"}\r\n\n'
        '{"id": "b", "text": "停水", "group": "news"}',
        "utf-8",
    )
    assert read_queries(path) == {"1": Query("公积金\u2028提取"), "b": Query("停水", "news")}


def test_judgement_files(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text(
        "q1\thttp://a.example/x y\t2\nq1 0 HTTP://A.example 1\n\nq2\t0\tg49282\t0\n", "utf-8"
    )
    assert read_qrels(path) == {
        "q1": {"http://a.example/x%20y": 2, "http://a.example/": 1},
        "q2": {"g49282": 0},
    }


def test_judged_pages_may_be_named_by_site_and_path(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text(
        "q\tportal:/a b.html#w1\t3\nq\tother:/x\t2\nq\thttp://portal:80/y\t1\n", "utf-8"
    )
    assert read_qrels(path, {"portal": "http://127.0.0.1:8001/"}) == {
        "q": {
            "http://127.0.0.1:8001/a%20b.html#w1": 3,
            "other:/x": 2,
            "http://portal/y": 1,
        }
    }


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": "a"}', "5", "[" * 100_000])
def test_query_lines_that_are_none(tmp_path: Path, line: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": "a", "text": "b"}\n' + line, "utf-8")
    with pytest.raises(EvaluationError, match=r"queries\.jsonl:2: takes an object"):
        read_queries(path)


@pytest.mark.parametrize("line", ["q1\td1", "q1\td1\thigh", "q1", "a b c d e"])
def test_judgement_lines_that_are_none(tmp_path: Path, line: str) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text("q1\td1\t1\n" + line, "utf-8")
    with pytest.raises(EvaluationError, match=r"qrels\.tsv:2: takes query, document URL and grade"):
        read_qrels(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_queries(tmp_path / "none.jsonl")
    (tmp_path / "qrels.tsv").write_bytes("钦".encode("gbk"))
    with pytest.raises(EvaluationError, match="not UTF-8"):
        read_qrels(tmp_path / "qrels.tsv")
