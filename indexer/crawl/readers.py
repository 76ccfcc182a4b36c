"""Reader processes: pages are read beside the process that asks for them and writes.

Reading a page takes several times as long as asking for it. In processes of their own readers
use all cores, and a page that brings one down, or keeps it busy without end, costs that page.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from indexer.archive.archive import PackedBody
from indexer.archive.documents import Told
from indexer.archive.lives import Content
from indexer.archive.model import Headers
from indexer.config_crawl import SiteSettings
from indexer.crawl.scope import Scope
from indexer.extract import EXTRACTION_VERSION, FetchedPage
from indexer.extract.model import EMPTY
from indexer.processes import cores, live_with_parent
from indexer.reading import UNREAD, Reading, read

_log = logging.getLogger(__name__)
MOST_READERS: Final = 4
_LONGEST_SECONDS: Final = 150.0
"""A page that takes longer is given up: OCR of a file may take 120 s."""


@dataclass(frozen=True)
class ReadingTask:
    """An answer to read, by a site's scope; ``options`` is their fingerprint."""

    site: str
    page: FetchedPage
    status: int
    headers: Headers
    options: str = ""


_scopes: dict[str, Scope] = {}
"""Of this reader process."""


def _begin(sites: Sequence[SiteSettings]) -> None:
    """In a reader process, first of all."""
    live_with_parent()
    _scopes.update((site.name, Scope(site)) for site in sites)


def _read(task: ReadingTask) -> Reading:
    return read(task.page, task.status, task.headers, _scopes.get(task.site), task.options)


class Readers:
    """As many readers as there are cores, started when they are needed."""

    def __init__(self, sites: Sequence[SiteSettings], processes: int | None = None) -> None:
        self._sites = list(sites)
        self.processes = processes or min(cores(), MOST_READERS)
        # A fork server, for a fork of this process would copy its threads' locks.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, "indexer.likeness.chunks"])
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.processes, mp_context=self._context, initializer=_begin, initargs=(self._sites,)
        )

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def read(self, task: ReadingTask) -> Reading:
        """Read an answer; one that a reader cannot survive is told as a page's problem."""
        for attempt in (1, 2):
            pool = self._pool
            try:
                # In a thread, for the first ones wait until a reader has started.
                future = await asyncio.to_thread(pool.submit, _read, task)
                return await asyncio.wait_for(asyncio.wrap_future(future), _LONGEST_SECONDS)
            except BrokenProcessPool:
                self._replace(pool)
                if attempt == 1:
                    continue  # it may have been another page that was read at that moment
                return _unreadable(task, f"{UNREAD}: it brings the reader down")
            except asyncio.TimeoutError:
                self._replace(pool)
                return _unreadable(task, f"{UNREAD} within {_LONGEST_SECONDS:g} s")
        raise AssertionError("the second attempt returns")

    def _replace(self, pool: ProcessPoolExecutor) -> None:
        """A pool with a dead or hanging reader takes no more work: a new one follows it."""
        if pool is not self._pool:
            return
        _log.warning("a reader died or hung; readers are started anew")
        processes = list((getattr(pool, "_processes", None) or {}).values())
        self._pool = self._start()
        pool.shutdown(wait=False, cancel_futures=False)
        for process in processes:
            with suppress(OSError):
                process.kill()


def _unreadable(task: ReadingTask, problem: str) -> Reading:
    content = Content(
        status=task.status,
        headers=task.headers,
        body=PackedBody.pack(task.page.body),
        kind=EMPTY,
        text_hash=b"",
        document=None,
        extraction=EXTRACTION_VERSION,
        told=Told(problem, options=task.options),
    )
    return Reading(content, (), None, noindex=False, signature=0)
