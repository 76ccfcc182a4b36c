"""One state of the index, open for reading: segments, and what is told of all of them.

Whoosh stores; answering works on the arrays beside Whoosh's segments, which all processes
share. A snapshot never changes.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from math import log1p
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from analyzers.terms import Phrase, phrase_terms
from analyzers.units import IS_HAN
from indexer.index.collapse import dense
from indexer.index.columns import BytesColumn
from indexer.index.deadline import Deadline
from indexer.index.engine import FACETS
from indexer.index.facets import Facet, years
from indexer.index.generations import NAME, Generation, Lease
from indexer.index.kernel.phrases import common, find_phrase
from indexer.index.kernel.workspace import Workspaces
from indexer.index.postings.file import NO_POSTINGS, Postings
from indexer.index.postings.inverted import Numbers, Weights
from indexer.index.ranking import RankingParameters
from indexer.index.segment import OpenSegment

Ids = Numbers
Mask = npt.NDArray[np.bool_]
Made = TypeVar("Made")

_FEW: Final = 256
_LOOKS: Final = 4
_MANY: Final = 50_000
"""Candidates of a phrase that are looked at between two looks at the clock."""
_MOST_KNOWN: Final = 10_000
"""Terms whose postings are remembered: less than 10 MB."""
_LONG_WORD: Final = 3
_LENGTHS: Final = {"content": "content_length", "attached": "attached_length"}
"""Fields whose texts differ so much in length that it says something."""


class Lists(NamedTuple):
    """The postings of a term: of each segment that has it the number of the segment's first
    document, documents counted within the segment, and weights."""

    parts: tuple[tuple[int, Numbers, Weights], ...]
    documents: int

    def numbers(self) -> Ids:
        """The documents, ascending."""
        if len(self.parts) == 1 and not self.parts[0][0]:
            return self.parts[0][1]
        if not self.parts:
            return NO_POSTINGS[0]
        return np.concatenate([numbers + np.int32(base) for base, numbers, _ in self.parts])


NOTHING: Final = Lists((), 0)


class Snapshot:
    """An open generation at one commit. Thread-safe.

    It lets its files and its folder go when nobody refers to it any more: searches under
    way keep the snapshot they began with.

    Attributes:
        size: documents, deleted ones included.
        documents: documents that are not deleted.
        bases: the number of the first document of each segment.
        live: whether each document is not deleted.
    """

    def __init__(self, generation: Generation, before: Snapshot | None = None) -> None:
        """Open it, sharing the segments that the snapshot before has open already.

        Raises:
            FileNotFoundError: it was replaced meanwhile; ask for the current one again.
        """
        self.generation = generation
        self.updated = generation.updated
        lease = Lease(generation.directory)
        weakref.finalize(self, lease.release)
        # Of this commit and no other, which may come at any moment.
        contents = TOC.read(FileStorage(str(generation.directory)), NAME, gen=generation.commit)
        known = _segments_of(before, generation)
        found = [segment for segment in contents.segments if segment.doc_count_all()]
        self.schema = contents.schema
        self.segments = [
            known.get(one.segid) or OpenSegment(generation.directory, self.schema, one)
            for one in found
        ]
        self.sizes = [segment.size for segment in self.segments]
        self.bases = [sum(self.sizes[:at]) for at in range(len(self.sizes))]
        self.size = sum(self.sizes)
        self.live = np.ones(self.size, np.bool_)
        for one, base in zip(found, self.bases, strict=True):
            if one.deleted_count():
                self.live[base + np.fromiter(one.deleted_docs(), np.int64)] = False
        self.documents = int(self.live.sum())
        self.workspaces = Workspaces(self.size)
        self._remembered: dict[Hashable, Any] = {}
        self._known_lists: dict[tuple[str, str], tuple[list[object], Lists]] = {}
        self._load_columns()

    def _load_columns(self) -> None:
        """Everything that most searches need, so that no search waits for it."""
        self.days = self._numbers("published")
        self.content_lengths = self._numbers("content_length").astype(np.float32)
        self.title_lengths = self._numbers("title_length").astype(np.float32)
        self.clusters = dense(self._numbers("cluster", np.int64))
        self.no_clusters = np.zeros_like(self.clusters)
        self.places = self._numbers("place")
        self._names = self.column("name")
        self.passages = self.column("passage")
        total = float(self.content_lengths[self.live].sum(dtype=np.float64))
        self.mean_content_length = total / self.documents if total else 1.0
        self.facets: Mapping[str, Facet] = {
            name: years(self.days) if name == "year" else self._facet(name) for name in FACETS
        }
        ordinals = [self.facets[name].ordinals for name in FACETS]
        self.ordinals = np.ascontiguousarray(np.stack(ordinals, axis=1))

    def _numbers(self, column: str, dtype: type[Any] = np.int32) -> npt.NDArray[Any]:
        parts = [segment.numbers(column, dtype) for segment in self.segments]
        return np.concatenate(parts) if parts else np.empty(0, dtype)

    def _facet(self, field: str) -> Facet:
        names = {name for one in self.segments for name, _documents in one.terms(field)}
        values = [name.decode() for name in sorted(names)]
        ordinals = np.full(self.size, -1, np.int32)
        for ordinal, value in enumerate(values):
            for base, numbers, _weights in self.lists(field, value).parts:
                ordinals[base:][numbers] = ordinal
        return Facet(values, ordinals)

    # -- postings ---------------------------------------------------------------------

    def lists(self, field: str, term: str) -> Lists:
        """All postings of a term, deleted documents included; nothing if unknown. They are
        remembered: characters and pairs come again in every other query."""
        known = self._known_lists.get((field, term))
        sources = [segment.source for segment in self.segments]
        if known is not None and known[0] == sources:
            return known[1]
        found = self._look_up(field, term)
        if len(self._known_lists) >= _MOST_KNOWN:
            self._known_lists = {}
        self._known_lists[field, term] = sources, found
        return found

    def _look_up(self, field: str, term: str) -> Lists:
        encoded = term.encode("utf-8", "surrogatepass")
        parts = []
        documents = 0
        for base, segment in zip(self.bases, self.segments, strict=True):
            numbers, weights = segment.postings(field, encoded)
            if len(numbers):
                parts.append((base, numbers, weights))
                documents += len(numbers)
        return Lists(tuple(parts), documents)

    def word(self, field: str, term: str) -> Lists:
        """As :meth:`lists`, of a word too that the dictionary has learned since the documents
        were written: its bigrams in a row are the word."""
        found = self.lists(field, term)
        if found.documents or len(term) < _LONG_WORD or not IS_HAN.match(term):
            return found
        return self._as_lists(self._as_phrase(field, term))

    def _as_phrase(self, field: str, term: str) -> Ids:
        parts = phrase_terms(term)
        if len(parts) != 1 or len(parts[0]) < 2 or any(one == term for _at, one in parts[0]):
            parts = (tuple((at, term[at : at + 2]) for at in range(len(term) - 1)),)
        return self.phrase(field, parts[0])

    def _as_lists(self, ids: Ids) -> Lists:
        """Documents as postings of weight 1."""
        parts = []
        for base, size in zip(self.bases, self.sizes, strict=True):
            first, last = np.searchsorted(ids, (base, base + size))
            if last > first:
                numbers, weights = ids[first:last] - np.int32(base), np.ones(last - first)
                weights = weights.astype(np.float32)
                numbers.flags.writeable = weights.flags.writeable = False
                parts.append((base, numbers, weights))
        return Lists(tuple(parts), len(ids))

    def postings(self, field: str, term: str) -> Postings:
        """All postings of a term as two arrays."""
        found = self.lists(field, term)
        if not found.parts:
            return NO_POSTINGS
        return found.numbers(), np.concatenate([weights for _, _, weights in found.parts])

    def having(self, field: str, term: str) -> Ids:
        """The documents of a word, of one that is new to the dictionary too."""
        return self.word(field, term).numbers()

    def of_host(self, host: str) -> Ids:
        """The documents of a host or of any host below a domain."""
        return self.lists("host", host).numbers()

    def lexicon(self, field: str) -> Iterator[tuple[bytes, int]]:
        """The terms of a field, encoded, with the documents of each, segment by segment."""
        for segment in self.segments:
            yield from segment.terms(field)

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a term is, deleted ones included; reads no postings."""
        encoded = term.encode("utf-8", "surrogatepass")
        return sum(segment.frequency(field, encoded) for segment in self.segments)

    def rarity(self, documents: int) -> float:
        """The idf of what so many documents have (Robertson & Sparck Jones), kept above zero as
        Lucene does."""
        return log1p((self.size - documents + 0.5) / (documents + 0.5))

    def norms(self, field: str, ranking: RankingParameters) -> Weights:
        """What BM25 sets against a weight, for each document by its length."""
        lengths, k1, b = _LENGTHS.get(field), np.float32(ranking.k1), ranking.b

        def made() -> Weights:
            if lengths is None:
                return np.full(self.size, k1, np.float32)
            relative = self._numbers(lengths).astype(np.float32) / self.mean_content_length
            norms: Weights = (k1 * (1 - b + b * relative)).astype(np.float32)
            return norms

        return self.remembered(("norms", lengths, ranking.k1, b), made)

    def remembered(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is made of the snapshot once, and then known by its key."""
        found = self._remembered.get(key)
        if found is None:
            found = self._remembered[key] = make()
        return cast(Made, found)

    def recall(self, key: Hashable) -> Any:
        """What is known by a key, or None."""
        return self._remembered.get(key)

    def remember(self, key: Hashable, made: Any) -> None:
        """Know something by its key."""
        self._remembered[key] = made

    def numbers_of(self, before: Snapshot) -> Ids:
        """The number here of each document of an earlier snapshot, -1 if it is deleted. Those whose
        segment was merged into another, or replaced by a rebuild, are found by their keys."""
        others = {one.name: base for base, one in zip(self.bases, self.segments, strict=True)}
        numbers = np.full(before.size, -1, np.int32)
        moved = []
        for base, segment in zip(before.bases, before.segments, strict=True):
            now = others.pop(segment.name, -1)
            if now >= 0:
                here = np.arange(now, now + segment.size, dtype=np.int32)
                live = self.live[now : now + segment.size]
                numbers[base : base + segment.size] = np.where(live, here, np.int32(-1))
            else:
                moved.append((numbers[base : base + segment.size], segment))
        if moved and others:
            self._find_moved(moved, set(others.values()))
        return numbers

    def _find_moved(self, moved: list[tuple[Ids, OpenSegment]], bases: set[int]) -> None:
        """Fill in the numbers of documents that stand in the segments at some bases now."""
        hashes = np.zeros(self.size, np.uint64)
        for base, segment in zip(self.bases, self.segments, strict=True):
            if base in bases:
                hashes[base : base + segment.size] = segment.key_hashes()
        here = np.flatnonzero(self.live & (hashes != 0)).astype(np.int32)
        here = here[np.argsort(hashes[here])]
        known = hashes[here]
        for numbers, segment in moved:
            wanted = segment.key_hashes()
            places = np.searchsorted(known, wanted)
            places[places == len(known)] = 0
            if len(known):
                numbers[:] = np.where(known[places] == wanted, here[places], np.int32(-1))

    def size_at(self, base: int) -> int:
        """The documents of the segment whose first has this number."""
        return self.sizes[self.bases.index(base)]

    # -- phrases ----------------------------------------------------------------------

    def phrase(self, field: str, phrase: Phrase, deadline: Deadline | None = None) -> Ids:
        """The documents in which a phrase stands, ascending; of a deadline, those that were
        found until then."""
        found = []
        for part in self._phrase_parts(field, phrase, _MANY):
            found.append(part)
            if deadline is not None and deadline.is_over():
                break
        return np.concatenate(found) if found else NO_POSTINGS[0]

    def has_phrase(self, field: str, phrase: Phrase) -> bool:
        """Whether a live document has it, among the first candidates: as a rule one of a few
        does, and who repeats 国家 fifty times shall not keep the others waiting."""
        parts = islice(self._phrase_parts(field, phrase, _FEW), _LOOKS)
        return any(bool(self.live[ids].any()) for ids in parts)

    def _phrase_parts(self, field: str, phrase: Phrase, step: int) -> Iterator[Ids]:
        """The documents of a phrase, from ``step`` candidates at a time."""
        encoded = {term: term.encode("utf-8", "surrogatepass") for _offset, term in phrase}
        for base, segment in zip(self.bases, self.segments, strict=True):
            lists = {term: segment.postings(field, name)[0] for term, name in encoded.items()}
            candidates = common_of(list(lists.values()))
            for first in range(0, len(candidates), step):
                part = candidates[first : first + step]
                if len(phrase) > 1:
                    part = find_phrase(
                        part,
                        [
                            (offset, lists[term], *segment.positions(field, encoded[term]))
                            for offset, term in phrase
                        ],
                    )
                yield part + np.int32(base)

    # -- documents --------------------------------------------------------------------

    def segment_of(self, number: int) -> tuple[OpenSegment, int]:
        """The segment a document is in, and its number there."""
        at = bisect_right(self.bases, number) - 1
        return self.segments[at], number - self.bases[at]

    def stored(self, number: int) -> dict[str, Any]:
        """The stored fields of a document: ``record`` and ``attachments``."""
        segment, inside = self.segment_of(number)
        return segment.stored(inside)

    def number_of(self, url: str) -> int | None:
        """The number of the live document of this URL."""
        numbers = self.lists("key", url).numbers()
        alive = numbers[self.live[numbers]]
        return int(alive[0]) if len(alive) else None

    def title_of(self, url: str) -> str | None:
        """The title of the document of this URL, or None if there is none."""
        number = self.number_of(url)
        return None if number is None else self.title_at(number)

    def title_at(self, number: int) -> str:
        """The title of a document."""
        return self._names[number].decode("utf-8", "surrogatepass")

    def column(self, field: str) -> BytesColumn:
        """A column of bytes: of ``passage``, each document's title and the beginning of its
        text, normalised, without white space, in UTF-8."""
        return BytesColumn(self.segments, self.bases, field)

    @cached_property
    def versions(self) -> dict[str, str]:
        """The digest of every live document by its key."""
        found: dict[str, str] = {}
        for base, segment in zip(self.bases, self.segments, strict=True):
            keys, digests = segment.values("key"), segment.values("digest")
            live = self.live[base : base + segment.size].tolist()
            for key, digest, alive in zip(keys, digests, live, strict=True):
                if alive:
                    found[key.decode("utf-8", "surrogatepass")] = digest.decode()
        return found


def _segments_of(snapshot: Snapshot | None, generation: Generation) -> dict[str, OpenSegment]:
    if snapshot is None or snapshot.generation.directory != generation.directory:
        return {}
    return {segment.name: segment for segment in snapshot.segments}


def common_of(lists: list[Ids]) -> Ids:
    """What stands in all of some ascending lists; nothing in none."""
    if not lists:
        return NO_POSTINGS[0]
    first, *others = sorted(lists, key=len)
    for ids in others:
        first = common(first, ids)
    return first
