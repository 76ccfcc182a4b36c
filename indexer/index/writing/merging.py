"""Merging: runs into a segment, segments into one."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment

from indexer.index.generations import NAME
from indexer.index.postings.check import open_checked
from indexer.index.postings.file import PostingsDamaged
from indexer.index.postings.heal import heal
from indexer.index.postings.merge import merge
from indexer.index.postings.segment_files import read_rows, write_segment
from indexer.index.rows import concatenate
from indexer.index.writing.policy import Size, choose
from indexer.index.writing.runs import Run
from indexer.index.writing.storage import LockedIndex, temporary_folder

_log = logging.getLogger(__name__)


def segment_of(index: LockedIndex, runs: Sequence[Run], folder: Path) -> W3Segment:
    """Write one segment of runs, in their order; it is in no table of contents yet.

    Args:
        index: where it is written.
        runs: one at least.
        folder: for what does not stay in memory.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    if len(runs) == 1:
        return _write(index, runs[0])
    keep = [np.ones(run.rows.documents, np.bool_) for run in runs]
    return _write(index, _joined(runs, keep, folder))


def tidy(index: LockedIndex) -> None:
    """Merge segments as the policy wants it, a commit for each merge.

    What was written before is committed and found: an error is told in the log, and the next
    write tries again.
    """
    while places := choose([_size(segment) for segment in index.segments]):
        try:
            _merge(index, places)
        except (OSError, MemoryError, ValueError) as error:
            _log.warning("segments stay as they are, for they cannot be merged: %s", error)
            with suppress(OSError):
                index.sweep()
            return


def _size(segment: W3Segment) -> Size:
    return Size(segment.doc_count_all(), segment.deleted_count())


def _merge(index: LockedIndex, places: Sequence[int]) -> None:
    merged = [index.segments[place] for place in places]
    started = time.perf_counter()
    runs = [_run_of(index, segment) for segment in merged]
    keep = [_live(segment) for segment in merged]
    with temporary_folder(index.directory) as folder:
        segment = _write(index, _joined(runs, keep, folder))
    segments = [one for one in index.segments if one not in merged]
    segments.insert(places[0], segment)
    index.commit(segments)
    _log.debug(
        "merged %d segments into one of %d documents in %.2f s",
        len(merged),
        segment.doc_count_all(),
        time.perf_counter() - started,
    )


def _run_of(index: LockedIndex, segment: W3Segment) -> Run:
    """A segment as a run, its postings made anew from Whoosh's files if they are damaged."""
    try:
        postings = open_checked(index.directory, segment)
    except (FileNotFoundError, PostingsDamaged) as error:
        _log.warning("the postings of a segment are made anew before it is merged: %s", error)
        heal(index.directory, segment, index.schema)
        postings = open_checked(index.directory, segment)
    rows = read_rows(index.directory, segment, index.schema, is_checked=True)
    return Run(postings.inverted, rows)


def _live(segment: W3Segment) -> npt.NDArray[np.bool_]:
    keep = np.ones(segment.doc_count_all(), np.bool_)
    keep[list(segment.deleted_docs())] = False
    return keep


def _joined(runs: Sequence[Run], keep: Sequence[npt.NDArray[np.bool_]], folder: Path) -> Run:
    """The documents of several runs that are to be kept, as one run."""
    maps = []
    base = 0
    for kept in keep:
        places = np.cumsum(kept, dtype=np.int32) + np.int32(base - 1)
        base += int(np.count_nonzero(kept))
        maps.append(np.where(kept, places, np.int32(-1)).astype(np.int32))
    inverted = merge([run.inverted for run in runs], maps, folder)
    parts = [run.rows.take(kept) for run, kept in zip(runs, keep, strict=True)]
    return Run(inverted, concatenate(parts))


def _write(index: LockedIndex, run: Run) -> W3Segment:
    return write_segment(index.directory, NAME, run.inverted, run.rows, index.schema)
