"""Posting lists in Whoosh's W3 format (``whoosh.codec.whoosh3``), written by compiled code.

A list is ``W3Bl`` and blocks. A block is its length (negative: the last), a pickle of what it
holds, and a pickle of its documents (distances), weights and values. The pickles are of those
that Python 3 itself writes; long lists of numbers are ``array.array`` in them, as Whoosh has
them in memory too.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np

from analyzers.compiled import compiled

BLOCK: Final = 1024
"""Postings in a block. Blocks of 128 are made for skipping; ours are read whole."""
IDS_AS_ARRAY: Final = 48
WEIGHTS_AS_ARRAY: Final = 10
"""From so many on an array is shorter than a tuple."""

_PROTO = b"\x80\x03"
_ARRAY = b"carray\n_array_reconstructor\n(carray\narray\nX\x01\x00\x00\x00"


def _bytes(data: bytes) -> Any:
    return np.frombuffer(data, np.uint8)


MAGIC: Final = _bytes(b"W3Bl")
DATA_HEAD: Final = _bytes(_PROTO + b"(")
ARRAY_HEAD: Final = _bytes(_ARRAY)
"""Then the array's type, and the code of its binary form (``array``'s own pickles)."""
FLOATS_HEAD: Final = _bytes(
    _ARRAY + b"fK" + bytes([14 if sys.byteorder == "little" else 15]) + b"B"
)
MARK, TUPLE, REDUCE, STOP, NONE = (np.uint8(ord(one)) for one in "(tR.N")
INT1, INT2, INT4, FLOAT = (np.uint8(ord(one)) for one in "KMJG")
SHORT_BYTES, LONG_BYTES = np.uint8(ord("C")), np.uint8(ord("B"))
_BYTE, _SHORT, _INT = (np.uint8(ord(one)) for one in "BHI")


@compiled
def put(out: Any, at: int, data: Any) -> int:
    """Write bytes; returns the place behind them."""
    for byte in data:
        out[at] = byte
        at += 1
    return at


@compiled
def put_big(out: Any, at: int, value: int, size: int) -> int:
    """Write a whole number of ``size`` bytes, the highest first."""
    for one in range(size):
        out[at + one] = np.uint8((value >> (8 * (size - 1 - one))) & 0xFF)
    return at + size


@compiled
def put_little(out: Any, at: int, value: int, size: int) -> int:
    """Write a whole number of ``size`` bytes, the lowest first."""
    for one in range(size):
        out[at + one] = np.uint8((value >> (8 * one)) & 0xFF)
    return at + size


@compiled
def put_int(out: Any, at: int, value: int) -> int:
    """Pickle a whole number from 0 to 2^31 - 1."""
    if value < 0x100:
        out[at] = INT1
        out[at + 1] = np.uint8(value)
        return at + 2
    if value < 0x10000:
        out[at] = INT2
        return int(put_little(out, at + 1, value, 2))
    out[at] = INT4
    return int(put_little(out, at + 1, value, 4))


@compiled
def put_float(out: Any, at: int, value: float, scratch: Any) -> int:
    """Pickle a float; ``scratch`` is one float64."""
    scratch[0] = value
    out[at] = FLOAT
    return int(put_big(out, at + 1, scratch.view(np.int64)[0], 8))


@compiled
def _put_ids(out: Any, at: int, numbers: Any, before: int) -> int:
    """Distances from document to document, the first from ``before``."""
    count = len(numbers)
    if count < IDS_AS_ARRAY:
        out[at] = MARK
        at += 1
        for number in numbers:
            at = put_int(out, at, number - before)
            before = number
        out[at] = TUPLE
        return at + 1
    widest = np.int64(0)
    last = np.int64(before)
    for number in numbers:
        widest = max(widest, np.int64(number) - last)
        last = np.int64(number)
    at = put(out, at, ARRAY_HEAD)
    size = 1 if widest < 0x100 else (2 if widest < 0x10000 else 4)
    out[at] = _BYTE if size == 1 else (_SHORT if size == 2 else _INT)
    out[at + 1] = INT1
    out[at + 2] = np.uint8(0 if size == 1 else (2 if size == 2 else 6))
    out[at + 3] = LONG_BYTES
    at = put_little(out, at + 4, count * size, 4)
    last = np.int64(before)
    if size == 1:
        for number in numbers:
            out[at] = np.uint8(np.int64(number) - last)
            last = np.int64(number)
            at += 1
    else:
        for number in numbers:
            at = put_little(out, at, np.int64(number) - last, size)
            last = np.int64(number)
    out[at] = TUPLE
    out[at + 1] = REDUCE
    return at + 2


@compiled
def _put_weights(out: Any, at: int, weights: Any, scratch: Any) -> int:
    """None for all 1, one number if all are the same, or a number for each posting."""
    first = weights[0]
    same = True
    for weight in weights:
        if weight != first:
            same = False
            break
    if same:
        if first == 1.0:
            out[at] = NONE
            return at + 1
        return int(put_float(out, at, first, scratch))
    if len(weights) < WEIGHTS_AS_ARRAY:
        out[at] = MARK
        at += 1
        for weight in weights:
            at = put_float(out, at, weight, scratch)
        out[at] = TUPLE
        return at + 1
    at = put(out, at, FLOATS_HEAD)
    at = put_little(out, at, 4 * len(weights), 4)
    at = put(out, at, weights.view(np.uint8))
    out[at] = TUPLE
    out[at + 1] = REDUCE
    return at + 2


@compiled
def _put_value(out: Any, at: int, positions: Any) -> int:
    """The positions of a posting as a bytes object: see
    :class:`indexer.index.formats.CompactPositions`."""
    start = at + 2
    to = start
    base = np.int64(0)
    for position in positions:
        distance = np.int64(position) - base
        base = np.int64(position)
        while distance > 0x7F:
            out[to] = np.uint8(distance & 0x7F | 0x80)
            distance >>= 7
            to += 1
        out[to] = np.uint8(distance)
        to += 1
    size = to - start
    if size < 0x100:
        out[at] = SHORT_BYTES
        out[at + 1] = np.uint8(size)
        return to
    for one in range(to - 1, start - 1, -1):
        out[one + 3] = out[one]
    out[at] = LONG_BYTES
    put_little(out, at + 1, size, 4)
    return to + 3


@compiled
def _put_values(out: Any, at: int, ends: Any, positions: Any, before: int) -> int:
    """The values of the postings of a block.

    Args:
        out: where they are written.
        at: the place.
        ends: where the positions of each posting end.
        positions: of the term.
        before: where those of the first begin.
    """
    out[at] = MARK
    at += 1
    for end in ends:
        at = _put_value(out, at, positions[before : np.int64(end)])
        before = np.int64(end)
    out[at] = TUPLE
    return at + 1


@compiled
def _extremes(numbers: Any, weights: Any, row: int, length_bytes: Any) -> tuple[Any, Any, Any]:
    """Of some postings the greatest weight, and the least and the greatest length."""
    heaviest = np.float32(0)
    low, high = np.uint8(255 if row >= 0 else 0), np.uint8(0)
    for one in range(len(numbers)):
        heaviest = max(heaviest, weights[one])
        if row >= 0:
            length = length_bytes[row, numbers[one]]
            low, high = min(low, length), max(high, length)
    return heaviest, low, high


@compiled
def _sum(weights: Any) -> Any:
    total = 0.0
    for weight in weights:
        total += weight
    return np.float32(total)


@compiled
def _put_head(out: Any, at: int, count: int, last: int, facts: Any, scratch: Any) -> int:
    """What a block tells of itself; then the pickle of its postings begins."""
    heaviest, low, high = facts
    at = put(out, at, DATA_HEAD)
    at = put_int(out, at, count)
    at = put_int(out, at, last)
    at = put_float(out, at, heaviest, scratch)
    at = put_int(out, at, 0)  # not compressed
    at = put_int(out, at, low)
    at = put_int(out, at, high)
    out[at], out[at + 1] = TUPLE, STOP
    return int(put(out, at + 2, DATA_HEAD))


@compiled
def _put_positions(out: Any, at: int, ends: Any, positions: Any, before: int) -> int:
    """The positions of a block's postings, none for a field without; its pickle ends."""
    if len(ends):
        at = _put_values(out, at, ends, positions, before)
    else:
        out[at] = NONE
        at += 1
    out[at], out[at + 1] = TUPLE, STOP
    return at + 2


@compiled
def encode_lists(
    first: int,
    last: int,
    arrays: Any,
    has_positions: Any,
    length_rows: Any,
    length_bytes: Any,
    sizes: Any,
    weigh: Any,
    lengths: Any,
    out: Any,
) -> int:
    """Write the posting lists of the terms from ``first`` to before ``last``.

    Args:
        first: a term.
        last: the term behind the last.
        arrays: field of each term, ends of postings, starts of positions, documents, weights,
            ends of positions, positions.
        has_positions: by field.
        length_rows: by field, its row of ``length_bytes``, or -1.
        length_bytes: rounded lengths by row and document.
        sizes: (terms) bytes of each list are written here.
        weigh: (terms, 2) sum and maximum of its weights.
        lengths: (terms, 2) minimum and maximum of the lengths of its documents, rounded.
        out: large enough, see :func:`indexer.index.postings.w3.bound`.

    Returns:
        The bytes that were written.
    """
    fields, posting_ends, position_starts, numbers, weights, position_ends, positions = arrays
    scratch = np.empty(1, np.float64)
    at = 0
    for term in range(first, last):
        begin = at
        at = put(out, at, MAGIC)
        field = fields[term]
        row = length_rows[field]
        start = posting_ends[term - 1] if term else 0
        stop = posting_ends[term]
        own = positions[position_starts[term] : position_starts[term + 1]]
        for block in range(start, stop, BLOCK):
            end = min(block + BLOCK, stop)
            where = np.int64(position_ends[block - 1]) if block > start else np.int64(0)
            head = at
            facts = _extremes(numbers[block:end], weights[block:end], row, length_bytes)
            at = _put_head(out, at + 4, end - block, numbers[end - 1], facts, scratch)
            at = _put_ids(out, at, numbers[block:end], 0)  # each block counts from 0
            at = _put_weights(out, at, weights[block:end], scratch)
            ends = position_ends[block:end] if has_positions[field] else position_ends[:0]
            at = _put_positions(out, at, ends, own, where)
            size = at - head - 4
            put_big(out, head, -size if end == stop else size, 4)
        facts = _extremes(numbers[start:stop], weights[start:stop], row, length_bytes)
        sizes[term] = at - begin
        weigh[term, 0], weigh[term, 1] = _sum(weights[start:stop]), facts[0]
        lengths[term, 0], lengths[term, 1] = facts[1], facts[2]
    return at
