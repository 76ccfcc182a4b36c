"""Requests to one host: so many at once, so long between two, longer when it struggles."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from indexer.crawl.health import Health, HostResting
from indexer.crawl.politeness import Politeness, politeness

_LOOK_SECONDS: Final = 1.0
"""While waiting, how often to look whether the wait has become shorter or in vain."""


class Pace:
    """Seconds that are added to a host's delay: for answers that slow down against what is
    usual for the host, and after answers that ask for fewer requests."""

    def __init__(self, parameters: Politeness) -> None:
        self._parameters = parameters
        self._answers = 0
        self._usual = 0.0
        self._recent = 0.0
        self._caution = 0.0

    @property
    def addition(self) -> float:
        """Seconds to add to the delay now."""
        known = self._parameters
        if self._answers < known.usual_after:
            return self._caution
        tolerated = self._usual * known.slow_factor + known.slow_margin
        if self._recent <= tolerated:
            return self._caution
        # From beginning to beginning: one answer, and a rest as long as it came late.
        rest = 2 * self._recent - self._usual
        return max(self._caution, min(rest, known.slow_cap))

    def answered(self, seconds: float) -> None:
        """A good answer took so long to begin."""
        known = self._parameters
        self._caution *= known.caution_recovery
        if self._caution < 0.001:
            self._caution = 0.0
        self._answers += 1
        if self._answers <= known.usual_after:
            self._usual += (seconds - self._usual) / self._answers
            self._recent = self._usual
            return
        self._recent += (seconds - self._recent) * known.smoothing
        if seconds > self._usual:
            self._usual = min(seconds, self._usual * (1 + known.usual_rise))
        else:
            self._usual += (seconds - self._usual) * known.usual_fall

    def too_fast(self) -> None:
        """The host asked for fewer requests."""
        known = self._parameters
        self._caution = min(max(self._caution * 2, known.caution_first), known.caution_cap)


class HostThrottle:
    """``delay`` seconds between the beginnings of two requests, ``concurrent`` at once, both
    less demanding as :class:`Pace` and :class:`Health` say."""

    def __init__(
        self,
        delay: float,
        concurrent: int,
        host: str = "",
        patience: float = math.inf,
        parameters: Politeness | None = None,
    ) -> None:
        parameters = parameters or politeness()
        self.delay = delay
        self.pace = Pace(parameters)
        self.health = Health(patience, parameters)
        self._host = host
        self._slots = asyncio.Semaphore(concurrent)
        self._gate = asyncio.Lock()
        self._begun = -math.inf

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for a turn and hold it while the request runs; gives the time it began.

        Raises:
            HostResting: the host is given up.
        """
        async with self._slots:
            await self._gate.acquire()  # one after the other; whoever waits for the clock has it
            is_alone = True
            try:
                await self._until_ready()
                self._begun = began = time.monotonic()
                is_alone = self.health.is_failing
                if not is_alone:
                    self._gate.release()
                yield began
            finally:
                if is_alone:
                    self._gate.release()

    async def _until_ready(self) -> None:
        while True:
            if self.health.given_up is not None:
                raise HostResting(self._host, *self.health.given_up)
            ready = max(self._begun + self.delay + self.pace.addition, self.health.ready_at)
            wait = ready - time.monotonic()
            if wait <= 0:
                return
            await asyncio.sleep(min(wait, _LOOK_SECONDS))


class Throttles:
    """One throttle for each host, whichever of the sites asks."""

    def __init__(
        self, concurrent: int, patience: float = math.inf, parameters: Politeness | None = None
    ) -> None:
        self._concurrent = concurrent
        self._patience = patience
        self._parameters = parameters
        self._hosts: dict[str, HostThrottle] = {}

    def of(self, host: str, delay: float) -> HostThrottle:
        """The throttle of a host; the longest delay that was ever named for it counts."""
        throttle = self._hosts.get(host)
        if throttle is None:
            throttle = self._hosts[host] = HostThrottle(
                delay, self._concurrent, host, self._patience, self._parameters
            )
        throttle.delay = max(throttle.delay, delay)
        return throttle
