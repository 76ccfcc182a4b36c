"""Candidates for what was meant by a run of characters, and how likely each is.

A noisy channel (Kernighan, Church & Gale 1990): what was meant is likely by itself, judged by
the pairs of characters in the index's own titles and texts, and likely to be mistyped so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzers.confusion import SAME_SOUND, confusion, function_characters
from indexer.index.correction_vocabulary import Counts, Frequencies, Numbers, Vocabulary

_UNSEEN: Final = 2.0
"""Pairs that would be seen, had the index one more text about each character: the mass that
pairs never seen share (additive smoothing towards the characters' own frequencies)."""
_LEAST_GAIN: Final = 3.0
"""An edit that makes its neighbourhood less than so many times (e to the power) likelier
needs no closer look."""
_LIKELIEST: Final = 6
"""Candidates of each place that are looked at closely."""
_SWAPPED, _DOUBLED, _LEFT_OUT = 1.0, 0.0, 3.0
"""Costs of the slips of the hand, beside 0 of a character of the same sound."""
_SECOND_CHARACTER: Final = 1.5
"""Two wrong characters on end are rarer than one, though an input method offers whole words."""


@dataclass(frozen=True)
class Edit:
    """``text[start:end]`` was meant as ``meant``; ``cost`` is what the slip itself costs."""

    start: int
    end: int
    meant: str
    kind: str
    cost: float

    def apply(self, text: str) -> str:
        """The text as it was meant."""
        return text[: self.start] + self.meant + text[self.end :]


class Likelihood:
    """Log probabilities of texts as the documents of an index have them."""

    def __init__(self, frequencies: Frequencies, total: float) -> None:
        """``total`` is the sum of the frequencies of all characters."""
        self.frequency = frequencies
        self._total = total

    def pair(self, first: str, second: str) -> float:
        """The log probability of ``second`` behind ``first``; empty ``first``: at all."""
        alone = (self.frequency(second) + 0.5) / self._total
        if not first:
            return math.log(alone)
        smoothed = self.frequency(first + second) + _UNSEEN * alone
        return math.log(min(smoothed / (self.frequency(first) + _UNSEEN), 1.0))

    def around(self, before: str, character: str, after: str) -> float:
        """The log probability of a character and of the next one, ``""`` for none."""
        return self.pair(before, character) + (self.pair(character, after) if after else 0.0)

    def text(self, text: str) -> float:
        """The log probability of a run of characters."""
        return sum(self.pair(text[i - 1 : i], text[i]) for i in range(len(text)))

    def gain(self, text: str, edit: Edit) -> float:
        """How much likelier the text is with an edit, its cost not yet taken off."""
        before, after = text[max(edit.start - 1, 0) : edit.start], text[edit.end : edit.end + 1]
        old = before + text[edit.start : edit.end] + after
        new = before + edit.meant + after
        known = self.pair("", before) if before else 0.0
        return (self.text(new) - known) - (self.text(old) - known)


class Candidates:
    """Edits of a text that may make its neighbourhood at a place known to the index.

    They are chosen by the arrays of the vocabulary, in which rare pairs are missing: the
    few that are left are to be judged by exact frequencies.
    """

    def __init__(self, vocabulary: Vocabulary, likelihood: Likelihood, text: str) -> None:
        self._vocabulary = vocabulary
        self._likelihood = likelihood
        self._text = text

    def at(self, place: int) -> Iterator[Edit]:
        """Edits that touch the pair of the characters at ``place`` and ``place + 1``."""
        yield from self._slips(place)
        yield from self._replaced(place)
        yield from self._replaced(place + 1)
        yield from self._both_replaced(place)
        yield from self._left_out(place)

    def _slips(self, place: int) -> Iterator[Edit]:
        pair = self._text[place : place + 2]
        if pair[0] == pair[1]:
            yield Edit(place, place + 2, pair[0], "doubled", _DOUBLED)
        elif function_characters().isdisjoint(pair):
            yield Edit(place, place + 2, pair[1] + pair[0], "swapped", _SWAPPED)

    def _replaced(self, place: int) -> Iterator[Edit]:
        """Another character here that stands beside one of its neighbours somewhere."""
        vocabulary, text = self._vocabulary, self._text
        typed, before, after = text[place], text[:place][-1:], text[place + 1 : place + 2]
        costs = vocabulary.costs(typed)
        numbers = np.union1d(vocabulary.after(before), vocabulary.before(after))
        numbers = numbers[np.isfinite(costs[numbers])]
        scores = self._between(before, numbers, after) - costs[numbers]
        least = self._likelihood.around(before, typed, after) + _LEAST_GAIN
        for number in _best(numbers, scores, least):
            meant = vocabulary.characters[number]
            yield Edit(place, place + 1, meant, _kind(typed, meant), float(costs[number]))

    def _both_replaced(self, place: int) -> Iterator[Edit]:
        """Another word of two characters, as an input method offers it."""
        vocabulary = self._vocabulary
        typed = self._text[place : place + 2]
        is_known = self._likelihood.frequency(typed) > 0
        if is_known or not function_characters().isdisjoint(typed):
            return
        firsts, seconds, counts, costs = vocabulary.pairs_like(*map(vocabulary.costs, typed))
        for at in np.argsort(costs - np.log(counts + 1), kind="stable")[:_LIKELIEST]:
            meant = vocabulary.characters[firsts[at]] + vocabulary.characters[seconds[at]]
            cost = float(costs[at]) + _SECOND_CHARACTER
            yield Edit(place, place + 2, meant, _kind(typed[0], meant[0]), cost)

    def _left_out(self, place: int) -> Iterator[Edit]:
        """A character between two that stands behind the one and in front of the other."""
        vocabulary = self._vocabulary
        before, after = self._text[place], self._text[place + 1]
        numbers = np.intersect1d(vocabulary.after(before), vocabulary.before(after))
        least = self._likelihood.pair(before, after) + _LEFT_OUT + _LEAST_GAIN
        for number in _best(numbers, self._between(before, numbers, after), least):
            meant = vocabulary.characters[number]
            if meant not in function_characters():
                yield Edit(place + 1, place + 1, meant, "left_out", _LEFT_OUT)

    def _between(self, before: str, numbers: Numbers, after: str) -> Counts:
        """:meth:`Likelihood.around` of many characters, by the vocabulary alone."""
        vocabulary = self._vocabulary
        alone = vocabulary.character_counts[numbers]
        smooth = (_UNSEEN / vocabulary.total) * alone
        left, right = vocabulary.number(before), vocabulary.number(after)
        if left is None:
            scores = np.log(alone / vocabulary.total)
        else:
            counts = vocabulary.pair_counts(np.full_like(numbers, left), numbers)
            among = float(vocabulary.character_counts[left]) + _UNSEEN
            scores = np.log((counts + smooth) / among)
        if after:
            counts, share = np.zeros(len(numbers), np.float32), 0.5 / vocabulary.total
            if right is not None:
                counts = vocabulary.pair_counts(numbers, np.full_like(numbers, right))
                share = float(vocabulary.character_counts[right]) / vocabulary.total
            scores = scores + np.log((counts + _UNSEEN * share) / (alone + _UNSEEN))
        rough: Counts = scores.astype(np.float32)
        return rough


def _kind(typed: str, meant: str) -> str:
    found = confusion(typed, meant)
    return found[0] if found else SAME_SOUND


def _best(numbers: Numbers, scores: Counts, least: float) -> list[int]:
    """The numbers of the highest scores, the best first, none below ``least``."""
    best = np.argsort(-scores, kind="stable")[:_LIKELIEST]
    chosen: list[int] = numbers[best[scores[best] >= least]].tolist()
    return chosen
