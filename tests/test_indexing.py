"""From the archive to the index: only the difference is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.archive.documents import PackedDocument, Told
from indexer.document import Document
from indexer.extract import EXTRACTION_VERSION
from indexer.index.engine import IndexEntry, IndexSummary, PackedEntry
from indexer.index.whoosh_engine import WhooshEngine
from indexer.indexing import rebuild, synchronize
from indexer.reading import ReadingOptions, reextract
from indexes import ask, document, names

PAGE = (
    "<html><head><title>{0}</title></head><body><h1>{0}</h1>"
    "<p>因管道维修，钦南区明日上午停水，请居民提前储水备用。</p></body></html>"
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


def keep(archive: Archive, *documents: Document) -> None:
    for one in documents:
        page = archive.ensure_page(one.url, one.site)
        archive.store_document(page, one.site, one, EXTRACTION_VERSION)


def shown(engine: WhooshEngine, **filters: str) -> dict[str, int]:
    """The results for 通告 and how many near-duplicates each stands for."""
    response = ask(engine, "通告", **filters)
    assert response.total == len(response.hits)
    return {hit.document.url: hit.duplicates for hit in response.hits}


def numbered(count: int, text: str = "全文") -> list[Document]:
    return [document(str(n), f"通告第{n}期", f"{text}{n}", site="a") for n in range(count)]


def test_the_first_time_everything_is_written(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *numbered(3))
    assert synchronize(archive, engine) == IndexSummary(added=3)
    assert ask(engine, "通告").total == 3


def test_nothing_new_writes_nothing(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *numbered(3))
    synchronize(archive, engine)
    before = engine.status().generation
    summary = synchronize(archive, engine)
    assert summary == IndexSummary(unchanged=3)
    assert summary.written == 0
    assert engine.status().generation == before


def test_what_came_what_changed_what_went(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *numbered(4))
    synchronize(archive, engine)
    gone = archive.find("http://a.example/0")
    assert gone is not None
    archive.store_state(gone, "gone", 404, None)
    keep(archive, numbered(2, "改过")[1], document("new", "新通告", site="a"))
    seen: list[tuple[int, int | None]] = []
    summary = synchronize(archive, engine, lambda done, total: seen.append((done, total)))
    assert summary == IndexSummary(added=1, updated=1, removed=1, unchanged=2)
    assert seen[-1] == (2, 2)
    assert set(names(ask(engine, "通告"))) == {"1", "2", "3", "new"}
    assert names(ask(engine, "改过")) == ["1"]


def test_only_removals(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *numbered(2))
    synchronize(archive, engine)
    gone = archive.find("http://a.example/0")
    assert gone is not None
    archive.store_state(gone, "gone", 404, None)
    assert synchronize(archive, engine) == IndexSummary(removed=1, unchanged=1)
    assert engine.status().documents == 1


def test_one_article_at_several_addresses_is_one_result(
    archive: Archive, engine: WhooshEngine
) -> None:
    article = numbered(1)[0]
    keep(
        archive,
        article.with_(url="http://a.example/column/long.html"),
        article.with_(url="http://a.example/s.html", column="公告"),
        article.with_(url="http://a.example/other.html"),
        article.with_(url="http://b.example/", site="b"),
    )
    synchronize(archive, engine)
    assert shown(engine) == {"http://b.example/": 3}
    assert shown(engine, site="a") == {"http://a.example/other.html": 2}
    assert shown(engine, column="公告") == {"http://a.example/s.html": 0}

    gone = archive.find("http://b.example/")
    assert gone is not None
    archive.store_state(gone, "gone", 404, None)
    assert synchronize(archive, engine).written > 0
    assert shown(engine) == {"http://a.example/other.html": 2}
    assert synchronize(archive, engine).written == 0


def test_who_comes_or_goes_changes_only_its_own_cluster(
    archive: Archive, engine: WhooshEngine
) -> None:
    article, other, third = numbered(3)
    keep(archive, article.with_(url="http://a.example/b"), other, third)
    synchronize(archive, engine)
    keep(archive, article.with_(url="http://a.example/copy"))
    assert synchronize(archive, engine) == IndexSummary(added=1, updated=1, unchanged=2)
    keep(archive, article.with_(url="http://a.example/second-copy"))
    assert synchronize(archive, engine) == IndexSummary(added=1, unchanged=4)
    keep(archive, article.with_(url="http://a.example/copy", text="另一篇全文"))
    assert synchronize(archive, engine).updated == 2


def test_a_page_is_found_by_the_words_of_its_attachments(
    archive: Archive, engine: WhooshEngine
) -> None:
    page = document("notice", "关于印发管理办法的通知", "现印发给你们，请遵照执行。", site="a")
    file = document("P020.doc", "管理办法", "捕捞渔船报废补助标准", site="a", filetype="doc")
    keep(archive, page, file.with_(parent=page.url), document("x", "别的", "别的", site="a"))
    synchronize(archive, engine)
    answer = ask(engine, "报废补助")
    assert names(answer) == ["P020.doc", "notice"]
    child, parent = answer.hits
    assert (child.parent_title, child.attachments) == (page.title, ())
    assert parent.attachments == ((file.url, "管理办法", "doc"),)
    assert names(ask(engine, "“渔船报废”")) == ["P020.doc", "notice"]

    keep(archive, file.with_(parent=page.url, text="海域使用金征收标准"))
    assert synchronize(archive, engine) == IndexSummary(updated=2, unchanged=1)
    assert ask(engine, "报废补助").total == 0
    assert names(ask(engine, "海域使用金")) == ["P020.doc", "notice"]


def test_the_documents_inside_a_page_are_no_attachments(
    archive: Archive, engine: WhooshEngine
) -> None:
    issue = document("issue", "公报第3期", "目录 关于修路的通告", site="a")
    page = archive.ensure_page(issue.url, "a")
    part = issue.with_(url=f"{issue.url}#part=1", title="关于修路的通告", parent=issue.url)
    told = Told(parts=[PackedDocument.pack(part.with_(text="自明日起修路", issue=issue.title))])
    archive.store_document(page, "a", issue, EXTRACTION_VERSION, told)
    synchronize(archive, engine)
    hits = {hit.document.title: hit for hit in ask(engine, "修路").hits}
    assert hits["公报第3期"].attachments == ()
    assert hits["关于修路的通告"].parent_title == "公报第3期"


def test_scans_of_one_name_are_all_found(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *(document(f"{n}.pdf", "附件1", filetype="pdf") for n in range(3)))
    synchronize(archive, engine)
    assert ask(engine, "附件1").total == 3


def test_an_index_of_another_dictionary_is_rebuilt(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *numbered(3))
    synchronize(archive, engine)
    pointer = engine._generations.root / "current.json"
    changed = pointer.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "0')
    pointer.write_text(changed, encoding="utf-8")
    fresh = WhooshEngine(pointer.parent)
    assert fresh.status().stale
    assert synchronize(archive, fresh) == IndexSummary(added=3)
    assert not fresh.status().stale


def test_what_an_interrupted_attempt_wrote_does_no_harm(
    archive: Archive, engine: WhooshEngine
) -> None:
    def stop(done: int, _total: int | None) -> None:
        assert done == 4
        raise KeyboardInterrupt

    keep(archive, *numbered(1))
    synchronize(archive, engine)
    keep(archive, *numbered(5))
    with pytest.raises(KeyboardInterrupt):
        synchronize(archive, engine, stop)
    assert ask(engine, "通告").total == 1
    assert synchronize(archive, engine) == IndexSummary(added=4, unchanged=1)


def test_a_rebuild_holds_the_whole_archive(archive: Archive, engine: WhooshEngine) -> None:
    keep(archive, *numbered(3))
    seen: list[tuple[int, int | None]] = []
    assert rebuild(archive, engine, lambda done, total: seen.append((done, total))) == 3
    assert seen[-1] == (3, 3)
    assert synchronize(archive, engine) == IndexSummary(unchanged=3)


def test_an_empty_archive_makes_an_empty_index(archive: Archive, engine: WhooshEngine) -> None:
    assert synchronize(archive, engine) == IndexSummary()
    assert engine.status().documents == 0
    assert engine.check() == []


def test_pages_of_an_older_extraction_are_read_again(archive: Archive) -> None:
    current, old, imported = (f"http://a.example/art/{n}.html" for n in range(3))
    for url, version in ((current, EXTRACTION_VERSION), (old, -1), (imported, 0)):
        page = archive.page(archive.ensure_page(url, "a"))
        archive.store_content(
            page, 200, [("content-type", "text/html")], PAGE.format("停水通知").encode()
        )
        archive.store_document(page.id, "a", Document(url=url, title="旧"), version)
    seen: list[tuple[int, int | None]] = []
    assert (
        reextract(
            archive, {}, ReadingOptions("qzsearch"), lambda done, total: seen.append((done, total))
        )
        == 1
    )
    assert seen == [(1, 1)]
    titles = {one.url: one.title for one in archive.iterate_documents()}
    assert titles == {current: "旧", old: "停水通知", imported: "旧"}
    assert reextract(archive, {}, ReadingOptions("qzsearch")) == 0


def test_an_entry_travels_as_the_archive_keeps_it() -> None:
    page, file = document("1", "通告", "全文" * 500), document("1.pdf", "附件", "附件全文")
    packed = PackedEntry(page.url, page.to_json(), 7, 1, (file.to_json(),), "digest")
    entry = IndexEntry(page, 7, 1, (file,), "digest")
    assert packed.unpack() == entry == entry.unpack()
    assert packed.key == entry.key == page.url
    assert packed.size == pytest.approx(entry.size, rel=0.2)
