"""One crawl of one site: from the frontier to the archive until nothing is left."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from indexer.archive import Archive, Frontier, FrontierItem, Run
from indexer.archive.claims import Claims
from indexer.archive.links import LinkGraph
from indexer.archive.lives import Lives
from indexer.archive.removal import Removal, conclude
from indexer.archive.report import make_report
from indexer.archive.runs import add_traffic, store_report
from indexer.config import Settings, SiteSettings
from indexer.crawl.answers import Answers, Surroundings
from indexer.crawl.asking import Asking
from indexer.crawl.budget_store import load_budgets, store_budgets
from indexer.crawl.fetcher import FetchError
from indexer.crawl.hours import Hours
from indexer.crawl.polite import HostResting, PoliteFetcher
from indexer.crawl.readers import Readers
from indexer.crawl.render import Renderer, check_rendering
from indexer.crawl.robots import Robots
from indexer.crawl.robots_store import ArchivedRobots
from indexer.crawl.scope import Scope
from indexer.crawl.variants import Variants
from indexer.extract.model import SITEMAP
from indexer.failure import Failure
from indexer.reading import ReadingOptions

_log = logging.getLogger(__name__)
_IDLE_SECONDS: Final = 0.02
_MOST_HOSTS_AT_ONCE: Final = 8

Watcher = Callable[["SiteCrawl"], None]
"""Told after every page; may raise to stop the crawl, which can then be continued."""


class SiteCrawl:
    """Crawls one site. ``frontier`` and ``run`` tell how far it is."""

    def __init__(
        self,
        site: SiteSettings,
        settings: Settings,
        archive: Archive,
        fetcher: PoliteFetcher,
        readers: Readers,
        *,
        is_full: bool = False,
    ) -> None:
        self.site = site
        self._settings = settings
        self._archive = archive
        self._fetcher = fetcher
        self._hours = Hours.parse(site.hours) if site.hours else None
        self.frontier = Frontier(archive, site.name, is_full=is_full)
        claims = Claims(archive, site.name)
        self._parts = Surroundings(
            archive=archive,
            scope=Scope(site),
            settings=settings.crawl,
            options=ReadingOptions.of(settings),
            links=LinkGraph(archive, site.name),
            lives=Lives(archive, self.run, claims, settings.crawl.longest_revisit_days),
            claims=claims,
            variants=Variants(archive, site.name),
            budgets=load_budgets(archive, site.name),
            readers=readers,
        )
        self._asking = self._make_asking(fetcher, is_full)
        self._start: list[int] = []
        self._answers = Answers(self._parts, self.frontier, self._start)
        self._in_flight: set[int] = set()
        self._paused: str | None = None

    def _make_asking(self, fetcher: PoliteFetcher, is_full: bool) -> Asking:
        parts, limits = self._parts, self._settings.crawl
        own = self.site.delay_seconds
        robots = Robots(
            fetcher,
            ArchivedRobots(self._archive),
            limits.user_agent,
            obey=limits.obey_robots,
            delay=limits.delay_seconds if own is None else own,
            fresh=is_full,
        )
        return Asking(
            parts.scope, limits, fetcher, robots, parts.claims, parts.budgets, is_full=is_full
        )

    @property
    def run(self) -> Run:
        """The run this crawl makes or continues."""
        return self.frontier.run

    async def crawl(self, watch: Watcher) -> Run:
        """Go on until every page that is due and within the limits has its answer, or until
        the site's hours are over: then the run is paused, to be continued."""
        began = time.monotonic()
        before = self._traffic()
        try:
            await self._begin()
            async with self._rendering() as renderer:
                self._answers.renderer = renderer
                # What sitemaps say decides who else is asked.
                await self._empty_frontier(watch, SITEMAP)
                await self._empty_frontier(watch)
                while self._paused is None and self.frontier.add_orphans(self._start):
                    await self._empty_frontier(watch)
        finally:
            requests, received = (
                now - then for now, then in zip(self._traffic(), before, strict=True)
            )
            seconds = time.monotonic() - began
            add_traffic(self._archive, self.run, requests, received, seconds)
            store_budgets(self._archive, self.site.name, self._parts.budgets)
        self._end()
        return self.run

    async def _begin(self) -> None:
        """Put on the frontier what is due: start pages and sitemaps first."""
        if not self._is_open():
            return
        sitemaps = await self._asking.sitemaps()
        with self._archive.transaction():
            for url in self._parts.scope.start_urls:
                self._start.append(self._archive.ensure_page(url, self.site.name))
            for url in sitemaps:
                page = self._archive.ensure_page(url, self.site.name)
                self._archive.connection.execute(
                    "UPDATE page SET kind = 'sitemap' WHERE id = ? AND kind = ''", (page,)
                )
                self._start.append(page)
        self._answers = Answers(self._parts, self.frontier, self._start)
        self.frontier.seed(self._start, follow_claims=self._parts.claims.proves_changes)

    @asynccontextmanager
    async def _rendering(self) -> AsyncIterator[Renderer | None]:
        """A browser for pages that need their scripts, where the configuration wants one."""
        if not self.site.render:
            yield None
            return
        problem = check_rendering()
        if problem is not None:
            raise Failure(f"sites[{self.site.name}].render: {problem}")
        agent = self._settings.crawl.full_user_agent
        async with Renderer(
            self._fetcher, self._asking.allows, self._asking.delay, agent
        ) as renderer:
            yield renderer

    async def _empty_frontier(self, watch: Watcher, kind: str | None = None) -> None:
        at_once = self._settings.crawl.concurrent_requests_per_host
        # Some read and store while others wait for answers; the hosts' own limits hold anyway.
        count = (
            at_once * min(len(self._hosts()), _MOST_HOSTS_AT_ONCE) + self._parts.readers.processes
        )
        workers = [asyncio.create_task(self._work(watch, kind)) for _ in range(count)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    def _end(self) -> None:
        """Let pages go that have to, and make the report."""
        removal: Removal | None = None
        if self._paused is None:
            longest = self._settings.crawl.longest_revisit_days
            removal = conclude(self._archive, self.run, self._parts.lives, longest)
        with self._archive.transaction():
            report = make_report(
                self._archive,
                self.run,
                removal=removal,
                traps=self._parts.budgets.report(),
                paused=self._paused,
            )
            store_report(self._archive, self.run, report)
        if self._paused is None:
            self.frontier.finish()

    # -- one page after the other -----------------------------------------------------

    async def _work(self, watch: Watcher, kind: str | None) -> None:
        while True:
            item = self._take(kind)
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
                self._parts.links.forget()
                told = f"{type(error).__name__}: {error}"
                self._answers.fail(item.page, "failed_internal", None, told)
            finally:
                self._in_flight.discard(item.page.id)
            watch(self)

    def _take(self, kind: str | None) -> FrontierItem | None:
        if self.frontier.finished + len(self._in_flight) >= self._settings.crawl.max_pages:
            return None
        if not self._is_open():
            return None
        return self.frontier.next(kind)

    def _is_open(self) -> bool:
        """Whether it is an hour at which the site lets itself be crawled."""
        if self._hours is None:
            return True
        local = datetime.now(self._settings.schedule.zone)
        if self._hours.contains(local.time()):
            return True
        self._paused = f"outside the hours {self.site.hours}"
        return False

    async def _process(self, item: FrontierItem) -> None:
        page = item.page
        reason = self._parts.scope.why_not(page.url)
        if reason is not None and page.id not in self._start:
            self._answers.refuse(page, reason)
            return
        elsewhere = self._parts.variants.map(page.url)
        if elsewhere != page.url and page.id not in self._start:
            self._answers.lead(item, elsewhere, page.status or 301)
            return
        refusal = await self._asking.refusal(page, self._start)
        if refusal is not None:
            self._answers.fail(page, refusal.outcome, None, refusal.reason)
            return
        budgets = self._parts.budgets
        if page.body is None:
            budgets.ask(page.url)
        if not await self._ask(item) and page.body is None:
            budgets.give_back(page.url)

    async def _ask(self, item: FrontierItem) -> bool:
        """Ask for a page and handle the answer; returns whether it brought one."""
        try:
            response = await self._asking.fetch(item.page)
        except FetchError as error:
            self._answers.fail(item.page, f"failed_{error.cause}", None, str(error))
        except HostResting as error:
            self._answers.fail(item.page, "failed_host_down", None, str(error))
        else:
            return await self._answers.handle(item, response)
        return False

    def _traffic(self) -> tuple[int, int]:
        """Requests to the site's hosts so far, and bytes received from them."""
        totals = [self._fetcher.traffic(host) for host in self._hosts()]
        return sum(one.requests for one in totals), sum(one.received for one in totals)

    def _hosts(self) -> set[str]:
        named = {urlsplit(url).netloc for url in self._parts.scope.start_urls}
        return named.union(self.site.allowed_hosts)
