"""One state of the index, open for reading: postings and columns as arrays.

Whoosh stores; answering works on numpy arrays read from Whoosh's segments: postings term
by term, cached, and the columns that filter, count and sort. A snapshot never changes.
"""

from __future__ import annotations

import threading
import weakref
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.matching import Matcher
from whoosh.reading import IndexReader

from analyzers.terms import Phrase, phrase_terms
from analyzers.units import IS_HAN
from indexer.index.collapse import dense
from indexer.index.columns import BytesColumn
from indexer.index.engine import FACETS
from indexer.index.facets import Facet, years
from indexer.index.generations import Generation, Lease
from indexer.index.ranking import RankingParameters

Ids = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Postings = tuple[Ids, Weights]
"""Ascending document numbers and the term's weight in each."""

_CACHE_BYTES: Final = 128 * 1024 * 1024
_NOTHING: Final[Postings] = (np.empty(0, np.int32), np.empty(0, np.float32))
_EVERYTHING: Final = 1 << 31
_FEW: Final = 32
_LOOKS: Final = 2
_VERIFIED: Final = 2_000
"""Candidates of a phrase of Chinese characters whose positions are read; of more, that have all
its pairs, one that has them apart is no harm that would be worth a second's waiting."""
_SLICE: Final = 5_000
_LONG_WORD: Final = 3


class Snapshot:
    """An open generation at one commit. Thread-safe.

    It lets its files and its folder go when nobody refers to it any more: searches under
    way keep the snapshot they began with.
    """

    def __init__(self, generation: Generation) -> None:
        """Open it.

        Raises:
            FileNotFoundError: it was replaced meanwhile; ask for the current one again.
        """
        self.generation = generation
        self.updated = generation.updated
        lease = Lease(generation.directory)
        try:
            index = FileIndex(FileStorage(str(generation.directory)))
            self.reader = index.reader()
        except BaseException:
            lease.release()
            raise
        weakref.finalize(self, _let_go, self.reader, lease)
        self.size = self.reader.doc_count_all()
        self._leaves = [pair for pair in self.reader.leaf_readers() if pair[0].doc_count_all()]
        self._cache: OrderedDict[tuple[Any, ...], Postings] = OrderedDict()
        self._cached_bytes = 0
        self._lock = threading.Lock()
        self._reading = threading.RLock()
        self._load_columns()

    def _load_columns(self) -> None:
        """Everything that most searches need, so that no search waits for it."""
        self.live = np.ones(self.size, np.bool_)
        for leaf, base in self._leaves:
            if leaf.has_deletions():
                for number in range(leaf.doc_count_all()):
                    self.live[base + number] = not leaf.is_deleted(number)
        self.documents = int(self.live.sum())
        self.days = self._numbers("published")
        self.content_lengths = self._numbers("content_length").astype(np.float32)
        self.title_lengths = self._numbers("title_length").astype(np.float32)
        attached_lengths = self._numbers("attached_length").astype(np.float32)
        self._lengths = {"content": self.content_lengths, "attached": attached_lengths}
        self.clusters = dense(self._numbers("cluster", np.int64))
        self.places = self._numbers("place")
        self._names = self.column("name")
        self.passages = self.column("passage")
        total = float(self.content_lengths[self.live].sum())
        self.mean_content_length = total / self.documents if total else 1.0
        self.facets: Mapping[str, Facet] = {
            name: years(self.days) if name == "year" else self._facet(name) for name in FACETS
        }

    def _numbers(self, field: str, dtype: type[Any] = np.int32) -> npt.NDArray[Any]:
        parts = []
        for leaf, _base in self._leaves:
            column = leaf.column_reader(field)
            parts.append(np.fromiter(column, dtype, leaf.doc_count_all()))
        return np.concatenate(parts) if parts else np.empty(0, dtype)

    def _facet(self, field: str) -> Facet:
        values = [term.decode() for term in self.reader.lexicon(field)]
        ordinals = np.full(self.size, -1, np.int32)
        for ordinal, value in enumerate(values):
            ordinals[self.postings(field, value)[0]] = ordinal
        return Facet(values, ordinals)

    # -- postings ---------------------------------------------------------------------

    def postings(self, field: str, term: str) -> Postings:
        """All postings of a term, deleted documents included; empty if unknown."""
        key = (field, term)
        found = self._kept(key)
        if found is not None:
            return found
        return self._keep(key, self._read_postings(field, term))

    def impacts(self, field: str, term: str, ranking: RankingParameters) -> Postings:
        """The postings of a term, each with what BM25 gives for its weight in a document of
        that length, to be multiplied by the term's idf. Kept ready: most of a search is this."""
        key = (field, term, ranking.k1, ranking.b)
        found = self._kept(key)
        if found is None:
            ids, weights = self._read_postings(field, term)
            if not len(ids) and len(term) >= _LONG_WORD:
                ids = self._as_phrase(field, term)
                weights = np.ones(len(ids), np.float32)
            found = self._keep(key, (ids, self._impacts(field, ids, weights, ranking)))
        return found

    def _impacts(
        self, field: str, ids: Ids, weights: Weights, ranking: RankingParameters
    ) -> Weights:
        k1, b = np.float32(ranking.k1), ranking.b
        norm: Weights | np.float32 = k1
        lengths = self._lengths.get(field)
        if lengths is not None:  # elsewhere texts are so short that lengths say nothing
            relative = lengths[ids] / self.mean_content_length
            norm = (k1 * (1 - b + b * relative)).astype(np.float32)
        impacts: Weights = (k1 + 1) * weights / (weights + norm)
        return impacts

    def _as_phrase(self, field: str, term: str) -> Ids:
        """The documents of a word that the dictionary has learned since they were written:
        its bigrams in a row are the word."""
        parts = phrase_terms(term)
        if len(parts) != 1 or len(parts[0]) < 2 or any(one == term for _at, one in parts[0]):
            pairs = tuple((at, term[at : at + 2]) for at in range(len(term) - 1))
            parts = (pairs,)
        return self.phrase(field, parts[0]) if IS_HAN.match(term) else _NOTHING[0]

    def having(self, field: str, term: str) -> Ids:
        """The documents of a term, of one that is new to the dictionary too."""
        ids = self.postings(field, term)[0]
        return self._as_phrase(field, term) if not len(ids) and len(term) >= _LONG_WORD else ids

    def of_host(self, host: str) -> Ids:
        """The documents of a host or of any host below a domain."""
        return self.postings("host", host)[0]

    def lexicon(self, field: str) -> Iterator[tuple[bytes, int]]:
        """The terms of a field, encoded, with the documents of each: segment by segment, in
        slices, so that searches go on meanwhile."""
        for leaf, _base in self._leaves:
            terms = iter(leaf.iter_field(field))
            while True:
                with self._reading:
                    part = [
                        (bytes(term), info.doc_frequency()) for term, info in islice(terms, _SLICE)
                    ]
                if not part:
                    break
                yield from part

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a term is, deleted ones included; reads no postings."""
        encoded = term.encode("utf-8", "surrogatepass")
        with self._reading:
            return int(self.reader.doc_frequency(field, encoded))

    def _kept(self, key: tuple[Any, ...]) -> Postings | None:
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
            return found

    def _keep(self, key: tuple[Any, ...], found: Postings) -> Postings:
        with self._lock:
            if key not in self._cache:
                self._cache[key] = found
                self._cached_bytes += _size(found)
            while self._cached_bytes > _CACHE_BYTES and len(self._cache) > 1:
                self._cached_bytes -= _size(self._cache.popitem(last=False)[1])
        return found

    def _read_postings(self, field: str, term: str) -> Postings:
        parts: list[Postings] = []
        encoded = term.encode("utf-8", "surrogatepass")
        with self._reading:  # Whoosh's files keep one read position for all threads
            for leaf, base in self._leaves:
                if (field, encoded) in leaf:
                    ids, weights = _drain(leaf.postings(field, encoded))
                    parts.append((ids + np.int32(base), weights))
        if not parts:
            return _NOTHING
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def phrase(self, field: str, phrase: Phrase) -> Ids:
        """The documents in which a phrase stands."""
        found = list(self._phrase_parts(field, phrase, _EVERYTHING))
        return np.concatenate(found) if found else _NOTHING[0]

    def has_phrase(self, field: str, phrase: Phrase) -> bool:
        """Whether a live document has it, among the first candidates: as a rule one of a few
        does, and who repeats 国家 fifty times shall not keep the others waiting."""
        parts = islice(self._phrase_parts(field, phrase, _FEW), _LOOKS)
        return any(bool(self.live[ids].any()) for ids in parts)

    def _phrase_parts(self, field: str, phrase: Phrase, step: int) -> Iterator[Ids]:
        """The documents of a phrase, from ``step`` candidates at a time."""
        terms = dict.fromkeys((*(term for _, term in phrase), *_pairs(phrase)))
        lists = sorted((self.postings(field, term)[0] for term in terms), key=len)
        candidates = lists[0]
        for ids in lists[1:]:
            candidates = common(candidates, ids)
        if len(phrase) == 1 or (len(candidates) > _VERIFIED and _is_chain(phrase)):
            yield candidates
            return
        for first in range(0, len(candidates), step):
            part = candidates[first : first + step]
            starts: dict[int, set[int]] | None = None
            places: dict[str, dict[int, list[int]]] = {}
            for offset, term in phrase:
                if term not in places:
                    places[term] = self._places(field, term, part)
                found = places[term].items()
                here = {doc: {at - offset for at in positions} for doc, positions in found}
                starts = here if starts is None else _narrow(starts, here)
                if not starts:
                    break
            yield np.array(sorted(starts or ()), np.int32)

    def _places(self, field: str, term: str, wanted: Ids) -> dict[int, list[int]]:
        """The positions of a term in each of some documents that have it."""
        encoded = term.encode("utf-8", "surrogatepass")
        places: dict[int, list[int]] = {}
        with self._reading:
            for leaf, base in self._leaves:
                inside = wanted[(wanted >= base) & (wanted < base + leaf.doc_count_all())] - base
                if len(inside) and (field, encoded) in leaf:
                    matcher = leaf.postings(field, encoded)
                    for number, found in _positions(matcher, inside.tolist()):
                        places[base + number] = found
        return places

    # -- documents --------------------------------------------------------------------

    def stored(self, number: int) -> dict[str, Any]:
        """The stored fields of a document: ``record`` and ``attachments``."""
        with self._reading:
            fields: dict[str, Any] = self.reader.stored_fields(number)
        return fields

    def number_of(self, url: str) -> int | None:
        """The number of the live document of this URL."""
        numbers = self.postings("key", url)[0]
        alive = numbers[self.live[numbers]]
        return int(alive[0]) if len(alive) else None

    def title_of(self, url: str) -> str | None:
        """The title of the document of this URL, or None if there is none."""
        number = self.number_of(url)
        if number is None:
            return None
        return self._names[number].decode("utf-8", "surrogatepass")

    def column(self, field: str) -> BytesColumn:
        """A column of bytes: of ``passage``, each document's title and the beginning of its
        text, normalised, without white space, in UTF-8."""
        segments = [(leaf.column_reader(field), base) for leaf, base in self._leaves]
        return BytesColumn(segments, self.size, self._reading)

    @cached_property
    def versions(self) -> dict[str, str]:
        """The digest of every live document by its key."""
        found: dict[str, str] = {}
        with self._reading:
            for leaf, base in self._leaves:
                keys, digests = leaf.column_reader("key"), leaf.column_reader("digest")
                for number in range(leaf.doc_count_all()):
                    if self.live[base + number]:
                        found[keys[number]] = bytes(digests[number]).decode()
        return found


def _let_go(reader: IndexReader, lease: Lease) -> None:
    reader.close()
    lease.release()


def _drain(matcher: Matcher) -> Postings:
    """All of a matcher's postings. Whole blocks where the matcher shows them (Whoosh's W3
    codec), for that is thirty times as fast as asking posting by posting."""
    ids: list[int] = []
    weights: list[float] = []
    if hasattr(matcher, "_read_ids") and hasattr(matcher, "_next_block"):
        while matcher.is_active():
            matcher.id(), matcher.weight()  # load the block
            ids.extend(matcher._ids)
            weights.extend(matcher._weights)
            matcher._next_block()
    else:
        while matcher.is_active():
            ids.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
    return np.array(ids, np.int32), np.array(weights, np.float32)


def _positions(matcher: Matcher, wanted: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Positions in ascending documents, block by block where the matcher shows blocks."""
    decode = matcher.format.decode_positions if hasattr(matcher, "_next_block") else None
    for number in wanted:
        if decode is None:
            matcher.skip_to(number)
            yield number, matcher.value_as("positions")
            continue
        while number > matcher.block_max_id():
            matcher._next_block()
        matcher.id(), matcher.value()  # load the block
        yield number, decode(matcher._values[bisect_left(matcher._ids, number)])


def _pairs(phrase: Phrase) -> Iterator[str]:
    """All pairs of neighbouring characters in a phrase, across its terms too: those that have
    all of them have the phrase but for rare accidents."""
    characters = {
        offset + at: character
        for offset, term in phrase
        if IS_HAN.match(term)
        for at, character in enumerate(term)
    }
    for place, character in characters.items():
        if place + 1 in characters:
            yield character + characters[place + 1]


def _is_chain(phrase: Phrase) -> bool:
    """Whether pairs of characters join a phrase from end to end: none joins 2009 and 年."""
    reach = 0
    for offset, term in sorted(phrase):
        if offset > reach or not IS_HAN.match(term):
            return False
        reach = max(reach, offset + len(term))
    return True


def _narrow(starts: dict[int, set[int]], here: dict[int, set[int]]) -> dict[int, set[int]]:
    both = {doc: starts[doc] & here[doc] for doc in starts.keys() & here.keys()}
    return {doc: left for doc, left in both.items() if left}


def common(few: Ids, many: Ids) -> Ids:
    """What stands in both of two ascending lists; quick where the first is short."""
    if not len(many):
        return many
    places = np.minimum(np.searchsorted(many, few), len(many) - 1)
    found: Ids = few[many[places] == few]
    return found


def either(one: Postings, other: Postings) -> Postings:
    """The documents of two ascending lists, with the sums of their weights."""
    ids = np.union1d(one[0], other[0])
    weights = np.zeros(len(ids), np.float32)
    for some, gains in (one, other):
        weights[np.searchsorted(ids, some)] += gains
    return ids, weights


def _size(postings: Postings) -> int:
    return postings[0].nbytes + postings[1].nbytes + 200
