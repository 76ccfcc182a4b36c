"""Writing an index: analysed in all cores, one commit, durable, clean after a crash.

A change becomes one new segment: what a commit costs follows the change and not the index.
Segments are merged when the change is committed and found, as :mod:`.writing.policy` says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from indexer.index.engine import AnyEntry, IndexChanges, Progress
from indexer.index.ranking import RankingParameters
from indexer.index.schema import build_schema
from indexer.index.writing.analysing import analyse
from indexer.index.writing.deleting import without
from indexer.index.writing.merging import segment_of, tidy
from indexer.index.writing.storage import LockedIndex, create, locked, temporary_folder

_log = logging.getLogger(__name__)


def build(
    directory: Path, entries: Iterable[AnyEntry], ranking: RankingParameters, progress: Progress
) -> int:
    """Fill an empty folder with an index of these entries; returns their number.

    Raises:
        EngineError: a process that analyses them died.
        OSError: the folder cannot be written.
    """
    create(directory, build_schema())
    return apply(directory, IndexChanges(entries=entries), ranking, progress)


def apply(
    directory: Path, changes: IndexChanges, ranking: RankingParameters, progress: Progress
) -> int:
    """Commit changes to the index in a folder; returns documents written.

    Raises:
        EngineError: another process writes the index, or one that analyses documents died.
        OSError: the folder cannot be read or written. The index is as before.
    """
    with locked(directory) as index:
        count = _write(index, changes, ranking, progress)
        tidy(index)
    return count


def _write(
    index: LockedIndex, changes: IndexChanges, ranking: RankingParameters, progress: Progress
) -> int:
    watch = _Watch()
    keys: dict[str, None] = {}
    with temporary_folder(index.directory) as folder:
        entries = _once_each(changes.entries, keys)
        runs = analyse(entries, ranking, folder, lambda done: progress(done, None))
        watch.tell("reading and analysis")
        added = [segment_of(index, runs, folder)] if runs else []
        watch.tell("merging and writing")
        progress(len(keys), None)  # the last moment to stop
        index.commit([*without(index, [*changes.removed, *keys]), *added])
        watch.tell("deletion and commit")
    _log.debug("%d documents written: %s", len(keys), watch)
    return len(keys)


def _once_each(entries: Iterable[AnyEntry], keys: dict[str, None]) -> Iterator[AnyEntry]:
    """The first entry of each key; ``keys`` gets them."""
    for entry in entries:
        key = entry.key
        if key not in keys:
            keys[key] = None
            yield entry


class _Watch:
    """What the phases of a write took."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._phases: list[str] = []

    def tell(self, phase: str) -> None:
        """A phase is over."""
        now = time.perf_counter()
        self._phases.append(f"{phase} {now - self._last:.2f} s")
        self._last = now

    def __str__(self) -> str:
        return ", ".join(self._phases)
