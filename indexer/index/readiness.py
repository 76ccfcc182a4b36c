"""What some searches need of a snapshot and takes seconds to make: made in the background."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable

from analyzers.known_sounds import words_that_sound
from analyzers.synonyms import Synonyms
from indexer.index.correction import Corrector
from indexer.index.learned import learned_from
from indexer.index.snapshot import Snapshot
from indexer.index.titles import newest_titles, use_titles

_log = logging.getLogger(__name__)


class Readiness:
    """Makes snapshots ready, one at a time. Until one is, what was made for the snapshot before
    serves it, as far as it can."""

    def __init__(self, corrector: Corrector, synonyms: Callable[[], Synonyms]) -> None:
        self._corrector = corrector
        self._synonyms = synonyms
        self._working = threading.Lock()
        self._ready: weakref.ref[Snapshot] | None = None

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
        is_ready = self._ready is not None and self._ready() is snapshot
        if not is_ready and self._working.acquire(blocking=False):
            threading.Thread(
                target=self._make, args=[snapshot], name="index-readiness", daemon=True
            ).start()

    def _make(self, snapshot: Snapshot) -> None:
        try:
            self.make(snapshot)
        except Exception as error:  # noqa: BLE001  # searches do without; it is tried again
            _log.warning("titles and words of the index cannot be read: %s", error)
        finally:
            self._working.release()
