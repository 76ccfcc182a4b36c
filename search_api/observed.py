"""Searches of API and page, counted alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from flask import g

from indexer.index.engine import EngineError
from search_api.metrics import Outcome, Source
from search_api.parameters import InvalidParameters, SearchParameters
from search_api.searching import SearchOutcome, run_search
from search_api.services import services

_AT_ONCE: Final = 2
_turn = threading.BoundedSemaphore(_AT_ONCE)
"""Searches that a process works at: all of them sharing Python's lock would all be late."""


class Observation:
    """One search under way; ``outcome`` is what the metrics will say of it. Its time runs from
    now on."""

    def __init__(self) -> None:
        self.outcome: Outcome = "unavailable"
        self._begun = time.monotonic()

    def search(self, parameters: SearchParameters) -> SearchOutcome:
        """Search, count what was searched and remember how it ended. Raises EngineError."""
        held = services()
        left = held.settings.server.search_seconds - (time.monotonic() - self._begun)
        found = run_search(held.engine, parameters, left)
        if found.correction is not None and found.correction.applied:
            self.outcome = "corrected"
        elif found.response.partial:
            self.outcome = "partial"
        elif found.response.total == 0:
            self.outcome = "nothing"
        else:
            self.outcome = "relaxed" if found.response.relaxed else "found"
        # Leafing through results and their near-duplicates is no search of its own, and what a
        # query finds is not known of a partial answer.
        is_own = parameters.page == 1 and parameters.same_as is None
        if is_own and not found.response.partial:
            held.searched.record(found.shown_for(parameters.q), found.response.full_matches)
        related = held.searched.related(found.shown_for(parameters.q), found.response.related)
        return replace(found, response=replace(found.response, related=related))


@contextmanager
def observed_search(source: Source) -> Iterator[Observation]:
    """Count the search made within, whatever becomes of it, with the time of the request.

    The time that a search may take (``server.search_seconds``) begins before the wait for its
    turn, but after the compiling that only an installation's first searches wait for.
    """
    with suppress(EngineError):  # which the search will meet, too
        services().engine.warm()
    observation = Observation()
    try:
        with _turn:
            yield observation
    except InvalidParameters:
        observation.outcome = "invalid"
        raise
    except EngineError:
        observation.outcome = "unavailable"
        raise
    finally:
        seconds = time.perf_counter() - g.started
        services().metrics.searched(source, observation.outcome, seconds)
