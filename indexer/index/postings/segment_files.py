"""The files of a segment: Whoosh's compound file and, beside it, the postings file."""

from __future__ import annotations

import pickle
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3Codec, W3Segment
from whoosh.columns import VarBytesColumn
from whoosh.fields import Schema

from indexer.index.formats import CompactPositions
from indexer.index.postings.file import postings_path, write_postings
from indexer.index.postings.inverted import Inverted
from indexer.index.postings.readonly import fixed_arrays
from indexer.index.postings.w3 import W3Encoder
from indexer.index.postings.w3_blocks import BLOCK
from indexer.index.postings.w3_columns import (
    decode_blobs,
    decode_numbers,
    encode_blobs,
    encode_numbers,
    is_numeric,
    numeric_dtype,
    parts_of,
)
from indexer.index.rows import Rows

_HEADER: Final = 12
"""Bytes in front of a compound file: where its directory is (8) and its length (4)."""
_STORED: Final = "_stored"
_CHECKSUM: Final = "crc32"
_NO_BYTES: Final = np.empty(0, np.uint8)


class SegmentDamaged(ValueError):
    """A segment's compound file is not one, or cut short."""


def segment_path(directory: Path, segment: W3Segment) -> Path:
    """Where the compound file of a segment is."""
    return directory / str(segment.make_filename(segment.COMPOUND_EXT))


def write_segment(
    directory: Path, indexname: str, inverted: Inverted, rows: Rows, schema: Schema
) -> W3Segment:
    """Write the files of a new segment; nothing stays behind if that fails.

    The compound file is not synced to the disk: that is done for all files before a table of
    contents names them.

    Args:
        directory: of the index.
        indexname: of the index.
        inverted: postings; mapped arrays do.
        rows: columns and stored fields of the same documents. Field lengths are counted from
            the postings.
        schema: of the index.

    Returns:
        The segment for a table of contents.

    Raises:
        ValueError: postings, rows and schema do not fit, or are more than Whoosh can tell.
        OSError: the files cannot be written.
    """
    _check(inverted, rows, schema)
    inverted = fixed_arrays(inverted)
    segment = W3Segment(W3Codec(blocklimit=BLOCK, compression=0), indexname, inverted.documents)
    segment.compound = True
    segment._fieldlengths = field_lengths(inverted, schema)  # as Whoosh's writer
    path = segment_path(directory, segment)
    postings = postings_path(directory, indexname, segment.segid)
    try:
        with ThreadPoolExecutor(1) as background:
            writing = background.submit(
                write_postings, postings, inverted, sorted_columns(rows), segment.segid
            )
            with path.open("wb") as file:
                _write_compound(file, segment, inverted, rows, schema)
            writing.result()
    except BaseException:
        path.unlink(missing_ok=True)
        postings.unlink(missing_ok=True)
        raise
    return segment


def read_rows(
    directory: Path, segment: W3Segment, schema: Schema | None = None, is_checked: bool = False
) -> Rows:
    """Columns and stored fields of a segment, deleted documents included. Bytes are views of
    the mapped file, paged in as they are used, unless all of them are checked first.

    Args:
        directory: of the index.
        segment: of its table of contents.
        schema: of the index; the product's own if not given.
        is_checked: whether they are compared with their checksums.

    Raises:
        FileNotFoundError: it was merged into another meanwhile.
        SegmentDamaged: the file is damaged.
    """
    if schema is None:
        from indexer.index.schema import build_schema  # it needs the formats

        schema = build_schema()
    postings = postings_names(segment)
    files = compound_files(directory, segment, lambda name: is_checked and name not in postings)
    documents = segment.doc_count_all()
    numeric, blobs = {}, {}
    try:
        for name, field in schema.items():
            if field.column_type is None:
                continue
            data = files.get(_column_name(segment, name))
            if is_numeric(field.column_type):
                given = _NO_BYTES if data is None else data
                numeric[name] = decode_numbers(field.column_type, given, documents)
            elif data is None:
                blobs[name] = _NO_BYTES, np.zeros(documents, np.int64)
            else:
                blobs[name] = decode_blobs(data, documents)
        data = files.get(_column_name(segment, _STORED))
        stored = (
            (_NO_BYTES, np.zeros(documents, np.int64))
            if data is None
            else decode_blobs(data, documents)
        )
        lengths = {
            name: decode_numbers(LENGTHS_COLUMN, files[column], documents)
            for name in schema.names()
            if (column := _column_name(segment, _length_name(name))) in files
        }
    except ValueError as error:
        raise SegmentDamaged(f"{segment_path(directory, segment)}: {error}") from None
    totals = {name: int(total) for name, total in segment._fieldlengths.items()}
    return Rows(documents, numeric, blobs, stored, lengths, totals)


def sorted_columns(rows: Rows) -> dict[str, npt.NDArray[Any]]:
    """The columns of numbers as a postings file has them, whoever made the rows."""
    return dict(sorted(rows.numeric.items()))


def compound_files(
    directory: Path, segment: W3Segment, checked: Callable[[str], bool] = lambda _name: False
) -> dict[str, npt.NDArray[np.uint8]]:
    """The files in a segment's compound file by name, as views of the mapped file.

    Args:
        directory: of the index.
        segment: of its table of contents.
        checked: whether a file of this name is compared with the checksum it was written with
            (CRC-32); Whoosh's own writer writes none.

    Raises:
        FileNotFoundError: it was merged into another meanwhile.
        SegmentDamaged: the file is damaged.
    """
    path = segment_path(directory, segment)
    try:
        data = np.asarray(np.memmap(path, np.uint8, "r"))
        start = int.from_bytes(data[:8].tobytes(), "big")
        size = int.from_bytes(data[8:_HEADER].tobytes(), "big")
        # A pickle that Whoosh reads too: an index is trusted as its table of contents is.
        entries = pickle.loads(data[start : start + size].tobytes())  # noqa: S301
        ranges = {name: (entry["offset"], entry["length"]) for name, entry in entries.items()}
        files = {name: data[at : at + length] for name, (at, length) in ranges.items()}
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  # a damaged pickle raises anything
        raise SegmentDamaged(f"{path} has no directory: {error!r}") from None
    for name, (_at, length) in ranges.items():
        if len(files[name]) != length:
            raise SegmentDamaged(f"{path}: {name} is cut short")
        if checked(name) and _is_damaged(files[name], entries[name]):
            raise SegmentDamaged(f"{path}: {name} is damaged")
    return files


def _is_damaged(data: npt.NDArray[np.uint8], entry: dict[str, Any]) -> bool:
    expected = entry.get(_CHECKSUM)
    return expected is not None and zlib.crc32(data.data) != expected


def postings_names(segment: W3Segment) -> tuple[str, str]:
    """The names of the table of terms and of the postings in a compound file."""
    terms, postings = W3Codec.TERMS_EXT, W3Codec.POSTS_EXT
    return segment.make_filename(terms), segment.make_filename(postings)


def field_lengths(inverted: Inverted, schema: Schema) -> dict[str, int]:
    """The summed lengths of the documents in each scorable field: its positions."""
    starts = inverted.position_starts
    lengths = {}
    for name in inverted.field_names:
        first, last = inverted.field_range(name)
        if schema[name].scorable and last > first:
            lengths[name] = int(starts[last] - starts[first])
    return lengths


def has_positions(schema: Schema, field: str) -> bool:
    """Whether the postings of a field have positions.

    Raises:
        ValueError: they have something else.
    """
    kept = schema[field].format
    if isinstance(kept, CompactPositions):
        return True
    if kept.fixed_value_size() == 0:
        return False
    raise ValueError(f"no way to keep the field {field} as {kept!r}")


def _check(inverted: Inverted, rows: Rows, schema: Schema) -> None:
    """Raise ValueError for what would make a segment that cannot be read."""
    documents = inverted.documents
    counts = {"rows": rows.documents, "stored fields": len(rows.stored[1])}
    counts |= {name: len(column) for name, column in rows.numeric.items()}
    counts |= {name: len(ends) for name, (_data, ends) in rows.blobs.items()}
    counts |= {f"length of {name}": len(column) for name, column in rows.length_bytes.items()}
    for name, count in counts.items():
        if count != documents:
            raise ValueError(f"{documents} documents, but {name}: {count}")
    known = set(schema.names())
    for name in (*rows.numeric, *rows.blobs, *rows.length_bytes, *inverted.field_names):
        if name not in known:
            raise ValueError(f"the schema has no field {name}")
    for name, column in rows.numeric.items():
        if column.dtype != (dtype := numeric_dtype(schema[name].column_type).newbyteorder("=")):
            raise ValueError(f"{name} is a column of {dtype}, not of {column.dtype}")


def _write_compound(
    file: BinaryIO, segment: W3Segment, inverted: Inverted, rows: Rows, schema: Schema
) -> None:
    """Write the compound file in one go: postings, terms, columns, their directory."""
    now = time.time()
    directory: dict[str, dict[str, Any]] = {}
    file.write(bytes(_HEADER))
    for name, pieces in _files(segment, inverted, rows, schema):
        offset, checksum = file.tell(), 0
        for piece in parts_of(pieces):
            file.write(piece)
            checksum = zlib.crc32(piece, checksum)
        length = file.tell() - offset
        # The checksum is ours: Whoosh does not ask for it.
        about = {"offset": offset, "length": length, "modified": now, _CHECKSUM: checksum}
        directory[name] = about
    start = file.tell()
    file.write(pickle.dumps(directory, 2))
    file.write(pickle.dumps({}, 2))
    end = file.tell()
    file.seek(0)
    file.write(start.to_bytes(8, "big") + (end - start).to_bytes(4, "big"))


def _files(
    segment: W3Segment, inverted: Inverted, rows: Rows, schema: Schema
) -> Iterator[tuple[str, Iterable[npt.NDArray[Any] | bytes]]]:
    """The files in the compound file, each in pieces that are made as they are asked for."""
    positions = [name for name in inverted.field_names if has_positions(schema, name)]
    encoder = W3Encoder(inverted, positions, rows.length_bytes)
    yield segment.make_filename(W3Codec.POSTS_EXT), encoder.lists()
    yield segment.make_filename(W3Codec.TERMS_EXT), encoder.terms()
    for name, numbers in rows.numeric.items():
        yield _column_name(segment, name), encode_numbers(schema[name].column_type, numbers)
    for name, blobs in rows.blobs.items():
        yield _column_name(segment, name), encode_blobs(schema[name].column_type, blobs)
    for name, lengths in rows.length_bytes.items():
        column = _column_name(segment, _length_name(name))
        yield column, encode_numbers(LENGTHS_COLUMN, lengths)
    yield _column_name(segment, _STORED), encode_blobs(_STORED_BYTES, rows.stored)


def _column_name(segment: W3Segment, name: str) -> str:
    return str(W3Codec.column_filename(segment, name))


def _length_name(field: str) -> str:
    """Whoosh's column of lengths in a field (``whoosh.codec.whoosh3._lenfield``)."""
    return f"_{field}_len"


_STORED_BYTES: Final[VarBytesColumn] = VarBytesColumn()
"""What ``whoosh.codec.whoosh3.STORED_COLUMN`` is below pickles and compression."""
