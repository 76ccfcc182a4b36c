"""Titles as they sound, while commits, merges and rebuilds go on: never those of other documents,
never none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from indexer.index import titles
from indexer.index.background import Background
from indexer.index.engine import IndexChanges
from indexer.index.postings.file import MappedPostings
from indexer.index.snapshot import Snapshot
from indexer.index.titles import titles_of
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, names
from writing import entry, some

FUND = "gongjijintongzhi"
"""公积金通知, which every tenth document is called, with a number behind."""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshEngine:
    """An index as large ones are: its titles are made when they may, and only a test says so."""
    monkeypatch.setattr(titles, "_SMALL", 0)
    monkeypatch.setattr(Background, "start", lambda _background, _work: None)
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild(some(0, 40))
    engine.update(IndexChanges(some(40, 60)))
    titles_of(snapshot_of(engine))
    return engine


def snapshot_of(engine: WhooshEngine) -> Snapshot:
    """What is searched."""
    return engine._current()


def found(engine: WhooshEngine) -> list[str]:
    """Documents by the sound of their title, best first."""
    return names(ask(engine, FUND, size=50, exact=False))


def test_pinyin_finds_the_same_after_a_merge(engine: WhooshEngine) -> None:
    expected = found(engine)
    assert sorted(expected) == ["0", "10", "20", "30", "40", "50"]
    for number in range(60, 69):  # one of them is followed by a merge
        engine.update(IndexChanges([entry(number + 1)]))
    assert len(snapshot_of(engine).segments) < 9
    assert found(engine)[: len(expected)] == expected


def test_pinyin_finds_the_same_after_a_rebuild(engine: WhooshEngine) -> None:
    expected = sorted(found(engine))
    engine.rebuild(reversed(list(some(0, 60))))
    assert sorted(found(engine)) == expected
    engine.rebuild(some(15, 60))
    assert sorted(found(engine)) == ["20", "30", "40", "50"]


def test_pinyin_finds_the_same_when_whooshs_own_files_answer(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = sorted(found(engine))
    monkeypatch.setattr("indexer.index.segment.MappedPostings", Missing)
    engine.rebuild(some(0, 60))
    assert not any(segment.is_whole for segment in snapshot_of(engine).segments)
    assert sorted(found(engine)) == expected


class Missing(MappedPostings):
    """Postings files as they are when they are not there."""

    def __init__(self, *_arguments: object) -> None:
        raise FileNotFoundError


def test_what_is_made_for_a_commit_that_was_passed_by_serves_the_next(
    engine: WhooshEngine,
) -> None:
    """Commits come faster than titles are made."""
    readiness = engine._readiness
    engine.update(IndexChanges([entry(100)]))
    passed = snapshot_of(engine)
    engine.update(IndexChanges([entry(110)]))
    assert "100" not in found(engine)
    readiness.tend(snapshot_of(engine))
    readiness._make(passed)
    assert "100" in found(engine)


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_of_titles_is_made_anew(engine: WhooshEngine, seed: int) -> None:
    snapshot = snapshot_of(engine)
    (path,) = snapshot.generation.directory.glob("titles-*.arrays")
    expected = found(engine)
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(8):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.unlink()  # it is mapped
    path.write_bytes(data)
    other = WhooshEngine(snapshot.generation.directory.parent)
    assert found(other) == expected
    assert path.read_bytes() != bytes(data)
