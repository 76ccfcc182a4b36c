"""2,000 queries against Whoosh's own searcher: one and twelve segments, changed documents."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from engines.corpus import TYPES, Corpus, say
from engines.equality import Comparison, draw
from engines.report import Row
from indexer.index.engine import IndexEntry
from indexer.index.ranking import ranking_parameters
from indexer.index.whoosh_engine import WhooshEngine
from indexer.index.writing.analysing import analyse
from indexer.index.writing.deleting import without
from indexer.index.writing.merging import segment_of
from indexer.index.writing.storage import locked, temporary_folder

_CHANGED: Final = 500
_REMOVED: Final = 500


def run(options: Namespace) -> Iterator[tuple[str, list[Row]]]:
    """One table. Each index is asked in a process of its own, both at a time."""
    corpus = Corpus(options.data, options.work, 32 if options.quick else 1)
    each = 100 if options.quick else 1000
    rows: list[Row] = []
    # A fresh interpreter: a fork of one that has threads may hang.
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        jobs = [pool.submit(_compare, corpus, segments, each) for segments in (1, 12)]
        for segments, job in zip((1, 12), jobs, strict=True):
            found, deleted, different = job.result()
            figures = {
                "segments": str(found),
                "deleted": f"{deleted:,}",
                "queries": f"{each:,}",
                "different": str(len(different)),
            }
            rows.append(
                ((f"made with {segments}, then {_CHANGED} changed, {_REMOVED} removed",), figures)
            )
            for told in different[:5]:
                say(told)
    yield f"The same as Whoosh's own searcher over {corpus.size:,} documents", rows


def _compare(corpus: Corpus, segments: int, queries: int) -> tuple[int, int, list[str]]:
    root = corpus.folder / f"equality-{segments}"
    shutil.rmtree(root, ignore_errors=True)
    say(f"writing {segments} segment(s)")
    folder = _written(corpus, root, segments)
    snapshot = WhooshEngine(root)._current()
    say(f"asking {queries} queries of {len(snapshot.segments)} segments")
    compared = Comparison(folder, snapshot, ranking_parameters())
    texts = [text for one in corpus.records() for text in (one["title"], one["text"])]
    drawn = draw(texts, TYPES, queries, seed=segments)
    different = [told for asked in drawn if (told := compared.difference(asked))]
    return len(snapshot.segments), snapshot.size - snapshot.documents, different


def _written(corpus: Corpus, root: Path, segments: int) -> Path:
    """An index that no merge policy touches: its segments, and one more for what changed."""
    engine = WhooshEngine(root)
    engine.rebuild(())
    (folder,) = root.glob("g*")
    entries = list(corpus.entries())
    for part in range(segments):
        _commit(folder, entries[part::segments])
    changed = [_other(entry) for entry in entries[:: len(entries) // _CHANGED][:_CHANGED]]
    removed = [entry.document.url for entry in entries[1 :: len(entries) // _REMOVED][:_REMOVED]]
    _commit(folder, changed, removed)
    return folder


def _commit(folder: Path, entries: Sequence[IndexEntry], removed: Sequence[str] = ()) -> None:
    with locked(folder) as index, temporary_folder(folder) as scratch:
        runs = analyse(entries, ranking_parameters(), scratch, lambda _done: None)
        added = segment_of(index, runs, scratch)
        kept = without(index, [*removed, *(entry.document.url for entry in entries)])
        index.commit([*kept, added])


def _other(entry: IndexEntry) -> IndexEntry:
    document = entry.document
    changed = document.with_(text=f"{document.text}本条已作修改。")
    return replace(entry, document=changed, digest=f"{entry.digest}+")
