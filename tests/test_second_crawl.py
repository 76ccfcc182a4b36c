"""The second crawl of a large site: little is asked for, and still no change is missed.

One portal of 5,000 pages over real HTTP, crawled five times with a day between: for the first
time, unchanged, after one page in a hundred came, changed or went, and twice more. What it
costs is counted by the server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from big_site import FORBIDDEN, BigSite, Change, Traffic, revision_mark
from days import TIMES, days_pass
from indexer.archive import Archive, Run
from indexer.config import load_settings
from indexer.crawl.crawler import CrawlProgress, crawl
from running import write_config

pytestmark = pytest.mark.timeout(300)  # the fixture crawls for all tests

PAGES = 5000
_SITES_OWN = {"page.lastmod", "page.lastmod_seen"}
"""Times that the site tells: they stay when a day passes."""
_ISO_8601 = "20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*"


def times_in(db: sqlite3.Connection) -> set[str]:
    """The columns of the archive that hold a moment, as ``table.column``."""
    found = set()
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in db.execute(f"PRAGMA table_info({table})").fetchall():
            if (
                row["type"] == "TEXT"
                and db.execute(
                    f"SELECT 1 FROM {table} WHERE {row['name']} GLOB ? LIMIT 1",  # noqa: S608
                    (_ISO_8601,),
                ).fetchone()
            ):
                found.add(f"{table}.{row['name']}")
    return found


@dataclass
class Night:
    """One crawl: its run, what it cost the server, which addresses it asked for, and the
    state of every page with content or without when it was over."""

    run: Run
    traffic: Traffic
    asked: list[str]
    states: dict[str, str]
    texts: dict[str, str]

    def live(self) -> set[str]:
        """The URLs that have content."""
        return {url for url, state in self.states.items() if state == "live"}


@dataclass
class Nights:
    """The crawls one after the other, and what the site was before and after it changed."""

    first: Night
    unchanged: Night
    changed: Night
    confirmed: Night
    quiet: Night
    before: dict[str, str]
    after: dict[str, str]
    change: Change
    url: str
    times: set[str]

    def urls(self, paths: list[str]) -> set[str]:
        """Absolute addresses."""
        return {self.url + path for path in paths}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("second_crawl")
    with BigSite(PAGES) as site:
        together = {"concurrent_requests_per_host": 16}
        settings = load_settings(write_config(folder, {"portal": site.url}, crawl=together))
        archive = Archive(settings.archive_path)

        def unwatched(_: CrawlProgress) -> None:
            pass

        def night() -> Night:
            days_pass(settings.archive_path)
            site.reset()
            runs = crawl(settings, settings.sites, archive, unwatched)
            rows = archive.connection.execute("SELECT url, state FROM page").fetchall()
            texts = {document.url: document.text for document in archive.iterate_documents()}
            states = {row["url"]: row["state"] for row in rows}
            return Night(runs[0], site.traffic(), site.asked(), states, texts)

        before = site.pages()
        first = night()
        unchanged = night()
        change = site.change(0.01)
        after = site.pages()
        changed, confirmed, quiet = night(), night(), night()
        yield Nights(
            first=first,
            unchanged=unchanged,
            changed=changed,
            confirmed=confirmed,
            quiet=quiet,
            before=before,
            after=after,
            change=change,
            url=site.url,
            times=times_in(archive.connection),
        )
        archive.close()


def content_of(pages: dict[str, str]) -> set[str]:
    """The addresses that hold content: not those for robots alone."""
    return {url for url, kind in pages.items() if kind not in ("robots", "sitemap")}


def test_the_simulated_day_moves_every_time_of_the_archive(nights: Nights) -> None:
    moved = {f"{table}.{name}" for table, names in TIMES.items() for name in names}
    assert nights.times <= moved | _SITES_OWN
    assert nights.times >= {"page.next_due", "page.last_fetched", "robots.fetched"}


def test_the_first_crawl_finds_every_page_once(nights: Nights) -> None:
    content = content_of(nights.before)
    assert len(content) == PAGES
    assert nights.first.live() & content == content
    assert nights.first.live() - set(nights.before) == set()
    asked = [path for path in nights.first.asked if nights.url + path in content]
    assert len(asked) == PAGES


def test_nothing_forbidden_is_asked_for(nights: Nights) -> None:
    for night in (nights.first, nights.unchanged, nights.changed, nights.confirmed):
        assert [path for path in night.asked if path.startswith(FORBIDDEN)] == []


def test_the_second_crawl_transfers_under_3_percent_of_the_bytes(nights: Nights) -> None:
    assert nights.first.traffic.bytes > 30_000_000
    assert nights.unchanged.traffic.bytes < 0.03 * nights.first.traffic.bytes


def test_the_second_crawl_makes_under_a_quarter_of_the_requests(nights: Nights) -> None:
    assert nights.first.traffic.requests >= PAGES
    assert nights.unchanged.traffic.requests < nights.first.traffic.requests / 4


def test_the_second_crawl_of_the_unchanged_site_changes_nothing(nights: Nights) -> None:
    assert set(nights.unchanged.run.counts) == {"unchanged", "blocked_robots"}
    assert nights.unchanged.states == nights.first.states
    assert nights.unchanged.texts == nights.first.texts


def test_the_run_counts_its_traffic_as_the_server_does(nights: Nights) -> None:
    for night in (nights.first, nights.unchanged):
        assert night.run.requests == night.traffic.requests
        assert night.run.received == night.traffic.sent


def test_new_pages_are_found_in_the_next_crawl(nights: Nights) -> None:
    new = nights.urls(nights.change.new)
    assert len(new) == PAGES / 100 * 2 / 5
    assert new <= nights.changed.live()
    assert new <= set(nights.changed.texts)


def test_changed_pages_are_found_in_the_next_crawl(nights: Nights) -> None:
    changed = nights.urls(nights.change.changed)
    assert len(changed) == PAGES / 100 * 2 / 5
    for url in changed:
        assert revision_mark(1) not in nights.first.texts[url]
        assert revision_mark(1) in nights.changed.texts[url]


def test_removed_pages_go_after_two_runs(nights: Nights) -> None:
    removed = nights.urls(nights.change.removed)
    assert len(removed) >= PAGES / 100 / 5
    assert {nights.changed.states[url] for url in removed} == {"missing"}
    assert removed <= set(nights.changed.texts)  # still searchable
    assert {nights.confirmed.states[url] for url in removed} == {"gone"}
    assert removed & set(nights.confirmed.texts) == set()


def test_after_the_change_the_archive_holds_the_site_as_it_is(nights: Nights) -> None:
    content = content_of(nights.after)
    assert nights.confirmed.live() & content == content
    assert nights.confirmed.live() - set(nights.after) == set()


def test_a_change_is_found_without_asking_for_much_more(nights: Nights) -> None:
    for night in (nights.changed, nights.confirmed):
        assert night.traffic.requests < nights.first.traffic.requests / 4
    assert nights.quiet.traffic.bytes < 0.03 * nights.first.traffic.bytes
    assert nights.quiet.states == nights.confirmed.states
