"""Normalisation: one form for what a person reads as the same text.

Index and query go through the same function, so that they meet. Every character is folded
by itself (NFKC of Unicode Standard Annex 15, then case folding; invisible characters go),
which keeps the way back to the original text open for highlighting.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties) that no category tells:
variation selectors behind an ideograph above all."""


class _FoldTable(dict[int, str]):
    """Translation table for :meth:`str.translate`, filled as characters are met."""

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        category = unicodedata.category(character)
        if category in ("Cf", "Cs", "Co") or _INVISIBLE.match(character):
            folded = ""  # zero-width, direction marks, surrogates: nobody can see or type them
        elif category == "Cc":
            folded = character if character == "\n" else " "
        else:
            folded = unicodedata.normalize("NFKC", character).casefold()
        self[codepoint] = folded
        return folded


_FOLD = _FoldTable()


def normalize(text: str) -> str:
    """Fold width, case and compatibility forms; drop what is invisible."""
    return text.translate(_FOLD)


@dataclass(frozen=True)
class NormalizedText:
    """A normalised text that knows where each of its characters came from.

    ``offsets[i]`` is the index in the original of the character that gave ``text[i]``;
    one entry more than there are characters, the last being the original's length.
    """

    text: str
    offsets: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original behind ``text[start:end]``."""
        if end <= start:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


def normalize_with_offsets(text: str) -> NormalizedText:
    """Like :func:`normalize`, with the way back."""
    pieces: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        folded = _FOLD[ord(character)]
        pieces.append(folded)
        offsets.extend([index] * len(folded))
    offsets.append(len(text))
    return NormalizedText("".join(pieces), tuple(offsets))
