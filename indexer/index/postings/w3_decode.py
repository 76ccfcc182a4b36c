"""Posting lists and the table of terms back from the W3 format, compiled.

Understood is what :mod:`indexer.index.postings.w3_blocks` writes. Of anything else, and of
damaged bytes, it says so; it never reads or writes outside its arrays.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.compiled import compiled
from indexer.index.postings.w3_blocks import (
    ARRAY_HEAD,
    BLOCK,
    DATA_HEAD,
    FLOAT,
    FLOATS_HEAD,
    IDS_AS_ARRAY,
    INT1,
    INT2,
    INT4,
    LONG_BYTES,
    MAGIC,
    MARK,
    NONE,
    REDUCE,
    SHORT_BYTES,
    STOP,
    TUPLE,
    WEIGHTS_AS_ARRAY,
)
from indexer.index.postings.w3_terms import VALUE

STRANGE: Final = -1
"""In place of a place: these bytes are not what is written."""


@compiled
def _big(data: Any, at: int, size: int) -> int:
    value = np.int64(0)
    for one in range(size):
        value = (value << 8) | np.int64(data[at + one])
    return int(value)


@compiled
def _little(data: Any, at: int, size: int) -> int:
    value = np.int64(0)
    for one in range(size):
        value |= np.int64(data[at + one]) << (8 * one)
    return int(value)


@compiled
def _after(data: Any, at: int, end: int, expected: Any) -> int:
    """The place behind the expected bytes."""
    if at < 0 or at + len(expected) > end:
        return STRANGE
    for one in range(len(expected)):
        if data[at + one] != expected[one]:
            return STRANGE
    return int(at + len(expected))


@compiled
def _after_two(data: Any, at: int, end: int, first: int, second: int) -> int:
    if at < 0 or at + 2 > end or data[at] != first or data[at + 1] != second:
        return STRANGE
    return int(at + 2)


@compiled
def _int(data: Any, at: int, end: int) -> Any:
    """A pickled whole number, and the place behind it."""
    if at >= 0 and at + 5 <= end:
        if data[at] == INT1:
            return np.int64(data[at + 1]), at + 2
        if data[at] == INT2:
            return _little(data, at + 1, 2), at + 3
        if data[at] == INT4 and data[at + 4] < 0x80:
            return _little(data, at + 1, 4), at + 5
    return np.int64(0), np.int64(STRANGE)


@compiled
def _float(data: Any, at: int, end: int, scratch: Any) -> Any:
    """A pickled float, and the place behind it; ``scratch`` is one int64."""
    if at < 0 or at + 9 > end or data[at] != FLOAT:
        return np.float64(0), np.int64(STRANGE)
    scratch[0] = _big(data, at + 1, 8)
    return scratch.view(np.float64)[0], at + 9


@compiled
def _array_data(data: Any, at: int, end: int, expected: int) -> int:
    """Where the bytes of a bytes object of an expected length begin, if it ends in time."""
    if at < 0 or at + 5 > end or data[at] != LONG_BYTES or _little(data, at + 1, 4) != expected:
        return STRANGE
    return int(at + 5) if at + 5 + expected <= end else STRANGE


@compiled
def _get_ids(data: Any, at: int, end: int, numbers: Any, before: int, documents: int) -> int:
    """Read the documents of a block; they ascend from behind ``before`` and stay below
    ``documents``."""
    count = len(numbers)
    number = np.int64(0)
    size = 0
    if count < IDS_AS_ARRAY:
        if at < 0 or at >= end or data[at] != MARK:
            return STRANGE
        at += 1
    else:
        at = _after(data, at, end, ARRAY_HEAD)
        if at < 0 or at + 3 > end:
            return STRANGE
        code = data[at + 2]
        size = 1 if code == 0 else (2 if code == 2 else 4)
        at = _array_data(data, at + 3, end, count * size)
        if at < 0 or code not in (0, 2, 6):
            return STRANGE
    for one in range(count):
        if size:
            distance = _little(data, at, size)
            at += size
        else:
            distance, at = _int(data, at, end)
            if at < 0:
                return STRANGE
        number += distance
        if number <= before or number >= documents:
            return STRANGE
        numbers[one] = number
        before = number
    if size:
        return int(_after_two(data, at, end, TUPLE, REDUCE))
    return int(at + 1) if at < end and data[at] == TUPLE else STRANGE


@compiled
def _get_weights(data: Any, at: int, end: int, weights: Any, scratch: Any) -> int:
    """Read the weights of a block."""
    count = len(weights)
    if at < 0 or at >= end:
        return STRANGE
    if data[at] == NONE:
        weights[:] = 1.0
        return int(at + 1)
    if data[at] == FLOAT:
        value, at = _float(data, at, end, scratch)
        weights[:] = value
        return int(at)
    if data[at] == MARK and count < WEIGHTS_AS_ARRAY:
        at += 1
        for one in range(count):
            value, at = _float(data, at, end, scratch)
            if at < 0:
                return STRANGE
            weights[one] = value
        return int(at + 1) if at < end and data[at] == TUPLE else STRANGE
    at = _array_data(data, _after(data, at, end, FLOATS_HEAD) - 1, end, 4 * count)
    if at < 0:
        return STRANGE
    raw = weights.view(np.uint8)
    for one in range(4 * count):
        raw[one] = data[at + one]
    return int(_after_two(data, at + 4 * count, end, TUPLE, REDUCE))


@compiled
def _value(data: Any, at: int, end: int) -> Any:
    """Where a bytes object begins and ends; both are STRANGE if it is none."""
    start = size = np.int64(STRANGE)
    if at >= 0 and at + 5 <= end:
        if data[at] == SHORT_BYTES:
            start, size = np.int64(at + 2), np.int64(data[at + 1])
        elif data[at] == LONG_BYTES:
            start, size = np.int64(at + 5), np.int64(_little(data, at + 1, 4))
    if start < 0 or start + size > end:
        return np.int64(STRANGE), np.int64(STRANGE)
    return start, start + size


@compiled
def _count_positions(data: Any, at: int, end: int, ends: Any, before: int) -> int:
    """Find where the positions of each posting of a block end; those of the term before it
    are ``before``."""
    if at < 0 or at >= end or data[at] != MARK:
        return STRANGE
    at += 1
    for one in range(len(ends)):
        start, at = _value(data, at, end)
        if at < 0 or (at > start and data[at - 1] >= 0x80):
            return STRANGE
        for byte in range(start, at):
            before += data[byte] < 0x80
        ends[one] = before
    return int(at + 1) if at < end and data[at] == TUPLE else STRANGE


@compiled
def _get_head(data: Any, at: int, end: int, count: int, is_last: bool) -> Any:
    """Read what comes before the documents of a block: its length, what it holds.

    Returns:
        Where the documents begin, and the end of the block.
    """
    strange = np.int64(STRANGE), np.int64(STRANGE)
    if at < 0 or at + 4 > end:
        return strange
    length = _big(data, at, 4)
    if length >= 1 << 31:
        length -= 1 << 32
    if (length < 0) != is_last:
        return strange
    block_end = at + 4 + abs(length)
    if block_end > end:
        return strange
    found, at = _int(data, _after(data, at + 4, block_end, DATA_HEAD), block_end)
    _last, at = _int(data, at, block_end)
    if at < 0 or found != count or at + 9 > block_end:
        return strange
    compression, at = _int(data, at + 9, block_end)
    _low, at = _int(data, at, block_end)
    _high, at = _int(data, at, block_end)
    at = _after_two(data, at, block_end, TUPLE, STOP)
    if compression:
        return strange
    return np.int64(_after(data, at, block_end, DATA_HEAD)), np.int64(block_end)


@compiled
def read_lists(
    first: int,
    last: int,
    data: Any,
    table: Any,
    kept: Any,
    block_ends: Any,
    documents: int,
    arrays: Any,
) -> bool:
    """Read the posting lists of the terms from ``first`` to before ``last``.

    Args:
        first: a term.
        last: the term behind the last.
        data: the file of postings.
        table: see :func:`read_terms`.
        kept: by field, whether it has (compact) positions.
        block_ends: (terms) the block behind the last of each.
        documents: of the segment.
        arrays: ends of postings (terms); documents, weights and ends of positions (postings);
            and where the values of each block begin. All but the first are written.

    Returns:
        Whether they were understood.
    """
    posting_ends, numbers, weights, ends, values = arrays
    scratch = np.empty(1, np.int64)
    for term in range(first, last):
        begin = posting_ends[term - 1] if term else 0
        stop = posting_ends[term]
        block = block_ends[term - 1] if term else 0
        end = table[term, 5]
        at = _after(data, table[term, 4], end, MAGIC)
        before, positions = np.int64(-1), np.int64(0)
        for start in range(begin, stop, BLOCK):
            until = min(start + BLOCK, stop)
            at, block_end = _get_head(data, at, end, until - start, until == stop)
            at = _get_ids(data, at, block_end, numbers[start:until], before, documents)
            at = _get_weights(data, at, block_end, weights[start:until], scratch)
            values[block] = at
            if kept[table[term, 0]]:
                at = _count_positions(data, at, block_end, ends[start:until], positions)
                positions = np.int64(ends[until - 1])
            else:
                ends[start:until] = 0
                at = at + 1 if 0 <= at < block_end and data[at] == NONE else STRANGE
            if _after_two(data, at, block_end, TUPLE, STOP) != block_end:
                return False
            at = block_end
            before = np.int64(numbers[until - 1])
            block += 1
        if at != end:
            return False
    return True


@compiled
def read_positions(
    first: int, last: int, data: Any, posting_ends: Any, block_ends: Any, values: Any, to: Any
) -> None:
    """Read the positions of terms that :func:`read_lists` has understood.

    Args:
        first: a term.
        last: the term behind the last.
        data: the file of postings.
        posting_ends: (terms)
        block_ends: (terms) the block behind the last of each.
        values: where the values of each block begin.
        to: starts of positions (terms + 1), and the positions, which are written.
    """
    starts, positions = to
    for term in range(first, last):
        place = starts[term]
        if starts[term + 1] == place:
            continue
        block = block_ends[term - 1] if term else 0
        at = np.int64(0)
        begin = posting_ends[term - 1] if term else 0
        for one in range(posting_ends[term] - begin):
            if one % BLOCK == 0:
                at = values[block] + 1
                block += 1
            start, at = _value(data, at, len(data))
            position = np.int64(0)
            distance, shift = np.int64(0), np.int64(0)
            for byte in range(start, at):
                distance |= np.int64(data[byte] & 0x7F) << shift
                shift += 7
                if data[byte] < 0x80:
                    position += distance
                    positions[place] = np.uint32(position)
                    place += 1
                    distance, shift = np.int64(0), np.int64(0)


@compiled
def read_terms(data: Any, at: int, end: int, table: Any) -> bool:
    """Read the records of the table of terms.

    Args:
        data: the table.
        at: the first record.
        end: behind the last.
        table: (terms, 6) field, begin and end of its text, documents, begin and end of its
            posting list are written there.

    Returns:
        Whether they were understood.
    """
    for term in range(len(table)):
        if at + 8 > end or _big(data, at + 4, 4) != VALUE:
            return False
        key = _big(data, at, 4)
        at += 8
        if key < 2 or at + key + VALUE > end:
            return False
        table[term, 0] = _big(data, at, 2)
        table[term, 1] = at + 2
        at += key
        table[term, 2] = at
        if data[at]:
            return False
        table[term, 3] = _big(data, at + 5, 4)
        table[term, 4] = _big(data, at + 23, 8)
        table[term, 5] = table[term, 4] + _big(data, at + 31, 4)
        at += VALUE
    return bool(at == end)
