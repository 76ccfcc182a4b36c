"""Errors as the service tells them: problem details for programs, a page for people.

``application/problem+json`` is RFC 9457: type, title, status, detail and instance, and
the extensions ``errors`` (every wrong parameter: parameter, value, message) and ``job``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from indexer.index.engine import EngineError, IndexMissing
from search_api.messages import LANGUAGES, Language, is_problem, problem_wording
from search_api.parameters import InvalidParameters
from search_api.responses import html_response, json_response

PROBLEM_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 30
_TYPE_PREFIX: Final = "urn:problem-type:qzsearch:"
_MACHINE_PATHS: Final = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")

_log = logging.getLogger(__name__)


class Problem(Exception):
    """Ends the request with a problem that ``messages.yaml`` knows by ``name``.

    ``values`` fill its wording, ``extensions`` are further members, ``headers`` go along.
    """

    def __init__(
        self,
        name: str,
        /,
        *,
        extensions: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(name)
        self.name = name
        self.values = values
        self.extensions = dict(extensions or {})
        self.headers = dict(headers or {})


def for_programs() -> bool:
    """Whether the request came to an address that programs use."""
    return request.path.startswith(_MACHINE_PATHS)


def request_language() -> Language:
    """Chinese for people; for programs English unless they ask for Chinese."""
    if not for_programs():
        return "zh"
    best = request.accept_languages.best_match(LANGUAGES, default="en")
    return "zh" if best == "zh" else "en"


def problem_response(problem: Problem, status: int | None = None) -> Response:
    """The answer to a request that ends with this problem."""
    language = request_language()
    usual, title, detail = problem_wording(problem.name, language, **problem.values)
    status = status or usual
    if for_programs():
        named_after_status = problem.name.isdigit() or not is_problem(problem.name)
        body = {
            "type": "about:blank" if named_after_status else _TYPE_PREFIX + problem.name,
            "title": title,
            "status": status,
            "detail": detail,
            "instance": request.path,
            **problem.extensions,
        }
        response = json_response(body, status, PROBLEM_TYPE)
        response.headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
        response.vary.add("Accept-Language")
    else:
        page = render_template(
            "error.html", title=title, detail=detail, errors=problem.extensions.get("errors", [])
        )
        response = html_response(page, status)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def install_error_handlers(app: Flask) -> None:
    """Make every error of the application end as a problem."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(InvalidParameters, _invalid_parameters)
    app.register_error_handler(IndexMissing, _index_missing)
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def invalid_parameters_problem(error: InvalidParameters) -> Problem:
    """The problem that names every wrong parameter."""
    return Problem(
        "invalid-parameters",
        names=", ".join(fault.parameter for fault in error.faults),
        extensions={
            "errors": [
                {"parameter": fault.parameter, "value": fault.value, "message": fault.message}
                for fault in error.faults
            ]
        },
    )


def _invalid_parameters(error: InvalidParameters) -> Response:
    return problem_response(invalid_parameters_problem(error))


def _index_missing(_error: IndexMissing) -> Response:
    return problem_response(Problem("index-missing", headers=_retry_later()))


def _engine_error(error: EngineError) -> Response:
    _log.error("index unavailable: %s", error)
    return problem_response(Problem("index-unavailable", headers=_retry_later()))


def _retry_later() -> dict[str, str]:
    return {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _http_error(error: HTTPException) -> BaseResponse:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response(request.environ)
    problem = Problem(str(error.code), name=error.name, reason=error.description or "")
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        problem.values["allowed"] = allowed
        problem.headers["Allow"] = allowed
    elif isinstance(error, RequestEntityTooLarge):
        problem.values["maximum"] = request.max_content_length
    return problem_response(problem, error.code)


def _unexpected(error: Exception) -> Response:
    _log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return problem_response(Problem("500"))
