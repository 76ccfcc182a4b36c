"""How a title sounds and where its words begin: what it can be typed as.

An index stores this beside each title, in a column of its own, so that pinyin finds titles
and never mixes with the words of texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzers.normalize import fold_characters
from analyzers.pinyin import readings
from analyzers.segment import Segmenter, default_segmenter

LONGEST_TITLE: Final = 100
"""Characters of a title that can be typed; nobody types on after so many."""
INSIDE: Final = "0"
WORD_INSIDE: Final = "1"
WORD: Final = "2"

WORDISH: Final = re.compile(r"[^\W_]+")
"""What people type of a title, run by run."""
_LATIN = re.compile(r"[a-z0-9]")
_NOT_LATIN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class TitleSounds:
    """A title as it is typed: folded, without spaces and punctuation. Numerals stay as they
    are written (第十七届): half of one, 第十, must be found too.

    ``syllables`` has an entry for each character of ``text``: its pinyin, or a Latin letter or
    digit itself, or the character where it has no reading. ``starts`` has a digit for each:
    :data:`WORD` where a word begins, :data:`WORD_INSIDE` where one begins across others
    (政府 in 市政|府), :data:`INSIDE` elsewhere.
    """

    text: str
    syllables: tuple[str, ...]
    starts: str

    def to_bytes(self) -> bytes:
        """For a column of an index; empty for a title without letters and digits."""
        line = f"{self.text}\n{' '.join(self.syllables)}\n{self.starts}" if self.text else ""
        return line.encode("utf-8", "surrogatepass")


def typed_form(text: str) -> str:
    """A text without what people leave out when they type it: spaces, punctuation, width."""
    return "".join(WORDISH.findall(fold_characters(text)))


def title_sounds(title: str, segmenter: Segmenter | None = None) -> TitleSounds:
    """The sounds of a title, of its first :data:`LONGEST_TITLE` characters.

    Never an error, whatever the characters.
    """
    segmenter = segmenter or default_segmenter()
    pieces: list[str] = []
    syllables: list[str] = []
    starts: list[str] = []
    for run in WORDISH.findall(fold_characters(title)):
        pieces.append(run)
        syllables.extend(
            reading or character for reading, character in zip(readings(run), run, strict=True)
        )
        starts.extend(_starts(run, segmenter))
    text = "".join(pieces)[:LONGEST_TITLE]
    return TitleSounds(text, tuple(syllables[:LONGEST_TITLE]), "".join(starts[:LONGEST_TITLE]))


def _starts(run: str, segmenter: Segmenter) -> list[str]:
    starts = [INSIDE] * len(run)
    for match in _NOT_LATIN.finditer(run):
        place = match.start()
        for word in segmenter.cut(match.group()):
            starts[place] = WORD
            place += len(word)
        for at in range(match.start(), match.end()):
            words = (run[at : at + length] for length in (2, 3, 4) if at + length <= match.end())
            if starts[at] == INSIDE and any(map(segmenter.is_word, words)):
                starts[at] = WORD_INSIDE
    for match in re.finditer(rf"{_LATIN.pattern}+", run):
        starts[match.start()] = WORD
    return starts
