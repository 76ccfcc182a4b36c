"""Pinyin with slips of the finger, read with the words of an index: gonjijing is 公积金."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analyzers.confusion import readings
from analyzers.confusion_pinyin import LONGEST_SYLLABLE, SLIP, syllables, syllables_by_typing
from indexer.index.correction_vocabulary import Counts, Numbers, Vocabulary

LONGEST: Final = 30
"""Letters; what is longer was not typed in one go."""
_BEAM: Final = 10
"""Ways to read the letters so far that are followed."""
_READINGS: Final = 6
"""Sequences of syllables for which characters are looked for."""
_UNKNOWN: Final = 0.02
"""What counts for pairs of syllables that no document has, in documents."""
_LETTERS_A_SLIP: Final = 9
"""One slip of the finger is believed in a word, two in a long phrase."""


class Read(NamedTuple):
    """Characters, and the log probability of the letters being meant so."""

    text: str
    score: float
    cost: float


class _Path(NamedTuple):
    score: float
    cost: float
    slips: int
    sounds: tuple[int, ...]


_Paths = dict[tuple[int, ...], _Path]
"""By slips so far and last syllables."""


class PinyinReader:
    """Reads mistyped pinyin by the pairs of characters of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._sounds = {sound: number for number, sound in enumerate(syllables())}

    def prepare(self) -> None:
        """Make the tables that the first reading would make, in a tenth of a second."""
        syllables_by_typing()
        _ = self._start, self._pairs

    def read(self, letters: str) -> list[Read]:
        """What ``letters`` (a to z) may mean, the likeliest first; empty: nothing known."""
        if not 4 <= len(letters) <= LONGEST:
            return []
        found = [
            Read(text, path.score, path.cost)
            for path in self._paths(letters)[:_READINGS]
            if len(path.sounds) > 1 and (text := self._characters(path.sounds))
        ]
        return sorted(found, key=lambda read: -read.score)

    # -- letters to syllables -------------------------------------------------------------

    def _paths(self, letters: str) -> list[_Path]:
        """The likeliest sequences of syllables for all letters (Viterbi with a beam)."""
        most = 1 + len(letters) // (2 * _LETTERS_A_SLIP)
        at: list[_Paths] = [{} for _ in range(len(letters) + 1)]
        at[0][()] = _Path(0.0, 0.0, 0, ())
        table = syllables_by_typing()
        for start in range(len(letters)):
            paths = sorted(at[start].values(), reverse=True)[:_BEAM]
            for end in range(start + 1, min(start + LONGEST_SYLLABLE, len(letters)) + 1):
                for sound, cost in table.get(letters[start:end], ()) if paths else ():
                    number = self._sounds[sound]
                    for path in paths:
                        slips = path.slips + (cost >= SLIP)
                        if slips <= most:
                            _keep(at[end], self._longer(path, number, cost, slips))
        return sorted(at[-1].values(), reverse=True)

    def _longer(self, path: _Path, number: int, cost: float, slips: int) -> _Path:
        step = float(
            self._start[number] if not path.sounds else self._pairs[path.sounds[-1], number]
        )
        return _Path(path.score + step - cost, path.cost + cost, slips, (*path.sounds, number))

    @cached_property
    def _readings(
        self,
    ) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16], Counts, Numbers, Numbers]:
        """Sounds of the first and second character of each pair in each reading, how often the
        pair stands, and its characters, sorted by sounds."""
        vocabulary = self._vocabulary
        several = [
            [self._sounds[sound] for sound in sorted(readings(one)) if sound in self._sounds]
            for one in vocabulary.characters
        ]
        firsts, seconds, counts = vocabulary.pairs()
        rows = [
            (one, other, place)
            for place, (a, b) in enumerate(zip(firsts.tolist(), seconds.tolist(), strict=True))
            for one in several[a]
            for other in several[b]
        ]
        rows.sort()
        table = np.array(rows, np.int64).reshape(-1, 3)
        places = table[:, 2]
        first, second = table[:, 0].astype(np.int16), table[:, 1].astype(np.int16)
        return first, second, counts[places], firsts[places], seconds[places]

    @cached_property
    def _pairs(self) -> npt.NDArray[np.float32]:
        """The log probability of each syllable behind each other."""
        first, second, counts, _a, _b = self._readings
        table = np.full((len(self._sounds), len(self._sounds)), _UNKNOWN, np.float32)
        np.add.at(table, (first, second), counts)
        logarithms: npt.NDArray[np.float32] = np.log(table / table.sum(axis=1, keepdims=True))
        return logarithms

    @cached_property
    def _start(self) -> npt.NDArray[np.float32]:
        first, _second, counts, _a, _b = self._readings
        sums = np.bincount(first, counts, minlength=len(self._sounds)) + _UNKNOWN
        logarithms: npt.NDArray[np.float32] = np.log(sums / sums.sum()).astype(np.float32)
        return logarithms

    # -- syllables to characters ------------------------------------------------------------

    def _characters(self, sounds: tuple[int, ...]) -> str | None:
        """The likeliest characters of a sequence of syllables, every pair being known."""
        best: dict[int, tuple[float, str]] = {}
        names = self._vocabulary.characters
        for place in range(len(sounds) - 1):
            low, high = self._range(sounds[place], sounds[place + 1])
            _first, _second, counts, firsts, seconds = self._readings
            ahead: dict[int, tuple[float, str]] = {}
            parts = (
                firsts[low:high].tolist(),
                seconds[low:high].tolist(),
                counts[low:high].tolist(),
            )
            for a, b, count in zip(*parts, strict=True):
                if place and a not in best:
                    continue
                score, text = best[a] if place else (0.0, names[a])
                if place:
                    score -= math.log(float(self._vocabulary.character_counts[a]) + 1)
                score += math.log(count)
                if b not in ahead or score > ahead[b][0]:
                    ahead[b] = score, text + names[b]
            best = ahead
        return max(best.values())[1] if best else None

    def _range(self, first: int, second: int) -> tuple[int, int]:
        """Where the pairs of two sounds are."""
        firsts, seconds = self._readings[:2]
        low, high = np.searchsorted(firsts, (first, first + 1))
        start, end = np.searchsorted(seconds[low:high], (second, second + 1))
        return int(low + start), int(low + end)


def _keep(paths: _Paths, path: _Path) -> None:
    """Keep a path if it is the best one that ends so: two syllables, since the last alone
    would let 营业指 in front of 照 win over 营业执 for its cheaper letters."""
    key = (path.slips, *path.sounds[-2:])
    if key not in paths or path > paths[key]:
        paths[key] = path
