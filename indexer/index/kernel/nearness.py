"""How near to each other words stand in texts, as bytes of UTF-8; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from analyzers.compiled import compiled


@compiled
def gains_of_nearness(
    texts: Any, ends: Any, words: Any, word_ends: Any, earned: Any, most: int, unit: float
) -> Any:
    """What each of some texts gains by the nearness of neighbouring words.

    Args:
        texts, ends: all texts one after the other, and where each ends.
        words, word_ends: likewise.
        earned: what each word and the one behind it earn where they stand side by side; half of
            it with ``unit`` bytes between, a third with two times as many.
        most: occurrences of a word that are looked at in a text.
        unit: bytes.
    """
    gains = np.zeros(len(ends), np.float64)
    places = np.empty((len(word_ends), most), np.int64)
    counts = np.empty(len(word_ends), np.int64)
    start = 0
    for text in range(len(ends)):
        first = 0
        for word in range(len(word_ends)):
            last = word_ends[word]
            counts[word] = _find(texts, start, ends[text], words, first, last, places[word])
            first = last
        first = 0
        for pair in range(len(earned)):
            middle, behind = word_ends[pair], word_ends[pair + 1]
            if earned[pair] > 0 and counts[pair] and counts[pair + 1]:
                here, there = places[pair, : counts[pair]], places[pair + 1, : counts[pair + 1]]
                between = _least_between(here, middle - first, there, behind - middle)
                gains[text] += earned[pair] / (1 + max(between, 0) / unit)
            first = middle
        start = ends[text]
    return gains


@compiled
def _find(texts: Any, start: int, end: int, words: Any, first: int, last: int, places: Any) -> int:
    """Note where a word begins in a text; returns how often it was found."""
    size, count, at = last - first, 0, start
    while at + size <= end and count < len(places):
        same = 0
        # The last byte of a character tells more than its first: from there backwards.
        while same < size and texts[at + size - 1 - same] == words[last - 1 - same]:
            same += 1
        if same == size:
            places[count] = at
            count += 1
        lead = texts[at]
        at += 1 if lead < 0xC0 else (2 if lead < 0xE0 else (3 if lead < 0xF0 else 4))
    return count


@compiled
def _least_between(here: Any, size: int, there: Any, other_size: int) -> int:
    """The fewest bytes between two words, by the ascending places of each; negative where they
    overlap."""
    least, at = np.int64(1 << 62), 0
    for place in here:
        while at < len(there) and there[at] < place:
            at += 1
        if at > 0:
            least = min(least, place - there[at - 1] - other_size)
        if at < len(there):
            least = min(least, there[at] - place - size)
    return int(least)
