"""Politeness and thrift over several runs: bad servers, robots.txt, conditional requests."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial

import pytest

from simulated import text
from simulated.server import Answer, Request, Wire
from simulated.world import World, validated

ROBOTS = "/robots.txt"


# -- bad servers --------------------------------------------------------------------------


def test_a_server_that_answers_500_for_an_hour_is_asked_a_few_dozen_times() -> None:
    with World(patience_seconds=3, retries=2) as world:
        titles = world.articles(200)
        world.crawl()
        broken = {path: Answer(500) for path in [*titles, "/"]}
        world.host.pages.update(broken)
        began = time.monotonic()
        report = world.crawl()
        assert time.monotonic() - began < 15
        assert len(world.asked) < 48
        assert report["failed"]["host_down"] > 150
        assert report["gone"] == 0
        assert world.titles() == set(titles.values())


def test_a_server_that_hangs_up_is_given_up_and_asked_again_in_the_next_run() -> None:
    with World(patience_seconds=2) as world:
        titles = world.articles(60)
        whole = dict(world.host.pages)
        world.host.pages.update(dict.fromkeys(titles, Wire()))
        world.crawl()
        assert len(world.asked) < 40
        assert world.titles() == set()
        world.host.pages.update(whole)
        world.crawl()
        assert world.titles() == set(titles.values())


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "date")])
def test_the_whole_host_waits_as_long_as_it_asks_for(status: int, form: str) -> None:
    with World(retries=1) as world:
        titles = world.articles(12)
        pages = {path: world.host.pages[path] for path in titles}
        asked_to_wait: list[float] = []

        def busy(path: str, request: Request) -> object:
            if asked_to_wait:
                return pages[path]
            asked_to_wait.append(request.at)
            until = datetime.now(timezone.utc) + timedelta(seconds=2.5)
            wait = "1" if form == "seconds" else format_datetime(until, usegmt=True)
            return Answer(status, [("Retry-After", wait)])

        for path in titles:
            world.put(path, partial(busy, path))  # type: ignore[arg-type]
        world.crawl()
        later = [request.at - asked_to_wait[0] for request in world.asked]
        # What was on its way at that moment may still arrive.
        assert [gap for gap in later if 0.3 < gap < 0.95] == []
        assert max(later) > 0.95
        assert world.titles() == set(titles.values())


# -- robots.txt ---------------------------------------------------------------------------


def test_a_failing_robots_txt_means_hands_off_and_takes_nothing_away() -> None:
    with World() as world:
        titles = world.articles(6)
        world.crawl()
        world.days_pass(2)
        world.put(ROBOTS, Answer(503))
        report = world.crawl()
        assert {request.target for request in world.asked} == {ROBOTS}
        assert report["gone"] == 0
        assert world.titles() == set(titles.values())


def test_robots_txt_is_kept_for_a_day_and_asked_for_again_by_full() -> None:
    with World() as world:
        world.article("/a.html")
        world.crawl()
        world.crawl()
        assert ROBOTS not in [request.target for request in world.asked]
        world.crawl(is_full=True)
        assert ROBOTS in [request.target for request in world.asked]
        world.days_pass(1.1)
        world.crawl()
        assert ROBOTS in [request.target for request in world.asked]


def test_what_robots_txt_forbids_later_is_asked_for_no_more() -> None:
    with World() as world:
        world.articles(3)
        world.crawl()
        rules = b"User-agent: *\nDisallow: /1.html"
        world.put(ROBOTS, Answer(200, [("Content-Type", "text/plain")], rules))
        world.days_pass(2)
        report = world.crawl()
        assert "/1.html" not in world.paths
        assert report["blocked"] == {"robots": 1}


# -- only what is needed ------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again() -> None:
    with World() as world:
        long = "<p>" + "详细情况见附表。" * 400 + "</p>"
        pages = {
            "/tag.html": ('"v1"', None),
            "/weak.html": ('W/"v1"', None),
            "/date.html": (None, "Tue, 05 Mar 2024 01:30:00 GMT"),
            "/both.html": ('"v1"', "Tue, 05 Mar 2024 01:30:00 GMT"),
        }
        for path, validators in pages.items():
            title = f"关于{path}的通知"
            body = text.article(title, text=text.body_text(title) + long).body
            world.put(path, validated(body, *validators), linked=True)
        first = world.crawl()
        second = world.crawl()
        assert sorted(world.paths) == ["/", *sorted(pages)]
        assert second["outcomes"]["unchanged"] == 5  # the home page among them
        saved, before = second["traffic"]["bytes_saved"], first["traffic"]["bytes_received"]
        assert saved > 4 * len(long.encode())
        assert second["traffic"]["bytes_received"] < before / 4

        world.crawl(is_full=True)
        assert not any("if-none-match" in request.headers for request in world.asked)
        assert not any("if-modified-since" in request.headers for request in world.asked)


def test_a_visit_counter_is_no_change() -> None:
    with World() as world:
        title = "关于开展夏季防汛检查工作的通知"

        def counted(request: Request) -> Answer:
            counter = f'<div class="info">浏览次数：{1000 + 7 * request.number} 次</div>'
            clock = f"<!-- {time.time()} --><script>var hits={request.number};</script>"
            token = f'<input type="hidden" name="token" value="{request.number:032x}">'
            return text.article(title, links=counter + clock + token)

        world.put("/a.html", counted, linked=True)
        world.crawl()
        before = world.moments("/a.html")
        report = world.crawl()
        assert "/a.html" in world.paths
        assert report["outcomes"].get("changed", 0) == 0
        after = world.moments("/a.html")
        assert after["last_changed"] == before["last_changed"]
        assert after["last_fetched"] > before["last_fetched"]


def test_a_change_is_found_and_counted() -> None:
    with World() as world:
        titles = world.articles(4)
        world.crawl()
        world.put("/2.html", text.article("关于停止供水的紧急通知"))
        report = world.crawl()
        assert report["outcomes"]["changed"] == 1
        assert world.titles() == {*titles.values(), "关于停止供水的紧急通知"} - {titles["/2.html"]}


def test_articles_rest_while_lists_are_asked_for_every_time() -> None:
    with World(longest_revisit_days=60) as world:
        titles = world.articles(4)  # of March 2024
        items = [(path, title) for path, title in titles.items()]
        world.put("/list/", text.listing("通知公告", items), linked=True)
        world.crawl()
        world.days_pass(1)
        report = world.crawl()
        assert sorted(world.paths) == ["/", "/list/"]
        assert report["pages"]["not_due"] >= 4
        world.days_pass(61)
        world.crawl()
        assert sorted(world.paths) == sorted(["/", "/list/", *titles])
        world.crawl(is_full=True)
        assert sorted(world.paths) == sorted(["/", "/list/", *titles])


def test_a_sitemap_says_which_article_changed() -> None:
    with World(longest_revisit_days=60) as world:
        titles = world.articles(12)

        def sitemap(changed: str = "") -> Answer:
            entries = "".join(
                f"<url><loc>{world.url(path)}</loc><lastmod>"
                f"{'2026-01-01' if path == changed else '2024-03-05'}</lastmod></url>"
                for path in titles
            )
            body = f"<?xml version='1.0'?><urlset>{entries}</urlset>".encode()
            return Answer(200, [("Content-Type", "text/xml")], body)

        world.put("/sitemap.xml", sitemap())
        world.crawl()
        world.put("/7.html", text.article("关于第七号事项的更正"))
        world.put("/sitemap.xml", sitemap("/7.html"))
        world.days_pass(1)
        report = world.crawl()
        assert sorted(world.paths) == ["/", "/7.html"]
        assert report["outcomes"]["changed"] >= 1
        assert "关于第七号事项的更正" in world.titles()


def test_a_sitemap_that_calls_everything_changed_every_night_is_not_believed() -> None:
    with World(longest_revisit_days=60) as world:
        titles = world.articles(240)
        nights = iter(range(1, 20))

        def sitemap(_request: Request) -> Answer:
            day = f"2026-05-{next(nights):02}"
            entries = "".join(
                f"<url><loc>{world.url(path)}</loc><lastmod>{day}</lastmod></url>"
                for path in titles
            )
            body = f"<?xml version='1.0'?><urlset>{entries}</urlset>".encode()
            return Answer(200, [("Content-Type", "text/xml")], body)

        world.put("/sitemap.xml", sitemap)
        world.crawl()
        for _ in range(3):
            world.days_pass(1)
            world.crawl()
        assert len(world.paths) < len(titles) / 2


def test_a_trap_does_not_grow_with_every_night() -> None:
    with World() as world:
        world.articles(3)

        def month(request: Request) -> Answer:
            number = int("".join(filter(str.isdigit, request.target)))
            links = "".join(
                f'<a href="/events/{number + n}.html">{n}</a>' for n in (-1, 1, 12, 120, 1200)
            )
            return text.page("活动日历", f"{links}<p>本月暂无活动安排</p>")

        world.host.folders.append(("/events/", month))
        world.portal.entries.append(("/events/24000.html", "活动日历"))
        known: set[str] = set()
        fresh: list[int] = []
        for _ in range(3):
            world.crawl()
            events = {path for path in world.paths if path.startswith("/events/")}
            fresh.append(len(events - known))
            known |= events
        assert 20 < fresh[0] < 200
        assert fresh[2] < 20, fresh


def test_outside_its_hours_a_site_is_left_alone_and_then_the_run_goes_on() -> None:
    with World() as world:
        titles = world.articles(3)
        local = datetime.now(world.settings.schedule.zone)
        later, until = local + timedelta(hours=2), local + timedelta(hours=4)
        world.configure({"hours": f"{later:%H}:00-{until:%H}:00"})
        assert world.crawl()["state"] == "paused"
        assert world.host.requests == []
        before = local - timedelta(hours=2)
        world.configure({"hours": f"{before:%H}:00-{later:%H}:00"})
        assert world.crawl()["state"] == "finished"
        assert world.titles() == set(titles.values())


# -- no way inside ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1"]
)
def test_inside_addresses_are_not_even_connected_to(host: str) -> None:
    with World(allow_private_addresses=False) as world:
        world.articles(2)
        start = f"http://{host}:{world.host.port}/"
        world.site = {"start_urls": [start], "allowed_hosts": [f"{host}:{world.host.port}"]}
        report = world.crawl()
        assert world.host.connections == 0
        assert report["outcomes"].get("new", 0) == 0
