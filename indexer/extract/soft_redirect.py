"""Redirects that mean "not here": to an error page or to the home page of a site."""

from __future__ import annotations

from urllib.parse import urlsplit

from indexer.extract import rules


def is_error_address(url: str) -> bool:
    """Whether an address is that of an error page (``/404.html``, ``/error.jsp`` …).

    The rules are ``error_paths`` and ``error_queries`` of ``rules/page_kind.yaml``; meant
    for the targets of redirects. An address that cannot be parsed is none.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if rules.pattern("page_kind", "error_paths").fullmatch(parts.path):
        return True
    query = parts.query
    return bool(query and rules.pattern("page_kind", "error_queries").search(f"?{query}"))


def is_home_address(url: str) -> bool:
    """Whether an address is that of a site's home page (``/``, ``/index.html`` …)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    home = rules.pattern("page_kind", "home_paths")
    return not parts.query and home.fullmatch(parts.path or "/") is not None
