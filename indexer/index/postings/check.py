"""Looking at all of a postings file, not only at what is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema

from analyzers.compiled import compiled
from indexer.index.arrays_file import map_arrays
from indexer.index.postings.file import MappedPostings, PostingsDamaged, postings_path
from indexer.index.postings.hashing import checks_of
from indexer.index.postings.heal import invert_segment
from indexer.index.postings.readonly import fixed
from indexer.index.postings.segment_files import compound_files, read_rows

_CHECKED = {
    "number": ("numbers", "posting_ends"),
    "weight": ("weights", "posting_ends"),
    "end": ("position_ends", "posting_ends"),
    "position": ("positions", "position_starts"),
}
"""Of each check of a term's part of an array: the array, and where the parts end."""


def open_checked(directory: Path, segment: W3Segment) -> MappedPostings:
    """Open the postings file of a segment, all of it checked (a tenth of a second for a
    hundred megabytes).

    Raises:
        FileNotFoundError: there is none.
        PostingsDamaged: it cannot be used; the message says why.
    """
    path = postings_path(directory, segment.indexname, segment.segid)
    mapped = MappedPostings(path, segment.segid, segment.doc_count_all())
    inverted, arrays = mapped.inverted, map_arrays(path).arrays
    for kind, (name, ends) in _CHECKED.items():
        parts = getattr(inverted, ends)[1 if ends == "position_starts" else 0 :]
        array = getattr(inverted, name)
        words = array.view(np.uint32) if name == "weights" else array
        found = checks_of(fixed(words), fixed(parts))
        if len(found) != len(arrays[f"{kind}_checks"]):
            raise PostingsDamaged(f"{path}: too few checks")
        different = np.flatnonzero(found != arrays[f"{kind}_checks"])
        if len(different):
            raise PostingsDamaged(f"{path}: the {kind}s of {len(different)} terms are damaged")
    if not _are_ascending(
        fixed(inverted.posting_ends),
        fixed(inverted.position_starts),
        fixed(inverted.numbers),
        fixed(inverted.position_ends),
        inverted.documents,
    ):
        raise PostingsDamaged(f"{path}: its postings are not in order")
    return mapped


def check_segment(directory: Path, segment: W3Segment, schema: Schema) -> None:
    """Check all of a segment's postings file, and that it tells what Whoosh's own files do.

    Raises:
        FileNotFoundError: there is no postings file, or the segment was merged into another.
        PostingsDamaged: it cannot be used, or tells something else.
        SegmentDamaged: Whoosh's own files are damaged.
    """
    compound_files(directory, segment, lambda _name: True)
    mapped = open_checked(directory, segment)
    expected = invert_segment(directory, segment, schema)
    if mapped.inverted.field_names != expected.field_names:
        raise PostingsDamaged(f"{mapped.path}: its fields are not those of the segment")
    for name, array in expected.arrays().items():
        if not np.array_equal(mapped.inverted.arrays()[name], array):
            raise PostingsDamaged(f"{mapped.path}: {name} are not those of the segment")
    for name, column in read_rows(directory, segment, schema).numeric.items():
        if name not in mapped.columns or not np.array_equal(mapped.columns[name], column):
            raise PostingsDamaged(f"{mapped.path}: the column {name} is not the segment's")


@compiled
def _are_ascending(
    posting_ends: Any, position_starts: Any, numbers: Any, position_ends: Any, documents: int
) -> bool:
    """Whether the documents of every term ascend, and its positions are as many as they end."""
    start = np.int64(0)
    for term in range(len(posting_ends)):
        last, before = np.int64(-1), np.int64(0)
        for at in range(start, posting_ends[term]):
            if numbers[at] <= last or np.int64(position_ends[at]) < before:
                return False
            last, before = np.int64(numbers[at]), np.int64(position_ends[at])
        if last < 0 or last >= documents:
            return False
        if position_starts[term + 1] - position_starts[term] != before:
            return False
        start = posting_ends[term]
    return True
