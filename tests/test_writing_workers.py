"""Processes that analyse: order and memory are kept, and no process outlives the write."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.index.engine import EngineError, IndexEntry
from indexer.index.ranking import ranking_parameters
from indexer.index.writing import batches as portions
from indexer.index.writing.analysing import analyse
from indexer.index.writing.batches import Batch, batches
from indexer.index.writing.runs import Run, map_runs, save_run
from indexer.index.writing.workers import Workers, WorkersUnavailable
from running import wait_for
from writing import entry, group, some, wait_for_end, write_in_process

RANKING = ranking_parameters()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "BATCH_CHARACTERS", 2_000)


def silent(_done: int) -> None:
    """Nobody watches."""


def keys(runs: list[Run]) -> list[str]:
    """The keys of all documents of runs, in order."""
    found = []
    for run in runs:
        data, ends = run.rows.blobs["key"]
        starts = [0, *ends[:-1].tolist()]
        found += [
            bytes(data[low:high]).decode() for low, high in zip(starts, ends.tolist(), strict=True)
        ]
    return found


def test_batches_keep_the_order_and_are_never_empty() -> None:
    given = list(some(0, 100))
    made = list(batches(given))
    assert len(made) > 5
    assert all(made)
    assert [one for batch in made for one in batch] == given
    assert list(batches([])) == []


def test_a_run_is_mapped_as_it_was(tmp_path: Path) -> None:
    (other,) = analyse(some(5, 7), RANKING, tmp_path, silent)
    (run,) = analyse(some(0, 5), RANKING, tmp_path, silent)
    saved = [save_run(tmp_path / "0.runs", one) for one in (other, run)]
    before, mapped = map_runs(saved)
    assert keys([before]) == keys([other])
    for name, array in run.inverted.arrays().items():
        np.testing.assert_array_equal(mapped.inverted.arrays()[name], array, strict=True)
    assert mapped.inverted.field_names == run.inverted.field_names
    assert keys([mapped]) == keys([run])
    assert not mapped.inverted.numbers.flags.writeable


def test_documents_keep_their_order_through_many_processes(tmp_path: Path) -> None:
    told: list[int] = []
    runs = analyse(some(0, 600), RANKING, tmp_path, told.append)
    assert len(runs) > 20
    assert keys(runs) == [one.document.url for one in some(0, 600)]
    assert told == sorted(told)
    assert told[-1] == 600


def test_one_core_and_many_make_the_same_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = analyse(some(0, 100), RANKING, tmp_path, silent)
    with monkeypatch.context() as here:
        here.setattr(sys, "executable", str(tmp_path / "none"))
        with pytest.raises(WorkersUnavailable):
            Workers(RANKING, tmp_path)
        one = analyse(some(0, 100), RANKING, tmp_path, silent)
    assert len(one) == len(many)
    for mine, theirs in zip(one, many, strict=True):
        for name, array in mine.inverted.arrays().items():
            np.testing.assert_array_equal(theirs.inverted.arrays()[name], array, strict=True)


def test_entries_are_read_only_a_few_batches_ahead(tmp_path: Path) -> None:
    ahead: list[int] = []
    done = 0

    def read() -> Iterator[Batch]:
        for number in range(60):
            ahead.append(number - done)
            yield [entry(number)]

    def tell(count: int) -> None:
        nonlocal done
        done = count

    with Workers(RANKING, tmp_path, number=2) as workers:
        assert len(workers.analyse(read(), tell)) == 60
    assert max(ahead) <= 2 * 2 + 2 * 2 + 2


def test_whoever_watches_may_stop_the_work(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(_done: int) -> None:
        raise Stopped

    workers = Workers(RANKING, tmp_path, number=2)
    with pytest.raises(Stopped), workers:
        workers.analyse(batches(some(0, 10_000)), stop)
    assert group(workers._process.pid) == []


def test_entries_that_cannot_be_read_stop_the_work(tmp_path: Path) -> None:
    def broken() -> Iterator[IndexEntry]:
        yield from some(0, 500)
        raise OSError(errno.EIO, "the archive cannot be read")

    with pytest.raises(OSError, match="the archive cannot be read"):
        analyse(broken(), RANKING, tmp_path, silent)


def test_a_worker_that_is_killed_is_told_clearly(tmp_path: Path) -> None:
    """As the kernel does it when memory is short."""
    workers = Workers(RANKING, tmp_path, number=2)

    def kill_one(done: int) -> None:
        if done:
            os.kill(max(group(workers._process.pid)), signal.SIGKILL)

    with pytest.raises(EngineError, match="want of memory"), workers:
        workers.analyse(batches(some(0, 100_000)), kill_one)
    assert group(workers._process.pid) == []


def test_what_a_worker_cannot_write_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(FileNotFoundError), Workers(RANKING, missing, number=1) as workers:
        workers.analyse(batches(some(0, 20)), silent)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_process_that_started_them(tmp_path: Path, number: int) -> None:
    script = (
        "from indexer.index.writing.workers import Workers\n"
        "workers = Workers(ranking_parameters(), Path(sys.argv[2]), number=2)\n"
        "def tell(done):\n"
        "    if done: Path(sys.argv[2], 'leader').write_text(str(workers._process.pid))\n"
        "with workers:\n"
        "    workers.analyse(([entry(n)] for n in range(10**9)), tell)\n"
    )
    process = write_in_process(script, str(tmp_path))
    try:
        leader = int(_written(tmp_path / "leader"))
        assert len(group(leader)) == 2
        os.kill(process.pid, number)
        process.wait(30)
        wait_for_end(leader)
    finally:
        process.kill()
        process.wait()


def _written(path: Path) -> str:
    return str(wait_for(lambda: path.exists() and path.read_text(), 60, str(path)))
