"""Analysis of what is written: in this process if it is little, in all cores if it is much."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from indexer.index.batch import invert_entries
from indexer.index.engine import AnyEntry
from indexer.index.ranking import RankingParameters
from indexer.index.writing.batches import Batch, batches
from indexer.index.writing.runs import RUNS, Run, map_runs, save_run
from indexer.index.writing.workers import Workers, WorkersUnavailable

_log = logging.getLogger(__name__)


def analyse(
    entries: Iterable[AnyEntry],
    ranking: RankingParameters,
    folder: Path,
    tell: Callable[[int], None],
) -> list[Run]:
    """Runs of all entries, in their order. One batch is analysed here: to start processes takes
    as long as a batch and a half.

    Args:
        entries: read as they are needed, a few batches ahead.
        ranking: what is written of a document depends on its weights.
        folder: for what does not stay in memory.
        tell: told the documents done; may raise to stop the work.

    Raises:
        EngineError: a process died, as it does where memory is short.
        OSError: the folder cannot be written.
    """
    stream = batches(entries)
    held = list(islice(stream, 2))
    if len(held) < 2:
        return list(_here(held, ranking, tell))
    return _much(chain(held, stream), ranking, folder, tell)


def _here(
    portions: Iterable[Batch], ranking: RankingParameters, tell: Callable[[int], None]
) -> Iterator[Run]:
    done = 0
    for batch in portions:
        yield Run(*invert_entries(batch, ranking))
        done += len(batch)
        tell(done)


def _much(
    portions: Iterator[Batch], ranking: RankingParameters, folder: Path, tell: Callable[[int], None]
) -> list[Run]:
    try:
        workers = Workers(ranking, folder)
    except WorkersUnavailable as error:
        _log.warning("documents are analysed in one core, for %s", error)
        path = folder / RUNS
        saved = [save_run(path, run) for run in _here(portions, ranking, tell)]
    else:
        with workers:
            saved = workers.analyse(portions, tell)
    return map_runs(saved)
