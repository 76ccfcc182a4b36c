"""Where the postings of terms are in the arrays of a segment, remembered from query to query,
and bitmaps of the documents of frequent terms."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.index.kernel.pruned import set_bits, set_ranks
from indexer.index.postings.file import MappedPostings, Postings
from indexer.index.postings.inverted import Numbers, Weights

_MOST_TERMS: Final = 20_000
_FREQUENT: Final = 64
"""A term in more than one of so many documents has a bitmap, with ranks: half as large again
as its list."""
_LEAST_DOCUMENTS: Final = 4_096
_BITMAP_BYTES: Final = 1 << 26
"""For all bitmaps of a segment; terms that come when it is full have none."""

Bits = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]
Range = tuple[int, int, int]
"""The first posting of a term, the one behind its last, and the row of its bitmap or -1."""


class Ranges(NamedTuple):
    """Terms of a query in a segment: what the ranges point into, and they."""

    numbers: Numbers
    weights: Weights
    bits: Bits
    ranks: Counts
    of: Sequence[Range]


class TermRanges:
    """The terms of one field of an open postings file. Thread-safe."""

    def __init__(self, mapped: MappedPostings, field: str) -> None:
        self.mapped, self._field = mapped, field
        self._words = (mapped.inverted.documents + 63) // 64
        is_large = mapped.inverted.documents >= _LEAST_DOCUMENTS
        rows = _BITMAP_BYTES // (12 * self._words) if is_large else 0
        # Pages of it that are not written take no memory.
        self._bits: Bits = np.zeros((rows, self._words), np.uint64)
        self._ranks: Counts = np.zeros((rows, self._words), np.uint32)
        self._used = 0
        self._known: dict[str, Range] = {}
        self._lock = threading.Lock()

    def of(self, terms: Sequence[str]) -> Ranges:
        """The ranges of some terms, empty ones for those that no document has.

        Raises:
            PostingsDamaged: the postings of one are not what was written.
        """
        known = self._known
        inverted = self.mapped.inverted
        found = [known.get(term) or self._find(term) for term in terms]
        return Ranges(inverted.numbers, inverted.weights, self._bits, self._ranks, found)

    def _find(self, term: str) -> Range:
        encoded = term.encode("utf-8", "surrogatepass")
        first, last = self.mapped.range_of(self._field, encoded)
        with self._lock:
            if len(self._known) >= _MOST_TERMS:
                # Not those with bitmaps: a search may be reading them.
                self._known = {one: kept for one, kept in self._known.items() if kept[2] >= 0}
            row = -1
            inverted = self.mapped.inverted
            frequent = last - first > inverted.documents // _FREQUENT
            if frequent and self._used < len(self._bits):
                row = self._used
                self._used += 1
                set_bits(inverted.numbers[first:last], self._bits[row])
                set_ranks(self._bits[row], self._ranks[row])
            found = self._known[term] = (first, last, row)
        return found


def gathered(lists: Sequence[Postings], documents: int) -> Ranges:
    """Postings that are no ranges of one array, as if they were."""
    ends = np.cumsum([len(numbers) for numbers, _weights in lists]).tolist()
    arrays: list[npt.NDArray[Any]] = []
    for each in zip(*lists, strict=True):
        arrays.append(np.concatenate(each))
        arrays[-1].flags.writeable = False
    ranges = [(first, last, -1) for first, last in zip([0, *ends], ends, strict=False)]
    shape = (0, (documents + 63) // 64)
    no_bitmaps = (np.zeros(shape, np.uint64), np.zeros(shape, np.uint32))
    return Ranges(arrays[0], arrays[1], *no_bitmaps, ranges)
