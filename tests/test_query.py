"""Taking a typed query apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import normalize
from analyzers.query import parse_query


@pytest.mark.parametrize(
    "quoted",
    ['"公积金 提取"', "“公积金 提取”", "「公积金 提取」", "『公积金 提取』", "＂公积金 提取＂"],
)
def test_quotation_marks_make_a_phrase(quoted: str) -> None:
    query = parse_query(f"钦州 {quoted}")
    assert query.words == ("钦州",)
    assert query.phrases == ("公积金 提取",)


def test_a_hyphen_before_a_word_excludes_it() -> None:
    query = parse_query("公积金 -提取 －贷款")
    assert query.words == ("公积金",)
    assert query.excluded == ("提取", "贷款")


def test_a_hyphen_before_a_phrase_excludes_the_phrase() -> None:
    query = parse_query('公积金 -"异地 贷款"')
    assert (query.words, query.phrases, query.excluded) == (("公积金",), (), ("异地 贷款",))


@pytest.mark.parametrize(
    "title", ["办事指南 - 钦州市人民政府", "2009-12-03 通知", "钦州-南宁", "A - B"]
)
def test_a_hyphen_elsewhere_means_nothing(title: str) -> None:
    assert parse_query(title).excluded == ()


def test_exact_makes_the_whole_query_one_phrase() -> None:
    query = parse_query("公积金 怎么提取", exact=True)
    assert (query.words, query.phrases) == ((), ("公积金 怎么提取",))


def test_exact_leaves_quotation_marks_their_meaning() -> None:
    query = parse_query('钦州 "公积金"', exact=True)
    assert (query.words, query.phrases) == (("钦州",), ("公积金",))


def test_a_document_number_is_recognised_and_still_searched_as_words() -> None:
    query = parse_query("钦政发（2009）12号")
    assert query.number is not None
    assert query.number.canonical == "钦政发〔2009〕12号"
    assert query.words == ("钦政发(2009)12号",)


def test_what_was_typed_is_kept_for_showing() -> None:
    assert parse_query("  ＡＢＣ 公积金 ").text == "ＡＢＣ 公积金"
    assert parse_query("ＡＢＣ").words == ("abc",)


def test_repetitions_count_once() -> None:
    assert parse_query("提取 公积金 提取").words == ("提取", "公积金")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "，。！？",
        '""',
        "“”",
        "-",
        "- -",
        "_",
        "__ _",
        "\u200b",
        "-提取",
        '-"提取"',
        "`~!@#$%^&*_+<>{}/'[]",
    ],
)
def test_queries_with_nothing_to_search_for(text: str) -> None:
    assert parse_query(text).is_empty()


@given(
    st.text(st.characters(), max_size=60) | st.text('钦a1“”"「」- 　_', max_size=20), st.booleans()
)
def test_any_text_is_a_query(text: str, exact: bool) -> None:
    query = parse_query(text, exact=exact)
    for part in (*query.words, *query.phrases, *query.excluded):
        assert part == part.strip()
        assert any(character.isalnum() for character in part)
        assert normalize(part) == part
