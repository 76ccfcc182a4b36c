"""Which page links to which, and which link names a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.archive import Archive, Page
from indexer.archive.archive import PackedBody
from indexer.archive.links import FoundLink, LinkGraph
from indexer.document import Document

HOST = "http://a.example"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def page(archive: Archive, path: str) -> Page:
    return archive.page(archive.ensure_page(HOST + path, "a"))


def link(archive: Archive, graph: LinkGraph, source: str, **anchors: str) -> list[str]:
    """Links of a page by the target's path; returns the paths that are new to it."""
    links = [FoundLink(f"{HOST}/{name}", anchor) for name, anchor in anchors.items()]
    with archive.transaction():
        added = graph.replace(page(archive, source), links).added
    return sorted(archive.page(one).url.removeprefix(HOST) for one in added)


def named(archive: Archive, path: str) -> tuple[str, str | None]:
    found = page(archive, path)
    parent = archive.page(found.parent).url.removeprefix(HOST) if found.parent else None
    return found.anchor, parent


def test_links_that_a_page_did_not_have_are_told(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    assert link(archive, graph, "/", x="甲", y="乙") == ["/x", "/y"]
    assert link(archive, graph, "/", x="甲", z="丙") == ["/z"]
    assert link(archive, graph, "/", x="甲", z="丙") == []


def test_of_all_links_the_one_that_tells_most_names_a_page(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    link(archive, graph, "/b", x="更多")
    link(archive, graph, "/a", x="公积金提取指南")
    assert named(archive, "/x") == ("公积金提取指南", "/a")
    link(archive, graph, "/c", x="指南")
    link(archive, graph, "/", x="长" * 101)
    assert named(archive, "/x") == ("公积金提取指南", "/a"), "a paragraph names nothing"


def test_when_that_link_goes_the_next_best_names_it(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    link(archive, graph, "/a", x="公积金提取指南")
    link(archive, graph, "/b", x="公积金")
    link(archive, graph, "/c", x="更多")
    link(archive, graph, "/a")
    assert named(archive, "/x") == ("公积金", "/b")
    link(archive, graph, "/b", x="金")
    assert named(archive, "/x") == ("更多", "/c")


def test_a_page_that_nothing_links_to_keeps_its_name(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    link(archive, graph, "/a", x="公积金")
    link(archive, graph, "/a")
    assert named(archive, "/x") == ("公积金", None)
    link(archive, graph, "/b", x="金")
    assert named(archive, "/x") == ("金", "/b")


def test_other_words_for_a_page_have_it_read_again(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    link(archive, graph, "/a", x="登记表")
    target = page(archive, "/x")
    archive.store_body(target, PackedBody.pack(b"x"))
    archive.connection.execute("UPDATE page SET state = 'live' WHERE id = ?", (target.id,))
    archive.store_document(target.id, "a", Document(url=target.url, title="登记表"), 7)
    assert archive.pages_to_extract(7) == []
    link(archive, graph, "/b", x="居住登记表")
    assert archive.pages_to_extract(7) == [target.id]


def test_other_digits_are_no_other_name(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    source = page(archive, "/")
    with archive.transaction():
        graph.replace(
            source, [FoundLink(HOST + "/x", "浏览 12 次"), FoundLink(HOST + "/y", "通知")]
        )
        again = graph.replace(
            source, [FoundLink(HOST + "/x", "浏览 13 次"), FoundLink(HOST + "/y", "公告")]
        )
    assert [archive.page(one).url for one in again.renamed] == [HOST + "/y"]


def test_a_failed_transaction_leaves_no_names_in_memory(archive: Archive) -> None:
    graph = LinkGraph(archive, "a")
    source = page(archive, "/")
    with suppress(KeyError), archive.transaction():
        graph.replace(source, [FoundLink(HOST + "/x", "甲")])
        archive.page(10**6)
    graph.forget()
    assert link(archive, graph, "/", x="甲") == ["/x"]
    assert archive.check() == []


LINKS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "甲", "乙丙", "x" * 101]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), LINKS), max_size=12))
def test_the_order_of_discovery_does_not_matter(
    archive: Archive, steps: list[tuple[str, dict[str, str]]]
) -> None:
    """Whatever links were seen on the way: the last state of all pages decides the names."""
    archive.connection.execute("DELETE FROM link")
    archive.connection.execute("UPDATE page SET parent = NULL")
    archive.connection.execute("DELETE FROM page")
    graph = LinkGraph(archive, "a")
    last = dict(steps)
    for source, anchors in steps:
        link(archive, graph, f"/{source}", **anchors)
    for target in "abcdef":
        carriers = [
            (len(anchors[target]) if len(anchors[target]) <= 100 else 0, f"/{source}", anchors)
            for source, anchors in last.items()
            if target in anchors and source != target
        ]
        if not carriers:
            continue
        most = max(carrier[0] for carrier in carriers)
        parent = min(carrier[1] for carrier in carriers if carrier[0] == most)
        assert named(archive, f"/{target}")[1] == parent
