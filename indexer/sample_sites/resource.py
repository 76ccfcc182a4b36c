"""What a sample site answers at one path."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """One answer of a site: the bytes exactly as they go over the wire."""

    body: bytes
    content_type: str = "text/html"


Pages = dict[str, Resource]
"""A whole site: resources by path, the path percent-encoded and beginning with a slash."""
