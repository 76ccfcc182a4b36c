"""Deletion of documents by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from whoosh.codec.whoosh3 import W3Segment

from indexer.index.segment import OpenSegment
from indexer.index.writing.storage import LockedIndex

_KEY: Final = "key"


def without(index: LockedIndex, keys: Iterable[str]) -> list[W3Segment]:
    """The segments of an index with the documents of these keys marked as deleted, and without
    those in which no document is left; to be committed.

    Raises:
        OSError: a segment cannot be read.
    """
    terms = [key.encode() for key in keys]
    for segment in index.segments if terms else ():
        for number in _numbers(index, segment, terms):
            segment.delete_document(number)
    return [segment for segment in index.segments if segment.doc_count() > 0]


def _numbers(index: LockedIndex, segment: W3Segment, terms: Sequence[bytes]) -> list[int]:
    opened = OpenSegment(index.directory, index.schema, segment)
    return [int(number) for term in terms for number in opened.postings(_KEY, term)[0]]
