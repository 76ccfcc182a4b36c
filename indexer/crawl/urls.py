"""One page, one address."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from urllib.parse import urlsplit, urlunsplit

import yaml
from w3lib.url import canonicalize_url, safe_url_string

_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_HOST = re.compile(r"[0-9a-z._~-]+|[0-9a-f:.]+")
"""A registered name (IDNA) or an address, in lower case."""
_DEFAULT_PORT = {"http": 80, "https": 443}
MAX_URL_LENGTH = 2000
"""Longer addresses are traps or mistakes; browsers' practical limit is of this size."""


def canonical_url(url: str) -> str | None:
    """The form under which a page is known, or None for what no page can have.

    Scheme and host in lower case, default port, fragment and ``jsessionid`` removed, an
    empty path made ``/``, percent-encoding unified, query arguments sorted (RFC 3986,
    section 6; w3lib). Bytes that are not UTF-8 (GBK in old sites' links) stay as they are,
    and so does a query that is one word without ``=``: old programs read it whole.
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host):
        return None
    if parts.username or parts.password:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORT[parts.scheme]:
        netloc = f"{netloc}:{port}"
    path = _SESSION.sub("", parts.path) or "/"
    plain = urlunsplit((parts.scheme, netloc, path, parts.query, ""))
    try:
        canonical: str = canonicalize_url(plain)
    except ValueError:
        return None
    if re.fullmatch(r"[^=&;]+", parts.query):
        canonical = canonical.removesuffix("=")
    return canonical if len(canonical) <= MAX_URL_LENGTH else None


def is_worth_fetching(url: str) -> bool:
    """Whether the address may hold text, by the ending of its path (``skip.yaml``)."""
    path = urlsplit(url).path
    name = path.rsplit("/", 1)[-1]
    return "." not in name or name.rsplit(".", 1)[-1].lower() not in _skipped_extensions()


@lru_cache(maxsize=1)
def _skipped_extensions() -> frozenset[str]:
    text = resources.files("indexer.crawl").joinpath("skip.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)["extensions"])
