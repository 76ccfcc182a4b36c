"""Which segments are merged: few of them in the end, and little is written again."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from indexer.index.writing.policy import FACTOR, MOST_SEGMENTS, Size, choose

SIZES = st.lists(
    st.integers(1, 2_000_000).flatmap(
        lambda documents: st.integers(0, documents - 1).map(lambda gone: Size(documents, gone))
    ),
    max_size=40,
)


def settle(sizes: list[Size]) -> tuple[list[Size], int]:
    """The sizes when nothing is left to merge, and the documents written on the way."""
    written = 0
    while places := choose(sizes):
        live = sum(sizes[place].live for place in places)
        written += live
        rest = [size for place, size in enumerate(sizes) if place not in places]
        sizes = [*rest[: places[0]], Size(live, 0), *rest[places[0] :]]
    return sizes, written


def test_a_few_whole_segments_stay_as_they_are() -> None:
    assert choose([]) == []
    assert choose([Size(147_288, 0), Size(100, 0), Size(1, 0)]) == []


def test_small_segments_are_merged_and_the_large_one_is_left_alone() -> None:
    sizes = [Size(147_288, 300), *[Size(100, 0)] * FACTOR]
    assert choose(sizes) == list(range(1, FACTOR + 1))


def test_a_segment_is_rewritten_when_a_third_of_it_is_deleted() -> None:
    assert choose([Size(900, 300)]) == []
    assert choose([Size(50, 0), Size(900, 301)]) == [1]


@given(SIZES)
def test_merging_ends_with_few_segments_and_all_documents(sizes: list[Size]) -> None:
    settled, _written = settle(sizes)
    assert len(settled) <= MOST_SEGMENTS
    assert sum(size.live for size in settled) == sum(size.live for size in sizes)
    assert choose(settled) == []


def test_a_year_of_changes_writes_each_document_a_few_times() -> None:
    chance = random.Random(365)
    sizes = [Size(150_000, 0)]
    changed = written = 0
    for _commit in range(3 * 365):
        count = chance.choice((1, 5, 20, 100, 100, 300))
        changed += count
        sizes = [Size(sizes[0].documents, sizes[0].deleted + count // 2), *sizes[1:]]
        sizes, more = settle([*sizes, Size(count, 0)])
        written += more
        assert len(sizes) <= MOST_SEGMENTS
    assert changed > 80_000
    assert written < 15 * changed
