"""What titles say of a query: how much of it, and how much of the title it is.

``said`` gathers the idf of what a title says, ``units`` the characters of it; both are nought
again when they are settled.
"""

from __future__ import annotations

from typing import Any

from analyzers.compiled import compiled


@compiled
def add_typed(ids: Any, idf: Any, length: Any, said: Any, units: Any) -> None:
    """Titles that have a word of so many characters."""
    for at in range(len(ids)):
        number = ids[at]
        said[number] += idf
        units[number] += length


@compiled
def set_way(ids: Any, weight: Any, length: Any, best: Any, lengths: Any) -> None:
    """Titles that say a concept in one of its ways."""
    for at in range(len(ids)):
        number = ids[at]
        best[number] = weight
        lengths[number] = length


@compiled
def settle_ways(idf: Any, best: Any, lengths: Any, said: Any, units: Any) -> None:
    """Add what titles say of a concept in their best ways, and clear these."""
    for number in range(len(best)):
        if best[number] > 0:
            said[number] += idf * best[number]
            units[number] += best[number] * lengths[number]
        best[number] = 0
        lengths[number] = 0


@compiled
def settle_titles(
    said: Any, units: Any, title_lengths: Any, total: Any, factor: Any, scores: Any
) -> None:
    """Give documents what their titles earn, and clear what was gathered."""
    for number in range(len(said)):
        if said[number] > 0:
            share = said[number] / total
            covered = min(units[number] / max(title_lengths[number], 1), 1)
            scores[number] += factor * covered * share * share
            said[number] = 0
            units[number] = 0
