"""robots.txt, as RFC 9309 has it, and its unofficial Crawl-delay.

One difference: a redirect to another host is not followed, for no request of ours leaves
the hosts that were allowed; there are then no rules.
"""

from __future__ import annotations

import asyncio
import math
from urllib.parse import urljoin, urlsplit

from protego import Protego

from indexer.crawl.fetcher import FetchError, Response
from indexer.crawl.polite import PoliteFetcher

_MOST_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least 500 KiB are to be read; the rest is ignored."""
_REDIRECTS = 5
"""RFC 9309, 2.3.1.2."""
_LONGEST_DELAY = 3600.0
"""Seconds; the most that ``crawl.delay_seconds`` may be. Beyond, a delay is a mistake."""


class HandsOff(Exception):
    """robots.txt cannot be had because the server fails: nothing may be asked for now."""


class Robots:
    """The rules of every host that was asked, each fetched once."""

    def __init__(
        self, fetcher: PoliteFetcher, user_agent: str, *, obey: bool, delay: float = 0.0
    ) -> None:
        self._fetcher = fetcher
        self._delay = delay
        self._user_agent = user_agent
        self._obey = obey
        self._rules: dict[str, Protego | HandsOff] = {}
        self._loading: dict[str, asyncio.Lock] = {}

    async def allows(self, url: str) -> bool:
        """Whether the rules of the URL's host let us ask for it.

        Raises:
            HandsOff: the rules are unreachable (RFC 9309, 2.3.1.4).
        """
        if not self._obey:
            return True
        rules = await self._of(url)
        return bool(rules.can_fetch(url, self._user_agent))

    async def delay(self, url: str) -> float:
        """The host's Crawl-delay in seconds, 0 when it has none."""
        if not self._obey:
            return 0.0
        rules = await self._of(url)
        delay = float(rules.crawl_delay(self._user_agent) or 0)
        return min(max(delay, 0.0), _LONGEST_DELAY) if math.isfinite(delay) else 0.0

    async def _of(self, url: str) -> Protego:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        async with self._loading.setdefault(host, asyncio.Lock()):
            if host not in self._rules:
                try:
                    self._rules[host] = await self._load(f"{host}/robots.txt")
                except HandsOff as error:
                    self._rules[host] = error
        rules = self._rules[host]
        if isinstance(rules, HandsOff):
            raise rules
        return rules

    async def _load(self, url: str) -> Protego:
        response: Response | None = None
        for _ in range(_REDIRECTS):
            try:
                response = await self._fetcher.fetch(url, self._delay)
            except FetchError as error:
                raise HandsOff(f"{url}: {error}") from error
            location = response.header("location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                break
            target = _target(url, location)
            if target is None:
                return Protego.parse("")
            url = target
        if response is not None and response.status >= 500:
            raise HandsOff(f"{url}: status {response.status}")
        if response is None or response.status != 200:
            return Protego.parse("")
        text = response.body[:_MOST_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
        return Protego.parse(text)


def _target(url: str, location: str) -> str | None:
    """Where a redirect leads on the same host, from http to https too; None elsewhere."""
    try:
        target = urljoin(url, location)
        is_here = urlsplit(target).hostname == urlsplit(url).hostname
    except ValueError:
        return None
    return target if is_here else None
