"""Postings as Whoosh's own reader tells them: any segment, but slowly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import Matcher
from whoosh.reading import SegmentReader

from indexer.index.postings.inverted import Inverted


def invert_by_whoosh(directory: Path, segment: W3Segment, schema: Schema) -> Inverted:
    """The postings of a segment, term by term (a million of them take some two seconds).

    Raises:
        FileNotFoundError: the segment was merged into another meanwhile.
    """
    reader = SegmentReader(FileStorage(str(directory)), schema, segment)
    try:
        made = _Collected(segment.doc_count_all())
        for field, text in reader.all_terms():
            made.add(field, text, reader.postings(field, text))
            time.sleep(0)  # let searches go on
        return made.inverted()
    finally:
        reader.close()


class _Collected:
    """The terms of an inverted index, added in its order."""

    def __init__(self, documents: int) -> None:
        self._documents = documents
        self._fields: dict[str, int] = {}
        self._texts: list[bytes] = []
        self._counts: list[tuple[int, int]] = []
        self._arrays: list[tuple[Any, ...]] = []

    def add(self, field: str, text: bytes, matcher: Matcher) -> None:
        """A term with its postings."""
        numbers, weights, ends, positions = [], [], [], []
        has_positions = matcher.supports("positions")
        while matcher.is_active():
            numbers.append(matcher.id())
            weights.append(matcher.weight())
            if has_positions:
                positions.extend(matcher.value_as("positions"))
            ends.append(len(positions))
            matcher.next()
        self._fields[field] = self._fields.get(field, 0) + 1
        self._texts.append(text)
        self._counts.append((len(numbers), len(positions)))
        self._arrays.append(
            (
                np.array(numbers, np.int32),
                np.array(weights, np.float32),
                np.array(ends, np.uint32),
                np.array(positions, np.uint32),
            )
        )

    def inverted(self) -> Inverted:
        """The whole."""
        counts = np.array(self._counts, np.int64).reshape(-1, 2)
        none = (np.int32, np.float32, np.uint32, np.uint32)
        columns = list(zip(*self._arrays, strict=True)) or [(np.empty(0, one),) for one in none]
        numbers, weights, ends, positions = (np.concatenate(column) for column in columns)
        return Inverted(
            documents=self._documents,
            field_names=tuple(self._fields),
            field_ends=np.cumsum(list(self._fields.values()), dtype=np.int64),
            text=np.frombuffer(b"".join(self._texts), np.uint8),
            text_ends=np.cumsum([len(text) for text in self._texts], dtype=np.int64),
            posting_ends=np.cumsum(counts[:, 0]),
            position_starts=np.concatenate(([0], np.cumsum(counts[:, 1]))).astype(np.int64),
            numbers=numbers,
            weights=weights,
            position_ends=ends,
            positions=positions,
        )
