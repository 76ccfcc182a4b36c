"""Import in all cores: lines are read in processes beside the one that writes the archive."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Final

from indexer.import_lines import Line, Prepared, prepare
from indexer.processes import cores, live_with_parent

_ALONE: Final = 8
"""Batches up to which it takes longer to start processes than to do the work."""
_AHEAD: Final = 4
"""Batches of each process that are at work or wait for it."""


class WorkerDied(Exception):
    """A process that reads lines was killed, as it is where memory is short."""


def prepare_all(
    batches: Iterator[list[Line]], public_numbers: frozenset[str]
) -> Generator[Prepared, None, None]:
    """:func:`prepare` for each batch, in their order; read ahead by a few.

    Raises:
        WorkerDied: one of the processes was killed.
        Exception: what reading the batches raised, once those before are yielded.
    """
    errors: list[Exception] = []
    batches = _until_error(batches, errors)
    held = list(islice(batches, _ALONE + 1))
    if len(held) <= _ALONE or cores() == 1:
        for batch in chain(held, batches):
            yield prepare(batch, public_numbers)
    else:
        yield from _by_workers(chain(held, batches), public_numbers)
    if errors:
        raise errors[0]


def _until_error(batches: Iterator[list[Line]], errors: list[Exception]) -> Iterator[list[Line]]:
    """The batches before an error, so that none of them is lost for what is behind it."""
    try:
        yield from batches
    except Exception as error:  # noqa: BLE001  # it is raised when they are done
        errors.append(error)


def _by_workers(
    batches: Iterator[list[Line]], public_numbers: frozenset[str]
) -> Generator[Prepared, None, None]:
    # A fork server, for a fork of this process would copy its threads' locks.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["indexer.import_lines", "indexer.likeness.chunks"])
    pool = ProcessPoolExecutor(cores(), mp_context=context, initializer=live_with_parent)
    waiting: deque[Future[Prepared]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(prepare, batch, public_numbers))
            if len(waiting) > _AHEAD * cores():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise WorkerDied from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
