"""Addresses of static files that change with their content, so that caches never err."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import resources

from flask import url_for


def static_url(name: str) -> str:
    """The address of a file in ``static/``."""
    return url_for("static", filename=name, v=_version(name))


@lru_cache(maxsize=32)
def _version(name: str) -> str:
    content = resources.files("search_api").joinpath(f"static/{name}").read_bytes()
    return hashlib.blake2b(content, digest_size=6).hexdigest()
