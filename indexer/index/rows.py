"""What a segment keeps of each document besides its postings, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzers.compiled import compiled

Blobs = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]
"""Bytes of each document one after the other, and where those of each end."""


@dataclass(frozen=True)
class Rows:
    """Columns and stored fields of some documents, numbered from 0.

    Attributes:
        documents: how many (D).
        numeric: (D) numbers of each document by column, in the column's own type.
        blobs: bytes of each document by column.
        stored: its stored fields as Whoosh keeps them, pickled and compressed with zlib; a
            document without any has no bytes.
        length_bytes: (D) how long each is in a field, as ``whoosh.util.numeric.length_to_byte``
            rounds it to a byte; 0 where it has none of the field.
        field_lengths: the sum of the unrounded lengths by field.
    """

    documents: int
    numeric: dict[str, npt.NDArray[Any]]
    blobs: dict[str, Blobs]
    stored: Blobs
    length_bytes: dict[str, npt.NDArray[np.uint8]]
    field_lengths: dict[str, int]

    def take(self, keep: npt.NDArray[np.bool_]) -> Rows:
        """The documents that ``keep`` (D) is true for, in their order.

        Field lengths stay as they are: those of single documents are known only roundly. (So
        does Whoosh: what is deleted counts towards them until it is merged away.) Whoever
        merges takes them from the postings, or replaces them.
        """
        return Rows(
            documents=int(np.count_nonzero(keep)),
            numeric={name: column[keep] for name, column in self.numeric.items()},
            blobs={name: take_blobs(blobs, keep) for name, blobs in self.blobs.items()},
            stored=take_blobs(self.stored, keep),
            length_bytes={name: column[keep] for name, column in self.length_bytes.items()},
            field_lengths=dict(self.field_lengths),
        )


def concatenate(parts: Sequence[Rows]) -> Rows:
    """The documents of all parts, one after the other.

    A column that some part lacks is zero, or empty, for the documents of that part.

    Raises:
        ValueError: there are no parts.
    """
    if not parts:
        raise ValueError("no rows to concatenate")
    if len(parts) == 1:
        return parts[0]
    lengths: dict[str, int] = {}
    for part in parts:
        for name, length in part.field_lengths.items():
            lengths[name] = lengths.get(name, 0) + length
    return Rows(
        documents=sum(part.documents for part in parts),
        numeric=_joined([part.documents for part in parts], [part.numeric for part in parts]),
        blobs={
            name: _joined_blobs([part.blobs.get(name, _no_bytes(part)) for part in parts])
            for name in dict.fromkeys(name for part in parts for name in part.blobs)
        },
        stored=_joined_blobs([part.stored for part in parts]),
        length_bytes=_joined(
            [part.documents for part in parts], [part.length_bytes for part in parts]
        ),
        field_lengths=lengths,
    )


def joined(values: Sequence[bytes]) -> Blobs:
    """Bytes one after the other, and where each end."""
    ends = np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), dtype=np.int64)
    return np.frombuffer(bytearray(b"".join(values)), np.uint8), ends


def take_blobs(blobs: Blobs, keep: npt.NDArray[np.bool_]) -> Blobs:
    """The bytes of the documents that ``keep`` is true for."""
    data, ends = blobs
    if keep.all():
        return blobs
    lengths = np.diff(ends, prepend=0)
    kept_ends = np.cumsum(lengths[keep], dtype=np.int64)
    kept = np.empty(int(kept_ends[-1]) if len(kept_ends) else 0, np.uint8)
    _copy(data, ends, keep, kept)
    return kept, kept_ends


@compiled
def _copy(data: Any, ends: Any, keep: Any, kept: Any) -> None:
    start, at = 0, 0
    for document in range(len(ends)):
        end = ends[document]
        if keep[document]:
            for one in range(start, end):
                kept[at] = data[one]
                at += 1
        start = end


def _no_bytes(part: Rows) -> Blobs:
    return np.empty(0, np.uint8), np.zeros(part.documents, np.int64)


def _joined(
    counts: Sequence[int], parts: Sequence[dict[str, npt.NDArray[Any]]]
) -> dict[str, npt.NDArray[Any]]:
    dtypes = {name: column.dtype for part in parts for name, column in part.items()}
    return {
        name: np.concatenate(
            [
                part[name] if name in part else np.zeros(count, dtype)
                for count, part in zip(counts, parts, strict=True)
            ]
        )
        for name, dtype in dtypes.items()
    }


def _joined_blobs(parts: Sequence[Blobs]) -> Blobs:
    ends = []
    base = 0
    for data, part_ends in parts:
        ends.append(part_ends + base)
        base += len(data)
    return np.concatenate([data for data, _ends in parts]), np.concatenate(ends)
