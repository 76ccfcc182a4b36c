"""Large arrays that need not be in memory: unnamed files, gone with the last map of them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_LARGE: Final = 64 << 20
"""Bytes from which an array is kept in a file."""


def scratch_array(folder: Path | None, dtype: type[Any], length: int) -> npt.NDArray[Any]:
    """An array to be filled, in a file without a name if it is large and there is a folder.

    Its space on the disk is taken at once: a disk that is full later would kill the process
    (SIGBUS) instead of raising an error.

    Raises:
        OSError: the disk is full.
    """
    size = np.dtype(dtype).itemsize * length
    if folder is None or size < _LARGE:
        return np.empty(length, dtype)
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, size)
        return np.asarray(np.memmap(file, dtype, "r+", shape=(length,)))
