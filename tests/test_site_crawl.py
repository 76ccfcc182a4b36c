"""One page that is odd stops no crawl."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexer.archive import Archive, Run
from indexer.config import CrawlSettings, Settings, SiteSettings
from indexer.crawl.crawler import crawl as crawl_sites
from loopback import Answer, Answers, LoopbackServer

HTML = {"Content-Type": "text/html; charset=utf-8"}
ARTICLE = (
    "<title>停水通知</title><h1>停水通知</h1><p>因管道维修，明日上午停水，请居民提前储水。</p>"
)


def crawl(folder: Path, answers: Answers, **site: Any) -> Run:
    """A crawl that starts at ``/`` and at ``/odd``."""
    archive = Archive(folder / "archive.sqlite")
    try:
        with LoopbackServer(answers) as server:
            limits = CrawlSettings(allow_private_addresses=True, delay_seconds=0, retries=0)
            start = [f"{server.url}/", f"{server.url}/odd"]
            sites = [SiteSettings(name="a", start_urls=start, **site)]
            settings = Settings(sites=sites, crawl=limits)
            (run,) = crawl_sites(settings, sites, archive, lambda _: None)
            return run
    finally:
        archive.close()


def outcomes(run: Run) -> Counter[str]:
    """Counts without the sitemap at the usual address, which is not there."""
    return run.counts - Counter(["no_sitemap"])


@pytest.mark.parametrize(
    ("odd", "outcome"),
    [
        (Answer(302, {"Location": "http://[broken"}), "failed_redirect_refused"),
        (Answer(302, {"Location": "javascript:history.back()"}), "failed_redirect_refused"),
        (Answer(302, {"Location": "http://elsewhere.example/"}), "failed_redirect_refused"),
        (Answer(302, {"Location": "/odd#top"}), "failed_redirect_loop"),
        (Answer(302), "failed_redirect_refused"),
        (Answer(404), "dead_link"),
        (Answer(412, HTML, [b"<script>$_ts</script>"]), "blocked_firewall"),
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
        is_page = path in ("/", "/odd")
        return Answer(200, HTML, [ARTICLE.encode()]) if is_page else Answer(404)

    assert outcomes(crawl(tmp_path, answers)) == Counter(["new", outcome])


def articles(path: str) -> Answer:
    found = path in ("/", "/odd")
    return Answer(200, HTML, [ARTICLE.encode() + path.encode()]) if found else Answer(404)


def test_a_host_that_is_allowed_no_more_is_left_alone_and_its_pages_wait(tmp_path: Path) -> None:
    """A wrong line in allowed_hosts must not empty the search."""
    crawl(tmp_path, articles)
    run = crawl(tmp_path, lambda _: Answer(404))  # another port is another host
    assert run.counts["excluded"] == 2  # the home page is no document
    assert run.report["suspicious"]["removals"] == 1
    archive = Archive(tmp_path / "archive.sqlite")
    assert len(archive.list_documents()) == 1
    archive.close()


def closed_now() -> str:
    """Hours of the day that are over."""
    hour = (datetime.now(ZoneInfo("Asia/Shanghai")).hour + 2) % 24
    return f"{hour:02}:00-{(hour + 1) % 24:02}:00"


def test_outside_its_hours_a_site_is_not_asked_at_all(tmp_path: Path) -> None:
    asked: list[str] = []

    def answers(path: str) -> Answer:
        asked.append(path)
        return articles(path)

    run = crawl(tmp_path, answers, hours=closed_now())
    assert asked == []
    assert run.report["state"] == "paused"
    assert run.finished is None
    assert crawl(tmp_path, answers).id == run.id, "it is continued"
