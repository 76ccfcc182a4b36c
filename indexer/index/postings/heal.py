"""Postings files made anew from what Whoosh keeps."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema

from indexer.index.postings.file import postings_path, write_postings
from indexer.index.postings.inverted import Inverted
from indexer.index.postings.readonly import fixed, fixed_arrays
from indexer.index.postings.scratch import scratch_array
from indexer.index.postings.segment_files import (
    SegmentDamaged,
    compound_files,
    has_positions,
    postings_names,
    read_rows,
    segment_path,
    sorted_columns,
)
from indexer.index.postings.w3_blocks import BLOCK
from indexer.index.postings.w3_decode import read_lists, read_positions, read_terms
from indexer.index.postings.w3_terms import DIRECTORY, HEADER
from indexer.index.postings.whoosh_postings import invert_by_whoosh

_CHUNK: Final = 1 << 20
"""Postings that are read in one go, if they are of several terms."""

_Array = npt.NDArray[Any]


class _Strange(Exception):
    """The segment is not of this program's own writing."""


def heal(directory: Path, segment: W3Segment, schema: Schema) -> None:
    """Make the postings file of a segment anew, the same as it was.

    Works in two threads without Python's lock (30 million postings in some three seconds),
    unless Whoosh's own writer made the segment: then at Whoosh's own pace.

    Args:
        directory: of the index.
        segment: of its table of contents.
        schema: of the index.

    Raises:
        FileNotFoundError: the segment was merged into another meanwhile.
        SegmentDamaged: the segment's own file is damaged.
        OSError: the file cannot be written.
    """
    rows = read_rows(directory, segment, schema)
    inverted = fixed_arrays(invert_segment(directory, segment, schema))
    path = postings_path(directory, segment.indexname, segment.segid)
    write_postings(path, inverted, sorted_columns(rows), segment.segid)


def invert_segment(directory: Path, segment: W3Segment, schema: Schema) -> Inverted:
    """The postings of a segment from Whoosh's own files; large arrays are in unnamed files in
    the same folder.

    Raises:
        FileNotFoundError: the segment was merged into another meanwhile.
        SegmentDamaged: its file is damaged.
        OSError: the folder is full.
    """
    names = postings_names(segment)
    files = compound_files(directory, segment, names.__contains__)
    if not all(name in files for name in names):
        raise SegmentDamaged(f"{segment_path(directory, segment)} has no postings")
    terms, postings = (files[name] for name in names)
    try:
        return _decode(_table_of(terms, schema), postings, segment.doc_count_all(), directory)
    except _Strange:
        return _invert_slowly(directory, segment, schema)


def _invert_slowly(directory: Path, segment: W3Segment, schema: Schema) -> Inverted:
    try:
        return invert_by_whoosh(directory, segment, schema)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # of damaged files Whoosh raises anything
        path = segment_path(directory, segment)
        raise SegmentDamaged(f"{path} cannot be read: {error!r}") from None


class _Table(NamedTuple):
    """The table of terms."""

    data: _Array
    field_names: tuple[str, ...]
    """Those that have terms."""
    field_ends: _Array
    kept: _Array
    """By number of a field, whether it has positions."""
    terms: _Array
    """See :func:`read_terms`."""


def _table_of(data: _Array, schema: Schema) -> _Table:
    numbers, count, end = _about(data)
    names = sorted(numbers, key=numbers.__getitem__)
    try:
        kept = [has_positions(schema, name) for name in names]
    except ValueError:
        raise _Strange from None
    if names != sorted(names):
        raise _Strange
    terms = np.empty((count, 6), np.int64)
    if not read_terms(fixed(data), len(HEADER), end, terms):
        raise _Strange
    counts = np.bincount(terms[:, 0], minlength=len(names))
    if len(counts) != len(names) or (np.diff(terms[:, 0]) < 0).any():
        raise _Strange
    return _Table(
        data=data,
        field_names=tuple(name for name, count in zip(names, counts, strict=True) if count),
        field_ends=np.cumsum(counts[counts > 0], dtype=np.int64),
        kept=np.array(kept, np.bool_),
        terms=terms,
    )


def _about(data: _Array) -> tuple[Mapping[str, int], int, int]:
    """What a table of terms says of itself: the numbers of the fields, how many terms there
    are, and where their records end."""
    size = int.from_bytes(data[-4:].tobytes(), "big")
    extras = len(data) - 4 - size
    directory = extras - DIRECTORY
    if directory < len(HEADER) or data[: len(HEADER)].tobytes() != HEADER:
        raise _Strange
    end = int.from_bytes(data[directory : directory + 8].tobytes(), "big")
    try:
        # A pickle that Whoosh reads too: an index is trusted as its table of contents is.
        about = pickle.loads(data[extras:-4].tobytes())  # noqa: S301
        names, count = dict(about["fieldmap"]), int(about["indexlen"])
    except Exception:  # noqa: BLE001  # a damaged pickle raises anything
        raise _Strange from None
    # A record has 45 bytes at least: no damaged count makes arrays of any size.
    if not 0 <= count * 45 <= len(data) or end > directory:
        raise _Strange
    return names, count, end


def _decode(table: _Table, postings: _Array, documents: int, folder: Path) -> Inverted:
    terms = table.terms
    posting_ends = np.cumsum(terms[:, 3])
    count = int(posting_ends[-1]) if len(posting_ends) else 0
    is_inside = (terms[:, 4] >= 0) & (terms[:, 4] <= terms[:, 5]) & (terms[:, 5] <= len(postings))
    # A posting has two bytes at least, or one and a half.
    if not is_inside.all() or (terms[:, 3] < 1).any() or count > len(postings):
        raise _Strange
    data = fixed(postings)
    block_ends = np.cumsum(-(-terms[:, 3] // BLOCK))
    values = np.empty(int(block_ends[-1]) if count else 0, np.int64)
    numbers = scratch_array(folder, np.int32, count)
    weights = scratch_array(folder, np.float32, count)
    ends = scratch_array(folder, np.uint32, count)
    arrays = (posting_ends, numbers, weights, ends, values)
    limits = (table.kept, block_ends, documents)

    def lists(first: int, last: int) -> None:
        if not read_lists(first, last, data, terms, *limits, arrays):
            raise _Strange

    _in_threads(posting_ends, lists)
    starts = np.zeros(len(terms) + 1, np.int64)
    np.cumsum(ends[posting_ends - 1], out=starts[1:])
    positions = scratch_array(folder, np.uint32, int(starts[-1]))
    to = (starts, positions)
    _in_threads(
        posting_ends,
        lambda first, last: read_positions(first, last, data, posting_ends, block_ends, values, to),
    )
    sizes = terms[:, 2] - terms[:, 1]
    return Inverted(
        documents=documents,
        field_names=table.field_names,
        field_ends=table.field_ends,
        text=_texts(table.data, terms, sizes),
        text_ends=np.cumsum(sizes),
        posting_ends=posting_ends,
        position_starts=starts,
        numbers=numbers,
        weights=weights,
        position_ends=ends,
        positions=positions,
    )


def _texts(data: _Array, terms: _Array, sizes: _Array) -> _Array:
    """The bytes of all terms, one after the other."""
    size = int(sizes.sum())
    within = np.arange(size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    texts: _Array = data[np.repeat(terms[:, 1], sizes) + within]
    return texts


def _in_threads(posting_ends: _Array, work: Callable[[int, int], None]) -> None:
    """Do the work for all terms, given as ranges of some million postings."""
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as threads:
        for done in [threads.submit(work, *chunk) for chunk in _chunks(posting_ends)]:
            done.result()


def _chunks(posting_ends: _Array) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(posting_ends):
        done = int(posting_ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(posting_ends, done + _CHUNK, "right")))
        yield first, last
        first = last
