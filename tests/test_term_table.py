"""The bare engine remembers what it looked up, and forgets it when the postings are others."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.index import term_ranges
from indexer.index.engine import IndexChanges
from indexer.index.kernel.boolean import TermQuery, best_of
from indexer.index.ranking import ranking_parameters
from indexer.index.snapshot import Snapshot
from indexer.index.whoosh_engine import WhooshEngine
from writing import WORDS, entry, some

RANKING = ranking_parameters()
PAIRS = tuple(itertools.combinations((*WORDS, "规定", "通知", "泥兴"), 2))
Answers = list[tuple[list[int], list[float], int]]


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    engine = WhooshEngine(tmp_path)
    engine.rebuild(some(0, 40))
    engine.update(IndexChanges(some(30, 60, version=3)))
    engine.update(IndexChanges([entry(5, 4)], [entry(6).document.url]))
    return engine._current()


def answers(snapshot: Snapshot) -> Answers:
    """Of any and of both of two words."""
    queries = (TermQuery(pair, every) for pair in PAIRS for every in (False, True))
    found = (best_of(snapshot, query, RANKING) for query in queries)
    return [(one.numbers.tolist(), one.scores.round(4).tolist(), one.total) for one in found]


def test_no_terms_find_nothing(snapshot: Snapshot) -> None:
    found = best_of(snapshot, TermQuery(()), RANKING)
    assert (len(found.numbers), found.total) == (0, 0)


@pytest.mark.parametrize("eighth", [1, 2, 3, 6, 7])  # between them are positions
def test_answers_stay_the_same_when_postings_are_damaged_and_healed(
    snapshot: Snapshot, eighth: int
) -> None:
    expected = answers(snapshot)
    assert sum(total > 0 for _numbers, _scores, total in expected) > 100
    for segment in snapshot.segments:
        data = bytearray(segment.path.read_bytes())
        data[len(data) * eighth // 8] ^= 1
        segment.path.unlink()  # the snapshot has it mapped
        segment.path.write_bytes(data)
    again = Snapshot(snapshot.generation)
    assert answers(again) == expected
    assert not all(segment.is_whole for segment in again.segments)
    for segment in again.segments:
        segment.heal()
        assert segment.is_whole
    assert answers(again) == expected


def test_two_rankings_do_not_mix(snapshot: Snapshot) -> None:
    expected = answers(snapshot)
    other = RANKING.model_copy(update={"b": 0.0})
    best_of(snapshot, TermQuery(PAIRS[0]), other)
    assert answers(snapshot) == expected


def test_many_threads_may_begin_at_once(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bitmaps are numbered in the order in which terms come."""
    monkeypatch.setattr(term_ranges, "_LEAST_DOCUMENTS", 1)
    expected = answers(snapshot)
    for _ in range(8):
        fresh = Snapshot(snapshot.generation)
        with ThreadPoolExecutor(4) as threads:
            found = [threads.submit(answers, fresh) for _ in range(4)]
        assert all(one.result() == expected for one in found)
        assert answers(fresh) == expected
