"""A page in the browser comes to an end, whatever its scripts do and whatever dies.

Needs Chromium and Playwright, which are an extra; CI installs them and fails on skips.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from indexer.crawl.render import RenderError
from loopback import Answer
from rendered import (
    ENOUGH,
    FILL,
    LIST,
    SHELL,
    Desk,
    cleared,
    need_browser,
    page_of,
    page_text,
    running_browser,
    serve,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Desk]:
    yield from running_browser()


@pytest.fixture
def desk(browser: Desk) -> Iterator[Desk]:
    yield from cleared(browser)


def browser_processes(ancestor: int, kind: str = "") -> list[int]:
    """Processes of Chromium below another, those of one ``--type`` only if given."""
    parents: dict[int, int] = {}
    commands: dict[int, bytes] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            parents[int(folder.name)] = int(stat[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes()
    mark = f"--type={kind}" if kind else "--user-data-dir="
    found = []
    for process in parents:
        above = process
        while above > 1 and above != ancestor:
            above = parents.get(above, 0)
        if above == ancestor and mark.encode() in commands[process]:
            found.append(process)
    return found


# -- an end, whatever the scripts do --------------------------------------------------------

INTERRUPTIONS = """
alert('x'); confirm('x'); prompt('x'); window.print();
window.onbeforeunload = () => 'stay';
window.open('/popup'); window.open('about:blank', '_blank');
const add = (name, values) => {
  const one = Object.assign(document.createElement(name), values);
  document.body.append(one);
  return one;
};
const blob = URL.createObjectURL(new Blob(['x'], {type: 'application/octet-stream'}));
add('a', {href: blob, download: 'x.bin'}).click();
add('a', {href: '/x.zip', download: ''}).click();
add('form', {action: '/search', method: 'get'}).submit();
navigator.geolocation.getCurrentPosition(() => 0);
Notification.requestPermission();
location.reload();
location.href = '/elsewhere';
"""


def test_dialogs_popups_downloads_and_departures_hold_nothing_up(desk: Desk) -> None:
    with serve({}) as server:
        began = time.monotonic()
        rendering = desk.render(server, page_of(INTERRUPTIONS + ENOUGH))
        assert time.monotonic() - began < 8
        assert server.paths == []
    assert "五年" in page_text(rendering)


ENDLESS = {
    "loop": "while (true) {}",
    "microtasks": "const again = () => Promise.resolve().then(again); again()",
    "dialogs": "while (true) alert('x')",
    "images": "while (true) { new Image().src = '/' + Math.random() }",
}


@pytest.mark.parametrize("script", ENDLESS.values(), ids=ENDLESS)
def test_scripts_without_end_cost_their_page_and_no_other(desk: Desk, script: str) -> None:
    with serve({"/app.js": FILL, "/list.json": LIST}) as server:
        began = time.monotonic()
        with pytest.raises(RenderError, match=r"do not end|more than 400|browser failed"):
            desk.render(server, page_of(f"{ENOUGH} setTimeout(() => {{ {script} }}, 200)"))
        assert time.monotonic() - began < 12
        assert "/a/1.html" in page_text(desk.render(server, SHELL))


def test_a_clock_does_not_keep_a_page_open(desk: Desk) -> None:
    script = ENOUGH + "say(''); setInterval(() => { app.lastChild.textContent = Date.now() }, 50)"
    with serve({}) as server:
        began = time.monotonic()
        assert "五年" in page_text(desk.render(server, page_of(script)))
        assert time.monotonic() - began < 8


def test_endless_requests_have_a_limit(desk: Desk) -> None:
    script = (
        ENOUGH
        + "const ask = (n) => fetch('/x?' + n).finally(() => setTimeout(ask, 20, n + 1)); ask(0)"
    )
    with serve({"/x": "{}"}) as server:
        rendering = desk.render(server, page_of(script))
        assert len(server.paths) == rendering.requests == 60
    assert "五年" in page_text(rendering)


def test_answers_have_a_limit_in_all(desk: Desk) -> None:
    large = Answer(200, {"Content-Type": "text/plain"}, [b"x" * 180_000])
    script = (
        "const ask = (n) => n && fetch('/large?' + n).then((a) => a.text())"
        ".then((text) => { say(text.length); ask(n - 1) }, () => say('太多')); ask(5);" + ENOUGH
    )
    with serve({"/large": large}) as server:
        rendering = desk.render(server, page_of(script))
        assert len(server.paths) == 3
    assert page_text(rendering).count("<p>180000</p>") == 2
    assert "<p>太多</p>" in page_text(rendering)


def test_a_document_beyond_all_measure_is_refused(desk: Desk) -> None:
    with serve({}) as server, pytest.raises(RenderError, match=r"has \d{6} characters"):
        desk.render(server, page_of("say('字'.repeat(400_000))"))


# -- a browser that dies --------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "told"), [("", "browser failed"), ("renderer", "crashed")])
def test_a_crash_costs_that_page_only(desk: Desk, kind: str, told: str) -> None:
    async def crash(url: str) -> bool:
        for process in browser_processes(os.getpid(), kind):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        await asyncio.sleep(0.5)
        return False

    with serve({"/app.js": FILL, "/list.json": LIST}) as server:
        desk.allows = crash
        with pytest.raises(RenderError, match=told):
            desk.open(server, page_of("fetch('/x').catch(() => 0)"))
        assert "/a/1.html" in page_text(desk.render(server, SHELL))


LEFT_ALONE = """
import asyncio, sys
from indexer.config import CrawlSettings
from indexer.crawl.fetcher import HttpFetcher, Response
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.render import Renderer

async def main():
    async def never(url): return False
    async def none(url): return 0.0
    settings = CrawlSettings()
    polite = PoliteFetcher(HttpFetcher(settings), settings)
    renderer = Renderer(polite, never, none, "qzsearch/0.1")
    body = "<script>document.write('<a href=/x>' + 'x'.repeat(50))</script>".encode()
    html = await renderer.render("http://qinzhou.example/", Response("", 200, (), body))
    print("<a href" in html.decode(), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_killed_crawl_leaves_no_browser_behind() -> None:
    need_browser()
    with subprocess.Popen(
        [sys.executable, "-c", LEFT_ALONE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as crawl:
        assert crawl.stdout is not None
        assert crawl.stdout.readline().strip() == b"True"
        browsers = browser_processes(crawl.pid)
        assert browsers
        crawl.kill()
    deadline = time.monotonic() + 15
    while any(is_alive(one) for one in browsers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
