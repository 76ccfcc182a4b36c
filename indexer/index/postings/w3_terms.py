"""Whoosh's table of terms (``whoosh.filedb.filetables.OrderedHashWriter``), compiled.

Records of key and value, 256 hash tables of their places, where those tables are, a pickle of
what is said about it all, and the places of the records in order.
"""

from __future__ import annotations

import pickle
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analyzers.compiled import compiled
from indexer.index.postings.w3_blocks import put_big

HEADER: Final = b"HSH3" + bytes([1]) + bytes(8)
"""Hash type 1: CRC-32, a tenth of the work of type 0, MD5. (Type 2 fails in Python 3.)"""
VALUE: Final = 35
"""Bytes of ``whoosh.codec.whoosh3.W3TermInfo``: flags, weight, documents, shortest, longest,
heaviest, first and last document, place and length of the posting list."""
_BUCKETS: Final = 256
_SLOT: Final = 12
DIRECTORY: Final = _BUCKETS * _SLOT
"""Bytes that tell where the hash tables are, the first of which follows the records."""


def _crc_table() -> npt.NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _bit in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0xEDB88320), table >> 1)
    return table


CRC_TABLE: Final = _crc_table()


@compiled
def crc32(data: Any, start: int, end: int) -> Any:
    """The CRC-32 (ISO 3309, as zlib's) of some bytes."""
    state = np.uint32(0xFFFFFFFF)
    for at in range(start, end):
        low = np.uint8((state ^ np.uint32(data[at])) & np.uint32(0xFF))
        state = (state >> np.uint32(8)) ^ CRC_TABLE[low]
    return state ^ np.uint32(0xFFFFFFFF)


@compiled
def _put_records(
    fields: Any,
    text: Any,
    text_ends: Any,
    posting_ends: Any,
    numbers: Any,
    stats: Any,
    places: Any,
    out: Any,
    hashes: Any,
) -> None:
    """Write the record of each term.

    Args:
        fields: field of each.
        text: bytes of all terms.
        text_ends: (terms)
        posting_ends: (terms)
        numbers: documents of the postings.
        stats: weights as bits, lengths, places and sizes of the posting lists; see
            :func:`encode_terms`.
        places: (terms) where the record begins.
        out: where it is written.
        hashes: (terms) the hash of its key.
    """
    weigh, lengths, list_places, list_sizes = stats
    begin, first = np.int64(0), np.int64(0)
    for term in range(len(text_ends)):
        size = text_ends[term] - begin
        at = put_big(out, places[term], 2 + size, 4)
        key = put_big(out, at, VALUE, 4)
        at = put_big(out, key, fields[term], 2)
        for one in range(begin, text_ends[term]):
            out[at] = text[one]
            at += 1
        hashes[term] = crc32(out, key, at)
        out[at] = 0  # postings are not in the record
        last = posting_ends[term]
        at = put_big(out, at + 1, np.int64(weigh[term, 0]), 4)
        at = put_big(out, at, last - first, 4)
        out[at], out[at + 1] = lengths[term, 0], lengths[term, 1]
        at = put_big(out, at + 2, np.int64(weigh[term, 1]), 4)
        at = put_big(out, at, numbers[first], 4)
        at = put_big(out, at, numbers[last - 1], 4)
        at = put_big(out, at, list_places[term], 8)
        put_big(out, at, list_sizes[term], 4)
        begin, first = text_ends[term], last


@compiled
def _put_tables(hashes: Any, places: Any, start: int, out: Any) -> None:
    """Write the hash tables from ``start`` on, and the directory of them."""
    counts = np.zeros(_BUCKETS, np.int64)
    for value in hashes:
        counts[value & np.uint32(0xFF)] += 1
    starts = np.empty(_BUCKETS, np.int64)
    at = start
    for bucket in range(_BUCKETS):
        starts[bucket] = at
        at += 2 * counts[bucket] * _SLOT
    for term in range(len(hashes)):
        value = hashes[term]
        bucket = value & np.uint32(0xFF)
        slots = 2 * counts[bucket]
        slot = np.int64(value >> np.uint32(8)) % slots
        while True:
            to = starts[bucket] + slot * _SLOT
            empty = True
            for one in range(_SLOT):
                if out[to + one]:
                    empty = False
                    break
            if empty:
                break
            slot = (slot + 1) % slots
        put_big(out, put_big(out, to, np.int64(value), 4), places[term], 8)
    for bucket in range(_BUCKETS):
        put_big(out, put_big(out, at, starts[bucket], 8), 2 * counts[bucket], 4)
        at += _SLOT


def encode_terms(
    field_names: tuple[str, ...],
    fields: npt.NDArray[np.int32],
    texts: tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]],
    postings: tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]],
    stats: tuple[npt.NDArray[Any], ...],
) -> list[npt.NDArray[np.uint8] | bytes]:
    """The file of terms, in pieces.

    Args:
        field_names: ascending.
        fields: (terms) number of each term's field.
        texts: bytes of all terms and where each ends.
        postings: (terms) where those of each end, and the documents of all.
        stats: (terms, 2) float32 sum and maximum of the weights; (terms, 2) bytes, shortest and
            longest document, rounded; (terms) places and sizes of the posting lists.

    Raises:
        ValueError: a posting list is longer than Whoosh can tell (2 GB).
    """
    text, text_ends = texts
    weigh, lengths, list_places, list_sizes = stats
    if len(list_sizes) and int(list_sizes.max()) >= 1 << 31:
        raise ValueError("the postings of a term have more than 2 GB")
    records = np.diff(text_ends, prepend=0) + (8 + 2 + VALUE)
    ends = len(HEADER) + np.cumsum(records, dtype=np.int64)
    places = ends - records
    end = int(ends[-1]) if len(ends) else len(HEADER)
    out = np.zeros(end + len(fields) * 2 * _SLOT + DIRECTORY, np.uint8)
    out[: len(HEADER)] = np.frombuffer(HEADER, np.uint8)
    hashes = np.empty(len(fields), np.uint32)
    bits = weigh.view(np.uint32)
    stats = (bits, lengths, list_places, list_sizes)
    _put_records(fields, text, text_ends, *postings, stats, places, out, hashes)
    _put_tables(hashes, places, end, out)
    wide = end >= 1 << 31
    index = places.astype(">i8" if wide else ">i4").tobytes()
    about = {
        "fieldmap": {name: number for number, name in enumerate(field_names)},
        "indextype": "q" if wide else "i",
        "indexlen": len(places),
    }
    extras = pickle.dumps(about, 2) + index
    return [out, extras, len(extras).to_bytes(4, "big")]
