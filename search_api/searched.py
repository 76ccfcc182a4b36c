"""What is searched: counted, and shown to others where many searched it.

Whatever is wrong with the log, searches and suggestions go on as if nobody had searched.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Final

from analyzers.title_sounds import typed_form
from indexer.config import Settings
from indexer.failure import Failure
from indexer.searches.log import SearchLog
from indexer.searches.popular import PopularSearches

MOST_RELATED: Final = 8
_LOOKED_AT: Final = 50
"""Queries that are offered before hidden ones are left out: looking at more takes long where
there are many hidden words."""

_log = logging.getLogger(__name__)


class Searched:
    """One for each process; ``is_hidden`` tells what staff never want to see suggested."""

    def __init__(self, settings: Settings, is_hidden: Callable[[str], bool]) -> None:
        """Opens the log, unless the configuration says that nothing is counted."""
        self._is_hidden = is_hidden
        self._searches = _open(settings)
        self._popular = None
        if self._searches is not None:
            self._popular = PopularSearches(self._searches, days=settings.searches.keep_days)

    def record(self, query: str, results: int) -> None:
        """Count a query with so many documents that have all its words; returns at once."""
        if self._searches is not None:
            self._searches.record(query, results)

    def completions(self, text: str) -> list[str]:
        """Queries that begin like ``text``, the most asked first."""
        return self._shown(self._popular.completions(text, _LOOKED_AT), 3) if self._popular else []

    def related(self, query: str, keywords: Iterable[str]) -> tuple[str, ...]:
        """What others searched besides ``query``, then ``keywords`` of what it finds."""
        searched = self._popular.related(query, _LOOKED_AT) if self._popular else []
        return tuple(self._shown(_different(query, chain(searched, keywords)), MOST_RELATED))

    def hot(self, size: int = 10) -> list[str]:
        """What many searched in the last days."""
        return self._shown(self._popular.hot(_LOOKED_AT), size) if self._popular else []

    def refresh(self) -> None:
        """Read at once what was counted, which otherwise happens every few minutes.

        Raises:
            sqlite3.Error: it cannot be read.
        """
        if self._popular is not None:
            self._popular.refresh()

    def _shown(self, queries: Iterable[str], size: int) -> list[str]:
        """The first ones that are not hidden."""
        return list(islice((one for one in queries if not self._is_hidden(one)), size))

    def close(self) -> None:
        """Write what waits to be counted."""
        if self._searches is not None:
            self._searches.close()


def _different(query: str, others: Iterable[str]) -> Iterator[str]:
    """Those that are typed otherwise than ``query`` and than one before."""
    forms = {typed_form(query)}
    for one in others:
        form = typed_form(one)
        if form not in forms:
            forms.add(form)
            yield one


def _open(settings: Settings) -> SearchLog | None:
    if not settings.searches.record:
        return None
    path = settings.searches_path
    try:
        return SearchLog(path, floor=settings.searches.floor, keep_days=settings.searches.keep_days)
    except (OSError, sqlite3.Error, Failure) as error:
        _log.error("%s: %s; searches are not counted", path, error)
        return None
