"""Columns of an index across its segments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from indexer.index.segment import OpenSegment


class BytesColumn(Sequence[bytes]):
    """The values of a column of bytes by document number; read when asked for.

    Args:
        segments: the segments.
        bases: the number of the first document of each, ascending.
        name: the column.
    """

    def __init__(self, segments: Sequence[OpenSegment], bases: list[int], name: str) -> None:
        self._segments = segments
        self._bases = bases
        self._name = name

    def __len__(self) -> int:
        return sum(segment.size for segment in self._segments)

    @overload
    def __getitem__(self, number: int) -> bytes: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[bytes]: ...
    def __getitem__(self, number: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        at = bisect_right(self._bases, number) - 1
        if at < 0 or number - self._bases[at] >= self._segments[at].size:
            raise IndexError(number)
        return self._segments[at].value(self._name, number - self._bases[at])
