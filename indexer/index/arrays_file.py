"""Named numpy arrays in one file that processes share through memory maps."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

_ALIGNED: Final = 64
_LENGTH: Final = 8


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write one-dimensional arrays, atomically: a reader sees all of the file or none.

    Raises:
        OSError: the folder cannot be written.
    """
    entries, offset = {}, 0
    for name, array in arrays.items():
        entries[name] = [array.dtype.str, len(array), offset]
        offset += -(-array.nbytes // _ALIGNED) * _ALIGNED
    header = json.dumps({"bytes": offset, "arrays": entries}).encode()
    header += b" " * (-(_LENGTH + len(header)) % _ALIGNED)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(len(header).to_bytes(_LENGTH, "big") + header)
            for array in arrays.values():
                file.write(np.ascontiguousarray(array).data)
                file.write(bytes(-array.nbytes % _ALIGNED))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Map what :func:`save_arrays` wrote; read-only, paged in as it is used.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a complete one.
    """
    if path.stat().st_size < _LENGTH:
        raise ValueError(f"{path} is cut short")
    data = np.asarray(np.memmap(path, np.uint8, "r"))  # the subclass is slow to slice
    start = _LENGTH + int.from_bytes(bytes(data[:_LENGTH]), "big")
    try:
        header = json.loads(bytes(data[_LENGTH:start]))
        entries, size = header["arrays"].items(), int(header["bytes"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} has no header: {error}") from None
    if len(data) != start + size:
        raise ValueError(f"{path} has {len(data)} bytes, not {start + size}")
    return {
        name: data[start + at : start + at + length * np.dtype(dtype).itemsize].view(dtype)
        for name, (dtype, length, at) in entries
    }
