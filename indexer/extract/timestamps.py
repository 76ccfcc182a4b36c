"""Dates as programs write them: W3C dates of sitemaps, RFC 822 dates of feeds and headers."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

_CHINA: Final = timezone(timedelta(hours=8))
_W3C: Final = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})"
    r"(?:[T ]\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.IGNORECASE,
)


def iso_timestamp(text: str) -> str | None:
    """A date of a sitemap or feed as ISO 8601, or None when it is unreadable.

    Takes the forms of the W3C note "Date and Time Formats" and, for feeds, RFC 822. A date
    stays a date (``2024-01-05``; a bare year or month means its first day), a time is given
    in UTC to the second (``2024-01-05T08:00:00+00:00``). A time without zone, which the note
    forbids and sites write, is read as China's.
    """
    text = text.strip()
    found = _W3C.fullmatch(text)
    try:
        if not found:
            return _iso(parsedate_to_datetime(text[:60]))
        year, month, day, hour, minute, second, zone = found.groups()
        when = date(int(year), int(month or 1), int(day or 1))
        if hour is None:
            return when.isoformat()
        at = datetime(  # noqa: DTZ001  the zone follows below
            when.year, when.month, when.day, int(hour), int(minute), int(second or 0)
        )
        return _iso(at.replace(tzinfo=_zone(zone)))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def parse_deadline(text: str) -> datetime | None:
    """The moment a header names, in RFC 822, RFC 850 or ISO 8601 form; None if unreadable."""
    found = iso_timestamp(text)
    if found is None:
        return None
    when = datetime.fromisoformat(found)
    return when if when.tzinfo else when.replace(tzinfo=_CHINA)


def _iso(when: datetime) -> str:
    aware = when if when.tzinfo else when.replace(tzinfo=_CHINA)
    return aware.astimezone(timezone.utc).isoformat(timespec="seconds")


def _zone(text: str | None) -> timezone:
    if text is None:
        return _CHINA
    if text in "Zz":
        return timezone.utc
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
