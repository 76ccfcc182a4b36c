"""Postings files that are missing or damaged are made anew while Whoosh's own files answer."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from indexer.index.background import Background
from indexer.index.segment import OpenSegment
from indexer.index.snapshot import Snapshot

_LOCK: Final = ".healing"

_log = logging.getLogger(__name__)


class Healer:
    """Heals the segments of snapshots in the background, one at a time in all processes."""

    def __init__(self) -> None:
        self._background = Background("index-healing", "postings files cannot be made anew")

    def tend(self, snapshot: Snapshot) -> None:
        """Look after the segments; returns at once. Call it from time to time: what another
        process has healed is used from then on."""
        ill = [segment for segment in snapshot.segments if not segment.renew()]
        if ill:
            self._background.start(partial(_heal, ill))


def _heal(segments: list[OpenSegment]) -> None:
    for segment in segments:
        with _only_here(segment.path.parent) as is_mine:
            if is_mine and not segment.renew():
                segment.heal()
                _log.info("the postings file of segment %s was made anew", segment.name)


@contextmanager
def _only_here(directory: Path) -> Iterator[bool]:
    """Whether no other process heals in this folder, for the time of a ``with`` block."""
    descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
