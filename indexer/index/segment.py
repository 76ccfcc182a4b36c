"""One segment, open for reading: its postings as arrays, its columns and stored fields.

A segment never changes but for deletions, which belong to the commit that made them: an open
segment is shared by all snapshots that have it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.columns import EmptyColumnReader
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage

from indexer.index.postings.check import check_segment
from indexer.index.postings.file import (
    MappedPostings,
    Positions,
    Postings,
    PostingsDamaged,
    postings_path,
)
from indexer.index.postings.hashing import hash_of
from indexer.index.postings.heal import heal
from indexer.index.postings.segment_files import SegmentDamaged, segment_path
from indexer.index.term_ranges import Ranges, TermRanges, gathered
from indexer.index.whoosh_terms import WhooshTerms

_log = logging.getLogger(__name__)


class OpenSegment:
    """An open segment. Thread-safe.

    Attributes:
        name: Whoosh's name of it.
        size: documents in it, deleted ones included.
        is_whole: whether its postings file is used; Whoosh's own files answer otherwise.
    """

    def __init__(self, directory: Path, schema: Schema, segment: W3Segment) -> None:
        """Open it.

        Raises:
            FileNotFoundError: it was merged into another meanwhile.
        """
        self.name: str = segment.segid
        self.size: int = segment.doc_count_all()
        self.path = postings_path(directory, segment.indexname, segment.segid)
        self._schema = schema
        self._segment = segment
        storage = FileStorage(str(directory))
        self._files = segment.open_compound_file(storage) if segment.is_compound() else storage
        self._documents = segment.codec().per_document_reader(self._files, segment)
        self._reading = threading.RLock()
        self._columns: dict[str, Any] = {}
        self._ranges: dict[str, TermRanges] = {}
        self._stamp: tuple[int, int, int] | None = None
        self._opening = threading.Lock()
        self._by_whoosh = WhooshTerms(self._files, schema, segment)
        self._terms: MappedPostings | WhooshTerms = self._by_whoosh
        self.renew()

    # -- postings ---------------------------------------------------------------------

    @property
    def is_whole(self) -> bool:
        """See the class."""
        return isinstance(self._terms, MappedPostings)

    def renew(self) -> bool:
        """Use the postings file as it is now: one that somebody wrote to since it was opened is
        looked at anew. Call it before each search, for who reads what was cut from a mapped file
        is killed (SIGBUS); it costs two microseconds.

        Returns:
            Whether the file is there and used. One that was removed while it is open goes on
            being used; it has to be made anew for others, if the segment has not gone with it.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._stamp = None
            return self.is_whole and not segment_path(self.path.parent, self._segment).exists()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            with self._opening:
                if stamp != self._stamp:
                    self._open(stamp)
        return self.is_whole

    def _open(self, stamp: tuple[int, int, int]) -> None:
        self._terms = self._by_whoosh  # until it is known to be whole
        try:
            self._terms = MappedPostings(self.path, self.name, self.size)
        except FileNotFoundError:
            return
        except PostingsDamaged as error:
            self._give_up(error)
        except OSError as error:  # no descriptor or no memory left: there may be soon
            _log.warning("%s cannot be opened, Whoosh's own files answer: %s", self.path, error)
            return
        self._stamp = stamp

    def heal(self) -> None:
        """Make the postings file anew from Whoosh's own files, and use it.

        Raises:
            OSError: it cannot be written, or the segment is gone.
        """
        heal(self.path.parent, self._segment, self._schema)
        self.renew()

    def faults(self) -> list[str]:
        """What is wrong with its files, all of which are read, and what mends it."""
        try:
            check_segment(self.path.parent, self._segment, self._schema)
        except FileNotFoundError:
            if not segment_path(self.path.parent, self._segment).exists():
                return []  # merged into another meanwhile
            return [f"{self.path} is missing; searches are slow until one has made it anew"]
        except PostingsDamaged as error:
            return [f"{error}; remove the file, and the next search makes it anew"]
        except SegmentDamaged as error:
            return [f"{error}; 'qzsearch reindex' rebuilds the index from the archive"]
        return []

    def _give_up(self, error: PostingsDamaged) -> None:
        _log.warning("%s; Whoosh's own files answer until it is made anew", error)
        self._terms = self._by_whoosh

    def frequency(self, field: str, term: bytes) -> int:
        """In how many documents a term is, deleted ones included."""
        return self._terms.frequency(field, term)

    def postings(self, field: str, term: bytes) -> Postings:
        """The postings of a term; empty arrays if no document has it. Read-only."""
        try:
            return self._terms.postings(field, term)
        except PostingsDamaged as error:
            self._give_up(error)
            return self._by_whoosh.postings(field, term)

    def positions(self, field: str, term: bytes) -> Positions:
        """The positions of a term in all its documents. Read-only."""
        try:
            return self._terms.positions(field, term)
        except PostingsDamaged as error:
            self._give_up(error)
            return self._by_whoosh.positions(field, term)

    def ranges(self, field: str, terms: Sequence[str]) -> Ranges:
        """Where the postings of terms are in arrays; for compiled functions."""
        mapped = self._terms
        if isinstance(mapped, MappedPostings):
            try:
                return self._ranges_in(mapped, field).of(terms)
            except PostingsDamaged as error:
                self._give_up(error)
        encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
        return gathered([self._by_whoosh.postings(field, one) for one in encoded], self.size)

    def _ranges_in(self, mapped: MappedPostings, field: str) -> TermRanges:
        """One for all threads: rows of bitmaps are numbered as they come."""
        with self._opening:
            known = self._ranges.get(field)
            if known is None or known.mapped is not mapped:
                known = self._ranges[field] = TermRanges(mapped, field)
            return known

    @property
    def source(self) -> object:
        """What answers now: another object when the postings file was given up, or made anew."""
        return self._terms

    def terms(self, field: str) -> Iterator[tuple[bytes, int]]:
        """The terms of a field, ascending, with the documents of each."""
        return self._terms.terms(field)

    def beginning(self, field: str, prefix: bytes) -> Iterator[tuple[str, int]]:
        """The terms of a field that begin so, with the documents of each."""
        return self._terms.between(field, prefix, prefix + b"\xff")

    def spelled_like(self, field: str, word: bytes, distance: int) -> Iterator[tuple[str, int]]:
        """The ASCII terms of a field within so many errors of a word, with the documents of
        each."""
        return self._terms.spelled_like(field, word, distance)

    # -- documents --------------------------------------------------------------------

    def key_hashes(self) -> npt.NDArray[np.uint64]:
        """A hash of each document's key: the same of one key in every segment."""
        terms = self._terms
        if isinstance(terms, MappedPostings):
            return terms.hashes("key")
        return np.array([hash_of(np.frombuffer(key, np.uint8)) for key in self.values("key")])

    def numbers(self, column: str, dtype: type[Any]) -> npt.NDArray[Any]:
        """A column of numbers, an entry for each document."""
        if isinstance(self._terms, MappedPostings) and column in self._terms.columns:
            return self._terms.columns[column]
        with self._reading:
            return np.fromiter(self._column(column), dtype, self.size)

    def value(self, column: str, number: int) -> bytes:
        """A document's value in a column of bytes."""
        with self._reading:
            return bytes(self._column(column)[number])

    def values(self, column: str) -> list[bytes]:
        """A column of bytes."""
        with self._reading:
            return [bytes(value) for value in self._column(column)]

    def stored(self, number: int) -> dict[str, Any]:
        """The stored fields of a document."""
        with self._reading:
            fields: dict[str, Any] = self._documents.stored_fields(number)
        return fields

    def _column(self, name: str) -> Any:
        found = self._columns.get(name)
        if found is None:
            column = self._schema[name].column_type
            if self._documents.has_column(name):
                found = self._documents.column_reader(name, column)
            else:
                found = EmptyColumnReader(column.default_value(), self.size)
            self._columns[name] = found
        return found
