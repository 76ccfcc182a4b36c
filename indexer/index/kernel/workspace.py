"""Arrays over all documents that searches take turns with: making them anew for each search
would cost more than filling them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np

_AT_ONCE: Final = 4
"""Searches that compute at the same time in a process; more would only share the cores, and
each has 43 bytes for every document."""


class Workspace:
    """One search's arrays, an entry for each document; nought whenever nobody has them, but
    for ``seen``, ``numbers`` and ``others``, which are filled before they are read.

    Attributes:
        scores: what each document has earned.
        met: concepts that it says.
        share: sum of idf of what it says.
        pairs: bigrams of the query that it has.
        best, said, counts, full, gained, share_of_title: what is gathered of one concept or
            of titles.
        seen: the last stamp a document was counted for.
        numbers, others: lists of documents.
    """

    def __init__(self, size: int) -> None:
        self.scores = np.zeros(size, np.float32)
        self.met = np.zeros(size, np.int16)
        self.share = np.zeros(size, np.float32)
        self.pairs = np.zeros(size, np.int16)
        self.best = np.zeros(size, np.float32)
        self.said = np.zeros(size, np.float32)
        self.gained = np.zeros(size, np.float32)
        self.share_of_title = np.zeros(size, np.float32)
        self.counts = np.zeros(size, np.int16)
        self.full = np.zeros(size, np.bool_)
        self.seen = np.zeros(size, np.int32)
        self.numbers = np.empty(size + 1, np.int32)  # one to write to without a look
        self.others = np.empty(size, np.int32)
        self._stamp = 0

    def stamp(self) -> int:
        """A number that ``seen`` has nowhere."""
        self._stamp += 1
        if self._stamp == np.iinfo(np.int32).max:
            self.seen.fill(0)
            self._stamp = 1
        return self._stamp

    def clear(self) -> None:
        """Make the arrays nought again that a search leaves filled."""
        for array in (self.scores, self.met, self.share, self.pairs):
            array.fill(0)


class Workspaces:
    """The workspaces of a snapshot. Thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: list[Workspace] = []
        self._lock = threading.Lock()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def taken(self) -> Iterator[Workspace]:
        """A workspace for the time of a ``with`` block, when it is one's turn."""
        with self._turn:
            with self._lock:
                space = self._free.pop() if self._free else None
            space = space or Workspace(self._size)
            yield space
            # After an error what was gathered may be left in it: then it is not used again.
            with self._lock:
                self._free.append(space)
