"""One crawl of one site: from the frontier to the archive until nothing is left."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urljoin

from indexer.archive import Archive, Frontier, Page
from indexer.archive.frontier import FrontierItem, Run
from indexer.config import CrawlSettings, SiteSettings
from indexer.crawl.fetcher import FetchError, Response
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.robots import HandsOff, Robots
from indexer.crawl.urls import canonical_url, is_worth_fetching
from indexer.extract import EXTRACTION_VERSION, Extraction, Link, extract
from indexer.reading import archived_page

_log = logging.getLogger(__name__)
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (404, 410)
_IDLE_SECONDS = 0.02

Watcher = Callable[["SiteCrawl"], None]
"""Told after every page; may raise to stop the crawl, which can then be continued."""


class SiteCrawl:
    """Crawls one site. ``frontier`` and ``run`` tell how far it is."""

    def __init__(
        self,
        site: SiteSettings,
        settings: CrawlSettings,
        archive: Archive,
        fetcher: PoliteFetcher,
        *,
        is_full: bool = False,
    ) -> None:
        self.site = site
        self._settings = settings
        self._archive = archive
        self._fetcher = fetcher
        own = site.delay_seconds
        self._delay = settings.delay_seconds if own is None else own
        self._robots = Robots(
            fetcher, settings.user_agent, obey=settings.obey_robots, delay=self._delay
        )
        self.frontier = Frontier(archive, site.name, is_full=is_full)
        self._in_flight: set[int] = set()

    @property
    def run(self) -> Run:
        """The run this crawl makes or continues."""
        return self.frontier.run

    async def crawl(self, watch: Watcher) -> Run:
        """Go on until every reachable page within the limits has its answer."""
        with self._archive.transaction():
            start = [self._start_page(url) for url in self.site.start_urls]
        self.frontier.seed(start)
        workers = [
            asyncio.create_task(self._work(watch))
            for _ in range(self._settings.concurrent_requests_per_host)
        ]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        self.frontier.finish()
        return self.run

    def _start_page(self, url: str) -> int:
        return self._archive.ensure_page(canonical_url(url) or url, self.site.name)

    async def _work(self, watch: Watcher) -> None:
        while True:
            item = self._take()
            if item is None:
                if not self._in_flight:
                    return
                await asyncio.sleep(_IDLE_SECONDS)  # whoever is at work may find more pages
                continue
            self._in_flight.add(item.page.id)
            try:
                await self._process(item)
            except (sqlite3.Error, OSError):
                raise  # the archive cannot be written: nothing can be done for any page
            except Exception as error:  # noqa: BLE001  # one page must not end the crawl
                _log.exception("%s could not be handled", item.page.url)
                self._fail(item.page, "internal", None, f"{type(error).__name__}: {error}")
            finally:
                self._in_flight.discard(item.page.id)
            watch(self)

    def _take(self) -> FrontierItem | None:
        if self.frontier.finished + len(self._in_flight) >= self._settings.max_pages:
            return None
        items = self.frontier.next(1, self._in_flight)
        return items[0] if items else None

    async def _process(self, item: FrontierItem) -> None:
        page = item.page
        if not self.site.allows(page.url):  # allowed_hosts was longer once
            self._conclude(page, "excluded", "excluded", None, "not on allowed_hosts")
            return
        try:
            if not await self._robots.allows(page.url):
                self._conclude(page, "excluded", "excluded", None, "robots.txt says no")
                return
            response = await self._fetch(page)
        except HandsOff as error:
            self._fail(page, "robots_unreachable", None, f"robots.txt: {error}")
        except FetchError as error:
            self._fail(page, error.cause, None, str(error))
        else:
            await self._handle(item, response)

    async def _fetch(self, page: Page) -> Response:
        delay = max(self._delay, await self._robots.delay(page.url))
        return await self._fetcher.fetch(page.url, delay, self._conditions(page))

    def _conditions(self, page: Page) -> dict[str, str]:
        """Ask only for what is newer than what is archived (RFC 9110, section 13)."""
        if self.run.is_full or page.body is None or page.state != "live":
            return {}
        conditions = {}
        etag, modified = page.header("etag"), page.header("last-modified")
        if etag:
            conditions["If-None-Match"] = etag
        if modified:
            conditions["If-Modified-Since"] = modified
        return conditions

    async def _handle(self, item: FrontierItem, response: Response) -> None:
        page, status = item.page, response.status
        if status == 200:
            await self._store(item, response)
        elif status == 304:
            await self._keep(item)
        elif status in _REDIRECTS:
            self._follow(item, response)
        elif status in _GONE:
            outcome = "gone" if page.state == "live" else "dead_link"
            self._conclude(page, outcome, "gone", status, f"status {status}")
        else:
            self._fail(page, f"status_{status}", status, f"status {status}")

    async def _store(self, item: FrontierItem, response: Response) -> None:
        page = item.page
        answered = replace(page, headers=response.headers)
        fetched = archived_page(self._archive, answered, response.body)
        extraction = await asyncio.get_running_loop().run_in_executor(None, extract, fetched)
        with self._archive.transaction():
            is_new = page.body is None
            changed = self._archive.store_content(
                page, response.status, response.headers, response.body
            )
            self._archive.store_document(
                page.id, page.site, extraction.document, EXTRACTION_VERSION, extraction.problem
            )
            self._add_links(item, extraction)
            self.frontier.done(page.id, "new" if is_new else "changed" if changed else "unchanged")

    async def _keep(self, item: FrontierItem) -> None:
        """Unchanged, but its links are followed all the same: what they lead to may have
        come back, or may be allowed only now."""
        page = item.page
        body = self._archive.body(page)
        fetched = archived_page(self._archive, page, body or b"")
        extraction = await asyncio.get_running_loop().run_in_executor(None, extract, fetched)
        with self._archive.transaction():
            self._archive.store_unchanged(page)
            self._add_links(item, extraction)
            self.frontier.done(page.id, "unchanged")

    def _add_links(self, item: FrontierItem, extraction: Extraction) -> None:
        if item.depth >= self._settings.max_depth:
            return
        for link in extraction.links:
            url = self._in_scope(link)
            if url is not None:
                page = self._archive.ensure_page(url, self.site.name, link.text, item.page.id)
                self.frontier.add(page, item.depth + 1)

    def _in_scope(self, link: Link) -> str | None:
        if link.nofollow:
            return None
        url = canonical_url(link.url)
        if url is None or not self.site.allows(url) or not is_worth_fetching(url):
            return None
        return url

    def _follow(self, item: FrontierItem, response: Response) -> None:
        """A redirect is a link to where the page is now; never to a host not allowed."""
        page, location = item.page, response.header("location")
        target = _resolved(page.url, location) if location else None
        if target is None or not self.site.allows(target):
            message = f"redirects to {location}, which is not on allowed_hosts"
            self._fail(page, "redirect_refused", response.status, message)
            return
        if target == page.url:
            self._fail(page, "redirect_loop", response.status, "redirects to itself")
            return
        with self._archive.transaction():
            self._archive.store_state(page, "redirect", response.status, None)
            found = self._archive.ensure_page(target, self.site.name, page.anchor, page.parent)
            if item.depth < self._settings.max_depth:  # redirects can be endless, too
                self.frontier.add(found, item.depth + 1)
            self.frontier.done(page.id, "redirect")

    def _conclude(
        self, page: Page, outcome: str, state: str, status: int | None, error: str | None
    ) -> None:
        with self._archive.transaction():
            self._archive.store_state(page, state, status, error)
            self.frontier.done(page.id, outcome)

    def _fail(self, page: Page, cause: str, status: int | None, error: str) -> None:
        with self._archive.transaction():
            self._archive.store_failure(page, status, error)
            self.frontier.done(page.id, f"failed_{cause}")


def _resolved(url: str, location: str) -> str | None:
    """The canonical URL a redirect leads to, or None for what no page can have."""
    try:
        return canonical_url(urljoin(url, location))
    except ValueError:  # http://[broken
        return None
