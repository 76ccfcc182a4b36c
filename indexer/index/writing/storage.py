"""The folder of an index as Whoosh's storage: durable, locked while written, without strays."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files
from whoosh.util.filelock import try_for

from indexer.index.engine import EngineError
from indexer.index.generations import NAME, sync_directory, sync_files

_LOCK_SECONDS: Final = 60.0
_TEMPORARY: Final = re.compile(rf"\.{NAME}_([0-9a-z]+)\..*|_{NAME}_\d+\.toc\..*")
"""Files that get their names when they are complete: of a segment, and of its table."""
_ANY_TEMPORARY: Final = re.compile(rf"\.({NAME}_|titles-).*\..*")
_FORGOTTEN_SECONDS: Final = 3600.0
"""Nobody takes so long to complete a file: who began it was killed."""


class SyncedStorage(FileStorage):  # type: ignore[misc]
    """Whoosh never calls fsync: make what a table of contents names durable before it."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Used by Whoosh for one thing, to put a finished table of contents in place."""
        if safe and self.file_exists(newname):
            raise NameError(f"File {newname!r} exists")
        sync_files(Path(self.folder))
        Path(self._fpath(oldname)).replace(self._fpath(newname))
        sync_directory(Path(self.folder))


class LockedIndex:
    """The index in a folder, while this process is the one that writes it.

    Attributes:
        directory: the folder.
        schema: the index's fields.
        segments: those of the newest table of contents, in its order.
    """

    def __init__(self, directory: Path, toc: TOC) -> None:
        self.directory = directory
        self.schema: Schema = toc.schema
        self.segments: list[W3Segment] = toc.segments
        self._generation: int = toc.generation

    def commit(self, segments: list[W3Segment]) -> None:
        """Make these the index's segments, atomically and durably, and remove the files that
        are no longer used; whoever has them open keeps them.

        Raises:
            OSError: it cannot be written; all is as before.
        """
        storage = SyncedStorage(str(self.directory))
        toc = TOC(self.schema, segments, self._generation + 1)
        toc.write(storage, NAME)
        self.segments, self._generation = segments, toc.generation
        clean_files(storage, NAME, toc.generation, segments)

    def sweep(self) -> None:
        """Remove the files of segments that were written and not committed."""
        _sweep(self.directory)


def create(directory: Path, schema: Schema) -> None:
    """Make an empty index in an empty folder."""
    TOC.create(SyncedStorage(str(directory)), schema, NAME)


@contextmanager
def locked(directory: Path) -> Iterator[LockedIndex]:
    """The index in a folder, with Whoosh's lock held, swept of what killed writers left.

    Raises:
        EngineError: another process has held the lock for a minute.
    """
    storage = SyncedStorage(str(directory))
    lock = storage.lock(f"{NAME}_WRITELOCK")
    if not try_for(lock.acquire, timeout=_LOCK_SECONDS, delay=0.1):
        raise EngineError(
            f"the index in {directory} is being written by another process; wait for its end"
        )
    try:
        _sweep(directory)
        yield LockedIndex(directory, TOC.read(storage, NAME))
    except BaseException:
        # What was written in vain may be what fills the disk.
        with suppress(Exception):
            _sweep(directory)
        raise
    finally:
        lock.release()


@contextmanager
def temporary_folder(directory: Path) -> Iterator[Path]:
    """A folder for what is needed only while an index is written."""
    folder = directory / f"{NAME}.tmp"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(directory: Path) -> None:
    """Remove what is in no table of contents: a killed writer left it. What a reader makes anew at
    this moment, beside a segment that is in use, is left alone."""
    storage = SyncedStorage(str(directory))
    toc = TOC.read(storage, NAME)
    for entry in directory.glob("*.tmp"):
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
    used = {segment.segid for segment in toc.segments}
    for path in directory.iterdir():
        if _is_stray(path, used):
            path.unlink(missing_ok=True)
    clean_files(storage, NAME, toc.generation, toc.segments)


def _is_stray(path: Path, used: Collection[str]) -> bool:
    match = _TEMPORARY.fullmatch(path.name)
    if match is not None and match[1] not in used:
        return True
    return _ANY_TEMPORARY.fullmatch(path.name) is not None and _is_forgotten(path)


def _is_forgotten(path: Path) -> bool:
    with suppress(FileNotFoundError):  # completed this moment
        return time.time() - path.stat().st_mtime > _FORGOTTEN_SECONDS
    return False
