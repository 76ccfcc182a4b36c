"""Periods in queries: what a person means by 去年, and what only looks like a time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.periods import find_period

TODAY = date(2026, 11, 24)  # a Tuesday


def days(first: str, last: str | None = None) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last or first)


@pytest.mark.parametrize(
    ("query", "said", "expected"),
    [
        ("2009年12月通知", "2009年12月", days("2009-12-01", "2009-12-31")),
        ("通知 2009年3月份", "2009年3月份", days("2009-03-01", "2009-03-31")),
        ("2010年 春节 放假", "2010年", days("2010-01-01", "2010-12-31")),
        ("二〇〇九年度报告", "二〇〇九年度", days("2009-01-01", "2009-12-31")),
        ("2009年度政府信息公开年报", "2009年度", days("2009-01-01", "2009-12-31")),
        ("２００９年１２月３日会议", "２００９年１２月３日", days("2009-12-03")),
        ("二○○九年十二月三日", "二○○九年十二月三日", days("2009-12-03")),
        ("会议 2009-12-03", "2009-12-03", days("2009-12-03")),
        ("2009.12.3", "2009.12.3", days("2009-12-03")),
        ("2009-12", "2009-12", days("2009-12-01", "2009-12-31")),
        ("09年12月", "09年12月", days("2009-12-01", "2009-12-31")),
        ("98年12月", "98年12月", days("1998-12-01", "1998-12-31")),
        ("今年 公务员 招聘", "今年", days("2026-01-01", "2026-12-31")),
        ("去年预算", "去年", days("2025-01-01", "2025-12-31")),
        ("前年", "前年", days("2024-01-01", "2024-12-31")),
        ("上年度决算", "上年度", days("2025-01-01", "2025-12-31")),
        ("明年放假", "明年", days("2027-01-01", "2027-12-31")),
        ("去年12月", "去年12月", days("2025-12-01", "2025-12-31")),
        ("今年三月三日", "今年三月三日", days("2026-03-03")),
        ("上个月 拍卖公告", "上个月", days("2026-10-01", "2026-10-31")),
        ("上月", "上月", days("2026-10-01", "2026-10-31")),
        ("本月停水", "本月", days("2026-11-01", "2026-11-30")),
        ("下个月", "下个月", days("2026-12-01", "2026-12-31")),
        ("上周新闻", "上周", days("2026-11-16", "2026-11-22")),
        ("上星期五", "上星期五", days("2026-11-20")),
        ("这个礼拜", "这个礼拜", days("2026-11-23", "2026-11-29")),
        ("昨天停电", "昨天", days("2026-11-23")),
        ("今天", "今天", days("2026-11-24")),
        ("前天", "前天", days("2026-11-22")),
        ("近三年规划", "近三年", days("2023-11-25", "2026-11-24")),
        ("最近3个月", "最近3个月", days("2026-08-25", "2026-11-24")),
        ("近半年", "近半年", days("2026-05-25", "2026-11-24")),
        ("近两周", "近两周", days("2026-11-11", "2026-11-24")),
        ("最近七天", "最近七天", days("2026-11-18", "2026-11-24")),
        ("2009-2011年 预算", "2009-2011年", days("2009-01-01", "2011-12-31")),
        ("2009年至2011年", "2009年至2011年", days("2009-01-01", "2011-12-31")),
        ("二〇〇九至二〇一一年", "二〇〇九至二〇一一年", days("2009-01-01", "2011-12-31")),
        ("2009—11年", "2009—11年", days("2009-01-01", "2011-12-31")),
        ("2009年3-6月", "2009年3-6月", days("2009-03-01", "2009-06-30")),
        ("2009年12月至2010年3月", "2009年12月至2010年3月", days("2009-12-01", "2010-03-31")),
        ("2009年第一季度", "2009年第一季度", days("2009-01-01", "2009-03-31")),
        ("去年四季度", "去年四季度", days("2025-10-01", "2025-12-31")),
        ("一季度经济运行", "一季度", days("2026-01-01", "2026-03-31")),
        ("上季度", "上季度", days("2026-07-01", "2026-09-30")),
        ("2009年上半年", "2009年上半年", days("2009-01-01", "2009-06-30")),
        ("今年下半年", "今年下半年", days("2026-07-01", "2026-12-31")),
        ("2009年以来", "2009年以来", days("2009-01-01", "2026-11-24")),
        ("2009年以前", "2009年以前", days("1900-01-01", "2008-12-31")),
        ("政府工作报告 2009", "2009", days("2009-01-01", "2009-12-31")),
        ("2024公务员招聘", "2024", days("2024-01-01", "2024-12-31")),
        ("2009年13月", None, None),
        ("2009年2月30日", "2009年2月", days("2009-02-01", "2009-02-28")),
    ],
)
def test_periods(query: str, said: str | None, expected: tuple[date, date] | None) -> None:
    found = find_period(query, TODAY)
    if expected is None:
        assert found is None
        return
    assert found is not None
    first, last, start, end = found
    assert (first, last) == expected
    assert query[start:end] == said


@pytest.mark.parametrize(
    "query",
    [
        "三年级",
        "十二五规划",
        "12345",
        "2012元",
        "GB2312",
        "ISO9001",
        "钦政发〔2009〕12号",
        "2009年第3号公告",
        "近年来",
        "80年代",
        "2009年级",
        "20091203",
        "周边",
        "本周刊",
        "今日头条",
        "一年一度",
        "三年行动计划",
        "年报",
        "每月",
        "上周岁",
        "3年以上",
        "12月党人",
        "2099",
        "1234",
        "2009-2011-2012",
        "公积金",
        "九年义务教育",
        "当年",
        "近年",
        "近周",
    ],
)
def test_what_is_no_period(query: str) -> None:
    assert find_period(query, TODAY) is None


def test_the_first_period_is_taken_and_the_longest_that_begins_there() -> None:
    found = find_period("去年12月和2009年", TODAY)
    assert found is not None
    assert (found.first, found.start, found.end) == (date(2025, 12, 1), 0, 5)


@pytest.mark.parametrize(
    ("today", "query", "expected"),
    [
        (date(2026, 1, 31), "上个月", days("2025-12-01", "2025-12-31")),
        (date(2026, 12, 31), "下个月", days("2027-01-01", "2027-01-31")),
        (date(2026, 2, 3), "四季度", days("2025-10-01", "2025-12-31")),
        (date(2026, 3, 31), "近一个月", days("2026-03-01", "2026-03-31")),
        (date(2024, 2, 29), "近一年", days("2023-03-01", "2024-02-29")),
        (date(2026, 1, 1), "上季度", days("2025-10-01", "2025-12-31")),
    ],
)
def test_across_the_turn_of_the_year(today: date, query: str, expected: tuple[date, date]) -> None:
    found = find_period(query, today)
    assert found is not None
    assert (found.first, found.last) == expected


PIECES = st.lists(
    st.sampled_from(
        [
            "2009",
            "二〇〇九",
            "年",
            "月",
            "日",
            "号",
            "12",
            "三",
            "十",
            "去年",
            "今年",
            "上个月",
            "近",
            "半年",
            "季度",
            "第",
            "-",
            "至",
            "到",
            ".",
            "/",
            "上半年",
            "本",
            "周",
            "星期",
            "五",
            "度",
            "以来",
            "以前",
            "的",
            "0000",
            "99",
            "31",
        ]
    ),
    max_size=14,
).map("".join)


@given(st.text(st.characters(), max_size=60) | PIECES, st.dates())
def test_any_text_on_any_day(text: str, today: date) -> None:
    found = find_period(text, today)
    if found is not None:
        assert found.first <= found.last
        assert 0 <= found.start < found.end <= len(text)


@given(st.dates(date(1980, 1, 1), date(2025, 12, 31)), st.sampled_from(["年月日", "-", ".", "/"]))
def test_every_day_is_found(day: date, marks: str) -> None:
    if marks == "年月日":
        written = f"{day.year}年{day.month}月{day.day}日"
    else:
        written = marks.join(map(str, (day.year, day.month, day.day)))
    found = find_period(f"会议 {written} 通知", TODAY)
    assert found is not None
    assert (found.first, found.last) == (day, day)
