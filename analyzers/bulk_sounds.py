"""How many titles sound, at once: what :func:`analyzers.title_sounds.title_sounds` finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypinyin.constants import PHRASES_DICT, RE_HANS

from analyzers.bulk import code_point_table, code_points
from analyzers.bulk_dictionary import Nodes, child, dictionary, kept_nodes, make_nodes
from analyzers.compiled import compiled
from analyzers.pinyin import own_readings, readings, syllables
from analyzers.title_sounds import INSIDE, LONGEST_TITLE, WORD, WORD_INSIDE, WORDISH

_INSIDE: Final = ord(INSIDE)
_WORD: Final = ord(WORD)
_WORD_INSIDE: Final = ord(WORD_INSIDE)
_FIRST_CUT: Final = 0x4E00
_LAST_CUT: Final = 0x9FD5
"""Between them is what jieba cuts; every other character it takes as a word."""
_WITHIN: Final = 4
"""Characters of the longest word that is looked for across others."""


def sounds_of_titles(folded: Sequence[str]) -> list[bytes]:
    """What is kept of each title, :meth:`analyzers.title_sounds.TitleSounds.to_bytes`.

    Args:
        folded: titles that :func:`analyzers.normalize.fold_characters` gave.
    """
    titles = [WORDISH.findall(title) for title in folded]
    runs = list(chain.from_iterable(titles))
    ends = np.cumsum(np.fromiter(map(len, runs), np.int64, len(runs)), dtype=np.int64)
    codes = code_points(runs)
    starts = find_starts(codes, ends, dictionary()).tobytes().decode("ascii")
    word_ends, last_words = find_phrases(codes, ends, _read_characters(), _phrases())
    spoken = _spoken(runs, word_ends.tolist(), last_words.tolist())
    found, begin, first = [], 0, 0
    for title in titles:
        text, last = "".join(title), first + len(title)
        end = begin + len(text)
        found.append(_packed(text, " ".join(spoken[first:last]), starts[begin:end]))
        begin, first = end, last
    return found


def _packed(text: str, sounds: str, starts: str) -> bytes:
    if not text:
        return b""
    if len(text) > LONGEST_TITLE:
        text, starts = text[:LONGEST_TITLE], starts[:LONGEST_TITLE]
        sounds = " ".join(sounds.split(" ")[:LONGEST_TITLE])
    return f"{text}\n{sounds}\n{starts}".encode("utf-8", "surrogatepass")


def _spoken(runs: Sequence[str], word_ends: list[int], last_words: list[int]) -> list[str]:
    """What each character of each run is typed as, parted by spaces; itself where it has no
    reading."""
    text = "".join(runs)
    words = [text[begin:end] for begin, end in zip([0, *word_ends], word_ends, strict=False)]
    sounds = list(map(_spoken_word, words))
    found, first = [], 0
    for run, last in zip(runs, last_words, strict=True):
        line = sounds[first:last]
        found.append(" ".join(line if all(line) else map(_or_itself, readings(run), run)))
        first = last
    return found


@lru_cache(maxsize=50_000)
def _spoken_word(word: str) -> str:
    """The same of a word; empty for one with another number of syllables than characters."""
    found = syllables(word)
    return " ".join(map(_or_itself, found, word)) if len(found) == len(word) else ""


def _or_itself(reading: str, character: str) -> str:
    return reading or character


@lru_cache(maxsize=1)
def _phrases() -> Nodes:
    """The phrases that pypinyin reads, with the project's own."""
    own_readings()  # the first call hands them to pypinyin

    def make() -> Nodes:
        frequencies = {phrase[:end]: 0 for phrase in PHRASES_DICT for end in range(1, len(phrase))}
        return make_nodes(frequencies | dict.fromkeys(PHRASES_DICT, 1), total=1)

    version = (metadata.version("pypinyin"), sorted(own_readings()), len(PHRASES_DICT))
    return kept_nodes("phrases", repr(version), make)


@lru_cache(maxsize=1)
def _read_characters() -> npt.NDArray[np.uint8]:
    """Whether pypinyin may read each code point."""
    return code_point_table({1: re.compile(RE_HANS.pattern.strip("^$"))})


@compiled
def find_phrases(codes: Any, ends: Any, is_read: Any, phrases: Any) -> tuple[Any, Any]:
    """Where the words of runs end, as pypinyin parts them (:mod:`pypinyin.seg`): the longest
    phrases from the front, single characters, and characters without a reading together.

    Args:
        codes: code points of all runs, one after the other.
        ends: where each ends.
        is_read: see :func:`_read_characters`.
        phrases: see :func:`_phrases`.

    Returns:
        Where each word ends, and the word behind the last of each run.
    """
    word_ends, last_words = np.empty(len(codes), np.int64), np.empty(len(ends), np.int64)
    at, count = 0, 0
    for run in range(len(ends)):
        while at < ends[run]:
            kind, last = is_read[codes[at]], at
            while last < ends[run] and is_read[codes[last]] == kind:
                last += 1
            while at < last:
                at = _longest_phrase(codes, at, last, phrases) if kind else last
                if at < 0:  # a beginning of a phrase ends the run: pypinyin cuts it all up
                    for at in range(word_ends[count - 1] + 1 if count else 1, last):
                        word_ends[count] = at
                        count += 1
                    at = last
                word_ends[count] = at
                count += 1
        last_words[run] = count
    return word_ends[:count], last_words


@compiled
def _longest_phrase(codes: Any, start: int, last: int, phrases: Any) -> int:
    """Where the longest phrase ends, or the first character; -1 if no phrase begins there, but
    all of the rest begins some."""
    node, at, end = 0, start, start
    while at < last:
        node = child(phrases, node, codes[at])
        if node < 0:
            return max(end, start + 1)
        at += 1
        if phrases[node].weight >= 0:
            end = at
    return end if end > start else -1


@compiled
def find_starts(codes: Any, ends: Any, nodes: Any) -> Any:
    """Where words begin in runs of folded letters and digits, a digit for each character.

    Args:
        codes: code points of all runs, one after the other.
        ends: where each ends.
        nodes: see :mod:`analyzers.bulk_dictionary`.
    """
    starts = np.full(len(codes), _INSIDE, np.uint8)
    at = 0
    for end in ends:
        while at < end:
            first = at
            while at < end and _is_typed(codes[at]):
                at += 1
            if at > first:
                starts[first] = _WORD
            first = at
            while at < end and not _is_typed(codes[at]):
                at += 1
            _mark_words(codes, first, at, nodes, starts)
            for place in range(first, at):
                if starts[place] == _INSIDE and _begins_word(codes, place, at, nodes):
                    starts[place] = _WORD_INSIDE
    return starts


@compiled
def _is_typed(code: int) -> bool:
    return 0x30 <= code <= 0x39 or 0x61 <= code <= 0x7A


@compiled
def _mark_words(codes: Any, begin: int, end: int, nodes: Any, starts: Any) -> None:
    """Cut as jieba does without its model of unknown words (its ``cut(text, HMM=False)``)."""
    at = begin
    while at < end:
        first = at
        while at < end and _FIRST_CUT <= codes[at] <= _LAST_CUT:
            at += 1
        if at == first:
            starts[at] = _WORD
            at += 1
            continue
        lengths = _most_probable(codes[first:at], nodes)
        while first < at:
            starts[first] = _WORD
            first += lengths[first - at]


@compiled
def _most_probable(codes: Any, nodes: Any) -> Any:
    """The length of the best word at each place: of words as probable the longest."""
    total = nodes[0].weight
    scores = np.zeros(len(codes) + 1, np.float64)
    lengths = np.ones(len(codes), np.int64)
    for start in range(len(codes) - 1, -1, -1):
        best = 0.0 - total + scores[start + 1]
        is_known = False
        node, end = 0, start
        while end < len(codes):
            node = child(nodes, node, codes[end])
            if node < 0:
                break
            end += 1
            weight = nodes[node].weight
            if weight >= 0:
                score = weight - total + scores[end]
                if not is_known or score >= best:
                    best, lengths[start] = score, end - start
                is_known = True
        scores[start] = best
    return lengths


@compiled
def _begins_word(codes: Any, place: int, end: int, nodes: Any) -> bool:
    node = 0
    for at in range(place, min(place + _WITHIN, end)):
        node = child(nodes, node, codes[at])
        if node < 0:
            return False
        if at > place and nodes[node].weight >= 0:
            return True
    return False
