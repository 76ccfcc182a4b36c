"""Entries in portions that are worth a process's while and fit its memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from indexer.index.engine import AnyEntry

BATCH_CHARACTERS: Final = 1_000_000
"""A second's work: few enough runs to merge, enough of them to keep all cores at work to the
end, and less than 300 MB while they are analysed."""
_EACH: Final = 60
"""What a document costs whatever its length, in characters."""

Batch = list[AnyEntry]


def batches(entries: Iterable[AnyEntry]) -> Iterator[Batch]:
    """The entries in order, in lists of about :data:`BATCH_CHARACTERS`; never an empty one."""
    batch: Batch = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += _EACH + entry.size
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
