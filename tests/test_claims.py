"""What sitemaps claim is believed as far as it proves true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.archive import Archive, Page
from indexer.archive.claims import Claims
from indexer.archive.links import FoundLink, LinkGraph

HOST = "http://a.example"
FETCHED = "2026-03-01T00:00:00.000+00:00"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def live(archive: Archive, count: int) -> list[str]:
    urls = [f"{HOST}/{number}" for number in range(count)]
    for url in urls:
        archive.ensure_page(url, "a")
    archive.connection.execute("UPDATE page SET state = 'live', last_fetched = ?", (FETCHED,))
    return urls


def note(archive: Archive, claims: Claims, **said: str) -> list[str]:
    """Paths that are due because of what a sitemap says of them."""
    links = [FoundLink(f"{HOST}/{name[1:]}", "", lastmod) for name, lastmod in said.items()]
    with archive.transaction():
        sitemap = archive.page(archive.ensure_page(HOST + "/sitemap.xml", "a"))
        relinked = LinkGraph(archive, "a").replace(sitemap, links)
        return [archive.page(page).url for page in claims.note(links, relinked)]


def prove(archive: Archive, claims: Claims, *, claimed: bool, changed: bool, times: int) -> None:
    page = Page(0, HOST, "a", "live", lastmod="2", lastmod_seen="1" if claimed else "2")
    for _ in range(times):
        claims.prove(page, changed)


def test_a_page_is_due_when_its_sitemap_says_it_changed_since_it_was_fetched(
    archive: Archive,
) -> None:
    live(archive, 3)
    due = note(archive, Claims(archive, "a"), _0="2026-02-28", _1="2026-03-01", _2="2026-03-02")
    assert due == [HOST + "/2"]


def test_a_page_is_due_when_its_claim_is_another_than_when_it_was_fetched(
    archive: Archive,
) -> None:
    live(archive, 2)
    claims = Claims(archive, "a")
    assert note(archive, claims, _0="2026-02-28", _1="2026-02-28") == []
    assert note(archive, claims, _0="2026-02-28", _1="2026-04-01") == [HOST + "/1"]
    assert note(archive, claims, _0="2026-02-28", _1="2026-04-01") == [HOST + "/1"], "still due"


def test_pages_that_were_never_fetched_come_anyway(archive: Archive) -> None:
    assert note(archive, Claims(archive, "a"), _0="2026-02-28") == []


def test_a_sitemap_that_calls_everything_changed_is_not_followed_blindly(archive: Archive) -> None:
    live(archive, 300)
    everything = {f"_{number}": "2026-06-01" for number in range(300)}
    claims = Claims(archive, "a")
    assert len(note(archive, claims, **everything)) == 100
    prove(archive, claims, claimed=True, changed=False, times=100)
    assert not claims.proves_changes
    prove(archive, claims, claimed=True, changed=True, times=100)
    assert claims.proves_changes
    assert len(note(archive, claims, **everything)) == 300


def test_sameness_is_believed_once_it_was_proved_often_enough(archive: Archive) -> None:
    claims = Claims(archive, "a")
    page = Page(0, HOST, "a", "live", lastmod="2", lastmod_seen="2", next_due=FETCHED)
    assert not claims.spares(page)
    prove(archive, claims, claimed=False, changed=False, times=50)
    assert claims.spares(page)
    others = {"lastmod": "3"}, {"lastmod": None}, {"next_due": None}, {"orphaned": FETCHED}
    for other in others:
        assert not claims.spares(replace(page, **other)), other  # type: ignore[arg-type]
    assert Claims(archive, "a").spares(page), "remembered in the archive"
    prove(archive, claims, claimed=False, changed=True, times=2)
    assert not claims.spares(page)


def test_pages_without_a_claim_prove_nothing(archive: Archive) -> None:
    claims = Claims(archive, "a")
    claims.prove(Page(0, HOST, "a", "live"), changed=True)
    assert archive.connection.execute("SELECT count(*) FROM claim").fetchone()[0] == 0
