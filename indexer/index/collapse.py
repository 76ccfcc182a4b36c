"""Near-duplicates as one result: pure functions over arrays, for they run with every search.

``clusters`` holds for each document the number of its cluster, 0 for none; numbers are dense
from 1. A result is a document without a cluster, or a cluster.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]


def dense(clusters: npt.NDArray[Any]) -> Ids:
    """Any numbers of clusters, 0 for none, as dense ones."""
    numbers = np.unique(clusters)
    places = np.searchsorted(numbers[numbers != 0], clusters).astype(np.int32)
    numbered: Ids = places + (clusters != 0).astype(np.int32)
    return numbered


def first_of_each(clusters: Ids) -> tuple[Places, Places]:
    """For documents in the order of the results: the places of the first of each result,
    ascending, and how many documents each result stands for."""
    sizes = (clusters == 0).astype(np.int64)
    grouped = np.flatnonzero(clusters)
    if len(grouped):
        _, first, counts = np.unique(clusters[grouped], return_index=True, return_counts=True)
        sizes[grouped[first]] = counts
    places = np.flatnonzero(sizes)
    return places, sizes[places]


def firsts(clusters: Ids) -> Places:
    """As :func:`first_of_each`, the places only."""
    if not clusters.any():
        return np.arange(len(clusters))
    return first_of_each(clusters)[0]


def count(clusters: Ids) -> int:
    """How many results these documents are."""
    grouped = clusters[clusters != 0]
    return len(clusters) - len(grouped) + len(np.unique(grouped))


def counts_by_value(ordinals: Ids, clusters: Ids, values: int) -> Places:
    """How many results have each of so many values; a document's is given by its ordinal, -1
    for none. Documents of one cluster may have different values: it counts for each."""
    having = ordinals >= 0
    ordinals, clusters = ordinals[having], clusters[having]
    is_alone = clusters == 0
    counts = np.bincount(ordinals[is_alone], minlength=values)
    grouped = ~is_alone
    if grouped.any():
        pairs = np.unique(clusters[grouped].astype(np.int64) * values + ordinals[grouped])
        counts = counts + np.bincount(pairs % values, minlength=values)
    return counts
