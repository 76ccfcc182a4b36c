"""Merging inverted indexes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.postings import scratch
from indexer.index.postings.merge import merge
from inverted import Terms, are_equal, inverted_of, some_terms, terms_of

_DOCUMENTS = 6
_Part = tuple[Terms, list[bool]]
_PARTS = st.lists(
    st.tuples(some_terms(_DOCUMENTS), st.lists(st.booleans(), min_size=6, max_size=6)),
    min_size=1,
    max_size=6,
)


def _maps(parts: list[_Part]) -> list[np.ndarray]:
    maps, base = [], 0
    for _terms, keep in parts:
        new = np.where(keep, np.cumsum(keep) - 1 + base, -1).astype(np.int32)
        base += sum(keep)
        maps.append(new)
    return maps


def _expected(parts: list[_Part], maps: list[np.ndarray]) -> Terms:
    merged: Terms = {}
    for (terms, _keep), numbers in zip(parts, maps, strict=True):
        for field, texts in terms.items():
            for text, found in texts.items():
                for document, posting in found.items():
                    if numbers[document] >= 0:
                        of_text = merged.setdefault(field, {}).setdefault(text, {})
                        of_text[int(numbers[document])] = posting
    return merged


@given(_PARTS)
def test_has_the_postings_of_all_parts_that_are_kept(parts: list[_Part]) -> None:
    maps = _maps(parts)
    merged = merge([inverted_of(terms, _DOCUMENTS) for terms, _keep in parts], maps)
    kept = sum(sum(keep) for _terms, keep in parts)
    expected = inverted_of(_expected(parts, maps), kept)
    assert are_equal(merged, expected)
    assert terms_of(merged) == _expected(parts, maps)


def test_is_the_same_in_files_and_in_slices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    parts = []
    for _part in range(5):
        terms: Terms = {"body": {}, "key": {}}
        for word in range(200):
            chosen = random.choice(300, random.integers(1, 60), replace=False)
            terms["body"][b"word%d" % (word * random.integers(1, 3))] = {
                int(number): (float(random.integers(1, 9)), [int(number), int(number) + 500])
                for number in chosen
            }
        for number in range(300):
            terms["key"][b"%d" % random.integers(1 << 40)] = {number: (1.0, [])}
        parts.append((terms, [bool(keep) for keep in random.random(300) < 0.8]))
    maps = _maps(parts)
    made = [inverted_of(terms, 300) for terms, _keep in parts]
    expected = inverted_of(_expected(parts, maps), sum(sum(keep) for _terms, keep in parts))
    monkeypatch.setattr("indexer.index.postings.merge._SLICE", 1000)
    monkeypatch.setattr(scratch, "_LARGE", 1)
    assert are_equal(merge(made, maps, tmp_path), expected)
    assert not list(tmp_path.iterdir())


def test_refuses_maps_that_do_not_fit() -> None:
    part = inverted_of({"body": {b"a": {0: (1.0, [1])}}}, 2)
    ascending = np.array([0, 1], np.int32)
    with pytest.raises(ValueError, match="2 parts and 1 maps"):
        merge([part, part], [ascending])
    with pytest.raises(ValueError, match="a map of 1"):
        merge([part], [ascending[:1]])
    with pytest.raises(ValueError, match="do not ascend"):
        merge([part, part], [ascending, ascending])
