"""Asking in turn, and again after a failure that may pass."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import FetchError, HttpFetcher, Response
from indexer.crawl.polite import PoliteFetcher
from loopback import Answer, LoopbackServer


def ask(url: str, *paths: str, retries: int = 1, delay: float = 0.0) -> list[Response]:
    async def run() -> list[Response]:
        settings = CrawlSettings(allow_private_addresses=True, retries=retries)
        async with HttpFetcher(settings) as fetcher:
            polite = PoliteFetcher(fetcher, settings)
            return list(await asyncio.gather(*(polite.fetch(url + path, delay) for path in paths)))

    return asyncio.run(run())


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
