"""What compiled functions need to know of the terms of queries, looked up once in a snapshot."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.index.postings.inverted import Numbers, Weights
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Mask, Snapshot
from indexer.index.term_ranges import Bits, Counts, Ranges

_FIELD: Final = "content"
_ROOM: Final = 20_000
"""Terms of a table; pages of it that are not written take no memory."""


Rows = npt.NDArray[np.int64]
_taking = threading.Lock()


class Part(NamedTuple):
    """A segment: its documents, and a row for each term (see kernel/pruned.py)."""

    base: int
    table: npt.NDArray[np.float64]
    numbers: Numbers
    weights: Weights
    bits: Bits
    ranks: Counts
    norms: Weights
    live: Mask
    live_bits: Bits


class TermTable:
    """Rows of terms in the tables of all segments of a snapshot. A row is written before its
    term is known, and never again: reading takes no lock."""

    def __init__(
        self,
        snapshot: Snapshot,
        ranking: RankingParameters,
        ranges: Sequence[Ranges],
        sources: Sequence[object],
    ) -> None:
        """Without terms; ``ranges`` tells of each segment what rows point into, ``sources`` what
        answered when that was asked."""
        self._sources = sources
        norms = snapshot.norms(_FIELD, ranking)
        self.parts: list[Part] = []
        for base, size, one in zip(snapshot.bases, snapshot.sizes, ranges, strict=True):
            within = slice(base, base + size)
            about = (one.numbers, one.weights, one.bits, one.ranks, norms[within])
            live = snapshot.live[within]
            part = Part(base, np.empty((_ROOM, 4)), *about, live, bits_of(live))
            self.parts.append(part)
        self._most = ranking.k1 + 1
        self._rows: dict[str, int] = {}

    def rows(self, terms: Sequence[str]) -> list[int] | None:
        """The rows of some terms, or None if one is not known."""
        known = self._rows
        try:
            return [known[term] for term in terms]
        except KeyError:
            return None

    def is_of(self, snapshot: Snapshot) -> bool:
        """Whether the same answers now: a postings file may be found damaged, and made anew."""
        segments = snapshot.segments
        return all(one.source is was for one, was in zip(segments, self._sources, strict=True))

    def can_take(self, terms: Sequence[str], ranges: Sequence[Ranges]) -> bool:
        """Whether there is room, and the ranges point into the same arrays."""
        same = all(
            part.numbers is one.numbers and part.bits is one.bits
            for part, one in zip(self.parts, ranges, strict=True)
        )
        return same and len(self._rows) + len(terms) <= _ROOM

    def take(self, snapshot: Snapshot, terms: Sequence[str], ranges: Sequence[Ranges]) -> None:
        """Write the rows of some terms; one writer at a time. What a term earns at most, its
        scale, is its idf times k1 + 1."""
        for at, term in enumerate(terms):
            row = len(self._rows)
            places = [one.of[at] for one in ranges]
            documents = sum(last - first for first, last, _bitmap in places)
            scale = self._most * snapshot.rarity(documents)
            for part, place in zip(self.parts, places, strict=True):
                part.table[row] = (*place, scale)
            self._rows.setdefault(term, row)


def look_up(
    snapshot: Snapshot, ranking: RankingParameters, terms: Sequence[str]
) -> tuple[Rows, Sequence[Part]]:
    """The rows of some terms, empty ones for those that no document has, and the segments."""
    key = ("terms", ranking.k1, ranking.b)
    table: TermTable | None = snapshot.recall(key)
    rows = table.rows(terms) if table is not None and table.is_of(snapshot) else None
    while table is None or rows is None:
        sources = [segment.source for segment in snapshot.segments]
        ranges = [segment.ranges(_FIELD, terms) for segment in snapshot.segments]
        with _taking:
            table = snapshot.recall(key)
            if table is None or not table.can_take(terms, ranges):
                table = TermTable(snapshot, ranking, ranges, sources)
            table.take(snapshot, terms, ranges)
            snapshot.remember(key, table)
            rows = table.rows(terms)
    return np.array(rows, np.int64), table.parts


def bits_of(mask: Mask) -> Bits:
    """A mask as a bitmap."""
    words = np.zeros((len(mask) + 63) // 64, np.uint64)
    octets = np.packbits(mask, bitorder="little")
    words.view(np.uint8)[: len(octets)] = octets
    return words
