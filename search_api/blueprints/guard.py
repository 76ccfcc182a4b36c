"""What guards everything below ``/api/v1/admin/``: an access token with the right role."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, g, request

from search_api.problems import Problem
from search_api.services import services


def guard(blueprint: Blueprint, read: str = "jobs.read", write: str = "jobs.write") -> None:
    """Let only holders of a token in, and keep the answers out of every cache.

    ``read`` is the right (``roles.yaml``) that looking needs, ``write`` the one for whatever
    changes something.
    """
    blueprint.before_request(partial(_authenticate, read, write))
    blueprint.after_request(_keep_private)


def _authenticate(read: str, write: str) -> None:
    """401 without a valid token, 403 with too little right (RFC 6750)."""
    header = request.headers.get("Authorization")
    token = services().tokens.authenticate(header)
    if token is None:
        challenge = 'Bearer realm="qzsearch"' + (', error="invalid_token"' if header else "")
        raise Problem("unauthorized", headers={"WWW-Authenticate": challenge})
    right = read if request.method in ("GET", "HEAD", "OPTIONS") else write
    if not token.may(right):
        raise Problem(
            "forbidden",
            name=token.name,
            role=token.role,
            headers={"WWW-Authenticate": 'Bearer realm="qzsearch", error="insufficient_scope"'},
        )
    g.token = token


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
