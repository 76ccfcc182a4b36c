"""Dates in every form that Chinese public bodies write."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.dates import (
    date_in_path,
    find_date,
    find_dates,
    find_english_date,
    find_short_date,
    parse_timestamp,
)

THIRD_OF_DECEMBER = date(2009, 12, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2009-12-03",
        "2009-12-3 16:30",
        "[2009/12/03]",
        "（2009.12.03）",
        "2009年12月3日",
        "2009 年 12 月 3 日",
        "２００９年１２月３日",
        "发布时间：2009-12-03 16:30",
        "发布日期：2009年12月03日16:30",
        "二〇〇九年十二月三日",
        "二○○九年十二月三日",
        "二OO九年十二月三日",
        "二零零九年十二月三日",
        "二ＯＯ九年十二月三日",
        "2009年12月3号",
    ],
)
def test_every_written_form_of_one_day(text: str) -> None:
    assert find_date(text) == THIRD_OF_DECEMBER


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("一九九八年十月十日", date(1998, 10, 10)),
        ("二〇一二年二月二十九日", date(2012, 2, 29)),
        ("二〇一〇年元月廿一日", date(2010, 1, 21)),
        ("二〇一〇年十二月三十一日", date(2010, 12, 31)),
        ("二〇二三年一月卅日", date(2023, 1, 30)),
        ("2009/1/2", date(2009, 1, 2)),
    ],
)
def test_numerals_beyond_ten(text: str, day: date) -> None:
    assert find_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "2009年12月", "12-03", "2009-13-01", "2010年2月30日", "0777-2009-12-03123", "3009-12-03"],
)
def test_what_is_no_full_day(text: str) -> None:
    assert find_date(text) is None


def test_all_dates_of_a_sentence_with_their_places() -> None:
    text = "自2009年12月3日起施行，有效期至2014-12-02。"
    found = list(find_dates(text))
    assert [item.day for item in found] == [THIRD_OF_DECEMBER, date(2014, 12, 2)]
    assert text[found[0].start : found[0].end] == "2009年12月3日"


def test_an_impossible_day_does_not_hide_the_next() -> None:
    assert find_date("2009-02-31 更正为 2009-12-03") == THIRD_OF_DECEMBER


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2009-12-03 16:30", THIRD_OF_DECEMBER),
        ("2009-12-02T16:30:00Z", THIRD_OF_DECEMBER),
        ("2009-12-03T00:10:00+08:00", THIRD_OF_DECEMBER),
        ("2009-12-03T00:10:00.5+0800", THIRD_OF_DECEMBER),
        ("20091203", THIRD_OF_DECEMBER),
        ("20091203163000", THIRD_OF_DECEMBER),
        ("null", None),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_timestamps_are_days_of_chinese_time(value: str, day: date | None) -> None:
    assert parse_timestamp(value) == day


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/zwgk/tzgg/200912/t20091203_1234.html", THIRD_OF_DECEMBER),
        ("/art/2009/12/3/art_103585_10328790.html", THIRD_OF_DECEMBER),
        ("/news/20091203/1.html", THIRD_OF_DECEMBER),
        ("/2009-12/03/content_12.htm", THIRD_OF_DECEMBER),
        ("/zwgk/200912/P020091203538195573144.pdf", THIRD_OF_DECEMBER),
        ("/zwgk/200912/1234.html", None),
        ("/t10221601.shtml", None),
        ("/P020091303201538195573144.pdf", None),
    ],
)
def test_dates_in_url_paths(path: str, day: date | None) -> None:
    assert date_in_path(path) == day


@settings(deadline=None)
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_whatever_is_written_is_read_back(day: date) -> None:
    written = f"{day.year}年{day.month}月{day.day}日"
    assert find_date(written) == find_date(day.isoformat()) == day


@settings(deadline=None)
@given(st.text(alphabet="二〇九年十廿卅月日一三0123-/.年月日 号"))
def test_no_text_makes_it_fail(text: str) -> None:
    assert all(item.start < item.end for item in find_dates(text))


@pytest.mark.parametrize(
    "text",
    ["December 3rd, 2009", "Dec. 3, 2009 10:56 am", "Thursday, December 03 2009", "3 Dec 2009"],
)
def test_english_months(text: str) -> None:
    assert find_english_date(text) == THIRD_OF_DECEMBER
    assert find_date(text) is None


@pytest.mark.parametrize("text", ["May 2009", "Decision 3, 2009", "March 32, 2009", "2009-12-03"])
def test_what_is_no_day_in_english(text: str) -> None:
    assert find_english_date(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("09-12-03", THIRD_OF_DECEMBER),
        ("[09/12/3]", THIRD_OF_DECEMBER),
        ("09年12月3日", THIRD_OF_DECEMBER),
        ("98.10.1 16:30", date(1998, 10, 1)),
        ("2009-12-03", None),
        ("12-03", None),
        ("09-13-01 更正 09-12-03", THIRD_OF_DECEMBER),
        ("192.168.10.1", None),
        ("0777-09-12-03", None),
    ],
)
def test_years_of_two_digits_where_a_label_calls_for_a_date(text: str, day: date | None) -> None:
    assert find_short_date(text) == day
