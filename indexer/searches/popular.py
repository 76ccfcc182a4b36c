"""What many searched, ready to be suggested: completions, related and hot searches."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final

import numpy as np

from analyzers.segment import default_segmenter
from analyzers.title_sounds import title_sounds, typed_form
from indexer.index.completing import complete
from indexer.index.title_table import NamedDocument, TitleTable, build_arrays
from indexer.searches.log import SearchLog

HOT_DAYS: Final = 7
_FRESH_SECONDS: Final = 300.0
_MOST: Final = 5_000
_LOOKED_AT: Final = 40
_LEAST_SHARED: Final = 0.3

_log = logging.getLogger(__name__)


def _is_nothing_hidden(_text: str) -> bool:
    return False


@dataclass(frozen=True)
class _State:
    """One reading of the log."""

    queries: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    table: TitleTable | None = None
    having: dict[str, list[int]] = field(default_factory=dict)
    hot: tuple[str, ...] = ()


class PopularSearches:
    """Answers from memory; the log is read again in the background every five minutes.

    ``is_hidden`` tells what must not be shown; it is asked anew with every answer.
    """

    def __init__(
        self,
        log: SearchLog,
        *,
        days: int = 365,
        is_hidden: Callable[[str], bool] = _is_nothing_hidden,
    ) -> None:
        self._log = log
        self._days = days
        self._is_hidden = is_hidden
        self._state = _State()
        self._read = float("-inf")
        self._reading = threading.Lock()

    def refresh(self) -> None:
        """Read the log now.

        Raises:
            sqlite3.Error: it cannot be read.
        """
        self._read = time.monotonic()
        popular = self._log.popular(self._days, limit=_MOST)
        queries = tuple(one.query for one in popular)
        having: dict[str, list[int]] = {}
        for number, query in enumerate(queries):
            for word in _words(query):
                having.setdefault(word, []).append(number)
        table = None
        if queries:
            documents = (NamedDocument(n, one, _sounds(one)) for n, one in enumerate(queries))
            table = TitleTable(build_arrays(documents, best_first=True))
        hot = tuple(one.query for one in self._log.popular(HOT_DAYS, limit=100))
        weights = tuple(one.weight for one in popular)
        self._state = _State(queries, tuple(map(typed_form, queries)), weights, table, having, hot)

    def completions(self, text: str, limit: int = 3) -> list[str]:
        """Queries that begin like ``text`` in characters, pinyin or initials, the most asked
        first."""
        state = self._current()
        if state.table is None:
            return []
        completions = islice(complete(state.table, text), _LOOKED_AT)
        titles = [title for title, _is_exact in completions]
        numbers, _of = state.table.documents_of(np.array(titles, np.intp))
        chosen = (state.queries[number] for number in sorted(numbers.tolist()))
        return [one for one in chosen if not self._is_hidden(one)][:limit]

    def related(self, query: str, limit: int = 8) -> list[str]:
        """Other queries that share words with ``query``, by how much they share and how often
        they are asked."""
        state = self._current()
        words, typed = _words(query), typed_form(query)
        shared: dict[int, int] = {}
        for word in words:
            for number in state.having.get(word, ()):
                shared[number] = shared.get(number, 0) + len(word)
        scored = []
        for number, length in shared.items():
            form = state.forms[number]
            share = length / max(len(typed), len(form))
            if form != typed and share >= _LEAST_SHARED:
                scored.append((-share * state.weights[number], state.queries[number]))
        chosen = (other for _score, other in sorted(scored))
        return [other for other in chosen if not self._is_hidden(other)][:limit]

    def hot(self, limit: int = 10) -> list[str]:
        """What was asked most steadily in the last seven days."""
        return [one for one in self._current().hot if not self._is_hidden(one)][:limit]

    def _current(self) -> _State:
        """What was read last; an old reading is renewed by a thread."""
        is_old = time.monotonic() - self._read > _FRESH_SECONDS
        if is_old and self._reading.acquire(blocking=False):
            threading.Thread(target=self._renew, name="popular-searches", daemon=True).start()
        return self._state

    def _renew(self) -> None:
        try:
            self.refresh()
        except sqlite3.Error as error:
            _log.error("popular searches are not read: %s", error)
        finally:
            self._reading.release()


def _words(query: str) -> tuple[str, ...]:
    """The words of two and more characters."""
    words = (typed_form(word) for word in default_segmenter().cut(query))
    return tuple(dict.fromkeys(word for word in words if len(word) > 1))


@lru_cache(maxsize=2 * _MOST)
def _sounds(query: str) -> bytes:
    return title_sounds(query).to_bytes()
