"""发文字号: every way of writing one number is one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.document_number import (
    DocumentNumber,
    find_document_number,
    parse_document_number,
)

TWELVE = DocumentNumber("钦政发", 2009, 12)


@pytest.mark.parametrize(
    "typed",
    [
        "钦政发〔2009〕12号",
        "钦政发[2009]12号",
        "钦政发［2009］12号",
        "钦政发（2009）12",
        "钦政发【2009】12号",
        "钦政发〈2009〉12号",
        "钦政发<2009>12号",
        "钦政发《2009》12号",
        "钦政发﹝2009﹞12号",
        "钦政发〔09〕12号",
        "钦政发〔2009年〕12号",
        "钦政发〔2009〕第12号",
        "钦政发〔2009〕012号",
        "钦政发〔2009〕12号文",
        "钦政发〔2009〕12号文件",
        "钦政发〔２００９〕１２号",
        "钦政发〔二〇〇九〕12号",
        "钦政发〔二○○九〕12号",
        "钦政发二零零九12号",
        " 钦政发 〔 2009 〕 12 号 ",
        "钦政发200912号",
        "钦政发２００９１２号",
        "钦政发2009 12",
        "钦政发2009-12号",
        "钦政发2009年12号",
        "钦政发2009第12号",
        "钦\u200b政发〔2009〕12号",
    ],
)
def test_typed_forms_of_one_number(typed: str) -> None:
    assert parse_document_number(typed) == TWELVE


@pytest.mark.parametrize(
    "number",
    [
        "国办发〔2017〕47号",
        "桂发改环资〔2017〕635号",
        "阳府办函〔2021〕9号",
        "国办发明电〔1999〕3号",
    ],
)
def test_canonical_form(number: str) -> None:
    parsed = parse_document_number(number)
    assert parsed is not None
    assert parsed.canonical == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2009",
        "〔2009〕12号",
        "2009年第3号公告",
        "财政部令第98号",
        "47号文",
        "政府工作报告 2009",
        "车辆2009 12",
        "公积金提取",
        "钦政发〔2009〕",
        "钦政发〔2009〕12号 公积金",
        "二〇〇九年度报告",
    ],
)
def test_what_is_no_document_number(typed: str) -> None:
    assert parse_document_number(typed) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("现将钦政发〔2009〕12号转发给你们", TWELVE),
        ("关于印发办法的通知（钦政发〔2009〕12号）", TWELVE),
        ("请按照市政府办公室钦政发〔2009〕12号文件执行", TWELVE),
        (
            "钦州市人民政府办公室关于印发国办发〔2017〕47号的通知",
            DocumentNumber("国办发", 2017, 47),
        ),
        ("根据〔2009〕1号、钦政发〔2009〕12号", TWELVE),
        ("没有文号的正文，2009年12月3日", None),
    ],
)
def test_a_number_in_running_text(text: str, number: DocumentNumber | None) -> None:
    assert find_document_number(text) == number


@given(
    st.sampled_from(["钦政发", "钦政办函", "桂发改环资", "国办发明电", "南兴府办函"]),
    st.integers(1970, 2069),
    st.integers(1, 9999),
)
def test_every_canonical_number_is_read_back(org: str, year: int, serial: int) -> None:
    number = DocumentNumber(org, year, serial)
    assert parse_document_number(number.canonical) == number
    assert find_document_number(f"（{number.canonical}）") == number
    assert parse_document_number(f"{org}〔{year % 100:02d}〕{serial}") == number


def test_keys_tell_numbers_apart() -> None:
    keys = {DocumentNumber("钦政发", 2009, 1).key, DocumentNumber("钦政发", 2009, 11).key}
    assert keys == {"钦政发|2009|1", "钦政发|2009|11"}


@given(st.text(st.characters(), max_size=60) | st.text("钦政发〔【2009】〕12号第〇 ", max_size=30))
def test_any_text_may_be_asked(text: str) -> None:
    for number in (find_document_number(text), parse_document_number(text)):
        assert number is None or parse_document_number(number.canonical) == number
