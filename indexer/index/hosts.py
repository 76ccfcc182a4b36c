"""Hosts as index terms: what ``site:`` asks for."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_terms(url: str) -> list[str]:
    """The host of a URL, with and without its port, and the domains above it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return []
    labels = host.split(".")
    domains = [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]
    return [*domains, f"{host}:{port}"] if port else domains
