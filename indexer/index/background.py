"""Work that a process does beside its searches: one at a time, tried again with patience."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

_FIRST_REST: Final = 1.0
_LONGEST_REST: Final = 300.0
"""Seconds without another attempt after one that failed; doubled with each. A disk that is full
stays so for minutes, and reading a whole segment in vain costs seconds of searches."""

_log = logging.getLogger(__name__)


class Background:
    """Work of one kind in a thread of its own."""

    def __init__(self, name: str, failure: str) -> None:
        """``name`` is the thread's; ``failure`` what cannot be done, for the log."""
        self._name, self._failure = name, failure
        self._working = threading.Lock()
        self._rest = 0.0
        self._resting_until = 0.0
        self._told = ""

    def start(self, work: Callable[[], None]) -> None:
        """Begin with it, unless something of the kind is at work, or failed a moment ago;
        returns at once."""
        if time.monotonic() < self._resting_until or not self._working.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._work, args=[work], name=self._name, daemon=True).start()
        except RuntimeError as error:  # no thread to be had
            self._working.release()
            self._failed(error)

    def _work(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # searches go on without; it is tried again
            self._failed(error)
        else:
            self._rest, self._told = 0.0, ""
        finally:
            self._working.release()

    def _failed(self, error: Exception) -> None:
        self._rest = min(2 * self._rest or _FIRST_REST, _LONGEST_REST)
        self._resting_until = time.monotonic() + self._rest
        if str(error) != self._told:
            self._told = str(error)
            _log.warning("%s: %s", self._failure, error)
