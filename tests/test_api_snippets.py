"""Snippets: which passage is shown, what is marked, and that markup stays harmless."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzers.normalize import normalize
from search_api.snippets import Highlighter, snippet_settings

TAG = re.compile(r"</?em>")
TERMS = (
    "<em>",
    "&amp;",
    "公积金",
    "住房公积金",
    "提取",
    "pdf",
    "12",
    "e\u0301",
    "钦政发〔2009〕12号",
    "ﬁ",
)
TEXT = st.lists(
    st.one_of(
        st.sampled_from(["公积金", "住房公积金", "提取", "。", "\n", " ", "<em>", "&amp;", "12"]),
        st.sampled_from(["ＰＤＦ", "ﬁ", "㎡", "\u200b", "İ", "钦政发〔2009〕12号", "２０１２"]),
        st.sampled_from(["第十二号", "二〇〇九年", "十二月", "住房公積金", "乾隆", "提\u200b取"]),
        st.text(max_size=40),
    ),
    max_size=40,
).map("".join)  # fmt: skip


def assert_only_terms_are_marked(marked: str, terms: list[str]) -> None:
    """Each marked part has a term, or a word of one, in it.

    A numeral alone says nothing of its context: it is looked at with what stands around it.
    """
    words = {
        word for term in terms for word in (normalize(term), *re.split(r"\W+", normalize(term)))
    }
    words.discard("")
    text = normalize(plain(marked))
    for part in re.findall("<em>(.*?)</em>", marked, re.DOTALL):
        shown = normalize(html.unescape(part))
        numerals = re.search("[一-十百〇]", part) and any(
            word in text for word in words if re.search(r"\d", word)
        )
        assert numerals or any(word in shown for word in words)


def plain(marked: str) -> str:
    return html.unescape(TAG.sub("", marked))


@given(TEXT, st.lists(st.one_of(st.sampled_from(TERMS), st.text(max_size=4)), max_size=6))
@example("\u200b公积金", ["公积金"])
@example("x" * 400 + "ﬁ公积金", ["公积金"])
@settings(max_examples=300, deadline=None)
def test_a_snippet_is_a_part_of_the_text_and_its_only_tags_are_ours(
    text: str, terms: list[str]
) -> None:
    snippet = Highlighter([normalize(term) for term in terms]).snippet(text)
    assert "<" not in TAG.sub("", snippet)
    assert snippet.count("<em>") == snippet.count("</em>")
    assert_only_terms_are_marked(snippet, terms)
    passage = plain(snippet)
    assert any(
        part in text
        for part in (
            passage,
            passage.removeprefix("…"),
            passage.removesuffix("…"),
            passage.removeprefix("…").removesuffix("…"),
        )
    )


@given(TEXT)
@settings(max_examples=200, deadline=None)
def test_a_title_is_shown_whole_with_every_match_marked(title: str) -> None:
    marked = Highlighter([normalize(term) for term in TERMS]).title(title)
    assert plain(marked) == title
    assert_only_terms_are_marked(marked, list(TERMS))
    assert "<" not in TAG.sub("", marked)
    if "公积金" in normalize(title):
        assert "<em>" in marked


def test_what_was_typed_otherwise_is_marked_where_it_stands() -> None:
    highlighter = Highlighter(["pdf", "2009", "ａ".casefold()])
    assert highlighter.title("ＰＤＦ格式（２００９）") == (
        "<em>ＰＤＦ</em>格式（<em>２００９</em>）"
    )
    assert highlighter.title("\u200bpdf，2009") == "\u200b<em>pdf</em>，<em>2009</em>"
    assert highlighter.title("①㎡，\u200bpdf") == "①㎡，\u200b<em>pdf</em>"


def test_overlapping_and_touching_matches_are_one() -> None:
    highlighter = Highlighter(["住房公积金", "公积金", "提取"])
    assert highlighter.title("住房公积金提取") == "<em>住房公积金提取</em>"


def test_numbers_and_latin_words_match_only_as_a_whole() -> None:
    highlighter = Highlighter(["12", "art"])
    assert highlighter.title("2012年12月start art2 art") == (
        "2012年<em>12</em>月start art2 <em>art</em>"
    )


def test_the_parts_of_a_phrase_are_marked_where_punctuation_differs() -> None:
    highlighter = Highlighter(["钦州港(二期)工程"])
    assert highlighter.title("钦州港“二期”工程") == ("<em>钦州港</em>“<em>二期</em>”<em>工程</em>")


def test_a_document_number_is_marked_whole_in_any_brackets() -> None:
    highlighter = Highlighter(["钦政发(2009)12号"])
    for number in ("钦政发〔2009〕12号", "钦政发【2009】１２号", "欽政發[2009]12號"):
        assert highlighter.title(f"见{number}。") == f"见<em>{number}</em>。"


@pytest.mark.parametrize(
    ("term", "marked"),
    [
        ("45号", "主席令第<em>四十五号</em>，㎡"),
        ("第45号", "主席令<em>第四十五号</em>，㎡"),
        ("主席", "<em>主席</em>令第四十五号，㎡"),
        ("5号", "主席令第四十五号，㎡"),
    ],
)
def test_numerals_are_marked_whole_where_the_query_has_figures(term: str, marked: str) -> None:
    assert Highlighter([term]).title(TAG.sub("", marked)) == marked


def test_traditional_characters_are_marked_as_written() -> None:
    assert Highlighter(["住房公积金", "规划"]).title("住房公積金規畫") == (
        "<em>住房公積金規畫</em>"
    )


def test_places_behind_a_changed_length_are_right() -> None:
    text = "二〇〇九年十二月三日，" * 20 + "㎡\u200b第一百二十条：提取公积金。"
    snippet = Highlighter(["公积金", "120条"]).snippet(text)
    assert "第<em>一百二十条</em>：提取<em>公积金</em>。" in snippet


def test_the_passage_with_most_terms_is_chosen_and_starts_at_a_sentence() -> None:
    filler = "本页内容与此无关，仅作说明之用。" * 20
    text = f"{filler}提取。{filler}职工办理住房公积金提取，须带身份证。{filler}公积金。"
    snippet = Highlighter(["公积金", "提取", "身份证"]).snippet(text)
    assert snippet.startswith("…职工办理住房<em>公积金提取</em>，须带<em>身份证</em>。")
    assert snippet.endswith("…")


def test_a_text_without_the_terms_is_shown_from_its_start() -> None:
    assert Highlighter(["公积金"]).snippet("  三娘湾景区公告。  ") == "三娘湾景区公告。"
    assert Highlighter([]).snippet("") == ""


def test_a_short_text_is_shown_whole_and_a_long_one_cut_to_about_a_window() -> None:
    window = snippet_settings().window
    assert len(Highlighter(["甲"]).snippet("乙" * 1000)) == window + 1
    marked = Highlighter(["甲"]).snippet("乙" * 900 + "甲" + "乙" * 900)
    assert len(plain(marked)) == window + 2
    assert "<em>甲</em>" in marked


def test_a_term_longer_than_a_window_is_still_shown() -> None:
    phrase = "公" * (snippet_settings().window + 50)
    assert f"<em>{phrase}</em>" in Highlighter([phrase]).snippet("前言。" + phrase + "后记")


@pytest.mark.parametrize(("characters", "milliseconds"), [(5_000, 5), (2_000_000, 200)])
def test_long_texts_take_no_long_time(characters: int, milliseconds: float) -> None:
    """Bounds with room for busy machines; benchmarks tell the real figures."""
    text = ("本市职工可以凭居民身份证到政务服务中心。" * (characters // 20))[:characters]
    highlighter = Highlighter(["住房公积金", "公积金", "提取", "海域", "使用权"])
    highlighter.snippet(text)
    best = min(_seconds(highlighter, text) for _ in range(5))
    assert best * 1000 < milliseconds


def test_a_match_far_into_a_long_text_is_found() -> None:
    text = "无关内容。" * 100_000 + "海域使用权登记。" + "无关内容。" * 1000
    assert "<em>海域使用权</em>" in Highlighter(["海域", "使用权"]).snippet(text)


def _seconds(highlighter: Highlighter, text: str) -> float:
    started = time.perf_counter()
    highlighter.snippet(text)
    return time.perf_counter() - started
