"""Reader processes: their deaths cost a page at most, and they do not outlive their parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from indexer.config import SiteSettings
from indexer.crawl import readers as module
from indexer.crawl.readers import Readers, ReadingTask
from indexer.extract import FetchedPage
from running import wait_for

SITE = SiteSettings(name="a", start_urls=["http://a.example/"], exclude=["/private/"])
ARTICLE = (
    "<title>停水通知</title><h1>停水通知</h1><p>因管道维修，明日上午停水，请居民提前储水。</p>"
    "<a href='/b.html?utm_source=x'>乙</a><a href='/private/c'>丙</a><a href='//b.example/'>丁</a>"
)


def task(body: bytes, site: str = "a") -> ReadingTask:
    page = FetchedPage("http://a.example/1.html", body, site, "text/html; charset=utf-8")
    return ReadingTask(site, page, 200, (("content-type", "text/html"),))


def slow_page() -> bytes:
    """Takes a reader some seconds."""
    return ("<p>" + "<b>停水</b><i>通知</i>，请注意。" * 20 + "</p>").encode() * 6000


def test_a_reader_gives_document_and_links_in_scope() -> None:
    with Readers([SITE], 1) as readers:
        reading = asyncio.run(readers.read(task(ARTICLE.encode())))
    assert reading.content.document is not None
    assert [(link.url, link.anchor) for link in reading.links] == [
        ("http://a.example/b.html", "乙")
    ]
    assert reading.content.told.problem is None


def test_pages_of_a_site_that_is_not_configured_are_read_without_links() -> None:
    with Readers([SITE], 1) as readers:
        reading = asyncio.run(readers.read(task(ARTICLE.encode(), "other")))
    assert reading.links == ()
    assert reading.content.document is not None


def children(pid: int) -> list[int]:
    """All processes below one, nearest first."""
    found, left = [], [pid]
    while left:
        path = Path(f"/proc/{left.pop()}/task")
        for listed in path.glob("*/children"):
            with suppress(OSError):
                below = [int(child) for child in listed.read_text().split()]
                found += below
                left += below
    return found


def kill_reader(readers: Readers) -> None:
    processes = getattr(readers._pool, "_processes")  # noqa: B009
    wait_for(lambda: len(processes))
    time.sleep(0.15)
    os.kill(next(iter(processes)), signal.SIGKILL)


def test_a_page_whose_reader_died_is_read_by_another_one() -> None:
    async def read() -> object:
        reading = asyncio.create_task(readers.read(task(slow_page())))
        await asyncio.to_thread(kill_reader, readers)
        return (await reading).content.document

    with Readers([SITE], 1) as readers:
        assert asyncio.run(read()) is not None


def test_a_page_that_brings_every_reader_down_is_told_of() -> None:
    async def read() -> module.Reading:
        reading = asyncio.create_task(readers.read(task(slow_page())))
        for _ in range(2):
            pool = readers._pool
            await asyncio.to_thread(kill_reader, readers)
            for _ in range(500):
                if readers._pool is not pool or reading.done():
                    break
                await asyncio.sleep(0.02)
        return await reading

    with Readers([SITE], 1) as readers:
        reading = asyncio.run(read())
        assert reading.is_unread
        assert "brings the reader down" in (reading.content.told.problem or "")
        again = asyncio.run(readers.read(task(ARTICLE.encode())))
        assert again.content.document is not None, "the next page finds a reader"


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with Readers([SITE], 1) as readers:
        asyncio.run(readers.read(task(ARTICLE.encode())))  # started
        monkeypatch.setattr(module, "_LONGEST_SECONDS", 0.2)
        reading = asyncio.run(readers.read(task(slow_page())))
        assert reading.is_unread
        monkeypatch.undo()
        again = asyncio.run(readers.read(task(ARTICLE.encode())))
        assert again.content.document is not None


SCRIPT = """
import asyncio, sys, time
sys.path.insert(0, sys.argv[1])
from test_readers import ARTICLE, SITE, task
from indexer.crawl.readers import Readers
if __name__ == "__main__":
    readers = Readers([SITE], 2)
    asyncio.run(readers.read(task(ARTICLE.encode())))
    print("ready", flush=True)
    time.sleep(60)
"""


def test_readers_end_with_their_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(SCRIPT, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script), str(Path(__file__).parent)], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    below = children(parent.pid)
    assert len(below) >= 2  # the fork server's and the reader
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), 10)
