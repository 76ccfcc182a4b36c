"""All titles of an index by what can be typed of them: characters, pinyin, initials.

One unit is one character of a title (:class:`analyzers.title_sounds.TitleSounds`); titles
follow each other with a closing unit between. Made once for each commit, kept in a file beside
the index and shared by processes through memory maps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analyzers.title_sounds import WORD
from indexer.index.arrays_file import Arrays
from indexer.index.prefixes import PADDING, Bytes, Ints, Prefixes, sorted_places

TITLE: Final = int(WORD) + 1
"""The start of a title, among the kinds of starts of :mod:`analyzers.title_sounds`."""
UNREAD: Final = b"\x01"
"""Stands for a character without a reading among letters."""

_VARIABLE = re.compile(
    r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]?|[0-9０-９〇零一二三四五六七八九十百千第条号年月\s]"
)
"""What near-equal titles differ in: numbers, and what stands in brackets."""
_OFTEN: Final = 3


class NamedDocument(NamedTuple):
    """A document of the index: its number, its title as shown, and the title's sounds as
    :meth:`analyzers.title_sounds.TitleSounds.to_bytes` gives them."""

    number: int
    title: str
    sounds: bytes
    is_service: bool = False


class TitleTable:
    """Different titles, the documents that have each, and the ways to find them.

    All members are read-only arrays: ``letters`` are the syllables' letters (ü as u), ``begins``
    tells where in them a unit begins, ``letter_of`` from units to letters, ``initials`` one
    letter a unit, ``characters`` UTF-16, ``starts`` the kind of start at each unit,
    ``first_units`` from titles to units, one more than titles.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Raises KeyError for arrays that :func:`build_arrays` did not make."""
        self.letters: Bytes = arrays["letters"]
        self.begins: npt.NDArray[np.bool_] = arrays["begins"]
        self.letter_of: Ints = arrays["letter_of"]
        self.initials: Bytes = arrays["initials"]
        self.characters: npt.NDArray[np.uint16] = arrays["characters"]
        self.starts: Bytes = arrays["starts"]
        self.first_units: Ints = arrays["first_units"]
        self.services: npt.NDArray[np.bool_] = arrays["services"]
        self.kinds: Ints = arrays["kinds"]
        self._title_of_unit: Ints = arrays["title_of_unit"]
        self._documents: Ints = arrays["documents"]
        self._first_documents: Ints = arrays["first_documents"]
        self._shown: Bytes = arrays["shown"]
        self._first_shown: npt.NDArray[np.int64] = arrays["first_shown"]
        self._arrays = arrays

    def __len__(self) -> int:
        return len(self.services)

    @cached_property
    def by_letters(self) -> Prefixes:
        """Units by the letters from there on."""
        units = self._arrays["letter_order"]
        ranks = self._arrays["letter_ranks"]
        return Prefixes(self.letters, units, ranks, lambda unit: self.letter_of[unit])

    @cached_property
    def by_initials(self) -> Prefixes:
        """Units by the initials from there on."""
        units, ranks = self._arrays["initial_order"], self._arrays["initial_ranks"]
        return Prefixes(self.initials, units, ranks, lambda unit: unit)

    @cached_property
    def by_characters(self) -> Prefixes:
        """Units by the characters from there on, as UTF-16 (:func:`typed_characters`)."""
        units, ranks = self._arrays["character_order"], self._arrays["character_ranks"]
        text = self.characters.view(np.uint8)
        return Prefixes(text, units, ranks, lambda unit: 2 * unit)

    def titles_of(self, units: Ints) -> Ints:
        """The titles in which units stand."""
        titles: Ints = self._title_of_unit[units]
        return titles

    @cached_property
    def unit_counts(self) -> Ints:
        """The length of each title in units, one at the least."""
        counts: Ints = np.maximum(np.diff(self.first_units) - 1, 1)
        return counts

    @cached_property
    def letter_counts(self) -> Ints:
        """The length of each title in letters, one at the least."""
        closing = self.first_units[1:] - 1
        counts: Ints = self.letter_of[closing] - self.letter_of[self.first_units[:-1]]
        return np.maximum(counts, 1)

    @cached_property
    def title_of_document(self) -> Ints:
        """The title of each document number up to the last one with a title, -1 for those
        without."""
        count = int(self._documents.max(initial=-1)) + 1
        titles = np.full(count, -1, np.int32)
        of = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self._first_documents))
        titles[self._documents] = of
        return titles

    def renumbered(self, numbers: Ints) -> TitleTable:
        """The same titles with other numbers for their documents.

        Args:
            numbers: the new number of each document, -1 to leave it out.
        """
        new = numbers[self._documents]
        of = np.repeat(np.arange(len(self)), np.diff(self._first_documents))
        counts = np.bincount(of[new >= 0], minlength=len(self))
        firsts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        arrays = dict(self._arrays) | {"documents": new[new >= 0], "first_documents": firsts}
        return TitleTable(arrays)

    def shown(self, title: int) -> str:
        """A title as its document shows it."""
        start, end = self._first_shown[title], self._first_shown[title + 1]
        return self._shown[start:end].tobytes().decode("utf-8", "replace")

    def characters_at(self, start: int, end: int) -> str:
        """The characters of a half-open span of units."""
        return self.characters[start:end].tobytes().decode("utf-16-be", "replace")

    def documents_of(self, titles: npt.NDArray[Any]) -> tuple[Ints, npt.NDArray[np.intp]]:
        """The documents of titles, and for each the index of its title in ``titles``."""
        first, end = self._first_documents[titles], self._first_documents[titles + 1]
        counts = end - first
        of = np.repeat(np.arange(len(titles)), counts)
        within = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
        numbers: Ints = self._documents[first[of] + within]
        return numbers, of


def typed_characters(text: str) -> bytes:
    """Characters as :attr:`TitleTable.characters` holds them; those beyond the Basic
    Multilingual Plane are one sign, so that a character is always two bytes."""
    points = np.frombuffer(text.encode("utf-32-be", "replace"), ">u4")
    return np.where(points > 0xFFFF, 0xFFFD, points).astype(">u2").tobytes()


def build_arrays(
    documents: Iterable[NamedDocument], *, best_first: bool = False
) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a :class:`TitleTable`; documents without a title are left out.

    ``best_first``: the documents come in the order in which they are to be suggested.

    Raises:
        ValueError: sounds are not as ``TitleSounds.to_bytes`` writes them.
    """
    titles: dict[bytes, list[NamedDocument]] = {}
    for document in documents:
        if document.sounds:
            titles.setdefault(document.sounds, []).append(document)
    groups = list(titles.values())
    leaders = [min(group, key=lambda one: not one.is_service) for group in groups]
    arrays = _units(list(titles))
    arrays["services"] = np.array([leader.is_service for leader in leaders], np.bool_)
    arrays["kinds"] = _near_equal([leader.title for leader in leaders])
    shown = [leader.title.encode("utf-8", "replace") for leader in leaders]
    arrays["shown"] = np.frombuffer(b"".join(shown), np.uint8)
    arrays["first_shown"] = _offsets(shown).astype(np.int64)
    numbers = [one.number for group in groups for one in group]
    arrays["documents"] = np.array(numbers, np.int32)
    arrays["first_documents"] = _offsets(groups)
    _add_orders(arrays, best_first)
    return arrays


def _offsets(parts: Sequence[Sequence[Any]]) -> Ints:
    return np.cumsum([0, *map(len, parts)]).astype(np.int32)


def _near_equal(titles: list[str]) -> Ints:
    """For each title a number that it shares with those that differ in figures only."""
    numbers: dict[str, int] = {}
    kinds = (_VARIABLE.sub("", title) or title for title in titles)
    return np.array([numbers.setdefault(kind, len(numbers)) for kind in kinds], np.int32)


def _units(sounds: list[bytes]) -> dict[str, npt.NDArray[Any]]:
    """Characters, letters, initials and starts of all titles, each closed by a zero."""
    lines = [one.split(b"\n") for one in sounds]
    if any(len(line) != 3 for line in lines):
        raise ValueError("sounds of a title have three lines")
    texts = "".join(line[0].decode("utf-8", "replace") + "\0" for line in lines)
    characters = np.frombuffer(typed_characters(texts), ">u2")
    flags = np.frombuffer(b"".join(line[2] + b"0" for line in lines), np.uint8) - ord("0")
    letters, begins = _letters(b"".join(line[1] + b" \0 " for line in lines))
    letter_of = np.flatnonzero(begins).astype(np.int32)
    if not len(characters) == len(flags) == len(letter_of):
        raise ValueError("characters, syllables and starts of a title are not as many")
    first_units = _offsets([line[2] + b"0" for line in lines])
    flags[first_units[:-1]] = TITLE
    return {
        "characters": np.concatenate([characters, np.zeros(PADDING, ">u2")]).astype(">u2"),
        "letters": np.concatenate([letters, np.zeros(PADDING, np.uint8)]),
        "begins": np.concatenate([begins, np.zeros(PADDING, np.bool_)]),
        "letter_of": letter_of,
        "initials": np.concatenate([letters[letter_of], np.zeros(PADDING, np.uint8)]),
        "starts": flags,
        "first_units": first_units,
        "title_of_unit": np.repeat(np.arange(len(sounds), dtype=np.int32), np.diff(first_units)),
    }


def _letters(syllables: bytes) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Letters without the spaces between syllables, and where a syllable begins."""
    spaced = np.frombuffer(syllables.replace(b"v", b"u"), np.uint8)
    begins = np.concatenate([[True], spaced[:-1] == ord(" ")]).astype(np.bool_)
    kept = (spaced != ord(" ")) & ~((spaced >= 0x80) & (spaced < 0xC0))
    letters = spaced[kept]
    return np.where(letters >= 0xC0, UNREAD[0], letters).astype(np.uint8), begins[kept]


def _add_orders(arrays: dict[str, npt.NDArray[Any]], best_first: bool) -> None:
    """Where words begin, in the order of what follows, with their ranks as suggestions."""
    units = np.flatnonzero(arrays["starts"]).astype(np.int32)
    ranks = np.arange(len(units), dtype=np.int32) if best_first else _ranks(arrays, units)
    for name, text, places in (
        ("letter", arrays["letters"], arrays["letter_of"][units]),
        ("initial", arrays["initials"], units),
        ("character", arrays["characters"].view(np.uint8), 2 * units),
    ):
        order = sorted_places(text, places)
        arrays[f"{name}_order"] = units[order]
        arrays[f"{name}_ranks"] = ranks[order]


def _ranks(arrays: dict[str, npt.NDArray[Any]], units: Ints) -> Ints:
    """How good each start is as a suggestion, 0 the best: not the like of many others, a
    service guide, from its beginning, short."""
    first_units, services = arrays["first_units"], arrays["services"]
    lengths = np.diff(first_units)
    best_first = np.lexsort((lengths, ~services, arrays["kinds"]))
    kinds = arrays["kinds"][best_first]
    first_of_kind = np.searchsorted(kinds, kinds)
    before = np.empty(len(lengths), np.int32)
    before[best_first] = np.minimum(np.arange(len(kinds)) - first_of_kind, _OFTEN)
    titles = arrays["title_of_unit"][units]
    inside = TITLE - arrays["starts"][units]
    order = np.lexsort((lengths[titles], inside, ~services[titles], before[titles]))
    ranks = np.empty(len(units), np.int32)
    ranks[order] = np.arange(len(units), dtype=np.int32)
    return ranks
