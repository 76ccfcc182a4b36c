"""Inverted indexes that tests make, and what Whoosh reads of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from whoosh import fields
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec.whoosh3 import W3Segment
from whoosh.columns import NumericColumn
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.index.formats import CompactPositions
from indexer.index.postings.inverted import Inverted
from indexer.index.rows import Rows

Terms = dict[str, dict[bytes, dict[int, tuple[float, list[int]]]]]
"""Of each field, of each term, of each document: weight and positions."""

POSITIONS = ("body", "title")
"""Fields of the schema with positions; the other one has none."""


def schema() -> fields.Schema:
    """One field of each kind that the product's schema has."""
    return fields.Schema(
        key=fields.ID(unique=True, sortable=True),
        body=_text(),
        title=_text(),
        day=fields.COLUMN(NumericColumn("i", default=0)),
        cluster=fields.COLUMN(NumericColumn("q", default=0)),
        name=fields.COLUMN(),
        record=fields.STORED(),
    )


def _text() -> fields.FieldType:
    return fields.FieldType(CompactPositions(), SpaceSeparatedTokenizer(), scorable=True)


def inverted_of(terms: Terms, documents: int) -> Inverted:
    """The arrays of some terms."""
    fields_of = sorted(field for field in terms if terms[field])
    texts, counts, postings = [], [], []
    for field in fields_of:
        for text, found in sorted(terms[field].items()):
            texts.append(text)
            counts.append((len(found), sum(len(places) for _weight, places in found.values())))
            end = 0
            for document, (weight, places) in sorted(found.items()):
                end += len(places)
                postings.append((document, weight, end, places))
    totals = np.cumsum(np.array(counts, np.int64).reshape(-1, 2), axis=0)
    return Inverted(
        documents=documents,
        field_names=tuple(fields_of),
        field_ends=np.cumsum([len(terms[field]) for field in fields_of], dtype=np.int64),
        text=np.frombuffer(b"".join(texts), np.uint8),
        text_ends=np.cumsum([len(text) for text in texts], dtype=np.int64),
        posting_ends=totals[:, 0].copy(),
        position_starts=np.concatenate(([0], totals[:, 1])).astype(np.int64),
        numbers=np.array([posting[0] for posting in postings], np.int32),
        weights=np.array([posting[1] for posting in postings], np.float32),
        position_ends=np.array([posting[2] for posting in postings], np.uint32),
        positions=np.array([place for posting in postings for place in posting[3]], np.uint32),
    )


def terms_of(inverted: Inverted) -> Terms:
    """The terms of some arrays."""
    terms: Terms = {}
    for field in inverted.field_names:
        for ordinal in range(*inverted.field_range(field)):
            first, last = inverted.posting_range(ordinal)
            begin = int(inverted.position_starts[ordinal])
            ends = inverted.position_ends[first:last].tolist()
            found = {}
            for at, start, end in zip(range(first, last), [0, *ends], ends, strict=False):
                places = inverted.positions[begin + start : begin + end].tolist()
                found[int(inverted.numbers[at])] = float(inverted.weights[at]), places
            terms.setdefault(field, {})[inverted.term(ordinal)] = found
    return terms


def are_equal(one: Inverted, other: Inverted) -> bool:
    """Whether all arrays are the same, their types too."""
    return (one.documents, one.field_names) == (other.documents, other.field_names) and all(
        array.dtype == other.arrays()[name].dtype and np.array_equal(array, other.arrays()[name])
        for name, array in one.arrays().items()
    )


def rows_for(inverted: Inverted) -> Rows:
    """Rows of as many documents, different for each."""
    documents = inverted.documents
    numbers = np.arange(documents)
    return Rows(
        documents=documents,
        numeric={
            "day": (numbers % 5 * 100_000).astype(np.int32),
            "cluster": numbers.astype(np.int64) << 40,
        },
        blobs={
            "key": blobs_of([b"http://a.invalid/%d" % number for number in numbers]),
            "name": blobs_of([b"n" * int(number % 7) for number in numbers]),
        },
        stored=blobs_of([b"" for _number in numbers]),
        length_bytes={"body": (1 + numbers % 200).astype(np.uint8)},
        field_lengths={},
    )


def blobs_of(values: list[bytes]) -> tuple[Any, Any]:
    """Bytes as rows keep them."""
    data = np.frombuffer(b"".join(values), np.uint8)
    return data, np.cumsum([len(value) for value in values], dtype=np.int64)


def write_contents(directory: Path, segments: list[W3Segment], generation: int = 1) -> None:
    """Write a table of contents, so that Whoosh opens the index."""
    TOC(schema(), segments, generation).write(FileStorage(str(directory)), "MAIN")


@st.composite
def some_terms(draw: st.DrawFn, documents: int) -> Terms:
    """Terms of some documents, such as share long beginnings or hold zeros."""
    weights = st.one_of(st.just(1.0), st.integers(1, 600).map(lambda value: value / 2))
    place = st.one_of(st.integers(0, 300), st.integers(0, 2**31 - 1))
    texts = st.one_of(
        st.binary(min_size=1, max_size=4),
        st.binary(max_size=3).map(lambda tail: b"prefix-8" + tail),
        st.sampled_from(["公积金", "公积金提取", "钦州"]).map(str.encode),
    )
    terms: Terms = {}
    for field in ("body", "key", "title"):
        places = st.lists(place, min_size=1, max_size=4, unique=True).map(sorted)
        posting = st.tuples(weights, places if field in POSITIONS else st.just([]))
        found = st.dictionaries(st.integers(0, documents - 1), posting, min_size=1)
        terms[field] = draw(st.dictionaries(texts, found, max_size=5))
    return terms
