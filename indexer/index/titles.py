"""The title table of a snapshot: from the file beside the index, or made now."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from indexer.index.arrays_file import map_arrays, save_arrays
from indexer.index.snapshot import Snapshot
from indexer.index.title_table import NamedDocument, TitleTable, build_arrays

SOUNDS: Final = "sounds"
"""The column with :meth:`analyzers.title_sounds.TitleSounds.to_bytes` of each title."""
_VERSION: Final = 1
"""Raise it when the arrays change: files of another version are not read."""

_SMALL: Final = 5_000
"""Documents whose titles are made while one waits: a tenth of a second."""
_LOCK: Final = ".titles"

_log = logging.getLogger(__name__)
_tables: weakref.WeakKeyDictionary[Snapshot, TitleTable] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def titles_of(snapshot: Snapshot) -> TitleTable:
    """The titles of a snapshot's live documents.

    The first call for a commit makes them (3 s for 150,000 titles) and leaves a file; later
    ones of all processes map it. After :func:`adopt_titles` they may be those of a moment ago.
    Safe from any thread.
    """
    table = _tables.get(snapshot)
    if table is None:
        with _lock:
            table = _tables.get(snapshot)
            if table is None:
                table = _tables[snapshot] = newest_titles(snapshot)
    return table


def adopt_titles(snapshot: Snapshot, before: Snapshot) -> bool:
    """Let the titles of the commit before serve a snapshot until :func:`use_titles` gives it
    its own; False if there are none, or so few that nobody need wait for new ones."""
    table = _tables.get(before)
    if table is None or snapshot.size <= _SMALL:
        return False
    _tables[snapshot] = table.renumbered(snapshot.numbers_of(before))
    return True


def use_titles(snapshot: Snapshot, table: TitleTable) -> None:
    """From now on these are a snapshot's titles."""
    _tables[snapshot] = table


def newest_titles(snapshot: Snapshot) -> TitleTable:
    """The titles of a snapshot from the file, or made now and left in the file, by one process
    while the others wait for it."""
    with suppress(FileNotFoundError), _alone(snapshot.generation.directory):
        return _load(snapshot) or _make(snapshot)
    return _make(snapshot)  # the folder has gone


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """No other process makes titles; not so for one without the right to write."""
    try:
        descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _path(snapshot: Snapshot) -> Path:
    generation = snapshot.generation
    return generation.directory / f"titles-{_VERSION}-{generation.commit}.arrays"


def _load(snapshot: Snapshot) -> TitleTable | None:
    try:
        mapped = map_arrays(_path(snapshot))
        mapped.verify(mapped.arrays)
        return TitleTable(mapped.arrays)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        _log.warning("titles are read anew: %s", error)
        return None


def _make(snapshot: Snapshot) -> TitleTable:
    path, arrays = _path(snapshot), build_arrays(_documents(snapshot))
    try:
        save_arrays(path, arrays)
        for old in path.parent.glob("titles-*.arrays"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as error:  # a reader without the right to write does without the file
        _log.info("titles stay in memory: %s", error)
    return TitleTable(arrays)


def _documents(snapshot: Snapshot) -> Iterator[NamedDocument]:
    services = snapshot.facets["type"].mask("service")
    names, sounds = snapshot.column("name"), snapshot.column(SOUNDS)
    for number in snapshot.live.nonzero()[0].tolist():
        title = names[number].decode("utf-8", "surrogatepass")
        yield NamedDocument(number, title, sounds[number], bool(services[number]))
