"""The pictures of an article with their captions; ornaments and tools are passed over.

What is no content is told by ``rules/images.yaml``. A picture's caption is its figcaption, the
line under it, or what its ``alt`` or ``title`` say in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import lxml.html

from indexer.document import Image
from indexer.extract import rules
from indexer.extract.addresses import absolute_url
from indexer.extract.main_text import fold
from indexer.extract.metadata import clean
from indexer.extract.tree import Tree, mark_newlines, tidy

MAX_IMAGES: Final = 20
"""The pictures that are kept of one article, the first ones."""

_MAX_LOOKED_AT: Final = 400
_SMALLEST_SIDE: Final = 48
_LONGEST_CAPTION: Final = 120
_STEPS_UP: Final = 5
_STEPS_BEHIND: Final = 8
_BLOCKS: Final = frozenset(
    {"p", "div", "li", "td", "th", "tr", "tbody", "table", "figure", "figcaption", "center"}
    | {"section", "dd", "dt", "dl", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "br", "body"}
)
_SIDE: Final = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*;?\s*", re.IGNORECASE)
_STYLE_SIDE: Final = re.compile(
    r"(?:^|[;\s])(?:width|height)\s*:\s*(\d+)(?:\.\d+)?px", re.IGNORECASE
)


def find_images(
    tree: Tree,
    container: int,
    base: str,
    charset: str = "utf-8",
    *,
    title: str = "",
    within: tuple[int, int] | None = None,
) -> tuple[Image, ...]:
    """The pictures in the subtree of the element ``container``, each once, in reading order.

    ``base`` is what relative addresses are resolved against, ``charset`` the page's;
    ``within`` are the first element of the article and the first behind it, where the
    container holds more. An ``alt`` that repeats the page's ``title`` captions nothing.
    """
    if next(tree.elements[container].iter("img"), None) is None:
        return ()
    first, last = container, tree.ends[container]
    if within is not None:
        first, last = max(first, within[0]), min(last, within[1])
    found: dict[str, str] = {}
    for element in _candidates(tree, first, last):
        url = absolute_url(base, _source(element), charset)
        if url is None or (found.get(url)):
            continue
        found[url] = _caption(element, fold(title))
        if len(found) == MAX_IMAGES:
            break
    return tuple(Image(url, caption) for url, caption in found.items())


def _candidates(tree: Tree, first: int, last: int) -> Iterator[lxml.html.HtmlElement]:
    looked_at = 0
    for index in range(first, last):
        element = tree.elements[index]
        if element.tag == "img" and not tree.boilerplate[index]:
            looked_at += 1
            if looked_at > _MAX_LOOKED_AT:
                return
            if not _is_ornament(element):
                yield element


def _source(element: lxml.html.HtmlElement) -> str:
    for name in rules.entries("images", "attributes"):
        value = element.get(name)
        if value and value.strip():
            return str(value).strip()
    return ""


def _is_ornament(element: lxml.html.HtmlElement) -> bool:
    """Whether a picture is dress or tool by its address, its name or its declared size."""
    source = _source(element)
    if not source or rules.pattern("images", "source").search(source):
        return True
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    if names.strip() and rules.pattern("images", "name").search(names):
        return True
    declared = [_SIDE.fullmatch(element.get(name) or "") for name in ("width", "height")]
    sides = [int(side[1]) for side in declared if side]
    sides += [int(side) for side in _STYLE_SIDE.findall(element.get("style") or "")]
    return any(side < _SMALLEST_SIDE for side in sides)


def _caption(element: lxml.html.HtmlElement, title: str) -> str:
    for text in (_figcaption(element), _line_under(element)):
        if text:
            return text
    for name in ("alt", "title"):
        text = clean(element.get(name) or "")[:_LONGEST_CAPTION]
        if text and fold(text) != title and not _says_nothing(text):
            return text
    return ""


def _says_nothing(text: str) -> bool:
    return rules.pattern("images", "no_captions").fullmatch(text) is not None


def _figcaption(element: lxml.html.HtmlElement) -> str:
    figure = next(element.iterancestors("figure"), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return _text(caption) if caption is not None else ""


def _line_under(element: lxml.html.HtmlElement) -> str:
    """The next line of the page, if it begins as captions do or stands in such an element."""
    text, holder = _following(element)
    if not text or len(text) > _LONGEST_CAPTION:
        return ""
    names = holder.get("class") or "" if holder is not None else ""
    if names and rules.pattern("images", "caption_names").search(names):
        return text
    return text if rules.pattern("images", "captions").match(text) else ""


def _following(
    element: lxml.html.HtmlElement,
) -> tuple[str, lxml.html.HtmlElement | None]:
    """The first line of text behind an element and the block that holds it, if one does."""
    line = ""
    node: lxml.html.HtmlElement | None = element
    for _ in range(_STEPS_UP):
        if node is None:
            break
        line += node.tail or ""
        for sibling in islice(node.itersiblings(), _STEPS_BEHIND):
            is_block = sibling.tag in _BLOCKS
            if is_block and line.strip():
                return _tidied(line), None
            text = _text(sibling)
            if is_block and text:
                return text, sibling
            line += text + (sibling.tail or "")
        if line.strip():
            break
        node = node.getparent()
    return _tidied(line), None


def _text(element: lxml.html.HtmlElement) -> str:
    """The text of an element, cut where it is too long for a caption anyway."""
    text = ""
    if isinstance(element.tag, str) and element.tag not in ("script", "style", "img"):
        for piece in islice(element.itertext(), _LONGEST_CAPTION):
            text += piece
            if len(text) > 2 * _LONGEST_CAPTION:
                break
    return _tidied(text)


def _tidied(text: str) -> str:
    return tidy(mark_newlines(text))
