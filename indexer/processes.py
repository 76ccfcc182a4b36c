"""What processes that work beside this one have in common."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing import connection


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def live_with_parent() -> None:
    """In a process that :mod:`multiprocessing` started, first of all: Ctrl-C is for the parent,
    and its end is ours. A killed parent cannot end its workers: each watches for itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
