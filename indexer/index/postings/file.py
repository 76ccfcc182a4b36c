"""The postings file beside a segment: its terms as arrays, checked when they are used.

Everything but postings and positions is checked when the file is opened; the postings of a
term, and its positions, when they are read for the first time by a process: a damaged file
never answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from indexer.index.arrays_file import map_arrays, save_arrays
from indexer.index.kernel.expand import first_from, spelled_like
from indexer.index.postings.hashing import (
    check_of,
    checks_of,
    find_term,
    set_hashes,
    slots_of,
)
from indexer.index.postings.inverted import ARRAYS, Inverted, Numbers, Offsets, Weights

VERSION: Final = 1
"""Raise it when the arrays change: files of another version are made anew."""
EXTENSION: Final = ".postings"
"""Whoosh removes a segment's files, this one too, by their names."""

_BEHIND_ASCII: Final = b"\x80"
_CHECKED_WHEN_USED: Final = ("numbers", "weights", "position_ends", "positions")


Postings = tuple[Numbers, Weights]
"""Ascending document numbers and the term's weight in each; read-only."""
Positions = tuple[Offsets, Offsets]
"""Where the positions of each posting end, and all positions; read-only."""


class PostingsDamaged(ValueError):
    """A postings file is damaged, cut short, of another version or of another segment."""


def postings_path(directory: Path, indexname: str, segment: str) -> Path:
    """Where the postings file of a segment is."""
    return directory / f"{indexname}_{segment}{EXTENSION}"


def write_postings(
    path: Path, inverted: Inverted, columns: Mapping[str, npt.NDArray[Any]], segment: str
) -> None:
    """Write the postings file of a segment, atomically and durably.

    Args:
        path: see :func:`postings_path`.
        inverted: its postings; mapped arrays do.
        columns: numbers of each document, such as its date; names as in the schema.
        segment: the segment's own name, by which a file is known to belong to it.

    Raises:
        OSError: it cannot be written.
    """
    arrays = dict(inverted.arrays())
    arrays["slots"] = slots_of(inverted.field_ends, inverted.text, inverted.text_ends)
    arrays["number_checks"] = checks_of(inverted.numbers, inverted.posting_ends)
    arrays["weight_checks"] = checks_of(inverted.weights.view(np.uint32), inverted.posting_ends)
    arrays["position_checks"] = checks_of(inverted.positions, inverted.position_starts[1:])
    arrays["end_checks"] = checks_of(inverted.position_ends, inverted.posting_ends)
    arrays.update({f"column.{name}": column for name, column in columns.items()})
    about = {
        "version": VERSION,
        "segment": segment,
        "documents": inverted.documents,
        "field_names": inverted.field_names,
    }
    save_arrays(path, arrays, about, unchecked=_CHECKED_WHEN_USED)


class MappedPostings:
    """An open postings file. Thread-safe.

    Attributes:
        inverted: its arrays, unchecked: read postings through the methods.
        columns: numbers of each document by name.
    """

    def __init__(self, path: Path, segment: str, documents: int) -> None:
        """Map it, and check what is checked at once.

        Raises:
            FileNotFoundError: there is none.
            PostingsDamaged: it cannot be used; the message names it.
        """
        self.path = path
        try:
            mapped = map_arrays(path)
            about = mapped.about
            if (about["version"], about["segment"]) != (VERSION, segment):
                raise ValueError(f"it is of version {about['version']} and of {about['segment']}")
            if about["documents"] != documents:
                raise ValueError(f"it has {about['documents']} documents, not {documents}")
            mapped.verify(name for name in mapped.arrays if name not in _CHECKED_WHEN_USED)
            arrays = mapped.arrays
            self.inverted = Inverted(
                documents, tuple(about["field_names"]), **{name: arrays[name] for name in ARRAYS}
            )
            self.columns = {
                name.partition(".")[2]: array
                for name, array in arrays.items()
                if name.startswith("column.")
            }
            self._slots = arrays["slots"]
            self._checks = {name: arrays[f"{name}_checks"] for name in _CHECKS}
        except (ValueError, KeyError, TypeError) as error:
            raise PostingsDamaged(f"{path}: {error}") from None
        self._fields = {
            name: (at, *self.inverted.field_range(name))
            for at, name in enumerate(self.inverted.field_names)
        }
        self._is_checked = np.zeros(self.inverted.terms, np.bool_)
        self._has_checked_positions = np.zeros(self.inverted.terms, np.bool_)

    def find(self, field: str, term: bytes) -> int:
        """The ordinal of a term, -1 if no document has it."""
        known = self._fields.get(field)
        if known is None:
            return -1
        at, first, last = known
        inverted, wanted = self.inverted, np.frombuffer(term, np.uint8)
        ends = inverted.text_ends
        return int(find_term(self._slots, at, wanted, first, last, inverted.text, ends))

    def frequency(self, field: str, term: bytes) -> int:
        """In how many documents a term is."""
        ordinal = self.find(field, term)
        return self._count(ordinal) if ordinal >= 0 else 0

    def _count(self, ordinal: int) -> int:
        first, last = self.inverted.posting_range(ordinal)
        return last - first

    def terms(self, field: str) -> Iterator[tuple[bytes, int]]:
        """The terms of a field, ascending, with the documents of each."""
        return self.inverted.terms_of(field)

    def between(self, field: str, start: bytes, end: bytes) -> Iterator[tuple[str, int]]:
        """The terms of a field from ``start`` to before ``end``, with the documents of each."""
        inverted = self.inverted
        text, ends = inverted.text, inverted.text_ends
        first, last = inverted.field_range(field)
        first = first_from(text, ends, first, last, np.frombuffer(start, np.uint8))
        last = first_from(text, ends, first, last, np.frombuffer(end, np.uint8))
        for ordinal in range(first, last):
            yield inverted.term(ordinal).decode(), self._count(ordinal)

    def spelled_like(self, field: str, word: bytes, distance: int) -> Iterator[tuple[str, int]]:
        """The ASCII terms of a field within so many errors of a word, with the documents of
        each."""
        inverted = self.inverted
        text, ends = inverted.text, inverted.text_ends
        first, last = inverted.field_range(field)
        last = first_from(text, ends, first, last, np.frombuffer(_BEHIND_ASCII, np.uint8))
        wanted = np.frombuffer(word, np.uint8)
        for ordinal in spelled_like(text, ends, first, last, wanted, distance).tolist():
            yield inverted.term(ordinal).decode(), self._count(ordinal)

    def hashes(self, field: str) -> npt.NDArray[np.uint64]:
        """A hash of the term of each document, in a field of which a document has one; 0 for a
        document without."""
        inverted = self.inverted
        hashes = np.zeros(inverted.documents, np.uint64)
        ends, numbers = inverted.posting_ends, inverted.numbers
        first, last = inverted.field_range(field)
        set_hashes(inverted.text, inverted.text_ends, ends, numbers, first, last, hashes)
        return hashes

    def postings(self, field: str, term: bytes) -> Postings:
        """The documents of a term, ascending, and its weight in each; empty if no document
        has it.

        Raises:
            PostingsDamaged: they are not what was written.
        """
        first, last = self.range_of(field, term)
        if first == last:
            return NO_POSTINGS
        return self.inverted.numbers[first:last], self.inverted.weights[first:last]

    def range_of(self, field: str, term: bytes) -> tuple[int, int]:
        """Where :meth:`postings` are in the arrays, from where to before where; raises like it."""
        ordinal = self.find(field, term)
        if ordinal < 0:
            return 0, 0
        first, last = self.inverted.posting_range(ordinal)
        if not self._is_checked[ordinal]:
            self._check("number", ordinal, self.inverted.numbers[first:last])
            self._check("weight", ordinal, self.inverted.weights[first:last].view(np.uint32))
            self._is_checked[ordinal] = True
        return first, last

    def positions(self, field: str, term: bytes) -> Positions:
        """Where the positions of each posting of a term end, and all its positions.

        Raises:
            PostingsDamaged: they are not what was written.
        """
        ordinal = self.find(field, term)
        if ordinal < 0:
            return _NO_POSITIONS
        inverted = self.inverted
        first, last = inverted.posting_range(ordinal)
        start, end = inverted.position_starts[ordinal : ordinal + 2]
        ends, positions = inverted.position_ends[first:last], inverted.positions[start:end]
        if not self._has_checked_positions[ordinal]:
            self._check("end", ordinal, ends)
            self._check("position", ordinal, positions)
            self._has_checked_positions[ordinal] = True
        return ends, positions

    def _check(self, what: str, ordinal: int, words: npt.NDArray[Any]) -> None:
        if check_of(words) != self._checks[what][ordinal]:
            raise PostingsDamaged(f"{self.path}: the {what}s of term {ordinal} are damaged")


def _empty(dtype: type[Any]) -> npt.NDArray[Any]:
    array = np.empty(0, dtype)
    array.flags.writeable = False
    return array


_CHECKS: Final = ("number", "weight", "position", "end")
NO_POSTINGS: Final[Postings] = (_empty(np.int32), _empty(np.float32))
_NO_POSITIONS: Final[Positions] = (_empty(np.uint32), _empty(np.uint32))
