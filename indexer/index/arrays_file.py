"""Named numpy arrays in one file that processes share through memory maps."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]

_ALIGNED: Final = 64
_LENGTH: Final = 8
_STEP: Final = 1 << 24
"""Bytes of an array that are written or looked at in one go."""


class MappedArrays(NamedTuple):
    """The arrays of a file, read-only and paged in as they are used, and what it says of them."""

    arrays: dict[str, Array]
    about: dict[str, Any]
    checksums: dict[str, int]

    def verify(self, names: Iterable[str]) -> None:
        """Compare arrays with the checksums they were written with (CRC-32).

        Raises:
            ValueError: one differs; the message names it.
        """
        for name in names:
            if _checksum(self.arrays[name]) != self.checksums[name]:
                raise ValueError(f"the array {name} is damaged")


def save_arrays(
    path: Path,
    arrays: Arrays,
    about: Mapping[str, Any] | None = None,
    unchecked: Collection[str] = (),
) -> None:
    """Write one-dimensional arrays, atomically and durably: a reader sees all of the file or
    none. What is said about them is any JSON.

    Args:
        path: the file.
        arrays: by name.
        about: what :func:`map_arrays` gives back.
        unchecked: arrays that have checks of their own, and no checksum.

    Raises:
        OSError: the folder cannot be written.
    """
    entries, offset = {}, 0
    for name, array in arrays.items():
        checksum = None if name in unchecked else _checksum(array)
        entries[name] = [array.dtype.str, len(array), offset, checksum]
        offset += -(-array.nbytes // _ALIGNED) * _ALIGNED
    header = json.dumps({"bytes": offset, "arrays": entries, "about": about or {}}).encode()
    header = b"%08x" % zlib.crc32(header) + header
    header += b" " * (-(_LENGTH + len(header)) % _ALIGNED)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(len(header).to_bytes(_LENGTH, "big") + header)
            for array in arrays.values():
                for piece in _pieces(array):
                    file.write(piece)
                file.write(bytes(-array.nbytes % _ALIGNED))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_arrays(path: Path) -> dict[str, Array]:
    """Map what :func:`save_arrays` wrote; see :func:`map_arrays`."""
    return map_arrays(path).arrays


def map_arrays(path: Path) -> MappedArrays:
    """Map what :func:`save_arrays` wrote. Only the header is looked at: see
    :meth:`MappedArrays.verify`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a complete one.
    """
    if path.stat().st_size < _LENGTH:
        raise ValueError(f"{path} is cut short")
    data = np.asarray(np.memmap(path, np.uint8, "r"))  # the subclass is slow to slice
    start = _LENGTH + int.from_bytes(bytes(data[:_LENGTH]), "big")
    text = bytes(data[_LENGTH:start]).rstrip(b" ")
    try:
        if int(text[:8], 16) != zlib.crc32(text[8:]):
            raise ValueError("its checksum differs")
        header = json.loads(text[8:])
        entries, size = header["arrays"].items(), int(header["bytes"])
        about = dict(header["about"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} has no header: {error}") from None
    if len(data) != start + size:
        raise ValueError(f"{path} has {len(data)} bytes, not {start + size}")
    arrays = {
        name: data[start + at : start + at + length * np.dtype(dtype).itemsize].view(dtype)
        for name, (dtype, length, at, _checksum) in entries
    }
    return MappedArrays(arrays, about, {name: entry[3] for name, entry in entries})


def _pieces(array: Array) -> Iterable[memoryview]:
    """The bytes of an array in pieces, so that a mapped one never is in memory as a whole."""
    data = memoryview(np.ascontiguousarray(array).view(np.uint8)).cast("B")  # type: ignore[arg-type]
    return (data[at : at + _STEP] for at in range(0, len(data), _STEP))


def _checksum(array: Array) -> int:
    checksum = 0
    for piece in _pieces(array):
        checksum = zlib.crc32(piece, checksum)
    return checksum
