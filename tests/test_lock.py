"""Locks that are given back however their holder ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from indexer.jobs.lock import FileLock, LockHeld, schedule_lock, work_lock

HOLD = (
    "import sys, time; from pathlib import Path; from indexer.jobs.lock import FileLock\n"
    "with FileLock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "work.lock"


def holder(path: Path) -> subprocess.Popen[bytes]:
    """A process that holds the lock for a minute."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    process.stdout.close()
    return process


def test_one_holder_at_a_time(path: Path) -> None:
    with FileLock(path) as lock:
        assert not FileLock(path).is_free()
        with pytest.raises(LockHeld, match=r"work\.lock"):
            FileLock(path).acquire()
        with pytest.raises(LockHeld):
            lock.acquire()
    assert FileLock(path).is_free()


def test_looking_does_not_take(path: Path) -> None:
    lock = FileLock(path)
    assert lock.is_free()
    assert lock.is_free()
    with FileLock(path):
        assert not lock.is_free()


def test_an_error_gives_it_back(path: Path) -> None:
    with pytest.raises(OSError, match="work"), FileLock(path):
        raise OSError("work")
    assert FileLock(path).is_free()


def test_giving_back_twice_does_no_harm(path: Path) -> None:
    lock = FileLock(path)
    lock.release()
    lock.acquire()
    lock.release()
    lock.release()
    assert lock.is_free()


def test_waiting_for_it(path: Path) -> None:
    first = FileLock(path)
    first.acquire()
    started = time.monotonic()
    with pytest.raises(LockHeld):
        FileLock(path, timeout=0.2).acquire()
    assert 0.2 <= time.monotonic() - started < 2

    threading.Timer(0.2, first.release).start()
    with FileLock(path, timeout=5):
        assert 0.2 <= time.monotonic() - started < 4


def test_a_killed_holder_holds_no_more(path: Path) -> None:
    process = holder(path)
    assert not FileLock(path).is_free()
    os.kill(process.pid, signal.SIGKILL)
    with FileLock(path, timeout=5):
        pass
    assert process.wait() == -signal.SIGKILL


def test_a_child_process_does_not_keep_it(path: Path) -> None:
    with FileLock(path):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert FileLock(path).is_free()
    finally:
        child.kill()
        child.wait()


def test_work_and_schedule_have_locks_of_their_own(tmp_path: Path) -> None:
    with work_lock(tmp_path), schedule_lock(tmp_path):
        assert not work_lock(tmp_path).is_free()
        assert work_lock(tmp_path / "other").is_free()
