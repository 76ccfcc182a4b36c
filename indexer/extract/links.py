"""The hyperlinks of a page, absolute, with the words of their anchors.

Resolution follows the WHATWG HTML Standard's document base URL; anchors, image maps,
frames, ``link rel=next`` and ``meta refresh`` count, since old portals navigate by all of
them. Only http and https are kept, fragments are dropped.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

import lxml.html

from indexer.extract.model import Link
from indexer.extract.tree import tidy

_MAX_URL: Final = 2048
_MAX_ANCHOR: Final = 300
_CUT: Final = re.compile(r"(\.{2,}|…+)\s*$")
_REFRESH: Final = re.compile(r"^\s*[\d.]*\s*[;,]?\s*url\s*=\s*['\"]?\s*([^'\"]+)", re.IGNORECASE)
_WHITE_SPACE: Final = re.compile(r"[\t\r\n]+")
_PREFETCH: Final = frozenset({"next", "prev"})


def document_base(url: str, base: str) -> str:
    """The URL that relative links are resolved against; ``base`` is the page's own wish."""
    if not base:
        return url
    try:
        absolute = urljoin(url, base)
        return absolute if urlsplit(absolute).scheme in ("http", "https") else url
    except ValueError:
        return url


def read_links(
    root: lxml.html.HtmlElement, base: str, *, nofollow: bool = False
) -> tuple[Link, ...]:
    """Every link of a page in document order; of several to one URL, that with most words.

    ``nofollow`` marks all of them, as ``<meta name="robots" content="nofollow">`` demands.
    """
    found: dict[str, Link] = {}
    resolved: dict[str, str | None] = {}
    for element in root.iter("a", "area", "frame", "iframe", "link", "meta"):
        target, text = _target_of(element)
        if not target:
            continue
        if target not in resolved:
            resolved[target] = _absolute(base, target)
        url = resolved[target]
        if url is None:
            continue
        refused = nofollow or "nofollow" in (element.get("rel") or "").lower().split()
        known = found.get(url)
        if known:
            text = max(known.text, text, key=len)
            refused = refused and known.nofollow
        found[url] = Link(url, text, refused)
    return tuple(found.values())


def _target_of(element: lxml.html.HtmlElement) -> tuple[str | None, str]:
    tag = element.tag
    if tag in ("a", "area"):
        return element.get("href"), _anchor_text(element)
    if tag in ("frame", "iframe"):
        return element.get("src"), tidy(element.get("title") or "")
    if tag == "link":
        relations = set((element.get("rel") or "").lower().split())
        return (element.get("href") if relations & _PREFETCH else None), ""
    if (element.get("http-equiv") or "").strip().lower() == "refresh":
        refresh = _REFRESH.match(element.get("content") or "")
        return (refresh.group(1).strip() if refresh else None), ""
    return None, ""


def _anchor_text(element: lxml.html.HtmlElement) -> str:
    """The link's words; its title where they are cut by …, an image's alt where there are none."""
    text = _plain("".join(element.itertext()))
    title = _plain(element.get("title") or "")
    stem = _CUT.sub("", text)
    if title and stem != text and len(title) >= len(stem):
        return title[:_MAX_ANCHOR]
    if not text:
        images = [_plain(image.get("alt") or "") for image in element.iter("img")]
        text = title or _plain(element.get("alt") or "") or " ".join(filter(None, images))
    return text[:_MAX_ANCHOR]


def _plain(text: str) -> str:
    return tidy(_WHITE_SPACE.sub(" ", text[: 4 * _MAX_ANCHOR]))


def _absolute(base: str, target: str) -> str | None:
    target = _WHITE_SPACE.sub("", target).strip().replace("\\", "/").partition("#")[0]
    if not target or len(target) > _MAX_URL:
        return None
    try:
        url = urljoin(base, target)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        parts.port  # noqa: B018  raises ValueError for a port that is no number
    except ValueError:
        return None
    return url
