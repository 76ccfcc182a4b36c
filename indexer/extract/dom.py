"""A page's markup made into a tree and lines of text, both in one pass.

Inline elements join their texts without any separator, so that a document number survives
``钦政发〔2009<span>〕12</span>号``; block elements end a line; table cells are separated by
a tab. Each line knows which element it began in, so that the lines of any subtree are the
text of that subtree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import lxml.html
from lxml import etree

from indexer.extract import rules
from indexer.extract.tree import SOURCE_NEWLINE, Line, Tree, mark_newlines, tidy

MAX_SOURCE: Final = 4_000_000
"""Characters of markup that are read of a page; what a page needs is a hundredth of that. The
caller cuts the bytes of a page here too, before it decodes them."""

MAX_ELEMENTS: Final = 200_000
"""Elements that are read of a page: some seconds' work. The longest real tables have half."""

# Images inside the markup: megabytes before the text begins.
_EMBEDDED: Final = re.compile(r"data:[\w/+.-]{1,60};base64,[\w+/=%\s]+")
_LONGEST_TAG: Final = 10_000
# libxml2 compares each attribute of an element with all others: minutes for 200,000.
_LONG_TAG: Final = re.compile(rf"(<[a-zA-Z][^\s<>/]*)[^>]{{{_LONGEST_TAG},}}")
# Old editors never close <font>, so that each paragraph stands deeper than the one before it.
_UNNESTING: Final = (
    (re.compile(r"</?(?:font|span|b|strong|i|em|u|small|big|center)\b[^<>]*>", re.I), ""),
    (re.compile(r"(?:<(?!/?(?:a|p|h\d|tr|td|title|meta|base)\b)[^<>]*>\s*)+", re.I), "<br>"),
    (re.compile(r"(?:<[^<>]*>\s*)+"), "<br>"),
)

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
# What a cell of a table of facts does not hold; of divs it may hold short ones.
_LAYOUT: Final = frozenset({"table", "ul", "ol", "form", "h1", "h2", "h3", "iframe", "div"})
_INVISIBLE_CLASS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufeff\u200b-\u200f\u2028-\u202e\u2060"
_ILLEGAL_CLASS: Final = "\ud800-\udfff\ufffe\uffff"
_INVISIBLE: Final = re.compile(f"[{_INVISIBLE_CLASS}]")
_ILLEGAL: Final = re.compile(f"[{_ILLEGAL_CLASS}]")
_UNWANTED: Final = re.compile(f"[{_INVISIBLE_CLASS}{_ILLEGAL_CLASS}]")
_INVISIBLE_REFERENCE: Final = re.compile(
    "&(?:shy|zwn?j|lrm|rlm|#(?:173|820[3-7]|8288|65279)|#x(?:ad|200[b-f]|2060|feff))(?:;|(?![0-9a-z]))",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SENTENCE: Final = re.compile("[，。；：？！、…,;]")
_LONG_RUN: Final = 15
_LONGEST_NAME: Final = 60
_SHORT_CELL: Final = 200
_LONGEST_ROW: Final = 10_000
_WEIGHT_OF_FRAGMENT: Final = 0.3

_TEXT, _PAGE_LINK, _FILE_LINK = range(3)
_Segment = tuple[int, str, int]
"""The element a text stands in, the text or a mark, and what kind of text it is."""


def parse(text: str) -> Tree:
    """Reads a page; never fails, whatever the text is.

    What could not be read of a huge or overly nested one is told in :attr:`Tree.remark`.
    """
    remark = ""
    if len(text) > MAX_SOURCE:
        text = _EMBEDDED.sub("", text)
        remark = f"cut: only {MAX_SOURCE} characters of markup are read" * (len(text) > MAX_SOURCE)
        text = text[:MAX_SOURCE]
    if _UNWANTED.search(text):
        text = _ILLEGAL.sub("\ufffd", _INVISIBLE.sub("", text))
    text = _INVISIBLE_REFERENCE.sub("", text)
    if max(map(len, text.split(">"))) > _LONGEST_TAG:
        text = _LONG_TAG.sub(r"\1 ", text)
    root, is_whole = _parsed(text)
    for superfluous, put in _UNNESTING:
        if is_whole:
            break
        remark = remark or "markup nested beyond reason: read without its blocks"
        text = superfluous.sub(put, text)
        root, is_whole = _parsed(text)
    tree = Tree(root)
    segments = _Reader(tree).read()
    if len(tree.elements) >= MAX_ELEMENTS:
        remark = f"cut: only {MAX_ELEMENTS} elements are read"
    tree.remark = remark
    _mark_boilerplate(tree)
    tree.lines = _lines_of(tree, segments)
    return tree


def _parsed(text: str) -> tuple[lxml.html.HtmlElement, bool]:
    """The root element, and whether the parser got to the end.

    libxml2 stops at 2,048 open elements, whatever stands behind.
    """
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = lxml.html.document_fromstring(b"<html><body></body></html>")
    fatal = parser.error_log.filter_from_fatals()
    return root, not any("depth" in error.message for error in fatal)


@dataclass(slots=True)
class _Cell:
    """An open cell of a table: where its mark stands, and what has been seen in it."""

    segment: int
    layout: bool = False
    blocks: bool = False
    characters: int = 0


class _Reader:
    """The one pass over a page: elements, their weights, and the segments of its text."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.segments: list[_Segment] = []
        self.kinds: list[int] = [_TEXT]
        self.preformatted = 0
        self.rows: list[bool] = []
        self.cells: list[_Cell] = []

    def read(self) -> list[_Segment]:
        tree = self.tree
        path: list[int] = []
        walker = etree.iterwalk(tree.root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                index = len(tree.elements)
                if index >= MAX_ELEMENTS:
                    break
                names, style = self._open(element, path[-1] if path else -1)
                tag = element.tag
                # An element that is not read is closed without being looked at again.
                if tag in _UNREAD or (style and _is_hidden(style, names)):
                    if tag == "iframe":
                        self._mark_cell(tag)
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
        for index in path:  # open still, when there are too many
            if index >= 0:
                tree.ends[index] = len(tree.elements)
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
                self.rows.append(False)
            elif tag == "pre":
                self.preformatted += 1
            elif tag in _LAYOUT:
                self._mark_cell(tag)
        elif tag in ("td", "th"):
            self.cells.append(_Cell(len(self.segments)))
            self.segments.append((index, _ROW, 0))
        elif tag == "a":
            self.kinds.append(_kind_of_link(element.get("href")))
        text = element.text
        if text:
            self._text(index, text)

    def _end(self, index: int, tag: str) -> None:
        if tag in _BLOCKS:
            self.segments.append((index, _ROW if tag == "tr" else _BREAK, 0))
            if tag == "tr" and self.rows:
                self.rows.pop()
            elif tag == "pre":
                self.preformatted -= 1
        elif tag in ("td", "th"):
            self._end_cell(index)
        elif tag == "a":
            self.kinds.pop()

    def _mark_cell(self, tag: str) -> None:
        if self.cells:
            self.cells[-1].blocks = True
            self.cells[-1].layout |= tag != "div"

    def _end_cell(self, index: int) -> None:
        """Joins a cell of a table of facts to the one before it; a cell of layout is a block."""
        cell = self.cells.pop()
        simple = bool(self.rows) and not cell.layout
        simple = simple and not (cell.blocks and cell.characters > _SHORT_CELL)
        if simple and self.rows[-1]:
            self.segments[cell.segment] = (index, _CELL, 0)
        if self.rows:
            self.rows[-1] = simple
        if self.cells:
            around = self.cells[-1]
            around.layout |= cell.layout
            around.blocks |= cell.blocks
            around.characters += cell.characters

    def _text(self, owner: int, text: str) -> None:
        length = len(text.strip())
        if self.cells:
            self.cells[-1].characters += length
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
            joins = len(lines) > row_began and len(lines[-1].text) < _LONGEST_ROW
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
