"""Fetching from a server of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import FetchError, HttpFetcher, Response
from loopback import Answers, LoopbackServer, RawServer


def fetch(url: str, headers: Mapping[str, str] | None = None, **settings: Any) -> Response:
    async def ask() -> Response:
        allowed = CrawlSettings(
            **{"allow_private_addresses": True, "timeout_seconds": 5, **settings}
        )
        async with HttpFetcher(allowed) as fetcher:
            return await fetcher.fetch(url, headers)

    return asyncio.run(ask())


def answered(answers: Answers, **settings: Any) -> Response:
    with LoopbackServer(answers) as server:
        return fetch(server.url + "/x", **settings)


def failure(answers: Answers, **settings: Any) -> FetchError:
    with LoopbackServer(answers) as server, pytest.raises(FetchError) as caught:
        fetch(server.url + "/x", **settings)
    return caught.value


def raw(answer: bytes) -> Response:
    with RawServer(lambda connection: connection.sendall(answer)) as server:
        return fetch(server.url)


def raw_failure(answer: bytes, **settings: Any) -> FetchError:
    with (
        RawServer(lambda connection: connection.sendall(answer)) as server,
        pytest.raises(FetchError) as caught,
    ):
        fetch(server.url, **settings)
    return caught.value
