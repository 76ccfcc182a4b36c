"""Asking as a guest asks: in turn, and again only after a failure that may pass."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import Fetcher, FetchError, Response
from indexer.crawl.throttle import Throttles

_BACK_OFF_SECONDS: Final = 1.0
_MAY_PASS: Final = frozenset({429, *range(500, 600)})
"""Statuses after which the same request may go better (RFC 9110 section 15.6, RFC 6585)."""


class PoliteFetcher:
    """One for all sites of a crawl, so that two sites on one host share its turns."""

    def __init__(self, fetcher: Fetcher, settings: CrawlSettings) -> None:
        self._fetcher = fetcher
        self._retries = settings.retries
        self._throttles = Throttles(settings.concurrent_requests_per_host)

    async def fetch(
        self, url: str, delay: float = 0.0, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Ask for ``url``, ``delay`` seconds after the last request to its host.

        Raises:
            FetchError: no usable answer, however often it was asked for.
        """
        throttle = self._throttles.of(urlsplit(url).netloc, delay)
        attempt = 0
        while True:
            is_last = attempt == self._retries
            try:
                async with throttle.turn():
                    response = await self._fetcher.fetch(url, headers)
                if response.status not in _MAY_PASS or is_last:
                    return response
            except FetchError as error:
                if is_last or not error.retryable:
                    raise
            await asyncio.sleep(_BACK_OFF_SECONDS * 2**attempt)
            attempt += 1
