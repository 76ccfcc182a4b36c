"""Searching: what is found, in which order, and what is said about the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.index.engine import FacetCount, SearchResponse
from indexer.index.whoosh_engine import WhooshEngine
from indexes import GUIDES, NEWS, ask, build, document, names


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    return build(tmp_path_factory.mktemp("index"), *GUIDES, *NEWS)


def found(engine: WhooshEngine, text: str, **options: Any) -> set[str]:
    return set(names(ask(engine, text, size=50, **options)))


# -- what is found ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("营业执照", {"licence"}),
        ("农业", {"bank"}),  # inside 农业发展银行
        ("粮", {"bank"}),  # a single character
        ("农", {"bank"}),
        ('"公积金提取"', {"fund", "form", "notice"}),
        ('"提取公积金"', {"fund", "report"}),
        ("“农业发展银行” 粮食", {"bank"}),
        ("公积金 -提取", set()),
        ("停水 -公积金", {"water"}),
        ('公积金 -"公积金提取"', {"report"}),
        ("公积金 -通知", {"fund", "form", "report"}),
        ("请问身份证是什么？", {"licence"}),
        ("ＹＩＮＧＹＥ　营业执照", {"licence"}),
        ("2009年", {"report", "notice", "cites"}),
        ("不存在的词语甲乙丙", set()),
    ],
)
def test_what_a_query_finds(engine: WhooshEngine, text: str, expected: set[str]) -> None:
    assert found(engine, text) == expected


@pytest.mark.parametrize(
    "text", ["", "。，！", "-提取", '-"公积金"', '""', "_", "`~!@#$%^&*+<>{}/'[]", "\u200b"]
)
def test_nothing_to_search_for_finds_nothing(engine: WhooshEngine, text: str) -> None:
    for exact in (False, True):
        response = ask(engine, text, exact=exact)
        if exact and text.startswith("-"):
            continue  # as a phrase, 提取 is something to search for
        assert (response.total, response.hits) == (0, ())
        assert response.facets["type"] == ()


def test_title_only(engine: WhooshEngine) -> None:
    assert "report" in found(engine, "提取公积金")
    assert found(engine, "“公积金提取”", scope="title") == {"fund", "form"}
    assert found(engine, '"公积金管理"', scope="title") == {"report", "notice"}


def test_exact_is_as_typed_without_other_ways_to_say_it(tmp_path: Path) -> None:
    birth = document("birth", "出生登记", "新生儿出生登记的条件。")
    typed = document("typed", "上户口的问答", "小孩上户口要多久。")
    engine = build(tmp_path, birth, typed, *NEWS)
    assert found(engine, "上户口") == {"birth", "typed"}
    assert found(engine, "上户口", exact=True) == {"typed"}
    assert found(engine, '"公积金提取"', exact=True) == {"notice"}


def test_when_no_document_has_all_words_some_are_shown(engine: WhooshEngine) -> None:
    response = ask(engine, "停水 农业")
    assert response.relaxed
    assert set(names(response)) == {"water", "bank"}
    assert not ask(engine, "公积金 提取").relaxed


def test_one_common_word_of_a_long_question_is_not_enough(tmp_path: Path) -> None:
    common = [document(str(n), f"钦州新闻第{n}条", "钦州") for n in range(30)]
    rare = document("rare", "渔业船舶登记")
    engine = build(tmp_path, rare, *common)
    assert names(ask(engine, "钦州渔业船舶登记证书遗失")) == ["rare"]


# -- order --------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [*GUIDES, *NEWS], ids=lambda one: str(one.title))
def test_the_exact_title_is_first(engine: WhooshEngine, one: Any) -> None:
    name = one.url.rsplit("/", 1)[1]
    for typed in (one.title, one.title.replace("的", "的 "), f"《{one.title}》", f"“{one.title}”"):
        assert names(ask(engine, typed))[0] == name, typed
    assert names(ask(engine, one.title, exact=True))[0] == name


def test_the_exact_title_beats_one_that_repeats_the_words(tmp_path: Path) -> None:
    loud = document("loud", "停水通知停水通知", "停水通知。" * 50, type="service")
    plain = document("plain", "停水通知", type="other", filetype="pdf")
    engine = build(tmp_path, loud, plain, *NEWS[:2])
    assert names(ask(engine, "停水通知")) == ["plain", "loud"]


@pytest.mark.parametrize(
    "typed", ["钦政发〔2009〕12号", "钦政发(2009)12", "钦政发２００９１２号", "钦政发2009 12"]
)
def test_the_document_of_a_number_comes_before_those_that_cite_it(
    engine: WhooshEngine, typed: str
) -> None:
    response = ask(engine, typed)
    assert names(response)[0] == "notice"
    assert not response.relaxed


def test_the_title_counts_more_than_the_text(engine: WhooshEngine) -> None:
    assert names(ask(engine, "公积金 提取"))[:2] == ["fund", "form"]


def test_phrases_rank_too(tmp_path: Path) -> None:
    often = document("often", "公告一", "海域使用权。海域使用权。海域使用权。")
    once = document("once", "公告二", "海域使用权。" + "其他内容。" * 20)
    engine = build(tmp_path, once, often)
    first, second = ask(engine, '"海域使用权"').hits
    assert first.document == often
    assert first.score > second.score > 0


def test_guides_for_later_actions_yield_unless_asked_for(tmp_path: Path) -> None:
    lost = document("lost", "营业执照遗失", type="service")
    new = document("new", "营业执照设立登记", type="service")
    engine = build(tmp_path, lost, new)
    assert names(ask(engine, "营业执照")) == ["new", "lost"]
    assert names(ask(engine, "营业执照遗失"))[0] == "lost"


def test_sort_orders(engine: WhooshEngine) -> None:
    dated = ["report", "bank", "notice", "form"]
    newest = names(ask(engine, "钦州 公积金 农业 提取", sort="newest", size=50))
    oldest = names(ask(engine, "钦州 公积金 农业 提取", sort="oldest", size=50))
    assert [name for name in newest if name in dated] == [n for n in dated if n in newest]
    assert [name for name in oldest if name in dated] == [n for n in dated[::-1] if n in oldest]
    assert newest[-1] == oldest[-1] == "fund"  # without a date: last both ways


def test_scores_descend(engine: WhooshEngine) -> None:
    scores = [hit.score for hit in ask(engine, "公积金").hits]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_pages_follow_each_other(engine: WhooshEngine) -> None:
    everything = names(ask(engine, "公积金", size=50))
    pages = [names(ask(engine, "公积金", page=page, size=3)) for page in (1, 2, 3)]
    assert pages[0] + pages[1] == everything
    assert pages[2] == []
    assert ask(engine, "公积金", page=10**6, size=50).total == len(everything)


# -- filters and facets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"site": "center"}, {"fund", "form"}),
        ({"type": "news"}, {"report"}),
        ({"filetype": "doc"}, {"form"}),
        ({"column": "要闻"}, set()),
        ({"published_from": date(2009, 6, 30)}, {"report", "notice"}),
        ({"published_to": date(2009, 6, 30)}, {"notice", "form"}),
        (
            {"published_from": date(2009, 6, 30), "published_to": date(2009, 6, 30)},
            {"notice"},
        ),
        ({"published_from": date(2011, 1, 1)}, set()),
        ({"site": "center", "type": "service"}, {"fund"}),
        ({"site": "nowhere"}, set()),
        ({"column": "没有"}, set()),
    ],
)
def test_filters(engine: WhooshEngine, filters: dict[str, Any], expected: set[str]) -> None:
    assert found(engine, "公积金", **filters) == expected
    assert ask(engine, "公积金", **filters).total == len(expected)


def counts(response: SearchResponse, facet: str) -> dict[str, int]:
    return {value.value: value.count for value in response.facets[facet]}


def test_facets_count_all_results(engine: WhooshEngine) -> None:
    response = ask(engine, "公积金", size=1)
    assert response.facets["site"] == (FacetCount("center", 2), FacetCount("portal", 2))
    assert counts(response, "type") == {"service": 1, "download": 1, "news": 1, "policy": 1}
    assert response.facets["year"] == (FacetCount("2010", 1), FacetCount("2009", 2))
    assert counts(response, "filetype") == {"html": 3, "doc": 1}


def test_a_filter_does_not_narrow_its_own_facet(engine: WhooshEngine) -> None:
    response = ask(engine, "公积金", type="news")
    assert counts(response, "type") == {"service": 1, "download": 1, "news": 1, "policy": 1}
    assert counts(response, "site") == {"portal": 1}
    dated = ask(engine, "公积金", published_from=date(2010, 1, 1), published_to=date(2010, 12, 31))
    assert counts(dated, "year") == {"2010": 1, "2009": 2}
    assert counts(dated, "type") == {"news": 1}
