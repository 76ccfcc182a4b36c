"""Terms: what finds what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import normalize
from analyzers.segment import analysis_fingerprint, default_segmenter, own_words
from analyzers.terms import phrase_terms, query_terms, stop_words, term_positions

HAN = st.text(
    st.sampled_from("钦州市政府服务中心公积金提取办理营业执照的是〇二"), min_size=1, max_size=12
)
ANY_TEXT = st.text(st.characters(), max_size=60)


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
    asked = query_terms(query)
    assert set(asked.required) <= terms.keys()
    assert set(asked.evidence) <= terms.keys()
    assert contains_phrase(before + query + after, query)


@given(ANY_TEXT)
def test_any_text_finds_itself_as_a_phrase(text: str) -> None:
    assert contains_phrase(text, text)


@pytest.mark.parametrize(
    ("query", "required"),
    [
        ("公积金怎么提取", ("公积金", "提取")),
        ("请问身份证在哪里办理", ("身份证", "办理")),
        ("怎么办", ("怎么办",)),
        ("的", ("的",)),
        ("公积金 公积金", ("公积金",)),
        ("usb 驱动", ("usb", "驱动")),
        ("", ()),
        ("，。！", ()),
    ],
)
def test_question_words_are_dropped_unless_there_is_nothing_else(
    query: str, required: tuple[str, ...]
) -> None:
    assert query_terms(query).required == required


def test_evidence_are_the_bigrams_that_are_no_words_of_the_query() -> None:
    asked = query_terms("公积金提取")
    assert asked.required == ("公积金", "提取")
    assert asked.evidence == ("公积", "积金", "金提")


def test_own_words_are_words() -> None:
    segmenter = default_segmenter()
    assert [word for word in own_words() if not segmenter.is_word(word)] == []
    assert segmenter.cut("钦北区大寺镇坭兴陶") == ["钦北区", "大寺镇", "坭兴陶"]


def test_stop_words_hold_nothing_that_tells_titles_apart() -> None:
    assert {"的", "请问", "怎么"} <= stop_words()
    assert not {"不得", "通过", "没有", "第", "关于", "不"} & stop_words()


def test_the_fingerprint_is_the_same_every_time() -> None:
    assert analysis_fingerprint() == analysis_fingerprint()
    assert len(analysis_fingerprint()) == 16
