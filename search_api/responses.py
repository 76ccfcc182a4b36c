"""Bodies of answers, and the headers every answer has."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Response

JSON_TYPE: Final = "application/json"

# Pages come with no inline script or style, so that injected markup could do nothing even
# if escaping failed somewhere (CSP Level 3).
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # What somebody searched for stays here when a result is opened.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def json_response(body: Any, status: int = 200, content_type: str = JSON_TYPE) -> Response:
    """``body`` as JSON in UTF-8; lone surrogates of broken pages become question marks."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, content_type=content_type)


def html_response(page: str, status: int = 200) -> Response:
    """A page in UTF-8; lone surrogates become question marks."""
    content = page.encode("utf-8", "replace")
    return Response(content, status, content_type="text/html; charset=utf-8")


def add_security_headers(response: Response) -> Response:
    """For ``Flask.after_request``."""
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
