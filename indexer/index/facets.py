"""Fields of few values: what filters a search and is counted with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from indexer.index import collapse
from indexer.index.collapse import counts_by_value
from indexer.index.engine import FACETS, FacetCount

Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


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

    def counts(self, chosen: Ids, clusters: Ids) -> dict[str, int]:
        """How many results among the chosen documents, given with their clusters, have each
        value; values of none are left out."""
        counts = counts_by_value(self.ordinals[chosen], clusters, len(self.values))
        return {
            value: int(count) for value, count in zip(self.values, counts, strict=True) if count
        }


def years(days: Ids) -> Facet:
    """The years of days (``date.toordinal``; 0: unknown), the latest first."""
    distinct_days, places = np.unique(days, return_inverse=True)
    of_day = [date.fromordinal(int(day)).year if day else 0 for day in distinct_days]
    distinct = sorted({year for year in of_day if year}, reverse=True)
    ordinal_of = {year: ordinal for ordinal, year in enumerate(distinct)}
    by_day = np.array([ordinal_of.get(year, -1) for year in of_day], np.int32)
    ordinals = by_day[places] if len(days) else np.empty(0, np.int32)
    return Facet([str(year) for year in distinct], ordinals.astype(np.int32))


def all_of(chosen: Mask, filters: Mapping[str, Mask], but: str = "") -> Mask:
    """What is chosen and passes every filter but one."""
    result = chosen
    for name, mask in filters.items():
        if name != but:
            result = result & mask
    return result


def count_facets(
    facets: Mapping[str, Facet], chosen: Mask, filters: Mapping[str, Mask], clusters: Ids
) -> tuple[dict[str, tuple[FacetCount, ...]], dict[str, int]]:
    """Counts by value, and of all. A field's own filter does not apply to its counts, so that
    the other tabs tell how many they hold."""
    counted: dict[str, tuple[FacetCount, ...]] = {}
    totals: dict[str, int] = {}
    everything: tuple[Ids, Ids] | None = None
    for name in FACETS:
        if name in filters or everything is None:
            numbers = np.flatnonzero(all_of(chosen, filters, but=name)).astype(np.int32)
            found = numbers, clusters[numbers]
            everything = everything if name in filters else found
        else:
            found = everything
        pairs = list(facets[name].counts(*found).items())
        if name != "year":  # years stay in order of time
            pairs.sort(key=lambda pair: (-pair[1], pair[0]))
        counted[name] = tuple(FacetCount(value, count) for value, count in pairs)
        totals[name] = collapse.count(found[1])
    return counted, totals
