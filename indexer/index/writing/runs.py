"""Runs: what analysis makes of some documents, and how it is kept until all are there."""

from __future__ import annotations

import mmap
import pickle
from collections.abc import Iterable
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

from indexer.index.postings.inverted import Inverted
from indexer.index.rows import Rows

RUNS: Final = "0.runs"
"""The file for those of one process."""
_HEAD: Final = Struct(">QQ")
"""Bytes of the pickle, and of the table of the buffers' bounds behind it."""
_ALIGNED: Final = 64


class Run(NamedTuple):
    """Documents in the order in which they came: their postings, and the rest of them."""

    inverted: Inverted
    rows: Rows


class SavedRun(NamedTuple):
    """Where a run is: a file, and from where to where in it."""

    path: Path
    begin: int
    end: int


def save_run(path: Path, run: Run) -> SavedRun:
    """Append a run to a file, for a process that is at work now; it need not outlive a power cut.

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
    with path.open("ab") as file:
        begin = file.tell()
        file.write(_HEAD.pack(len(head), len(table)) + head + table)
        file.write(bytes(-file.tell() % _ALIGNED))
        for view in views:
            file.write(view)
            file.write(bytes(-view.nbytes % _ALIGNED))
        return SavedRun(path, begin, file.tell())


def map_runs(saved: Iterable[SavedRun]) -> list[Run]:
    """Runs that :func:`save_run` wrote; their arrays are read-only and paged in when used. A file
    is mapped once for all its runs, for each map keeps a file descriptor."""
    files: dict[Path, memoryview] = {}
    runs = []
    for path, begin, end in saved:
        if path not in files:
            with path.open("rb") as file:
                files[path] = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        runs.append(_run_in(files[path][begin:end]))
    return runs


def _run_in(mapped: memoryview) -> Run:
    head, table = _HEAD.unpack_from(mapped)
    start = _HEAD.size + head
    bounds = pickle.loads(mapped[start : start + table])  # noqa: S301  of our own process
    first = -(-(start + table) // _ALIGNED) * _ALIGNED
    buffers = [mapped[first + low : first + high] for low, high in bounds]
    return Run(*pickle.loads(mapped[_HEAD.size : start], buffers=buffers))  # noqa: S301
