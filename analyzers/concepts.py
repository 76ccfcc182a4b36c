"""What a query asks for: concepts, each with the ways to say it.

上户口 is said as 出生登记 in official texts: a document that has either says the concept. The
first alternative is always what was typed, with weight 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from analyzers.question_words import without_question
from analyzers.segment import Segmenter, default_segmenter
from analyzers.synonyms import Synonyms, default_synonyms, no_synonyms
from analyzers.terms import stop_words
from analyzers.units import IS_HAN, RUN

_PLACES: Final = frozenset("市区县省镇乡州")
"""Before the name of a body (市人社局) they say less than the name and are no word of their own."""
_LONG: Final = 5
"""Characters from which a word of the dictionary is asked for by its parts, too."""


@dataclass(frozen=True)
class Alternative:
    """One way to say a concept: a document that has all of ``terms`` says it.

    ``evidence`` are further terms (bigrams) that only help to rank; ``weight`` is the share
    of its score that counts, 1 for what was typed.
    """

    text: str
    terms: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class Concept:
    """Something a full match must have, in one of its alternatives, the typed one first."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class AskedFor:
    """The concepts of a query in order, and evidence that stands between them."""

    concepts: tuple[Concept, ...]
    evidence: tuple[str, ...] = ()


def concepts_of(
    words: Iterable[str],
    segmenter: Segmenter | None = None,
    *,
    synonyms: Synonyms | None = None,
    exact: bool = False,
) -> AskedFor:
    """The concepts of a query's words (``ParsedQuery.words``, normalised).

    What a table of synonyms holds is one concept, the longest first; of the rest each word
    is one. Question words and politeness go, unless there is nothing else: 怎么办 is then
    what is sought.

    Args:
        segmenter: the index's, with the words that it learned.
        synonyms: the city's; the shipped ones by default.
        exact: as typed, without synonyms.
    """
    table = default_synonyms() if synonyms is None else synonyms
    if exact:
        table = no_synonyms()
    reader = _Reader(segmenter or default_segmenter(), table)
    texts = [without_question(text) for text in words]
    found = [piece for text in texts for piece in reader.read(text)]
    carrying = [piece for piece in found if piece.carries] or found
    concepts = tuple(dict.fromkeys(piece.concept for piece in carrying))
    said = {term for concept in concepts for term in concept.alternatives[0].terms}
    bigrams = (pair for text in texts for pair in _bigrams(text))
    return AskedFor(concepts, tuple(pair for pair in dict.fromkeys(bigrams) if pair not in said))


class _Piece(NamedTuple):
    """A concept of a query, and whether it carries anything."""

    concept: Concept
    carries: bool


class _Token(NamedTuple):
    """A word in a text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Reader:
    """Reads concepts from texts."""

    segmenter: Segmenter
    synonyms: Synonyms

    def read(self, text: str) -> Iterator[_Piece]:
        """The concepts of a text in order."""
        start = 0
        for entry in self._entries(text):
            words = list(self._tokens(text[start : entry.start]))
            if words and self.synonyms.is_body(entry.text) and words[-1].text in _PLACES:
                words.pop()
            yield from map(self._word, words)
            yield _Piece(self._entry(entry.text), carries=True)
            start = entry.end
        yield from map(self._word, self._tokens(text[start:]))

    def _tokens(self, text: str) -> Iterator[_Token]:
        for run in RUN.finditer(text):
            start = run.start()
            words = self.segmenter.cut(run.group()) if IS_HAN.match(run.group()) else [run.group()]
            for word in words:
                yield _Token(word, start, start + len(word))
                start += len(word)

    def _entries(self, text: str) -> Iterator[_Token]:
        """What the table of synonyms holds, from left to right, the longest first.

        An entry must be longer than any word whose inside it begins or ends in: in 上户口本
        stands no 上户口, and in 开公司法 no 开公司.
        """
        within = self._lengths_within(text)
        start = 0
        while start < len(text):
            for end in self.synonyms.ends(text, start):
                if max(within[start], within[end]) < end - start:
                    yield _Token(text[start:end], start, end)
                    start = end
                    break
            else:
                start += 1

    def _lengths_within(self, text: str) -> list[int]:
        """For each place between characters the length of the word that it would part; a run
        of Latin letters or digits is never parted."""
        lengths = [0] * (len(text) + 1)
        for word in self._tokens(text):
            length = word.end - word.start if IS_HAN.match(word.text) else len(text) + 1
            for place in range(word.start + 1, word.end):
                lengths[place] = length
        return lengths

    def _word(self, word: _Token) -> _Piece:
        alternatives = [Alternative(word.text, (word.text,)), *self._parts(word.text)]
        return _Piece(Concept(tuple(alternatives)), carries=word.text not in stop_words())

    def _entry(self, typed: str) -> Concept:
        alternatives = [self._typed(typed), *self._parts(typed)]
        for way in self.synonyms.ways(typed):
            # Who says 个体工商户 and was asked for 工商户 has been found already.
            if typed not in way.text:
                terms = tuple(
                    term for part in way.text.split() for term in self._terms(part, together=True)
                )
                alternatives.append(self._alternative(way.text, terms, way.weight))
        return Concept(tuple(alternatives))

    def _typed(self, text: str) -> Alternative:
        """What was typed: its words anywhere, single characters beside their neighbours."""
        return self._alternative(text, self._terms(text, together=False), 1.0)

    def _terms(self, text: str, *, together: bool) -> tuple[str, ...]:
        """Words of two or more characters, and the bigrams where words meet: where both are
        long only if they must stand ``together``."""
        terms: list[str] = []
        before = ""
        end = 0
        for word in self._tokens(text):
            here, is_han = word.text, bool(IS_HAN.match(word.text))
            meets = is_han and before and end == word.start
            if meets and (together or 1 in (len(before), len(here))):
                terms.append(before[-1] + here[0])
            if len(here) > 1 or not is_han or len(text) == 1:
                terms.append(here)
            before, end = here if is_han else "", word.end
        return tuple(dict.fromkeys(terms))

    def _parts(self, word: str) -> list[Alternative]:
        """A long or learned word as its parts, so that it is never stricter than they are."""
        if self.segmenter.is_learned(word):
            parts = self.segmenter.parts(word)
        elif len(word) >= _LONG and self.segmenter.is_word(word):
            parts = self._split(word)
        else:
            return []
        return [self._alternative(" ".join(parts), tuple(parts), 0.9)] if len(parts) > 1 else []

    def _split(self, word: str) -> list[str]:
        """The fewest words of two or more characters that make up a word; none if there are
        none."""
        best: list[list[str] | None] = [[]]
        for end in range(1, len(word) + 1):
            choices = [
                [*before, word[start:end]]
                for start, before in enumerate(best)
                if before is not None
                and 2 <= end - start < len(word)
                and self.segmenter.is_word(word[start:end])
            ]
            best.append(min(choices, key=len) if choices else None)
        return best[-1] or []

    def _alternative(self, text: str, terms: tuple[str, ...], weight: float) -> Alternative:
        evidence = tuple(pair for pair in dict.fromkeys(_bigrams(text)) if pair not in terms)
        return Alternative(text, terms, evidence, weight)


def _bigrams(text: str) -> Iterator[str]:
    """Pairs of neighbouring Chinese characters."""
    for run in RUN.finditer(text):
        piece = run.group()
        if IS_HAN.match(piece):
            yield from (piece[at : at + 2] for at in range(len(piece) - 1))
