"""``/`` and ``/search``: the search page, complete without JavaScript."""

from __future__ import annotations

import logging
import time
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, Response, g, render_template, request

from indexer.document import DOCUMENT_TYPES
from indexer.index.engine import EngineError
from search_api.observed import observed_search
from search_api.page_model import ResultsPage, page_data, search_tips
from search_api.page_query import read_page_query
from search_api.parameters import LONGEST_QUERY, InvalidParameters
from search_api.problems import RETRY_AFTER_SECONDS
from search_api.query_string import query_arguments
from search_api.responses import html_response
from search_api.services import services

pages = Blueprint("pages", __name__)

_log = logging.getLogger(__name__)

_CACHE: Final = "public, max-age=30"


@pages.get("/")
def home() -> Response:
    """The search box, what can be searched, and where people usually go."""
    return _home()


@pages.get("/search")
def results() -> Response:
    """A page of results; without a query the home page."""
    arguments = query_arguments(request.query_string)
    typed = arguments.get("q", "")
    if not typed.strip():
        return _home()
    with observed_search("page") as observation:
        try:
            query = read_page_query(arguments, _today())
        except InvalidParameters as error:
            observation.outcome = "invalid"
            return _rejected(typed, error)
        try:
            outcome = observation.search(query.parameters)
        except EngineError as error:
            _log.error("index unavailable: %s", error)
            return _unavailable(typed)
        page = ResultsPage(query, outcome, services().settings)
        took = time.perf_counter() - g.started
        context: dict[str, Any] = {"page": page, "took_ms": took * 1000}
        if not outcome.response.total:
            held = services()
            context |= {"tips": search_tips(held.settings), "hot": held.searched.hot()}
        response = html_response(_render("results.html", q=query.parameters.q, **context))
    # A search that ran out of time may be answered in full a moment later.
    is_partial = outcome.response.partial
    response.headers["Cache-Control"] = "no-store" if is_partial else _CACHE
    return response


def _home() -> Response:
    held = services()
    status = held.engine.status()
    zone = held.settings.schedule.zone
    updated = status.updated.astimezone(zone) if status.updated else None
    chosen = request.args.get("type", "")
    page = _render(
        "home.html",
        entries=page_data()["entries"],
        hot=held.searched.hot(),
        documents=status.documents,
        updated=updated,
        sites=held.settings.sites,
        chosen_type=chosen if chosen in DOCUMENT_TYPES else None,
    )
    response = html_response(page)
    response.headers["Cache-Control"] = _CACHE
    return response


def _rejected(typed: str, error: InvalidParameters) -> Response:
    """The query stays in the box, and every fault is told."""
    page = _render("rejected.html", q=typed[:LONGEST_QUERY], error=error)
    response = html_response(page, 400)
    response.headers["Cache-Control"] = "no-store"
    return response


def _unavailable(typed: str) -> Response:
    response = html_response(_render("unavailable.html", q=typed), 503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _render(template: str, q: str = "", **context: Any) -> str:
    return render_template(template, q=q, longest=LONGEST_QUERY, types=DOCUMENT_TYPES, **context)


def _today() -> date:
    return datetime.now(services().settings.schedule.zone).date()
