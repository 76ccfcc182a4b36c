"""One page that is odd stops no crawl."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.config import CrawlSettings, SiteSettings
from indexer.crawl.fetcher import HttpFetcher
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.site_crawl import SiteCrawl
from loopback import Answer, Answers, LoopbackServer

HTML = {"Content-Type": "text/html; charset=utf-8"}
ARTICLE = (
    "<title>停水通知</title><h1>停水通知</h1><p>因管道维修，明日上午停水，请居民提前储水。</p>"
)


def crawl(folder: Path, answers: Answers) -> Counter[str]:
    """Outcomes of a crawl that starts at ``/`` and at ``/odd``."""

    async def run(url: str) -> Counter[str]:
        settings = CrawlSettings(allow_private_addresses=True, delay_seconds=0, retries=0)
        site = SiteSettings(name="a", start_urls=[f"{url}/", f"{url}/odd"])
        async with HttpFetcher(settings) as fetcher:
            return (
                await SiteCrawl(site, settings, archive, PoliteFetcher(fetcher, settings)).crawl(
                    lambda _: None
                )
            ).counts

    archive = Archive(folder / "archive.sqlite")
    try:
        with LoopbackServer(answers) as server:
            return asyncio.run(run(server.url))
    finally:
        archive.close()


@pytest.mark.parametrize(
    ("odd", "outcome"),
    [
        (Answer(302, {"Location": "http://[broken"}), "failed_redirect_refused"),
        (Answer(302, {"Location": "javascript:history.back()"}), "failed_network"),
        (Answer(302, {"Location": "http://elsewhere.example/"}), "failed_redirect_refused"),
        (Answer(302, {"Location": "/odd#top"}), "failed_redirect_loop"),
        (Answer(302), "failed_redirect_refused"),
        (Answer(404), "dead_link"),
        (Answer(412, HTML, [b"<script>$_ts</script>"]), "failed_status_412"),
        (Answer(500), "failed_status_500"),
        (Answer(200, {"Content-Length": "99"}, [b"short"]), "failed_network"),
        (Answer(200, HTML, [b""]), "new"),
        (Answer(200, {"Content-Type": "text/html; charset=klingon"}, [b"\xff\xfe"]), "new"),
        (Answer(200, HTML, [b'<a href="http://[x">a</a><a href="http://a:b/">b</a>']), "new"),
        (Answer(299), "failed_status_299"),
    ],
)
def test_an_odd_answer_is_recorded_and_the_rest_is_crawled(
    tmp_path: Path, odd: Answer, outcome: str
) -> None:
    def answers(path: str) -> Answer:
        if path == "/odd":
            return odd
        return Answer(404) if path == "/robots.txt" else Answer(200, HTML, [ARTICLE.encode()])

    assert crawl(tmp_path, answers) == Counter(["new", outcome])


def test_a_host_that_is_allowed_no_more_is_left_alone_and_its_pages_go(tmp_path: Path) -> None:
    crawl(tmp_path, lambda _: Answer(200, HTML, [ARTICLE.encode()]))
    archive = Archive(tmp_path / "archive.sqlite")
    assert archive.summary()["sites"]["a"]["live"] == 2
    archive.close()
    outcomes = crawl(tmp_path, lambda _: Answer(404))  # another port is another host
    assert outcomes == Counter({"dead_link": 2, "excluded": 2})
    archive = Archive(tmp_path / "archive.sqlite")
    assert archive.list_documents() == []
    archive.close()
