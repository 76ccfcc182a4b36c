"""Snippets: the passage of a text that shows best why it was found, matches marked.

Markup is safe by construction: whatever comes from a page is escaped, and the only tags
are our own ``<em>`` and ``</em>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import escape

from analyzers.normalize import NormalizedText, normalize, normalize_with_offsets
from search_api.resources import load_yaml_resource

Span = tuple[int, int]
"""A half-open range of characters."""

_SENTENCE_ENDS: Final = "。！？；!?;\n"
_ELLIPSIS: Final = "…"
_NOT_SPACE: Final = re.compile(r"\S")
_NOT_WORD: Final = re.compile(r"\W+")
_MARKUP: Final = re.compile("[&<>\"']")
_WORDISH: Final = re.compile(r"\w")


@dataclass(frozen=True)
class SnippetSettings:
    """How snippets are cut; ``snippets.yaml`` explains each value."""

    window: int
    lead: int
    sentence_reach: int
    first_scanned: int
    scanned: int
    occurrences: int
    repeat_value: float


@lru_cache(maxsize=1)
def snippet_settings() -> SnippetSettings:
    """The values of ``snippets.yaml``."""
    return SnippetSettings(**load_yaml_resource("snippets.yaml"))


_Match = tuple[int, int, int]
"""An occurrence in the scanned text: start, end, and the term's index."""


class Highlighter:
    """Marks the terms of one search in titles and passages.

    Args:
        terms: normalised strings, as :class:`indexer.index.engine.SearchResponse` has them.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        # A phrase is found whatever punctuation parts its words in the text: so its parts
        # are marked even where the whole does not stand.
        parts = (part for term in terms for part in (term, *_NOT_WORD.split(term)))
        distinct = dict.fromkeys(part for part in parts if _WORDISH.search(part))
        self._terms = tuple(sorted(distinct, key=len, reverse=True))
        # A longer term says more than its length: 公积金 is worth more than 公 and 积金.
        self._values = tuple(float(len(term) ** 2) for term in self._terms)
        self._settings = snippet_settings()

    def title(self, text: str) -> str:
        """The whole text as HTML with all matches marked."""
        return _marked(text, 0, len(text), _merged(*self._matches(text)))

    def snippet(self, text: str) -> str:
        """The best passage as HTML; the text's beginning if it has none of the terms.

        Takes a fraction of a millisecond for usual texts. Of a long one the beginning is
        looked through, and only if no term is there, the place where one first stands.
        """
        settings = self._settings
        offset = 0
        matches, normalized = self._matches(text[: settings.first_scanned])
        if len(text) > settings.first_scanned and not self._all_in(matches):
            offset = self._scan_offset(text)
            matches, normalized = self._matches(text[offset : offset + settings.scanned])
        begin = 0
        if matches:
            start, last, _term = self._best_match(matches)
            first = offset + normalized.original_span(start, last)[0]
            begin = _passage_start(text, first, settings)
        end = min(len(text), begin + settings.window)
        spans = [(offset + first, offset + last) for first, last in _merged(matches, normalized)]
        # A match that the window's end would cut is kept whole.
        end = max([end, *(last for first, last in spans if begin <= first < end)])
        passage = text[begin:end]
        begin += len(passage) - len(passage.lstrip())
        end = max(begin, end - (len(passage) - len(passage.rstrip())))
        before = _ELLIPSIS if begin and text[:begin].strip() else ""
        after = _ELLIPSIS if _NOT_SPACE.search(text, end) else ""
        return before + _marked(text, begin, end, spans) + after

    def _all_in(self, matches: list[_Match]) -> bool:
        return len({term for _start, _end, term in matches}) == len(self._terms)

    def _scan_offset(self, text: str) -> int:
        """Where scanning starts: 0 unless a long text has its first term further on."""
        scanned = self._settings.scanned
        if len(text) <= scanned:
            return 0
        head = normalize(text[:scanned])
        if any(term in head for term in self._terms):
            return 0
        # Beyond the head the text is searched as it stands, which costs no copy; terms
        # that only match after normalisation are then missed, and the head is shown.
        places = [place for term in self._terms if (place := text.find(term, scanned)) >= 0]
        return max(0, min(places) - self._settings.window) if places else 0

    def _matches(self, text: str) -> tuple[list[_Match], NormalizedText]:
        """Occurrences in the normalised text, which knows the way back."""
        normalized = normalize_with_offsets(text)
        folded = normalized.text
        matches: list[_Match] = []
        for index, term in enumerate(self._terms):
            _add_occurrences(matches, folded, term, index, self._settings.occurrences)
        matches.sort()
        return matches, normalized

    def _best_match(self, matches: list[_Match]) -> _Match:
        """The first match of the most valuable window: that of the most and longest terms."""
        # What the passage may begin before the match is lost at its end.
        reach = self._settings.window - self._settings.sentence_reach
        repeat = self._settings.repeat_value
        values = self._values
        inside = [0] * len(values)
        value = best_value = 0.0
        best = right = 0
        for left, (start, _end, leaving) in enumerate(matches):
            # A term longer than the window must not stop it: left is always taken in.
            while right < len(matches) and (right <= left or matches[right][1] <= start + reach):
                term = matches[right][2]
                value += values[term] * (repeat if inside[term] else 1.0)
                inside[term] += 1
                right += 1
            if value > best_value + 1e-9:
                best_value, best = value, left
            inside[leaving] -= 1
            value -= values[leaving] * (repeat if inside[leaving] else 1.0)
        return matches[best]


def _add_occurrences(matches: list[_Match], text: str, term: str, index: int, most: int) -> None:
    """Add where a term stands; Latin letters and digits match only as whole runs."""
    length = len(term)
    # Only ASCII at a term's edge can be part of a longer run.
    bounded = term[0].isascii() or term[-1].isascii()
    found = 0
    start = text.find(term)
    while start >= 0 and found < most:
        end = start + length
        if not (bounded and (_in_one_run(text, start) or _in_one_run(text, end))):
            found += 1
            matches.append((start, end, index))
        start = text.find(term, start + 1)


def _in_one_run(text: str, boundary: int) -> bool:
    """Whether a boundary splits a run of ASCII letters and digits: ``12`` in ``2012``."""
    if not 0 < boundary < len(text):
        return False
    before, after = text[boundary - 1], text[boundary]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


def _merged(matches: list[_Match], normalized: NormalizedText) -> list[Span]:
    """Overlapping and touching matches as one span each, in the original text."""
    spans: list[Span] = []
    first = last = -1
    for start, end, _term in matches:
        if start <= last:
            last = max(last, end)
            continue
        if last > 0:
            spans.append((first, last))
        first, last = start, end
    if last > 0:
        spans.append((first, last))
    return [normalized.original_span(start, end) for start, end in spans]


def _passage_start(text: str, match: int, settings: SnippetSettings) -> int:
    """The start of the sentence that the match stands in, if near; else a little before it."""
    earliest = max(0, match - settings.sentence_reach)
    end = max(text.rfind(mark, earliest, match) for mark in _SENTENCE_ENDS)
    if end >= 0:
        return end + 1
    return 0 if earliest == 0 else match - settings.lead


def _marked(text: str, begin: int, end: int, spans: list[Span]) -> str:
    """``text[begin:end]`` escaped, with the parts of ``spans`` inside it in ``<em>``."""
    pieces: list[str] = []
    position = begin
    for first, last in spans:
        first, last = max(first, position), min(last, end)
        if first >= last:
            continue
        pieces += (_escaped(text[position:first]), "<em>")
        pieces += (_escaped(text[first:last]), "</em>")
        position = last
    pieces.append(_escaped(text[position:end]))
    return "".join(pieces)


def _escaped(text: str) -> str:
    return str(escape(text)) if _MARKUP.search(text) else text  # few have any
