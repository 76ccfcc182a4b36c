"""The terms of a segment as Whoosh's own files tell them: slowly, for want of a postings file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import Storage
from whoosh.matching import Matcher
from whoosh.support.levenshtein import damerau_levenshtein

from indexer.index.postings.file import NO_POSTINGS, Positions, Postings

_BEHIND_ASCII = b"\x80"


class WhooshTerms:
    """Offers what :class:`indexer.index.postings.file.MappedPostings` does. Thread-safe.

    Opened when it is first asked (0.3 s for half a million terms), from files that are open
    already: they may have been removed meanwhile.
    """

    def __init__(self, files: Storage, schema: Schema, segment: W3Segment) -> None:
        self._files = files
        self._schema = schema
        self._segment = segment
        self._opened: Any = None
        # Whoosh's files keep one read position for all threads.
        self._reading = threading.RLock()

    def frequency(self, field: str, term: bytes) -> int:
        """In how many documents a term is."""
        with self._reading:
            reader = self._reader()
            return int(reader.doc_frequency(field, term)) if (field, term) in reader else 0

    def postings(self, field: str, term: bytes) -> Postings:
        """The documents of a term, ascending, and its weight in each."""
        with self._reading:
            matcher = self._matcher(field, term)
            return NO_POSTINGS if matcher is None else _drain(matcher)

    def positions(self, field: str, term: bytes) -> Positions:
        """Where the positions of each posting of a term end, and all its positions."""
        with self._reading:
            matcher = self._matcher(field, term)
            ends: list[int] = []
            positions: list[int] = []
            while matcher is not None and matcher.is_active():
                positions.extend(matcher.value_as("positions"))
                ends.append(len(positions))
                matcher.next()
        return _fixed(ends, np.uint32), _fixed(positions, np.uint32)

    def terms(self, field: str, start: bytes = b"") -> Iterator[tuple[bytes, int]]:
        """The terms of a field from ``start`` on, ascending, with the documents of each."""
        with self._reading:
            found = takewhile(
                lambda pair: pair[0] == field, self._reader().terms_from(field, start)
            )
            names = [term for _field, term in found]
        for name in names:
            yield name, self.frequency(field, name)

    def between(self, field: str, start: bytes, end: bytes) -> Iterator[tuple[str, int]]:
        """The terms of a field from ``start`` to before ``end``, with the documents of each."""
        found = takewhile(lambda pair: pair[0] < end, self.terms(field, start))
        return ((term.decode(), documents) for term, documents in found)

    def spelled_like(self, field: str, word: bytes, distance: int) -> Iterator[tuple[str, int]]:
        """The ASCII terms of a field within so many errors of a word, with the documents of
        each."""
        for term, documents in self.between(field, b"", _BEHIND_ASCII):
            if damerau_levenshtein(term, word.decode(), distance) <= distance:
                yield term, documents

    def _matcher(self, field: str, term: bytes) -> Matcher | None:
        reader = self._reader()
        if (field, term) not in reader:
            return None
        return reader.matcher(field, term, self._schema[field].format)

    def _reader(self) -> Any:
        if self._opened is None:
            self._opened = self._segment.codec().terms_reader(self._files, self._segment)
        return self._opened


def _drain(matcher: Matcher) -> Postings:
    """All of a matcher's postings, whole blocks at a time where it shows them (Whoosh's W3
    codec), for that is thirty times as fast as asking posting by posting."""
    ids: list[int] = []
    weights: list[float] = []
    if hasattr(matcher, "_read_ids") and hasattr(matcher, "_next_block"):
        while matcher.is_active():
            matcher.id(), matcher.weight()  # load the block
            ids.extend(matcher._ids)
            weights.extend(matcher._weights)
            matcher._next_block()
    else:
        while matcher.is_active():
            ids.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
    return _fixed(ids, np.int32), _fixed(weights, np.float32)


def _fixed(values: list[Any], dtype: type[Any]) -> npt.NDArray[Any]:
    """Read-only as mapped arrays are: what is compiled is compiled for one kind of array."""
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array
