"""A browser, the fetcher behind it and a server before it, for the tests of rendering."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import HttpFetcher, Response
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.render import Limits, Renderer, Rendering, check_rendering
from loopback import Answer, LoopbackServer

Result = TypeVar("Result")
AGENT = "qzsearch/0.1 (+mailto:search@example.org)"
SETTINGS = CrawlSettings(
    allow_private_addresses=True, user_agent="qzsearch/0.1", contact="mailto:search@example.org",
    retries=0, timeout_seconds=20,
)  # fmt: skip
LIST = '{"articles": [{"url": "/a/1.html", "title": "关于公布停车场收费标准的通知"}]}'
FILL = """
fetch('/list.json').then((answer) => answer.json()).then((data) => {
  const list = document.createElement('ul');
  for (const one of data.articles) {
    const link = document.createElement('a');
    link.href = one.url;
    link.textContent = one.title;
    list.appendChild(document.createElement('li')).appendChild(link);
  }
  document.getElementById('app').replaceChildren(list);
});
"""
SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知公告</title>
<link rel="stylesheet" href="/app.css"><script defer src="/app.js"></script></head>
<body><noscript>请启用JavaScript</noscript><div id="app">加载中</div><img src="/logo.png">
</body></html>"""


class Recorded:
    """The fetcher of the crawl; ``urls`` are what it was asked for, ``times`` when."""

    def __init__(self, fetcher: HttpFetcher) -> None:
        self.fetcher = fetcher
        self.urls: list[str] = []
        self.times: list[float] = []

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        self.urls.append(url)
        self.times.append(time.monotonic())
        return await self.fetcher.fetch(url, headers)


class Desk:
    """One browser for many tests; ``allows`` and ``delay`` are the test's own."""

    def __init__(self, limits: Limits) -> None:
        self.loop = asyncio.new_event_loop()
        self.http = HttpFetcher(SETTINGS)
        self.network = Recorded(self.http)
        self.allows: Callable[[str], Awaitable[bool]] = self._never
        self.delay = 0.0
        polite = PoliteFetcher(self.network, SETTINGS)
        self.renderer = Renderer(polite, self._allows, self._delay, AGENT, limits)

    async def _never(self, url: str) -> bool:
        return False

    async def _allows(self, url: str) -> bool:
        return await self.allows(url)

    async def _delay(self, url: str) -> float:
        return self.delay

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(asyncio.wait_for(work, 60))

    def close(self) -> None:
        self.run(self.renderer.__aexit__())
        self.run(self.http.__aexit__())
        for task in asyncio.all_tasks(self.loop):
            task.cancel()  # as asyncio.run does at its end
        self.run(asyncio.sleep(0))
        self.loop.close()

    def render(
        self, server: LoopbackServer, page: str | bytes, path: str = "/", kind: str = "text/html"
    ) -> Rendering:
        """Render a page as if the crawl had just fetched it; the server's host is allowed."""
        host = urlsplit(server.url).netloc

        async def allows(url: str) -> bool:
            return urlsplit(url).netloc == host

        self.allows = allows
        return self.open(server, page, path, kind)

    def open(
        self, server: LoopbackServer, page: str | bytes, path: str = "/", kind: str = "text/html"
    ) -> Rendering:
        """Render a page with ``allows`` as it is."""
        response = answered(server, page, path, kind)
        return self.run(self.renderer.rendering(server.url + path, response))


def answered(server: LoopbackServer, page: str | bytes, path: str, kind: str) -> Response:
    body = page if isinstance(page, bytes) else page.encode()
    return Response(server.url + path, 200, (("content-type", kind),), body)


def need_browser() -> None:
    """Skip a test where no page can be rendered."""
    missing = check_rendering()
    if missing is not None:
        pytest.skip(missing)


def running_browser() -> Iterator[Desk]:
    """One browser for the tests of a module, with limits that tests can wait for."""
    need_browser()
    desk = Desk(
        Limits(
            seconds=20,
            requests=60,
            attempts=400,
            size=400_000,
            characters=300_000,
            hang=2.0,
            restless=1.5,
        )
    )
    yield desk
    desk.close()


def cleared(browser: Desk) -> Iterator[Desk]:
    """The browser; whatever a page leaves running fails its test."""
    browser.network.urls.clear()
    browser.network.times.clear()
    browser.delay = 0.0
    yield browser
    assert browser.run(tasks_left()) == []


async def tasks_left() -> list[str]:
    """What a page left running."""
    await asyncio.sleep(0)
    own = asyncio.current_task()
    left = [str(task.get_coro()) for task in asyncio.all_tasks() if task is not own]
    return [name for name in left if "Answers." in name or "Visit." in name]


def serve(files: Mapping[str, str | Answer]) -> LoopbackServer:
    """A server of these paths; everything else is 404."""
    kinds = {"js": "text/javascript", "json": "application/json", "css": "text/css"}

    def answer(path: str) -> Answer:
        found = files.get(path, files.get(path.partition("?")[0]))
        if found is None:
            return Answer(404)
        if isinstance(found, Answer):
            return found
        kind = kinds.get(path.partition("?")[0].rpartition(".")[2], "text/html")
        return Answer(200, {"Content-Type": kind}, [found.encode()])

    return LoopbackServer(answer)


def page_of(script: str, body: str = "") -> str:
    """A shell whose own script fills it."""
    return (
        f"<!DOCTYPE html><meta charset=utf-8><div id=app>{body}</div><script>\n"
        "const say = (text) => { const p = document.createElement('p'); p.textContent = text;"
        " document.getElementById('app').append(p); };\n"
        f"{script}</script>"
    )


ENOUGH = "say('本公告自发布之日起施行，有效期五年，由市住房和城乡建设局负责解释，请遵照执行。');"


def page_text(rendering: Rendering) -> str:
    return rendering.html.decode()
