"""Hours of the day at which a site may be crawled."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crawl.hours import Hours


@pytest.mark.parametrize(
    ("text", "within", "outside"),
    [
        ("22:00-06:00", ["22:00", "23:59", "00:00", "05:59"], ["06:00", "12:00", "21:59"]),
        ("12:00-13:30", ["12:00", "13:29"], ["11:59", "13:30", "00:00"]),
        ("12:00 - 13:30, 22:00-6:00", ["12:30", "23:00", "03:00"], ["13:30", "06:00"]),
        ("20:00-24:00", ["20:00", "23:59"], ["00:00", "19:59"]),
        ("00:00-24:00", ["00:00", "12:00", "23:59"], []),
        ("08:00-12:00,11:00-14:00", ["11:30", "13:59"], ["07:59", "14:00"]),
    ],
)
def test_hours_contain_their_beginning_and_not_their_end(
    text: str, within: list[str], outside: list[str]
) -> None:
    hours = Hours.parse(text)
    assert [m for m in within if not hours.contains(time.fromisoformat(m))] == []
    assert [m for m in outside if hours.contains(time.fromisoformat(m))] == []


@pytest.mark.parametrize(
    "text",
    ["", "22:00", "22-6", "25:00-06:00", "22:60-06:00", "24:01-06:00", "22:00-06:00,", "夜间",
     "06:00-06:00", "24:00-06:00", "２２:00-06:00"],
)  # fmt: skip
def test_what_is_no_range_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"takes times of the day such as 22:00-06:00"):
        Hours.parse(text)


@pytest.mark.parametrize(
    ("text", "moment", "seconds"),
    [
        ("22:00-06:00", "2026-11-23T22:00", 8 * 3600),
        ("22:00-06:00", "2026-11-23T05:59:30", 30),
        ("22:00-06:00", "2026-11-23T06:00", 0),
        ("22:00-24:00,00:00-06:00", "2026-11-23T23:00", 7 * 3600),
        ("22:00-24:00", "2026-11-23T23:00", 3600),
        ("08:00-12:00,12:00-13:00", "2026-11-23T11:00", 2 * 3600),
        ("00:00-24:00", "2026-11-23T11:00", math.inf),
        ("00:00-12:00,12:00-00:00", "2026-11-23T11:00", math.inf),
    ],
)
def test_how_long_the_hours_go_on(text: str, moment: str, seconds: float) -> None:
    assert Hours.parse(text).seconds_left(datetime.fromisoformat(moment)) == seconds


def test_a_change_of_the_clock_is_allowed_for() -> None:
    """On 29 March 2026 the hour from two to three is missing in Berlin."""
    moment = datetime(2026, 3, 28, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    assert Hours.parse("22:00-06:00").seconds_left(moment) == 7 * 3600


@given(
    st.lists(
        st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda r: r[0] != r[1]),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 1439),
)
def test_the_end_is_the_first_minute_outside(ranges: list[tuple[int, int]], minute: int) -> None:
    text = ",".join(f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in ranges)
    hours = Hours.parse(text)
    moment = datetime(2026, 1, 1, minute // 60, minute % 60, tzinfo=timezone.utc)
    inside = [b <= minute < e if b < e else minute >= b or minute < e for b, e in ranges]
    assert hours.contains(moment.time()) is any(inside)
    left = hours.seconds_left(moment)
    if 0 < left < math.inf:
        assert not hours.contains((moment + timedelta(seconds=left)).time())
        assert hours.contains((moment + timedelta(seconds=left - 1)).time())
