"""Normalisation: what reads the same is the same, and the way back is exact."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import normalize, normalize_with_offsets

ANY_TEXT = st.text(st.characters(), max_size=60)
TRICKY_TEXT = st.text(
    st.sampled_from("钦州ＡaĲﬁ㎡①\u200b\ufeff\ufe0f\U000e0100İß\t\r\n　﷽"), max_size=30
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("QinZhou", "qinzhou"),
        ("公积金（提取）", "公积金(提取)"),
        ("办事　指南", "办事 指南"),
        ("①②㎡㈠", "12m2(一)"),
        ("⼀⽇", "一日"),  # Kangxi radicals, which PDF files are full of
        ("\ufeff钦\u200b州\u00ad港", "钦州港"),
        ("葛\U000e0100洲", "葛洲"),  # ideographic variation sequence
        ("第一行\r\n第二\t行", "第一行 \n第二 行"),
        ("Straße ΣΣ", "strasse σσ"),
        ("\ud800钦", "钦"),
    ],
)
def test_forms_that_read_the_same(typed: str, folded: str) -> None:
    assert normalize(typed) == folded


def test_every_character_of_unicode_is_folded_for_good() -> None:
    for codepoint in range(0x110000):
        once = normalize(chr(codepoint))
        assert normalize(once) == once, hex(codepoint)


@given(ANY_TEXT | TRICKY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(ANY_TEXT | TRICKY_TEXT)
def test_offsets_lead_back_to_the_character_that_gave_each(text: str) -> None:
    folded = normalize_with_offsets(text)
    assert folded.text == normalize(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(text)
    for index, character in enumerate(folded.text):
        assert character in normalize(text[folded.offsets[index]])


@given(ANY_TEXT | TRICKY_TEXT, st.data())
def test_the_original_span_folds_to_at_least_the_folded_span(
    text: str, data: st.DataObject
) -> None:
    folded = normalize_with_offsets(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.original_span(start, end)
    assert 0 <= first <= last <= len(text)
    assert folded.text[start:end] in normalize(text[first:last])


def test_a_span_comes_back_as_it_was_written() -> None:
    text = "关于\u200b住房ＧＪＪ（㎡）的通知"
    folded = normalize_with_offsets(text)
    for part, original in (("gjj", "ＧＪＪ"), ("m2", "㎡"), ("于住", "于\u200b住"), ("2", "㎡")):
        start = folded.text.index(part)
        first, last = folded.original_span(start, start + len(part))
        assert text[first:last] == original


def test_nothing_invisible_is_left() -> None:
    everything = normalize("".join(map(chr, range(0x110000))))
    assert not {unicodedata.category(character) for character in everything} & {"Cf", "Cs", "Co"}
