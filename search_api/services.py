"""What the endpoints work with: configuration, index, vocabulary, jobs, tokens, metrics."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from flask import current_app

from indexer.archive import Archive
from indexer.config import Settings
from indexer.failure import Failure
from indexer.index.engine import SearchEngine
from indexer.jobs.store import JobStore
from indexer.vocabulary import Vocabulary
from search_api.access import TokenStore
from search_api.metrics import Metrics
from search_api.problems import RETRY_AFTER_SECONDS, Problem
from search_api.searched import Searched

EXTENSION: Final = "qzsearch"
"""The key under which ``app.extensions`` holds the :class:`Services`."""
_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class _PerProcess(Generic[_T]):
    """Something opened at its first use in each process.

    SQLite connections must not cross a fork, and a server may load the application before
    it forks its workers.
    """

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._held: tuple[int, _T] | None = None

    def get(self) -> _T:
        """The one of this process."""
        held = self._held
        if held is not None and held[0] == os.getpid():
            return held[1]
        with self._lock:
            if self._held is None or self._held[0] != os.getpid():
                self._held = (os.getpid(), self._make())
            return self._held[1]

    def opened(self) -> _T | None:
        """The one of this process if it was used already."""
        held = self._held
        return held[1] if held is not None and held[0] == os.getpid() else None


class Services:
    """One for each application."""

    def __init__(self, settings: Settings, engine: SearchEngine) -> None:
        self.settings = settings
        self.engine = engine
        self.vocabulary = Vocabulary(settings.vocabulary_directory)
        self._jobs = _PerProcess(lambda: JobStore(settings.service_path))
        self._tokens = _PerProcess(lambda: TokenStore(settings.service_path))
        self._searched = _PerProcess(lambda: Searched(settings, self.vocabulary.is_hidden))
        self.metrics = Metrics(settings, engine, lambda: self.jobs)

    @property
    def jobs(self) -> JobStore:
        """The job table."""
        return self._jobs.get()

    @property
    def tokens(self) -> TokenStore:
        """The access tokens."""
        return self._tokens.get()

    @property
    def searched(self) -> Searched:
        """What was searched."""
        return self._searched.get()

    @contextmanager
    def archive(self) -> Iterator[Archive]:
        """The archive, open for the length of a request: its reports are asked for rarely.

        Raises:
            Problem: it is damaged, or of another version.
        """
        try:
            archive = Archive(self.settings.archive_path)
            try:
                yield archive
            finally:
                archive.close()
        except (sqlite3.Error, Failure) as error:
            _log.error("archive unavailable: %s", error)
            retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise Problem("archive-unavailable", headers=retry) from error

    def close(self) -> None:
        """Close what this process opened; searches that wait to be counted are written."""
        for store in (self._jobs.opened(), self._tokens.opened(), self._searched.opened()):
            if store is not None:
                store.close()

    @property
    def site_names(self) -> list[str]:
        """The names of the configured sites, in their order."""
        return [site.name for site in self.settings.sites]


def services() -> Services:
    """Those of the application that handles the current request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
