"""Terms that begin in some way, and terms that are spelled nearly so."""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzers.compiled import compiled

LONGEST = 64
"""Bytes of the longest term that is compared."""


@compiled
def first_from(text: Any, ends: Any, first: int, last: int, wanted: Any) -> int:
    """The first of some ascending terms that is not below what is wanted."""
    while first < last:
        middle = (first + last) // 2
        start = ends[middle - 1] if middle else 0
        length = min(ends[middle] - start, len(wanted))
        below = ends[middle] - start < len(wanted)
        for at in range(length):
            if text[start + at] != wanted[at]:
                below = text[start + at] < wanted[at]
                break
        if below:
            first = middle + 1
        else:
            last = middle
    return first


@compiled
def spelled_like(text: Any, ends: Any, first: int, last: int, wanted: Any, distance: int) -> Any:
    """The terms among some within so many insertions, deletions, substitutions and swaps of
    neighbouring bytes (optimal string alignment distance)."""
    found = np.empty(last - first, np.int64)
    count = 0
    size = len(wanted)
    before = np.empty(size + 1, np.int64)
    above = np.empty(size + 1, np.int64)
    row = np.empty(size + 1, np.int64)
    for term in range(first, last):
        start = ends[term - 1] if term else 0
        length = ends[term] - start
        if abs(length - size) > distance or length > LONGEST:
            continue
        for at in range(size + 1):
            above[at] = at
        for line in range(1, length + 1):
            row[0] = line
            least = line
            for at in range(1, size + 1):
                byte = text[start + line - 1]
                cost = 0 if byte == wanted[at - 1] else 1
                best = min(above[at] + 1, row[at - 1] + 1, above[at - 1] + cost)
                if (
                    line > 1
                    and at > 1
                    and byte == wanted[at - 2]
                    and text[start + line - 2] == wanted[at - 1]
                ):
                    best = min(best, before[at - 2] + 1)
                row[at] = best
                least = min(least, best)
            for at in range(size + 1):
                before[at] = above[at]
                above[at] = row[at]
            if least > distance + 1:
                break
        if above[size] <= distance:
            found[count] = term
            count += 1
    return found[:count]
