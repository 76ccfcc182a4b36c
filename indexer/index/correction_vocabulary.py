"""What the index's own words are made of: pairs of neighbouring characters and how often.

Typing errors are mended with words that documents have. The pairs of an index (its bigrams,
decisions/0006) fit into a few megabytes of arrays, from which what could stand beside a
character is read in microseconds; exact frequencies are asked of the index itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from analyzers.confusion import confusion, near_shapes, near_syllables, reading, readings
from indexer.index.snapshot import Snapshot

Numbers = npt.NDArray[np.uint16]
Codes = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.float32]

TITLE_FACTOR: Final = 4
"""A document with a pair in its title is evidence like so many with it in their text."""
_RARE_SHARE: Final = 1 / 20_000
"""Pairs in fewer documents than this share of all, and in no title, are left out: most are
chance, and some are typing errors themselves."""
_SLICE: Final = 4_000
"""Terms read at a time: between, searches may read."""
_PAUSE_SECONDS: Final = 0.001
_ROWS_KEPT: Final = 300
"""Characters whose confusions are remembered: six thousand numbers each."""
_HAN_BYTES: Final = 3
"""Bytes of one character of the basic plane in UTF-8; rarer ones are not corrected to."""


class Frequencies:
    """How often terms stand in the documents of a snapshot; remembers what it was asked."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[str, float] = {"": 0.0}

    def __call__(self, term: str) -> float:
        """Documents with the term, those with it in their title counted more."""
        found = self._known.get(term)
        if found is None:
            frequency = self._snapshot.frequency
            found = float(frequency("content", term))
            if found:
                found += TITLE_FACTOR * frequency("title", term)
            else:
                found = float(frequency("attached", term))
            self._known[term] = found
        return found


class Vocabulary:
    """The pairs of an index as arrays sorted by pair; characters are numbered by code point.

    ``counts`` has for each pair the documents with it, ``TITLE_FACTOR`` more for a title.
    """

    def __init__(self, characters: str, counts: Counts, pairs: dict[str, float]) -> None:
        """``characters`` ascending and without repetition, ``counts`` of each of them."""
        self.characters = characters
        self.character_counts = counts
        self._number = {character: number for number, character in enumerate(characters)}
        self._size = max(len(characters), 1)
        keys = np.fromiter(
            (self._number[pair[0]] * self._size + self._number[pair[1]] for pair in pairs),
            np.uint32,
            len(pairs),
        )
        order = np.argsort(keys)
        self._keys: Codes = keys[order]
        self.counts: Counts = np.fromiter(pairs.values(), np.float32, len(pairs))[order]
        self._firsts = (self._keys // self._size).astype(np.uint16)
        self._seconds = (self._keys % self._size).astype(np.uint16)
        self._by_second = np.lexsort((self._firsts, self._seconds)).astype(np.int32)
        self._seconds_sorted = self._seconds[self._by_second]
        self._costs: dict[str, Counts] = {}

    @classmethod
    def of(cls, snapshot: Snapshot, *, pause: bool = False) -> Vocabulary:
        """Read it from an index; ``pause`` now and then for those who search meanwhile."""
        counts: dict[str, float] = {}
        floor = max(1.0, snapshot.size * _RARE_SHARE)
        for term, documents in _short_terms(snapshot, "title", pause):
            counts[term] = counts.get(term, 0.0) + TITLE_FACTOR * documents
        in_text: dict[str, int] = {}
        for term, documents in _short_terms(snapshot, "content", pause):
            in_text[term] = in_text.get(term, 0) + documents
        for term, documents in in_text.items():
            if term in counts or documents >= floor:
                counts[term] = counts.get(term, 0.0) + documents
        pairs = {term: count for term, count in counts.items() if len(term) == 2}
        used = set("".join(pairs)) | {term for term in counts if len(term) == 1}
        characters = "".join(sorted(used))
        alone = np.array([counts.get(one, 1.0) for one in characters], np.float32)
        return cls(characters, alone, pairs)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        arrays = (self._keys, self.counts, self._firsts, self._seconds, self._by_second)
        return sum(array.nbytes for array in arrays) + self._seconds_sorted.nbytes

    @cached_property
    def total(self) -> float:
        """The sum of all counts of characters."""
        return float(self.character_counts.sum()) or 1.0

    def costs(self, typed: str) -> Counts:
        """For each character what it costs to take ``typed`` for it; infinite: it is not."""
        found = self._costs.get(typed)
        if found is None:
            found = np.full(len(self.characters), np.inf, np.float32)
            for meant in self._alike(typed):
                kind = confusion(typed, meant)
                if kind is not None:
                    found[self._number[meant]] = kind[1]
            if len(self._costs) >= _ROWS_KEPT:
                self._costs.clear()
            self._costs[typed] = found
        return found

    def _alike(self, typed: str) -> set[str]:
        """What may be confused with a character, not yet looked at closely."""
        alike = {meant for meant in near_shapes().get(typed, ()) if meant in self._number}
        sounds = set(readings(typed)).union(near_syllables(reading(typed)))
        return alike.union(*(self.by_reading.get(sound, "") for sound in sounds))

    @cached_property
    def by_reading(self) -> dict[str, str]:
        """The characters of each toneless syllable, of which a character may have several."""
        found: dict[str, list[str]] = {}
        for character in self.characters:
            for sound in readings(character):
                found.setdefault(sound, []).append(character)
        return {sound: "".join(alike) for sound, alike in found.items()}

    def pair_counts(self, firsts: Numbers, seconds: Numbers) -> Counts:
        """How often pairs stand in the index, given by the numbers of their characters."""
        if not len(self._keys):
            return np.zeros(len(firsts), np.float32)
        keys = firsts.astype(np.uint32) * np.uint32(self._size) + seconds.astype(np.uint32)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[places] == keys, self.counts[places], 0).astype(np.float32)

    def number(self, character: str) -> int | None:
        """The number of a character, None if no document has it."""
        return self._number.get(character)

    def after(self, character: str) -> Numbers:
        """The numbers of characters that stand behind this one somewhere."""
        number = self._number.get(character)
        if number is None:
            return self._seconds[:0]
        first, last = np.searchsorted(self._firsts, (number, number + 1))
        return self._seconds[first:last]

    def before(self, character: str) -> Numbers:
        """The numbers of characters that stand in front of this one somewhere."""
        number = self._number.get(character)
        if number is None:
            return self._firsts[:0]
        first, last = np.searchsorted(self._seconds_sorted, (number, number + 1))
        return self._firsts[self._by_second[first:last]]

    def pairs(self) -> tuple[Numbers, Numbers, Counts]:
        """The numbers of the characters of all pairs, and how often each stands."""
        return self._firsts, self._seconds, self.counts

    def pairs_like(self, first: Counts, second: Counts) -> tuple[Numbers, Numbers, Counts, Counts]:
        """The pairs whose characters both have a finite cost: their characters' numbers, how
        often they stand in the index, and the sum of their costs."""
        cost = first[self._firsts] + second[self._seconds]
        found = np.flatnonzero(np.isfinite(cost))
        return self._firsts[found], self._seconds[found], self.counts[found], cost[found]


def _short_terms(snapshot: Snapshot, field: str, pause: bool) -> Iterator[tuple[str, int]]:
    """Characters and pairs of a field with the documents that have them."""
    for number, (encoded, documents) in enumerate(snapshot.lexicon(field), 1):
        if len(encoded) in (_HAN_BYTES, 2 * _HAN_BYTES):
            term = encoded.decode("utf-8", "replace")
            if len(term) * _HAN_BYTES == len(encoded):
                yield term, documents
        if pause and number % _SLICE == 0:
            time.sleep(_PAUSE_SECONDS)
