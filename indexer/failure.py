"""The base of what can go wrong in ways a person can mend."""

from __future__ import annotations


class Failure(Exception):
    """The work failed; the message is one line that says why and, where known, what helps."""
