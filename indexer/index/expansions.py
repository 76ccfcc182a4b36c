"""Words of a query that stand for several: ``gb*`` for all that begin so, ``iphone~`` for all
that are spelled nearly so. Latin letters and digits only: of Chinese any part finds.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from typing import Final

from analyzers.concepts import Alternative, Concept
from indexer.index.snapshot import Snapshot

_EXPANDED: Final = re.compile(r"(?<![^\W_])(?P<typed>[a-z0-9]{2,40})(?P<mark>[*~])(?![^\W_])")
_MOST: Final = 32
"""Words that one stands for: the most frequent ones."""
_LONG: Final = 8
"""Letters from which on a word may have two errors instead of one."""
_NEAR: Final = 0.7
"""What a word spelled nearly so is worth beside the one that was typed."""


def expanded(snapshot: Snapshot, text: str) -> tuple[str, tuple[Concept, ...]]:
    """A query's text without such words, and what they stand for."""
    concepts = []
    for match in _EXPANDED.finditer(text):
        typed, is_prefix = match["typed"], match["mark"] == "*"
        terms = _beginning(snapshot, typed) if is_prefix else _near(snapshot, typed)
        weight = 1.0 if is_prefix else _NEAR
        ways = [Alternative(term, (term,), weight=weight) for term in terms if term != typed]
        concepts.append(Concept((Alternative(typed, (typed,)), *ways)))
    return _EXPANDED.sub(" ", text), tuple(concepts)


def _beginning(snapshot: Snapshot, prefix: str) -> list[str]:
    start = prefix.encode()
    return _most_frequent(
        found for segment in snapshot.segments for found in segment.beginning("content", start)
    )


def _near(snapshot: Snapshot, word: str) -> list[str]:
    distance = 2 if len(word) >= _LONG else 1
    return _most_frequent(
        found
        for segment in snapshot.segments
        for found in segment.spelled_like("content", word.encode(), distance)
    )


def _most_frequent(found: Iterator[tuple[str, int]]) -> list[str]:
    counts: dict[str, int] = {}
    for term, documents in found:
        counts[term] = counts.get(term, 0) + documents
    best = heapq.nlargest(_MOST, counts.items(), key=lambda item: (item[1], item[0]))
    return [term for term, _count in best]
