"""``/api/v1/search``, ``suggest`` and ``popular``: public, readable from any origin."""

from __future__ import annotations

import time
from typing import Final

from flask import Blueprint, Response, g, request

from search_api.observed import observed_search
from search_api.parameters import (
    PopularParameters,
    SearchParameters,
    SuggestParameters,
    read_parameters,
)
from search_api.presentation import search_record
from search_api.problems import request_language
from search_api.query_string import query_arguments
from search_api.responses import json_response
from search_api.services import services

search = Blueprint("search", __name__, url_prefix="/api/v1")

# Long enough to spare the index a burst of equal queries, too short for anybody to notice
# that a page is missing.
_SEARCH_CACHE: Final = "public, max-age=30"
# What staff hide must not be suggested for long.
_SUGGEST_CACHE: Final = "public, max-age=60"


@search.get("/search")
def search_documents() -> Response:
    """Search; parameters and answer as ``/openapi.json`` describes them."""
    with observed_search("api") as observation:
        parameters = read_parameters(SearchParameters, _arguments(), request_language())
        outcome = observation.search(parameters)
        took_ms = (time.perf_counter() - g.started) * 1000
        response = json_response(search_record(parameters, outcome, took_ms))
    # The same search may be answered in full a moment later.
    is_partial = outcome.response.partial
    response.headers["Cache-Control"] = "no-store" if is_partial else _SEARCH_CACHE
    return response


@search.get("/suggest")
def suggest() -> Response:
    """Complete what is being typed: Chinese, full pinyin or initials."""
    parameters = read_parameters(SuggestParameters, _arguments(), request_language())
    held = services()
    found = held.engine.suggest(
        parameters.q,
        parameters.size,
        searched=held.searched.completions(parameters.q),
        is_hidden=held.vocabulary.is_hidden,
    )
    body = {
        "query": parameters.q,
        "suggestions": [{"text": entry.text, "kind": entry.kind} for entry in found],
    }
    response = json_response(body)
    response.headers["Cache-Control"] = _SUGGEST_CACHE
    return response


@search.get("/popular")
def popular() -> Response:
    """What many people searched in the last days, the most frequent first."""
    parameters = read_parameters(PopularParameters, _arguments(), request_language())
    response = json_response({"searches": services().searched.hot(parameters.size)})
    response.headers["Cache-Control"] = _SUGGEST_CACHE
    return response


def _arguments() -> dict[str, str]:
    return query_arguments(request.query_string)


@search.after_request
def _allow_any_origin(response: Response) -> Response:
    """The portal's own search box asks from another host; nothing here is secret."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
