"""Whether and how a site is asked for a page: robots.txt, budgets, conditions, sitemaps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final
from urllib.parse import urljoin

from indexer.archive import Page
from indexer.archive.claims import Claims
from indexer.config_crawl import CrawlSettings
from indexer.crawl.fetcher import Response
from indexer.crawl.polite import HostResting, PoliteFetcher
from indexer.crawl.robots import HandsOff, Robots
from indexer.crawl.scope import Scope
from indexer.crawl.traps import Budgets
from indexer.crawl.urls import origin_of

REDIRECTS: Final = (301, 302, 303, 307, 308)
_SAME_PAGE_AGAIN: Final = 2
"""Requests for one page that redirects to itself, with a cookie or a session in its address."""


@dataclass(frozen=True)
class Refusal:
    """Why a page is not asked for: the outcome to count, and a line that tells."""

    outcome: str
    reason: str


class Asking:
    """Asks one site for its pages."""

    def __init__(
        self,
        scope: Scope,
        settings: CrawlSettings,
        fetcher: PoliteFetcher,
        robots: Robots,
        claims: Claims,
        budgets: Budgets,
        *,
        is_full: bool,
    ) -> None:
        self._scope = scope
        self._settings = settings
        self._fetcher = fetcher
        self._robots = robots
        self._claims = claims
        self._budgets = budgets
        self._is_full = is_full

    async def refusal(self, page: Page, start: Collection[int]) -> Refusal | None:
        """Why a page is not asked for, None when it may be; a page of ``start`` always may,
        unless robots.txt forbids it."""
        if page.id not in start:
            if self._is_spared(page):
                return Refusal("spared", "a sitemap says that it is as it was")
            if page.body is None and not self._budgets.allows(page.url):
                self._budgets.skip(page.url)
                return Refusal("trap", "one of too many addresses of a pattern")
        try:
            allowed = await self._robots.allows(page.url)
        except HandsOff as error:
            return Refusal("failed_robots_unreachable", f"robots.txt: {error}")
        except HostResting as error:
            return Refusal("failed_host_down", str(error))
        return None if allowed else Refusal("blocked_robots", "robots.txt says no")

    def _is_spared(self, page: Page) -> bool:
        """Whether a sitemap that proved true says that the page is as it was; now and then it
        is asked for all the same, or the sitemap could not be proved wrong."""
        if self._is_full or not self._claims.spares(page):
            return False
        rest = timedelta(days=self._settings.longest_revisit_days)
        fetched = datetime.fromisoformat(page.last_fetched or page.first_seen)
        return datetime.now(timezone.utc) - fetched < rest

    async def fetch(self, page: Page) -> Response:
        """Ask for a page, again where it redirects to itself: old programs put a session into
        a cookie or into the address and then look whether it comes back.

        Raises:
            FetchError: no usable answer.
            HostResting: the host is left alone for the rest of the run.
        """
        delay = await self.delay(page.url)
        response = await self._fetcher.fetch(page.url, delay, self._conditions(page))
        for _ in range(_SAME_PAGE_AGAIN):
            location = response.header("location")
            if response.status not in REDIRECTS or location is None:
                break
            if self._scope.target_of(page.url, location) != page.url:
                break
            address = urljoin(page.url, location).partition("#")[0]
            if address == response.url and response.header("set-cookie") is None:
                break
            response = await self._fetcher.fetch(address, delay)
        return response

    def _conditions(self, page: Page) -> dict[str, str]:
        """Ask only for what is newer than what is archived (RFC 9110, section 13)."""
        if self._is_full or not page.has_content or page.text_hash is None:
            return {}
        conditions = {}
        etag, modified = page.header("etag"), page.header("last-modified")
        if etag:
            conditions["If-None-Match"] = etag
        if modified:
            conditions["If-Modified-Since"] = modified
        return conditions

    async def allows(self, url: str) -> bool:
        """Whether an address is on the site's hosts and robots.txt lets us ask for it."""
        try:
            return self._scope.site.allows(url) and await self._robots.allows(url)
        except (HandsOff, HostResting):
            return False

    async def delay(self, url: str) -> float:
        """Seconds between two requests to a host: the configured delay, or a longer one that
        its robots.txt asks for."""
        own = self._scope.site.delay_seconds
        configured = self._settings.delay_seconds if own is None else own
        return max(configured, await self._robots.delay(url))

    async def sitemaps(self) -> list[str]:
        """The sitemaps that robots.txt names; where it names none, the usual address."""
        found: dict[str, None] = {}
        for origin in dict.fromkeys(map(origin_of, self._scope.start_urls)):
            try:
                named = await self._robots.sitemaps(f"{origin}/")
            except (HandsOff, HostResting):
                continue  # every page of the host will tell
            for address in named or [f"{origin}/sitemap.xml"]:
                url = self._scope.canonical(address)
                if url is not None and self._scope.site.allows(url):
                    found[url] = None
        return list(found)
