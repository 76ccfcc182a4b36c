"""The requests of a page in the browser, answered from here: it has no network itself."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urldefrag, urljoin, urlsplit

from indexer.crawl.fetcher import Response
from indexer.crawl.polite import PoliteFetcher
from indexer.extract.charset import decode

if TYPE_CHECKING:
    from playwright.async_api import Request, Route

Allows = Callable[[str], Awaitable[bool]]
"""Whether a URL may be asked for: the site's hosts, its configuration and robots.txt."""
Delay = Callable[[str], Awaitable[float]]
"""Seconds between two requests to the URL's host."""

_MOST_HOPS: Final = 5
"""Redirects of one request: as many as RFC 9309 section 2.3.1.2 grants robots.txt."""
_KEPT_BYTES: Final = 32_000_000
"""Scripts kept for the next pages: the bundle of a site is asked for once, not for each page."""
_END_SECONDS: Final = 2.0
"""For the browser to hear that requests are given up; one that does not is closed anyway."""
_POLICY: Final = (
    "sandbox allow-scripts allow-same-origin; connect-src http: https: data: blob:; "
    "worker-src 'none'; object-src 'none'; form-action 'none'"
)
"""Content Security Policy of every page: no dialog, popup, download, form, web socket, worker
or plugin. Shared and service workers would send requests that are not routed."""
_ASKED_FOR: Final = frozenset({"script", "xhr", "fetch"})
"""What makes content; images, fonts and media do not, a frame is a page of its own, an event
stream never ends."""
_WEB_CHARSETS: Final = frozenset({"utf-8", "gb18030", "big5", "windows-1252"})
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_PASSED_ON: Final = ("accept", "x-requested-with", "referer")
"""Request headers that decide what a server answers; none that identifies or authorizes."""


@dataclass(frozen=True)
class Limits:
    """How much one page may take; times are seconds.

    ``seconds`` bounds a page, waiting for its turns included: at the usual delay of half a
    second all its requests take 50. ``requests`` counts what scripts ask for and get, kept
    scripts included: a list needs its bundles and one or two lists of data, what asks for more
    is no list. ``attempts`` counts refused requests too: beyond, a script floods the pipe to
    the browser. ``size`` are bytes of all answers: ten bundles of 2 MB. ``characters`` of the
    result: extraction keeps two million of text, and there is markup around it. ``hang`` is
    how long scripts may answer nothing while no request is under way, and the browser to a
    command: a busy core compiles a bundle in a second or two. ``restless`` is how long a page
    may change without any answer: then it is a clock or a ticker that changes, no content.
    """

    seconds: float = 120.0
    requests: int = 100
    attempts: int = 2_000
    size: int = 20_000_000
    characters: int = 5_000_000
    hang: float = 10.0
    restless: float = 8.0


USUAL: Final = Limits()
"""The limits of a crawl."""


class Source:
    """Answers for the browser from the network, and scripts from the pages before."""

    def __init__(self, fetcher: PoliteFetcher, allows: Allows, delay: Delay) -> None:
        self._fetcher = fetcher
        self._allows = allows
        self._delay = delay
        self._kept: OrderedDict[str, Response] = OrderedDict()
        self._kept_bytes = 0

    def kept(self, url: str) -> Response | None:
        """A script that an earlier page had."""
        response = self._kept.get(url)
        if response is not None:
            self._kept.move_to_end(url)
        return response

    def keep(self, url: str, response: Response) -> None:
        """Keep a script unless its server forbids it (RFC 9111 section 5.2.2.5)."""
        forbidden = "no-store" in (response.header("cache-control") or "").lower()
        if response.status != 200 or forbidden or url in self._kept:
            return
        self._kept[url] = response
        self._kept_bytes += len(response.body)
        while self._kept_bytes > _KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= len(oldest.body)

    async def admits(self, url: str) -> bool:
        """Whether a request may go out."""
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and "@" not in parts.netloc
            and await self._allows(url)
        )

    async def fetch(self, url: str, headers: Mapping[str, str]) -> Response:
        """One request in its turn. Raises what :class:`PoliteFetcher` raises."""
        return await self._fetcher.fetch(url, await self._delay(url), headers)


class _Refused(Exception):
    """A request of a page is not answered; the message is the reason for the count."""


class Answers:
    """Answers what one page asks for; ``requests`` went out, ``refused`` counts by reason."""

    def __init__(self, response: Response, source: Source, limits: Limits) -> None:
        self.requests = 0
        self.attempts = 0
        self.refused: Counter[str] = Counter()
        self.in_flight = 0
        self.last = time.monotonic()
        self.text, charset = decode(response.body, response.header("content-type"))
        is_known = charset in _WEB_CHARSETS
        self._charset = charset if is_known else "utf-8"
        self._body = response.body if is_known else self.text.encode()
        self._source = source
        self._limits = limits
        self._is_open = False
        self._given = 0
        self._bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def route(self, route: Route) -> None:
        """Take over a request of the browser (a handler of Playwright)."""
        self.attempts += 1
        task = asyncio.ensure_future(self._settle(route))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Give up the requests under way."""
        if not self._tasks:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=_END_SECONDS)

    async def _settle(self, route: Route) -> None:
        """Answer a request or refuse it; either way it has an end."""
        from playwright.async_api import Error

        self.in_flight += 1
        try:
            with suppress(Error):  # the page is gone, and with it the request
                try:
                    answer = await self._answer(route.request)
                except _Refused as reason:
                    self.refused[str(reason)] += 1
                    await route.abort()
                else:
                    await route.fulfill(**answer)
                    if route.request.resource_type in _ASKED_FOR:
                        self.last = time.monotonic()
        except asyncio.CancelledError:
            with suppress(Error):
                await route.abort()
            raise
        finally:
            self.in_flight -= 1

    async def _answer(self, request: Request) -> dict[str, Any]:
        if request.is_navigation_request():
            return self._document()
        if request.resource_type == "stylesheet":
            # Not an error: loaders of script bundles wait for their styles and give up.
            return {"status": 200, "content_type": "text/css", "body": b""}
        if request.method != "GET":
            raise _Refused(f"method {request.method}")
        if request.resource_type not in _ASKED_FOR:
            raise _Refused(request.resource_type)
        if self._given >= self._limits.requests or self._bytes >= self._limits.size:
            raise _Refused("limit of a page")
        self._given += 1
        response = await self._fetch(urldefrag(request.url).url, request)
        self._bytes += len(response.body)
        if self._bytes > self._limits.size:
            raise _Refused("limit of a page")
        headers = {name: value for name, value in response.headers if _reaches_scripts(name)}
        return {"status": response.status, "headers": headers, "body": response.body}

    def _document(self) -> dict[str, Any]:
        """The page itself, once; any other navigation stays where it is (RFC 9110, 15.3.5)."""
        if self._is_open:
            self.refused["navigation"] += 1
            return {"status": 204}
        self._is_open = True
        headers = {
            "Content-Type": f"text/html; charset={self._charset}",
            "Content-Security-Policy": _POLICY,
        }
        return {"status": 200, "headers": headers, "body": self._body}

    async def _fetch(self, url: str, request: Request) -> Response:
        """The answer to a script, redirects followed here: the browser would go alone."""
        is_script = request.resource_type == "script"
        kept = self._source.kept(url) if is_script else None
        if kept is not None:
            return kept
        sent = request.headers
        headers = {str(name): sent[name] for name in _PASSED_ON if name in sent}
        target = url
        try:
            for _ in range(_MOST_HOPS + 1):
                if not await self._source.admits(target):
                    raise _Refused("not allowed")
                if self.requests >= self._limits.requests:
                    raise _Refused("limit of a page")
                self.requests += 1
                response = await self._source.fetch(target, headers)
                location = response.header("location")
                if response.status not in _REDIRECTS or not location:
                    if is_script:
                        self._source.keep(url, response)
                    return response
                target = urldefrag(urljoin(target, location)).url
        except _Refused:
            raise
        except Exception as error:
            # Whatever is wrong with one request (no answer, no rules of robots.txt, no URL),
            # the page goes on without it, as it does in a visitor's browser.
            raise _Refused(f"failed: {type(error).__name__}") from error
        raise _Refused("too many redirects")


def _reaches_scripts(name: str) -> bool:
    """Response headers for scripts; the rest would have the browser report, upgrade or store."""
    return name == "content-type" or name.startswith(("access-control-", "x-"))
