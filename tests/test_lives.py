"""The life of a page, step by step: what each answer makes of it, and when it may go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.archive import Archive, Frontier, Page
from indexer.archive.archive import PackedBody
from indexer.archive.claims import Claims
from indexer.archive.documents import PackedDocument
from indexer.archive.lives import Content, Lives
from indexer.archive.removal import Removal, conclude, confirm_removals, held_back
from indexer.archive.runs import list_runs, suspicious_runs
from indexer.document import Document

HOST = "http://a.example"


def content(url: str, text: str, kind: str = "article", title: str = "标题") -> Content:
    document = Document(url=url, title=title, text=text, site="a")
    return Content(
        status=200,
        headers=(("etag", f'"{text}"'),),
        body=PackedBody.pack(text.encode()),
        kind=kind,
        text_hash=text.encode(),
        document=PackedDocument.pack(document) if kind == "article" else None,
        extraction=1,
    )


@dataclass
class Site:
    """One site, a run after the other."""

    archive: Archive

    def begin(self) -> None:
        self.frontier = Frontier(self.archive, "a")
        self.lives = Lives(self.archive, self.frontier.run, Claims(self.archive, "a"), 60)

    def end(self) -> Removal:
        removal = conclude(self.archive, self.frontier.run, self.lives, 60)
        self.frontier.finish()
        return removal

    def page(self, name: str) -> Page:
        return self.archive.page(self.archive.ensure_page(f"{HOST}/{name}", "a"))

    def found(self, name: str, text: str = "正文", kind: str = "article") -> str:
        page = self.page(name)
        return self.lives.content(page, content(page.url, text, kind))

    def absent(self, name: str) -> str:
        return self.lives.absent(self.page(name), 404, "status 404")

    def run_with_absent(self, *names: str) -> Removal:
        self.begin()
        for name in names:
            self.absent(name)
        return self.end()

    def searchable(self) -> list[str]:
        return sorted(one.url.removeprefix(HOST + "/") for one in self.archive.list_documents())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    archive = Archive(tmp_path / "archive.sqlite")
    opened = Site(archive)
    opened.begin()
    for name in "abcdefghij":
        opened.found(name)
    opened.end()
    yield opened
    archive.close()


# -- content --------------------------------------------------------------------------


def test_new_unchanged_changed(site: Site) -> None:
    site.begin()
    assert site.found("new") == "new"
    assert site.found("a") == "unchanged"
    before = site.page("a")
    assert site.found("a", "另文") == "changed"
    after = site.page("a")
    assert after.last_changed != before.last_changed
    assert after.first_seen == before.first_seen


def test_other_bytes_with_the_same_text_are_no_change(site: Site) -> None:
    site.begin()
    page = site.page("a")
    same = content(page.url, "正文")
    counted = Content(**{**same.__dict__, "body": PackedBody.pack(b"visits: 2")})
    assert site.lives.content(page, counted) == "unchanged"
    assert site.archive.body(site.page("a")) == b"visits: 2", "its validators belong to these"
    assert site.page("a").last_changed == page.last_changed


def test_lists_are_due_in_every_run_articles_when_their_turn_comes(site: Site) -> None:
    site.begin()
    site.found("list", kind="list")
    assert site.page("list").next_due is None
    assert site.page("a").next_due is not None


# -- absence --------------------------------------------------------------------------


def test_a_page_goes_when_two_runs_find_it_absent(site: Site) -> None:
    assert site.run_with_absent("a").removed == {}
    assert site.page("a").state == "missing"
    assert "a" in site.searchable()
    assert site.run_with_absent("a").removed == {"gone": 1}
    gone = site.page("a")
    assert (gone.state, gone.gone_since is not None) == ("gone", True)
    assert "a" not in site.searchable()
    assert site.archive.body(gone) == "正文".encode()


def test_twice_in_one_run_is_once(site: Site) -> None:
    site.begin()
    site.absent("a")
    site.absent("a")
    site.end()
    assert site.page("a").misses == 1


def test_between_two_absences_it_must_not_have_been_there(site: Site) -> None:
    site.run_with_absent("a")
    site.begin()
    site.found("a")
    site.end()
    assert site.page("a").state == "live"
    site.run_with_absent("a")
    assert site.page("a").state == "missing"


def test_a_failure_is_no_absence(site: Site) -> None:
    site.run_with_absent("a")
    for _ in range(3):
        site.begin()
        site.lives.failure(site.page("a"), 503, "status 503")
        site.end()
    assert site.page("a").state == "missing"
    assert "a" in site.searchable()


def test_a_page_that_never_had_content_is_a_dead_link_at_once(site: Site) -> None:
    site.begin()
    assert site.absent("never") == "dead_link"
    assert site.page("never").state == "gone"


def test_what_comes_back_has_returned(site: Site) -> None:
    site.run_with_absent("a")
    site.run_with_absent("a")
    site.begin()
    assert site.found("a") == "returned"
    site.end()
    back = site.page("a")
    assert (back.state, back.misses, back.gone_since) == ("live", 0, None)
    assert "a" in site.searchable()


# -- too many -------------------------------------------------------------------------


def test_a_fifth_of_a_site_may_go(site: Site) -> None:
    site.run_with_absent("a", "b")
    assert site.run_with_absent("a", "b") == Removal({"gone": 2})  # type: ignore[arg-type]


def test_more_than_a_fifth_waits_for_a_confirmation(site: Site) -> None:
    site.run_with_absent("a", "b", "c")
    assert site.run_with_absent("a", "b", "c").held == 3
    assert site.searchable() == list("abcdefghij")
    (run,) = suspicious_runs(site.archive)
    assert (run.site, run.removals, run.is_suspicious) == ("a", 3, True)
    assert held_back(site.archive, "a", 2) == [HOST + "/a", HOST + "/b"]

    assert confirm_removals(site.archive, "a", 60) == {"gone": 3}

    assert site.searchable() == list("defghij")
    assert suspicious_runs(site.archive) == []
    assert list_runs(site.archive)[0].confirmed is not None


def test_what_is_found_again_needs_no_confirmation(site: Site) -> None:
    site.run_with_absent("a", "b", "c")
    site.run_with_absent("a", "b", "c")
    site.begin()
    for name in "abc":
        assert site.found(name) == "unchanged"
    assert site.end().held == 0
    assert suspicious_runs(site.archive) == []
    assert confirm_removals(site.archive, "a", 60) == {}
    assert site.searchable() == list("abcdefghij")


@pytest.mark.parametrize("state", ["excluded", "noindex"])
def test_pages_refused_by_many_are_held_back_too(site: Site, state: str) -> None:
    site.begin()
    for name in "abc":
        site.lives.refuse(site.page(name), state, "why")
    assert site.end().held == 3
    assert {site.page(name).next_due for name in "abc"} == {None}, "the next run looks again"
    site.begin()
    for name in "bc":
        site.found(name)
    assert site.end().removed == {state: 1}
    assert site.page("a").state == state


# -- elsewhere ------------------------------------------------------------------------


def redirect(site: Site, name: str, target: str) -> None:
    site.lives.redirect(site.page(name), site.page(target).id, 301)


def test_a_redirected_page_goes_when_its_target_is_there(site: Site) -> None:
    site.begin()
    for name in "abcde":
        redirect(site, name, name + "2")
    assert site.end().removed == {}
    assert site.searchable() == list("abcdefghij"), "nobody knows yet what they lead to"
    site.begin()
    for name in "abcde":
        redirect(site, name, name + "2")
        site.found(name + "2")
    assert site.end().removed == {"redirect": 5}, "moved is not removed: a fifth or not"
    assert site.page("a").state == "redirect"


def test_a_redirect_to_nothing_is_an_absence(site: Site) -> None:
    for _ in range(2):
        site.begin()
        redirect(site, "a", "nowhere")
        site.absent("nowhere")
        site.end()
    assert site.page("a").state == "gone"


def test_a_chain_of_redirects_counts_by_its_end(site: Site) -> None:
    site.begin()
    redirect(site, "a", "x")
    redirect(site, "x", "y")
    redirect(site, "y", "z")
    assert site.end().removed == {}
    site.begin()
    redirect(site, "a", "x")
    site.found("z")
    assert site.end().removed == {"redirect": 1}


def test_a_duplicate_goes_when_its_canonical_page_says_the_same(site: Site) -> None:
    site.begin()
    site.lives.duplicate(site.page("a"), site.page("b").id)
    assert site.end().removed == {"duplicate": 1}
    assert site.page("a").state == "duplicate"


def test_a_canonical_link_to_something_else_is_a_mistake_of_the_template(site: Site) -> None:
    site.begin()
    other = site.page("other")
    site.lives.content(other, content(other.url, "文", title="另一篇"))
    site.lives.duplicate(site.page("a"), other.id)
    site.end()
    assert site.page("a").state == "live"
    assert "a" in site.searchable()
