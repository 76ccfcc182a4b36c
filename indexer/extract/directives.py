"""What a page asks of those who index it: robots directives and its canonical address.

Sources: ``<meta name="robots">`` and the X-Robots-Tag header (both by the practice of the
search engines; RFC 9309 leaves them open), rel=canonical (RFC 6596) as ``<link>`` or in the
Link header (RFC 8288). Where directives contradict each other, the stricter holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Final

from indexer.extract.addresses import absolute_url
from indexer.extract.model import Extraction, FetchedPage
from indexer.extract.soft_redirect import is_home_address
from indexer.extract.timestamps import parse_deadline

_NAMED: Final = re.compile(r"\s*([A-Za-z][\w.-]*)\s*:(?!\d\d)\s*(.*)", re.DOTALL)
_VALUED: Final = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
_LINK_VALUE: Final = re.compile(
    r"<([^<>]{0,2048})>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)"
)
_REL: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_MAX_HEADER: Final = 16_000


@dataclass(frozen=True)
class Directives:
    """``noindex`` and ``nofollow`` name where the wish stands, "" where there is none."""

    noindex: str = ""
    nofollow: str = ""
    canonical: str | None = None

    def __or__(self, other: Directives) -> Directives:
        """Both together; the canonical address of the first that has one."""
        return Directives(
            self.noindex or other.noindex,
            self.nofollow or other.nofollow,
            self.canonical or other.canonical,
        )


def from_headers(page: FetchedPage) -> Directives:
    """The directives of a response's header fields, for any file type.

    The only part of extraction that looks at the clock: ``unavailable_after`` means noindex
    from that moment on.
    """
    noindex = nofollow = ""
    if page.robots_tag:
        fields = page.robots_tag[:_MAX_HEADER].split("\n")  # each names bots for itself alone
        words = [word for field in fields for word in _for_us(field, page.user_agent)]
        noindex, nofollow = _wishes(words, "X-Robots-Tag")
    canonical = None
    if page.link_header:
        canonical = _canonical_of_header(page.link_header[:_MAX_HEADER], page.url)
    return Directives(noindex, nofollow, canonical)


def from_meta(metas: list[tuple[str, str]], user_agent: str) -> Directives:
    """The directives of meta tags, given as pairs of name in lower case and content."""
    names = {"robots", user_agent.lower()} - {""}
    words: list[str] = []
    for name, content in metas:
        if name in names:
            words += _for_us(content[:_MAX_HEADER], "")
    return Directives(*_wishes(words, "meta robots"))


def applied(extraction: Extraction, wishes: Directives) -> Extraction:
    """An extraction as it is once the directives are followed.

    Without index there is no document, but there are links; without follow the links are
    there and marked.
    """
    if wishes == Directives():
        return extraction
    links = extraction.links
    if wishes.nofollow:
        links = tuple(replace(link, nofollow=True) for link in links)
    return replace(
        extraction,
        document=None if wishes.noindex else extraction.document,
        links=links,
        problem=f"noindex: {wishes.noindex}" if wishes.noindex else extraction.problem,
        canonical=extraction.canonical or wishes.canonical,
        noindex=extraction.noindex or bool(wishes.noindex),
        nofollow=extraction.nofollow or bool(wishes.nofollow),
    )


def canonical_url(target: str, base: str, charset: str, url: str) -> str | None:
    """A rel=canonical made absolute; None when it is no statement about this page.

    Templates carry the home page's address into every page of a site; believing them would
    fold the site into one page.
    """
    found = absolute_url(base, target, charset)
    if found is None or (is_home_address(found) and not is_home_address(url)):
        return None
    return found


def _for_us(value: str, user_agent: str) -> list[str]:
    """The directives that are general or addressed to ``user_agent``, in lower case.

    A crawler's name holds for all directives behind it up to the next name, as within one
    header field.
    """
    words: list[str] = []
    addressed, deadline = True, False
    for piece in value.split(","):
        text = piece.strip().lower()
        if deadline and text[:1].isdigit():  # unavailable_after: Friday, 25 Jun 2010 …
            words[-1] += f", {text}"
            continue
        named = _NAMED.fullmatch(text)
        if named and named.group(1) not in _VALUED:
            addressed, text = named.group(1) == user_agent.lower(), named.group(2).strip()
        deadline = addressed and text.startswith("unavailable_after")
        if deadline:
            words.append(text)
        elif addressed:
            words += re.split(r"[\s;]+", text)
    return words


def _wishes(words: list[str], where: str) -> tuple[str, str]:
    noindex = nofollow = ""
    for word in words:
        if word in ("noindex", "none"):
            noindex = noindex or f"{where} says {word}"
        if word in ("nofollow", "none"):
            nofollow = nofollow or f"{where} says {word}"
        if word.startswith("unavailable_after"):
            until = parse_deadline(word.partition(":")[2])
            if until and until < datetime.now(timezone.utc):
                noindex = noindex or f"{where} says {word[:80]}"
    return noindex, nofollow


def _canonical_of_header(value: str, url: str) -> str | None:
    for link in _LINK_VALUE.finditer(value):
        relation = _REL.search(link.group(2))
        if relation:
            names = (relation.group(1) or relation.group(2) or "").lower().split()
            if "canonical" in names:
                return canonical_url(link.group(1), url, "utf-8", url)
    return None
