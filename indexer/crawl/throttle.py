"""Requests to one host: so many at once, so long between two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HostThrottle:
    """``delay`` seconds between the beginnings of two requests, ``concurrent`` at once."""

    def __init__(self, delay: float, concurrent: int) -> None:
        self.delay = delay
        self._slots = asyncio.Semaphore(concurrent)
        self._next = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it while the request runs."""
        async with self._slots:
            wait = self._next - time.monotonic()
            self._next = max(self._next, time.monotonic()) + self.delay
            if wait > 0:
                await asyncio.sleep(wait)
            yield


class Throttles:
    """One throttle for each host, whichever of the sites asks."""

    def __init__(self, concurrent: int) -> None:
        self._concurrent = concurrent
        self._hosts: dict[str, HostThrottle] = {}

    def of(self, host: str, delay: float) -> HostThrottle:
        """The throttle of a host; the longest delay that was ever named for it counts."""
        throttle = self._hosts.setdefault(host, HostThrottle(delay, self._concurrent))
        throttle.delay = max(throttle.delay, delay)
        return throttle
