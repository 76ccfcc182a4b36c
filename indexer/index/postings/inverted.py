"""An inverted index of some documents as plain arrays: what is written, merged and searched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
Offsets = npt.NDArray[np.uint32]

_SLICE: Final = 5_000
"""Terms that are listed in one go."""


@dataclass(frozen=True)
class Inverted:
    """Postings of ``documents`` documents, numbered from 0.

    Terms ascend by field name and then by their UTF-8 bytes, which is the order in which Whoosh
    writes them. With T terms, P postings and Q positions:

    Attributes:
        documents: how many documents, with and without postings.
        field_names: the fields that have terms, ascending.
        field_ends: (F) the term behind the last of each field.
        text: (B) the bytes of all terms, one after the other.
        text_ends: (T) the byte behind each term.
        posting_ends: (T) the posting behind the last of each term.
        position_starts: (T + 1) the position at which each term's positions begin.
        numbers: (P) documents, ascending within a term.
        weights: (P) the weight of the term in each.
        position_ends: (P) the position behind the last of each posting, counted from the
            term's first. A field without positions has none.
        positions: (Q) ascending within a posting.
    """

    documents: int
    field_names: tuple[str, ...]
    field_ends: Places
    text: Bytes
    text_ends: Places
    posting_ends: Places
    position_starts: Places
    numbers: Numbers
    weights: Weights
    position_ends: Offsets
    positions: Offsets

    @property
    def terms(self) -> int:
        """How many different terms."""
        return len(self.text_ends)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by name."""
        return {name: getattr(self, name) for name in ARRAYS}

    def field_range(self, field: str) -> tuple[int, int]:
        """The terms of a field: the first, and the one behind the last."""
        if field not in self.field_names:
            return 0, 0
        at = self.field_names.index(field)
        return (int(self.field_ends[at - 1]) if at else 0), int(self.field_ends[at])

    def term(self, ordinal: int) -> bytes:
        """The bytes of a term."""
        start = int(self.text_ends[ordinal - 1]) if ordinal else 0
        return self.text[start : self.text_ends[ordinal]].tobytes()

    def terms_of(self, field: str) -> Iterator[tuple[bytes, int]]:
        """The terms of a field, ascending, with the documents of each."""
        first, last = self.field_range(field)
        for start in range(first, last, _SLICE):
            end = min(start + _SLICE, last)
            ends = self.text_ends[start:end].tolist()
            begins = [int(self.text_ends[start - 1]) if start else 0, *ends[:-1]]
            base = begins[0]
            text = self.text[base : ends[-1]].tobytes()
            counts = np.diff(self.posting_ends[start:end], prepend=self.posting_range(start)[0])
            for begin, close, count in zip(begins, ends, counts.tolist(), strict=True):
                yield text[begin - base : close - base], count

    def posting_range(self, ordinal: int) -> tuple[int, int]:
        """The postings of a term: the first, and the one behind the last."""
        return (int(self.posting_ends[ordinal - 1]) if ordinal else 0), int(
            self.posting_ends[ordinal]
        )


ARRAYS: Final = tuple(
    field.name for field in fields(Inverted) if field.name not in ("documents", "field_names")
)
"""The names of the arrays in a file."""
