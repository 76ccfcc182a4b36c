"""From rows to fields: which label each piece of a guide belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from indexer.extract.guide.labels import (
    NO_FIELD,
    Labelled,
    contact_label,
    known_label,
    label_in,
)
from indexer.extract.guide.listing import Item, Listing, find_listing
from indexer.extract.guide.rows import INLINE, Cell, Row, block_of
from indexer.extract.guide.tabs import Tabs
from indexer.extract.tree import Tree
from indexer.service import FIELDS


@dataclass(frozen=True)
class Piece:
    """A line of a field's value and the element it stands in, for its links."""

    text: str
    element: int


Content = Piece | Item

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "th", "summary", "legend"})
_LEAST_HEADINGS: Final = 2
_LEAST_LABELS: Final = 3
_SHARE_OF_HEADINGS: Final = 0.3
_SHARE_OF_LABELS: Final = 0.6
_MAX_UNKNOWN: Final = 14
_SMALL: Final = 5
_LEVELS: Final = 4
_BETWEEN: Final = " ，,；;、|｜\u3000"
_SENTENCE: Final = re.compile("[，。；：？！、…,;?!]|\\d{3}")

Style = tuple[str, ...]


class Reader:
    """Reads rows one after another.

    ``fields`` holds what each label has got, ``remarks`` what labels have in brackets.
    """

    def __init__(self, tree: Tree, tabs: Tabs, rows: Sequence[Row]) -> None:
        self.fields: dict[str, list[Content]] = {}
        self.remarks: dict[str, str] = {}
        self._tree = tree
        self._tabs = tabs
        self._open = ""
        self._by_colon = False
        self._pane = 0
        self._beside = 0
        self._listing: Listing | None = None
        self._heads: tuple[int, dict[int, str]] = (0, {})
        self._links = _labels_that_lead_away(tree)
        self._label_styles = self._styles(rows)
        self._label_columns = _label_columns(rows)
        for row in rows:
            self._read(row)

    def _read(self, row: Row) -> None:
        if self._tabs.is_header(row.owner):
            return
        pane, label = self._tabs.pane_of(row.owner)
        if pane != self._pane:
            self._pane = pane
            self._begin(label)
        if self._beside and not self._beside <= row.owner < self._tree.ends[self._beside]:
            self._begin("")  # a label beside its value in a table reaches no further than that
        if row.table == 0:
            self._line(row)
        elif not (self._in_listing(row) or self._under_heads(row)):
            self._table_row(row)

    # -- tables ---------------------------------------------------------------------------

    def _in_listing(self, row: Row) -> bool:
        """Whether a row belongs to a table of items, its headings included."""
        first = known_label(row.cells[0].text) if row.cells else ""
        if first:
            listing = find_listing(Row(row.cells[1:], row.owner, row.table), first)
            if listing:
                self._begin(first)
                self._listing = listing
                return True
        listing = find_listing(row, self._open)
        if listing and not _is_pairs(row):
            self._listing = listing
            return True
        listing = self._listing
        if listing is None or listing.table != row.table:
            return False
        columns = listing.columns
        if first and (row.cells[0].column not in columns or len(row.cells) < len(columns)):
            self._listing = None
            return False
        item = listing.item(row)
        contents: list[Content] = [item] if item else _pieces(" ".join(_texts(row)), row.owner)
        self.fields.setdefault(listing.key, []).extend(contents)
        return True

    def _under_heads(self, row: Row) -> bool:
        """Whether a row is one of labels with values below, or of such values."""
        table, heads = self._heads
        labels = {
            cell.column: "" if self._is_link(cell.text, cell.element) else known_label(cell.text)
            for cell in row.cells
        }
        if len(labels) >= _LEAST_HEADINGS and all(labels.values()):
            self._heads = (row.table, labels)
            for cell in row.cells:
                self._begin(labels[cell.column], label_in(cell.text).remark)
            self._begin("")
            return True
        if table != row.table or any(labels.values()) or not labels.keys() <= heads.keys():
            self._heads = (0, {})
            return False
        for cell in row.cells:
            if heads[cell.column] != NO_FIELD:
                self.fields.setdefault(heads[cell.column], []).extend(
                    _pieces(cell.text, cell.element)
                )
        return True

    def _table_row(self, row: Row) -> None:
        pending: list[str] = []
        last = row.owner
        for position, cell in enumerate(row.cells):
            if not cell.text:
                continue
            labelled = label_in(cell.text) if "\n" not in cell.text else Labelled("", cell.text)
            unknown = position + 1 < len(row.cells) and self._is_unknown_label(row, cell)
            if labelled.is_bare and self._is_link(cell.text, cell.element):
                self._button(labelled.key, cell)
            elif labelled.is_bare or unknown:
                self._add(" ".join(pending), last)
                pending = []
                self._begin(labelled.key or NO_FIELD, labelled.remark)
                self._beside = row.table if len(row.cells) > 1 else 0
            elif "\n" in cell.text or labelled.key:
                self._add(" ".join(pending), last)
                pending = []
                for line in cell.lines:
                    self._labelled_line(line, cell.element)
            else:
                pending.append(cell.text)
                last = cell.element
        self._add(" ".join(pending), last)

    def _is_unknown_label(self, row: Row, cell: Cell) -> bool:
        return (row.table, cell.column) in self._label_columns and _may_be_label(cell.text)

    # -- other lines ----------------------------------------------------------------------

    def _line(self, row: Row) -> None:
        for number, cell in enumerate(row.cells):
            text, key = cell.text, ""
            if number == 0:
                key, text = self._inline_label(row.owner, text)
            if key:
                self._begin(key)
                self._add(text, cell.element)
            elif self._is_unknown_heading(row, cell):
                self._begin(NO_FIELD)
            else:
                self._labelled_line(text, cell.element)

    def _inline_label(self, owner: int, text: str) -> tuple[str, str]:
        """A label in an element of its own before its value: ``<b>实施主体</b>市公安局``."""
        own = self._own_text(owner)
        if not own or len(own) >= len(text) or not text.startswith(own):
            return "", text
        key = known_label(own)
        if not key and self._style(owner) in self._label_styles and _may_be_label(own):
            key = NO_FIELD
        return key, text[len(own) :].lstrip(" :：\u3000") if key else text

    def _is_unknown_heading(self, row: Row, cell: Cell) -> bool:
        if len(row.cells) > 1 or not self._open or known_label(cell.text):
            return False
        return self._style(row.owner) in self._label_styles and _may_be_label(cell.text)

    def _labelled_line(self, line: str, element: int) -> None:
        """One line that may begin with a label, and may hold labels of short fields further on."""
        labelled = label_in(line)
        if labelled.is_bare and self._is_link(line, element):
            self._button(labelled.key, Cell(line, element))
        elif labelled.is_bare:
            self._begin(labelled.key, labelled.remark)
        elif labelled.key and not self._belongs_to_open(labelled.key):
            self._begin(labelled.key, labelled.remark, by_colon=True)
            self._short_fields(labelled.value, element)
        else:
            self._add(line, element)

    def _short_fields(self, text: str, element: int) -> None:
        """The value of a labelled line, cut where the label of another short field begins."""
        cuts: list[int] = []
        if self._open == NO_FIELD or FIELDS[self._open].short:
            cuts = [found.start() for found in contact_label().finditer(text)]
        self._add(text[: cuts[0]].rstrip(_BETWEEN) if cuts else text, element)
        for start, end in pairwise([*cuts, len(text)]):
            rest = label_in(text[start:end].rstrip(_BETWEEN))
            self._begin(rest.key, by_colon=True)
            self._add(rest.value, element)

    def _belongs_to_open(self, key: str) -> bool:
        """Whether ``label：value`` is a part of a value: 办理时限 within a step."""
        inside = self._open not in ("", NO_FIELD) and not self._by_colon
        return inside and key != NO_FIELD and bool(self.fields.get(key))

    def _is_link(self, text: str, element: int) -> bool:
        """Whether a label is the text of a link to another page: a button, not a heading."""
        return (element, text) in self._links

    def _button(self, key: str, cell: Cell) -> None:
        """A link called 在线办理 or 表格下载: of that field, whatever field it stands in."""
        if key in ("online_url", "forms"):
            self.fields.setdefault(key, []).append(Piece(cell.text, cell.element))
        else:
            self._add(cell.text, cell.element)

    # -- fields ---------------------------------------------------------------------------

    def _begin(self, key: str, remark: str = "", *, by_colon: bool = False) -> None:
        self._open, self._by_colon, self._beside = key, by_colon, 0
        if key and key != NO_FIELD:
            self.fields.setdefault(key, [])
            if remark:
                self.remarks[key] = remark

    def _add(self, text: str, element: int) -> None:
        if text and self._open and self._open != NO_FIELD:
            self.fields[self._open].extend(_pieces(text, element))

    def _own_text(self, index: int) -> str:
        """The text of a small inline element; "" for others, which may hold a whole page."""
        small = self._tree.ends[index] - index <= _SMALL
        inline = self._tree.elements[index].tag in INLINE
        return self._tree.text_of(index) if small and inline else ""

    def _style(self, index: int) -> Style:
        """What a reader tells a label by: tag and class of its element and of the block."""
        block = block_of(self._tree, index)
        places = (index, block) if block != index else (index,)
        return tuple(
            part
            for place in places
            for part in (
                str(self._tree.elements[place].tag),
                self._tree.elements[place].get("class") or "",
            )
        )

    def _styles(self, rows: Iterable[Row]) -> set[Style]:
        """Styles of which most lines are labels: others of the same style are labels too."""
        known: Counter[Style] = Counter()
        every: Counter[Style] = Counter()
        for row in rows:
            if row.table or len(row.cells) != 1:
                continue
            style = self._style(row.owner)
            every[style] += 1
            text = row.cells[0].text
            known[style] += bool(known_label(text) or known_label(self._own_text(row.owner)))
        found = set()
        for style, count in known.items():
            heading = not _HEADINGS.isdisjoint(style[::2])
            least = _LEAST_HEADINGS if heading else _LEAST_LABELS
            share = _SHARE_OF_HEADINGS if heading else _SHARE_OF_LABELS
            if count >= least and count >= share * every[style]:
                found.add(style)
        return found


def _labels_that_lead_away(tree: Tree) -> set[tuple[int, str]]:
    """Labels that are links to other pages, with the blocks and table cells they stand in."""
    found = set()
    for index, element in enumerate(tree.elements):
        href = (element.get("href") or "").strip().lower() if element.tag == "a" else ""
        if not href or href.startswith(("#", "javascript")):
            continue
        text = tree.text_of(index)
        if known_label(text):
            around = block_of(tree, index)
            for _ in range(_LEVELS):
                found.add((around, text))
                around = max(0, tree.parents[around])
    return found


def _label_columns(rows: Iterable[Row]) -> set[tuple[int, int]]:
    """Columns of tables with labels beside their values."""
    known: Counter[tuple[int, int]] = Counter()
    every: Counter[tuple[int, int]] = Counter()
    for row in rows:
        if not row.table or len(row.cells) < 2:
            continue
        for cell in row.cells[:-1]:
            every[row.table, cell.column] += 1
            known[row.table, cell.column] += known_label(cell.text) != ""
    return {
        place
        for place, count in known.items()
        if count >= _LEAST_HEADINGS and count >= _SHARE_OF_HEADINGS * every[place]
    }


def _is_pairs(row: Row) -> bool:
    """Whether labels and values stand in turn, as in 申请材料 | 空 | 表格下载 | 空."""
    labels = [known_label(cell.text) != "" for cell in row.cells]
    return len(labels) in (2, 4) and labels[::2] == [True] * (len(labels) // 2)


def _may_be_label(text: str) -> bool:
    bare = text.rstrip(":： ")
    return len(bare) <= _MAX_UNKNOWN and "\n" not in bare and not _SENTENCE.search(bare)


def _texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells if cell.text]


def _pieces(text: str, element: int) -> list[Content]:
    return [Piece(line, element) for line in text.split("\n") if line]
