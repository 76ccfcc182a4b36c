"""Which characters people type for which: same sound, near sound, near shape.

Input methods take pinyin, so that most wrong characters sound like the right one; people of
the south write as they speak (z for zh, l for n, in for ing, h for f); and who copies by eye
or scans takes characters that look alike for each other (己 已 巳).
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from analyzers.own_data import load_yaml
from analyzers.pinyin import full_pinyin

SAME_SOUND: Final = "sound"
NEAR_SOUND: Final = "near_sound"
NEAR_SHAPE: Final = "shape"

_COSTS: Final = MappingProxyType({SAME_SOUND: 0.0, NEAR_SOUND: 1.5, NEAR_SHAPE: 1.0})
"""How much rarer than the same sound, as a negative natural logarithm: judged by eye."""
_RARE_READING: Final = 1.0
_INITIALS: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FINALS: Final = (("ing", "in"), ("eng", "en"), ("ang", "an"))
_F_AND_H: Final = MappingProxyType(
    {
        "fu": "hu",
        "fa": "hua",
        "fan": "huan",
        "fang": "huang",
        "fei": "hui",
        "fen": "hun",
        "feng": "hong",
        "fo": "huo",
    }
)
_GB2312_LEVEL_1: Final = range(0xB0, 0xD8)
"""First bytes of the 3,755 characters in common use of GB/T 2312-1980, sorted by pinyin."""


@lru_cache(maxsize=30_000)
def reading(character: str) -> str:
    """The usual toneless reading (``ü`` as ``v``); empty for what has none."""
    return "" if character.isascii() else full_pinyin(character)


def readings(character: str) -> frozenset[str]:
    """All toneless readings in daily use; empty for what has none."""
    usual = reading(character)
    return _several_readings().get(character, frozenset()) | ({usual} if usual else set())


@lru_cache(maxsize=1)
def _several_readings() -> dict[str, frozenset[str]]:
    return {one: frozenset(several.split()) for one, several in _data()["readings"].items()}


@lru_cache(maxsize=1)
def function_characters() -> frozenset[str]:
    """Characters that are words of grammar (的, 吗, 谁): right or wrong, they ask for nothing."""
    return frozenset("".join(_data()["function_characters"].split()))


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    file = resources.files("analyzers").joinpath("data/confusion.yaml")
    data: dict[str, Any] = load_yaml(file.read_text("utf-8"))
    return data


@lru_cache(maxsize=2_000)
def near_syllables(syllable: str) -> frozenset[str]:
    """Syllables that southern speakers say alike, the syllable itself not among them.

    Whether there is such a syllable is not checked: who compares finds those that are.
    """
    starts = {syllable}
    for one, other in _INITIALS:
        for initial, swapped in ((one, other), (other, one)):
            if _initial(syllable) == initial:
                starts.add(swapped + syllable[len(initial) :])
    for f, h in _F_AND_H.items():
        if syllable in (f, h):
            starts.add(h if syllable == f else f)
    found = set(starts)
    for start in starts:
        for one, other in _FINALS:
            for final, swapped in ((one, other), (other, one)):
                if start.endswith(final):
                    found.add(start.removesuffix(final) + swapped)
    return frozenset(found - {syllable})


def _initial(syllable: str) -> str:
    length = 2 if syllable[:2] in ("zh", "ch", "sh") else 1
    return syllable[:length]


@lru_cache(maxsize=1)
def near_shapes() -> MappingProxyType[str, frozenset[str]]:
    """For each character of ``data/near_shapes.txt`` those that look like it."""
    text = resources.files("analyzers").joinpath("data/near_shapes.txt").read_text("utf-8")
    alike: dict[str, set[str]] = {}
    for line in text.splitlines():
        group = line.split("#", 1)[0].split()
        for character in group:
            alike.setdefault(character, set()).update(group)
    return MappingProxyType({one: frozenset(group - {one}) for one, group in alike.items()})


@lru_cache(maxsize=100_000)
def confusion(typed: str, meant: str) -> tuple[str, float] | None:
    """How ``typed`` may stand for ``meant``: the kind and what it costs; None if it cannot.

    Costs are negative natural logarithms relative to the commonest, the same usual reading.
    """
    if typed == meant:
        return None
    found: list[tuple[float, str]] = []
    if meant in near_shapes().get(typed, ()):
        found.append((_COSTS[NEAR_SHAPE], NEAR_SHAPE))
    own, other = reading(typed), reading(meant)
    if own and other:
        if own == other:
            found.append((_COSTS[SAME_SOUND], SAME_SOUND))
        elif readings(typed) & readings(meant):
            found.append((_COSTS[SAME_SOUND] + _RARE_READING, SAME_SOUND))
        if other in near_syllables(own):
            found.append((_COSTS[NEAR_SOUND], NEAR_SOUND))
    if not found:
        return None
    cost, kind = min(found)
    return kind, cost


@lru_cache(maxsize=1)
def common_characters() -> tuple[str, ...]:
    """The 3,755 characters in common use (GB/T 2312-1980, level 1)."""
    cells = (bytes((row, cell)) for row in _GB2312_LEVEL_1 for cell in range(0xA1, 0xFF))
    return tuple(filter(None, (cell.decode("gb2312", "ignore") for cell in cells)))


@lru_cache(maxsize=1)
def _common_by_reading() -> dict[str, tuple[str, ...]]:
    by_reading: dict[str, list[str]] = {}
    for character in common_characters():
        by_reading.setdefault(reading(character), []).append(character)
    return {sound: tuple(found) for sound, found in by_reading.items()}


def homophones(character: str) -> tuple[str, ...]:
    """Other characters in common use with the same usual toneless reading, in a fixed order."""
    found = _common_by_reading().get(reading(character), ()) if reading(character) else ()
    return tuple(one for one in found if one != character)
