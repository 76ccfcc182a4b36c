"""Words of a query that stand for several: ``gb*`` for all that begin so, ``iphone~`` for all
that are spelled nearly so. Latin letters and digits only: of Chinese any part finds.

Each is a look through the words of the whole index, and a query of 200 characters can hold fifty:
equal ones are looked up once, and only so many different ones.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from typing import Final

from analyzers.concepts import Alternative, Concept
from indexer.index.deadline import Deadline
from indexer.index.snapshot import Snapshot

_EXPANDED: Final = re.compile(r"(?<![^\W_])(?P<typed>[a-z0-9]{2,40})(?P<mark>[*~])(?![^\W_])")
_MOST: Final = 32
"""Words that one stands for: the most frequent ones."""
_DIFFERENT: Final = 8
"""Words of one query that stand for others: nobody types more by hand."""
_LONG: Final = 8
"""Letters from which on a word may have two errors instead of one."""
_NEAR: Final = 0.7
"""What a word spelled nearly so is worth beside the one that was typed."""


class Expansions:
    """What such words of one query stand for, the first eight of them; any further one, and
    one that its turn comes to when time is up, stands for itself alone."""

    def __init__(self, snapshot: Snapshot, deadline: Deadline) -> None:
        self._snapshot = snapshot
        self._deadline = deadline
        self._known: dict[tuple[str, str, str], Concept] = {}

    def of(self, text: str, field: str = "content") -> tuple[str, tuple[Concept, ...]]:
        """A text without such words, and what they stand for in a field, each once."""
        found = _EXPANDED.finditer(text)
        concepts = (self._concept(field, match["typed"], match["mark"]) for match in found)
        return _EXPANDED.sub(" ", text), tuple(dict.fromkeys(concepts))

    def _concept(self, field: str, typed: str, mark: str) -> Concept:
        known = self._known.get((field, typed, mark))
        if known is not None:
            return known
        itself = Alternative(typed, (typed,))
        if len(self._known) == _DIFFERENT or self._deadline.is_over():
            return Concept((itself,))
        look, weight = (_beginning, 1.0) if mark == "*" else (_near, _NEAR)
        terms = [term for term in look(self._snapshot, field, typed) if term != typed]
        ways = (Alternative(term, (term,), weight=weight) for term in terms)
        found = self._known[field, typed, mark] = Concept((itself, *ways))
        return found


def _beginning(snapshot: Snapshot, field: str, prefix: str) -> list[str]:
    start = prefix.encode()
    return _most_frequent(
        found for segment in snapshot.segments for found in segment.beginning(field, start)
    )


def _near(snapshot: Snapshot, field: str, word: str) -> list[str]:
    distance = 2 if len(word) >= _LONG else 1
    return _most_frequent(
        found
        for segment in snapshot.segments
        for found in segment.spelled_like(field, word.encode(), distance)
    )


def _most_frequent(found: Iterator[tuple[str, int]]) -> list[str]:
    counts: dict[str, int] = {}
    for term, documents in found:
        counts[term] = counts.get(term, 0) + documents
    best = heapq.nlargest(_MOST, counts.items(), key=lambda item: (item[1], item[0]))
    return [term for term, _count in best]
