"""Postings files that are missing or damaged: detected, and made anew the same."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.formats import Positions
from whoosh.index import create_in, open_dir

from indexer.index.postings import heal as healing
from indexer.index.postings.check import check_segment, open_checked
from indexer.index.postings.file import (
    MappedPostings,
    PostingsDamaged,
    postings_path,
    write_postings,
)
from indexer.index.postings.heal import heal, invert_segment
from indexer.index.postings.segment_files import SegmentDamaged, write_segment
from indexer.index.postings.whoosh_postings import invert_by_whoosh
from inverted import (
    POSITIONS,
    Terms,
    are_equal,
    inverted_of,
    rows_for,
    schema,
    some_terms,
)

_DOCUMENTS = 7
_IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
_folders = itertools.count()


def _written(tmp_path: Path, terms: Terms, documents: int) -> tuple[Path, Any]:
    directory = tmp_path / str(next(_folders))
    directory.mkdir()
    inverted = inverted_of(terms, documents)
    return directory, write_segment(directory, "MAIN", inverted, rows_for(inverted), schema())


@pytest.fixture
def no_whoosh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the slow way, by Whoosh's reader, fail."""

    def refuse(*_arguments: Any) -> None:
        raise AssertionError("the compiled reader did not understand its own files")

    monkeypatch.setattr(healing, "invert_by_whoosh", refuse)


@pytest.mark.usefixtures("no_whoosh")
@_IN_ONE_FOLDER
@given(terms=some_terms(_DOCUMENTS))
def test_it_is_the_same_byte_for_byte(tmp_path: Path, terms: Terms) -> None:
    directory, segment = _written(tmp_path, terms, _DOCUMENTS)
    path = postings_path(directory, "MAIN", segment.segid)
    before = path.read_bytes()
    path.unlink()
    heal(directory, segment, schema())
    assert path.read_bytes() == before
    assert sorted(one.suffix for one in directory.iterdir()) == [".postings", ".seg"]


@pytest.mark.usefixtures("no_whoosh")
def test_long_lists_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healing, "_CHUNK", 5000)
    documents = 200_000
    far = {number: (number / 2, list(range(0, 900, 3))) for number in range(1, documents, 9_001)}
    terms: Terms = {
        "body": {
            b"every": {number: (1.0, [number % 40]) for number in range(0, documents, 20)},
            b"far": far,
            b"rare": {
                number: (1.0 + number, [5, 1 << 30]) for number in range(7, documents, 70_000)
            },
        },
        "title": {b"far": far},
        "key": {b"all": {number: (1.0, []) for number in range(documents)}},
    }
    directory, segment = _written(tmp_path, terms, documents)
    read = invert_segment(directory, segment, schema())
    assert are_equal(read, inverted_of(terms, documents))
    assert are_equal(read, invert_by_whoosh(directory, segment, schema()))


def test_a_segment_of_whooshs_own_writer_gets_one(tmp_path: Path) -> None:
    plain = schema()
    plain["title"].format = Positions()
    writer = create_in(str(tmp_path), plain, "MAIN").writer()
    for number in range(3000):
        writer.add_document(key=f"k{number:04}", body="a b a", title=f"c{number % 3}", day=number)
    writer.commit()
    (segment,) = open_dir(str(tmp_path))._segments()
    heal(tmp_path, segment, plain)
    found = MappedPostings(postings_path(tmp_path, "MAIN", segment.segid), segment.segid, 3000)
    numbers, weights = found.postings("body", b"a")
    assert numbers.tolist() == list(range(3000))
    assert set(weights.tolist()) == {2.0}
    ends, positions = found.positions("body", b"a")
    assert (ends[-1], positions[:4].tolist()) == (6000, [0, 2, 0, 2])
    assert found.positions("title", b"c1")[1].tolist() == [0] * 1000
    assert found.postings("key", b"k0007")[0].tolist() == [7]
    assert found.columns["day"].tolist() == list(range(3000))


_SMALL: Terms = {
    "body": {b"a": {0: (1.5, [1, 9]), 2: (1.0, [0])}, b"bc": {1: (2.0, [3])}},
    "key": {b"k0": {0: (1.0, [])}, b"k1": {1: (1.0, [])}, b"k2": {2: (1.0, [])}},
}


def _answers(path: Path, segment: str) -> list[Any]:
    """All that a postings file tells."""
    found = MappedPostings(path, segment, 3)
    answers: list[Any] = [{name: array.tolist() for name, array in found.columns.items()}]
    for field, terms in _SMALL.items():
        answers.append(list(found.terms(field)))
        for term in terms:
            answers += [array.tolist() for array in found.postings(field, term)]
            if field in POSITIONS:
                answers += [array.tolist() for array in found.positions(field, term)]
    return answers


def test_a_postings_file_cut_at_any_byte_is_detected(tmp_path: Path) -> None:
    directory, segment = _written(tmp_path, _SMALL, 3)
    path = postings_path(directory, "MAIN", segment.segid)
    data = path.read_bytes()
    for size in range(len(data)):
        path.write_bytes(data[:size])
        with pytest.raises(PostingsDamaged, match=path.name):
            MappedPostings(path, segment.segid, 3)


def test_a_flipped_bit_is_detected_or_of_no_consequence(tmp_path: Path) -> None:
    directory, segment = _written(tmp_path, _SMALL, 3)
    path = postings_path(directory, "MAIN", segment.segid)
    data = bytearray(path.read_bytes())
    answers = _answers(path, segment.segid)
    detected = 0
    for place in range(len(data)):
        data[place] ^= 1 << place % 8
        path.write_bytes(data)
        data[place] ^= 1 << place % 8
        try:
            assert _answers(path, segment.segid) == answers
        except PostingsDamaged:
            detected += 1
    assert detected > len(data) / 4  # the others are padding


def test_checking_all_of_it_finds_what_using_it_would(tmp_path: Path) -> None:
    directory, segment = _written(tmp_path, _SMALL, 3)
    path = postings_path(directory, "MAIN", segment.segid)
    check_segment(directory, segment, schema())
    data = bytearray(path.read_bytes())
    for place in range(len(data)):
        data[place] ^= 1 << place % 8
        path.write_bytes(data)
        data[place] ^= 1 << place % 8
        try:
            _answers(path, segment.segid)
        except PostingsDamaged:
            with pytest.raises(PostingsDamaged, match=path.name):
                open_checked(directory, segment)


def test_a_file_that_tells_something_else_is_found(tmp_path: Path) -> None:
    directory, segment = _written(tmp_path, _SMALL, 3)
    path = postings_path(directory, "MAIN", segment.segid)
    other = {**_SMALL, "body": {b"a": {0: (1.5, [1, 8])}}}
    write_postings(path, inverted_of(other, 3), {}, segment.segid)
    open_checked(directory, segment)
    with pytest.raises(PostingsDamaged, match="are not those of the segment"):
        check_segment(directory, segment, schema())
    write_postings(path, inverted_of(_SMALL, 3), {}, segment.segid)
    with pytest.raises(PostingsDamaged, match="the column cluster is not the segment's"):
        check_segment(directory, segment, schema())
    disordered = replace(inverted_of(_SMALL, 3), numbers=np.array([2, 0, 1, 0, 1, 2], np.int32))
    write_postings(path, disordered, {}, segment.segid)
    with pytest.raises(PostingsDamaged, match="not in order"):
        open_checked(directory, segment)


@pytest.mark.parametrize("seed", range(40))
def test_damage_of_whooshs_files_never_ends_the_process(tmp_path: Path, seed: int) -> None:
    """Whoosh keeps no checksums: what is read may be wrong, but every read has bounds."""
    random = np.random.default_rng(seed)
    far = {number: (number / 2, list(range(0, 900, 3))) for number in range(1, 3000, 40)}
    directory, segment = _written(tmp_path, {"body": {b"far": far}, "key": _SMALL["key"]}, 3000)
    (path,) = directory.glob("*.seg")
    data = bytearray(path.read_bytes())
    for place in random.integers(0, len(data), 200 if seed % 2 else 1):
        data[place] ^= 1 << int(random.integers(8))
    path.write_bytes(data)
    try:
        assert invert_segment(directory, segment, schema()).documents == 3000
    except SegmentDamaged:
        assert path.exists()


@given(st.binary(max_size=400))
def test_any_bytes_are_read_within_bounds(data: bytes) -> None:
    from indexer.index.postings.readonly import fixed
    from indexer.index.postings.w3_decode import read_terms

    table = np.empty((3, 6), np.int64)
    read_terms(fixed(np.frombuffer(data, np.uint8)), 13, len(data), table)
