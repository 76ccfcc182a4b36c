"""Counting what was found, and choosing the best of it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.compiled import compiled

RELEVANCE: Final = 0
NEWEST: Final = 1
OLDEST: Final = 2


@compiled
def count_found(
    chosen: Any,
    failed: Any,
    ordinals: Any,
    clusters: Any,
    counts: Any,
    without: Any,
    numbers: Any,
    clustered: Any,
) -> tuple[int, int, int]:
    """Count documents by facet, those outside of clusters at once; list all that are shown.

    Args:
        chosen: (N) whether a document answers, filters aside.
        failed: (N) a bit for each filter it does not pass; the filter of facet f has bit f,
            others have higher ones.
        ordinals: (N, F) its value of each facet, -1 for none.
        clusters: (N) its cluster, 0 for none.
        counts: (F, values + 1) is added to; the last is for no value.
        without: (F) is added to: answers that pass all filters but that of the facet.
        numbers: (N) is filled with the documents that pass all filters.
        clustered: (N) is filled with the chosen documents of clusters, whatever they pass.

    Returns:
        the length of ``numbers``, that of ``clustered``, and how many chosen documents are
        in no cluster.
    """
    facets = ordinals.shape[1]
    shown = 0
    grouped = 0
    alone = 0
    for number in range(len(chosen)):
        if not chosen[number]:
            continue
        bits = failed[number]
        if bits == 0:
            numbers[shown] = number
            shown += 1
        if clusters[number]:
            clustered[grouped] = number
            grouped += 1
            continue
        alone += 1
        for facet in range(facets):
            if bits & ~(1 << facet) == 0:
                counts[facet, ordinals[number, facet]] += 1
                without[facet] += 1
    return shown, grouped, alone


@compiled
def _is_better(one: Any, other: Any, order: int, scores: Any, days: Any, places: Any) -> bool:
    """Whether a document stands before another in the order asked for."""
    if order != RELEVANCE:
        first, second = days[one], days[other]
        if first != second:
            if order == NEWEST:
                return bool(first > second)
            if first == 0 or second == 0:  # no date is the oldest way to be last
                return bool(second == 0)
            return bool(first < second)
    if scores[one] != scores[other]:
        return bool(scores[one] > scores[other])
    if order == RELEVANCE and days[one] != days[other]:
        return bool(days[one] > days[other])
    # Places mean something within one cluster only. But to compare them there alone would be
    # no order: of one day, two copies could stand on both sides of a third document.
    if places[one] != places[other]:
        return bool(places[one] < places[other])
    return bool(one < other)


@compiled
def best_of_found(
    numbers: Any, count: int, most: int, order: int, scores: Any, days: Any, places: Any
) -> Any:
    """The best of the first ``count`` of ``numbers``, at most so many, the best first."""
    size = min(most, count)
    heap = np.empty(size, np.int32)  # the worst of the best on top
    if size == 0:
        return heap
    for at in range(size):
        heap[at] = numbers[at]
    for root in range(size // 2 - 1, -1, -1):
        _sink(heap, root, size, order, scores, days, places)
    for at in range(size, count):
        number = numbers[at]
        if _is_better(number, heap[0], order, scores, days, places):
            heap[0] = number
            _sink(heap, 0, size, order, scores, days, places)
    for end in range(size - 1, 0, -1):
        heap[0], heap[end] = heap[end], heap[0]
        _sink(heap, 0, end, order, scores, days, places)
    return heap


@compiled
def _sink(heap: Any, root: int, size: int, order: int, scores: Any, days: Any, places: Any) -> None:
    """Let a document sink to where nothing below it is worse."""
    number = heap[root]
    while True:
        child = 2 * root + 1
        if child >= size:
            break
        if child + 1 < size and _is_better(
            heap[child], heap[child + 1], order, scores, days, places
        ):
            child += 1
        if not _is_better(number, heap[child], order, scores, days, places):
            break
        heap[root] = heap[child]
        root = child
    heap[root] = number
