"""A page's markup made into a tree and lines of text, both in one pass.

Inline elements join their texts without any separator, so that a document number survives
``钦政发〔2009<span>〕12</span>号``; block elements end a line; table cells are separated by
a tab. Each line knows which element it began in, so that the lines of any subtree are the
text of that subtree.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import lxml.html
from lxml import etree

from indexer.extract import rules
from indexer.extract.tree import SOURCE_NEWLINE, Line, Tree, mark_newlines, tidy

MAX_CHARACTERS: Final = 4_000_000
"""Longer pages are read up to here."""

_BREAK: Final = "\n"
_ROW: Final = "\x1d"
_CELL: Final = "\x1f"

_BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div"}
    | {"details", "dialog", "dir", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"}
    | {"frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li"}
    | {"main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot"}
    | {"thead", "title", "tr", "ul"}
)
_UNREAD: Final = frozenset(
    {"script", "style", "noscript", "template", "object", "embed", "applet", "select", "textarea"}
    | {"button", "svg", "math", "head", "iframe", "audio", "video", "canvas", "map", "noframes"}
)
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b-\u200f\u2028-\u202e\u2060]"
)
_ILLEGAL: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SENTENCE: Final = re.compile("[，。；：？！、…,;]")
_LONG_RUN: Final = 15
_LONGEST_NAME: Final = 60
_SHORT_CELL: Final = 200
_WEIGHT_OF_FRAGMENT: Final = 0.3

_TEXT, _PAGE_LINK, _FILE_LINK = range(3)
_Segment = tuple[int, str, int]
"""The element a text stands in, the text or a mark, and what kind of text it is."""


def parse(text: str) -> Tree:
    """Reads a page; never fails, whatever the text is."""
    text = _ILLEGAL.sub("\ufffd", _INVISIBLE.sub("", text[:MAX_CHARACTERS]))
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = lxml.html.document_fromstring(b"<html><body></body></html>")
    tree = Tree(root)
    segments = _Reader(tree).read()
    _mark_boilerplate(tree)
    tree.lines = _lines_of(tree, segments)
    return tree


class _Reader:
    """The one pass over a page: elements, their weights, and the segments of its text."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.segments: list[_Segment] = []
        self.kinds: list[int] = [_TEXT]
        self.preformatted = 0
        self.row_cells: list[bool] = []

    def read(self) -> list[_Segment]:
        tree = self.tree
        path: list[int] = []
        walker = etree.iterwalk(tree.root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                index = len(tree.elements)
                names, style = self._open(element, path[-1] if path else -1)
                tag = element.tag
                # An element that is not read is closed without being looked at again.
                if tag in _UNREAD or (style and _is_hidden(style, names)):
                    walker.skip_subtree()
                    path.append(~index)
                else:
                    path.append(index)
                    self._start(index, element, tag)
                continue
            index = path.pop()
            if index >= 0:
                tree.ends[index] = len(tree.elements)
                self._end(index, element.tag)
            tail = element.tail
            if tail and path:
                self._text(path[-1], tail)
        self._add_up()
        return self.segments

    def _open(self, element: lxml.html.HtmlElement, parent: int) -> tuple[list[str], str | None]:
        tree = self.tree
        index = len(tree.elements)
        tree.elements.append(element)
        tree.parents.append(parent)
        tree.ends.append(index + 1)
        tree.mass.append(0.0)
        tree.linked.append(0)
        tree.boilerplate.append(False)
        get = element.get
        identity, classes = get("id"), get("class")
        names: list[str] = []
        if identity or classes:
            names = f"{identity or ''} {classes or ''}".lower().split()
            for name in names:
                tree.tokens[name].append(index)
        return names, get("style")

    def _start(self, index: int, element: lxml.html.HtmlElement, tag: str) -> None:
        if tag in _BLOCKS:
            self.segments.append((index, _ROW if tag == "tr" else _BREAK, 0))
            if tag == "tr":
                self.row_cells.append(False)
            elif tag == "pre":
                self.preformatted += 1
        elif tag in ("td", "th"):
            simple = bool(self.row_cells) and _holds_only_text(element)
            joined = simple and self.row_cells[-1]
            self.segments.append((index, _CELL if joined else _ROW, 0))
            if self.row_cells:
                self.row_cells[-1] = simple
        elif tag == "a":
            self.kinds.append(_kind_of_link(element.get("href")))
        text = element.text
        if text:
            self._text(index, text)

    def _end(self, index: int, tag: str) -> None:
        if tag in _BLOCKS:
            self.segments.append((index, _ROW if tag == "tr" else _BREAK, 0))
            if tag == "tr" and self.row_cells:
                self.row_cells.pop()
            elif tag == "pre":
                self.preformatted -= 1
        elif tag == "a":
            self.kinds.pop()

    def _text(self, owner: int, text: str) -> None:
        length = len(text.strip())
        if not self.preformatted:
            text = mark_newlines(text) if length else SOURCE_NEWLINE
            if "\t" in text:
                text = text.replace("\t", " ")
        kind = self.kinds[-1]
        self.segments.append((owner, text, kind))
        if kind == _PAGE_LINK:
            self.tree.linked[owner] += length
        elif length:
            running = length >= _LONG_RUN or _SENTENCE.search(text)
            self.tree.mass[owner] += length if running else _WEIGHT_OF_FRAGMENT * length

    def _add_up(self) -> None:
        tree = self.tree
        for index in range(len(tree.elements) - 1, 0, -1):
            parent = tree.parents[index]
            tree.mass[parent] += tree.mass[index]
            tree.linked[parent] += tree.linked[index]


def _is_hidden(style: str, names: list[str]) -> bool:
    """Hidden for good: not a tab's pane, which a click brings out."""
    return bool(_HIDDEN.search(style)) and not any(_is_pane(name) for name in names)


@lru_cache(maxsize=4096)
def _is_pane(name: str) -> bool:
    pane = rules.pattern("boilerplate", "tab_panes")
    return len(name) <= _LONGEST_NAME and pane.fullmatch(name) is not None


@lru_cache(maxsize=16384)
def _is_footer(name: str) -> bool:
    footers = rules.pattern("boilerplate", "footers")
    return len(name) <= _LONGEST_NAME and footers.fullmatch(name) is not None


@lru_cache(maxsize=16384)
def _is_furniture(name: str) -> bool:
    blocks = rules.pattern("boilerplate", "blocks")
    return len(name) <= _LONGEST_NAME and blocks.fullmatch(name) is not None


@lru_cache(maxsize=16384)
def _kind_of_link(href: str | None) -> int:
    if href is None or (href[:1] == "#" and len(href) > 1):
        return _TEXT  # an anchor's name, or the tab of a pane on the same page
    return _FILE_LINK if rules.pattern("boilerplate", "file_links").search(href) else _PAGE_LINK


def _mark_boilerplate(tree: Tree) -> None:
    """Marks the site's furniture by tag, id and class, and takes its weight away.

    A block with half of the page's running text is no furniture whatever its name, unless
    it is the footer of a page without text.
    """
    limit = tree.mass[0] / 2
    tags: dict[str, list[int]] = {"nav": [], "footer": []}
    for index, element in enumerate(tree.elements):
        if element.tag in tags:
            tags[element.tag].append(index)
    footers = {index for name in tree.tokens if _is_footer(name) for index in tree.tokens[name]}
    footers.update(tags["footer"])
    blocks = [name for name in tree.tokens if _is_furniture(name)]
    marked = {index for name in blocks for index in tree.tokens[name]}
    marked.update(footers, tags["nav"])
    blocked_until = 0
    for index in sorted(marked):
        if index < blocked_until or (tree.mass[index] > limit and index not in footers):
            continue
        if tree.elements[index].tag in ("html", "body"):
            continue
        blocked_until = tree.ends[index]
        tree.boilerplate[index:blocked_until] = [True] * (blocked_until - index)
        mass, linked, above = tree.mass[index], tree.linked[index], tree.parents[index]
        while above >= 0:
            tree.mass[above] -= mass
            tree.linked[above] -= linked
            above = tree.parents[above]


def _lines_of(tree: Tree, segments: list[_Segment]) -> list[Line]:
    lines: list[Line] = []
    pieces: list[str] = []
    blank = Line("", 0)
    row_began, joins = 0, False
    for index, text, kind in [*segments, (0, _ROW, _TEXT)]:
        if text not in (_BREAK, _ROW, _CELL):
            if not pieces:
                if text == SOURCE_NEWLINE:
                    continue
                blank = Line("", index)
            pieces.append(text)
            if kind == _PAGE_LINK:
                blank.linked += len(text.strip())
            elif kind == _FILE_LINK:
                blank.files += len(text.strip())
            continue
        if pieces and _add_line(lines, pieces, blank, joins=joins):
            joins = False
        pieces = []
        if text == _ROW:
            row_began, joins = len(lines), False
        elif text == _CELL:
            joins = len(lines) > row_began
    for line in lines:
        line.boilerplate = tree.boilerplate[line.owner]
    return lines


def _add_line(lines: list[Line], pieces: list[str], blank: Line, *, joins: bool) -> bool:
    """Adds what was collected, as the row's next cell when it ``joins``; False if nothing."""
    texts = [text for text in map(tidy, "".join(pieces).split("\n")) if text]
    if not texts:
        return False
    if joins:
        lines[-1].text += f"\t{texts.pop(0)}"
        lines[-1].linked += blank.linked
        lines[-1].files += blank.files
    lines.extend(Line(text, blank.owner, blank.linked, blank.files) for text in texts)
    return True


def _holds_only_text(cell: lxml.html.HtmlElement) -> bool:
    """Whether a cell is one of a table of facts and not of the page's layout."""
    layout = cell.iterdescendants("table", "ul", "ol", "form", "h1", "h2", "h3", "iframe")
    if next(layout, None) is not None:
        return False
    if next(cell.iterdescendants("div"), None) is None:
        return True
    return sum(map(len, cell.itertext())) <= _SHORT_CELL
