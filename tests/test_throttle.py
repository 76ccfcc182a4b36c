"""Requests to one host: so many at once, so long between two."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from indexer.crawl.health import HostResting
from indexer.crawl.politeness import politeness
from indexer.crawl.throttle import HostThrottle, Pace, Throttles


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


def test_who_gives_up_waiting_leaves_the_turn_to_others() -> None:
    """Cancelled before the turn, or in it: neither slot nor place in the queue is lost."""

    async def run() -> int:
        throttle = HostThrottle(0.05, 2)
        done = 0

        async def request() -> None:
            nonlocal done
            async with throttle.turn():
                await asyncio.sleep(0.02)
                done += 1

        tasks = [asyncio.create_task(request()) for _ in range(12)]
        await asyncio.sleep(0.01)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await request()
        return done

    assert asyncio.run(asyncio.wait_for(run(), 5)) == 7


# -- pace ---------------------------------------------------------------------------------


def answers(pace: Pace, seconds: float, count: int) -> float:
    for _ in range(count):
        pace.answered(seconds)
    return pace.addition


def test_a_host_that_always_takes_its_time_is_not_slowing_down() -> None:
    assert answers(Pace(politeness()), 3.0, 50) == 0


def test_answers_that_slow_down_lengthen_the_delay_until_they_recover() -> None:
    pace = Pace(politeness())
    assert answers(pace, 0.1, 20) == 0
    assert answers(pace, 0.3, 20) == 0  # below half a second more means nothing
    slow = answers(pace, 5.0, 4)
    slower = answers(pace, 5.0, 8)
    assert 5 < slow < slower < 10
    assert answers(pace, 0.1, 12) == 0


def test_one_slow_answer_is_no_trend_and_load_does_not_become_usual() -> None:
    pace = Pace(politeness())
    answers(pace, 0.1, 20)
    assert answers(pace, 1.0, 1) == 0
    assert answers(pace, 4.0, 60) > 1  # a busy hour later it is still slow


def test_the_addition_has_a_limit() -> None:
    pace = Pace(politeness())
    answers(pace, 0.1, 20)
    assert answers(pace, 1000.0, 20) == politeness().slow_cap


def test_each_request_for_fewer_requests_lengthens_the_delay_and_good_answers_shorten_it() -> None:
    pace = Pace(politeness())
    additions = []
    for _ in range(12):
        pace.too_fast()
        additions.append(pace.addition)
    assert additions == sorted(additions)
    assert (additions[0], additions[-1]) == (0.25, politeness().caution_cap)
    assert answers(pace, 0.01, 5) < additions[-1] / 2
    assert answers(pace, 0.01, 60) == 0


def test_turns_come_at_the_lengthened_delay() -> None:
    throttle = HostThrottle(0.02, 4)
    throttle.pace.too_fast()
    begun, _most = begin_times(throttle, 3)
    assert min(later - earlier for earlier, later in pairwise(begun)) > 0.24


# -- health -------------------------------------------------------------------------------


def test_a_failing_host_is_asked_by_one_at_a_time_and_by_more_when_it_is_well() -> None:
    throttle = HostThrottle(0, 4, parameters=politeness().model_copy(update={"probe_first": 0.0}))
    for _ in range(politeness().failing_after):
        throttle.health.failed("status 500")
    assert begin_times(throttle, 4, work=0.02)[1] == 1
    throttle.health.good(time.monotonic())
    assert begin_times(throttle, 4, work=0.02)[1] == 4


def test_whoever_waits_for_a_host_that_is_given_up_is_told_at_once() -> None:
    async def run() -> list[BaseException | None]:
        throttle = HostThrottle(60, 1, "a.example", patience=0)
        async with throttle.turn():
            pass

        async def request() -> None:
            async with throttle.turn():
                raise AssertionError("a turn at a host that is given up")

        tasks = [asyncio.create_task(request()) for _ in range(5)]
        await asyncio.sleep(0.05)
        for _ in range(politeness().rest_after):
            throttle.health.failed("status 500")
        return await asyncio.gather(*tasks, return_exceptions=True)

    errors = asyncio.run(asyncio.wait_for(run(), 5))
    assert [type(error) for error in errors] == [HostResting] * 5


def test_a_host_that_is_given_up_needs_failures_and_time() -> None:
    patient = HostThrottle(0, 1, patience=60).health
    for _ in range(100):
        patient.failed("status 500")
    assert patient.given_up is None  # all within a moment: perhaps a restart
    hasty = HostThrottle(0, 1, patience=0).health
    hasty.failed("status 500")
    hasty.good(time.monotonic())
    hasty.failed("status 500")
    hasty.failed("status 500")
    assert hasty.given_up is None
    hasty.failed("ReadTimeout")
    assert hasty.given_up is not None
    assert hasty.given_up[1] == "ReadTimeout"


def test_intervals_between_probes_grow_to_a_limit() -> None:
    health = HostThrottle(0, 1).health
    intervals = []
    for _ in range(politeness().failing_after + 15):
        before = time.monotonic()
        health.failed("status 500")
        intervals.append(max(health.ready_at - before, 0.0))
    quiet = politeness().failing_after - 1
    assert intervals[:quiet] == [0.0] * quiet
    assert [round(n, 3) for n in intervals[quiet:]] == sorted(
        round(n, 3) for n in intervals[quiet:]
    )
    assert intervals[quiet] == pytest.approx(politeness().probe_first, abs=0.1)
    assert intervals[-1] == pytest.approx(politeness().probe_cap, abs=0.1)
