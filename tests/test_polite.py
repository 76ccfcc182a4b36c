"""Asking in turn, and again after a failure that may pass."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from itertools import pairwise
from typing import Any

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import FetchError, HttpFetcher, Response
from indexer.crawl.health import Health
from indexer.crawl.health import retry_after as retry_after_of
from indexer.crawl.polite import HostResting, PoliteFetcher, Traffic
from indexer.crawl.politeness import Politeness, politeness
from loopback import Answer, LoopbackServer

QUICK = politeness().model_copy(
    update={
        "retry_base": 0.02,
        "wait_base": 0.02,
        "wait_cap": 0.2,
        "caution_first": 0.0,
        "probe_first": 0.02,
        "probe_cap": 0.1,
    }
)
"""Pauses of hundredths of a second."""

Result = Response | FetchError | HostResting


def outcomes(
    url: str,
    *paths: str,
    retries: int = 1,
    delay: float = 0.0,
    patience: float = 900.0,
    parameters: Politeness | None = None,
    one_by_one: bool = False,
) -> list[Result]:
    """What becomes of a request for each path."""

    async def run() -> list[Result]:
        settings = CrawlSettings(
            allow_private_addresses=True, retries=retries, patience_seconds=patience
        )
        async with HttpFetcher(settings) as fetcher:
            polite = PoliteFetcher(fetcher, settings, parameters)

            async def one(path: str) -> Result:
                try:
                    return await polite.fetch(url + path if url else path, delay)
                except (FetchError, HostResting) as error:
                    return error

            if one_by_one:
                return [await one(path) for path in paths]
            return list(await asyncio.gather(*map(one, paths)))

    return asyncio.run(run())


def ask(url: str, *paths: str, **options: Any) -> list[Response]:
    """The answers for the paths; raises what one of them failed with."""
    found = []
    for result in outcomes(url, *paths, **options):
        if not isinstance(result, Response):
            raise result
        found.append(result)
    return found


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_asked_for_again(status: int) -> None:
    answers = iter([Answer(status), Answer(200)])
    with LoopbackServer(lambda _: next(answers)) as server:
        assert [response.status for response in ask(server.url, "/a")] == [200]
        assert server.paths == ["/a", "/a"]


@pytest.mark.parametrize("status", [404, 403, 412])
def test_what_will_not_pass_is_asked_for_once(status: int) -> None:
    with LoopbackServer(lambda _: Answer(status)) as server:
        assert [response.status for response in ask(server.url, "/a")] == [status]
        assert server.paths == ["/a"]


def test_the_last_answer_counts_when_nothing_passes() -> None:
    with LoopbackServer(lambda _: Answer(503)) as server:
        assert [response.status for response in ask(server.url, "/a")] == [503]


def test_a_server_that_is_not_there_is_told_of() -> None:
    with LoopbackServer(lambda _: Answer(200)) as server:
        url = server.url
    with pytest.raises(FetchError):
        ask(url, "/a", retries=0)


def test_requests_to_one_host_take_turns() -> None:
    begun: list[float] = []

    def answer(_: str) -> Answer:
        begun.append(time.monotonic())
        return Answer(200)

    with LoopbackServer(answer) as server:
        ask(server.url, "/a", "/b", "/c", delay=0.1)
    assert min(later - earlier for earlier, later in pairwise(begun)) > 0.08


# -- Retry-After --------------------------------------------------------------------------


def waits(retry_after: str, *, status: int = 503, date: str | None = None) -> list[float]:
    """When each of three requests for two pages came, from the first one."""
    headers = {"Retry-After": retry_after} | ({"Date": date} if date else {})
    answers = iter([Answer(status, headers)])
    with LoopbackServer(lambda _: next(answers, Answer(200))) as server:
        assert [response.status for response in ask(server.url, "/a", "/b", one_by_one=True)] == [
            200,
            200,
        ]
        return [moment - server.times[0] for moment in server.times]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_kept_by_the_whole_host(status: int) -> None:
    first, *others = waits("1", status=status)
    assert first == 0
    assert len(others) == 2
    assert min(others) >= 1


def test_retry_after_as_a_date_is_taken_by_the_clock_of_the_server() -> None:
    moments = waits("Sun, 06 Nov 1994 08:49:38 GMT", date="Sun, 06 Nov 1994 08:49:37 GMT")
    assert 1 <= moments[1] < 30  # not 32 years


@pytest.mark.parametrize(
    "retry_after",
    ["", "soon", "-5", "1.5", "Sun, 99 Nov 1994", "٣", "Sun, 06 Nov 1994 08:49:37 GMT"],
)
def test_a_retry_after_that_is_none_is_as_if_there_were_none(retry_after: str) -> None:
    response = Response("http://a.example/", 503, (("retry-after", retry_after),), b"")
    assert (retry_after_of(response) or 0) == 0


def test_retry_after_is_read_without_limit_and_kept_up_to_one() -> None:
    response = Response("http://a.example/", 503, (("retry-after", "9" * 400),), b"")
    asked = retry_after_of(response)
    assert asked == 999_999_999
    health = Health(900, politeness())
    now = time.monotonic()
    health.told_to_wait(now, asked, "status 503")
    limit = politeness().retry_after_limit
    assert limit <= health.ready_at - now <= limit + 2


# -- back-off -----------------------------------------------------------------------------


def pauses(count: int) -> list[float]:
    """The pauses after so many 503 answers in a row."""
    health = Health(math.inf, QUICK.model_copy(update={"failing_after": 10_000}))
    found = []
    for _ in range(count):
        before = max(time.monotonic(), health.ready_at)
        health.told_to_wait(before, None, "status 503")
        found.append(health.ready_at - time.monotonic())
    return found


def test_pauses_are_random_and_grow_to_a_limit() -> None:
    """Full jitter: each pause is anything up to its limit, which doubles."""
    rows = [pauses(6) for _ in range(200)]
    assert len({row[0] for row in rows}) > 150
    for step in range(6):
        most = min(QUICK.wait_base * 2**step, QUICK.wait_cap)
        row = [pause[step] for pause in rows]
        if step == 0:
            assert max(row) <= most
            assert sum(row) / len(row) == pytest.approx(most / 2, rel=0.25)


def test_answers_to_requests_from_before_a_pause_are_no_news() -> None:
    health = Health(math.inf, QUICK)
    began = time.monotonic()
    assert health.told_to_wait(began, None, "status 503")
    assert not health.told_to_wait(began, None, "status 503")
    health.good(began)
    assert health.told_to_wait(time.monotonic(), None, "status 503")


# -- a host that fails --------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_for_long_is_asked_a_few_dozen_times(status: int) -> None:
    """A hundred pages wait; the server never gives a good answer. Time runs 300 times as
    fast as by default."""
    known = politeness()
    quick = known.model_copy(
        update={
            name: getattr(known, name) / 300
            for name in ("retry_base", "retry_cap", "wait_base", "wait_cap", "probe_first",
                         "probe_cap", "caution_first", "caution_cap")
        }
    )  # fmt: skip
    paths = [f"/{n}" for n in range(100)]
    with LoopbackServer(lambda _: Answer(status)) as server:
        results = outcomes(server.url, *paths, retries=2, patience=3.0, parameters=quick)
        asked = len(server.requests)
    resting = [result for result in results if isinstance(result, HostResting)]
    assert 10 <= asked <= 60
    assert len(resting) > 80
    assert resting[0].host == server.url.removeprefix("http://")
    assert resting[0].seconds >= 3.0
    assert resting[0].reason == f"status {status}"


def test_a_server_that_recovers_is_asked_for_everything() -> None:
    begun = time.monotonic()

    def answer(_: str) -> Answer:
        return Answer(500 if time.monotonic() - begun < 0.6 else 200)

    paths = [f"/{n}" for n in range(60)]
    with LoopbackServer(answer) as server:
        results = outcomes(server.url, *paths, retries=10, patience=30.0, parameters=QUICK)
    assert [result.status for result in results if isinstance(result, Response)] == [200] * 60


def test_a_server_that_is_gone_is_given_up() -> None:
    with LoopbackServer(lambda _: Answer(200)) as server:
        url = server.url
    results = outcomes(url, *(f"/{n}" for n in range(8)), retries=1, patience=0.0, parameters=QUICK)
    assert [type(result) for result in results[-4:]] == [HostResting] * 4


@pytest.mark.parametrize("status", [403, 404, 412, 512, 521])
def test_pages_that_are_not_there_or_blocked_are_no_failure_of_the_host(status: int) -> None:
    with LoopbackServer(lambda _: Answer(status)) as server:
        results = outcomes(server.url, *(f"/{n}" for n in range(16)), retries=2, patience=0.0)
        assert len(server.requests) == 16
    assert {result.status for result in results if isinstance(result, Response)} == {status}


def test_another_host_is_asked_on_while_one_rests() -> None:
    with LoopbackServer(lambda _: Answer(500)) as bad, LoopbackServer(lambda _: Answer()) as good:
        urls = [f"{bad.url}/{n}" for n in range(10)] + [f"{good.url}/{n}" for n in range(10)]
        results = outcomes("", *urls, retries=0, patience=0.0, parameters=QUICK)
        assert len(bad.requests) < 10
    assert [type(result) for result in results[10:]] == [Response] * 10


# -- answers that slow down ---------------------------------------------------------------


def test_a_server_that_slows_down_is_asked_less_often() -> None:
    parameters = politeness().model_copy(update={"slow_margin": 0.02})
    requests = itertools.count()

    def answer(_: str) -> Answer:
        if next(requests) >= 12:
            time.sleep(0.15)
        return Answer()

    with LoopbackServer(answer) as server:
        ask(server.url, *(f"/{n}" for n in range(20)), one_by_one=True, parameters=parameters)
        gaps = [later - earlier for earlier, later in pairwise(server.times)]
    assert sorted(gaps[:10])[5] < 0.1
    assert gaps[-1] > 0.2  # the answer and a delay


# -- traffic ------------------------------------------------------------------------------


def test_requests_and_bytes_are_counted_by_host() -> None:
    async def run() -> tuple[Traffic, Traffic, int]:
        settings = CrawlSettings(allow_private_addresses=True, retries=1, max_response_bytes=3000)
        async with HttpFetcher(settings) as fetcher:
            polite = PoliteFetcher(fetcher, settings, QUICK)
            whole = await polite.fetch(server.url + "/a")
            for url in (server.url + "/large", "http://169.254.169.254/"):
                with pytest.raises(FetchError):
                    await polite.fetch(url)
            host = server.url.removeprefix("http://")
            return polite.traffic(host), polite.traffic("169.254.169.254"), whole.received

    body = {"/a": Answer(pieces=[b"x" * 1000]), "/large": Answer(pieces=[b"x" * 1000] * 9)}
    with LoopbackServer(lambda path: body[path]) as server:
        traffic, refused, whole = asyncio.run(run())
    assert traffic.requests == 2
    assert traffic.received > whole + 3000 > 4000
    assert refused == Traffic(0, 0)
