"""The text of a robots.txt, read as RFC 9309 has it.

Protego matches paths (longest match, ``*``, ``$``, percent-encoding); what comes before is
done here, where Protego 0.7 differs from the RFC: the group of our product token is found by
the whole token, records that are no rules do not end a group, lines end with CR or LF only,
and bytes that are no UTF-8 (paths in GBK) are compared as bytes. What Protego gets is one
group, ``User-agent: *``, with the rules that concern us, in ASCII.

Where search engines go beyond the RFC, they are followed: a missing colon, common
misspellings (``politeness.yaml``), text after the product token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from protego import Protego

from indexer.crawl.politeness import politeness

_LINE_ENDS: Final = re.compile(rb"[\r\n]+")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_OCTET: Final = re.compile(rb"%([89A-Fa-f][0-9A-Fa-f])|([\x00-\x20\x7f-\xff])")
_BOM: Final = b"\xef\xbb\xbf"


def product_token(user_agent: str) -> str:
    """The name by which groups call a crawler: ``qzsearch`` of ``qzsearch/0.1`` (2.2.1)."""
    token = _TOKEN.match(user_agent)
    return token[0] if token else user_agent


class RobotsRules:
    """The rules of one robots.txt for one crawler. Never raises, whatever the bytes."""

    def __init__(self, body: bytes, token: str) -> None:
        limits = politeness().robots
        own: list[str] = []
        common: list[str] = []
        names_us = False
        self._sitemaps: dict[str, None] = {}
        agents: set[str] = set()
        in_rules = False
        for field, value in _records(body[: limits.most_bytes]):
            if field == "sitemap":
                self._add_sitemap(value)
            elif field == "user-agent":
                if in_rules:
                    agents, in_rules = set(), False
                agents.add(_agent(value))
                names_us = names_us or token.lower() in agents
            else:
                in_rules = in_rules or field != "crawl-delay"  # other records end no group, 2.2.4
                line = f"{field}: {_octets(value)}"
                if token.lower() in agents:
                    own.append(line)
                if "*" in agents:
                    common.append(line)
        known = dict.fromkeys(own if names_us else common)  # without repetitions
        rules = [line for line in known if not line.startswith("crawl-delay")]
        # Of several delays the first is meant for us; Protego takes the last that is readable.
        delays = [line for line in reversed(known) if line.startswith("crawl-delay")]
        lines = ["user-agent: *", *rules[: limits.most_rules], *delays]
        self._protego = Protego.parse("\n".join(lines))

    def allows(self, url: str) -> bool:
        """Whether the rules let the crawler ask for an absolute URL (2.2.2, 2.2.3)."""
        if not url.isascii() or "%" in url:
            url = _octets(url.encode("utf-8", "surrogatepass"))
        try:
            return bool(self._protego.can_fetch(url, "*"))
        except ValueError:  # http://[broken: nobody can ask for it
            return True

    @property
    def delay(self) -> float:
        """The Crawl-delay in seconds, 0 when there is none."""
        delay = float(self._protego.crawl_delay("*") or 0)
        return min(max(delay, 0.0), politeness().robots.longest_delay)

    def sitemaps(self, base: str) -> list[str]:
        """The addresses of the sitemaps named, absolute; ``base`` is that of robots.txt."""
        found: dict[str, None] = {}
        for value in self._sitemaps:
            try:
                url = urljoin(base, value)
                parts = urlsplit(url)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.netloc:
                found[url] = None
        return list(found)

    def _add_sitemap(self, value: bytes) -> None:
        if value and len(self._sitemaps) < politeness().robots.most_sitemaps:
            self._sitemaps[quote(value, safe="%:/?#[]@!$&'()*+,;=~")] = None


@lru_cache(maxsize=1)
def _spellings() -> dict[bytes, str]:
    """Every spelling of a field and the field meant."""
    fields = politeness().robots.fields
    return {name.encode(): field for field, names in fields.items() for name in names}


def _records(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Fields known to us and their values, in order."""
    spellings = _spellings()
    for raw in _LINE_ENDS.split(body.removeprefix(_BOM)):
        line = raw.partition(b"#")[0].strip()
        name, colon, value = line.partition(b":")
        field = spellings.get(name.strip().lower()) if colon else None
        if field is None:  # "Disallow /x", "Sitemap http://…"
            words = line.split(None, 1)
            field = spellings.get(words[0].lower()) if len(words) == 2 else None
            value = words[1] if field is not None else b""
            if len(value.split()) > 1 and field != "sitemap":
                continue  # a sentence
        if field is not None:
            yield field, value.strip()


def _agent(value: bytes) -> str:
    """The product token of a User-agent line, lower case: up to what is no letter, ``_`` or
    ``-``; ``*`` alone, or with text behind it, is everybody."""
    if value[:1] == b"*" and not value[1:2].strip():
        return "*"
    token = _TOKEN.match(value.decode("latin-1"))
    return token[0].lower() if token else ""


def _octets(text: bytes) -> str:
    """A path in ASCII: each byte outside it, raw or as an escape, written as the escaped UTF-8
    of the character of that number, so that Protego, which reads escapes as UTF-8, compares
    bytes."""
    return _OCTET.sub(_octet, text).decode("ascii")


def _octet(match: re.Match[bytes]) -> bytes:
    byte = int(match[1], 16) if match[1] else match[2][0]
    return quote(chr(byte), safe="").encode("ascii")
