"""Pinyin as fingers type it: the syllables that a few Latin letters may stand for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from analyzers.confusion import common_characters, near_syllables, reading

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR_SOUND, SLIP = 1.5, 3.0
"""Costs as negative natural logarithms: who says jin as jing types it so day by day; one letter
in twenty is a slip of the finger."""
LONGEST_SYLLABLE: Final = 7
"""Letters: zhuang with one too many."""


class Syllable(NamedTuple):
    """A toneless syllable (``ü`` as ``v``) and the cost of having typed it otherwise."""

    sound: str
    cost: float


@lru_cache(maxsize=1)
def syllables() -> tuple[str, ...]:
    """The toneless syllables of the characters in common use, in order."""
    return tuple(sorted({sound for sound in map(reading, common_characters()) if sound}))


@lru_cache(maxsize=1)
def syllables_by_typing() -> MappingProxyType[str, tuple[Syllable, ...]]:
    """For letters that somebody typed the syllables that may be meant, the likeliest first.

    One slip a syllable: a letter left out, doubled, swapped with the next, hit beside or
    besides the right key; or a syllable that sounds alike in the south.
    """
    found: dict[str, dict[str, float]] = {}
    known = set(syllables())
    for sound in syllables():
        found.setdefault(sound, {})[sound] = 0.0
    for sound in syllables():
        alike = [(near, _NEAR_SOUND) for near in near_syllables(sound)]
        if "v" in sound:
            alike.append((sound.replace("v", "u"), 0.0))
        for typed, cost in (*alike, *((typed, SLIP) for typed in _slips(sound))):
            meant = found.setdefault(typed, {})
            meant[sound] = min(cost, meant.get(sound, cost))
    for typed in known:
        # What is a syllable as it is was hardly meant as another by a slip of the finger.
        found[typed] = {s: c + (0.0 if c < SLIP else 1.0) for s, c in found[typed].items()}
    return MappingProxyType(
        {
            typed: tuple(sorted(map(Syllable, meant, meant.values()), key=lambda one: one.cost))
            for typed, meant in found.items()
        }
    )


def _slips(sound: str) -> Iterator[str]:
    """The syllable with one slip of the finger; never less than two letters."""
    for at, letter in enumerate(sound):
        before, after = sound[:at], sound[at + 1 :]
        if len(sound) > 2:
            yield before + after
        yield before + letter + letter + after
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:]
        for key in _beside()[letter]:
            if len(sound) > 1:
                yield before + key + after
                yield before + key + letter + after
                yield before + letter + key + after


@lru_cache(maxsize=1)
def _beside() -> dict[str, str]:
    """The keys around each key of the usual keyboard (QWERTY)."""
    places = {
        key: (column + row / 2, row)
        for row, keys in enumerate(_ROWS)
        for column, key in enumerate(keys)
    }
    return {
        key: "".join(
            other
            for other, (x, y) in places.items()
            if other != key and abs(x - places[key][0]) <= 1 and abs(y - places[key][1]) <= 1
        )
        for key in places
    }
