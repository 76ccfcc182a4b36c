"""All places of a text where one may begin to type, in the order of what follows.

A suffix array (Manber & Myers 1993) over the starts of words only, sorted by as many bytes as
people type as a rule; what is typed on is compared with the candidates left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

SORTED: Final = 24
"""Bytes by which places are sorted."""
PADDING: Final = 32
"""Zeros that must follow a text, so that every place has a full window."""
_BLOCK: Final = 256
_NEIGHBOURS: Final = 200


def sorted_places(text: Bytes, places: Ints) -> npt.NDArray[np.intp]:
    """The indices of ``places`` in the order of the :data:`SORTED` bytes that follow each."""
    windows = np.ascontiguousarray(sliding_window_view(text, SORTED)[places])
    keys = windows.view(">u8").astype(np.uint64)
    return np.lexsort(tuple(keys[:, column] for column in reversed(range(keys.shape[1]))))


class Prefixes:
    """Finds the units that begin with what is typed.

    Args:
        text: the bytes, :data:`PADDING` zeros at the end.
        units: units in the order of the bytes that follow them.
        ranks: for each of ``units`` how good a suggestion it is, 0 the best.
        place_of: from units to their places in ``text``.
    """

    def __init__(
        self, text: Bytes, units: Ints, ranks: Ints, place_of: Callable[[Any], Any]
    ) -> None:
        self._text = text
        self._windows = sliding_window_view(text, PADDING)
        self._units = units
        self._ranks = ranks
        self._place_of = place_of
        blocks = len(ranks) // _BLOCK
        self._block_best = ranks[: blocks * _BLOCK].reshape(blocks, _BLOCK).min(axis=1)

    def all(self, prefix: bytes) -> Ints:
        """Every unit at which ``prefix`` stands, in the order of what follows."""
        if len(prefix) <= SORTED:
            start, end = self._range(prefix)
            return self._units[start:end]
        units: Ints = self._units[self._matching(prefix)]
        return units

    def best(self, prefix: bytes, limit: int) -> Ints:
        """The ``limit`` best of :meth:`all`, the best first."""
        if len(prefix) > SORTED:
            found = self._matching(prefix)
        else:
            found = self._from_best_blocks(*self._range(prefix), limit)
        ranks = self._ranks[found]
        if len(found) > limit:
            few = np.argpartition(ranks, limit - 1)[:limit]
            found, ranks = found[few], ranks[few]
        units: Ints = self._units[found[np.argsort(ranks)]]
        return units

    def longest(self, typed: bytes) -> int:
        """How many bytes of ``typed`` stand at some unit (among the first few hundred that
        share all sorted bytes)."""
        start, end = self._range(typed[:SORTED])
        indices = range(max(start - 1, 0), min(max(end, start + 1), start + _NEIGHBOURS))
        units = self._units[indices.start : indices.stop].tolist()
        return max((self._common(unit, typed) for unit in units), default=0)

    def _common(self, unit: int, typed: bytes) -> int:
        place = int(self._place_of(unit))
        here = self._text[place : place + len(typed)].tobytes()
        pairs = enumerate(zip(here, typed, strict=False))
        return next((at for at, (one, other) in pairs if one != other), len(here))

    def _range(self, key: bytes) -> tuple[int, int]:
        """The half-open range of indices whose units begin with at most SORTED bytes."""
        text, units, place_of, length = self._text, self._units, self._place_of, len(key)

        def bytes_at(index: int) -> bytes:
            place = place_of(units[index])
            return text[place : place + length].tobytes()

        indices = range(len(units))
        start = bisect_left(indices, key, key=bytes_at)
        return start, bisect_right(indices, key, lo=start, key=bytes_at)

    def _matching(self, prefix: bytes) -> npt.NDArray[np.intp]:
        start, end = self._range(prefix[:SORTED])
        found = np.arange(start, end)
        for at in range(SORTED, len(prefix), PADDING):
            wanted = np.frombuffer(prefix[at : at + PADDING], np.uint8)
            places = np.minimum(self._place_of(self._units[found]) + at, len(self._windows) - 1)
            here = self._windows[places, : len(wanted)]
            found = found[(here == wanted).all(axis=1)]
        return found

    def _from_best_blocks(self, start: int, end: int, limit: int) -> npt.NDArray[np.intp]:
        """Of a range, indices among which its ``limit`` best are: those of the range's
        ``limit`` best blocks, for a block without one of them cannot be among these."""
        first, last = -(-start // _BLOCK), end // _BLOCK
        if last - first <= limit:
            return np.arange(start, end)
        best = first + np.argpartition(self._block_best[first:last], limit - 1)[:limit]
        inside = (best[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        edges = np.arange(start, first * _BLOCK), np.arange(last * _BLOCK, end)
        return np.concatenate([*edges, inside])
