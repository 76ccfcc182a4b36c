"""The Whoosh adapter: writing, switching, surviving."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import fields
from whoosh import index as whoosh_index
from whoosh.qparser import QueryParser

from indexer.index.engine import EngineError, IndexChanges, IndexEntry, IndexMissing, IndexStatus
from indexer.index.generations import Generations
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, build, document, entries, names

WATER = document("water", "停水通知", "因管道维修，明日停水。")
FUND = document(
    "fund",
    "住房公积金提取指南",
    "职工购房可以提取公积金。",
    site="center",
    type="service",
    column="办事指南",
    source="市住房公积金管理中心",
    document_number="钦政发〔2009〕12号",
    published=date(2009, 12, 3),
    keywords=("公积金", "提取"),
    service={"place": "一楼", "hours": "上午"},
)


def folders(root: Path) -> list[str]:
    """The generations on disk."""
    return sorted(path.name for path in root.iterdir() if path.is_dir())


# -- what goes in comes out ---------------------------------------------------------------


def test_a_document_comes_back_with_every_fact(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER, FUND)
    (hit,) = ask(engine, "公积金").hits
    assert hit.document == FUND
    assert hit.duplicates == 0
    assert hit.score > 0


def test_facts_beside_the_text_are_found(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER, FUND)
    for text in ("办事指南", "管理中心", "钦政发", '"钦政发〔2009〕12号"', "提取"):
        assert names(ask(engine, text)) == ["fund"], text


def test_the_index_tells_the_digests_it_was_given(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild([IndexEntry(WATER, digest="x")])
    assert engine.versions() == {WATER.url: "x"}


def test_the_status_tells_what_is_held(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER, FUND)
    status = engine.status()
    assert (status.documents, status.stale) == (2, False)
    assert status.bytes > 1000
    assert status.updated is not None
    assert engine.check() == []


def test_plain_whoosh_opens_and_searches_the_index(tmp_path: Path) -> None:
    """What the engine writes is an index like any other: no lock-in."""
    build(tmp_path, WATER, FUND)
    opened = whoosh_index.open_dir(str(tmp_path / folders(tmp_path)[0]))
    parser = QueryParser("content", opened.schema)
    with opened.searcher() as searcher:
        for text, expected in (("公积金", ["fund"]), ("停水", ["water"]), ("公积金 停水", [])):
            hits = searcher.search(parser.parse(text))
            assert [hit["record"]["url"].rsplit("/", 1)[1] for hit in hits] == expected
        key = searcher.document(key=FUND.url)
        assert key["record"]["title"] == FUND.title
    opened.close()


# -- updates ------------------------------------------------------------------------------


def test_an_update_adds_replaces_and_removes(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER, FUND)
    before = engine.status().generation
    news = document("news", "钦州港开港")
    engine.update(IndexChanges(entries([WATER.with_(text="后日停电。"), news]), [FUND.url]))
    assert engine.status().generation != before
    assert engine.status().documents == 2
    assert names(ask(engine, "停电")) == ["water"]
    assert names(ask(engine, '"明日停水"')) == []
    assert names(ask(engine, "公积金")) == []
    assert names(ask(engine, "开港")) == ["news"]
    assert engine.versions().keys() == {WATER.url, news.url}


def test_many_small_updates_keep_the_count_right(tmp_path: Path) -> None:
    """Several segments, deletions in each: what a nightly crawl makes over the months."""
    engine = build(tmp_path, *(document(str(n), f"通告第{n}期", "全文") for n in range(20)))
    for night in range(12):
        changed = [document(str(n), f"通告第{n}期", f"夜{night}") for n in range(night, night + 5)]
        engine.update(IndexChanges(entries(changed), [f"http://a.example/{19 - night}"]))
        alive = {url.rsplit("/", 1)[1] for url in engine.versions()}
        response = ask(engine, "通告", size=50)
        assert response.total == len(alive) == engine.status().documents
        assert set(names(response)) == alive
    assert names(ask(engine, '"夜3"', size=50)) == ["3"]


def test_the_same_key_twice_in_a_batch_is_one_document(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER, WATER.with_(text="别的"))
    assert engine.status().documents == 1
    engine.update(IndexChanges(entries([FUND, FUND, WATER])))
    assert engine.status().documents == 2
    assert ask(engine, "停水").total == 1


def test_removing_what_is_not_there_does_no_harm(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER)
    engine.update(IndexChanges(removed=["http://a.example/none"]))
    assert engine.status().documents == 1


def test_an_update_without_an_index_makes_one(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.update(IndexChanges(entries([WATER])))
    assert names(ask(engine, "停水")) == ["water"]


def test_an_index_may_be_empty_and_empty_again(tmp_path: Path) -> None:
    engine = build(tmp_path)
    assert ask(engine, "停水").total == 0
    assert engine.suggest("停") == []
    engine.update(IndexChanges(entries([WATER])))
    assert ask(engine, "停水").total == 1
    engine.update(IndexChanges(removed=[WATER.url]))
    assert ask(engine, "停水").total == 0
    assert engine.status().documents == 0


def test_documents_without_any_term_can_be_kept(tmp_path: Path) -> None:
    engine = build(tmp_path, document("marks", "——", "……"))
    assert ask(engine, "停水").total == 0
    assert engine.status().documents == 1


def test_progress_ends_with_the_number_of_documents(tmp_path: Path) -> None:
    seen: list[int] = []
    WhooshEngine(tmp_path).rebuild(entries([WATER, FUND]), lambda done, _total: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == 2


# -- failures -----------------------------------------------------------------------------


def broken(after: int) -> Iterator[IndexEntry]:
    for n in range(after):
        yield IndexEntry(document(f"new{n}", "新公告"))
    raise OSError("disk full")


def test_a_failed_update_changes_nothing_and_holds_no_lock(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER)
    before = engine.status()
    with pytest.raises(OSError, match="disk full"):
        engine.update(IndexChanges(broken(after=3), [WATER.url]))
    assert replace(engine.status(), bytes=before.bytes) == before
    assert names(ask(engine, "停水")) == ["water"]
    assert ask(engine, "新公告").total == 0
    started = time.monotonic()
    engine.update(IndexChanges(entries([FUND])))
    assert time.monotonic() - started < 5
    assert engine.status().documents == 2
    files = sorted(path.suffix for path in tmp_path.glob("g*/MAIN_*.*"))
    assert files == [".postings"] * 2 + [".seg"] * 2  # nothing of the failed one


def test_a_failed_rebuild_leaves_the_old_index_and_no_folder(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER)
    with pytest.raises(OSError, match="disk full"):
        engine.rebuild(broken(after=3))
    assert len(folders(tmp_path)) == 1
    assert names(ask(engine, "停水")) == ["water"]
    assert engine.rebuild(entries([FUND])) == 1
    assert names(ask(engine, "公积金")) == ["fund"]


def test_a_killed_rebuild_leaves_a_folder_that_the_next_one_sweeps(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER)
    script = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from indexes import *\n"
        "def documents():\n"
        "    yield IndexEntry(document('x', '新公告'))\n"
        "    os.kill(os.getpid(), 9)\n"
        "WhooshEngine(Path(sys.argv[1])).rebuild(documents())\n"
    )
    arguments = [sys.executable, "-c", script, str(tmp_path), str(Path(__file__).parent)]
    assert subprocess.run(arguments).returncode == -9
    assert len(folders(tmp_path)) == 2
    assert names(ask(engine, "停水")) == ["water"]
    assert WhooshEngine(tmp_path).check() == []
    engine.rebuild(entries([WATER, FUND]))
    gc.collect()
    engine.rebuild(entries([WATER, FUND]))
    assert len(folders(tmp_path)) == 1


def test_without_an_index(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "none")
    assert engine.status() == IndexStatus()
    assert engine.versions() == {}
    assert "'qzsearch crawl'" in engine.check()[0]
    for action in (lambda: ask(engine, "停水"), lambda: engine.suggest("停")):
        with pytest.raises(IndexMissing, match="there is no index yet"):
            action()


DAMAGES = {
    "pointer without end": ("current.json", '{"directory": "g0'),
    "pointer of another kind": ("current.json", "[1, 2]"),
    "pointer without names": ("current.json", "{}"),
    "pointer in no encoding": ("current.json", "\udcff\udcfe"),
    "pointer to nowhere": ("current.json", json.dumps({"directory": "g9", "fingerprint": ""})),
    "contents cut short": ("g*/_MAIN_*.toc", "\x01"),
    "segment cut short": ("g*/MAIN_*.seg", "no segment"),
}


@pytest.fixture
def collected() -> Iterator[None]:
    """Whoosh leaves a damaged file open to the garbage collector, which complains: in the
    test that damaged it."""
    yield
    gc.collect()


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_told_and_rebuilt(tmp_path: Path, damage: str) -> None:
    build(tmp_path, WATER)
    pattern, content = DAMAGES[damage]
    (path,) = tmp_path.glob(pattern)
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    engine = WhooshEngine(tmp_path)
    told = r"the index in .* cannot be read \(.*\); 'qzsearch reindex' rebuilds it"
    for action in (lambda: ask(engine, "停水"), engine.status):
        with pytest.raises(EngineError, match=told):
            action()
    with pytest.raises(EngineError, match=told):
        engine.update(IndexChanges(entries([FUND])))
    (line,) = engine.check()
    assert "'qzsearch reindex' rebuilds it from the archive" in line
    engine.rebuild(entries([WATER, FUND]))
    assert engine.check() == []
    assert names(ask(engine, "停水")) == ["water"]


def test_an_index_of_an_older_version_is_rebuilt_by_the_next_write(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    directory = generations.new_directory()
    schema = fields.Schema(key=fields.ID(unique=True, stored=True), content=fields.TEXT())
    writer = whoosh_index.create_in(str(directory), schema, "MAIN").writer()
    writer.add_document(key="http://a.example/old", content="old")
    writer.commit()
    generations.switch(directory, "0.1.0")
    engine = WhooshEngine(tmp_path)
    status = engine.status()
    assert (status.stale, status.documents) == (True, 0)
    with pytest.raises(EngineError, match="reindex"):
        ask(engine, "公积金")
    engine.rebuild(entries([FUND, WATER]))
    assert not engine.status().stale
    assert names(ask(engine, "公积金提取"))[0] == "fund"


def test_an_index_of_another_dictionary_is_stale(tmp_path: Path) -> None:
    build(tmp_path, WATER)
    path = tmp_path / "current.json"
    path.write_text(path.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "0'))
    engine = WhooshEngine(tmp_path)
    assert engine.status().stale
    assert "another dictionary or schema" in engine.check()[0]
    assert names(ask(engine, "停水")) == ["water"]


# -- any input ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    return build(tmp_path_factory.mktemp("index"), WATER, FUND, document("marks", "——《》"))


@given(
    st.text(st.characters(), max_size=40)
    | st.text('公积金提取停水的gjj2009〔〕12号 "-“”_，.*?()[]:^~', max_size=25),
    st.booleans(),
    st.booleans(),
)
def test_any_query_is_answered(small: WhooshEngine, text: str, exact: bool, title: bool) -> None:
    response = ask(small, text, exact=exact, scope="title" if title else "all")
    assert response.total >= len(response.hits)
    assert response.total <= 3
    assert not (response.relaxed and not response.hits)
    assert small.suggest(text, 5) is not None
