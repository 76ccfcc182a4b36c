"""Runs: what analysis makes of some documents, and how it is kept until all are there."""

from __future__ import annotations

import mmap
import pickle
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

from indexer.index.postings.inverted import Inverted
from indexer.index.rows import Rows

_HEAD: Final = Struct(">QQ")
"""Bytes of the pickle, and of the table of the buffers' bounds behind it."""
_ALIGNED: Final = 64


class Run(NamedTuple):
    """Documents in the order in which they came: their postings, and the rest of them."""

    inverted: Inverted
    rows: Rows


def save_run(path: Path, run: Run) -> None:
    """Write a run for a process that is at work now; it need not outlive a power cut.

    The arrays lie behind the pickle as they are (PEP 574), so that they can be mapped.

    Raises:
        OSError: the folder cannot be written.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(tuple(run), 5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    bounds: list[tuple[int, int]] = []
    end = 0
    for view in views:
        bounds.append((end, end + view.nbytes))
        end += -(-view.nbytes // _ALIGNED) * _ALIGNED
    table = pickle.dumps(bounds, 5)
    with path.open("wb") as file:
        file.write(_HEAD.pack(len(head), len(table)) + head + table)
        file.write(bytes(-file.tell() % _ALIGNED))
        for view in views:
            file.write(view)
            file.write(bytes(-view.nbytes % _ALIGNED))


def map_run(path: Path) -> Run:
    """A run that :func:`save_run` wrote; its arrays are read-only and paged in when used."""
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    head, table = _HEAD.unpack_from(mapped)
    start = _HEAD.size + head
    bounds = pickle.loads(mapped[start : start + table])  # noqa: S301  of our own process
    first = -(-(start + table) // _ALIGNED) * _ALIGNED
    buffers = [mapped[first + low : first + high] for low, high in bounds]
    return Run(*pickle.loads(mapped[_HEAD.size : start], buffers=buffers))  # noqa: S301
