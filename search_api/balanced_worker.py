"""A gunicorn worker that leaves new connections to whichever worker has fewer.

All workers wait for connections on one socket and the kernel wakes any of them: of eight
connections that are kept open (RFC 9112, section 9.3), one process often has six, answers
slowly, and the core of the other is idle. So each tells the others how many it has.
"""

from __future__ import annotations

import mmap
import os
import time
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

_SLOTS: Final = 256
_ABSENT: Final = -1
_GIVE_WAY_SECONDS: Final = 0.1
"""Long enough for a busy worker to take a connection; if it does not, another does."""
_LOOK_SECONDS: Final = 0.001

_shared = memoryview(mmap.mmap(-1, 2 * _SLOTS * 8)).cast("q")
"""Anonymous memory that forks share."""
_counts, _accepted = _shared[:_SLOTS], _shared[_SLOTS:]
"""By the age of a worker: its connections, and how many it has accepted so far."""
for _slot in range(_SLOTS):
    _counts[_slot] = _ABSENT


class BalancedWorker(ThreadWorker):  # type: ignore[misc]
    """A worker of threads; see the module."""

    _accepted_so_far = -1
    _gives_way_since = 0.0

    def init_process(self) -> None:
        """Begin to take part: until here it was an object of the master's."""
        self.nr_conns = 0
        super().init_process()

    @property
    def nr_conns(self) -> int:
        """Open connections."""
        return max(_counts[self._slot], 0)

    @nr_conns.setter
    def nr_conns(self, count: int) -> None:
        # The master makes the worker and sets this too.
        _counts[self._slot] = count if self.pid == os.getpid() else _ABSENT

    @property
    def _slot(self) -> int:
        return int(self.age) % _SLOTS

    def accept(self, listener: Any) -> None:
        """Accept a new connection, unless another worker that has fewer takes it soon."""
        if self._gives_way():
            time.sleep(_LOOK_SECONDS)  # the socket stays readable: this is called again
            return
        before = self.nr_conns
        super().accept(listener)
        if self.nr_conns > before:
            _accepted[self._slot] += 1

    def _gives_way(self) -> bool:
        own, now = self.nr_conns, time.monotonic()
        if not any(_ABSENT < count < own for count in _counts):
            return False
        accepted = sum(_accepted)
        if accepted != self._accepted_so_far:  # another connection than last time
            self._accepted_so_far, self._gives_way_since = accepted, now
        return now < self._gives_way_since + _GIVE_WAY_SECONDS


def forget(worker: Any) -> None:
    """A worker has gone; the master calls this."""
    _counts[int(worker.age) % _SLOTS] = _ABSENT
