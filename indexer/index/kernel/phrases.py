"""Where terms stand at fixed distances: phrases, term by term, the rarest first.

Candidates are documents with the places at which the phrase may begin in each: ``ends[i]`` is
the place behind the last of document ``i``, counted from the first of all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzers.compiled import compiled


@compiled
def seek(numbers: Any, wanted: Any, at: int) -> int:
    """The first place from ``at`` on whose number is not below what is wanted."""
    return int(seek_to(numbers, wanted, at, len(numbers)))


@compiled
def seek_to(numbers: Any, wanted: Any, at: int, end: int) -> int:
    """The first place from ``at`` to before ``end`` whose number is not below what is wanted,
    or ``end``; by steps that double (Bentley & Yao 1976)."""
    if at >= end or numbers[at] >= wanted:
        return at
    step = 1
    while at + step < end and numbers[at + step] < wanted:
        at += step
        step *= 2
    low, high = at + 1, min(at + step, end)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def beginnings(
    documents: Any, numbers: Any, ends: Any, positions: Any, offset: int
) -> tuple[Any, Any]:
    """Where a phrase may begin in documents that have a term of it, which stands ``offset``
    places behind its beginning."""
    size, at = 0, 0
    for document in documents:
        at = seek(numbers, document, at)
        size += np.int64(ends[at]) - (np.int64(ends[at - 1]) if at else 0)
    places = np.empty(size, np.int64)
    closed = np.empty(len(documents), np.int64)
    filled, at = 0, 0
    for candidate in range(len(documents)):
        at = seek(numbers, documents[candidate], at)
        for place in range(np.int64(ends[at - 1]) if at else 0, np.int64(ends[at])):
            places[filled] = np.int64(positions[place]) - offset
            filled += 1
        closed[candidate] = filled
    return closed, places


@compiled
def narrow(
    documents: Any,
    closed: Any,
    places: Any,
    numbers: Any,
    ends: Any,
    positions: Any,
    offset: int,
) -> tuple[Any, Any, Any]:
    """The candidates that have the next term too, where it must stand."""
    left = np.empty(len(documents), np.int32)
    left_closed = np.empty(len(documents), np.int64)
    left_places = np.empty(len(places), np.int64)
    kept, filled, at, begin = 0, 0, 0, 0
    for candidate in range(len(documents)):
        document = documents[candidate]
        end = closed[candidate]
        at = seek(numbers, document, at)
        if at < len(numbers) and numbers[at] == document:
            here = np.int64(ends[at - 1]) if at else 0
            before = filled
            for place in range(begin, end):
                wanted = places[place] + offset
                while here < ends[at] and positions[here] < wanted:
                    here += 1
                if here == ends[at]:
                    break
                if positions[here] == wanted:
                    left_places[filled] = places[place]
                    filled += 1
            if filled > before:
                left[kept] = document
                left_closed[kept] = filled
                kept += 1
        begin = end
    return left[:kept], left_closed[:kept], left_places[:filled]


@compiled
def common(few: Any, many: Any) -> Any:
    """What stands in both of two ascending lists, the shorter one first."""
    found = np.empty(len(few), np.int32)
    kept, at = 0, 0
    for number in few:
        at = seek(many, number, at)
        if at == len(many):
            break
        if many[at] == number:
            found[kept] = number
            kept += 1
    return found[:kept]


def find_phrase(candidates: Any, terms: list[tuple[int, Any, Any, Any]]) -> Any:
    """The documents in which terms stand at their distances.

    Args:
        candidates: ascending documents that have all terms.
        terms: of each its offset in the phrase, its documents, where the positions of each
            end, and all its positions.
    """
    (offset, *first), *others = sorted(terms, key=lambda term: len(term[1]))
    closed, places = beginnings(candidates, *first, offset)
    for offset, numbers, ends, positions in others:
        candidates, closed, places = narrow(
            candidates, closed, places, numbers, ends, positions, offset
        )
    return candidates
