"""How long a search may take, and whether anything was left out for it."""

from __future__ import annotations

import time


class Deadline:
    """A moment; ``was_met`` is False when somebody stopped working because it had passed.

    Args:
        seconds: from now on; None for no bound.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self.was_met = True

    def is_over(self) -> bool:
        """Whether to stop; who asks stops."""
        if self._end is None or time.monotonic() < self._end:
            return False
        self.was_met = False
        return True
