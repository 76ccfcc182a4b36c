"""Locks that the kernel releases when their holder dies, however it dies (flock(2))."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType


class LockHeld(Exception):
    """Another process holds the lock."""


class FileLock:
    """An exclusive lock on a file, held by one process at a time.

    ``with FileLock(path):`` waits for at most ``timeout`` seconds.
    """

    def __init__(self, path: Path, timeout: float = 0) -> None:
        self.path = path
        self.timeout = timeout
        self._descriptor: int | None = None

    def acquire(self, timeout: float | None = None) -> None:
        """Take the lock.

        Raises:
            LockHeld: another process still holds it after ``timeout`` seconds.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise LockHeld(str(self.path)) from None
                time.sleep(0.05)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; without effect if it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_free(self) -> bool:
        """Whether nobody holds it at this moment."""
        try:
            self.acquire(timeout=0)
        except LockHeld:
            return False
        self.release()
        return True

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def work_lock(data_directory: Path, timeout: float = 0) -> FileLock:
    """Held by whoever writes archive or index: one job at a time in a data folder."""
    return FileLock(data_directory / "work.lock", timeout)


def schedule_lock(data_directory: Path, timeout: float = 0) -> FileLock:
    """Held by the one scheduler of a data folder."""
    return FileLock(data_directory / "schedule.lock", timeout)
