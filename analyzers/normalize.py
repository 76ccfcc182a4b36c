"""Normalisation: one form for what a person reads as the same text.

Index and query go through the same function, so that they meet. First every character is
folded by itself: NFKC (Unicode Standard Annex 15), case folding, traditional to simplified,
invisible characters dropped, brackets of document numbers as one. Then Chinese numerals that
are figures become Arabic (:mod:`analyzers.numerals`). Both steps keep the way back to the
original text, for highlighting.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from analyzers.numerals import numeral_edits, replaced
from analyzers.traditional import simplified_characters, simplify_words

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties) that no category tells:
variation selectors behind an ideograph above all."""

# Brackets around the year of a document number (钦政发【2009】12号), which NFKC leaves apart:
# all as the round ones, for people type what they find. In other places they only separate.
_BRACKETS: Final = {
    **dict.fromkeys("[〔【〖〘〚〈", "("),
    **dict.fromkeys("]〕】〗〙〛〉", ")"),
}
_FREQUENT: Final = "，；：（）"
"""What changes in nearly every text, and is replaced before it is looked what else does."""
_STEADY: Final = " !\"#$%&'()*+,-./0-9:;<=>?@\\\\^_`a-z{|}~\n“”‘’—·、。《》"
"""Besides most ideographs, what stays as it is, as inside of a regular expression's class."""


class _FoldTable(dict[int, str]):
    """Translation table for :meth:`str.translate`, filled as characters are met."""

    def __init__(self, simplified: dict[str, str]) -> None:
        super().__init__()
        self._simplified = simplified

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        category = unicodedata.category(character)
        if category in ("Cf", "Cs", "Co") or _INVISIBLE.match(character):
            folded = ""  # zero-width, direction marks, surrogates: nobody can see or type them
        elif category == "Cc":
            folded = character if character == "\n" else " "
        else:
            compatible = unicodedata.normalize("NFKC", character).casefold()
            folded = "".join(
                _BRACKETS.get(part, self._simplified.get(part, part)) for part in compatible
            )
        self[codepoint] = folded
        return folded


@dataclass(frozen=True)
class _Tables:
    """What folding needs, made at the first use (50 ms)."""

    fold: _FoldTable
    changing: re.Pattern[str]
    unusual: re.Pattern[str]
    """A character that changes and is none of the few that most texts have."""


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    simplified = simplified_characters()
    runs = re.split(f"[{''.join(simplified)}]+", "".join(map(chr, range(0x4E00, 0xA000))))
    # Ranges, which a regular expression reads quicker than thousands of characters.
    steady = "".join(f"{run[0]}-{run[-1]}" for run in runs if run)
    return _Tables(
        _FoldTable(simplified),
        changing=re.compile(f"[^{_STEADY}{steady}]+"),
        unusual=re.compile(f"[^{_STEADY}{_FREQUENT}A-Z！？０-９\u3000{steady}]"),
    )


def normalize(text: str) -> str:
    """Fold every character, then make figures of Chinese numerals (第四十五号 is 第45号)."""
    return with_figures(fold_characters(text))


def with_figures(folded: str) -> str:
    """The second step of :func:`normalize` alone, for a text that was folded before."""
    edits = numeral_edits(folded)
    return replaced(folded, edits) if edits else folded


def fold_characters(text: str) -> str:
    """Fold width, case, compatibility forms, brackets and traditional characters; drop what
    is invisible. Numerals stay as they are written."""
    tables = _tables()
    for mark in _FREQUENT:
        text = text.replace(mark, tables.fold[ord(mark)])
    if tables.changing.search(text) is not None:
        text = tables.changing.sub(lambda run: run.group().translate(tables.fold), text)
    return simplify_words(text)


class _Alignment:
    """Where a text's places were before some of its spans were replaced.

    Args:
        edits: start and end of each replaced span and the length of what replaces it, in
            order; all other characters stay one for one.
    """

    def __init__(self, edits: Iterable[tuple[int, int, int]]) -> None:
        self._starts: list[int] = []
        self._edits: list[tuple[int, int, int]] = []
        shift = 0
        for start, end, length in edits:
            self._starts.append(start + shift)
            self._edits.append((start + shift + length, start, end))
            shift += length - (end - start)

    def first(self, place: int) -> int:
        """Where the character at a place begins in the text before."""
        found = bisect_right(self._starts, place) - 1
        if found < 0:
            return place
        behind, start, end = self._edits[found]
        return start if place < behind else place - behind + end

    def behind(self, place: int) -> int:
        """Where the character at a place ends in the text before."""
        found = bisect_right(self._starts, place) - 1
        if found < 0:
            return place + 1
        behind, _start, end = self._edits[found]
        return end if place < behind else place - behind + end + 1


class NormalizedText:
    """A normalised text that knows where each of its characters came from."""

    def __init__(self, text: str, steps: Iterable[_Alignment]) -> None:
        self.text = text
        self._steps = tuple(steps)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original behind ``text[start:end]``.

        A part of what was replaced as a whole (of ``12`` for 十二, of ``m2`` for ㎡) leads to
        the whole.
        """
        if end <= start:
            for step in self._steps:
                start = step.first(start)
            return start, start
        last = end - 1
        for step in self._steps:
            start, last = step.first(start), step.behind(last) - 1
        return start, last + 1


def normalize_with_offsets(text: str) -> NormalizedText:
    """Like :func:`normalize`, with the way back."""
    folded = fold_characters(text)
    steps = []
    edits = numeral_edits(folded)
    if edits:
        steps.append(_Alignment((start, end, len(figures)) for start, end, figures in edits))
    resized = _resized(text)
    if resized:
        steps.append(_Alignment(resized))
    return NormalizedText(replaced(folded, edits) if edits else folded, steps)


def _resized(text: str) -> list[tuple[int, int, int]]:
    """The characters that do not fold to one character, as edits."""
    tables = _tables()
    edits = []
    for match in tables.unusual.finditer(text):
        length = len(tables.fold[ord(match.group())])
        if length != 1:
            edits.append((match.start(), match.end(), length))
    return edits
