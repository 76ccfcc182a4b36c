"""What some searches need of a snapshot and takes seconds to make: made in the background."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial

from analyzers.known_sounds import words_that_sound
from analyzers.synonyms import Synonyms
from indexer.index.background import Background
from indexer.index.correction import Corrector
from indexer.index.learned import learned_from
from indexer.index.snapshot import Snapshot
from indexer.index.titles import adopt_titles, newest_titles, use_titles


class Readiness:
    """Makes snapshots ready, one at a time. Until one is, what was made for the snapshot before
    serves it, as far as it can."""

    def __init__(self, corrector: Corrector, synonyms: Callable[[], Synonyms]) -> None:
        self._corrector = corrector
        self._synonyms = synonyms
        self._background = Background(
            "index-readiness", "titles and words of the index cannot be read"
        )
        self._ready: weakref.ref[Snapshot] | None = None
        self._newest: weakref.ref[Snapshot] | None = None

    def make(self, snapshot: Snapshot) -> None:
        """Make titles, learned words and all else ready, now."""
        table = newest_titles(snapshot)
        learned_from(table)
        use_titles(snapshot, table)
        self._synonyms()
        words_that_sound("")
        self._corrector.prepare(snapshot)
        self._ready = weakref.ref(snapshot)

    def tend(self, snapshot: Snapshot) -> None:
        """Make a snapshot ready that is not; returns at once. Call it from time to time."""
        self._newest = weakref.ref(snapshot)
        if self._ready is None or self._ready() is not snapshot:
            self._background.start(partial(self._make, snapshot))

    def _make(self, snapshot: Snapshot) -> None:
        self.make(snapshot)
        newest = self._newest() if self._newest is not None else None
        if newest is not None and newest is not snapshot:
            adopt_titles(newest, snapshot)  # commits come faster than titles are made
