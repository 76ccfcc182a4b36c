"""Taking a typed query apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import normalize
from analyzers.query import Operand, ParsedQuery, Period, parse_query


@pytest.mark.parametrize(
    "quoted",
    [
        '"公积金 提取"',
        "“公积金 提取”",
        "”公积金 提取“",
        "「公积金 提取」",
        "『公积金 提取』",
        "＂公积金 提取＂",
        "〝公积金 提取〞",
        "„公积金 提取‟",
        "«公积金 提取»",
    ],
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


def test_exact_keeps_words_and_phrases_as_they_are_typed() -> None:
    query = parse_query('公积金 怎么提取 "异地贷款"', exact=True)
    assert (query.words, query.phrases) == (("公积金", "怎么提取"), ("异地贷款",))


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


def operands(query: ParsedQuery) -> list[list[str]]:
    """The texts of each group."""
    return [[operand.text for operand in group] for group in query.groups]


@pytest.mark.parametrize(
    "text",
    [
        "公积金 OR 社保 办理",
        "办理 公积金 ＯＲ 社保",
        "办理 公积金 | 社保",
        "办理 公积金 ｜ 社保",
        "办理 公积金 或者 社保",
    ],
)
def test_or_between_words_asks_for_one_of_them(text: str) -> None:
    query = parse_query(text)
    assert operands(query) == [["公积金", "社保"]]
    assert query.words == ("办理",)


def test_or_joins_several_and_phrases() -> None:
    query = parse_query('甲 OR "乙 丙" OR 丁')
    assert query.groups == ((Operand("甲"), Operand("乙 丙", is_phrase=True), Operand("丁")),)
    assert operands(parse_query("甲 OR 乙 丙 OR 丁")) == [["甲", "乙"], ["丙", "丁"]]
    assert parse_query("甲 OR 甲").words == ("甲",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("公积金 or 社保", ("公积金", "or", "社保")),  # small letters
        ("公积金OR社保", ("公积金or社保",)),
        ("公积金|社保", ("公积金|社保",)),  # titles of pages have it between their parts
        ("公积金或者社保", ("公积金或者社保",)),
        ("公积金 OR", ("公积金",)),  # nothing to choose from
        ("OR 公积金 |", ("公积金",)),
        ("公积金 OR -社保", ("公积金",)),
        ("OR", ("or",)),
        ("或者", ("或者",)),
    ],
)
def test_or_elsewhere_joins_nothing(text: str, words: tuple[str, ...]) -> None:
    query = parse_query(text)
    assert (query.words, query.groups) == (words, ())


@pytest.mark.parametrize(
    ("text", "sites", "words"),
    [
        ("公积金 site:portal", ("portal",), ("公积金",)),
        ("公积金 ＳＩＴＥ：Portal", ("portal",), ("公积金",)),
        ("site:www.qinzhou.gov.cn公积金", ("www.qinzhou.gov.cn",), ("公积金",)),
        ("公积金site:www.qinzhou.gov.cn", ("www.qinzhou.gov.cn",), ("公积金",)),
        ("site:http://www.qinzhou.gov.cn:8080/zwgk/?a=1 甲", ("www.qinzhou.gov.cn:8080",), ("甲",)),
        ("site:门户网站 甲", ("门户网站",), ("甲",)),
        ('site:"门户 网站" 甲', ("门户 网站",), ("甲",)),
        ("甲 site:a OR site:b", ("a", "b"), ("甲",)),
        ("甲 site: 乙", (), ("甲", "乙")),  # no operand
    ],
)
def test_site_names_where_to_look(
    text: str, sites: tuple[str, ...], words: tuple[str, ...]
) -> None:
    query = parse_query(text)
    assert (query.sites, query.words) == (sites, words)


@pytest.mark.parametrize(
    ("text", "filetypes"),
    [
        ("申请表 filetype:pdf", ("pdf",)),
        ("申请表 filetype:.PDF", ("pdf",)),
        ("申请表 ｆｉｌｅｔｙｐｅ：ｐｄｆ", ("pdf",)),
        ("申请表 filetype:pdf,xls", ("pdf", "xls")),
        ("申请表 filetype:word", ("doc", "docx", "wps")),
        ("filetype:pdf申请表", ("pdf",)),
        ("申请表 filetype:", ()),
        ("申请表 filetype:。", ()),
    ],
)
def test_filetype_names_extensions(text: str, filetypes: tuple[str, ...]) -> None:
    query = parse_query(text)
    assert (query.filetypes, query.words) == (filetypes, ("申请表",))


def test_intitle_asks_for_a_word_or_phrase_in_the_title() -> None:
    query = parse_query('intitle:预算 intitle:"三公 经费" 2010')
    assert query.groups == (
        (Operand("预算", in_title=True),),
        (Operand("三公 经费", is_phrase=True, in_title=True),),
    )
    assert query.words == ("2010",)
    assert operands(parse_query("intitle:预算 OR intitle:决算 OR 报表")) == [
        ["预算", "决算", "报表"]
    ]


def test_operators_can_be_negated() -> None:
    query = parse_query("公积金 -site:portal -filetype:.doc －intitle:贷款 -intitle:“异地 提取”")
    assert query.excluded_sites == ("portal",)
    assert query.excluded_filetypes == ("doc",)
    assert query.excluded_in_title == ("贷款", "异地 提取")
    assert (query.words, query.excluded) == (("公积金",), ())


@pytest.mark.parametrize(
    "text",
    [
        "http://www.example.cn/s?site:1",
        "mysite:portal",
        "website:portal",
        "x-site:portal",
        "《公积金》管理/办法",
        "C++",
        "ISO9001:2015",
        "一站式-服务",
        "标题:正文",
        "12:30-17:30",
        '5"显示屏',
        "--x",
    ],
)
def test_what_a_pasted_text_holds_is_no_operator(text: str) -> None:
    query = parse_query(text)
    assert query.words == (normalize(text),)
    assert (query.phrases, query.excluded, query.groups, query.sites) == ((), (), (), ())


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("钦政发〔2009〕12号 全文", "钦政发〔2009〕12号"),
        ("国务院令第711号 条例", "国务院令第711号"),
    ],
)
def test_a_document_number_within_a_longer_query(text: str, canonical: str) -> None:
    query = parse_query(text)
    assert query.number is not None
    assert query.number.canonical == canonical
    assert query.words[-1] == text.split()[-1]


TODAY = date(2010, 2, 3)


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2009年12月通知", date(2009, 12, 1), date(2009, 12, 31), ("2009年12月通知",)),
        ("二〇〇九年度报告", date(2009, 1, 1), date(2009, 12, 31), ("2009年度报告",)),
        # No document calls itself last year's.
        ("去年 公务员 招聘", date(2009, 1, 1), date(2009, 12, 31), ("公务员", "招聘")),
        ("招聘上个月公告", date(2010, 1, 1), date(2010, 1, 31), ("招聘", "公告")),
        ("去年", date(2009, 1, 1), date(2009, 12, 31), ("去年",)),
    ],
)
def test_the_days_a_query_speaks_of(
    text: str, first: date, last: date, words: tuple[str, ...]
) -> None:
    query = parse_query(text, today=TODAY)
    assert (query.period, query.words) == (Period(first, last), words)


def test_exact_reads_operators_but_no_period() -> None:
    query = parse_query("去年 招聘 site:portal -护士", exact=True)
    assert (query.phrases, query.words, query.period) == ((), ("去年", "招聘"), None)
    assert (query.sites, query.excluded) == (("portal",), ("护士",))


def test_a_site_or_a_type_alone_means_all_of_it() -> None:
    for text in ("site:portal", "filetype:pdf -intitle:表", "site:portal -公积金"):
        query = parse_query(text)
        assert query.matches_all
        assert not query.is_empty()
    assert not parse_query("公积金 site:portal").matches_all
    assert not parse_query("-site:portal").matches_all


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
        "-site:portal",
        "site:",
        "intitle:",
        "intitle:“”",
        "filetype: |",
        "- | -",
        "`~!@#$%^&*_+<>{}/'[]",
    ],
)
def test_queries_with_nothing_to_search_for(text: str) -> None:
    assert parse_query(text).is_empty()


OPERATORS = st.lists(
    st.sampled_from(
        [
            "site:",
            "-",
            "intitle:",
            "filetype:",
            " OR ",
            " | ",
            "或者",
            "“",
            "”",
            '"',
            " ",
            "甲",
            "a.b",
        ]
    ),
    max_size=20,
).map("".join)


@given(
    st.text(st.characters(), max_size=200)
    | st.text('钦a1“”"「」- 　_|:：', max_size=40)
    | OPERATORS,
    st.booleans(),
)
def test_any_text_is_a_query(text: str, exact: bool) -> None:
    query = parse_query(text, exact=exact)
    found = [operand.text for group in query.groups for operand in group]
    given_up = (*query.excluded, *query.excluded_in_title)
    for part in (*query.words, *query.phrases, *found, *given_up, *query.sites, *query.filetypes):
        assert part == part.strip()
        assert any(character.isalnum() for character in part)
        assert normalize(part) == part
    if query.matches_all:
        assert not query.is_empty()


@pytest.mark.parametrize("typed", ["钦 政 发 〔 2009 〕 12 号", "钦财农 【 2009 】 第 12 号"])
def test_a_number_with_its_characters_set_apart(typed: str) -> None:
    number = parse_query(typed).number
    assert number is not None
    assert (number.year, number.serial) == (2009, 12)


def test_an_excluded_number_is_not_asked_for() -> None:
    assert parse_query('公积金 -"钦政发〔2009〕12号"').number is None
