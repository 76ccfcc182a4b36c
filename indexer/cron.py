"""Cron lines as crontab(5) has them, for APScheduler."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def cron_trigger(line: str, zone: tzinfo | None = None) -> BaseTrigger:
    """The trigger of a line of five fields: minute, hour, day, month, weekday.

    APScheduler counts weekdays from Monday, crontab(5) from Sunday (0 and 7): the fifth
    field is put into names first. Where both day and weekday are restricted, either is
    enough, as crontab(5) says; APScheduler would want both.

    Raises:
        ValueError: the line is no cron line, or its time never comes.
    """
    fields = line.split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields instead of five")
    minute, hour, day, month, weekday = fields
    if day.startswith("*") or weekday.startswith("*"):
        choices = [(day, _weekdays(weekday))]
    else:
        choices = [(day, "*"), ("*", _weekdays(weekday))]
    triggers = [
        CronTrigger.from_crontab(f"{minute} {hour} {day} {month} {weekday}", timezone=zone)
        for day, weekday in choices
    ]
    trigger = triggers[0] if len(triggers) == 1 else OrTrigger(triggers)
    if trigger.get_next_fire_time(None, datetime.now(zone or timezone.utc)) is None:
        raise ValueError("its time never comes")
    return trigger


def _weekdays(field: str) -> str:
    """``1-5`` → ``mon,tue,wed,thu,fri``; lists, ranges, steps and names as in crontab(5)."""
    if field == "*":
        return field
    days: set[int] = set()
    for part in field.lower().split(","):
        span, slash, step = part.partition("/")
        first, dash, last = ("0-6" if span == "*" else span).partition("-")
        try:
            start = _weekday(first)
            end = _weekday(last) if dash else start
            chosen = range(start, end + 1, int(step) if slash else 1)
        except ValueError:
            raise ValueError(f"weekday {part!r} is not within 0-7 or sun-sat") from None
        if not chosen:
            raise ValueError(f"weekday {part!r} ends before it begins")
        days.update(day % 7 for day in chosen)
    return ",".join(_DAYS[day] for day in sorted(days))


def _weekday(name: str) -> int:
    """The number of a weekday given as a number (0 to 7) or as a name of three letters."""
    number = _DAYS.index(name) if name in _DAYS else int(name)
    if not 0 <= number <= 7:
        raise ValueError
    return number
