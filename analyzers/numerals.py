"""Chinese numerals as Arabic ones, where they are figures and not part of a word.

第四十五号 is 第45号 and 二〇〇九年十二月三日 is 2009年12月3日, but 三公经费 stays. The contexts are
in ``data/numerals.yaml``. Everything here works on text whose characters are already folded
(:func:`analyzers.normalize.fold_characters`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from analyzers.own_data import load_yaml

_ZERO: Final = "〇零○◯"
_DIGITS: Final = {
    **dict.fromkeys(_ZERO + "o0", "0"),
    **{mark: str(value) for value, mark in enumerate("一二三四五六七八九", start=1)},
    **{digit: digit for digit in "123456789"},
}
_UNITS: Final = "一二三四五六七八九"
_ALL: Final = _ZERO + _UNITS + "十百千廿卅"
_VALUED: Final = re.compile(
    rf"(?:(?P<thousands>[{_UNITS}])千)?(?P<gap1>零?)(?:(?P<hundreds>[{_UNITS}])百)?(?P<gap2>[零〇]?)"
    rf"(?:(?P<tens>[{_UNITS}]?)十)?(?P<units>[{_UNITS}]?)"
)
_YEAR_LENGTH: Final = 4
_LONGEST: Final = 9
"""Characters of a numeral; what is longer is none (and int() takes no more than 4,300)."""
_LOOKED_BACK: Final = 5
_MONTH_ENDS: Final = frozenset("一二三四五六七八九十0123456789")

Edit = tuple[int, int, str]
"""``text[start:end]`` is replaced by a string."""


@lru_cache(maxsize=4096)
def numeral_value(numeral: str) -> int | None:
    """The value of 三, 十二, 四十五, 一百零二, 廿一, 二〇〇九, 一二〇; None for anything else.

    Below ten thousand, and without the shortened forms of speech (三百五 for 350).
    """
    if not 0 < len(numeral) <= _LONGEST:
        return None
    if _DIGITS.keys() >= set(numeral):
        return int("".join(_DIGITS[digit] for digit in numeral))
    found = _VALUED.fullmatch(numeral.replace("廿", "二十").replace("卅", "三十"))
    if found is None:
        return None
    value = 0
    for name, size in (("thousands", 1000), ("hundreds", 100)):
        if found[name]:
            value += size * int(_DIGITS[found[name]])
    if found["tens"] is not None:
        value += 10 * int(_DIGITS[found["tens"] or "一"])
    if found["units"]:
        gap = found["gap1"] or found["gap2"]
        if value >= 100 and found["tens"] is None and not gap:
            return None
        value += int(_DIGITS[found["units"]])
    return value or None


def numeral_edits(text: str) -> list[Edit]:
    """The places of a folded text whose numerals are figures, with the figures, in order."""
    contexts = _contexts()
    edits: list[Edit] = []
    for match in contexts.pattern.finditer(text):
        figures = _figures(text, match, contexts)
        if figures is not None:
            edits.append((match.start(), match.end(), figures))
    return edits


def replaced(text: str, edits: list[Edit]) -> str:
    """The text with its edits made."""
    pieces: list[str] = []
    position = 0
    for start, end, figures in edits:
        pieces += (text[position:start], figures)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


@dataclass(frozen=True)
class _Contexts:
    """``data/numerals.yaml``, ready for use."""

    ordinals: frozenset[str]
    counts: dict[str, int]
    not_one_behind: str
    never_behind: str
    no_number_behind: dict[str, str]
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def _contexts() -> _Contexts:
    file = resources.files("analyzers").joinpath("data/numerals.yaml")
    data = load_yaml(file.read_text(encoding="utf-8"))
    units = sorted({*data["ordinals"], *data["counts"], "年", "月"}, key=len, reverse=True)
    mixed = "".join(_DIGITS)
    # The first character of a numeral comes first, so that the scan for it is quick; that
    # none stands before it is looked at behind it.
    pattern = re.compile(
        rf"[{_ALL}](?<![{_ALL}\do].)"
        rf"(?:[{_ALL}]{{0,{_LONGEST - 1}}}(?=\s?(?P<unit>{'|'.join(units)}))"
        rf"|(?<=[一二])[{mixed}]{{3}}(?=\s?(?P<year>年))"
        rf"|(?:(?<=一)九|(?<=二)[{_ZERO}])[{_ZERO}{_UNITS}]{{2}}(?![{_ALL}\d]))"
    )
    return _Contexts(
        ordinals=frozenset(data["ordinals"]),
        counts=data["counts"],
        not_one_behind=data["not_one_behind"],
        never_behind=data["no_number_behind"]["any"],
        no_number_behind={
            unit: data["no_number_behind"]["any"] + more
            for unit, more in data["no_number_behind"].items()
        },
        pattern=pattern,
    )


def _figures(text: str, match: re.Match[str], contexts: _Contexts) -> str | None:
    """The figures for a numeral in its context; None where it is part of a word."""
    numeral, unit = match.group(), match["unit"] or match["year"]
    if unit is None or (unit[0] == "年" and _is_year(numeral)):
        return "".join(_DIGITS[digit] for digit in numeral)
    value = numeral_value(numeral)
    if value is None or (_is_row(numeral) and not (unit in "号条" and len(numeral) > 2)):
        return None  # 七八天 is about a week
    before = text[max(0, match.start() - _LOOKED_BACK) : match.start()].replace(" ", "")[-2:]
    behind = before[-1:]
    if behind == "第":
        counts = unit in contexts.ordinals
    elif numeral == "一" and behind and behind in contexts.not_one_behind:
        counts = False
    elif unit == "月":
        counts = value <= 12 and not _is_festival(text, match)
    elif unit in "日号" and behind == "月" and before[0] in _MONTH_ENDS:
        counts = value <= 31
    elif behind and behind in contexts.no_number_behind.get(unit, contexts.never_behind):
        counts = False
    else:
        counts = value >= contexts.counts.get(unit, value + 1)
    return str(value) if counts else None


def _is_row(numeral: str) -> bool:
    """Digits one after the other, without 十 and the like: 二〇〇九, 一二〇, 七八."""
    return len(numeral) > 1 and _DIGITS.keys() >= set(numeral)


def _is_year(numeral: str) -> bool:
    return len(numeral) == _YEAR_LENGTH and numeral[0] in "一二" and _is_row(numeral)


def _is_festival(text: str, match: re.Match[str]) -> bool:
    """三月三, 九月九: festivals, not months."""
    month = text.find("月", match.end())
    same = text.startswith(match.group(), month + 1)
    return same and text[month + 2 : month + 3] not in ("日", "号", "十")
