"""A page as rows of cells: the rows of its tables, and every other line as a row.

A row of a table knows its grid: cells that span rows or columns keep their place, so that
the second row under a label that spans two begins in the second column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import lxml.html
from lxml import etree

from indexer.extract.guide.labels import label_in
from indexer.extract.tree import Line, Tree, mark_newlines, tidy

INLINE: Final = frozenset({"a", "span", "font", "b", "strong", "i", "em", "u", "label", "small"})
"""Elements that stand inside a line."""

_BREAKS: Final = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "dl", "dd", "dt", "tr", "table", "section"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr"}
)
_UNREAD: Final = frozenset({"script", "style", "noscript", "select", "textarea", "template"})
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "table")
_LABELS_OF_LAYOUT: Final = 3
_MAX_SPAN: Final = 500
_MAX_COLUMNS: Final = 100


@dataclass(frozen=True)
class Cell:
    """Text of several lines, the element it stands in, and its place in a table's grid."""

    text: str
    element: int
    column: int = 0

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")


@dataclass(frozen=True)
class Row:
    """Cells side by side; ``table`` is the element of their table, 0 outside of tables."""

    cells: tuple[Cell, ...]
    owner: int
    table: int = 0


def block_of(tree: Tree, index: int) -> int:
    """The nearest element around that is no inline one."""
    while index > 0 and tree.elements[index].tag in INLINE:
        index = tree.parents[index]
    return index


def read_rows(tree: Tree, lines: Sequence[Line]) -> Iterator[Row]:
    """The rows in reading order, each table row once."""
    grids = _Grids(tree)
    done: set[int] = set()
    for line in lines:
        row = grids.row_of(line.owner)
        if row is None:
            cells = tuple(
                Cell(text, block_of(tree, line.owner)) for text in line.text.split("\t") if text
            )
            yield Row(cells, line.owner)
        elif row.owner not in done:
            done.add(row.owner)
            yield row


class _Grids:
    """The tables of a page, each laid out when it is first asked for."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._around = _nearest(tree, "tr")
        self._tables = _nearest(tree, "table")
        self._columns: dict[int, dict[int, int]] = {}
        self._rows: dict[int, Row | None] = {}

    def row_of(self, index: int) -> Row | None:
        """The row of a table of facts that an element stands in; None outside of such."""
        row = self._around[index]
        if row == 0:
            return None
        if row not in self._rows:
            self._rows[row] = self._read(row)
        return self._rows[row]

    def _read(self, row: int) -> Row | None:
        tree, table = self._tree, self._tables[row]
        if table == 0 or next(tree.elements[row].iterdescendants(*_HEADINGS), None) is not None:
            return None
        if table not in self._columns:
            self._columns[table] = self._lay_out(table)
        columns = self._columns[table]
        cells = tuple(
            Cell(text, cell, columns.get(cell, 0))
            for cell in _cells_of(tree, row)
            for text in [cell_text(tree.elements[cell])]
        )
        if any(_is_layout(cell) for cell in cells):
            return None
        return Row(cells, row, table)

    def _lay_out(self, table: int) -> dict[int, int]:
        """The grid column of every cell of a table."""
        tree = self._tree
        columns: dict[int, int] = {}
        until: dict[int, int] = {}  # the first row in which a column is free again
        rows = [
            index
            for index in range(table, tree.ends[table])
            if tree.elements[index].tag == "tr" and self._tables[index] == table
        ]
        for number, row in enumerate(rows):
            column = 0
            for cell in _cells_of(tree, row):
                while column < _MAX_COLUMNS and until.get(column, 0) > number:
                    column += 1
                columns[cell] = column
                wide, down = (_span(tree.elements[cell], name) for name in ("colspan", "rowspan"))
                for taken in range(column, min(column + wide, _MAX_COLUMNS)):
                    until[taken] = number + down
                column += wide
        return columns


def cell_text(element: lxml.html.HtmlElement) -> str:
    """The text of an element, one line for each block in it."""
    pieces: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        breaks = node is not element and node.tag in _BREAKS
        if event == "start":
            if breaks:
                pieces.append("\n")
            if node.tag in _UNREAD:
                walker.skip_subtree()
            elif node.text:
                pieces.append(mark_newlines(node.text))
        else:
            if breaks:
                pieces.append("\n")
            if node is not element and node.tail:
                pieces.append(mark_newlines(node.tail))
    return "\n".join(line for line in map(tidy, "".join(pieces).split("\n")) if line)


def _is_layout(cell: Cell) -> bool:
    """Whether a cell holds a part of the page and not a value."""
    labels = sum(label_in(line).key != "" for line in cell.lines) if "\n" in cell.text else 0
    return labels >= _LABELS_OF_LAYOUT


def _cells_of(tree: Tree, row: int) -> Iterator[int]:
    index = row + 1
    while index < tree.ends[row]:
        if tree.elements[index].tag in ("td", "th"):
            yield index
        index = tree.ends[index]


def _nearest(tree: Tree, tag: str) -> list[int]:
    """For each element the innermost one of the tag around it, or itself; 0 for none."""
    found = [0] * len(tree.elements)
    for index, element in enumerate(tree.elements):
        if element.tag == tag:
            found[index] = index
        elif index:
            found[index] = found[tree.parents[index]]
    return found


def _span(element: lxml.html.HtmlElement, name: str) -> int:
    number = re.match(r"\s*(\d{1,4})", element.get(name) or "")
    return min(max(1, int(number[1])), _MAX_SPAN) if number else 1
