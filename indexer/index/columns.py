"""Columns of an index across its segments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from threading import RLock
from typing import Any, overload


class BytesColumn(Sequence[bytes]):
    """The values of a column of bytes by document number; read when asked for.

    Args:
        segments: each segment's column with the number of its first document, ascending.
        size: documents in all.
        reading: held while Whoosh reads, whose files keep one read position for all threads.
    """

    def __init__(self, segments: list[tuple[Any, int]], size: int, reading: RLock) -> None:
        self._columns = [column for column, _base in segments]
        self._bases = [base for _column, base in segments]
        self._size = size
        self._reading = reading

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, number: int) -> bytes: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[bytes]: ...
    def __getitem__(self, number: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(self._size))]
        if not 0 <= number < self._size:
            raise IndexError(number)
        segment = bisect_right(self._bases, number) - 1
        with self._reading:
            return bytes(self._columns[segment][number - self._bases[segment]])
