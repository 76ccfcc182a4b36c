"""An inverted index as the posting lists and the table of terms of Whoosh's W3 codec."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from indexer.index.postings.inverted import Inverted
from indexer.index.postings.w3_blocks import BLOCK, encode_lists
from indexer.index.postings.w3_terms import encode_terms

_CHUNK: Final = 1 << 20
"""Postings that are encoded in one go, if they are of several terms."""

_Array = npt.NDArray[Any]


@dataclass
class TermStats:
    """What the table of terms says of each posting list (T terms).

    Attributes:
        weigh: (T, 2) float32, sum and maximum of the weights.
        lengths: (T, 2) uint8, shortest and longest document, rounded to a byte.
        places: (T) where the list is in the file of postings.
        sizes: (T) its bytes.
    """

    weigh: _Array
    lengths: _Array
    places: _Array
    sizes: _Array


class W3Encoder:
    """Encodes one inverted index: first all posting lists, then the table of terms."""

    def __init__(
        self,
        inverted: Inverted,
        with_positions: Collection[str],
        length_bytes: Mapping[str, npt.NDArray[np.uint8]],
    ) -> None:
        """Prepare.

        Args:
            inverted: the inverted index, its arrays read-only: one kind is compiled for.
            with_positions: the fields whose postings have positions.
            length_bytes: see :class:`indexer.index.rows.Rows`.
        """
        self._inverted = inverted
        names = inverted.field_names
        terms = np.diff(inverted.field_ends, prepend=0)
        self._fields = np.repeat(np.arange(len(names), dtype=np.int32), terms)
        rows = sorted(name for name in length_bytes if name in names)
        self._length_rows = np.array(
            [rows.index(name) if name in rows else -1 for name in names], np.int64
        )
        self._length_bytes = np.zeros((max(1, len(rows)), inverted.documents), np.uint8)
        for at, name in enumerate(rows):
            self._length_bytes[at] = length_bytes[name]
        self._has_positions = np.array([name in with_positions for name in names], np.bool_)
        count = inverted.terms
        self._stats = TermStats(
            np.empty((count, 2), np.float32),
            np.empty((count, 2), np.uint8),
            np.empty(count, np.int64),
            np.empty(count, np.int64),
        )
        self._arrays = (
            self._fields,
            *(getattr(inverted, name) for name in _ENCODED),
        )

    def lists(self) -> Iterator[_Array]:
        """The bytes of the file of postings, in pieces; to be read to the end. Encodes a piece
        while another is being written, without Python's lock."""
        waiting: deque[Future[_Array]] = deque()
        with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as threads:
            for first, last in self._chunks():
                waiting.append(threads.submit(self._encode, first, last))
                if len(waiting) > 2:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        sizes = self._stats.sizes
        self._stats.places[:] = np.cumsum(sizes) - sizes

    def terms(self) -> list[_Array | bytes]:
        """The bytes of the table of terms, in pieces; after all of :meth:`lists`.

        Raises:
            ValueError: a posting list is longer than Whoosh can tell (2 GB).
        """
        inverted, stats = self._inverted, self._stats
        return encode_terms(
            inverted.field_names,
            self._fields,
            (inverted.text, inverted.text_ends),
            (inverted.posting_ends, inverted.numbers),
            (stats.weigh, stats.lengths, stats.places, stats.sizes),
        )

    def _chunks(self) -> Iterator[tuple[int, int]]:
        ends = self._inverted.posting_ends
        first = 0
        while first < len(ends):
            done = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, done + _CHUNK, "right")))
            yield first, last
            first = last

    def _encode(self, first: int, last: int) -> _Array:
        out = np.empty(self._bound(first, last), np.uint8)
        stats = self._stats
        size = encode_lists(
            first,
            last,
            self._arrays,
            self._has_positions,
            self._length_rows,
            self._length_bytes,
            stats.sizes,
            stats.weigh,
            stats.lengths,
            out,
        )
        return out[:size]

    def _bound(self, first: int, last: int) -> int:
        """Bytes that the lists of these terms take at most."""
        inverted = self._inverted
        start, end = inverted.posting_range(first)[0], inverted.posting_range(last - 1)[1]
        positions = int(inverted.position_starts[last] - inverted.position_starts[first])
        blocks = (last - first) + (end - start) // BLOCK
        return 256 * blocks + 20 * (end - start) + 5 * positions


_ENCODED: Final = (
    "posting_ends",
    "position_starts",
    "numbers",
    "weights",
    "position_ends",
    "positions",
)
