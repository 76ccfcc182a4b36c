"""The compiled part of merging: ordering the terms of many parts, copying their postings."""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzers.compiled import compiled


@compiled
def count_kept(
    numbers: Any, position_ends: Any, posting_ends: Any, numbering: Any, kept: Any
) -> None:
    """Count postings and positions of each term that are not left out.

    Args:
        numbers: documents of the postings.
        position_ends: see :class:`Inverted`.
        posting_ends: see :class:`Inverted`.
        numbering: new number of each document, -1: left out.
        kept: (terms, 2) what is counted.
    """
    start = np.int64(0)
    for term in range(len(posting_ends)):
        before = np.int64(0)
        postings = np.int64(0)
        positions = np.int64(0)
        for at in range(start, posting_ends[term]):
            end = np.int64(position_ends[at])
            if numbering[numbers[at]] >= 0:
                postings += 1
                positions += end - before
            before = end
        kept[term, 0] = postings
        kept[term, 1] = positions
        start = posting_ends[term]


@compiled
def _prefix(text: Any, start: int, end: int) -> Any:
    """The first eight bytes of a term as a number that sorts as they do."""
    value = np.uint64(0)
    for at in range(8):
        byte = np.uint64(text[start + at]) if start + at < end else np.uint64(0)
        value = (value << np.uint64(8)) | byte
    return value


@compiled
def _compare(text: Any, starts: Any, text_ends: Any, one: int, other: int) -> int:
    """Negative, zero or positive: how the texts of two terms sort."""
    left, right = starts[one], starts[other]
    shorter = min(text_ends[one] - left, text_ends[other] - right)
    for at in range(shorter):
        difference = np.int64(text[left + at]) - np.int64(text[right + at])
        if difference:
            return int(difference)
    return int((text_ends[one] - left) - (text_ends[other] - right))


@compiled
def _is_before(
    one: int, other: int, fields: Any, prefixes: Any, text: Any, starts: Any, text_ends: Any
) -> bool:
    """Whether a term comes before another; terms of earlier parts have smaller numbers."""
    if fields[one] != fields[other]:
        return bool(fields[one] < fields[other])
    if prefixes[one] != prefixes[other]:
        return bool(prefixes[one] < prefixes[other])
    difference = _compare(text, starts, text_ends, one, other)
    return difference < 0 or (difference == 0 and one < other)


@compiled
def _sift(
    heap: Any, size: int, at: int, fields: Any, prefixes: Any, text: Any, starts: Any, ends: Any
) -> None:
    """Let a term sink to its place in a binary heap."""
    term = heap[at]
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _is_before(
            heap[child + 1], heap[child], fields, prefixes, text, starts, ends
        ):
            child += 1
        if not _is_before(heap[child], term, fields, prefixes, text, starts, ends):
            break
        heap[at] = heap[child]
        at = child
    heap[at] = term


@compiled
def order_terms(fields: Any, text: Any, text_ends: Any, first_of: Any, kept: Any) -> Any:
    """The terms of many sorted parts that keep postings, in one order.

    Args:
        fields: number of each term's field.
        text: bytes of all terms.
        text_ends: (terms)
        first_of: (parts + 1) first term of each part.
        kept: (terms, 2) postings and positions that each keeps.

    Returns:
        The terms by field, text and part; and whether each is another than the one before.
    """
    terms, parts = len(fields), len(first_of) - 1
    starts = np.zeros(terms, np.int64)
    prefixes = np.empty(terms, np.uint64)
    part_ends = np.zeros(terms, np.int64)
    for term in range(terms):
        if term:
            starts[term] = text_ends[term - 1]
        prefixes[term] = _prefix(text, starts[term], text_ends[term])
    for part in range(parts):
        part_ends[first_of[part] : first_of[part + 1]] = first_of[part + 1]
    heap = np.empty(parts + 1, np.int64)
    size = 0
    for part in range(parts):
        term = first_of[part]
        while term < first_of[part + 1] and not kept[term, 0]:
            term += 1
        if term < first_of[part + 1]:
            heap[size] = term
            size += 1
    for at in range(size // 2 - 1, -1, -1):
        _sift(heap, size, at, fields, prefixes, text, starts, text_ends)
    order = np.empty(terms, np.int64)
    is_first = np.empty(terms, np.bool_)
    count = 0
    while size:
        term = heap[0]
        order[count] = term
        before = order[count - 1] if count else term
        is_first[count] = (
            count == 0
            or fields[term] != fields[before]
            or prefixes[term] != prefixes[before]
            or _compare(text, starts, text_ends, term, before) != 0
        )
        count += 1
        end = part_ends[term]
        term += 1
        while term < end and not kept[term, 0]:
            term += 1
        if term < end:
            heap[0] = term
        else:
            size -= 1
            heap[0] = heap[size]
        if size:
            _sift(heap, size, 0, fields, prefixes, text, starts, text_ends)
    return order[:count].copy(), is_first[:count].copy()


@compiled
def copy_text(text: Any, text_ends: Any, chosen: Any) -> Any:
    """The bytes of chosen terms, one after the other."""
    size = np.int64(0)
    for term in chosen:
        size += text_ends[term] - (text_ends[term - 1] if term else 0)
    copied = np.empty(size, np.uint8)
    to = np.int64(0)
    for term in chosen:
        for at in range(text_ends[term - 1] if term else 0, text_ends[term]):
            copied[to] = text[at]
            to += 1
    return copied


@compiled
def part_cursors(order: Any, part_of: Any, first_of: Any, bounds: Any) -> Any:
    """(slices, parts, 2) The terms of each part that belong to each slice of the order."""
    parts = len(first_of) - 1
    cursors = np.empty((len(bounds), parts, 2), np.int64)
    for at in range(len(bounds)):
        for part in range(parts):
            cursors[at, part, 0] = cursors[at - 1, part, 1] if at else first_of[part]
            cursors[at, part, 1] = cursors[at, part, 0]
        for place in range(bounds[at, 0], bounds[at, 1]):
            cursors[at, part_of[order[place]], 1] = order[place] + 1
    return cursors


@compiled
def copy_postings(
    order: Any,
    is_first: Any,
    part_of: Any,
    postings: Any,
    positions: Any,
    bases: Any,
    maps: Any,
    map_of: Any,
    drops: Any,
    source: Any,
    posting_starts: Any,
    position_starts: Any,
    target: Any,
) -> None:
    """Copy the postings of a slice of the order of terms.

    Args:
        order: terms, see :func:`order_terms`.
        is_first: see there.
        part_of: part of each term.
        postings: (terms, 2) range of its postings, as they are numbered in its part.
        positions: (terms, 2) likewise.
        bases: (parts, 2) what makes of a number in the part one in ``source``.
        maps: new number of each document of all parts, -1: left out.
        map_of: where those of each part begin.
        drops: whether a part leaves anything out.
        source: numbers, weights, ends of positions, positions of all terms of the slice.
        posting_starts: where the postings of each go.
        position_starts: where its positions go.
        target: as ``source``.
    """
    numbers, weights, ends, places = source
    to_numbers, to_weights, to_ends, to_places = target
    base = np.int64(0)
    for at in range(len(order)):
        term = order[at]
        part = part_of[term]
        to, to_place = posting_starts[at], position_starts[at]
        if is_first[at]:
            base = to_place
        start = postings[term, 0] + bases[part, 0]
        stop = postings[term, 1] + bases[part, 0]
        where = positions[term, 0] + bases[part, 1]
        numbering = map_of[part]
        if drops[part]:
            _copy_kept(source, start, stop, where, maps, numbering, target, to, to_place, base)
            continue
        shift = np.uint32(to_place - base)
        for one in range(stop - start):
            to_numbers[to + one] = maps[numbering + numbers[start + one]]
            to_weights[to + one] = weights[start + one]
            to_ends[to + one] = ends[start + one] + shift
        for one in range(positions[term, 1] - positions[term, 0]):
            to_places[to_place + one] = places[where + one]


@compiled
def _copy_kept(
    source: Any,
    start: int,
    stop: int,
    where: int,
    maps: Any,
    numbering: int,
    target: Any,
    to: int,
    to_place: int,
    base: int,
) -> None:
    """Copy the postings of a term from ``start`` to before ``stop`` that have a new number,
    with the positions that begin at ``where``; those of the merged term begin at ``base``."""
    numbers, weights, ends, places = source
    to_numbers, to_weights, to_ends, to_places = target
    before = np.int64(0)
    for one in range(start, stop):
        end = np.int64(ends[one])
        number = maps[numbering + numbers[one]]
        if number >= 0:
            for place in range(where + before, where + end):
                to_places[to_place] = places[place]
                to_place += 1
            to_numbers[to] = number
            to_weights[to] = weights[one]
            to_ends[to] = np.uint32(to_place - base)
            to += 1
        before = end
