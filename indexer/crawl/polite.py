"""Asking as a guest asks: in turn, slower when the host struggles, and again only after a
failure that may pass."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import Fetcher, FetchError, Response
from indexer.crawl.health import HostResting, jittered, retry_after
from indexer.crawl.politeness import Politeness, politeness
from indexer.crawl.throttle import HostThrottle, Throttles

__all__ = ["HostResting", "PoliteFetcher", "Traffic"]

_WAIT: Final = frozenset({429, 503})
"""Too Many Requests (RFC 6585 section 4), Service Unavailable (RFC 9110 section 15.6.4)."""
_NEVER_SENT: Final = frozenset({"refused", "url"})
_OF_THE_HOST: Final = frozenset({"timeout", "network"})
"""Causes that tell of the host; the others tell of one answer."""


@dataclass(frozen=True)
class Traffic:
    """Requests sent to a host and bytes received from it, those of failed requests too."""

    requests: int = 0
    received: int = 0


class PoliteFetcher:
    """One for all sites of a crawl, so that two sites on one host share its turns.

    Hosts are told apart as in a URL, with their port. ``parameters`` are those of
    ``politeness.yaml`` unless given.
    """

    def __init__(
        self, fetcher: Fetcher, settings: CrawlSettings, parameters: Politeness | None = None
    ) -> None:
        self._fetcher = fetcher
        self._retries = settings.retries
        self._parameters = parameters or politeness()
        self._throttles = Throttles(
            settings.concurrent_requests_per_host, settings.patience_seconds, self._parameters
        )
        self._traffic: dict[str, Traffic] = {}

    def traffic(self, host: str) -> Traffic:
        """What was asked of a host and received from it so far."""
        return self._traffic.get(host.lower(), Traffic())

    async def fetch(
        self, url: str, delay: float = 0.0, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Ask for ``url``, at least ``delay`` seconds after the last request to its host.

        Raises:
            FetchError: no usable answer, however often it was asked for.
            HostResting: the host gave no good answer for ``crawl.patience_seconds``.
        """
        try:
            host = urlsplit(url).netloc.lower()
        except ValueError as error:
            raise FetchError("url", str(error), retryable=False) from None
        throttle = self._throttles.of(host, delay)
        attempt = 0
        while True:
            is_last = attempt == self._retries
            is_paused = False
            try:
                response = await self._ask(throttle, host, url, headers)
                if is_last or not self._may_pass(response.status):
                    return response
                is_paused = response.status in _WAIT  # then the whole host waits
            except FetchError as error:
                if is_last or not error.retryable:
                    raise
            if not is_paused:
                known = self._parameters
                await asyncio.sleep(jittered(known.retry_base, attempt, known.retry_cap))
            attempt += 1

    async def _ask(
        self, throttle: HostThrottle, host: str, url: str, headers: Mapping[str, str] | None
    ) -> Response:
        """One request in its turn, and what its answer tells of the host."""
        async with throttle.turn() as began:
            try:
                response = await self._fetcher.fetch(url, headers)
            except FetchError as error:
                if error.cause not in _NEVER_SENT:
                    self._count(host, error.received)
                if error.cause in _OF_THE_HOST and not (error.received and not error.retryable):
                    throttle.health.failed(str(error))
                raise
            self._count(host, response.received)
            self._learn(throttle, response, began)
            return response

    def _learn(self, throttle: HostThrottle, response: Response, began: float) -> None:
        reason = f"status {response.status}"
        if response.status in _WAIT:
            if throttle.health.told_to_wait(began, retry_after(response), reason):
                throttle.pace.too_fast()
        elif self._may_pass(response.status):
            throttle.health.failed(reason)
        else:
            throttle.health.good(began)
            throttle.pace.answered(response.answered or response.seconds)

    def _may_pass(self, status: int) -> bool:
        """Whether the same request may go better later."""
        if status in self._parameters.lasting_statuses:
            return False
        return status in _WAIT or 500 <= status < 600

    def _count(self, host: str, received: int) -> None:
        before = self.traffic(host)
        self._traffic[host] = Traffic(before.requests + 1, before.received + received)
