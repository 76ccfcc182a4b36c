"""``/api/v1/admin/vocabulary/``: synonyms and hidden words; only for staff."""

from __future__ import annotations

import logging
from typing import Any, Final

from flask import Blueprint, Response, g, request

from indexer.vocabulary import (
    FILES,
    LARGEST,
    VocabularyChanged,
    VocabularyFaults,
    version_of,
)
from search_api.access import Token
from search_api.blueprints.guard import guard
from search_api.messages import parameter_message
from search_api.parameters import InvalidParameters, ParameterFault
from search_api.problems import Problem, request_language
from search_api.request_body import json_body
from search_api.responses import json_response
from search_api.services import services
from search_api.vocabulary import fault_records

vocabulary = Blueprint("vocabulary", __name__, url_prefix="/api/v1/admin/vocabulary")
guard(vocabulary, read="vocabulary.read", write="vocabulary.write")

_LARGEST_BODY: Final = 3 * LARGEST
"""In JSON a text may be up to three times as long."""
_TEXT_TYPE: Final = "text/plain"

_log = logging.getLogger(__name__)


@vocabulary.get("/<name>")
def read(name: str) -> Response:
    """The text, its version and its faults, if somebody wrote some into the file by hand."""
    _check_name(name)
    return _answer(name)


@vocabulary.put("/<name>")
def save(name: str) -> Response:
    """Save a text without faults; with ``If-Match`` only over that version (RFC 9110)."""
    _check_name(name)
    request.max_content_length = _LARGEST_BODY
    token: Token = g.token
    try:
        services().vocabulary.save(name, _text(), _expected_version())
    except VocabularyFaults as error:
        errors = fault_records(error.faults, request_language())
        raise Problem(
            "vocabulary-faults", count=len(errors), extensions={"errors": errors}
        ) from None
    except VocabularyChanged:
        raise Problem("vocabulary-changed") from None
    except OSError as error:
        raise _unavailable(error) from error
    _log.warning("vocabulary: %s saved by %s", name, token.name)  # worth a line in any log
    return _answer(name)


def _answer(name: str) -> Response:
    held = services().vocabulary
    try:
        text = held.read(name)
    except OSError as error:
        raise _unavailable(error) from error
    faults = fault_records(held.faults_of(name), request_language())
    body = {"name": name, "text": text, "version": version_of(text), "faults": faults}
    return json_response(body)


def _check_name(name: str) -> None:
    if name not in FILES:
        raise Problem("404")


def _text() -> str:
    """The text in the body, plain or as a member of an object."""
    if request.mimetype == _TEXT_TYPE:
        content = request.get_data()
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise VocabularyFaults([f"line {line}: not UTF-8"]) from None
    text: Any = json_body(_TEXT_TYPE).get("text")
    if not isinstance(text, str):
        message = parameter_message("text", request_language())
        raise InvalidParameters([ParameterFault("text", text, message)])
    return text


def _expected_version() -> str | None:
    """That of ``If-Match``; proxies that compress make an ETag weak, so weak ones count too."""
    given = request.headers.get("If-Match", "*").strip()
    return None if given == "*" else given.removeprefix("W/").strip('"')


def _unavailable(error: OSError) -> Problem:
    _log.error("vocabulary: %s", error)
    return Problem("vocabulary-unavailable", reason=error.strerror or type(error).__name__)
