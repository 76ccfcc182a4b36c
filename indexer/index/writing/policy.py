"""Which segments are merged: by levels, as Lucene's LogDocMergePolicy does it."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final, NamedTuple

FACTOR: Final = 8
"""So many segments of one level become one of the next: a document is written again once for
each level, and a search looks into at most so many segments of a level."""
SMALLEST: Final = 1_000
"""Segments of fewer documents are of the lowest level: to merge a thousand takes as long as to
write a hundred."""
MOST_SEGMENTS: Final = 12
"""A search costs a little for each segment: above this the smallest are merged."""
MOST_DELETED: Final = 1 / 3
"""A segment with more than this share of its documents deleted is rewritten: they cost memory
and time as if they were there, and their words count as frequent."""


class Size(NamedTuple):
    """How many documents a segment has, and how many of them are deleted."""

    documents: int
    deleted: int

    @property
    def live(self) -> int:
        """Those that are found."""
        return self.documents - self.deleted


def choose(sizes: Sequence[Size]) -> list[int]:
    """The segments, by their places in the index, that should become one next; none when all is
    well. A single one is to be rewritten for its deletions."""
    levels: dict[int, list[int]] = {}
    for place, size in enumerate(sizes):
        levels.setdefault(_level(size.live), []).append(place)
    for _level_number, places in sorted(levels.items()):
        if len(places) >= FACTOR:
            return places
    if len(sizes) > MOST_SEGMENTS:
        smallest = sorted(range(len(sizes)), key=lambda place: sizes[place].live)
        return sorted(smallest[: len(sizes) - MOST_SEGMENTS + FACTOR // 2])
    for place, size in enumerate(sizes):
        if size.deleted > size.documents * MOST_DELETED:
            return [place]
    return []


def _level(live: int) -> int:
    return int(log(max(live, SMALLEST) / SMALLEST, FACTOR))
