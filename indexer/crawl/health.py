"""How a host is: healthy, asking for patience, failing, or given up for this run.

```text
            429, 503                       any good answer
 healthy ────────────► waiting ─────────────────────────────► healthy
    │                     │                                      ▲
    │ 10 failures in a row│                     any good answer  │
    └──────────┬──────────┘                                      │
               ▼                                                 │
            failing: one request at a time, at growing intervals ┘
               │ no good answer for patience_seconds
               ▼
            resting: nothing is asked for any more
```
"""

from __future__ import annotations

import random
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from indexer.crawl.fetcher import Response
from indexer.crawl.politeness import Politeness


class HostResting(Exception):
    """A host gave no good answer for so long that it is left alone for the rest of the run.

    ``seconds`` is how long it gave none, ``reason`` what came last.
    """

    def __init__(self, host: str, seconds: float, reason: str) -> None:
        super().__init__(f"{host} gave no good answer for {seconds:.0f} s, at last: {reason}")
        self.host = host
        self.seconds = seconds
        self.reason = reason


class Health:
    """What the answers of a host tell. ``patience`` in seconds; times are of the monotonic
    clock; ``began`` is when the request that tells something was sent."""

    def __init__(self, patience: float, parameters: Politeness) -> None:
        self._patience = patience
        self._parameters = parameters
        self._failures = 0
        self._waits = 0
        self._failing_since = 0.0
        self._paused_at = 0.0
        self._paused_until = 0.0
        self._probe_at = 0.0
        self.given_up: tuple[float, str] | None = None
        """Seconds without a good answer and the last reason, once patience is over."""

    @property
    def is_failing(self) -> bool:
        """Whether only one request at a time may go to the host."""
        return self._failures >= self._parameters.failing_after

    @property
    def ready_at(self) -> float:
        """When the next request may be sent."""
        return max(self._paused_until, self._probe_at)

    def good(self, began: float) -> None:
        """The host works. An answer from before a pause does not end the pause."""
        self._failures = 0
        self._probe_at = 0.0
        self.given_up = None
        if began >= self._paused_at:
            self._waits = 0

    def failed(self, reason: str) -> None:
        """A 5xx, a time-out, no connection."""
        now = time.monotonic()
        if not self._failures:
            self._failing_since = now
        self._failures += 1
        known = self._parameters
        if self.is_failing:
            interval = grown(
                known.probe_first,
                known.probe_growth,
                self._failures - known.failing_after,
                known.probe_cap,
            )
            self._probe_at = max(self._probe_at, now + interval)
        silent = now - self._failing_since
        if self._failures >= known.rest_after and silent >= self._patience:
            self.given_up = (silent, reason)

    def told_to_wait(self, began: float, asked: float | None, reason: str) -> bool:
        """A 429 or 503: the host waits ``asked`` seconds, or exponentially longer each time.

        Returns whether this is news: answers to requests sent before the pause are not.
        """
        self.failed(reason)
        is_news = began >= self._paused_at
        self._waits += is_news
        known = self._parameters
        pause = jittered(known.wait_base, max(self._waits - 1, 0), known.wait_cap)
        if asked is not None:
            least = min(asked, known.retry_after_limit)
            pause = max(pause, least + random.uniform(0, min(least, 10) / 10))  # noqa: S311
        now = time.monotonic()
        self._paused_at = now
        self._paused_until = max(self._paused_until, now + pause)
        return is_news


def grown(base: float, growth: float, times: int, cap: float) -> float:
    """``base * growth ** times``, at most ``cap``; large ``times`` do not overflow."""
    return min(cap, base * growth ** min(times, 64))


def jittered(base: float, times: int, cap: float) -> float:
    """Exponential back-off with full jitter: anything from 0 to ``base * 2 ** times``."""
    return random.uniform(0, grown(base, 2.0, times, cap))  # noqa: S311  # no secret


def retry_after(response: Response) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 section 10.2.3), None without a
    readable one. A date is taken by the server's own clock where it tells it."""
    value = (response.header("retry-after") or "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    until = _date(value)
    if until is None:
        return None
    now = _date(response.header("date") or "") or datetime.now(timezone.utc)
    return max(0.0, (until - now).total_seconds())


def _date(value: str) -> datetime | None:
    """An HTTP date (RFC 9110 section 5.6.7)."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
