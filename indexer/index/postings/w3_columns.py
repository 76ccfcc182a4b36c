"""Whoosh's columns (``whoosh.columns``) from and to plain arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from whoosh.columns import Column, NumericColumn, VarBytesColumn

from indexer.index.rows import Blobs

Pieces = list[npt.NDArray[Any] | bytes]

_MOST: Final = 1 << 32
"""Bytes that a column of bytes may have."""
_LENGTHS: Final = {"B": ">u1", "H": ">u2", "i": ">i4", "I": ">u4"}
"""How lengths and offsets are kept: type codes of ``array.array``, the highest byte first."""


def encode_numbers(column: NumericColumn, numbers: npt.NDArray[Any]) -> Pieces:
    """A column of numbers, all of them written out."""
    return [numbers.astype(numeric_dtype(column))]


def decode_numbers(
    column: NumericColumn, data: npt.NDArray[np.uint8], documents: int
) -> npt.NDArray[Any]:
    """The numbers of a column, in the byte order of this machine."""
    dtype = numeric_dtype(column)
    numbers = np.full(documents, column.default_value(), dtype.newbyteorder("="))
    written = data.view(dtype)[:documents]
    numbers[: len(written)] = written
    return numbers


def encode_blobs(column: VarBytesColumn, blobs: Blobs) -> Pieces:
    """A column of bytes.

    Raises:
        ValueError: it has more bytes than Whoosh can tell (4 GB).
    """
    data, ends = blobs
    if len(data) >= _MOST:
        raise ValueError(f"a column of {len(data)} bytes is more than Whoosh can tell")
    lengths = np.diff(ends, prepend=0)
    code = _code(int(lengths.max(initial=0)))
    pieces: Pieces = [data, lengths.astype(_LENGTHS[code])]
    if not (column.allow_offsets and len(ends) > column.write_offsets_cutoff):
        return [*pieces, code.encode()]
    offsets = ends - lengths
    offset_code = _code(int(offsets[-1]))
    pieces.append(offsets.astype(_LENGTHS[offset_code]))
    return [*pieces, code.encode(), offset_code.encode(), b"X"]


def decode_blobs(data: npt.NDArray[np.uint8], documents: int) -> Blobs:
    """The bytes of a column as a view of ``data``.

    Raises:
        ValueError: it is not a column of so many documents.
    """
    try:
        end, code = len(data) - 1, chr(data[-1])
        if code == "X":
            code, offset_code = chr(data[-3]), chr(data[-2])
            end -= 2 + documents * np.dtype(_LENGTHS[offset_code]).itemsize
        dtype = np.dtype(_LENGTHS[code])
    except (IndexError, KeyError) as error:
        raise ValueError(f"not a column of bytes: {error!r}") from None
    start = end - documents * dtype.itemsize
    if start < 0:
        raise ValueError(f"a column of fewer than {documents} documents")
    ends = np.cumsum(data[start:end].view(dtype), dtype=np.int64)
    if documents and int(ends[-1]) != start:
        raise ValueError(f"a column of {start} bytes of which its lengths make {ends[-1]}")
    return data[:start], ends


def parts_of(pieces: Iterable[npt.NDArray[Any] | bytes]) -> Iterator[memoryview]:
    """Pieces of a file as bytes to be written."""
    for piece in pieces:
        yield memoryview(piece if isinstance(piece, bytes) else piece.view(np.uint8).data)


def is_numeric(column: Column) -> bool:
    """Whether a column holds numbers; bytes otherwise.

    Raises:
        TypeError: neither; none of the schema's columns is.
    """
    if isinstance(column, NumericColumn):
        return True
    if isinstance(column, VarBytesColumn):
        return False
    raise TypeError(f"no way to write columns of {type(column).__name__}")


def numeric_dtype(column: NumericColumn) -> np.dtype[Any]:
    """How the numbers of a column are kept: the highest byte first."""
    return np.dtype(f">{column._typecode}")  # as in the segment's TOC


def _code(largest: int) -> str:
    """The type code that Whoosh would have come to (``whoosh.util.numlists.GrowableArray``)."""
    if largest < 1 << 8:
        return "B"
    if largest < 1 << 16:
        return "H"
    return "i" if largest < 1 << 31 else "I"
