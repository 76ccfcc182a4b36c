"""The kernel finds what Whoosh's own searcher finds with the same scoring.

benchmarks/engine.py asks 2,000 queries of 147,288 documents in the same way.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.index import term_ranges
from indexer.index.engine import IndexEntry
from indexer.index.kernel import term_table
from indexer.index.ranking import ranking_parameters
from indexer.index.whoosh_engine import WhooshEngine
from indexer.index.writing.analysing import analyse
from indexer.index.writing.deleting import without
from indexer.index.writing.merging import segment_of
from indexer.index.writing.storage import locked, temporary_folder
from indexes import document

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from engines.equality import Comparison, draw

DOCUMENTS = 600
QUERIES = 300
RANKING = ranking_parameters()
TYPES = ("policy", "notice", "news")
PARTS = (
    "住房公积金", "缴存比例", "提取", "营业执照", "个体工商户", "登记", "管理办法", "通知",
    "关于", "调整", "道路运输", "经营许可", "渔业", "捕捞", "港口", "规划", "审批", "的",
    "钦州市", "人民政府", "办公室", "印发", "实施方案", "补贴", "申请", "材料", "第12条", "GB2312",
)  # fmt: skip


def made_of(number: int, chance: random.Random) -> IndexEntry:
    """A document of random parts: some words in all of them, some in few."""
    weights = [1 / (1 + place) for place in range(len(PARTS))]
    texts = ["".join(chance.choices(PARTS, weights, k=chance.randint(2, 40))) for _ in range(2)]
    made = document(str(number), texts[0][:30], texts[1], type=TYPES[number % len(TYPES)])
    return IndexEntry(made, digest=texts[1][:8])


def in_segments(
    folder: Path, entries: Sequence[IndexEntry], segments: int, removed: Sequence[str] = ()
) -> None:
    """Update an index by so many commits, and merge nothing."""
    for part in range(segments):
        some = entries[part::segments]
        with locked(folder) as index, temporary_folder(folder) as scratch:
            runs = analyse(some, RANKING, scratch, lambda _done: None)
            added = segment_of(index, runs, scratch)
            kept = without(index, [*removed, *(entry.document.url for entry in some)])
            index.commit([*kept, added])


@pytest.mark.parametrize("segments", [1, 12])
@pytest.mark.parametrize("is_changed", [False, True])
def test_the_same_documents_with_the_same_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, segments: int, is_changed: bool
) -> None:
    # As in a large index: bitmaps of frequent terms, and more terms than are remembered.
    monkeypatch.setattr(term_ranges, "_LEAST_DOCUMENTS", 1)
    monkeypatch.setattr(term_ranges, "_FREQUENT", 8)
    monkeypatch.setattr(term_table, "_ROOM", 20)
    chance = random.Random(segments)
    engine = WhooshEngine(tmp_path)
    entries = [made_of(number, chance) for number in range(DOCUMENTS)]
    first = DOCUMENTS // segments
    engine.rebuild(entries[:first])
    (folder,) = tmp_path.glob("g*")
    if segments > 1:
        in_segments(folder, entries[first:], segments - 1)
    if is_changed:
        again = [made_of(number, chance) for number in range(40, 90)]
        gone = [entry.document.url for entry in entries[300:340]]
        in_segments(folder, again, 1, gone)
        entries += again
    engine = WhooshEngine(tmp_path)
    snapshot = engine._current()
    assert len(snapshot.segments) == segments + is_changed
    assert snapshot.documents == snapshot.size - 90 * is_changed
    texts = [entry.document.text for entry in entries]
    compared = Comparison(folder, snapshot, RANKING)
    queries = draw(texts, TYPES, QUERIES)
    assert [told for asked in queries if (told := compared.difference(asked))] == []


def test_the_comparison_would_see_a_difference(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    chance = random.Random(3)
    entries = [made_of(number, chance) for number in range(60)]
    engine.rebuild(entries)
    (folder,) = tmp_path.glob("g*")
    other = RANKING.model_copy(update={"k1": RANKING.k1 * 1.01})
    compared = Comparison(folder, engine._current(), other)
    compared._ranking = RANKING
    queries = draw([entry.document.text for entry in entries], TYPES, 50)
    assert sum(compared.difference(asked) is not None for asked in queries) > 25
