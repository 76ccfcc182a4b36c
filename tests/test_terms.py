"""Terms: what finds what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.concepts import concepts_of
from analyzers.normalize import normalize
from analyzers.segment import Segmenter, default_segmenter
from analyzers.terms import phrase_terms, stop_words, term_positions
from analyzers.units import IS_HAN, RUN

HAN = st.text(
    st.sampled_from("钦州市政府服务中心公积金提取办理营业执照的是〇二"), min_size=1, max_size=12
)
ANY_TEXT = st.text(st.characters(), max_size=60)
MIXED = st.text(
    st.sampled_from(
        "钦州市政府服务中心公积金提取社会保障卡中国农业发展银行哈〇々 \n\t　，。_-（2009aB\x00\x01"
    )
    | st.characters(),
    max_size=80,
)


def plain_term_positions(text: str, start: int, segmenter: Segmenter) -> dict[str, list[int]]:
    """What ``term_positions`` says it does, done slowly."""
    text = normalize(text)
    terms: dict[str, list[int]] = {}
    units: list[str] = []  # "" is a gap
    end = 0
    for run in RUN.finditer(text):
        if units and text[end : run.start()].strip():
            units.append("")
        end = run.end()
        units.extend(run.group() if IS_HAN.match(run.group()) else [run.group()])
    for at, unit in enumerate(units):
        piece = unit
        for behind in range(at + 1, len(units) + 1):
            length = behind - at
            if piece and (length < 3 or segmenter.is_word(piece)):
                terms.setdefault(piece, []).append(start + at)
            if behind == len(units) or not (IS_HAN.match(units[behind]) and IS_HAN.match(unit)):
                break
            piece += units[behind]
    return terms


@settings(deadline=None)
@given(text=MIXED, start=st.integers(0, 1000))
def test_terms_are_units_bigrams_and_long_words_at_their_places(text: str, start: int) -> None:
    segmenter = default_segmenter()
    found = term_positions(text, segmenter, start)
    assert found == plain_term_positions(text, start, segmenter)
    learned = segmenter.with_words(["公积金提取", "市政府服"])
    assert term_positions(text, learned, start) == plain_term_positions(text, start, learned)


def contains_phrase(text: str, phrase: str) -> bool:
    """As the index does it: every part's terms at adjacent positions."""
    terms = term_positions(text)
    return all(
        any(
            all(first - part[0][0] + offset in terms.get(term, []) for offset, term in part)
            for first in terms.get(part[0][1], [])
        )
        for part in phrase_terms(normalize(phrase))
    )


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("钦州市住房公积金管理中心", "住房公积金"),
        ("钦州市住房公积金管理中心", "房公"),  # across jieba's words
        ("钦州市住房公积金管理中心", "州"),
        ("拨打12345热线", "12345热线"),
        ("2009年12月3日", "2009年12月"),
        ("公积金 提取", "公积金提取"),  # white space does not part
        ("公积金提取", "公积金 提取"),
        ("公积金\n提取", "公积金提取"),
        ("公积金，提取", "公积金。提取"),  # each part is there
        ("使用 USB Key 登录", "usb key"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_a_phrase_is_found(text: str, phrase: str) -> None:
    assert contains_phrase(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("公积金，提取", "公积金提取"),  # punctuation parts
        ("公积金《提取》", "公积金提取"),
        ("公积金的提取", "公积金提取"),
        ("提取公积金", "公积金提取"),
        ("拨打12345热线", "234"),
        ("政务 服务 服务 中心", "政务中心"),
        ("钦_州", "钦州"),
    ],
)
def test_a_phrase_is_not_found(text: str, phrase: str) -> None:
    assert not contains_phrase(text, phrase)


def test_words_inside_words_have_positions_of_their_own() -> None:
    terms = term_positions("中国农业发展银行")
    assert terms["农业"] == [2]
    assert terms["银行"] == [6]
    assert terms["农"] == [2]
    assert term_positions("钦州市行政审批局")["行政审批"] == [3]
    assert term_positions("钦州市行政审批局")["行政审批局"] == [3]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("中国农业发展银行", "农业"),
        ("中国农业发展银行", "发展"),
        ("钦州市人力资源和社会保障局", "社会保障"),
        ("居民身份证办理", "身份证"),
        ("城乡居民基本医疗保险", "医疗保险"),
        ("钦州市钦北区大寺镇", "大寺"),
    ],
    ids=lambda value: value,
)
def test_a_word_within_a_word_and_each_character_find(text: str, word: str) -> None:
    terms = term_positions(text)
    assert terms[word] == [text.index(word)]
    assert set(text) <= terms.keys()


def test_spaces_that_spread_a_heading_hide_no_word() -> None:
    assert term_positions("通　知")["通知"] == [0]
    assert term_positions("行 政 审 批 局")["行政审批局"] == [0]


def test_positions_count_units_and_leave_a_gap_at_punctuation() -> None:
    terms = term_positions("钦州12345，港")
    assert (terms["钦"], terms["州"], terms["12345"], terms["港"]) == ([0], [1], [2], [4])


def test_a_text_can_start_anywhere() -> None:
    shifted = term_positions("，钦州。港", start=100)
    assert (shifted["钦"], shifted["州"], shifted["港"]) == ([100], [101], [103])


@given(ANY_TEXT | HAN)
def test_positions_ascend(text: str) -> None:
    for term, places in term_positions(text).items():
        assert places == sorted(set(places)), term


@given(before=HAN, query=HAN, after=HAN)
def test_a_text_contains_every_required_word_of_what_stands_in_it(
    before: str, query: str, after: str
) -> None:
    terms = term_positions(before + query + after)
    asked = concepts_of([query], exact=True)
    assert set(asked.evidence) <= terms.keys()
    for concept in asked.concepts:
        assert set(concept.alternatives[0].terms) <= terms.keys()
    assert contains_phrase(before + query + after, query)


@given(ANY_TEXT)
def test_any_text_finds_itself_as_a_phrase(text: str) -> None:
    assert contains_phrase(text, text)


def test_stop_words_hold_nothing_that_tells_titles_apart() -> None:
    assert {"的", "请问", "怎么"} <= stop_words()
    assert not {"不得", "通过", "没有", "第", "关于", "不"} & stop_words()
