"""Pages that only their scripts fill, opened in a headless browser without a network.

The browser asks for nothing itself: every request of a page is answered here, by the fetcher
of the crawl, within robots.txt, delays and hosts (docs/decisions/0012). Playwright is optional:
it is imported when the first page is opened.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from indexer.crawl.fetcher import Response
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.render_answers import USUAL, Allows, Answers, Delay, Limits, Source
from indexer.crawl.render_browser import (
    Chrome,
    RenderError,
    check_rendering,
    find_browser,
    first_line,
)
from indexer.crawl.render_page import Rendering, Visit

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

__all__ = ["Limits", "RenderError", "Renderer", "Rendering", "check_rendering", "find_browser"]

_log = logging.getLogger(__name__)


class Renderer:
    """Renders one page after the other, in one browser that starts with the first.

    One at a time, for the requests of a page wait for the turns of its host anyway, and a
    browser with two pages takes the memory of two; each in a context of its own, without
    cookies or storage of others. ``user_agent`` is what scripts are told: requests carry the
    fetcher's own.
    """

    def __init__(
        self,
        fetcher: PoliteFetcher,
        allows: Allows,
        delay: Delay,
        user_agent: str,
        limits: Limits = USUAL,
    ) -> None:
        self._source = Source(fetcher, allows, delay)
        self._chrome = Chrome(user_agent)
        self._limits = limits
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Renderer:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._chrome.stop()

    async def render(self, url: str, response: Response) -> bytes | None:
        """The document of a page after its scripts ran, as UTF-8; None when nothing more than
        the shell came out of it, or the browser failed (logged with the reason)."""
        try:
            rendering = await self.rendering(url, response)
        except RenderError as error:
            _log.warning("%s is not rendered: %s", url, error)
            return None
        refused = ", ".join(f"{reason} {n}" for reason, n in rendering.refused.items())
        _log.info("%s: %d requests, refused: %s", url, rendering.requests, refused or "none")
        return rendering.html

    async def rendering(self, url: str, response: Response) -> Rendering:
        """As :meth:`render`, with what it took.

        Raises:
            RenderError: nothing more than the shell came out, or the browser failed.
        """
        async with self._turn:
            try:
                context = await self._chrome.context()
                return await self._visit(url, response, context)
            except asyncio.TimeoutError:
                raise RenderError("the browser does not answer") from None
            except Exception as error:
                if not type(error).__module__.startswith("playwright"):
                    raise  # RenderError, or a fault of ours
                raise RenderError(f"the browser failed: {first_line(error)}") from error

    async def _visit(self, url: str, response: Response, context: BrowserContext) -> Rendering:
        answers = Answers(response, self._source, self._limits)
        visit = Visit(url, answers, self._limits)
        longest = self._limits.seconds + 3 * self._limits.hang  # each of its waits has an end
        try:
            return await asyncio.wait_for(visit.rendering(context), longest)
        finally:
            await answers.end()
            await self._chrome.close(context, hangs=visit.hangs)
