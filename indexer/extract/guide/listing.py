"""Tables of materials, steps or forms: one item a row, under a row of headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from indexer.extract import rules
from indexer.extract.guide.rows import Cell, Row

_MIN_HEADINGS: Final = 2
_MAX_HEADING: Final = 16


@dataclass(frozen=True)
class Item:
    """One row of such a table: its cells by the name of their column."""

    cells: Mapping[str, Cell]

    @property
    def name(self) -> Cell:
        """The cell that names the item."""
        return self.cells["name"]


@dataclass(frozen=True)
class Listing:
    """The headings of a table: ``key`` is the field that it lists, ``columns`` by place."""

    key: str
    table: int
    columns: Mapping[int, str]

    def item(self, row: Row) -> Item | None:
        """A row as an item; None for one without a name, such as a remark below the table."""
        cells: dict[str, Cell] = {}
        for cell in row.cells:
            name = self.columns.get(cell.column)
            if name and name != "ignored" and cell.text and name not in cells:
                cells[name] = cell
        alone = len([cell for cell in row.cells if cell.text]) == 1 and len(self.columns) > 1
        return None if alone or "name" not in cells else Item(cells)


def find_listing(row: Row, open_key: str) -> Listing | None:
    """The listing that a row of headings begins; None if the row is none.

    Headings that fit more than one field (名称, 下载) are of the field ``open_key``.
    """
    cells = [cell for cell in row.cells if cell.text]
    if row.table == 0 or len(cells) < _MIN_HEADINGS:
        return None
    kinds = [open_key] if open_key in _columns() else []
    kinds += [key for key in _columns() if key != open_key]
    found = [Listing(key, row.table, _named(cells, key)) for key in kinds]
    found = [listing for listing in found if _is_whole(listing, cells, open_key)]
    return max(found, key=lambda listing: len(listing.columns), default=None)


def _is_whole(listing: Listing, cells: list[Cell], open_key: str) -> bool:
    """Whether enough of the headings are known for the row to be one of headings."""
    names = listing.columns.values()
    if "name" not in names or len(names) < _MIN_HEADINGS or 2 * len(names) < len(cells):
        return False
    name = next(cell for cell in cells if listing.columns.get(cell.column) == "name")
    generic = _folded(name.text) in ("名称", "表格")
    return listing.key == open_key or not generic


def _named(cells: list[Cell], key: str) -> dict[int, str]:
    columns: dict[int, str] = {}
    for cell in cells:
        for name in _names(key, cell.text) if len(cell.text) <= 2 * _MAX_HEADING else ():
            if name == "ignored" or name not in columns.values():
                columns[cell.column] = name
                break
    return columns


@lru_cache(maxsize=8192)
def _names(key: str, text: str) -> tuple[str, ...]:
    """The columns that a heading may be the name of."""
    heading = _folded(text)
    if len(heading) > _MAX_HEADING:
        return ()
    return tuple(name for name, known in _columns()[key].items() if known.fullmatch(heading))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).strip(":*")


@cache
def _columns() -> dict[str, dict[str, re.Pattern[str]]]:
    return {
        key: {name: re.compile(pattern) for name, pattern in columns.items()}
        for key, columns in rules.load("service_guide")["columns"].items()
    }
