"""Terms of a text with their true positions, and terms of a query.

A position counts units: a CJK character is one unit, a run of Latin letters or digits is
one unit, and whatever stands between two units but white space leaves a gap of one: old
pages space out titles (公 告) and break them into lines. At each position stand

* the unit itself, so that single characters find,
* the bigram with the next character, so that any substring can be found, and phrases
  match to the letter as bigrams in a row,
* every word of three or more characters that jieba's dictionary has there (its full
  mode), so that words within words find whatever the neighbourhood.

Words and bigrams together rank better than either alone (docs/decisions/0006).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from analyzers.normalize import normalize
from analyzers.segment import Segmenter, default_segmenter

_HAN = "々〆〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_PARTING = re.compile(r"\S")
_SPACED_OUT = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
"""Between characters white space is layout (通 知): it parts neither words nor phrases."""

TermPositions = dict[str, list[int]]
"""Ascending positions by term."""


def term_positions(text: str, segmenter: Segmenter | None = None, start: int = 0) -> TermPositions:
    """The terms of a text, normalised here, the first unit standing at ``start``."""
    prefixes = (segmenter or default_segmenter()).prefixes
    text = _SPACED_OUT.sub("", normalize(text))
    terms: TermPositions = {}
    position = start
    previous_end = 0
    for match in _RUN.finditer(text):
        run = match.group()
        if position > start and _PARTING.search(text, previous_end, match.start()):
            position += 1  # what punctuation parts, no phrase joins
        previous_end = match.end()
        if not _IS_HAN.match(run):
            terms.setdefault(run, []).append(position)
            position += 1
            continue
        for index in range(len(run)):
            here = position + index
            end = index + 1
            piece = run[index:end]
            terms.setdefault(piece, []).append(here)
            end += 1
            if end > len(run):
                break
            piece = run[index:end]
            terms.setdefault(piece, []).append(here)
            while piece in prefixes:
                if end - index > 2 and prefixes[piece]:
                    terms.setdefault(piece, []).append(here)
                end += 1
                if end > len(run):
                    break
                piece = run[index:end]
        position += len(run)
    return terms


@dataclass(frozen=True)
class QueryTerms:
    """The terms a query is asked with.

    ``required`` are its words, each of which a perfect result contains; ``evidence`` are
    further terms that only help to rank.
    """

    required: tuple[str, ...]
    evidence: tuple[str, ...]


def query_terms(text: str, segmenter: Segmenter | None = None) -> QueryTerms:
    """Segment what a person typed (normalised); words that carry nothing are dropped.

    If a query has nothing but such words, they are kept: 怎么办 is then what is sought.
    """
    segmenter = segmenter or default_segmenter()
    words: list[str] = []
    bigrams: list[str] = []
    for match in _RUN.finditer(text):
        run = match.group()
        if not _IS_HAN.match(run):
            words.append(run)
            continue
        words.extend(segmenter.cut(run))
        bigrams.extend(run[i : i + 2] for i in range(len(run) - 1))
    carrying = [word for word in words if word not in stop_words()] or words
    required = tuple(dict.fromkeys(carrying))
    return QueryTerms(required, tuple(t for t in dict.fromkeys(bigrams) if t not in required))


Phrase = tuple[tuple[int, str], ...]
"""Terms of a phrase with their positions relative to its beginning."""


def phrase_terms(text: str, segmenter: Segmenter | None = None) -> tuple[Phrase, ...]:
    """A phrase as terms at fixed distances, one sequence for each unbroken part.

    Punctuation parts a phrase as it parts a text; white space does not. Every unit is covered by
    the longest dictionary word there, else by a bigram: the longer a term, the rarer.
    """
    prefixes = (segmenter or default_segmenter()).prefixes
    text = _SPACED_OUT.sub("", text)
    parts: list[list[tuple[int, str]]] = []
    position = previous_end = 0
    for match in _RUN.finditer(text):
        if not parts or _PARTING.search(text, previous_end, match.start()):
            parts.append([])
            position = 0
        run = match.group()
        if _IS_HAN.match(run):
            parts[-1].extend((position + at, term) for at, term in _cover(run, prefixes))
            position += len(run)
        else:
            parts[-1].append((position, run))
            position += 1
        previous_end = match.end()
    return tuple(tuple(part) for part in parts)


def _cover(run: str, prefixes: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Dictionary words and bigrams that cover a run of characters, with their offsets."""
    start = 0
    while start < len(run):
        end = start + 1
        longest = start
        while run[start:end] in prefixes and end <= len(run):
            if prefixes[run[start:end]] and end - start > 2:
                longest = end
            end += 1
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
