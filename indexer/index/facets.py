"""Fields of few values: what filters a search and is counted with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.index import collapse
from indexer.index.collapse import counts_by_value
from indexer.index.engine import FACETS, FacetCount
from indexer.index.kernel.select import count_found as count_documents
from indexer.index.kernel.workspace import Workspace

Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]


class Facet:
    """A field of few values: for each document the ordinal of its value, -1 for none."""

    def __init__(self, values: list[str], ordinals: Ids) -> None:
        self.values = values
        self.ordinals = ordinals

    def mask(self, value: str) -> Mask:
        """The documents that have the value."""
        if value not in self.values:
            return np.zeros(len(self.ordinals), np.bool_)
        having: Mask = self.ordinals == self.values.index(value)
        return having

    def by_value(self, of: Mapping[str, float], otherwise: float) -> npt.NDArray[np.float32]:
        """A number for each document by its value."""
        table = [of.get(value, otherwise) for value in self.values]
        numbers: npt.NDArray[np.float32] = np.array([*table, otherwise], np.float32)
        return numbers[self.ordinals]  # -1 is the last


def years(days: Ids) -> Facet:
    """The years of days (``date.toordinal``; 0: unknown), the latest first."""
    distinct_days, places = np.unique(days, return_inverse=True)
    of_day = [date.fromordinal(int(day)).year if day else 0 for day in distinct_days]
    distinct = sorted({year for year in of_day if year}, reverse=True)
    ordinal_of = {year: ordinal for ordinal, year in enumerate(distinct)}
    by_day = np.array([ordinal_of.get(year, -1) for year in of_day], np.int32)
    ordinals = by_day[places] if len(days) else np.empty(0, np.int32)
    return Facet([str(year) for year in distinct], ordinals.astype(np.int32))


class Found(NamedTuple):
    """What answers a search: documents that pass every filter, how many results they are, how
    many there would be without any filter, and counts by facet."""

    numbers: Ids
    total: int
    unfiltered: int
    facets: dict[str, tuple[FacetCount, ...]]
    without_filter: dict[str, int]


def count_found(
    facets: Mapping[str, Facet],
    ordinals: Ids,
    chosen: Mask,
    filters: Mapping[str, Mask],
    clusters: Ids,
    space: Workspace,
) -> Found:
    """Count what is chosen. A field's own filter does not apply to its counts, so that the
    other tabs tell how many they hold.

    Args:
        facets: by name, in the order of :data:`FACETS`.
        ordinals: (documents, facets) the facets' ordinals side by side.
        chosen: documents that answer, filters aside.
        filters: by the facet they belong to, or any other name.
        clusters: of each document, 0 for none.
        space: for the time of the call.
    """
    names = tuple(FACETS)
    failed = _failed(names, filters, len(chosen))
    counts = np.zeros((len(names), 1 + max(len(facets[name].values) for name in names)), np.int64)
    without = np.zeros(len(names), np.int64)
    shown, grouped, alone = count_documents(
        chosen, failed, ordinals, clusters, counts, without, space.numbers, space.others
    )
    numbers, clustered = space.numbers[:shown], space.others[:grouped]
    total, unfiltered = shown, alone
    if grouped:
        unfiltered += collapse.count(clusters[clustered])
        inside = clustered[failed[clustered] == 0]
        total += collapse.count(clusters[inside]) - len(inside)
        for at, name in enumerate(names):
            near = clustered[failed[clustered] & ~np.uint8(1 << at) == 0]
            values = len(facets[name].values)
            without[at] += collapse.count(clusters[near])
            counts[at, :values] += counts_by_value(ordinals[near, at], clusters[near], values)
    by_name = {
        name: _sorted(name, facets[name].values, counts[at].tolist())
        for at, name in enumerate(names)
    }
    totals = dict(zip(names, without.tolist(), strict=True))
    return Found(numbers, total, unfiltered, by_name, totals)


def _failed(names: tuple[str, ...], filters: Mapping[str, Mask], size: int) -> Bits:
    """A bit for each filter that a document does not pass, those of facets by their places."""
    failed = np.zeros(size, np.uint8)
    others = iter(range(len(names), 8))
    for name, mask in filters.items():
        bit = names.index(name) if name in names else next(others)
        failed |= (~mask).astype(np.uint8) << np.uint8(bit)
    return failed


def _sorted(name: str, values: list[str], counts: list[int]) -> tuple[FacetCount, ...]:
    pairs = zip(values, counts, strict=False)  # of the facets, one has most values
    found = [FacetCount(value, count) for value, count in pairs if count]
    if name != "year":  # years stay in order of time
        found.sort(key=lambda one: (-one.count, one.value))
    return tuple(found)
