"""Dates as Chinese public bodies write them.

The forms are those of GB/T 7408 (``2009-12-03``), of official documents under
GB/T 9704 (``2009年12月3日``, earlier ``二〇〇九年十二月三日``) and the habits of web
editors (``[2009/1/2]``, ``2009.12.03``). A date here is always a full day: a month alone or
a day without a year says too little to sort by and is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

CHINA_STANDARD_TIME: Final = timezone(timedelta(hours=8), "CST")
"""The time zone of every Chinese public body: UTC+8, without summer time since 1992."""

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2099
_PIVOT_YEAR: Final = 70

# Editors type the circle of 二〇〇九 in every way a keyboard offers.
_ZERO: Final = "〇○◯零OoＯｏΟ0０"
_UNITS: Final = {mark: value for value, mark in enumerate("一二三四五六七八九", start=1)}
_YEAR_DIGITS: Final = {**dict.fromkeys(_ZERO, 0), **_UNITS}
_CHINESE_NUMBER: Final = "一二三四五六七八九十廿卅"

_FORMS: Final = re.compile(
    r"(?<!\d)(?P<y1>\d{4})\s?(?P<mark>[-/.－／．—–])\s?(?P<m1>\d{1,2})\s?(?P=mark)\s?(?P<d1>\d{1,2})"
    r"(?!\d)"
    r"|(?<!\d)(?P<y2>\d{4})\s{0,3}年\s{0,3}(?P<m2>\d{1,2})\s{0,3}月\s{0,3}(?P<d2>\d{1,2})\s{0,3}[日号]"
    rf"|(?P<y3>[一二][{_ZERO}一二三四五六七八九]{{3}})\s?年\s?(?P<m3>[{_CHINESE_NUMBER}元正]{{1,2}})"
    rf"\s?月\s?(?P<d3>[{_CHINESE_NUMBER}]{{1,3}})\s?[日号]"
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH_NAME: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_ENGLISH: Final = re.compile(
    rf"\b(?P<m1>{_MONTH_NAME})\.?\s?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<y1>\d{{4}})\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[\s-](?P<m2>{_MONTH_NAME})\.?,?[\s-](?P<y2>\d{{4}})\b",
    re.IGNORECASE,
)
_SHORT: Final = re.compile(
    r"(?<![\d.-])(?P<y>\d{2})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?![\d.-])"
    r"|(?<!\d)(?P<y2>\d{2})年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号]"
)
_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s?(?:Z|[+-]\d{2}:?\d{2})"
)
_IN_PATH: Final = (
    # 拓尔思 names attachments P0, the day and a serial number.
    re.compile(r"/P0(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])\d{6}"),
    re.compile(r"(?:^|[/_-])t?(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)"),
    re.compile(
        r"[/_-](?P<y>(?:19|20)\d{2})[/_-](?P<m>0?[1-9]|1[0-2])[/_-](?P<d>[0-2]?\d|3[01])(?!\d)"
    ),
    re.compile(r"/(?P<y>(?:19|20)\d{2})-?(?P<m>0[1-9]|1[0-2])/(?P<d>[0-2]\d|3[01])/"),
)


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: the day and where it stands, ``text[start:end]``."""

    day: date
    start: int
    end: int


def find_dates(text: str) -> Iterator[FoundDate]:
    """Every full date of a text in reading order; impossible days are passed over."""
    for match in _FORMS.finditer(text):
        day = _day_of(match)
        if day is not None:
            yield FoundDate(day, match.start(), match.end())


def find_english_date(text: str) -> date | None:
    """The first date with an English month: December 3rd, 2009; 3 Dec 2009; None without."""
    for match in _ENGLISH.finditer(text):
        month, day, year = (match[f"{part}1"] or match[f"{part}2"] for part in "mdy")
        found = _make(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
        if found is not None:
            return found
    return None


def find_short_date(text: str) -> date | None:
    """The first date with a year of two digits (09-12-03, 09年12月3日), or None.

    Such figures may be anything: to be asked only where a label says that a date follows.
    The year comes first, as everywhere in China; 70 to 99 are years of the last century.
    """
    for match in _SHORT.finditer(text):
        year = int(match["y"] or match["y2"])
        found = _make(
            year + (1900 if year >= _PIVOT_YEAR else 2000),
            int(match["m"] or match["m2"]),
            int(match["d"] or match["d2"]),
        )
        if found is not None:
            return found
    return None


def find_date(text: str) -> date | None:
    """The first full date of a text, or None."""
    found = next(find_dates(text), None)
    return found.day if found else None


def parse_timestamp(value: str) -> date | None:
    """The day in UTC+8 that a ``PubDate`` tag or the like names, or None.

    Takes what :func:`find_date` takes, an RFC 3339 instant with its offset, which is moved
    to Chinese time, and the bare ``20091203`` with or without a time behind it.
    """
    instant = _INSTANT.search(value)
    if instant:
        written = instant.group().replace(" ", "T", 1).replace(" ", "").replace("Z", "+00:00")
        if written[-3] != ":":
            written = f"{written[:-2]}:{written[-2:]}"
        try:
            moment = datetime.fromisoformat(written)
            return moment.astimezone(CHINA_STANDARD_TIME).date()
        except (ValueError, OverflowError):
            return find_date(value)
    found = find_date(value)
    if found is None:
        bare = re.match(r"\s*(\d{4})(\d{2})(\d{2})(?:\d{6}|\d{4})?(?!\d)", value)
        found = _make(*map(int, bare.groups())) if bare else None
    return found


def date_in_path(path: str) -> date | None:
    """The day in a URL path such as ``/200912/t20091203_1234.html``, or None."""
    for form in _IN_PATH:
        for match in form.finditer(path):
            day = _make(int(match["y"]), int(match["m"]), int(match["d"]))
            if day is not None:
                return day
    return None


def _day_of(match: re.Match[str]) -> date | None:
    if match["y1"]:
        return _make(int(match["y1"]), int(match["m1"]), int(match["d1"]))
    if match["y2"]:
        return _make(int(match["y2"]), int(match["m2"]), int(match["d2"]))
    year = int("".join(str(_YEAR_DIGITS[mark]) for mark in match["y3"]))
    month = 1 if match["m3"] in ("元", "正") else _chinese_number(match["m3"])
    return _make(year, month, _chinese_number(match["d3"]))


def _chinese_number(text: str) -> int:
    """The value of 三, 十二, 二十一, 廿一 or 卅; 0 when it is no number of that kind."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, units = text.rpartition("十")
    if any(len(part) > 1 or (part and part not in _UNITS) for part in (tens, units)):
        return 0
    if not ten:
        return _UNITS.get(units, 0)
    return _UNITS.get(tens, 1) * 10 + _UNITS.get(units, 0)


def _make(year: int, month: int, day: int) -> date | None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
