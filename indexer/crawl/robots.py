"""robots.txt, as RFC 9309 has it, and its unofficial Crawl-delay.

One difference: a redirect is followed only to the same host, with or without ``www.`` and on
any port (as from http to https), for no request of ours leaves the hosts that were allowed;
redirected elsewhere, there are no rules.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from indexer.crawl.fetcher import FetchError
from indexer.crawl.polite import HostResting, PoliteFetcher
from indexer.crawl.politeness import politeness
from indexer.crawl.robots_rules import RobotsRules, product_token

_REDIRECTS: Final = (301, 302, 303, 307, 308)


class HandsOff(Exception):
    """robots.txt cannot be had because the server fails: nothing may be asked for now."""


@dataclass(frozen=True)
class StoredRobots:
    """The last answer to a request for the robots.txt of an origin (scheme, host, port).

    ``fetched`` has a time zone. ``status`` is that of the last answer after redirects;
    ``body`` is empty unless it is 200.
    """

    origin: str
    fetched: datetime
    status: int
    body: bytes

    @property
    def is_failure(self) -> bool:
        """Whether the server said that it cannot tell (RFC 9309, 2.3.1.4); 429 asks to leave
        it alone like 503."""
        return self.status >= 500 or self.status == 429

    @property
    def is_current(self) -> bool:
        """Whether it may still be used (RFC 9309, 2.4)."""
        age = (datetime.now(timezone.utc) - self.fetched).total_seconds()
        limits = politeness().robots
        return 0 <= age < (limits.keep_failure if self.is_failure else limits.keep)


class RobotsStore(Protocol):
    """Whatever keeps the answers from one run to the next."""

    def robots(self, origin: str) -> StoredRobots | None:
        """The answer kept for an origin, however old, or None."""
        ...

    def store_robots(self, answer: StoredRobots) -> None:
        """Keep an answer in place of the one before."""
        ...


@dataclass(frozen=True)
class _Known:
    """What is known of an origin: its rules, or why there are none. Without ``answer`` the
    server could not be reached, and is not asked again in this run."""

    answer: StoredRobots | None
    rules: RobotsRules | None
    trouble: str = ""

    @property
    def is_current(self) -> bool:
        """Whether it may still be used: a run may take longer than a day."""
        return self.answer is None or self.answer.is_current


class Robots:
    """The rules of every origin that was asked, each fetched once a day.

    A failing server (5xx, 429) means hands off for half a day, one that cannot be reached for
    the rest of the run. ``fresh`` asks again whatever is stored; ``delay`` in seconds is kept
    between the requests. ``obey=False`` allows everything and asks for nothing but sitemaps.
    """

    def __init__(
        self,
        fetcher: PoliteFetcher,
        store: RobotsStore,
        user_agent: str,
        *,
        obey: bool,
        delay: float = 0.0,
        fresh: bool = False,
    ) -> None:
        self._fetcher = fetcher
        self._store = store
        self._token = product_token(user_agent)
        self._obey = obey
        self._delay = delay
        self._fresh = fresh
        self._known: dict[str, _Known] = {}
        self._loading: dict[str, asyncio.Lock] = {}

    async def allows(self, url: str) -> bool:
        """Whether the rules of the URL's host let us ask for it.

        Raises:
            HandsOff: the rules are unreachable (RFC 9309, 2.3.1.4).
        """
        return not self._obey or (await self._of(url)).allows(url)

    async def delay(self, url: str) -> float:
        """The host's Crawl-delay in seconds, 0 when it has none. Raises HandsOff."""
        return (await self._of(url)).delay if self._obey else 0.0

    async def sitemaps(self, url: str) -> list[str]:
        """Absolute addresses of the sitemaps that the robots.txt of the URL's host names,
        wherever they are, without repetitions. Raises HandsOff."""
        return (await self._of(url)).sitemaps(url)

    async def _of(self, url: str) -> RobotsRules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._known.get(origin)
        if known is None or not known.is_current:
            async with self._loading.setdefault(origin, asyncio.Lock()):
                known = self._known.get(origin)
                if known is None or not known.is_current:
                    known = self._known[origin] = await self._find(origin, is_first=known is None)
        if known.rules is None:
            raise HandsOff(known.trouble)
        return known.rules

    async def _find(self, origin: str, *, is_first: bool) -> _Known:
        """From the store, or from the server."""
        stored = None if self._fresh and is_first else self._store.robots(origin)
        if stored is not None and stored.is_current:
            return self._read(stored)
        try:
            answer = await self._ask(origin)
        except (FetchError, HostResting) as error:
            return _Known(None, None, f"{origin}/robots.txt: {error}")
        self._store.store_robots(answer)
        return self._read(answer)

    def _read(self, answer: StoredRobots) -> _Known:
        if answer.is_failure:
            trouble = f"{answer.origin}/robots.txt: status {answer.status}"
            return _Known(answer, None, trouble)
        body = answer.body if answer.status == 200 else b""
        return _Known(answer, RobotsRules(body, self._token))

    async def _ask(self, origin: str) -> StoredRobots:
        """Ask for robots.txt, following redirects. Raises FetchError, HostResting."""
        limits = politeness().robots
        url: str | None = f"{origin}/robots.txt"
        status, body = 0, b""
        for _ in range(1 + limits.redirects):
            if url is None:
                break
            response = await self._fetcher.fetch(url, self._delay)
            status = response.status
            location = response.header("location")
            if status not in _REDIRECTS or not location:
                body = response.body[: limits.most_bytes] if status == 200 else b""
                break
            url = redirect_target(url, location)
        return StoredRobots(origin, datetime.now(timezone.utc), status, body)


def redirect_target(url: str, location: str) -> str | None:
    """Where a redirect leads on the same host; None elsewhere."""
    try:
        target = urljoin(url, location)
        is_here = _host(target) == _host(url) and urlsplit(target).scheme in ("http", "https")
    except ValueError:
        return None
    return target if is_here else None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
