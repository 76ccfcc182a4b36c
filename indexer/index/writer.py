"""Writing through Whoosh: one writer, one commit, durable, clean after a crash."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import LockError, SegmentWriter

from indexer.index.engine import EngineError, IndexChanges, IndexEntry, Progress
from indexer.index.generations import sync_directory, sync_files
from indexer.index.ranking import RankingParameters
from indexer.index.schema import build_schema, document_fields

_LOCK_TIMEOUT = 60.0
_MEMORY_MB = 256
"""Postings held in memory before Whoosh spills them to disk."""


class SyncedStorage(FileStorage):  # type: ignore[misc]
    """Whoosh never calls fsync: make what a table of contents names durable before it."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Used by Whoosh for one thing, to put a finished table of contents in place."""
        if safe and self.file_exists(newname):
            raise NameError(f"File {newname!r} exists")
        sync_files(Path(self.folder))
        Path(self._fpath(oldname)).replace(self._fpath(newname))
        sync_directory(Path(self.folder))


def _codec() -> W3Codec:
    # Blocks of 128 postings are made for skipping; ours are read whole.
    codec = W3Codec(blocklimit=1024, compression=1)
    # Shortest and longest document of each block only help Whoosh's searcher to skip, and
    # cost a quarter of the time of writing. Lengths themselves are stored all the same.
    codec.length_stats = False
    return codec


def build(
    directory: Path, entries: Iterable[IndexEntry], ranking: RankingParameters, progress: Progress
) -> int:
    """Fill an empty folder with an index of these entries; returns their number."""
    index = FileIndex.create(SyncedStorage(str(directory)), build_schema(), "MAIN")
    return _write(index, IndexChanges(entries=entries), ranking, progress)


def apply(
    directory: Path, changes: IndexChanges, ranking: RankingParameters, progress: Progress
) -> int:
    """Commit changes to the index in a folder; returns documents written."""
    _sweep(directory)
    return _write(FileIndex(SyncedStorage(str(directory))), changes, ranking, progress)


def _write(
    index: FileIndex, changes: IndexChanges, ranking: RankingParameters, progress: Progress
) -> int:
    try:
        writer = SegmentWriter(index, timeout=_LOCK_TIMEOUT, limitmb=_MEMORY_MB, codec=_codec())
    except LockError:
        raise EngineError(
            f"the index in {index.storage.folder} is being written by another process; "
            "wait for its end"
        ) from None
    try:
        count = _add(writer, changes, ranking, progress, is_new=index.is_empty())
        writer.commit()
    except BaseException:
        # Whoosh keeps its lock when a commit fails: give it back whatever happens.
        try:
            writer.cancel()
        except Exception:  # noqa: BLE001  # it may be closed already
            if writer.writelock is not None:
                writer.writelock.release()
        raise
    return count


def _add(
    writer: SegmentWriter,
    changes: IndexChanges,
    ranking: RankingParameters,
    progress: Progress,
    is_new: bool,
) -> int:
    for key in changes.removed:
        writer.delete_by_term("key", key)
    seen: set[str] = set()
    for entry in changes.entries:
        key = entry.document.url
        if key in seen:  # Whoosh would keep both: it replaces committed documents only
            continue
        seen.add(key)
        if not is_new:
            writer.delete_by_term("key", key)
        writer.add_document(**document_fields(entry, ranking))
        progress(len(seen), None)
    return len(seen)


def _sweep(directory: Path) -> None:
    """Remove the temporary folders that a killed writer left; Whoosh removes its files."""
    for entry in directory.glob("*.tmp"):
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
