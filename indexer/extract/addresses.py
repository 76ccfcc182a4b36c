"""Addresses as pages write them, made absolute, and the set of links a page gives.

Resolution follows the WHATWG URL Standard where old Chinese pages need it: paths are encoded
in UTF-8, queries in the page's own charset, so that ``?key=钦州`` of a GBK page becomes
``?key=%C7%D5%D6%DD``, which is what its server reads. ASCII characters stay as they are.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from indexer.extract import rules
from indexer.extract.model import Link

MAX_LINKS: Final = 50_000
"""A page with more links is a trap or a defect: the rest is left out."""

_MAX_URL: Final = 2048
_WHITE_SPACE: Final = re.compile(r"[\t\r\n]+")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
# What most links look like: resolving them takes no more than putting two strings together.
_SIMPLE: Final = re.compile(r"/?[\w-][\w.~/-]{0,500}(?:\?[\w.~=&%-]{0,500})?", re.ASCII)
_CODECS: Final = {"gb18030": "gb18030", "big5": "big5hkscs", "windows-1252": "cp1252"}


def document_base(url: str, base: str) -> str:
    """The URL that relative links are resolved against; ``base`` is the page's own wish."""
    if not base:
        return url
    try:
        absolute = urljoin(url, base)
        return absolute if urlsplit(absolute).scheme in ("http", "https") else url
    except ValueError:
        return url


def absolute_url(base: str, target: str, charset: str = "utf-8") -> str | None:
    """The http(s) URL a link leads to without its fragment, or None where it leads nowhere.

    ``charset`` is the encoding of the page, by the names of :mod:`indexer.extract.charset`.
    """
    target = _WHITE_SPACE.sub("", target).strip().replace("\\", "/").partition("#")[0]
    if not target or len(target) > _MAX_URL or _is_placeholder(target):
        return None
    try:
        url = urljoin(base, target)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        parts.port  # noqa: B018  raises ValueError for a port that is no number
        if url.isascii():
            return url
        parts.netloc.encode()  # raises UnicodeEncodeError, a ValueError, for half a character
        path = _NOT_ASCII.sub(lambda run: quote(run.group(), errors="replace"), parts.path)
        query = _NOT_ASCII.sub(lambda run: _in_query(run.group(), charset), parts.query)
        return urlunsplit(parts._replace(path=path, query=query))
    except ValueError:
        return None


def _in_query(text: str, charset: str) -> str:
    # What the charset lacks goes as a character reference (URL Standard, "percent-encode
    # after encoding").
    return quote(text.encode(_CODECS.get(charset, "utf-8"), "xmlcharrefreplace"), safe="")


def _is_placeholder(target: str) -> bool:
    """Whether a template's variable or a server-side include was left standing."""
    if "<" not in target and "{" not in target and "[!" not in target:
        return False
    return rules.pattern("script_links", "placeholders").search(target) is not None


class LinkSet:
    """The links of one page: absolute, once each, with the longest of their anchors."""

    def __init__(self, base: str, charset: str = "utf-8") -> None:
        self.base = base
        self.charset = charset
        self._found: dict[str, Link] = {}
        self._resolved: dict[str, str | None] = {}
        self._root, self._folder = _root_and_folder(base)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, target: str | None, text: str = "", *, nofollow: bool = False) -> str | None:
        """Adds a link as written; the absolute URL, or None when it leads nowhere.

        Of several links to one URL, ``nofollow`` holds only when all of them say so.
        """
        if not target:
            return None
        url = self._resolved.get(target, "")
        if url == "":
            url = self._resolved[target] = self._absolute(target)
        if url is None:
            return None
        known = self._found.get(url)
        if known is None:
            if len(self._found) < MAX_LINKS:
                self._found[url] = Link(url, text, nofollow)
        elif len(text) > len(known.text) or known.nofollow:
            longest = max(known.text, text, key=len)
            self._found[url] = Link(url, longest, nofollow and known.nofollow)
        return url

    def _absolute(self, target: str) -> str | None:
        if self._root and _SIMPLE.fullmatch(target) and "/." not in target and "//" not in target:
            return f"{self._root if target[0] == '/' else self._folder}{target}"
        return absolute_url(self.base, target, self.charset)

    def links(self) -> tuple[Link, ...]:
        """All links in the order in which they were found."""
        return tuple(self._found.values())


def _root_and_folder(base: str) -> tuple[str, str]:
    """The site and the folder of a base URL; both "" for one that needs more care."""
    plain = re.fullmatch(r"(https?://[\w.-]+(?::\d+)?)((?:/[\w~.-]+)*/)?[\w~.-]*(?:\?.*)?", base)
    if not plain or "/." in base or not base.isascii():
        return "", ""
    return plain.group(1), f"{plain.group(1)}{plain.group(2) or '/'}"
