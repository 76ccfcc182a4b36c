"""Segments that are written without Whoosh's writer, read by Whoosh itself."""

from __future__ import annotations

import itertools
import pickle
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.formats import Positions
from whoosh.index import open_dir
from whoosh.query import And, Every, Or, Phrase, Prefix, Term
from whoosh.util.numeric import byte_to_length

from indexer.index.formats import CompactPositions
from indexer.index.postings.file import MappedPostings, postings_path
from indexer.index.postings.segment_files import (
    SegmentDamaged,
    read_rows,
    segment_path,
    write_segment,
)
from inverted import (
    POSITIONS,
    Terms,
    blobs_of,
    inverted_of,
    rows_for,
    schema,
    some_terms,
    write_contents,
)

_DOCUMENTS = 7
_IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
_folders = itertools.count()


def _written(tmp_path: Path, terms: Terms, documents: int) -> tuple[Path, Any]:
    directory = tmp_path / str(next(_folders))
    directory.mkdir()
    inverted = inverted_of(terms, documents)
    segment = write_segment(directory, "MAIN", inverted, rows_for(inverted), schema())
    write_contents(directory, [segment])
    return directory, segment


def _read_by_whoosh(directory: Path) -> Terms:
    terms: Terms = {}
    with open_dir(str(directory)).reader() as reader:
        for field, text in reader.all_terms():
            matcher = reader.postings(field, text)
            found = {}
            while matcher.is_active():
                places = matcher.value_as("positions") if field in POSITIONS else []
                found[matcher.id()] = float(matcher.weight()), places
                matcher.next()
            terms.setdefault(field, {})[text] = found
            info = reader.term_info(field, text)
            weights = [weight for weight, _places in found.values()]
            assert reader.doc_frequency(field, text) == info.doc_frequency() == len(found)
            assert reader.frequency(field, text) == np.float32(sum(weights))
            assert info.max_weight() == max(weights)
            assert (info.min_id(), info.max_id()) == (min(found), max(found))
    return terms


@_IN_ONE_FOLDER
@given(terms=some_terms(_DOCUMENTS))
def test_whoosh_reads_the_same_postings(tmp_path: Path, terms: Terms) -> None:
    directory, segment = _written(tmp_path, terms, _DOCUMENTS)
    expected = {
        field: {text: dict(sorted(found.items())) for text, found in sorted(texts.items())}
        for field, texts in sorted(terms.items())
        if texts
    }
    assert _read_by_whoosh(directory) == expected
    path = postings_path(directory, "MAIN", segment.segid)
    assert MappedPostings(path, segment.segid, _DOCUMENTS).inverted.terms == sum(
        len(texts) for texts in terms.values()
    )


def test_whoosh_reads_long_lists(tmp_path: Path) -> None:
    documents = 200_000
    every = {number: (1.0, [number % 40]) for number in range(0, documents, 20)}
    same = {number: (2.5, [1]) for number in range(3, documents, 100)}
    far = {number: (number / 2, list(range(0, 900, 3))) for number in range(1, documents, 9_001)}
    rare = {number: (1.0 + number, [5, 70_000]) for number in range(0, documents, 70_000)}
    terms: Terms = {
        "body": {b"every": every, b"same": same, b"far": far, b"rare": rare},
        "title": {b"every": every, b"far": far},
        "key": {b"all": {number: (1.0, []) for number in range(documents)}},
    }
    directory, _segment = _written(tmp_path, terms, documents)
    read = _read_by_whoosh(directory)
    assert read == {field: terms[field] for field in sorted(terms)}


def test_whoosh_searches_it(tmp_path: Path) -> None:
    texts = ["公 积 金 提 取", "提 取 公 积", "公 金", "积 金 公"]
    terms: Terms = {"body": {}, "title": {}, "key": {}}
    for number, text in enumerate(texts):
        for field in POSITIONS:
            for place, word in enumerate(text.split()):
                postings = terms[field].setdefault(word.encode(), {})
                postings[number] = 1.0, [*postings.get(number, (0, []))[1], place]
        terms["key"][b"http://a.invalid/%d" % number] = {number: (1.0, [])}
    directory, _segment = _written(tmp_path, terms, len(texts))

    with open_dir(str(directory)).searcher() as searcher:

        def found(query: Any) -> list[int]:
            return sorted(searcher.search(query, limit=None).docs())

        for field in POSITIONS:
            assert found(Term(field, "提")) == [0, 1]
            assert found(And([Term(field, "金"), Term(field, "积")])) == [0, 3]
            assert found(Or([Term(field, "取"), Term(field, "金")])) == [0, 1, 2, 3]
            assert found(Phrase(field, ["公", "积"])) == [0, 1]
            assert found(Phrase(field, ["积", "金", "公"])) == [3]
            assert found(Prefix(field, "公")) == [0, 1, 2, 3]
        assert found(Every()) == [0, 1, 2, 3]
        assert searcher.document_number(key="http://a.invalid/2") == 2
        assert [hit.docnum for hit in searcher.search(Term("body", "金"), limit=2)]


def test_whoosh_reads_columns_stored_fields_and_lengths(tmp_path: Path) -> None:
    documents = 40_000  # Whoosh writes offsets from 32,769 documents on
    terms: Terms = {"body": {b"a": {3: (1.0, [1, 2]), 39_000: (1.0, [5])}}}
    inverted = inverted_of(terms, documents)
    records = [{"record": {"number": number}} if number % 3 else {} for number in range(documents)]
    stored = [zlib.compress(pickle.dumps(one, 2), 3) if one else b"" for one in records]
    rows = replace(rows_for(inverted), stored=blobs_of(stored))
    segment = write_segment(tmp_path, "MAIN", inverted, rows, schema())
    write_contents(tmp_path, [segment])
    with open_dir(str(tmp_path)).reader() as reader:
        numbers = range(documents)
        for name in ("day", "cluster"):
            assert list(reader.column_reader(name)) == rows.numeric[name].tolist()
        keys = reader.column_reader("key")
        assert [keys[number] for number in numbers[::999]] == [
            f"http://a.invalid/{number}" for number in numbers[::999]
        ]
        assert list(reader.column_reader("name")) == [b"n" * (number % 7) for number in numbers]
        assert [reader.stored_fields(number) for number in numbers[::7]] == records[::7]
        assert reader.field_length("body") == 3
        lengths = [reader.doc_field_length(number, "body") for number in numbers[:300]]
        assert lengths == [byte_to_length(1 + number % 200) for number in numbers[:300]]
        assert reader.min_field_length("body") == byte_to_length(1)
        info = reader.term_info("body", b"a")
        assert info.min_length() == byte_to_length(1)  # document 39,000
        assert info.max_length() == byte_to_length(4)  # document 3


def test_rows_are_read_back(tmp_path: Path) -> None:
    for documents in (0, 1, 70, 40_000):
        directory = tmp_path / str(documents)
        directory.mkdir()
        inverted = inverted_of({}, documents)
        rows = rows_for(inverted)
        segment = write_segment(directory, "MAIN", inverted, rows, schema())
        read = read_rows(directory, segment, schema())
        assert read.documents == documents
        for name, column in rows.numeric.items():
            assert column.dtype == read.numeric[name].dtype
            assert np.array_equal(column, read.numeric[name])
        for name, (data, ends) in rows.blobs.items():
            assert np.array_equal(data, read.blobs[name][0])
            assert np.array_equal(ends, read.blobs[name][1])
        assert np.array_equal(rows.length_bytes["body"], read.length_bytes["body"])
        assert np.array_equal(rows.stored[1], read.stored[1])


def test_rows_of_whooshs_own_writer_are_read(tmp_path: Path) -> None:
    from whoosh.index import create_in

    index = create_in(str(tmp_path), schema(), "MAIN")
    writer = index.writer()
    for number in range(5):
        days = {"day": 7 + number} if number % 2 else {}
        names = {"name": b"n%d" % number} if number in (1, 3) else {}
        writer.add_document(key=f"k{number}", body="a b c", record=number, **days, **names)
    writer.commit()
    (segment,) = open_dir(str(tmp_path))._segments()
    rows = read_rows(tmp_path, segment, schema())
    assert rows.numeric["day"].tolist() == [0, 8, 0, 10, 0]
    assert rows.numeric["cluster"].tolist() == [0] * 5
    data, ends = rows.blobs["name"]
    assert (data.tobytes(), ends.tolist()) == (b"n1n3", [0, 2, 2, 4, 4])
    assert rows.length_bytes["body"].tolist() == [3] * 5
    assert rows.field_lengths == {"body": 15}
    start, end = rows.stored[1][:2].tolist()
    record = zlib.decompress(rows.stored[0][start:end].tobytes())
    assert pickle.loads(record) == {"record": 1}  # noqa: S301  # written above


def test_nothing_is_left_of_what_cannot_be_written(tmp_path: Path) -> None:
    inverted = inverted_of({"body": {b"a": {0: (1.0, [1])}}}, 2)
    rows = rows_for(inverted)
    short = replace(rows, numeric={"day": np.zeros(1, np.int32)})
    with pytest.raises(ValueError, match="2 documents, but day: 1"):
        write_segment(tmp_path, "MAIN", inverted, short, schema())
    wide = replace(rows, numeric={"day": np.zeros(2, np.int64)})
    with pytest.raises(ValueError, match="day is a column of int32, not of int64"):
        write_segment(tmp_path, "MAIN", inverted, wide, schema())
    other = replace(inverted, field_names=("nothing",))
    with pytest.raises(ValueError, match="no field nothing"):
        write_segment(tmp_path, "MAIN", other, rows, schema())
    broken = schema()
    broken["body"].format = Positions()
    with pytest.raises(ValueError, match="no way to keep the field body as Positions"):
        write_segment(tmp_path, "MAIN", inverted, rows, broken)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["empty", "cut", "directory"])
def test_a_damaged_compound_file_is_told(tmp_path: Path, damage: str) -> None:
    directory, segment = _written(tmp_path, {"body": {b"a": {0: (1.0, [1])}}}, 2)
    path = segment_path(directory, segment)
    data = bytearray(path.read_bytes())
    if damage == "directory":
        data[int.from_bytes(data[:8], "big")] ^= 0xFF
    path.write_bytes({"empty": b"", "cut": bytes(data[:-20]), "directory": bytes(data)}[damage])
    with pytest.raises(SegmentDamaged, match=path.name):
        read_rows(directory, segment, schema())


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, unique=True).map(sorted))
def test_compact_positions_are_what_they_were(positions: list[int]) -> None:
    kept = CompactPositions()
    value = kept.encode(positions)
    assert kept.decode_positions(value) == positions
    assert kept.decode_frequency(value) == len(positions)
    assert kept.decode_weight(value) == len(positions)
    assert kept.combine([value, value]) == value
