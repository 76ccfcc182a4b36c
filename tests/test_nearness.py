"""Nearness, compiled: what a plain look at all pairs of places gives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.index.kernel.nearness import gains_of_nearness
from indexer.index.rows import joined

UNIT = 3
PIECES = ("公积金", "公积", "积金", "提取", "金", "a", "ab", "é", "𠀀", "，", "12", "取提取提")
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def compiled(texts: list[str], words: list[str], earned: list[float], most: int) -> list[float]:
    """The gains of texts."""
    encoded = ([one.encode() for one in some] for some in (texts, words))
    arrays = [array for some in encoded for array in joined(some)]
    return gains_of_nearness(*arrays, np.array(earned), most, float(UNIT)).tolist()  # type: ignore[no-any-return]


def plain(text: bytes, words: list[bytes], earned: list[float], most: int) -> float:
    """The same of one text."""
    gained = 0.0
    for (one, other), earns in zip(pairwise(words), earned, strict=True):
        between = [
            here - (there + len(other)) if there < here else there - (here + len(one))
            for here in places(text, one)[:most]
            for there in places(text, other)[:most]
        ]
        if between:
            gained += earns / (1 + max(min(between), 0) / UNIT)
    return gained


def places(text: bytes, word: bytes) -> list[int]:
    """Where a word begins, overlaps included."""
    return [at for at in range(len(text)) if text.startswith(word, at)]


@settings(deadline=None)
@given(
    st.lists(TEXT, max_size=4),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5, unique=True),
    st.integers(1, 5),
)
def test_gains_are_those_of_all_pairs_of_places(
    texts: list[str], words: list[str], most: int
) -> None:
    earned = [float(at % 3) for at in range(len(words) - 1)]
    encoded = [word.encode() for word in words]
    expected = [plain(text.encode(), encoded, earned, most) for text in texts]
    assert compiled(texts, words, earned, most) == pytest.approx(expected)


def test_words_side_by_side_earn_all_and_less_with_distance() -> None:
    texts = ["公积金提取", "提取公积金", "公积金的提取", "公积金。第二提取", "公积金"]
    found = compiled(texts, ["公积金", "提取"], [1.0], 20)
    assert found == pytest.approx([1, 1, 1 / 2, 1 / 4, 0])
