"""Terms of a text with their true positions, and phrases as terms.

A position counts units: a CJK character is one unit, a run of Latin letters or digits is
one unit, and whatever stands between two units but white space leaves a gap of one: old
pages space out titles (公 告) and break them into lines. At each position stand

* the unit itself, so that single characters find,
* the bigram with the next character, so that any substring can be found, and phrases
  match to the letter as bigrams in a row,
* every word of three or more characters that the dictionaries have there (jieba's full
  mode), so that words within words find whatever the neighbourhood.

Words and bigrams together rank better than either alone (docs/decisions/0006, 0022).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources

from analyzers.normalize import normalize
from analyzers.segment import LONG, Segmenter, default_segmenter
from analyzers.units import HAN

_BETWEEN_HAN = re.compile(rf"([^{HAN}]+)")
_LATIN = re.compile(r"[^\W_]+")
_STRETCH = re.compile(r"\x01|[^\x01]+")

_GAP = "\x00"
_RUN_HERE = "\x01"
"""Stand for what parts and for a run of Latin letters or digits, where a text is one
character a position: both are characters that no unit is made of."""

TermPositions = dict[str, list[int]]
"""Ascending positions by term."""


def term_positions(text: str, segmenter: Segmenter | None = None, start: int = 0) -> TermPositions:
    """The terms of a text, normalised here, the first unit standing at ``start``."""
    units, runs = _units(normalize(text))
    units = units.lstrip(_GAP)
    terms: TermPositions = {}
    before = ""
    # The innermost loop of indexing: looking first is quicker than setdefault or defaultdict.
    for position, unit in enumerate(units, start):
        if unit in terms:
            terms[unit].append(position)
        else:
            terms[unit] = [position]
        if before:
            pair = before + unit
            if pair in terms:
                terms[pair].append(position - 1)
            else:
                terms[pair] = [position - 1]
        before = unit
    gaps = terms.pop(_GAP, [])
    places = terms.pop(_RUN_HERE, [])
    for place in (*gaps, *places):
        at = place - start
        for pair in (units[at - 1 : at + 1], units[at : at + 2]):
            terms.pop(pair, None)
    for place, run in zip(places, runs, strict=True):
        terms.setdefault(run, []).append(place)
    for offset, word in (segmenter or default_segmenter()).long_words(units):
        terms.setdefault(word, []).append(start + offset)
    return terms


def _units(text: str) -> tuple[str, list[str]]:
    """A normalised text as one character a position, and its Latin runs in order.

    White space is left out: it is layout between characters (通 知), and parts runs as it
    stands between two placeholders.
    """
    parts = _BETWEEN_HAN.split(text)
    runs: list[str] = []
    for index in range(1, len(parts), 2):
        between = parts[index]
        if len(between) < _SHORT:
            parts[index], found = _short_between(between)
        else:
            parts[index], found = _between(between)
        runs += found
    return "".join(parts), runs


def _between(text: str) -> tuple[str, tuple[str, ...]]:
    """What stands between Chinese characters as placeholders, and the runs in it."""
    units: list[str] = []
    runs: list[str] = []
    end = 0
    for run in _LATIN.finditer(text):
        if text[end : run.start()].strip():
            units.append(_GAP)
        units.append(_RUN_HERE)
        runs.append(run.group())
        end = run.end()
    if text[end:].strip():
        units.append(_GAP)
    return "".join(units), tuple(runs)


_SHORT = 5
_short_between = lru_cache(maxsize=10_000)(_between)
"""The same punctuation, years and list numbers again and again."""


Phrase = tuple[tuple[int, str], ...]
"""Terms of a phrase with their positions relative to its beginning."""


def phrase_terms(text: str, segmenter: Segmenter | None = None) -> tuple[Phrase, ...]:
    """A phrase (normalised) as terms at fixed distances, one sequence for each unbroken part.

    Punctuation parts a phrase as it parts a text; white space does not. Every unit is covered by
    the longest dictionary word there, else by a bigram: the longer a term, the rarer.
    """
    prefixes = (segmenter or default_segmenter()).prefixes
    units, runs = _units(text)
    left = iter(runs)
    parts = []
    for part in units.split(_GAP):
        terms: list[tuple[int, str]] = []
        for match in _STRETCH.finditer(part):
            at = match.start()
            if part[at] == _RUN_HERE:
                terms.append((at, next(left)))
            else:
                terms.extend((at + offset, term) for offset, term in _cover(match[0], prefixes))
        if terms:
            parts.append(tuple(terms))
    return tuple(parts)


def _cover(run: str, prefixes: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Dictionary words and bigrams that cover a run of characters, with their offsets."""
    start = 0
    while start < len(run):
        longest = start
        for end in range(start + 1, len(run) + 1):
            frequency = prefixes.get(run[start:end])
            if frequency is None:
                break
            if frequency and end - start >= LONG:
                longest = end
        if longest > start:
            yield start, run[start:longest]
            start = longest
        elif start + 1 < len(run):
            yield start, run[start : start + 2]
            start += 2
        else:
            # A last character alone: as a bigram with the one before, which is rarer.
            yield (start - 1, run[start - 1 :]) if start else (start, run)
            start += 1


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """The words of ``data/stop_words.txt``."""
    text = resources.files("analyzers").joinpath("data/stop_words.txt").read_text("utf-8")
    lines = (line.split("#", 1)[0].split() for line in text.splitlines())
    return frozenset(word for line in lines for word in line)
