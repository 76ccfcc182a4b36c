"""Documents whose title says what was typed in Latin letters: gongjijin, gjj, 社bao.

Only titles are asked, and only through what they sound like: the words of texts are never
mixed with homophones. Latin words that stand in documents (CPI, pdf) count first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analyzers.known_sounds import words_that_sound
from analyzers.normalize import normalize
from analyzers.terms import phrase_terms
from indexer.index.prefixes import Ints
from indexer.index.snapshot import Snapshot
from indexer.index.titles import titles_of
from indexer.index.typed import Typed, initials, reads

_RUN = re.compile(r"[^\W_]+")
_LATIN_RUN = re.compile(r"[a-z0-9]+")
_LETTER = re.compile(r"[a-z]")
_FEWEST_INITIALS: Final = 3
"""Two letters begin too many words: they are left to suggestions."""
_FEWEST_UNITS: Final = 2
_SHORTEST_PART: Final = 4
_SPELLINGS: Final = 5
_LOOKED_AT: Final = 400
"""Places that show how a sound is written, or that it is written at all."""
_LOOKUPS: Final = 40
_MOST: Final = 8
"""Lookups and matches of one query: they bound the time for what only looks like pinyin."""

# What a match in a title by sound is worth beside the same words in Chinese.
FULL: Final = 0.9
INITIALS: Final = 0.7
BESIDE_LATIN: Final = 0.3
"""Initials that are a word of some documents as well (app, pdf)."""


@dataclass(frozen=True)
class SoundMatches:
    """What a part of a query means when it is read as sounds.

    ``span`` is the half-open part of the folded query text, ``terms`` are the Latin terms in
    it. ``ids`` are ascending numbers of live documents, ``coverage`` the share of its title
    that each says so, 1 for a whole title, 0 if only its text does; ``spellings`` what the
    titles write there, the most frequent first; ``weight`` is as of
    :class:`analyzers.concepts.Alternative`.
    """

    span: tuple[int, int]
    terms: tuple[str, ...]
    ids: Ints
    coverage: npt.NDArray[np.float32]
    spellings: tuple[str, ...]
    weight: float


class _Run(NamedTuple):
    text: str
    start: int
    end: int


def sound_matches(snapshot: Snapshot, text: str) -> tuple[SoundMatches, ...]:
    """The parts of a query's text that titles say when they are read as sounds, in order.

    ``text`` is folded (:func:`analyzers.normalize.normalize`). Letters with spaces or
    apostrophes between are one word if titles have it (gong ji jin); otherwise each word for
    itself, as a whole, as initials, or taken apart. What no title says, and no word of the
    dictionaries that stands in texts, is not among the answers: it stays the Latin word it is.
    """
    if not _LETTER.search(text):
        return ()
    reading = _Reading(snapshot)
    found: list[SoundMatches] = []
    group: list[_Run] = []
    for match in _RUN.finditer(text):
        run = _Run(match.group(), *match.span())
        if _LATIN_RUN.fullmatch(run.text):
            group.append(run)
            continue
        found += reading.of_words(group)
        group = []
        if _LETTER.search(run.text):
            found += reading.of_mixture(run)
    return (*found, *reading.of_words(group))[:_MOST]


def without_sounds(text: str, matches: Iterable[SoundMatches]) -> str:
    """The text without the parts that were read as sounds."""
    for one in sorted(matches, key=lambda one: one.span, reverse=True):
        text = f"{text[: one.span[0]]} {text[one.span[1] :]}"
    return text


def as_spelled(text: str, matches: Iterable[SoundMatches]) -> str:
    """The text with what titles most often write for the sounds, to be offered as meant."""
    for one in sorted(matches, key=lambda one: one.span, reverse=True):
        text = f"{text[: one.span[0]]}{one.spellings[0]}{text[one.span[1] :]}"
    return text


class _Reading:
    """The reading of one query."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._table = titles_of(snapshot)
        self._left = _LOOKUPS
        self._found = 0

    def of_words(self, runs: list[_Run]) -> list[SoundMatches]:
        """Latin words that follow each other: the longest sequences that titles have."""
        found: list[SoundMatches] = []
        is_understood = True
        while runs and self._left > 0 and self._found < _MOST:
            longest = self._longest(runs)
            for end in range(longest, 0, -1):
                matches = self._of_word(runs[:end])
                if matches:
                    found += matches
                    break
            else:
                end = 1
                is_understood &= self._stands_in_texts(runs[0].text)
            runs = runs[end:]
        # Of gong ji jin, ji jin alone would be something else.
        return [one for one in found if is_understood or len(one.terms) == 1]

    def of_mixture(self, run: _Run) -> list[SoundMatches]:
        """Letters and Chinese characters in one word: 社bao, or shebao and 查询."""
        typed = Typed.of(run.text)
        found = self._spoken((run,), typed) or self._known((run,), typed)
        if found:
            return found
        parts = (
            _Run(one.group(), run.start + one.start(), run.start + one.end())
            for one in _LATIN_RUN.finditer(run.text)
        )
        return [one for part in parts for one in self._of_word([part])]

    def _longest(self, runs: list[_Run]) -> int:
        """How many of the runs can be one word."""
        letters = Typed.of("".join(run.text for run in runs)).letters
        most = max(
            self._table.by_letters.longest(letters), self._table.by_initials.longest(letters)
        )
        count = length = 0
        for run in runs:
            length += len(run.text)
            count += length <= most
        return max(count, min(len(runs), _SHORTEST_PART))  # known words are short

    def _of_word(self, runs: list[_Run]) -> list[SoundMatches]:
        if not any(_LETTER.search(run.text) for run in runs):
            return []
        self._left -= 1
        typed = Typed.of(" ".join(run.text for run in runs))
        found = self._spoken(runs, typed) or self._initials(runs, typed) or self._known(runs, typed)
        if not found and len(runs) == 1:
            found = self._taken_apart(runs[0])
        self._found += len(found)
        return found

    def _spoken(self, runs: Iterable[_Run], typed: Typed) -> list[SoundMatches]:
        """Titles that have all the syllables."""
        table = self._table
        units = reads(table, typed)
        if not len(units):
            return []
        few = units[:_LOOKED_AT]
        ends = np.searchsorted(table.letter_of, table.letter_of[few] + len(typed.letters))
        shares = len(typed.letters) / table.letter_counts
        return [self._matches(runs, units, shares, few, ends, FULL)]

    def _initials(self, runs: list[_Run], typed: Typed) -> list[SoundMatches]:
        """Titles with words of these initials."""
        table, count = self._table, len(typed.letters)
        units = initials(table, typed) if count >= _FEWEST_INITIALS else np.empty(0, np.int32)
        if not len(units):
            return []
        few = units[:_LOOKED_AT]
        is_word = any(self._stands_in_texts(run.text) for run in runs)
        weight = BESIDE_LATIN if is_word else INITIALS
        shares = count / table.unit_counts
        return [self._matches(runs, units, shares, few, few + count, weight)]

    def _known(self, runs: Iterable[_Run], typed: Typed) -> list[SoundMatches]:
        """A word of the dictionaries that sounds so and stands in texts, though in no title."""
        snapshot = self._snapshot
        for word in words_that_sound(typed.letters.decode("ascii", "ignore")):
            parts = phrase_terms(normalize(word))
            if len(parts) == 1 and typed.is_written_in(word):
                ids = snapshot.phrase("content", parts[0])
                ids = ids[snapshot.live[ids]]
                if len(ids):
                    coverage = np.zeros(len(ids), np.float32)
                    return [SoundMatches(*_where(runs), ids, coverage, (word,), INITIALS)]
        return []

    def _taken_apart(self, run: _Run) -> list[SoundMatches]:
        """gongjijintiqu where titles say 提取公积金: the longest parts that titles say."""
        parts = self._parts(run.text) or []
        found: list[SoundMatches] = []
        start = run.start
        for part in parts[:_MOST]:
            matches = self._spoken((_Run(part, start, start + len(part)),), Typed.of(part))
            found += [replace(one, terms=(run.text,)) for one in matches]
            start += len(part)
        return found

    def _parts(self, text: str) -> list[str] | None:
        """The text as parts that titles say; None if there are no such."""
        longest = self._table.by_letters.longest(Typed.of(text).letters)
        for length in range(min(longest, len(text)), _SHORTEST_PART - 1, -1):
            self._left -= 1
            if self._left < 0:
                return None
            if len(reads(self._table, Typed.of(text[:length]), _LOOKED_AT)):
                others = self._parts(text[length:]) if length < len(text) else []
                if others is not None:
                    return [text[:length], *others]
        return None

    def _stands_in_texts(self, term: str) -> bool:
        return len(self._snapshot.postings("content", term)[0]) > 0

    def _matches(
        self,
        runs: Iterable[_Run],
        units: Ints,
        shares: npt.NDArray[Any],
        few: Ints,
        ends: npt.NDArray[Any],
        weight: float,
    ) -> SoundMatches:
        """The documents of the titles of units; ``few`` of them show how it is written."""
        is_title = np.zeros(len(self._table), np.bool_)
        is_title[self._table.titles_of(units)] = True
        titles = np.flatnonzero(is_title)
        ids, of = self._table.documents_of(titles)
        coverage = np.zeros(self._snapshot.size, np.float32)
        coverage[ids] = shares[titles[of]]
        ids = np.flatnonzero(coverage).astype(np.int32)
        pairs = zip(few.tolist(), ends.tolist(), strict=True)
        written = Counter(self._table.characters_at(start, end) for start, end in pairs)
        spellings = tuple(spelling for spelling, _count in written.most_common(_SPELLINGS))
        return SoundMatches(*_where(runs), ids, coverage[ids], spellings, weight)


def _where(runs: Iterable[_Run]) -> tuple[tuple[int, int], tuple[str, ...]]:
    """The span of runs and the Latin terms in it."""
    runs = list(runs)
    terms = (term for run in runs for term in _LATIN_RUN.findall(run.text))
    return (runs[0].start, runs[-1].end), tuple(terms)
