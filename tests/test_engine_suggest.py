"""What is said beside the results: corrections, related words, suggestions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.generations import Generations
from indexer.index.snapshot import Snapshot
from indexer.index.suggest import suggest
from indexer.index.whoosh_engine import WhooshEngine
from indexes import GUIDES, NEWS, ask, build


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    return build(tmp_path_factory.mktemp("index"), *GUIDES, *NEWS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("公基金提取", "公积金提取"),
        ("公基金", "公积金"),
        ("营业执罩", "营业执照"),
        ("gongjijin", "公积金"),
        ("yingyezhizhao", "营业执照"),
        ("停水通至", "停水通知"),
    ],
)
def test_what_sounds_the_same_is_offered(engine: WhooshEngine, typed: str, meant: str) -> None:
    assert ask(engine, typed).correction == meant


@pytest.mark.parametrize("typed", ["公积金", "公积金 提取", "停水通知", "фф", "甲乙丙", "x", "。"])
def test_no_correction_without_need(engine: WhooshEngine, typed: str) -> None:
    assert ask(engine, typed).correction is None


def test_exact_is_not_corrected(engine: WhooshEngine) -> None:
    assert ask(engine, "公基金", exact=True).correction is None


def test_terms_to_highlight_are_the_words_and_the_phrases(engine: WhooshEngine) -> None:
    assert ask(engine, "请问公积金怎么提取").terms == ("公积金", "提取")
    assert ask(engine, "钦州 “公积金 提取”").terms == ("钦州", "公积金 提取")


def test_related_are_the_publishers_keywords(engine: WhooshEngine) -> None:
    assert ask(engine, "营业执照").related == ("开店",)
    assert ask(engine, "停水").related == ()


# -- suggestions --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("公积", "公积金提取"),
        ("公积金提取申", "公积金提取申请表"),
        ("gongji", "公积金提取"),
        ("gong ji jin", "公积金提取"),
        ("gjj", "公积金提取"),
        ("gjjtqs", "公积金提取申请表"),
        ("营业执照", "个体工商户营业执照办理"),  # from inside a guide's name
        ("yyzz", "个体工商户营业执照办理"),
        ("公基金", "公积金提取"),
        ("tingshui", "停水通知"),
        ("ＧＪＪ", "公积金提取"),
        ("分行", "中国农业发展银行在钦州设立分行"),
        ("2009年钦", "2009年钦州市公积金管理工作报告"),
        ("公ji", "公积金提取"),
        ("gongji金", "公积金提取"),
        ("gjj提取", "公积金提取"),
        ("ti'qu", "公积金提取"),
        ("分行在", "中国农业发展银行在钦州设立分行"),  # its words, in another order
    ],
)
def test_suggestions(engine: WhooshEngine, typed: str, first: str) -> None:
    assert engine.suggest(typed)[0].text == first


def test_guides_come_before_other_titles_and_none_twice(engine: WhooshEngine) -> None:
    suggestions = engine.suggest("公积金")
    assert suggestions[0].kind == "service"
    texts = [suggestion.text for suggestion in suggestions]
    assert len(texts) == len(set(texts))
    assert len(engine.suggest("公积金", 1)) == 1


@pytest.mark.parametrize("typed", ["", " ", "。", "ффф", "zzzz", "\u200b", "没有这样的词"])
def test_nothing_to_suggest(engine: WhooshEngine, typed: str) -> None:
    assert engine.suggest(typed) == []


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root = tmp_path_factory.mktemp("index")
    build(root, *GUIDES, *NEWS)
    current = Generations(root).current()
    assert current is not None
    return Snapshot(current)


def test_what_people_searched_stands_behind_the_first_guides(snapshot: Snapshot) -> None:
    searched = ["公积金余额", "公积金提取"]
    suggestions = suggest(snapshot, "公积金", 10, searched=searched)
    pairs = [(one.text, one.kind) for one in suggestions]
    assert pairs[:2] == [("公积金提取", "service"), ("公积金余额", "query")]
    assert ("公积金提取", "query") not in pairs


def test_what_is_typed_out_comes_first(snapshot: Snapshot) -> None:
    suggestions = suggest(snapshot, "公积金提取申请表", 10, searched=["公积金提取申请表怎么填"])
    assert [one.kind for one in suggestions] == ["title", "query"]


def test_hidden_words_are_never_suggested(snapshot: Snapshot) -> None:
    def is_hidden(text: str) -> bool:
        return "提取" in text

    texts = [one.text for one in suggest(snapshot, "gjj", 10, ["公积金提取难"], is_hidden)]
    assert texts
    assert not any("提取" in text for text in texts)


@given(st.text(st.characters(), max_size=60))
def test_any_typing_is_answered(snapshot: Snapshot, typed: str) -> None:
    suggestions = suggest(snapshot, typed, 5)
    texts = [one.text for one in suggestions]
    assert len(texts) == len(set(texts)) <= 5
