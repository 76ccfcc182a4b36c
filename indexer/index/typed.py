"""What somebody types of a title: Latin letters, Chinese characters, or both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from analyzers.normalize import fold_characters
from analyzers.pinyin import readings
from analyzers.segment import default_segmenter
from analyzers.title_sounds import WORD_INSIDE
from indexer.index.prefixes import Ints
from indexer.index.title_table import UNREAD, TitleTable, typed_characters

_RUN = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[a-z0-9]")
_LOOKED_AT: Final = 2_000
_LONGEST: Final = 600
"""Letters that are looked at: more than the longest title has."""


@dataclass(frozen=True)
class Typed:
    """A piece of typing as letters.

    ``letters`` are Latin letters as typed (ü as u) and the pinyin of Chinese characters;
    ``breaks`` the places among them where a syllable must begin, for there was a space or an
    apostrophe (xi'an); ``written`` the characters that stand at a place; ``has_latin``
    whether letters or digits were typed as such. ``short`` has one letter for each character
    typed, for letters may be initials; ``characters`` tells which of them were characters.
    """

    letters: bytes
    breaks: tuple[int, ...] = ()
    written: tuple[tuple[int, str], ...] = ()
    has_latin: bool = True
    short: bytes = b""
    characters: tuple[tuple[int, str], ...] = ()

    @classmethod
    def of(cls, text: str) -> Typed:
        """From what was typed; never an error."""
        letters = short = b""
        breaks: list[int] = []
        written: list[tuple[int, str]] = []
        characters: list[tuple[int, str]] = []
        folded = fold_characters(text)
        for match in _RUN.finditer(folded):
            run = match.group()
            breaks.append(len(letters))
            for character, reading in zip(run, readings(run), strict=True):
                read = reading.replace("v", "u").encode() or UNREAD
                if not _LATIN.fullmatch(character):
                    written.append((len(letters), character))
                    characters.append((len(short), character))
                    breaks.append(len(letters))
                letters += read
                short += read[:1]
                if not _LATIN.fullmatch(character):
                    breaks.append(len(letters))
        return cls(
            letters[:_LONGEST],
            tuple(sorted({at for at in breaks if 0 < at < min(len(letters), _LONGEST)})),
            tuple(one for one in written if one[0] < _LONGEST),
            _LATIN.search(folded) is not None,
            short,
            tuple(characters),
        )

    def is_written_in(self, word: str) -> bool:
        """Whether ``word``, which sounds as typed, has the characters that were typed."""
        places = accumulate(map(len, readings(word)), initial=0)
        characters = dict(zip(places, word, strict=False))
        return all(characters.get(place) == character for place, character in self.written)

    @property
    def is_latin(self) -> bool:
        """Whether no Chinese character is among it."""
        return not self.written

    @property
    def is_mixed(self) -> bool:
        """Whether Latin letters stand beside characters."""
        return bool(self.written) and self.has_latin


def reads(table: TitleTable, typed: Typed, most: int | None = None) -> Ints:
    """Units from which a title reads as typed, at least two syllables and the last one to its
    end; with ``most``, only that many units that begin so are looked at."""
    units = table.by_letters.all(typed.letters)[:most]
    units = units[table.letter_of[units + 1] - table.letter_of[units] < len(typed.letters)]
    fitting: Ints = units[_fits(table, units, typed, whole=True)]
    return fitting


def best_reading(table: TitleTable, typed: Typed, limit: int) -> Ints:
    """The best suggestions among the units from which a title begins to read as typed."""
    if not (typed.breaks or typed.written):
        return table.by_letters.best(typed.letters, limit)
    units = table.by_letters.best(typed.letters, 20 * limit)
    fitting: Ints = units[_fits(table, units, typed, whole=False)][:limit]
    return fitting


def best_initials(table: TitleTable, typed: Typed, limit: int) -> Ints:
    """The best suggestions among the units from which a title has the letters typed as
    initials, and the characters typed as they are."""
    units = table.by_initials.best(typed.short, 20 * limit if typed.characters else limit)
    fits = np.ones(len(units), np.bool_)
    for at, character in typed.characters:
        fits &= table.characters[units + at] == _one_sign(character)
    fitting: Ints = units[fits][:limit]
    return fitting


def _one_sign(character: str) -> np.uint16:
    sign: np.uint16 = np.frombuffer(typed_characters(character), ">u2")[0]
    return sign


def _fits(table: TitleTable, units: Ints, typed: Typed, *, whole: bool) -> npt.NDArray[np.bool_]:
    places = table.letter_of[units]
    fits = np.ones(len(units), np.bool_)
    for at in (*typed.breaks, len(typed.letters)) if whole else typed.breaks:
        fits &= table.begins[places + at]
    for at, character in typed.written:
        place = np.flatnonzero(fits)
        there = np.searchsorted(table.letter_of, places[place] + at)
        fits[place] = table.characters[there] == _one_sign(character)
    return fits


def initials(table: TitleTable, typed: Typed) -> Ints:
    """Units from which whole words of a title have the typed letters as initials: words as the
    title is cut, or a word of the dictionary within a longer one (公积金 in 住房公积金)."""
    units = table.by_initials.all(typed.letters)
    ends = units + len(typed.letters)
    closed = (table.characters[ends] == 0) | (table.starts[ends] >= int(WORD_INSIDE))
    units = units[closed]
    ends = units + len(typed.letters)
    cut = (table.starts[units] > int(WORD_INSIDE)) & (
        (table.characters[ends] == 0) | (table.starts[ends] > int(WORD_INSIDE))
    )
    is_word = default_segmenter().is_word
    within = [
        index
        for index in np.flatnonzero(~cut)[:_LOOKED_AT].tolist()
        if is_word(table.characters_at(int(units[index]), int(ends[index])))
    ]
    cut[within] = True
    found: Ints = units[cut]
    return found
