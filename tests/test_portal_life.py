"""The life of a page over several runs: it goes on evidence only, and comes back."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.archive import Archive
from indexer.archive.removal import confirm_removals
from simulated import text
from simulated.server import RESET, Answer, Handler, Wire
from simulated.text import HTML
from simulated.world import World

MANY = 24
"""Articles that stay, so that what goes is below a fifth."""
NOT_THERE = text.page("提示信息", "<p>您访问的页面不存在</p>")
RUISHU = Answer(412, [("Content-Type", HTML)], b"<script>$_ts=window['$_ts'];$_ts.cd='q';</script>")
CHALLENGE = Answer(200, [("Content-Type", HTML)], RUISHU.body)
NOINDEX = text.article("关于停水的通知", head='<meta name="robots" content="noindex">')
ABSENT: dict[str, Handler] = {
    "404": Answer(404),
    "410": Answer(410),
    "soft": NOT_THERE,
    "error-page": text.redirect("/error/404.html"),
    "home": text.redirect("/"),
}
NO_EVIDENCE: dict[str, Handler] = {
    "500": Answer(500),
    "502": Answer(502),
    "401": Answer(401),
    "403": Answer(403),
    "405": Answer(405),
    "412": RUISHU,
    "521": Answer(521, [], RUISHU.body),
    "challenge": CHALLENGE,
    "maintenance": text.page("系统维护", "<p>系统维护中，请稍后访问</p>"),
    "reset": Wire([RESET]),
    "silence": Wire([30.0]),
    "too-large": Wire([b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000]),
    "off-hosts": text.redirect("http://taken-over.example/"),
    "loop": text.redirect("/stays/loop.html"),
    "204": Answer(204),
    "empty": Answer(200, [("Content-Type", HTML)], b""),
    "script": text.page("办事", '<div id="app"></div><script src="/js/app.1f.js"></script>'),
}


def test_a_page_goes_when_two_runs_have_found_it_absent() -> None:
    with World() as world:
        world.articles(MANY)
        titles = {case: world.article(f"/goes/{case}.html") for case in ABSENT}
        world.put("/error/404.html", NOT_THERE)
        first = world.crawl()
        assert first["outcomes"] == {"new": MANY + len(ABSENT) + 1, "no_sitemap": 1}
        for case, answer in ABSENT.items():
            world.put(f"/goes/{case}.html", answer)

        second = world.crawl()
        assert second["outcomes"]["missing"] == len(ABSENT)
        assert second["gone"] == 0
        assert set(titles.values()) <= world.titles()  # still found
        assert {world.pages()[f"/goes/{case}.html"].state for case in ABSENT} == {"missing"}
        told = {entry["url"] for entry in second["dead_links"]}
        assert {world.url(f"/goes/{case}.html") for case in ABSENT} <= told

        third = world.crawl()
        assert third["gone"] == len(ABSENT)
        assert not set(titles.values()) & world.titles()
        assert {world.pages()[f"/goes/{case}.html"].state for case in ABSENT} == {"gone"}
        assert len(world.titles()) == MANY


def test_a_page_never_goes_without_evidence() -> None:
    with World(timeout_seconds=0.6, max_response_bytes=50_000) as world:
        world.articles(MANY)
        titles = {case: world.article(f"/stays/{case}.html") for case in NO_EVIDENCE}
        world.crawl()
        for case, answer in NO_EVIDENCE.items():
            world.put(f"/stays/{case}.html", answer)
        for _ in range(3):
            report = world.crawl()
            assert report["gone"] == 0
            assert set(titles.values()) <= world.titles()
        states = {case: world.pages()[f"/stays/{case}.html"].state for case in NO_EVIDENCE}
        assert {case: state for case, state in states.items() if state != "live"} == {}
        assert report["blocked"] == {"firewall": 5, "status_403": 2}


def test_a_page_that_comes_back_is_found_again() -> None:
    with World() as world:
        world.articles(MANY)
        gone, missed = world.article("/gone.html"), world.article("/missed.html")
        pages = {path: world.host.pages[path] for path in ("/gone.html", "/missed.html")}
        world.crawl()
        for path in pages:
            world.put(path, Answer(404))
        world.crawl()
        world.put("/missed.html", pages["/missed.html"])
        report = world.crawl()
        assert world.pages()["/missed.html"].state == "live"
        assert missed in world.titles()
        assert gone not in world.titles()
        assert report["gone"] == 1

        world.put("/gone.html", pages["/gone.html"])
        report = world.crawl()
        assert report["outcomes"]["returned"] == 1
        assert {gone, missed} <= world.titles()


def test_one_absence_does_not_count_for_two_runs_when_the_page_was_there_between() -> None:
    with World() as world:
        world.articles(MANY)
        title = world.article("/flickers.html")
        page = world.host.pages["/flickers.html"]
        for answer in (page, Answer(404), page, Answer(404), page, Answer(404)):
            world.put("/flickers.html", answer)
            world.crawl()
            assert title in world.titles()


def test_more_than_a_fifth_is_not_removed_until_somebody_confirms() -> None:
    with World() as world:
        titles = world.articles(10)
        world.crawl()
        for path in list(titles)[:4]:
            world.put(path, Answer(404))
        world.crawl()
        report = world.crawl()
        assert report["state"] == "suspicious"
        assert report["suspicious"]["removals"] == 4
        assert set(report["suspicious"]["pages"]) == {world.url(p) for p in list(titles)[:4]}
        assert report["gone"] == 0
        assert world.titles() == set(titles.values())
        assert world.crawl()["state"] == "suspicious"  # nor later by itself

        archive = Archive(world.settings.archive_path)
        confirm_removals(archive, "portal", 0)
        archive.close()
        assert world.titles() == set(list(titles.values())[4:])
        assert world.crawl()["state"] == "finished"


def test_a_suspicion_is_forgotten_when_the_pages_are_back() -> None:
    with World() as world:
        titles = world.articles(10)
        pages = dict(world.host.pages)
        world.crawl()
        for path in titles:
            world.put(path, NOT_THERE)
        world.crawl()
        assert world.crawl()["state"] == "suspicious"
        world.host.pages.update(pages)
        report = world.crawl()
        assert (report["state"], report["suspicious"]) == ("finished", None)
        assert world.titles() == set(titles.values())


@pytest.mark.parametrize(
    "everywhere",
    [
        pytest.param(text.redirect("/"), id="all to the home page"),
        pytest.param(NOT_THERE, id="an error page everywhere"),
        pytest.param(Answer(404), id="404 everywhere"),
        pytest.param(text.redirect("http://taken-over.example/"), id="another host"),
        pytest.param(CHALLENGE, id="a challenge everywhere"),
        pytest.param(text.redirect("/notice.html"), id="all to one page"),
        pytest.param(NOINDEX, id="noindex everywhere"),
        pytest.param(Answer(200, [("Content-Type", HTML)], b""), id="empty pages everywhere"),
    ],
)
def test_a_whole_site_does_not_go_overnight(everywhere: Answer) -> None:
    with World() as world:
        titles = world.articles(8)
        world.put("/notice.html", text.article("网站升级改造期间暂停访问的公告"))
        world.crawl()
        for path in titles:
            world.put(path, everywhere)
        for _ in range(3):
            world.crawl()
        assert world.titles() >= set(titles.values())


def test_a_page_that_moved_is_found_at_its_new_address_and_only_there() -> None:
    with World() as world:
        world.articles(MANY)
        title = world.article("/old.html")
        world.crawl()
        world.put("/new.html", world.host.pages["/old.html"])
        world.put("/old.html", text.redirect("/new.html", 301))
        world.crawl()
        found = {path: row for path, row in world.pages().items() if row.title == title}
        assert set(found) == {"/new.html"}
        assert world.pages()["/old.html"].state == "redirect"


@pytest.mark.parametrize("target", [Answer(500), Wire([RESET]), RUISHU, Answer(403)])
def test_a_page_that_moved_to_where_nothing_answers_stays(target: Handler) -> None:
    with World() as world:
        world.articles(MANY)
        title = world.article("/old.html")
        world.crawl()
        world.put("/new.html", target)
        world.put("/old.html", text.redirect("/new.html", 301))
        for _ in range(3):
            world.crawl()
        assert title in world.titles()


def test_a_page_that_asks_not_to_be_found_goes_and_may_come_back() -> None:
    with World() as world:
        world.articles(MANY)
        title = world.article("/a.html")
        page = world.host.pages["/a.html"]
        world.crawl()
        world.put("/a.html", text.article(title, head='<meta name="robots" content="noindex">'))
        assert world.crawl()["outcomes"]["noindex"] == 1
        assert title not in world.titles()
        assert world.pages()["/a.html"].state == "noindex"
        world.put("/a.html", page)
        world.crawl()
        assert title in world.titles()


def test_a_copy_goes_when_it_names_a_page_that_is_there() -> None:
    with World() as world:
        world.articles(MANY)
        title = world.article("/a.html")
        world.article("/print.html", title)
        world.crawl()
        assert [row.title for row in world.pages().values()].count(title) == 2
        head = f'<link rel="canonical" href="{world.url("/a.html")}">'
        world.put("/print.html", text.article(title, head=head))
        assert world.crawl()["outcomes"]["duplicate"] == 1
        found = [path for path, row in world.pages().items() if row.title == title]
        assert found == ["/a.html"]


def test_what_the_configuration_excludes_goes() -> None:
    with World() as world:
        world.articles(MANY)
        title = world.article("/private/a.html")
        world.crawl()
        site: dict[str, Any] = {**world.site, "exclude": ["/private/"]}
        world.configure(site)
        world.crawl()
        assert title not in world.titles()
        assert "/private/a.html" not in world.paths
        assert world.pages()["/private/a.html"].state == "excluded"


def test_only_what_the_configuration_includes_is_asked_for() -> None:
    with World() as world:
        world.site["include"] = ["/in/"]
        inside = world.article("/in/a.html")
        world.article("/out/a.html")
        world.crawl()
        assert world.titles() == {inside}
        assert sorted(world.paths) == ["/", "/in/a.html"]
