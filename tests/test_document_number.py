"""发文字号: every way of writing one number is one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.document_number import (
    DocumentNumber,
    find_document_number,
    find_document_numbers,
    find_typed_number,
    index_terms,
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
        "钦 政 发〔2009〕12号",
        "钦政发〔20 09〕1 2号",
        "钦政发〔2009〕十二号",
        "钦政发（２００９）１２",
        "欽政發〔2009〕12號",
        "《钦政发〔2009〕12号》",
        "“钦政发2009 12”",
        "查询钦政发2009 12号",
    ],
)
def test_typed_forms_of_one_number(typed: str) -> None:
    assert parse_document_number(typed) == TWELVE


@pytest.mark.parametrize(
    ("key", "canonical", "typed"),
    [
        (
            "财政部令|0|98",
            "财政部令第98号",
            [
                "财政部令98号",
                "财政部第98号令",
                "中华人民共和国财政部令第９８号",
                "财政部令（第98号）",
            ],
        ),
        (
            "国务院令|0|711",
            "国务院令第711号",
            ["国务院第711号令", "中华人民共和国国务院令 第711号"],
        ),
        ("主席令|0|120", "主席令第120号", ["中华人民共和国主席令第一百二十号", "主席令第一二〇号"]),
        ("主席令|0|45", "主席令第45号", ["主席令第四十五号"]),
        (
            "钦州市人民政府令|0|5",
            "钦州市人民政府令第5号",
            ["钦州市人民政府令（第5号）", "钦州市人民政府第5号令", "钦州市人民政府令第五号文件"],
        ),
        (
            "公告|2009|3",
            "2009年第3号公告",
            ["公告2009年第3号", "公告（2009年第3号）", "公告〔2009〕3号", "二〇〇九年第3号公告"],
        ),
        (
            "国家税务总局公告|2009|3",
            "国家税务总局公告2009年第3号",
            [
                "国家税务总局2009年第3号公告",
                "国家税务总局公告〔2009〕第3号",
                "国家税务总局公告2009年3号",
            ],
        ),
        (
            "财政部税务总局公告|2019|39",
            "财政部税务总局公告2019年第39号",
            ["财政部 税务总局公告2019年第39号", "财政部、税务总局公告2019年第39号"],
        ),
        ("发改委令|2011|9", "发改委令2011年第9号", ["发改委2011年第9号令"]),
        ("钦土公告|2009|3", "钦土公告〔2009〕3号", ["钦土公告[2009]第3号"]),
    ],
)
def test_orders_and_announcements(key: str, canonical: str, typed: list[str]) -> None:
    for written in (canonical, *typed):
        parsed = parse_document_number(written)
        assert parsed is not None, written
        assert (parsed.key, parsed.canonical) == (key, canonical)
        assert find_document_number(f"现公布{written}。") == parsed


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
    ("typed", "key"),
    [
        ("47号文", "||47"),
        ("“47号文”", "||47"),
        ("四十七号文件", "||47"),
        ("第12号", "||12"),
        ("〔2009〕12号", "|2009|12"),
        ("〔09〕12", "|2009|12"),
        ("2009年第3号", "|2009|3"),
        ("2009年3号文", "|2009|3"),
        ("钦政办函", "钦政办函||"),
        ("国办发明电", "国办发明电||"),
        ("钦政发〔2009〕", "钦政发|2009|"),
        ("钦政发 2009年", "钦政发|2009|"),
        ("国发47号文", "国发||47"),
        ("钦政发第12号", "钦政发||12"),
        ("第3号公告", "公告||3"),
        ("公告第3号", "公告||3"),
        ("3号令", "令||3"),
    ],
)
def test_parts_of_numbers(typed: str, key: str) -> None:
    number = parse_document_number(typed)
    assert number is not None
    assert (number.key, number.is_partial) == (key, True)
    assert parse_document_number(number.canonical) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2009",
        "2009年12月",
        "2009年 12月",
        "2009年12月3日",
        "第3号台风",
        "第3号公告栏",
        "第0号",
        "10号公告牌",
        "12号",
        "110号文件柜",
        "12315",
        "政府",
        "政府令",
        "公告",
        "国土",
        "国办",
        "新规",
        "中国",
        "口令第3号",
        "停水公告2009年第3号",
        "钦州市公安局通告2009年第3期",
        "国务院令第711号 政府信息公开条例",
        "政府工作报告 2009",
        "车辆2009 12",
        "公积金提取",
        "钦政发〔2009〕12号 公积金",
        "二〇〇九年度报告",
    ],
)
def test_what_is_no_document_number(typed: str) -> None:
    assert parse_document_number(typed) is None


@pytest.mark.parametrize(
    ("query", "key", "said"),
    [
        ("钦政发〔2009〕12号 全文", "钦政发|2009|12", "钦政发〔2009〕12号"),
        ("关于钦政发【2009】１２号的解读", "钦政发|2009|12", "钦政发【2009】１２号"),
        ("通知 钦政办（2010）3", "钦政办|2010|3", "钦政办（2010）3"),
        ("下载 钦政办2010 3号 附件", "钦政办|2010|3", "钦政办2010 3号"),
        ("国务院令第711号 条例", "国务院令|0|711", "国务院令第711号"),
        ("政府令第五号 办法", "政府令|0|5", "政府令第五号"),
        ("2009年第3号公告 停水", "公告|2009|3", "2009年第3号公告"),
        ("国办发明电〔2009〕5号 甲流", "国办发明电|2009|5", "国办发明电〔2009〕5号"),
        ("钦政发二〇〇九12号 规划", "钦政发|2009|12", "钦政发二〇〇九12号"),
        ("47号文 钦政发〔2009〕12号", "钦政发|2009|12", "钦政发〔2009〕12号"),
        ("47号文解读", "||47", "47号文"),
        ("装修 [政府发文]【2018】53号文件 价格", "|2018|53", "【2018】53号文件"),
        ("政务公开 47号文", "||47", "47号文"),
        ("国发47号文件全文", "国发||47", "国发47号文件"),
        ("钦政发〔2009〕 规划", "钦政发|2009|", "钦政发〔2009〕"),
        (" 47号文 ", "||47", "47号文"),
    ],
)
def test_a_number_among_other_words(query: str, key: str, said: str) -> None:
    found = find_typed_number(query)
    assert found is not None
    assert (found.number.key, query[found.start : found.end]) == (key, said)


@pytest.mark.parametrize(
    "query",
    [
        "2009年 12月",
        "国务院 2009 12",
        "3号 令人",
        "新规 2009",
        "公积金提取",
        "12315",
        "12315投诉电话",
        "2009年12月通知",
        "第3号公告栏",
        "110号文件柜",
        "幸福路3号文化站",
        "47号文化广场",
        "公积金（2009）12个月",
        "政府工作报告2009",
        "车辆2009-12",
        "港南办3号楼",
        "一号文化路",
        "预算(2009)3月",
        "a47号文",
    ],
)
def test_no_number_among_other_words(query: str) -> None:
    assert find_typed_number(query) is None


def test_all_numbers_that_a_text_cites() -> None:
    text = (
        "根据《条例》（国务院令第711号）、钦政发〔2009〕12号和桂政办发[2008]3号，参照〔2009〕1号、"
        "工资（2009）12个月，废止钦政发〔2009〕12号、二〇〇九年第三号公告。"
    )
    assert [number.key for number in find_document_numbers(text)] == [
        "国务院令|0|711",
        "钦政发|2009|12",
        "桂政办发|2008|3",
        "钦政发|2009|12",
        "公告|2009|3",
    ]


ORGS = st.sampled_from(
    [
        "钦政发",
        "国办发明电",
        "桂发改环资",
        "国务院令",
        "钦州市人民政府令",
        "国家税务总局公告",
        "公告",
    ]
)


@given(ORGS, st.integers(1970, 2069), st.integers(1, 9999))
def test_a_document_is_found_by_every_part_of_its_number(org: str, year: int, serial: int) -> None:
    number = DocumentNumber(org, year, serial)
    terms = index_terms(number)
    assert terms[0] == number.key
    assert len(terms) == len(set(terms))
    for part in (
        DocumentNumber(org, 0, serial),
        DocumentNumber(org, year, 0),
        DocumentNumber(org, 0, 0),
        DocumentNumber("", year, serial),
        DocumentNumber("", 0, serial),
    ):
        assert part.key in terms


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (
            "钦州市人民政府令第5号",
            ["钦州市政府令第5号", "市政府令第5号", "市人民政府第5号令", "政府令第五号", "5号令"],
        ),
        ("国家税务总局公告2012年第8号", ["税务总局公告2012年第8号", "2012年第8号公告", "8号公告"]),
        ("财政部令第98号", ["财政部第98号令", "第98号令", "98号文"]),
        ("钦政发〔2009〕12号", ["钦政发12号", "钦政发2009", "钦政发", "〔09〕12号", "12号文"]),
    ],
)
def test_shorter_names_find_the_document(number: str, typed: list[str]) -> None:
    full = parse_document_number(number)
    assert full is not None
    assert not full.is_partial
    for query in typed:
        asked = parse_document_number(query)
        assert asked is not None, query
        assert asked.key in index_terms(full), query


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
        ("根据财政部令第98号制定本办法", DocumentNumber("财政部令", 0, 98)),
        ("现发布停水公告2009年第3号", DocumentNumber("公告", 2009, 3)),
        ("依据第3号公告和10号令", None),
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


ANYTHING = (
    st.text(st.characters(), max_size=60)
    | st.text("钦政发〔【2009】〕12号第〇 ", max_size=30)
    | st.text("财政部令公告第98号年一十百〇（2009）文件 、", max_size=24)
)


@given(ANYTHING)
def test_any_text_may_be_asked(text: str) -> None:
    for number in (find_document_number(text), parse_document_number(text)):
        assert number is None or parse_document_number(number.canonical) == number
    found = find_typed_number(text)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert found.number.key in index_terms(found.number)


@given(ANYTHING)
def test_the_numbers_of_a_text_are_whole(text: str) -> None:
    for number in find_document_numbers(text):
        assert number.serial > 0
        assert not number.is_partial
