"""Patterns of addresses, written as in robots.txt, and ranges of addresses.

RFC 9309, sections 2.2.2 and 2.2.3: a pattern is compared with path and query from their first
character on; ``*`` stands for any characters, none too, and ``$`` at the end for the end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from indexer.crawl.urls import MAX_URL_LENGTH, origin_of

MAX_EXPANDED: Final = 10_000
"""URLs that one text with ranges may stand for."""

_ACCEPTED: Final = (
    "takes a pattern as in robots.txt: it begins with / or * (or with http://host/ for one host "
    "alone), * stands for anything, $ at the end for the end, such as /zwgk/*.html$"
)
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST_PATTERN: Final = re.compile(r"(https?://[^/*?#$]+)(.*)", re.IGNORECASE | re.DOTALL)
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_KEPT_IN_PATH: Final = frozenset("%/?#$*")
"""Octets whose encoded and plain forms mean different things in a path or in a pattern."""
_KEPT_IN_QUERY: Final = frozenset("%&=+#$*")
_BRACES: Final = re.compile(r"[{}]")
_RANGE: Final = re.compile(r"\{(\d{1,9})-(\d{1,9})\}", re.ASCII)


def check_pattern(text: str) -> str:
    """The pattern itself when it is one.

    Raises:
        ValueError: it is none; the message tells what is accepted.
    """
    _Pattern.parse(text)
    return text


class UrlPatterns:
    """A list of patterns that canonical URLs are compared with.

    A pattern that begins with ``http://host`` or ``https://host`` is for that host (and port)
    alone, by whichever of the two schemes; all others are for every host. Percent-encoding is
    compared in one form: ``/钦州``, ``/%e9%92%a6%e5%b7%9e`` and ``/%E9%92%A6%E5%B7%9E`` are one
    pattern, ``?url=http://x`` finds ``?url=http%3A%2F%2Fx``. ``%2A`` and ``%24`` stand for the
    characters ``*`` and ``$``. Upper and lower case differ. The arguments of a canonical URL
    are in alphabetical order: ``/list.jsp?*page=`` finds ``page`` wherever it stands.

    Time grows with the length of the address times that of the patterns, whatever they hold.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises:
        ValueError: one is no pattern; the message tells what is accepted.
        """
        self._patterns = [_Pattern.parse(text) for text in patterns]

    def match(self, url: str) -> bool:
        """Whether the address is of one of the patterns."""
        return self.first(url) is not None

    def first(self, url: str) -> str | None:
        """The first pattern, as it was written, that the address is of."""
        if not self._patterns:
            return None
        netloc, slash, rest = url.partition("#")[0].partition("://")[2].partition("/")
        target = _unified(f"{slash or '/'}{rest}".replace("$", "%24").replace("*", "%2A"))
        for pattern in self._patterns:
            if pattern.matches(netloc, target):
                return pattern.text
        return None


@dataclass(frozen=True)
class _Pattern:
    """``pieces`` are what stands between the asterisks, unified; ``netloc`` "" is any host."""

    text: str
    netloc: str
    pieces: tuple[str, ...]
    is_anchored: bool

    @classmethod
    def parse(cls, text: str) -> _Pattern:
        if _BLANK.search(text):
            raise ValueError(f"{_ACCEPTED}; white space is written %20 in a path, + in a query")
        if len(text) > MAX_URL_LENGTH:
            raise ValueError(f"{_ACCEPTED}; at most {MAX_URL_LENGTH} characters")
        if "#" in text:
            raise ValueError(f"{_ACCEPTED}; what follows # is no part of an address")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{_ACCEPTED}; it holds half a character") from None
        netloc, path = "", text
        host = _HOST_PATTERN.fullmatch(text)
        if host:
            netloc, path = _netloc_of(host[1]), host[2] or "/"
            if not path.startswith("/"):
                raise ValueError(f"{_ACCEPTED}; the host is written in full, then comes a /")
        if not path.startswith(("/", "*")):
            raise ValueError(_ACCEPTED)
        is_anchored = path.endswith("$")
        body = path.removesuffix("$").replace("$", "%24")
        return cls(text, netloc, tuple(_unified(body).split("*")), is_anchored)

    def matches(self, netloc: str, target: str) -> bool:
        """Leftmost places are enough: what fits later fits after an earlier place, too."""
        if self.netloc and self.netloc != netloc:
            return False
        first, *others = self.pieces
        if not target.startswith(first):
            return False
        position = len(first)
        if not self.is_anchored:
            last = None
        elif others:
            last = others.pop()
        else:
            return position == len(target)
        for piece in others:
            found = target.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        return last is None or (target.endswith(last) and len(target) - len(last) >= position)


def _netloc_of(start: str) -> str:
    try:
        return origin_of(f"{start}/").partition("://")[2]
    except ValueError:
        raise ValueError(f"{_ACCEPTED}; {start!r} names no host") from None


def _unified(text: str) -> str:
    """Path and query in one encoding: plain where that cannot change the meaning.

    A slash in a query is a slash; in a path ``%2F`` is none.
    """
    if "%" not in text and text.isascii():
        return text
    path, mark, query = text.partition("?")
    return _recoded(path, _KEPT_IN_PATH) + mark + _recoded(query, _KEPT_IN_QUERY)


def _recoded(text: str, kept: frozenset[str]) -> str:
    def plain(match: re.Match[str]) -> str:
        octet = int(match[0][1:], 16)
        if octet == 0x20 and kept is _KEPT_IN_QUERY:
            return "+"
        if 0x20 < octet < 0x7F and chr(octet) not in kept:
            return chr(octet)
        return match[0].upper()

    if not text.isascii():
        text = "".join(
            character if character.isascii() else "".join(f"%{octet:02X}" for octet in encoded)
            for character in text
            for encoded in (character.encode("utf-8", "surrogatepass"),)
        )
    return _ENCODED.sub(plain, text)


def expand_urls(text: str) -> list[str]:
    """``http://h/index_{1-118}.html`` as its 118 URLs; a text without ranges as it is.

    Of several ranges the last runs fastest; ``{01-12}`` keeps its zeros.

    Raises:
        ValueError: a brace is no part of a range, a range runs backwards, or there are more
            than ``MAX_EXPANDED`` URLs.
    """
    fixed = _RANGE.split(text)[::3]
    if any(_BRACES.search(part) for part in fixed):
        raise ValueError("takes ranges of numbers in braces, such as index_{1-118}.html")
    columns: list[range] = []
    widths: list[int] = []
    total = 1
    for first, last in _RANGE.findall(text):
        width = len(first) if first.startswith("0") else 1
        if int(first) > int(last) or (width > 1 and len(last) != width):
            raise ValueError(
                f"takes a range from the lower to the higher number, not {{{first}-{last}}}"
            )
        columns.append(range(int(first), int(last) + 1))
        widths.append(width)
        total *= len(columns[-1])
        if total > MAX_EXPANDED:
            raise ValueError(f"takes ranges that stand for at most {MAX_EXPANDED} URLs together")
    urls = []
    for numbers in itertools.product(*columns):
        texts = [f"{number:0{width}}" for number, width in zip(numbers, widths, strict=True)]
        urls.append("".join(itertools.chain(*itertools.zip_longest(fixed, texts, fillvalue=""))))
    return urls
