"""The compiled parts of answering, against the same in plain Python."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.kernel import workspace
from indexer.index.kernel.expand import first_from, spelled_like
from indexer.index.kernel.phrases import common, find_phrase
from indexer.index.kernel.pruned import any_best, every_best, insert, set_bits, set_ranks
from indexer.index.kernel.select import NEWEST, OLDEST, RELEVANCE, best_of_found
from indexer.index.kernel.workspace import Workspace, Workspaces

TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=8), min_size=1, max_size=6)


def fixed(numbers: Any, dtype: Any) -> Any:
    array = np.array(numbers, dtype)
    array.flags.writeable = False
    return array


def postings_of(texts: list[list[str]], term: str) -> tuple[Any, Any, Any]:
    numbers, ends, positions = [], [], []
    for number, text in enumerate(texts):
        places = [place for place, word in enumerate(text) if word == term]
        if places:
            numbers.append(number)
            positions += places
            ends.append(len(positions))
    return fixed(numbers, np.int32), fixed(ends, np.uint32), fixed(positions, np.uint32)


@given(
    TEXTS, st.lists(st.tuples(st.integers(0, 4), st.sampled_from("abc")), min_size=1, max_size=4)
)
def test_a_phrase_stands_where_its_terms_stand(
    texts: list[list[str]], phrase: list[tuple[int, str]]
) -> None:
    lists = {term: postings_of(texts, term) for _offset, term in phrase}
    candidates = [
        number for number, text in enumerate(texts) if all(term in text for _at, term in phrase)
    ]
    found = find_phrase(
        fixed(candidates, np.int32), [(offset, *lists[term]) for offset, term in phrase]
    )
    expected = [
        number
        for number, text in enumerate(texts)
        if any(
            all(0 <= start + at < len(text) and text[start + at] == term for at, term in phrase)
            for start in range(-4, len(text))
        )
    ]
    assert found.tolist() == expected


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_what_two_lists_have_in_common(one: set[int], other: set[int]) -> None:
    few, many = sorted((sorted(one), sorted(other)), key=len)
    assert common(fixed(few, np.int32), fixed(many, np.int32)).tolist() == sorted(one & other)


ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)), max_size=40)


@given(ROWS, st.integers(1, 50), st.sampled_from([RELEVANCE, NEWEST, OLDEST]))
def test_the_best_are_those_a_full_sort_has_first(
    rows: list[tuple[int, int, int]], most: int, order: int
) -> None:
    scores = np.array([row[0] for row in rows], np.float32)
    days = np.array([row[1] for row in rows], np.int32)
    places = np.array([row[2] for row in rows], np.int32)
    numbers = np.arange(len(rows), dtype=np.int32)
    keys = {
        RELEVANCE: lambda n: (-scores[n], -days[n], places[n], n),
        NEWEST: lambda n: (-days[n], -scores[n], places[n], n),
        OLDEST: lambda n: (days[n] == 0, days[n], -scores[n], places[n], n),
    }
    best = best_of_found(numbers, len(numbers), most, order, scores, days, places)
    assert best.tolist() == sorted(range(len(rows)), key=keys[order])[:most]


@given(st.lists(st.integers(0, 4), max_size=30), st.integers(1, 12))
def test_the_ten_best_of_a_list(gained: list[int], size: int) -> None:
    scores = np.array(gained, np.float32)
    best, best_scores, kept = np.empty(size, np.int32), np.empty(size, np.float32), 0
    for number, score in enumerate(scores):
        kept = insert(number, score, best, best_scores, kept)
    best, best_scores = best[:kept], best_scores[:kept]
    expected = sorted(range(len(gained)), key=lambda number: (-gained[number], number))[:size]
    assert best.tolist() == expected
    assert best_scores.tolist() == [gained[number] for number in expected]


SIZE = 70
LISTS = st.lists(
    st.dictionaries(st.integers(0, SIZE - 1), st.integers(1, 5), min_size=1, max_size=SIZE),
    min_size=1,
    max_size=5,
)


@given(LISTS, st.sets(st.integers(0, SIZE - 1)), st.sets(st.integers(0, 4)), st.integers(1, 12))
def test_the_best_of_any_and_of_every_term(
    lists: list[dict[int, int]], forbidden: set[int], with_bits: set[int], most: int
) -> None:
    allowed = np.array([number not in forbidden for number in range(SIZE)])
    allowed_bits, norms = np.zeros(2, np.uint64), np.full(SIZE, 2, np.float32)
    set_bits(np.flatnonzero(allowed).astype(np.int32), allowed_bits)
    ends = np.cumsum([len(one) for one in lists])
    numbers = fixed([number for one in lists for number in sorted(one)], np.int32)
    weights = fixed([one[number] for one in lists for number in sorted(one)], np.float32)
    scales = [4.0 / (at + 1) ** 2 for at in range(len(lists))]  # so that pruning happens
    bits = np.zeros((len(lists), 2), np.uint64)
    ranks = np.zeros((len(lists), 2), np.uint32)
    for at, one in enumerate(lists):
        set_bits(np.array(sorted(one), np.int32), bits[at])
        set_ranks(bits[at], ranks[at])
    rows = [at if at in with_bits else -1 for at in range(len(lists))]
    table = np.array(list(zip([0, *ends], ends, rows, scales, strict=False)), np.float64)
    terms = (np.arange(len(lists)), table, numbers, weights, bits, ranks, norms)
    for is_every, joined in ((False, set.union), (True, set.intersection)):
        found = joined(*(set(one) for one in lists)) - forbidden
        gained = {
            number: sum(
                scale * one[number] / (one[number] + 2)
                for scale, one in zip(scales, lists, strict=True)
                if number in one
            )
            for number in found
        }
        best, best_scores = np.empty(most, np.int32), np.empty(most, np.float32)
        if is_every:
            kept, total = every_best(*terms, allowed_bits, 0, best, best_scores, 0)
        else:
            scores, room = np.zeros(SIZE, np.float32), np.empty(SIZE + 1, np.int32)
            kept, total = any_best(
                *terms, allowed, allowed_bits, 0, scores, room, best, best_scores, 0
            )
            assert not scores.any()
        assert total == len(found)
        assert best_scores[:kept] == pytest.approx(sorted(gained.values(), reverse=True)[:most])
        assert [gained[number] for number in best[:kept].tolist()] == pytest.approx(
            best_scores[:kept]
        )


def terms_of(words: list[str]) -> tuple[Any, Any]:
    text = np.frombuffer("".join(words).encode(), np.uint8)
    return text, fixed(np.cumsum([len(word.encode()) for word in words]), np.int64)


WORDS = st.sets(st.text("ab1", min_size=1, max_size=5), min_size=1, max_size=12).map(sorted)


@given(WORDS, st.text("ab1", max_size=4))
def test_a_term_is_found_by_its_beginning(words: list[str], wanted: str) -> None:
    text, ends = terms_of(words)
    found = first_from(text, ends, 0, len(words), np.frombuffer(wanted.encode(), np.uint8))
    assert found == sum(word < wanted for word in words)


def distance(one: str, other: str) -> int:
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(WORDS, st.text("ab1", min_size=1, max_size=5), st.integers(1, 2))
def test_terms_are_found_that_are_spelled_nearly_so(
    words: list[str], wanted: str, most: int
) -> None:
    text, ends = terms_of(words)
    found = spelled_like(text, ends, 0, len(words), np.frombuffer(wanted.encode(), np.uint8), most)
    assert [words[at] for at in found] == [word for word in words if distance(word, wanted) <= most]


def test_a_workspace_is_not_used_again_after_an_error() -> None:
    spaces = Workspaces(3)
    with suppress(ValueError), spaces.taken() as spoiled:
        spoiled.best[1] = 1
        raise ValueError("halfway")
    with spaces.taken() as space:
        assert space is not spoiled
    with spaces.taken() as again:
        assert again is space


def test_a_stamp_is_new_even_when_numbers_run_out() -> None:
    with Workspaces(2).taken() as space:
        space._stamp = np.iinfo(np.int32).max - 1
        space.seen[0] = 1
        assert space.stamp() == 1
        assert space.seen.tolist() == [0, 0]


def test_the_bytes_of_a_workspace_are_those_that_are_told() -> None:
    size = 1000
    arrays = [one for one in vars(Workspace(size)).values() if isinstance(one, np.ndarray)]
    each = sum(array.itemsize for array in arrays)
    assert sum(array.nbytes for array in arrays) == each * size + 4  # one entry to write beyond
    record = Path(__file__).parent.parent / "docs/decisions/0031-compiled-kernel.md"
    for file in (Path(workspace.__file__), record):
        assert f"has {each} bytes for every document" in file.read_text("utf-8")
