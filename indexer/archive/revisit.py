"""When a page is asked for again: the longer it stays as it is, the later (``revisit.yaml``)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from importlib import resources
from typing import Any

from analyzers.own_data import load_yaml
from indexer.archive.model import Headers

_CHINA = timezone(timedelta(hours=8))
"""Days of publication are days of the publisher's time zone."""


@cache
def _rules() -> dict[str, Any]:
    text = resources.files("indexer.archive").joinpath("revisit.yaml").read_text(encoding="utf-8")
    return dict(load_yaml(text))


def is_asked_every_run(kind: str) -> bool:
    """Whether pages of a kind are due in every run."""
    return kind in _rules()["every_run"]


def next_due(stable_since: str, moment: datetime, longest_days: float) -> str:
    """When a page that has been the same since ``stable_since`` is due again."""
    age = max(moment - datetime.fromisoformat(stable_since), timedelta(0))
    rest = min(age * _rules()["share_of_age"], timedelta(days=longest_days))
    if rest < timedelta(days=_rules()["shortest_rest_days"]):
        rest = timedelta(0)
    return stamp(moment + rest)


def next_look_at_gone(misses: int, moment: datetime, longest_days: float) -> str:
    """When a page is looked at again that was absent ``misses`` times in a row."""
    days = _rules()["gone_days"] * 2 ** min(misses, 12)
    return stamp(moment + timedelta(days=min(days, longest_days)))


def stable_since(headers: Headers, published: str | None, moment: datetime) -> str:
    """Since when a page that is seen for the first time has been as it is, by what it says
    itself: the later of its Last-Modified and its day of publication, else since now."""
    said = [moment_ for moment_ in (_last_modified(headers), _day(published)) if moment_]
    return stamp(min(max(said), moment) if said else moment)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as everywhere in the archive."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def _last_modified(headers: Headers) -> datetime | None:
    value = next((value for name, value in headers if name == "last-modified"), None)
    try:
        moment = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError):
        return None
    if moment is None or moment.year < 1990:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _day(published: str | None) -> datetime | None:
    if not published:
        return None
    return datetime.combine(date.fromisoformat(published), time(0), _CHINA)
