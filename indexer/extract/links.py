"""Everything in a page's markup that leads on, with the words of its anchors.

Anchors, image maps, frames, ``link rel=next``, ``meta refresh``, scripts of event attributes,
``javascript:`` links, menus that jump, data attributes: old portals navigate by all of them.
Only http and https are kept, fragments are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final

import lxml.html
from lxml import etree

from indexer.extract import rules, script_links
from indexer.extract.addresses import LinkSet
from indexer.extract.tree import tidy

_MAX_ANCHOR: Final = 300
_MAX_OPTIONS: Final = 2_000
_MAX_INNER: Final = 200
_CUT: Final = re.compile(r"(\.{2,}|…+)\s*$")
_REFRESH: Final = re.compile(
    r"\s*([\d.]{0,10})\s*[;,]?\s*url\s*=\s*['\"]?\s*([^'\"]+)", re.IGNORECASE
)
_WHITE_SPACE: Final = re.compile(r"[\t\r\n]+")
_PREFETCH: Final = frozenset({"next", "prev"})
_VALUE_JOINED: Final = re.compile(
    r"[\"']([^\"']{1,300})[\"']\s{0,20}\+\s{0,20}(?:this|\w{1,30})[\w.\[\]]{0,80}value"
    r"(?:\s{0,20}\+\s{0,20}[\"']([^\"']{0,300})[\"'])?"
)
_OPTION_VALUE: Final = re.compile(r"[\w%.~-]{1,60}")


@dataclass
class Found:
    """What the pass over a page's links has seen beside the links themselves.

    ``frames`` and ``refreshes`` are absolute URLs, ``refreshes`` without those to the page
    itself; ``anchors`` counts the links people can click; ``canonical`` is the address as
    written in the head; ``metas`` are names in lower case and contents of meta tags.
    """

    frames: list[str] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    anchors: int = 0
    canonical: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)


def read_links(
    root: lxml.html.HtmlElement, links: LinkSet, url: str, lowered: bytes | None = None
) -> Found:
    """Adds the links of a page to ``links`` and tells what else they say.

    ``url`` is the page's own, ``lowered`` its bytes in lower case, by which the rarer ways
    are looked for only where there are any; None when it is not known.
    """
    found = Found()
    for element in root.iter("a", "area", "frame", "iframe", "link", "meta"):
        tag = element.tag
        if tag in ("a", "area"):
            _add_anchor(element, links, found)
        elif tag in ("frame", "iframe"):
            frame = links.add(element.get("src"), tidy(element.get("title") or ""))
            if frame:
                found.frames.append(frame)
        elif tag == "link":
            _read_link_tag(element, links, found)
        else:
            _read_meta(element, links, found, url)
    attributes = _mentioned(lowered)
    if attributes:
        _add_scripted(_elements_with(root, attributes), links)
    if lowered is None or b"<option" in lowered:
        _add_menus(root, links)
    return found


def _is_refused(element: lxml.html.HtmlElement) -> bool:
    relation = element.get("rel")
    return bool(relation) and "nofollow" in relation.lower().split()


def _add_anchor(element: lxml.html.HtmlElement, links: LinkSet, found: Found) -> None:
    target = element.get("href")
    if not target:
        return
    if target[:1] in "jJ \t\r\n" and script_links.is_javascript(target):
        for address in script_links.addresses(target):
            links.add(address, _anchor_text(element), nofollow=_is_refused(element))
    elif links.add(target, _anchor_text(element), nofollow=_is_refused(element)):
        found.anchors += 1


def _read_link_tag(element: lxml.html.HtmlElement, links: LinkSet, found: Found) -> None:
    relations = (element.get("rel") or "").lower().split()
    if not _PREFETCH.isdisjoint(relations):
        links.add(element.get("href"), nofollow="nofollow" in relations)
    # Outside the head it may be what a visitor wrote (RFC 6596, section 5).
    if "canonical" in relations and not found.canonical and not _is_inside(element, "body"):
        found.canonical = (element.get("href") or "").strip()


def _read_meta(element: lxml.html.HtmlElement, links: LinkSet, found: Found, url: str) -> None:
    content = element.get("content") or ""
    if (element.get("http-equiv") or "").strip().lower() == "refresh":
        refresh = _REFRESH.match(content)
        target = links.add(refresh.group(2).strip()) if refresh else None
        # In noscript it is meant for those whom the page suits only without scripts.
        if target and target != url and not _is_inside(element, "noscript"):
            found.refreshes.append(target)
    else:
        found.metas.append(((element.get("name") or "").strip().lower(), content))


def _is_inside(element: lxml.html.HtmlElement, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def _mentioned(lowered: bytes | None) -> tuple[str, ...]:
    """Which of the attributes that hold code or addresses a page has."""
    names = (
        *rules.entries("script_links", "event_attributes"),
        *rules.entries("script_links", "data_attributes"),
    )
    return tuple(name for name in names if lowered is None or name.encode() in lowered)


@cache
def _having(names: tuple[str, ...]) -> etree.XPath:
    return etree.XPath(f"//*[{' or '.join(f'@{name}' for name in names)}]")


def _elements_with(root: lxml.html.HtmlElement, names: tuple[str, ...]) -> list[Any]:
    found = _having(names)(root)
    return found if isinstance(found, list) else []


def _add_scripted(elements: list[Any], links: LinkSet) -> None:
    events = rules.entries("script_links", "event_attributes")
    data = rules.entries("script_links", "data_attributes")
    for element in elements:
        targets = [value for name in data if (value := element.get(name)) and _plain_data(value)]
        for name in events:
            code = element.get(name)
            if code:
                targets += script_links.addresses(code)
        text = _bounded_text(element) if targets else ""
        for target in targets:
            links.add(target, text, nofollow=_is_refused(element))


def _plain_data(value: str) -> bool:
    return len(value) <= 2048 and script_links.is_plain(value)


def _add_menus(root: lxml.html.HtmlElement, links: LinkSet) -> None:
    """Selects that lead to the option chosen: whole addresses, or the end of one."""
    jumps = rules.pattern("script_links", "jump_menus")
    for menu in root.iter("select"):
        code = script_links.unescaped((menu.get("onchange") or "")[:2000])
        if code and not jumps.search(code):
            continue
        joined = _VALUE_JOINED.search(code)
        groups = [menu, *menu.iterchildren("optgroup")]
        options = (option for group in groups for option in group.iterchildren("option"))
        for option in islice(options, _MAX_OPTIONS):
            value = (option.get("value") or "").strip()
            if not value:
                continue
            text = _plain(option.text or "")
            if joined and _OPTION_VALUE.fullmatch(value):
                links.add(f"{joined.group(1)}{value}{joined.group(2) or ''}", text)
            elif (code and value[0] == "?") or (
                script_links.is_plain(value) and (code or value.startswith("http"))
            ):
                links.add(value, text)


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


def _bounded_text(element: lxml.html.HtmlElement) -> str:
    """The first words of an element that may hold half of the page."""
    pieces: list[str] = []
    length = 0
    for inner in islice(element.iter(), _MAX_INNER):
        pieces += [inner.text or "", (inner.tail or "") if inner is not element else ""]
        length += len(pieces[-1]) + len(pieces[-2])
        if length > _MAX_ANCHOR:
            break
    return _plain(" ".join(pieces))[:_MAX_ANCHOR]


def _plain(text: str) -> str:
    return tidy(_WHITE_SPACE.sub(" ", text[: 4 * _MAX_ANCHOR]))
