"""What operators, other ways to say things and the facts of documents do to results."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.query import parse_query
from indexer.index.engine import SearchRequest
from indexer.index.ranking import ranking_parameters
from indexer.index.whoosh_engine import WhooshEngine
from indexes import GUIDES, NEWS, ask, build, document, names


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    return build(tmp_path_factory.mktemp("index"), *GUIDES, *NEWS)


# -- operators ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("停水 OR 粮食", {"water", "bank"}),
        ("停水 OR “农业发展银行”", {"water", "bank"}),
        ("公积金 site:center", {"fund", "form"}),
        ("公积金 -site:center", {"report", "notice"}),
        ("公积金 filetype:doc", {"form"}),
        ("公积金 -filetype:doc", {"fund", "report", "notice"}),
        ("intitle:公积金", {"fund", "form", "report", "notice"}),
        ("intitle:农业 OR intitle:停水", {"bank", "water"}),
        ("提取 -intitle:公积金", set()),
        ("site:a.example 停水", {"water"}),
        ("site:example 停水", set()),
        ("site:b.example 停水", set()),
        ("公积金 提取 -report -“购房”", {"form", "notice"}),
    ],
)
def test_operators(engine: WhooshEngine, query: str, expected: set[str]) -> None:
    assert set(names(ask(engine, query, size=50))) == expected


def test_what_is_joined_by_or_ranks(tmp_path: Path) -> None:
    often = document("often", "公告", "台风。台风。台风。")
    once = document("once", "公告", "暴雨。" + "其他内容。" * 30, published=date(2020, 1, 1))
    first, second = ask(build(tmp_path, once, often), "台风 OR 暴雨").hits
    assert first.document == often
    assert first.score > second.score > 0


def test_a_site_alone_is_listed_newest_first(engine: WhooshEngine) -> None:
    assert names(ask(engine, "site:portal"))[:3] == ["report", "bank", "notice"]


# -- other ways to say it -----------------------------------------------------------------


def test_what_was_typed_stands_before_its_synonym(tmp_path: Path) -> None:
    official = document("official", "出生登记", "出生登记的材料。")
    typed = document("typed", "上户口", "上户口的材料。")
    found = names(ask(build(tmp_path, official, typed), "上户口"))
    assert found == ["typed", "official"]


def test_bodies_are_found_by_the_names_they_had_and_have(tmp_path: Path) -> None:
    old = document("old", "市卫计委值班电话", "卫计委")
    engine = build(tmp_path, old, *NEWS)
    for name in ("卫健委", "卫生健康委员会", "卫计委"):
        assert names(ask(engine, name))[0] == "old", name


def test_pinyin_and_initials_find_titles_and_latin_words_come_first(tmp_path: Path) -> None:
    latin = document("latin", "CPI 通报", "CPI 同比上涨。")
    chinese = document("chinese", "城市排涝", "城排")  # initials cspl
    engine = build(tmp_path, latin, chinese, *GUIDES)
    assert names(ask(engine, "gongjijin tiqu"))[:2] == ["fund", "form"]
    assert names(ask(engine, "gjjtq"))[0] == "fund"
    assert names(ask(engine, "gongjijin提取"))[0] == "fund"
    assert names(ask(engine, "cpi")) == ["latin"]


def test_a_word_that_is_new_to_the_dictionary_is_found_before_the_rebuild(tmp_path: Path) -> None:
    guide = document("guide", "螺壳工艺扶持申请", "对螺壳工艺的扶持。", type="service")
    other = document("other", "工艺和螺壳", "螺壳。工艺。")
    engine = build(tmp_path, guide, other)
    # 螺壳工艺 is learned from the guide's name now, and is no term of the index.
    assert names(ask(engine, "螺壳工艺"))[0] == "guide"
    opened = engine._current()
    assert len(opened.postings("content", "螺壳工艺")[0]) == 0
    assert len(opened.having("content", "螺壳工艺")) == 1


def test_parts_of_a_word_that_no_document_has_are_better_than_nothing(tmp_path: Path) -> None:
    water = document("water", "取水许可", "取水许可的办理。")
    rain = document("rain", "雨水收集", "水。")
    response = ask(build(tmp_path, water, rain), "取水许可证")
    assert names(response) == ["water"]
    assert response.relaxed


def test_an_odd_word_never_empties_the_page(engine: WhooshEngine) -> None:
    response = ask(engine, "请问公积金怎么提取 xyzzyq")
    assert response.relaxed
    assert {"fund", "form"} <= set(names(response))


# -- ranking by facts ---------------------------------------------------------------------


def test_a_phrase_with_figures_is_exact(tmp_path: Path) -> None:
    apart = document("apart", "编号", "编号 2009，满一年。")
    together = document("together", "报告", "2009年的报告。")
    engine = build(tmp_path, apart, together)
    assert names(ask(engine, '"2009年"')) == ["together"]
    assert names(ask(engine, '"年的报告"')) == ["together"]


def test_neighbouring_words_count(tmp_path: Path) -> None:
    filler = "其他内容。" * 40
    near = document("near", "一", filler + "船舶 检验" + filler)
    far = document("far", "二", filler + "检验" + filler + "船舶")
    near_first = names(ask(build(tmp_path, far, near), "船舶 检验"))
    assert near_first == ["near", "far"]


def test_the_beginning_of_a_text_counts_more(tmp_path: Path) -> None:
    filler = "其他内容，与此无关。" * 20
    late = document("late", "甲", filler + "海域使用")
    early = document("early", "乙", "海域使用" + filler)
    assert names(ask(build(tmp_path, late, early), "海域使用"))[0] == "early"


def test_a_title_said_in_part_counts(tmp_path: Path) -> None:
    partly = document("partly", "车辆年审地点", "办理。")
    text = document("text", "通知", "车辆年审地点。")
    engine = build(tmp_path, text, partly)
    assert names(ask(engine, "车辆年审时间地点"))[0] == "partly"


def test_repealed_documents_stand_below_those_in_force(tmp_path: Path) -> None:
    facts = {"type": "policy", "text": "收费标准。"}
    repealed = document("repealed", "收费办法", effect="repealed", **facts)
    valid = document("valid", "收费办法", effect="in_force", **facts)
    assert names(ask(build(tmp_path, repealed, valid), "收费办法")) == ["valid", "repealed"]


def test_news_age_and_law_does_not(tmp_path: Path) -> None:
    old, new = date(2019, 1, 1), date(2020, 1, 1)

    def scores(kind: str) -> dict[str, float]:
        pages = (
            document(f"{kind}{day.year}", "台风", "台风来了。", type=kind, published=day)
            for day in (old, new)
        )
        engine = build(tmp_path / kind, *pages)
        return {hit.document.url[-4:]: hit.score for hit in ask(engine, "台风").hits}

    news, law = scores("news"), scores("policy")
    assert news["2020"] > news["2019"]
    assert law["2020"] == law["2019"]


def test_days_that_the_query_speaks_of(tmp_path: Path) -> None:
    pages = [
        document(f"{year}", "招聘公告", "招聘。", type="announcement", published=date(year, 6, 1))
        for year in (2008, 2009, 2010)
    ]
    engine = build(tmp_path, *pages)
    assert names(ask(engine, "2009年招聘"))[0] == "2009"
    query = parse_query("去年招聘", today=date(2010, 3, 1))
    assert names(engine.search(SearchRequest(query)))[0] == "2009"


@pytest.mark.parametrize("typed", ["12号文", "钦政发", "钦政发〔2009〕", "钦政发〔2009〕12号 办法"])
def test_parts_of_a_number_find_its_document(engine: WhooshEngine, typed: str) -> None:
    assert names(ask(engine, typed))[0] == "notice"


def test_documents_that_name_a_number_follow_its_own(engine: WhooshEngine) -> None:
    assert names(ask(engine, "钦政发200912号"))[:2] == ["notice", "cites"]


# -- explanations -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["公积金 提取", "钦政发〔2009〕12号", "gongjijin", '"公积金"', "上户口"]
)
def test_the_parts_of_an_explanation_sum_up_to_the_score(engine: WhooshEngine, typed: str) -> None:
    plain = ask(engine, typed)
    explained = ask(engine, typed, explain=True)
    assert [hit.score for hit in plain.hits] == [hit.score for hit in explained.hits]
    assert all(hit.explanation is None for hit in plain.hits)
    for hit in explained.hits:
        assert hit.explanation is not None
        assert sum(part.gain for part in hit.explanation) == pytest.approx(hit.score, abs=1e-3)
        known = {"word", "evidence", *type(ranking_parameters()).model_fields}
        assert {part.what for part in hit.explanation} <= known


@settings(max_examples=100, deadline=200)
@given(text=st.text(max_size=200))
def test_no_query_is_an_error_or_slow(engine: WhooshEngine, text: str) -> None:
    assert ask(engine, text, size=50).total >= 0
