"""The frontier: a run goes on where it was, however it was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from indexer.archive import Archive, Frontier
from indexer.archive.runs import list_runs
from indexer.document import Document


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def pages(archive: Archive, count: int, site: str = "a") -> list[int]:
    start = archive.connection.execute("SELECT count(*) FROM page").fetchone()[0]
    return [archive.ensure_page(f"http://{site}/{start + n}", site) for n in range(count)]


def set_state(archive: Archive, page: int, state: str) -> None:
    archive.connection.execute("UPDATE page SET state = ? WHERE id = ?", (state, page))


def drain(frontier: Frontier) -> list[tuple[int, int]]:
    """Page and depth of everything left, in order, each answered."""
    found = []
    while item := frontier.next():
        found.append((item.page.id, item.depth))
        frontier.done(item.page.id, "new")
    return found


def test_the_nearest_pages_come_first(archive: Archive) -> None:
    start, far, near = pages(archive, 3)
    for page in (far, near):
        set_state(archive, page, "gone")  # only links lead to them
    frontier = Frontier(archive, "a")
    frontier.seed([start])
    assert frontier.add([far], 2) == 1
    assert frontier.add([near], 1) == 1
    assert drain(frontier) == [(start, 0), (near, 1), (far, 2)]


def test_a_page_is_asked_for_once_in_a_run(archive: Archive) -> None:
    (page,) = pages(archive, 1)
    frontier = Frontier(archive, "a")
    frontier.seed([page])
    frontier.done(page, "new")
    assert frontier.add([page], 1) == 0
    assert frontier.next() is None
    assert (frontier.finished, frontier.known) == (1, 1)


def test_pages_in_flight_are_not_given_out_again(archive: Archive) -> None:
    first, second, third = pages(archive, 3)
    frontier = Frontier(archive, "a")
    frontier.seed([first])
    given = [item.page.id for _ in range(3) if (item := frontier.next())]
    assert given == [first, second, third]
    assert frontier.next() is None
    frontier.done(first, "new")
    assert frontier.next() is None


def test_a_page_that_is_found_while_others_are_in_flight_is_given_out(archive: Archive) -> None:
    first, second = pages(archive, 2)
    set_state(archive, second, "gone")
    frontier = Frontier(archive, "a")
    frontier.seed([first])
    assert frontier.next() is not None
    frontier.add_found([second], 1)
    item = frontier.next()
    assert item is not None
    assert (item.page.id, item.depth) == (second, 1)


def test_known_pages_are_asked_for_again_gone_ones_only_when_linked(archive: Archive) -> None:
    found = pages(archive, 5)
    for page, state in zip(found, ("live", "gone", "redirect", "excluded", "known"), strict=True):
        set_state(archive, page, state)
    pages(archive, 1, site="b")
    frontier = Frontier(archive, "a")
    frontier.seed([])
    assert frontier.known == 4
    assert frontier.add_found([found[1]], 3)
    assert frontier.known == 5


def due(archive: Archive, page: int, moment: str | None) -> None:
    archive.connection.execute("UPDATE page SET next_due = ? WHERE id = ?", (moment, page))


def test_pages_rest_until_they_are_due(archive: Archive) -> None:
    past, future, always = pages(archive, 3)
    due(archive, past, "2020-01-01T00:00:00.000+00:00")
    due(archive, future, "2999-01-01T00:00:00.000+00:00")
    due(archive, always, None)
    for page in (past, future, always):
        set_state(archive, page, "live")
    frontier = Frontier(archive, "a")
    frontier.seed([])
    assert frontier.add_found([future], 1) == 0, "its turn comes by itself"
    assert drain(frontier) == [(past, 1), (always, 1)]
    full = Frontier(archive, "a", is_full=True)
    full.seed([])
    assert full.known == 3


def test_a_page_that_a_sitemap_calls_changed_is_due_if_that_is_believed(archive: Archive) -> None:
    (page,) = pages(archive, 1)
    set_state(archive, page, "live")
    due(archive, page, "2999-01-01T00:00:00.000+00:00")
    archive.connection.execute("UPDATE page SET lastmod = '2026-02-02', lastmod_seen = '2026-01'")
    frontier = Frontier(archive, "a")
    frontier.seed([])
    assert frontier.known == 0
    frontier.seed([], follow_claims=True)
    assert frontier.known == 1


def test_pages_without_a_link_are_asked_for_once(archive: Archive) -> None:
    start, linked, orphan = pages(archive, 3)
    for page in (start, linked, orphan):
        set_state(archive, page, "live")
        due(archive, page, "2999-01-01T00:00:00.000+00:00")
    archive.connection.execute("UPDATE page SET text_hash = x'00'")
    archive.connection.execute("INSERT INTO link VALUES (?, ?, '')", (start, linked))
    frontier = Frontier(archive, "a")
    frontier.seed([])
    assert frontier.add_orphans([start]) == 1
    assert drain(frontier) == [(orphan, 1)]
    frontier.finish()
    assert Frontier(archive, "a").add_orphans([start]) == 0


def test_pages_of_imported_documents_are_asked_for_only_when_linked(archive: Archive) -> None:
    imported, crawled = pages(archive, 2)
    for page, extraction in ((imported, 0), (crawled, 1)):
        found = Document(url=archive.page(page).url, title="公告")
        archive.store_document(page, "a", found, extraction)
    frontier = Frontier(archive, "a")
    frontier.seed([])
    assert frontier.add_found([imported], 2)
    assert drain(frontier) == [(crawled, 1), (imported, 2)]


def test_an_unfinished_run_is_continued(archive: Archive) -> None:
    first, second = pages(archive, 2)
    stopped = Frontier(archive, "a")
    stopped.seed([first])
    stopped.done(first, "new")

    frontier = Frontier(archive, "a")
    assert frontier.run.id == stopped.run.id
    assert frontier.run.resumed
    assert frontier.run.counts == {"new": 1}
    frontier.seed([first])
    assert (frontier.finished, frontier.known) == (1, 2)
    assert drain(frontier) == [(second, 1)]


def test_what_was_not_committed_is_asked_for_again(archive: Archive) -> None:
    (page,) = pages(archive, 1)
    stopped = Frontier(archive, "a")
    stopped.seed([page])
    with suppress(KeyError), archive.transaction():
        stopped.done(page, "new")
        archive.page(page + 1)
    del stopped
    frontier = Frontier(archive, "a")
    assert frontier.run.counts == {}
    assert drain(frontier) == [(page, 0)]


def test_a_finished_run_is_not_continued(archive: Archive) -> None:
    first = Frontier(archive, "a")
    first.seed(pages(archive, 2))
    first.finish()
    second = Frontier(archive, "a")
    assert second.run.id != first.run.id
    assert not second.run.resumed
    assert (second.finished, second.known) == (0, 0)


def test_a_full_run_starts_anew_unless_a_full_one_was_stopped(archive: Archive) -> None:
    partial = Frontier(archive, "a")
    partial.seed(pages(archive, 2))
    full = Frontier(archive, "a", is_full=True)
    assert (full.run.id != partial.run.id, full.run.is_full, full.run.resumed) == (
        True,
        True,
        False,
    )
    assert Frontier(archive, "a", is_full=True).run.id == full.run.id
    continued = Frontier(archive, "a")
    assert (continued.run.id, continued.run.is_full) == (full.run.id, True)


def test_sites_have_frontiers_of_their_own(archive: Archive) -> None:
    a, b = Frontier(archive, "a"), Frontier(archive, "b")
    a.seed(pages(archive, 1, "a"))
    b.seed(pages(archive, 2, "b"))
    a.finish()
    assert len(drain(b)) == 2
    assert Frontier(archive, "b").run.id == b.run.id


def test_a_finished_run_leaves_nothing_behind_but_its_counts(archive: Archive) -> None:
    frontier = Frontier(archive, "a")
    frontier.seed(pages(archive, 3))
    drain(frontier)
    frontier.finish()
    assert archive.connection.execute("SELECT count(*) FROM frontier").fetchone()[0] == 0
    assert frontier.run.counts == {"new": 3}
    (run,) = list_runs(archive)
    assert run.finished is not None
