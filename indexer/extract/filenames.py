"""The name of a file, as its URL or its Content-Disposition header tells it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from indexer.extract.charset import decode

_EXTENDED: Final = re.compile(r"filename\*\s*=\s*[\w-]+'[\w-]*'([^;\s]+)", re.IGNORECASE)
_PLAIN: Final = re.compile(r"filename\s*=\s*(?:\"([^\"]*)\"|([^;]+))", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]{1,200}\.[A-Za-z0-9]{1,5}")


def file_name(url: str, content_disposition: str | None = None) -> str:
    """The file's name with its ending, or "" when nothing tells one.

    The header goes first (RFC 6266; ``filename*`` by RFC 5987, raw GBK or UTF-8 bytes as old
    servers send them), then the path, then a query value such as ``downfile.jsp?filename=``.
    """
    return _from_header(content_disposition or "") or _from_url(url)


def extension(name: str) -> str:
    """The ending of a file name in lower case without its dot, or ""."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and ending.isalnum() and len(ending) <= 5 else ""


def _from_header(value: str) -> str:
    extended = _EXTENDED.search(value)
    if extended:
        return _text(extended.group(1))
    plain = _PLAIN.search(value)
    if not plain:
        return ""
    return _text((plain.group(1) or plain.group(2) or "").strip())


def _from_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    last = _text(parts.path.rpartition("/")[2])
    # A script's own ending says nothing about what it sends: its argument does.
    for _, value in parse_qsl(parts.query, encoding="latin-1"):
        if _NAME.fullmatch(value.rpartition("/")[2]):
            return _text(value.rpartition("/")[2])
    return last


def _text(value: str) -> str:
    """Percent-escapes and raw bytes made readable, path parts dropped."""
    raw = unquote_to_bytes(value.encode("latin-1", "ignore") if _is_bytes(value) else value)
    name = decode(raw).text if raw else ""
    return re.sub(r"[\x00-\x1f\x7f]", "", name).replace("\\", "/").rpartition("/")[2].strip()


def _is_bytes(value: str) -> bool:
    """Whether a header value is raw bytes seen through Latin-1, as HTTP libraries give it."""
    return all(ord(character) < 256 for character in value)
