"""One search from checked parameters to results, the correction of typing errors included.

The API, the search page and the command line all search through here, so that they agree.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache

from analyzers.query import parse_query
from indexer.index.engine import FACETS, SearchEngine, SearchRequest, SearchResponse
from search_api.parameters import SearchParameters
from search_api.resources import load_yaml_resource


@dataclass(frozen=True)
class Correction:
    """A query without its likely typing error; ``applied``: the results are its results."""

    query: str
    applied: bool


@dataclass(frozen=True)
class SearchOutcome:
    """What a search found and the correction to tell of, if any."""

    response: SearchResponse
    correction: Correction | None = None

    def shown_for(self, typed: str) -> str:
        """The query whose results these are: as typed, or as corrected."""
        return self.correction.query if self.correction and self.correction.applied else typed


def engine_request(parameters: SearchParameters, seconds: float | None = None) -> SearchRequest:
    """The engine's request for checked parameters; ``seconds`` is how long it may take."""
    exact = parameters.exact == "1"
    return SearchRequest(
        query=parse_query(parameters.q, exact=exact),
        page=parameters.page,
        size=parameters.size,
        site=parameters.site,
        type=parameters.type,
        column=parameters.column,
        filetype=parameters.filetype,
        effect=parameters.effect,
        same_as=parameters.same_as,
        published_from=parameters.published_from,
        published_to=parameters.published_to,
        sort=parameters.sort,
        scope=parameters.scope,
        exact=exact,
        explain=parameters.explain == "1",
        seconds=seconds,
    )


def run_search(
    engine: SearchEngine, parameters: SearchParameters, seconds: float | None = None
) -> SearchOutcome:
    """Search, and search again for the correction where the query as typed finds too little.

    A correction is applied if almost no document (``searching.yaml``) has all the words as
    typed and more have all the corrected ones; otherwise it is offered. A partial answer has
    none; one without the time to search for the correction is partial, too.

    Args:
        engine: where to search.
        parameters: what for.
        seconds: how long all of it may take; after that it answers with what it has
            (``partial``). None for no bound.

    Raises:
        EngineError: the index is missing or cannot be read.
    """
    begun = time.monotonic()
    request = engine_request(parameters, seconds)
    if request.query.is_empty():  # nothing but punctuation
        return SearchOutcome(SearchResponse(0, (), dict.fromkeys(FACETS, ()), ()))
    response = engine.search(request)
    if response.correction is None or request.exact:
        return SearchOutcome(response)
    offered = Correction(response.correction, applied=False)
    if response.full_matches >= _almost_nothing():
        return SearchOutcome(response, offered)
    left = None if seconds is None else seconds - (time.monotonic() - begun)
    if left is None or left > 0:
        query = parse_query(response.correction)
        corrected = engine.search(replace(request, query=query, seconds=left))
        if not corrected.partial:
            if corrected.full_matches > response.full_matches:
                return SearchOutcome(corrected, replace(offered, applied=True))
            return SearchOutcome(response, offered)
    return SearchOutcome(replace(response, partial=True), offered)


@lru_cache(maxsize=1)
def _almost_nothing() -> int:
    return int(load_yaml_resource("searching.yaml")["almost_nothing"])
