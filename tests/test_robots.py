"""robots.txt: RFC 9309 over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import TypeVar

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import HttpFetcher
from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.robots import HandsOff, Robots, StoredRobots, redirect_target
from loopback import Answer, Answers, LoopbackServer

Result = TypeVar("Result")


class Memory:
    """A store for the length of a test."""

    def __init__(self) -> None:
        self.answers: dict[str, StoredRobots] = {}

    def robots(self, origin: str) -> StoredRobots | None:
        return self.answers.get(origin)

    def store_robots(self, answer: StoredRobots) -> None:
        self.answers[answer.origin] = answer

    def age(self, hours: float) -> None:
        """Let time pass."""
        for answer in list(self.answers.values()):
            self.store_robots(replace(answer, fetched=answer.fetched - timedelta(hours=hours)))


def ask(
    action: Callable[[Robots], Awaitable[Result]],
    *,
    obey: bool = True,
    timeout: float = 5,
    store: Memory | None = None,
    fresh: bool = False,
) -> Result:
    """One run of a crawler."""

    async def run() -> Result:
        settings = CrawlSettings(allow_private_addresses=True, timeout_seconds=timeout, retries=0)
        async with HttpFetcher(settings) as fetcher:
            polite = PoliteFetcher(fetcher, settings)
            memory = Memory() if store is None else store
            robots = Robots(polite, memory, settings.user_agent, obey=obey, fresh=fresh)
            return await action(robots)

    return asyncio.run(run())


def rules(text: str) -> Answers:
    return lambda path: Answer(pieces=[text.encode()]) if path == "/robots.txt" else Answer(404)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /admin/", "/admin/x", False),
        ("User-agent: *\nDisallow: /admin/", "/administration", True),
        ("User-agent: *\nDisallow: /\nAllow: /art/", "/art/1.html", True),
        ("User-agent: *\nDisallow: /*.doc$", "/a.doc", False),
        ("User-agent: *\nDisallow: /*.doc$", "/a.docx", True),
        ("User-agent: qzsearch\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        ("User-agent: qzsearch\nDisallow: /a\n\nUser-agent: *\nDisallow:", "/a", False),
        ("User-agent: Baiduspider\nDisallow: /", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\r\nDisallow: /a # 后台\r\n", "/a", False),
        ("<html>首页</html>", "/a", True),
        ("", "/a", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    with LoopbackServer(rules(text)) as server:
        assert ask(lambda robots: robots.allows(server.url + path)) is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_txt_means_no_rules(status: int) -> None:
    with LoopbackServer(lambda _: Answer(status, pieces=[b"User-agent: *\nDisallow: /"])) as server:
        assert ask(lambda robots: robots.allows(server.url + "/a"))


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_failing_server_means_hands_off(status: int) -> None:
    async def twice(robots: Robots) -> None:
        for _ in range(2):
            with pytest.raises(HandsOff, match=rf"/robots\.txt: status {status}"):
                await robots.allows(server.url + "/a")

    with LoopbackServer(lambda _: Answer(status)) as server:
        ask(twice)
        assert server.paths == ["/robots.txt"]


def test_a_silent_server_means_hands_off() -> None:
    with (
        LoopbackServer(lambda _: Answer(pieces=[b""], pause=1)) as server,
        pytest.raises(HandsOff, match=r"robots\.txt: .*Timeout"),
    ):
        ask(lambda robots: robots.allows(server.url + "/a"), timeout=0.1)


def test_the_rules_are_fetched_once_however_many_ask() -> None:
    async def many(robots: Robots) -> list[bool]:
        return await asyncio.gather(*(robots.allows(f"{server.url}/{n}") for n in range(10)))

    slow = Answer(pieces=[b"User-agent: *\nDisallow: /5"], pause=0.1)
    with LoopbackServer(lambda _: slow) as server:
        assert ask(many) == [n != 5 for n in range(10)]
        assert server.paths == ["/robots.txt"]


def test_redirects_on_the_host_are_followed() -> None:
    def answers(path: str) -> Answer:
        moved = {"/robots.txt": "a/robots.txt", "/a/robots.txt": "../b?c=1"}
        if path in moved:
            return Answer(302, {"Location": moved[path]})
        return Answer(pieces=[b"User-agent: *\nDisallow: /"])

    with LoopbackServer(answers) as server:
        assert not ask(lambda robots: robots.allows(server.url + "/x"))
        assert server.paths == ["/robots.txt", "/a/robots.txt", "/b?c=1"]


def test_a_redirect_to_another_port_of_the_host_is_followed() -> None:
    """As from http to https."""
    with (
        LoopbackServer(rules("User-agent: *\nDisallow: /")) as secure,
        LoopbackServer(lambda _: Answer(301, {"Location": secure.url + "/robots.txt"})) as plain,
    ):
        assert not ask(lambda robots: robots.allows(plain.url + "/x"))
        assert secure.paths == ["/robots.txt"]


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with LoopbackServer(rules("User-agent: *\nDisallow: /")) as other:
        there = other.url.replace("127.0.0.1", "localhost") + "/robots.txt"
        with LoopbackServer(lambda _: Answer(301, {"Location": there})) as server:
            assert ask(lambda robots: robots.allows(server.url + "/x"))
        assert other.requests == []


def test_a_redirect_without_end_means_no_rules() -> None:
    with LoopbackServer(lambda path: Answer(302, {"Location": path + "x"})) as server:
        assert ask(lambda robots: robots.allows(server.url + "/x"))
        assert len(server.requests) == 6  # five redirects are followed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nDisallow:", 0.0),
        ("User-agent: *\nCrawl-delay: soon", 0.0),
        ("User-agent: *\nCrawl-delay: -3", 0.0),
        ("User-agent: *\nCrawl-delay: nan", 0.0),
        ("User-agent: *\nCrawl-delay: 999999999", 3600.0),
    ],
)
def test_crawl_delay(text: str, delay: float) -> None:
    with LoopbackServer(rules(text)) as server:
        assert ask(lambda robots: robots.delay(server.url + "/x")) == delay


def test_robots_txt_is_not_even_asked_for_when_it_is_not_obeyed() -> None:
    async def both(robots: Robots) -> tuple[bool, float]:
        return await robots.allows(server.url + "/x"), await robots.delay(server.url + "/x")

    with LoopbackServer(rules("User-agent: *\nDisallow: /\nCrawl-delay: 9")) as server:
        assert ask(both, obey=False) == (True, 0.0)
        assert server.requests == []


def test_rules_beyond_half_a_megabyte_do_not_count() -> None:
    text = "User-agent: *\nDisallow: /a\n" + "#" * 512_000 + "\nDisallow: /b\n"
    with LoopbackServer(rules(text)) as server:
        assert not ask(lambda robots: robots.allows(server.url + "/a"))
        assert ask(lambda robots: robots.allows(server.url + "/b"))


# -- from one run to the next -------------------------------------------------------------

DISALLOW = Answer(pieces=[b"User-agent: *\nDisallow: /x"])


def test_rules_are_kept_for_a_day() -> None:
    store = Memory()
    with LoopbackServer(lambda _: DISALLOW) as server:
        for hours, requests in ((0, 1), (23.9, 1), (0.2, 2), (0, 2)):
            store.age(hours)
            assert not ask(lambda robots: robots.allows(server.url + "/x"), store=store)
            assert len(server.requests) == requests


def test_what_is_stored_says_where_it_comes_from_and_when() -> None:
    store = Memory()
    with LoopbackServer(lambda _: DISALLOW) as server:
        ask(lambda robots: robots.allows(server.url + "/x"), store=store)
        (answer,) = store.answers.values()
    assert (answer.origin, answer.status) == (server.url, 200)
    assert answer.body == DISALLOW.pieces[0]
    assert answer.fetched.tzinfo is timezone.utc


def test_a_full_crawl_asks_anew() -> None:
    store = Memory()
    with LoopbackServer(lambda _: DISALLOW) as server:
        for _ in range(2):
            ask(lambda robots: robots.allows(server.url + "/x"), store=store, fresh=True)
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failing_server_is_left_alone_until_the_next_night(status: int) -> None:
    answers = iter([Answer(status), DISALLOW])
    store = Memory()
    with LoopbackServer(lambda _: next(answers)) as server:
        for hours in (0, 11.9):
            store.age(hours)
            with pytest.raises(HandsOff, match=f"status {status}"):
                ask(lambda robots: robots.allows(server.url + "/a"), store=store)
        store.age(0.2)
        assert ask(lambda robots: robots.allows(server.url + "/a"), store=store)


def test_a_server_that_cannot_be_reached_is_asked_again_by_the_next_run() -> None:
    store = Memory()
    with LoopbackServer(lambda _: Answer()) as server:
        url = server.url

    async def twice(robots: Robots) -> None:
        for _ in range(2):
            with pytest.raises(HandsOff, match="Connect call failed"):
                await robots.allows(url + "/a")

    ask(twice, store=store)
    assert store.answers == {}


def test_absence_is_kept_too() -> None:
    store = Memory()
    with LoopbackServer(lambda _: Answer(404, pieces=[b"User-agent: *\nDisallow: /"])) as server:
        for _ in range(2):
            assert ask(lambda robots: robots.allows(server.url + "/a"), store=store)
        assert server.paths == ["/robots.txt"]


def test_rules_from_a_clock_that_was_wrong_are_not_believed() -> None:
    store = Memory()
    with LoopbackServer(lambda _: DISALLOW) as server:
        ask(lambda robots: robots.allows(server.url + "/x"), store=store)
        store.age(-48)
        ask(lambda robots: robots.allows(server.url + "/x"), store=store)
        assert len(server.requests) == 2


# -- sitemaps -----------------------------------------------------------------------------


def test_sitemaps_are_told_as_absolute_addresses() -> None:
    text = (
        "Sitemap: http://other.example/s.xml\nUser-agent: a\nDisallow: /\n"
        "sitemap: /map.xml # 地图\nSitemap: /map.xml\nSitemap:\nSitemap: ftp://a.example/s\n"
        "Sitemap http://third.example/s.xml\nSitemap: http://[broken\nSitemap: /地图.xml\n"
    )
    with LoopbackServer(rules(text)) as server:
        assert ask(lambda robots: robots.sitemaps(server.url + "/a/b")) == [
            "http://other.example/s.xml",
            server.url + "/map.xml",
            "http://third.example/s.xml",
            server.url + "/%E5%9C%B0%E5%9B%BE.xml",
        ]


def test_no_robots_txt_names_no_sitemaps() -> None:
    with LoopbackServer(lambda _: Answer(404)) as server:
        assert ask(lambda robots: robots.sitemaps(server.url + "/")) == []


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://a.example/robots.txt", "https://a.example/robots.txt"),
        ("http://www.a.example/robots.txt", "http://www.a.example/robots.txt"),
        ("/other.txt", "http://a.example/other.txt"),
        ("http://b.example/robots.txt", None),
        ("http://a.example.b.example/robots.txt", None),
        ("ftp://a.example/robots.txt", None),
        ("http://[broken", None),
    ],
)
def test_redirects_are_followed_to_www_and_https_but_to_no_other_host(
    location: str, target: str | None
) -> None:
    assert redirect_target("http://a.example/robots.txt", location) == target
    if target is not None:
        assert redirect_target("http://www.a.example/robots.txt", location) is not None
