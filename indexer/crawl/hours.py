"""Hours of the day at which a site may be crawled."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Final

_RANGE: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DAY: Final = 24 * 60
_ACCEPTED: Final = "takes times of the day such as 22:00-06:00, several with commas between"


@dataclass(frozen=True)
class Hours:
    """Ranges of the day in minutes from midnight, beginning included, end excluded, in order,
    none touching another; a range over midnight is two."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read ``22:00-06:00`` or ``12:00-13:30, 22:00-06:00``; 24:00 is the end of a day.

        Raises:
            ValueError: the text is none of it; the message tells what is accepted.
        """
        pieces: list[tuple[int, int]] = []
        for part in text.split(","):
            match = _RANGE.fullmatch(part.strip())
            if match is None:
                raise ValueError(_ACCEPTED)
            begin, end = _minutes(match[1], match[2]), _minutes(match[3], match[4])
            if begin in (end, _DAY):
                raise ValueError(f"{_ACCEPTED}; {part.strip()} has no length")
            pieces += [(begin, end)] if begin < end else [(begin, _DAY), (0, end)]
        return cls(_joined(pieces))

    def contains(self, moment: time) -> bool:
        """Whether a time of the day lies within."""
        minute = moment.hour * 60 + moment.minute
        return any(begin <= minute < end for begin, end in self.ranges)

    def seconds_left(self, moment: datetime) -> float:
        """Seconds until the hours end: 0 outside of them, infinite when they never do.

        With a time zone, a change of the clock on the way is allowed for.
        """
        if not self.contains(moment.time()):
            return 0.0
        if self.ranges == ((0, _DAY),):
            return math.inf
        minute = moment.hour * 60 + moment.minute
        end = next(end for begin, end in self.ranges if begin <= minute < end)
        days = 0
        if end == _DAY and self.ranges[0][0] == 0:  # goes on after midnight
            days, end = 1, self.ranges[0][1]
        midnight = datetime.combine(moment.date(), time(), moment.tzinfo)
        over = midnight + timedelta(days=days, minutes=end)
        if moment.tzinfo is None:
            return (over - moment).total_seconds()
        return (over.astimezone(timezone.utc) - moment.astimezone(timezone.utc)).total_seconds()


def _minutes(hour: str, minute: str) -> int:
    """Minutes from midnight."""
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > _DAY:
        raise ValueError(f"{_ACCEPTED}; {hour}:{minute} is no time of the day")
    return total


def _joined(pieces: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """In order, with what overlaps or touches made one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)
