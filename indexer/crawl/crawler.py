"""A crawl of several sites at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.archive import Archive, Run
from indexer.config import Settings, SiteSettings
from indexer.crawl.fetcher import HttpFetcher
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.readers import Readers
from indexer.crawl.site_crawl import SiteCrawl


@dataclass(frozen=True)
class CrawlProgress:
    """Pages done, known and failed in all sites of a crawl so far."""

    done: int
    known: int
    failed: int


_TICK_SECONDS = 1.0

CrawlWatcher = Callable[[CrawlProgress], None]
"""Told after every page; may raise to stop the crawl, which can then be continued."""


@dataclass(frozen=True)
class Meanwhile:
    """Work to do in a thread every ``seconds`` while a crawl goes on: a first crawl takes
    hours, and people want to search what is there already."""

    seconds: float
    action: Callable[[], None]


def crawl(
    settings: Settings,
    sites: Sequence[SiteSettings],
    archive: Archive,
    watch: CrawlWatcher,
    *,
    is_full: bool = False,
    meanwhile: Meanwhile | None = None,
) -> list[Run]:
    """Crawl the sites side by side; returns their runs when every one has come to its end."""
    with Readers(sites) as readers:
        return asyncio.run(_crawl(settings, sites, archive, readers, watch, is_full, meanwhile))


async def _crawl(
    settings: Settings,
    sites: Sequence[SiteSettings],
    archive: Archive,
    readers: Readers,
    watch: CrawlWatcher,
    is_full: bool,
    meanwhile: Meanwhile | None,
) -> list[Run]:
    finished = asyncio.Event()
    async with HttpFetcher(settings.crawl) as fetcher:
        polite = PoliteFetcher(fetcher, settings.crawl)
        crawls = [
            SiteCrawl(site, settings, archive, polite, readers, is_full=is_full) for site in sites
        ]

        with archive.transaction():
            names = [site.name for site in settings.sites]
            for site in sites:
                archive.adopt(site.name, site.allows, names)

        def report(_: SiteCrawl | None = None) -> None:
            watch(
                CrawlProgress(
                    done=sum(crawl.frontier.finished for crawl in crawls),
                    known=sum(crawl.frontier.known for crawl in crawls),
                    failed=sum(failures(crawl.run) for crawl in crawls),
                )
            )

        side_work = asyncio.create_task(_repeat(meanwhile, finished))
        work = asyncio.gather(*(crawl.crawl(report) for crawl in crawls))
        ticks = asyncio.create_task(_tick(report))
        try:
            either: set[asyncio.Future[Any]] = {work, ticks}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if ticks.done():
                await ticks  # whoever watches wants the crawl to stop
            return list(await work)
        finally:
            ticks.cancel()
            work.cancel()
            await asyncio.gather(ticks, work, return_exceptions=True)
            finished.set()
            await side_work


async def _tick(report: Callable[[], None]) -> None:
    """Report while answers are waited for: only then can a cancellation be heeded at once."""
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        report()


async def _repeat(meanwhile: Meanwhile | None, finished: asyncio.Event) -> None:
    while meanwhile is not None:
        try:
            await asyncio.wait_for(finished.wait(), meanwhile.seconds)
            return
        except asyncio.TimeoutError:
            await asyncio.to_thread(meanwhile.action)


def failures(run: Run) -> int:
    """Pages of a run that gave no usable answer."""
    return sum(count for outcome, count in run.counts.items() if outcome.startswith("failed_"))
