"""A crawl from the first page to the search result, over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analyzers.query import parse_query
from days import days_pass
from indexer.archive import Archive
from indexer.config import Settings, load_settings
from indexer.crawl.crawler import CrawlProgress, Meanwhile, crawl
from indexer.index import open_engine
from indexer.index.engine import SearchRequest, SearchResponse
from indexer.jobs.run import JobFailed, JobRun
from indexer.jobs.store import JobStore
from indexer.jobs.tasks import confirm_task, crawl_task, reindex_task
from indexer.sample_sites.resource import Resource
from indexer.sample_sites.server import SampleSite, SampleSites
from running import write_config


def page(title: str, text: str = "", links: str = "") -> Resource:
    """A small page of today's markup."""
    html = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div class='content'><p>{text}</p></div>{links}</body></html>"
    )
    return Resource(html.encode(), "text/html; charset=utf-8")


PAGES = {
    "/": page(
        "首页",
        links="<a href='/a.html'>甲</a> <a href='/b.html'>乙</a> <a href='/x/'>丙</a>"
        + "".join(f"<a href='/n{number}.html'>{number}</a>" for number in range(4)),
    ),
    **{
        f"/n{number}.html": page(f"第{number}号便民服务点地址", f"{number}号服务点每天八点开门。")
        for number in range(4)
    },
    "/a.html": page(
        "关于调整公交线路的通告", "自下月起，三路公交车改经文峰路运行，请市民留意站牌。"
    ),
    "/b.html": page("大寺镇荔枝园开园", "大寺镇荔枝园本周六开园，游客可以入园采摘荔枝。"),
    "/x/": page("禁区", "机器人不得入内的页面。"),
    "/robots.txt": Resource(b"User-agent: *\nDisallow: /x/\n", "text/plain"),
}


@dataclass
class World:
    """One small site, a configuration for it, and what a job needs."""

    site: SampleSite
    settings: Settings
    store: JobStore

    def crawl(self, **options: Any) -> dict[str, Any]:
        job = self.store.submit("crawl", running=True, **options)
        try:
            return dict(crawl_task(self.settings, JobRun(self.store, job)))
        finally:
            self.store.finish(job.id, "succeeded")

    def days_pass(self, days: float = 1) -> None:
        days_pass(self.settings.archive_path, days)

    def search(self, query: str) -> SearchResponse:
        return open_engine(self.settings).search(SearchRequest(parse_query(query)))

    def titles(self, query: str) -> list[str]:
        return [hit.document.title for hit in self.search(query).hits]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SampleSites({"portal": PAGES}) as sites:
        one_by_one = {"concurrent_requests_per_host": 1}
        config = write_config(tmp_path, {"portal": sites["portal"].base_url}, crawl=one_by_one)
        settings = load_settings(config)
        store = JobStore(settings.service_path)
        yield World(sites["portal"], settings, store)
        store.close()


def test_what_is_linked_is_found_and_what_is_forbidden_is_not_asked_for(world: World) -> None:
    summary = world.crawl()

    assert summary["index"]["added"] >= 2
    assert world.titles("公交线路") == ["关于调整公交线路的通告"]
    assert world.site.count("/x/") == 0
    assert {request.user_agent for request in world.site.requests} == {"qzsearch/0.1"}


def test_a_second_crawl_of_an_unchanged_site_writes_no_document(world: World) -> None:
    world.crawl()
    before = open_engine(world.settings).status().generation
    world.days_pass()

    summary = world.crawl()

    written = {kind: summary["index"][kind] for kind in ("added", "updated", "removed")}
    assert written == {"added": 0, "updated": 0, "removed": 0}
    assert summary["index"]["unchanged"] >= 2
    assert open_engine(world.settings).status().generation == before
    assert [r.status for r in world.site.requests if r.path == "/a.html"] == [200, 304]


def test_the_next_crawl_shows_what_changed_and_what_came(world: World) -> None:
    world.crawl()
    world.site.put("/a.html", page("关于恢复公交线路的通告", "三路公交车恢复原来的走向。"))
    world.site.put("/b.html", page("大寺镇荔枝园开园", "见<a href='/c.html'>近期活动</a>。"))
    world.site.put("/c.html", page("坭兴陶展开幕", "坭兴陶新作品展在千年古陶城开幕。"))

    world.crawl()

    assert world.titles("公交线路") == ["关于恢复公交线路的通告"]
    assert world.titles("坭兴陶展") == ["坭兴陶展开幕"]


def test_what_went_is_found_until_a_second_crawl_misses_it(world: World) -> None:
    world.crawl()
    world.site.remove("/a.html")

    first = world.crawl()

    assert first["sites"]["portal"]["outcomes"]["missing"] == 1
    assert world.titles("公交线路") == ["关于调整公交线路的通告"]

    second = world.crawl()

    assert second["sites"]["portal"]["gone"] == 1
    assert world.titles("公交线路") == []


def test_a_site_that_seems_to_vanish_stays_until_somebody_confirms(world: World) -> None:
    world.crawl()
    for number in range(4):
        world.site.remove(f"/n{number}.html")
    world.crawl()

    summary = world.crawl()

    report = summary["sites"]["portal"]
    assert (report["state"], report["suspicious"]["removals"]) == ("suspicious", 4)
    assert len(world.titles("便民服务点")) == 4

    job = world.store.submit("confirm", running=True)
    confirmed = confirm_task(world.settings, JobRun(world.store, job))

    assert confirmed["sites"] == {"portal": {"gone": 4}}
    assert world.titles("便民服务点") == []


def test_full_asks_for_every_page_again(world: World) -> None:
    world.crawl()
    world.crawl(full=True)
    assert [r.status for r in world.site.requests if r.path == "/a.html"] == [200, 200]


def test_a_failing_server_takes_nothing_away(world: World) -> None:
    world.crawl()
    world.site.close()  # nothing answers any more

    with pytest.raises(JobFailed, match="portal"):
        world.crawl()

    assert world.titles("公交线路") == ["关于调整公交线路的通告"]


def test_redirects_off_the_allowed_hosts_are_not_followed(world: World, tmp_path: Path) -> None:
    with SampleSites({"elsewhere": {"/": page("别处", "别处的文字")}}) as others:
        elsewhere = others["elsewhere"]
        world.site.put("/", page("首页", links=f"<a href='{elsewhere.base_url}/'>外</a>"))
        world.crawl()
        assert elsewhere.requests == []


def test_an_interrupted_crawl_goes_on_where_it_was(world: World) -> None:
    class Stop(Exception):
        pass

    job = world.store.submit("crawl", running=True)
    run = JobRun(world.store, job, lambda step: _raise_at(step.done, 2, Stop))
    with pytest.raises(Stop):
        crawl_task(world.settings, run)
    world.store.finish(job.id, "failed")
    asked = [request.path for request in world.site.requests if request.path.endswith(".html")]

    world.crawl()

    again = [request.path for request in world.site.requests if request.path.endswith(".html")]
    assert len(again) == len(set(again)) == 6, f"first {asked}, in all {again}"


def _raise_at(done: int, limit: int, kind: type[Exception]) -> None:
    if done >= limit:
        raise kind


def test_work_is_done_meanwhile_and_not_after_the_crawl(world: World) -> None:
    archive = Archive(world.settings.archive_path)
    known: list[int] = []
    slow = world.settings.sites[0].model_copy(update={"delay_seconds": 0.1})
    meanwhile = Meanwhile(0.05, lambda: known.append(len(world.site.requests)))
    crawl(world.settings, [slow], archive, lambda _: None, meanwhile=meanwhile)
    archive.close()
    asked = len(world.site.requests)
    assert len(known) >= 2
    assert known[0] < asked


def test_reindex_rebuilds_from_the_archive_without_the_web(world: World) -> None:
    world.crawl()
    world.site.close()
    before = open_engine(world.settings).status()

    job = world.store.submit("reindex", running=True)
    summary = reindex_task(world.settings, JobRun(world.store, job))

    after = open_engine(world.settings).status()
    assert summary["documents"] == after.documents == before.documents
    assert after.generation != before.generation
    assert world.titles("公交线路") == ["关于调整公交线路的通告"]


def test_the_archive_keeps_the_bytes_as_they_came(world: World) -> None:
    body = "<html><title>编码</title><body><p>镕、堃，〔2009〕12号</p></body></html>".encode(
        "gb18030"
    )
    world.site.put("/a.html", Resource(body, "text/html; charset=utf-8"))  # a false charset
    world.crawl()

    archive = Archive(world.settings.archive_path)
    stored = archive.find(world.site.base_url + "/a.html")
    assert stored is not None
    assert archive.body(stored) == body
    document = archive.document(stored.id)
    assert document is not None
    assert "镕、堃" in document.text
    archive.close()


def test_a_page_that_comes_back_is_found_again(world: World) -> None:
    world.crawl()
    there = PAGES["/a.html"]
    world.site.remove("/a.html")
    world.crawl()
    world.crawl()
    assert world.titles("公交线路") == []
    world.site.put("/a.html", there)
    world.crawl()
    assert world.titles("公交线路") == [], "a gone page is looked at now and then"
    world.days_pass(4)

    summary = world.crawl()

    assert world.titles("公交线路") == ["关于调整公交线路的通告"]
    assert summary["sites"]["portal"]["outcomes"]["returned"] == 1


def test_a_page_that_is_linked_anew_is_found_again_at_once(world: World) -> None:
    world.crawl()
    there = PAGES["/a.html"]
    world.site.remove("/a.html")
    world.crawl()
    world.crawl()
    world.site.put("/a.html", there)
    world.site.put("/b.html", page("大寺镇荔枝园开园", "怎么去：<a href='/a.html'>公交</a>"))

    world.crawl()

    assert world.titles("公交线路") == ["关于调整公交线路的通告"]


def test_a_changed_link_text_changes_the_title_of_what_it_leads_to(world: World) -> None:
    world.site.put("/form.txt", Resource("姓名、住址".encode(), "text/plain; charset=utf-8"))
    world.site.put("/", page("首页", links="<a href='/form.txt'>旧版居住登记表样式</a>"))
    world.crawl()
    assert world.titles("居住登记表") == ["旧版居住登记表样式"]
    world.site.put("/", page("首页", links="<a href='/form.txt'>居住登记表</a>"))

    world.crawl()

    assert world.titles("居住登记表") == ["居住登记表"]


def test_a_renamed_site_keeps_its_pages_under_the_new_name(world: World) -> None:
    world.crawl()
    renamed = world.settings.sites[0].model_copy(update={"name": "city"})
    world.settings = world.settings.model_copy(update={"sites": [renamed]})

    world.crawl()

    assert {hit.document.site for hit in world.search("公交线路").hits} == {"city"}


def test_depth_counts_from_the_start_page_on_every_night(world: World) -> None:
    chain = "".join(f"<a href='/r{number}/'>{number}</a>" for number in range(3))
    world.site.put("/", page("首页", links=chain))
    for number in range(3):
        world.site.put(
            f"/r{number}/", page(f"第{number}页", links=f"<a href='/r{number}/x'>更深</a>")
        )
    crawl_settings = world.settings.crawl.model_copy(update={"max_depth": 1})
    world.settings = world.settings.model_copy(update={"crawl": crawl_settings})
    for _ in range(3):
        world.crawl()
        assert world.site.count("/r0/x") == 0


def test_a_crawl_is_cancelled_while_it_waits_for_an_answer(world: World) -> None:
    slow = world.settings.sites[0].model_copy(update={"delay_seconds": 60.0})
    archive = Archive(world.settings.archive_path)
    asked = time.monotonic()

    def stop(_: CrawlProgress) -> None:
        if time.monotonic() - asked > 0.5:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        crawl(world.settings, [slow], archive, stop)
    archive.close()
    assert time.monotonic() - asked < 5


def test_a_duplicate_is_shown_again_when_its_canonical_page_is_gone(world: World) -> None:
    article = PAGES["/a.html"]
    canonical = b"<head><link rel='canonical' href='/a.html'>"
    copy = Resource(article.body.replace(b"<head>", canonical), article.content_type)
    world.site.put("/copy.html", copy)
    world.site.put("/b.html", page("大寺镇荔枝园开园", links="<a href='/copy.html'>公交</a>"))

    def urls() -> list[str]:
        found = world.search("公交线路").hits
        return [hit.document.url.removeprefix(world.site.base_url) for hit in found]

    for _ in range(2):
        world.crawl()
        assert urls() == ["/a.html"]
    world.site.remove("/a.html")
    world.crawl()
    world.crawl()
    assert urls() == ["/copy.html"]
