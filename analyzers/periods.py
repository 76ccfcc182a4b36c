"""Periods that a query speaks of: 2009年12月, 去年, 近三年, 2009-2011年.

Only what surely is a time: 三年级, 2012元 and 十二五规划 are none. The words for times relative
to today are those of everyday Chinese; a week begins on Monday (GB/T 7408).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NamedTuple

from analyzers.normalize import normalize_with_offsets
from analyzers.numerals import numeral_value


class FoundPeriod(NamedTuple):
    """Days, both inclusive, and where a text names them: ``text[start:end]``."""

    first: date
    last: date
    start: int
    end: int


Days = tuple[date, date]
_Reader = Callable[[re.Match[str], date], Days]

EARLIEST: Final = date(1900, 1, 1)
"""Where 2009年以前 begins."""
_LONGEST: Final = 1000
"""A text is looked through so far: a query is shorter."""
_YEARS_BACK: Final = {"今": 0, "本": 0, "去": 1, "上": 1, "前": 2, "明": -1}
_BACK: Final = {"上": 1, "本": 0, "这": 0, "下": -1}
_DAYS_BACK: Final = {"今": 0, "昨": 1, "前": 2}
_QUARTERS: Final = {
    **dict(zip("一二三四", range(4), strict=True)),
    **{str(q + 1): q for q in range(4)},
}
_HALVES: Final = {"上": 0, "下": 1}
_WEEKDAYS: Final = {mark: day for day, mark in enumerate("一二三四五六日")} | {"天": 6}

# 二〇〇九 is 2009 after normalisation. Before a year no figure, behind it no other unit.
_FOUR: Final = r"(?:19|20)\d\d"
_YEAR: Final = rf"(?<![\d.]){_FOUR}"
_RELATIVE: Final = r"[今去前明]年|[本上]年度?"
_OF_YEAR: Final = rf"(?P<year>{_YEAR}年度?|(?<!\d)\d\d年(?=\d|第|[上下]半年)|{_RELATIVE})的?\s?"
_TO: Final = r"\s?[-–—~至到]{1,2}\s?"
_NOT_A_YEAR: Final = r"(?![\d.年个元块万亿人名户亩吨件条项米号款套份岁倍次级多余a-z/-])"


def find_period(text: str, today: date) -> FoundPeriod | None:
    """The first period that a text names, the longest where several begin; None without.

    Args:
        today: what 去年 and the like are reckoned from.
    """
    normalized = normalize_with_offsets(text[:_LONGEST])
    best: tuple[int, int] | None = None
    days: Days | None = None
    for pattern, read in _FORMS:
        for match in pattern.finditer(normalized.text):
            place = (match.start(), -match.end())
            if best is not None and place >= best:
                break
            try:
                found = read(match, today)
            except (ValueError, OverflowError):  # 2009年13月; a day before the calendar's first
                continue
            if found[0] <= found[1]:
                best, days = place, found
                break
    if best is None or days is None:
        return None
    return FoundPeriod(*days, *normalized.original_span(best[0], -best[1]))


def _day(match: re.Match[str], today: date) -> Days:
    day = date(_year(match["year"], today), int(match["month"]), int(match["day"]))
    return day, day


def _plain_day(match: re.Match[str], _today: date) -> Days:
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return day, day


def _plain_month(match: re.Match[str], _today: date) -> Days:
    return _months(int(match["year"]), int(match["month"]))


def _month(match: re.Match[str], today: date) -> Days:
    return _months(_year(match["year"], today), int(match["month"]))


def _month_range(match: re.Match[str], today: date) -> Days:
    first = _year(match["year"], today)
    last = _year(match["last_year"], today) if match["last_year"] else first
    return _months(first, int(match["month"]))[0], _months(last, int(match["last_month"]))[1]


def _quarter(match: re.Match[str], today: date) -> Days:
    return _quarter_of(_year(match["year"], today), _QUARTERS[match["quarter"]])


def _recent_quarter(match: re.Match[str], today: date) -> Days:
    """一季度: the last that has begun."""
    quarter = _QUARTERS[match["quarter"]]
    begun = quarter <= (today.month - 1) // 3
    return _quarter_of(today.year if begun else today.year - 1, quarter)


def _half(match: re.Match[str], today: date) -> Days:
    year, half = _year(match["year"], today), _HALVES[match["half"]]
    return date(year, 6 * half + 1, 1), _months(year, 6 * half + 6)[1]


def _whole_year(match: re.Match[str], today: date) -> Days:
    year = _year(match["year"], today)
    first, last = date(year, 1, 1), date(year, 12, 31)
    since = match["since"] or ""
    if since in ("以前", "之前"):
        return EARLIEST, date(year - 1, 12, 31)
    return (first, today) if since else (first, last)


def _year_range(match: re.Match[str], _today: date) -> Days:
    last = match["last_year"]
    last = match["year"][: 4 - len(last)] + last
    return date(int(match["year"]), 1, 1), date(int(last), 12, 31)


def _bare_year(match: re.Match[str], today: date) -> Days:
    year = int(match.group())
    if not 1978 <= year <= today.year + 1:
        raise ValueError("a figure rather than a year")
    return date(year, 1, 1), date(year, 12, 31)


def _month_back(match: re.Match[str], today: date) -> Days:
    months = 12 * today.year + today.month - 1 - _BACK[match["back"]]
    return _months(months // 12, months % 12 + 1)


def _quarter_back(match: re.Match[str], today: date) -> Days:
    quarters = 4 * today.year + (today.month - 1) // 3 - _BACK[match["back"]]
    return _quarter_of(quarters // 4, quarters % 4)


def _week_back(match: re.Match[str], today: date) -> Days:
    monday = today - timedelta(days=today.weekday() + 7 * _BACK[match["back"]])
    if match["weekday"]:
        day = monday + timedelta(days=_WEEKDAYS[match["weekday"]])
        return day, day
    return monday, monday + timedelta(days=6)


def _day_back(match: re.Match[str], today: date) -> Days:
    day = today - timedelta(days=_DAYS_BACK[match["back"]])
    return day, day


def _recent(match: re.Match[str], today: date) -> Days:
    """近三年: up to today, as long as is said."""
    unit, amount = match["unit"], numeral_value((match["amount"] or "").replace("两", "二"))
    if unit == "半年":
        amount = 1
    if not amount:
        raise ValueError("no amount")
    if unit in ("天", "日"):
        return today - timedelta(days=amount - 1), today
    if unit in ("周", "个星期", "个礼拜", "星期"):
        return today - timedelta(days=7 * amount - 1), today
    months = {"年": 12, "半年": 6, "个季度": 3}.get(unit, 1) * amount
    whole = 12 * today.year + today.month - 1 - months
    year, month = whole // 12, whole % 12 + 1
    same_day = date(year, month, min(today.day, monthrange(year, month)[1]))
    return same_day + timedelta(days=1), today


def _year(written: str, today: date) -> int:
    """The year of 2009年, 09年 or 去年."""
    digits = written.rstrip("年度")
    if digits[0] in _YEARS_BACK:
        return today.year - _YEARS_BACK[digits[0]]
    year = int(digits)
    if year < 100:
        year += 2000 if year < 70 else 1900
    return year


def _months(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _quarter_of(year: int, quarter: int) -> Days:
    return date(year, 3 * quarter + 1, 1), _months(year, 3 * quarter + 3)[1]


_FORMS: Final[tuple[tuple[re.Pattern[str], _Reader], ...]] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"{_OF_YEAR}(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号]", _day),
        (
            rf"(?<![\d.])(?P<year>{_FOUR})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)"
            r"(?P<day>\d{1,2})(?![\d.])",
            _plain_day,
        ),
        (
            rf"{_OF_YEAR}(?P<month>\d{{1,2}})\s?月?{_TO}(?P<last_year>{_YEAR}年|{_RELATIVE})?"
            r"(?P<last_month>\d{1,2})\s?月份?(?!\d)",
            _month_range,
        ),
        (rf"{_OF_YEAR}(?P<month>\d{{1,2}})\s?月份?", _month),
        (
            rf"(?<![\d.])(?P<year>{_FOUR})[-/.](?P<month>0?[1-9]|1[0-2])(?![\d.号年条/-])",
            _plain_month,
        ),
        (rf"{_OF_YEAR}第?\s?(?P<quarter>[一二三四1-4])\s?季度", _quarter),
        (r"(?<!\d)第?(?P<quarter>[一二三四1-4])季度", _recent_quarter),
        (rf"{_OF_YEAR}(?P<half>[上下])半年", _half),
        (
            rf"(?P<year>{_YEAR}年度?|(?<!\d)0\d年(?!\d)|{_RELATIVE})"
            r"(?!级|代|第\d+号|\d)(?P<since>以来|以后|之后|起|至今|以前|之前)?",
            _whole_year,
        ),
        (
            rf"(?<![\d.-])(?P<year>{_FOUR})(?:年度?)?{_TO}(?P<last_year>(?:19|20)\d\d|\d\d(?=年))(?:年度?)?"
            r"(?![\d.-])",
            _year_range,
        ),
        (rf"(?<![a-z\d.:/〔(-]){_FOUR}{_NOT_A_YEAR}", _bare_year),
        (r"(?P<back>[上本这下])(?:个月(?!内)|月)份?", _month_back),
        (r"(?P<back>[上本这])个?季度", _quarter_back),
        (
            r"(?P<back>[上本这下])个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天](?!个))?(?!边|围|刊|岁|转|期|年)",
            _week_back,
        ),
        (r"(?P<back>[今昨前])[天日](?!头条)", _day_back),
        (
            r"(?:最近|近|过去)(?:的?)(?P<amount>[\d一二两三四五六七八九十]{1,4})?"
            r"(?P<unit>年|半年|个季度|个月|月|周|个星期|星期|个礼拜|天|日)(?!级|度|来)",
            _recent,
        ),
    )
)
