"""Writes that end in the middle: the index is the old one or the new one, never another."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from indexer.index import writer
from indexer.index.engine import IndexChanges, no_progress
from indexer.index.ranking import ranking_parameters
from running import wait_for
from writing import digests, entry, kill_after, some, strays, wait_for_end, write_in_process

RANKING = ranking_parameters()
DOCUMENTS = 60
MOMENTS = 10

COMMITS = """
directory, version = Path(sys.argv[2]), int(sys.argv[3])
while True:
    version += 1
    changes = IndexChanges(some(0, 60, version))
    writer.apply(directory, changes, ranking_parameters(), no_progress)
    tell(Path(sys.argv[4]), version)
"""
GROWTH = """
directory, first = Path(sys.argv[2]), int(sys.argv[3])
while True:
    changes = IndexChanges(some(first, first + 3))
    writer.apply(directory, changes, ranking_parameters(), no_progress)
    first += 3
    tell(Path(sys.argv[4]), first)
"""
FULL_DISK = """
import resource
directory = Path(sys.argv[2])
writer.apply(directory, IndexChanges(some(5, 40, 1)), ranking_parameters(), no_progress)
failed = 0
for limit in [0, *(int(1.3 ** step) for step in range(15, 48))]:
    before = digests(directory)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    changes = IndexChanges(some(5, 40, version=limit), [entry(3).document.url])
    try:
        writer.apply(directory, changes, ranking_parameters(), no_progress)
    except OSError as error:
        failed += 1
        assert 'large' in str(error), error
        assert digests(directory) == before
        assert strays(directory) == []
    else:
        found = digests(directory)
        assert all(found[e.document.url] == e.digest for e in some(5, 40, version=limit))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
assert failed > 5, failed
assert failed < 34, failed  # the last succeeded
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An index of some documents, all of version 0."""
    made = tmp_path / "g"
    made.mkdir()
    writer.build(made, some(0, DOCUMENTS), RANKING, no_progress)
    return made


def started(process: subprocess.Popen[bytes], told: Path) -> None:
    """Wait until a writing process has committed for the first time."""
    wait_for(lambda: told.exists() or process.poll() is not None, 60, "a commit")
    assert process.poll() is None


def test_a_commit_that_is_killed_happened_or_did_not(directory: Path, tmp_path: Path) -> None:
    """Each commit replaces all documents; every eighth is followed by a merge at least."""
    chance = random.Random(9)
    version = 0
    for moment in range(MOMENTS):
        told = tmp_path / f"told{moment}"
        process = write_in_process(COMMITS, str(directory), str(version), str(told))
        started(process, told)
        assert kill_after(process, chance.uniform(0, 0.4))
        wait_for_end(process.pid)
        found = digests(directory)
        versions = {int(digest.partition(".")[2]) for digest in found.values()}
        assert len(found) == DOCUMENTS
        assert len(versions) == 1, "half a commit is seen"
        assert int(told.read_text()) <= versions.pop() <= int(told.read_text()) + 1
        version += 1000
        write_all(directory, version)
        assert strays(directory) == []


def write_all(directory: Path, version: int) -> None:
    """The next write, which has to work."""
    changes = IndexChanges(some(0, DOCUMENTS, version))
    writer.apply(directory, changes, RANKING, no_progress)
    expected = {one.document.url: one.digest for one in some(0, DOCUMENTS, version)}
    assert digests(directory) == expected


def test_a_merge_that_is_killed_loses_nothing(directory: Path, tmp_path: Path) -> None:
    """Small segments pile up and are merged again and again."""
    chance = random.Random(10)
    first = DOCUMENTS
    for moment in range(MOMENTS):
        told = tmp_path / f"told{moment}"
        process = write_in_process(GROWTH, str(directory), str(first), str(told))
        started(process, told)
        assert kill_after(process, chance.uniform(0, 0.6))
        wait_for_end(process.pid)
        found = digests(directory)
        first = int(told.read_text())
        assert len(found) in (first, first + 3)
        assert found == {one.document.url: one.digest for one in some(0, len(found))}
        first = len(found)
        writer.apply(directory, IndexChanges([entry(0)]), RANKING, no_progress)
        assert strays(directory) == []


def test_a_full_disk_leaves_the_old_state_and_the_lock_free(directory: Path) -> None:
    """Files may grow to so many bytes and no further: at every limit another file is cut."""
    process = write_in_process(FULL_DISK, str(directory))
    assert process.wait(100) == 0
    write_all(directory, 7)
    assert strays(directory) == []
