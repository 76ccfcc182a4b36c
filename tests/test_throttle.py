"""Requests to one host: so many at once, so long between two."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

from indexer.crawl.throttle import HostThrottle, Throttles


def begin_times(throttle: HostThrottle, count: int, work: float = 0.0) -> tuple[list[float], int]:
    """When each of ``count`` requests began, and how many ran at once at the most."""
    begun: list[float] = []
    running = 0
    most = 0

    async def request() -> None:
        nonlocal running, most
        async with throttle.turn():
            begun.append(time.monotonic())
            running += 1
            most = max(most, running)
            await asyncio.sleep(work)
            running -= 1

    async def run() -> None:
        await asyncio.gather(*(request() for _ in range(count)))

    asyncio.run(run())
    return begun, most


def test_requests_begin_a_delay_apart() -> None:
    begun, _most = begin_times(HostThrottle(0.05, 4), 5)
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert min(gaps) > 0.04


def test_no_more_at_once_than_allowed() -> None:
    assert begin_times(HostThrottle(0, 3), 10, work=0.01)[1] == 3
    assert begin_times(HostThrottle(0, 1), 4, work=0.01)[1] == 1


def test_a_slow_answer_does_not_count_as_delay() -> None:
    started = time.monotonic()
    begin_times(HostThrottle(0.05, 2), 4, work=0.05)
    assert time.monotonic() - started < 0.4


def test_a_failed_request_gives_its_slot_back() -> None:
    async def run() -> None:
        throttle = HostThrottle(0, 1)
        for _ in range(3):
            try:
                async with throttle.turn():
                    raise OSError
            except OSError:
                continue

    asyncio.run(asyncio.wait_for(run(), 2))


def test_hosts_do_not_wait_for_each_other_and_keep_their_throttle() -> None:
    throttles = Throttles(1)
    assert throttles.of("a.example", 5) is throttles.of("a.example", 5)
    assert throttles.of("a.example", 5) is not throttles.of("b.example", 5)


def test_the_longer_delay_counts() -> None:
    throttles = Throttles(4)
    throttles.of("slow.example", 0.01)
    started = time.monotonic()
    begin_times(throttles.of("slow.example", 0.1), 3)
    assert time.monotonic() - started > 0.19
    started = time.monotonic()
    begin_times(throttles.of("quick.example", 0.01), 3)
    assert time.monotonic() - started < 0.15
