"""Cron lines mean what crontab(5) says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.base import BaseTrigger

from indexer.cron import cron_trigger

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2009, 11, 1, tzinfo=SHANGHAI)


def times(trigger: BaseTrigger, start: datetime) -> list[datetime]:
    """The next fourteen times from ``start``."""

    def following() -> Iterator[datetime]:
        moment = trigger.get_next_fire_time(None, start)
        while moment is not None:
            yield moment
            moment = trigger.get_next_fire_time(moment, moment + timedelta(seconds=1))

    return list(islice(following(), 14))


def weekdays(field: str) -> set[str]:
    return {
        moment.strftime("%a")
        for moment in times(cron_trigger(f"0 0 * * {field}", SHANGHAI), SUNDAY)
    }


def test_nightly_at_half_past_one_in_the_city() -> None:
    first, second = times(cron_trigger("30 1 * * *", SHANGHAI), SUNDAY)[:2]
    assert first.isoformat() == "2009-11-01T01:30:00+08:00"
    assert second.isoformat() == "2009-11-02T01:30:00+08:00"


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("0", {"Sun"}),
        ("7", {"Sun"}),
        ("1", {"Mon"}),
        ("6", {"Sat"}),
        ("1-5", {"Mon", "Tue", "Wed", "Thu", "Fri"}),
        ("5-7", {"Fri", "Sat", "Sun"}),
        ("0,6", {"Sun", "Sat"}),
        ("*/2", {"Sun", "Tue", "Thu", "Sat"}),
        ("1-5/2", {"Mon", "Wed", "Fri"}),
        ("mon", {"Mon"}),
        ("SUN", {"Sun"}),
        ("sun-tue", {"Sun", "Mon", "Tue"}),
        ("mon,3", {"Mon", "Wed"}),
        ("*", {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}),
    ],
)
def test_weekdays_count_from_sunday(field: str, days: set[str]) -> None:
    assert weekdays(field) == days


def test_either_day_or_weekday_is_enough_when_both_are_given() -> None:
    days = [moment.day for moment in times(cron_trigger("0 0 13 * 1", SHANGHAI), SUNDAY)[:6]]
    assert days == [2, 9, 13, 16, 23, 30]  # November 2009: every Monday, and Friday the 13th


def test_minutes_hours_and_months_have_lists_and_steps() -> None:
    trigger = cron_trigger("*/30 9,17 1-7/3 jan,6 *", SHANGHAI)
    assert [moment.strftime("%m-%d %H:%M") for moment in times(trigger, SUNDAY)[:5]] == [
        "01-01 09:00",
        "01-01 09:30",
        "01-01 17:00",
        "01-01 17:30",
        "01-04 09:00",
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "0 fields instead of five"),
        ("30 1 * *", "4 fields instead of five"),
        ("0 30 1 * * *", "6 fields instead of five"),
        ("60 1 * * *", "60"),
        ("0 24 * * *", "24"),
        ("0 0 31 2 *", "never"),
        ("0 0 31 4,6 *", "never"),
        ("0 0 * * 8", "'8' is not within 0-7"),
        ("0 0 * * -1", "within 0-7"),
        ("0 0 * * 5-1", "ends before it begins"),
        ("0 0 * * 1/0", "within 0-7"),
        ("0 0 * * 1/", "within 0-7"),
        ("0 0 * * 1-", "within 0-7"),
        ("0 0 * * ,", "within 0-7"),
        ("0 0 * * monday", "within 0-7"),
        ("at half past one nightly", "within 0-7"),
    ],
)
def test_what_is_no_cron_line(line: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        cron_trigger(line)
