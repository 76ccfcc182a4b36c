"""The table of contents of a bundle: its extent, and the entries it may be read as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from indexer.extract import rules
from indexer.extract.gazette.lines import (
    ALIKE,
    Line,
    folded,
    is_number,
    likeness,
    subject_of,
    without_number,
)

_LONGEST_LINE: Final = 300
_LONGEST_ENTRY: Final = 200
_MOST_JOINED: Final = 4
_MOST_CONTENTS: Final = 3
_LINES_BEFORE_FIRST: Final = 8
_MOST_LINES: Final = 5000
_SHORTEST_REPEATED: Final = 6
_ENOUGH: Final = 12
_PAGE: Final = re.compile(
    r"^(?P<title>.*?)(?P<apart>[\s.．…·•。﹒⋯_—―-]*[（(\[]?\s?[pP]?)(?P<page>\d{1,4})\s?[)）\]]?\s*$"
)
_PAGE_APART: Final = re.compile(r"(?:^|\S[.．…·•。﹒⋯\s（(]+)\d{1,4}\s?[)）]?\s*$")
_PAGE_FIRST: Final = re.compile(r"^(?P<page>\d{1,3})(?P<apart>\s+)(?P<title>[^\d\s].{5,})$")
_LEADERS: Final = re.compile(r"[\s.．…·•﹒⋯_—―-]{2,}$|[…⋯]+$|。{2,}$")
_CELLS: Final = re.compile(r"\t|[ \u3000]{4,}")
_BULLET: Final = re.compile(
    r"^(?:[\s●○◆◇★☆■□▲△▪·•※►▶◎*—-]+|[（(]?[\d一二三四五六七八九十]{1,3}(?:[、．.)）]|\s)\s*)+"
    r"(?=\S{3})"
)
_CJK: Final = "\u2e80-\u9fff\uff00-\uff60"
_GAP: Final = re.compile(f"(?<=[{_CJK}])[ \u3000\xa0]+(?=[{_CJK}])")
_PROSE: Final = re.compile(r"[。；;]|[，,：:]$")
_BRACKETED: Final = re.compile(r"[【\[〖［(（].{1,20}[】\]〗］)）]")


@dataclass(frozen=True)
class Entry:
    """One way to read a place of the contents: ``page`` is the printed number, ``number`` a
    document number that stands beside the title, ``cells`` how many cells it takes.
    """

    title: str
    folded: str
    page: int | None = None
    number: str = ""
    cells: int = 1

    @property
    def is_heading(self) -> bool:
        """Whether it names a group of documents (【市政府文件】) or a part of the booklet."""
        if self.page is None and _BRACKETED.fullmatch(self.title.strip()):
            return True
        return any(
            rules.pattern("gazette", kind).fullmatch(self.folded)
            for kind in ("headings", "not_documents", "contents")
        )

    @property
    def is_document(self) -> bool:
        """Whether it reads as the title of a document or another text gazettes print."""
        return any(
            rules.pattern("gazette", kind).search(self.title)
            for kind in ("document_titles", "other_entries")
        ) and not rules.pattern("gazette", "chapters").match(self.folded)


@dataclass(frozen=True)
class Contents:
    """A contents list: ``end`` is the first line behind it; ``readings[i]`` are the ways to
    read the entry that begins at cell ``i``, the best first; empty where none begins.
    """

    end: int
    readings: tuple[tuple[Entry, ...], ...]
    headed: bool


@dataclass(frozen=True)
class _Cell:
    text: str
    page: int | None


def make_entry(title: str, page: int | None = None, cells: int = 1) -> Entry:
    """An entry from a title as printed: bullets, ordinals and the number taken off."""
    title = _GAP.sub("", title.strip())
    if is_number(title):
        return Entry("", "", page, title, cells)
    title, number = without_number(_LEADERS.sub("", title))
    title = _BULLET.sub("", title).strip()
    return Entry(title, folded(title), page, number, cells)


def find_contents(lines: Sequence[Line], anchors: frozenset[str]) -> Iterator[Contents]:
    """Every list of contents the lines may hold, the likeliest first.

    It stands under a line 目录, at the links to places of the same page, whose folded texts
    are ``anchors``, or at the top of the text.
    """
    heading = rules.pattern("gazette", "contents")
    starts = [
        (position + 1, True)
        for position, line in enumerate(lines)
        if len(line.folded) < 20
        and (heading.fullmatch(line.folded) or _on_two_lines(lines, position))
    ][:_MOST_CONTENTS]
    linked = (p for p, line in enumerate(lines) if anchors and _plain(line) in anchors)
    starts += [(position, True) for position in [next(linked, None)] if position is not None]
    for start, headed in [*starts, (0, False)]:
        block = lines[start : _block_end(lines, start)]
        apart = sum(bool(_PAGE_APART.search(line.text)) for line in block) >= 2
        rows = [_cells(line.text, apart=apart) for line in block]
        # Page numbers may stand apart from their titles; then those are read without them.
        for paged in (True, False) if _is_paged(rows) else (False,):
            kept = _by_last_page(rows) if paged else _first_title_again(block, rows) or len(block)
            for cells in _orders(rows[:kept]):
                readings = _by_page(cells) if paged else _one_by_one(cells)
                yield Contents(start + kept, tuple(readings), headed)


def _on_two_lines(lines: Sequence[Line], position: int) -> bool:
    pair = [line.folded for line in lines[position : position + 2]]
    return pair == ["目", "录"]


def _plain(line: Line) -> str:
    return make_entry(line.text).folded


def _block_end(lines: Sequence[Line], start: int) -> int:
    """The first line from ``start`` on that is running text."""
    last = min(len(lines), start + _MOST_LINES)
    for position in range(start, last):
        text = lines[position].text
        if len(text) > _LONGEST_LINE:
            return position
        page = _PAGE.match(text)
        if _PROSE.search(_LEADERS.sub("", page["title"] if page else text)):
            return position
    return last


def _cells(text: str, *, apart: bool) -> list[_Cell]:
    """The cells of a line; a cell that is a page number alone goes with the one before it.

    ``apart``: page numbers of this list have leaders, brackets or space before them, so that
    a figure at the end of a broken title (关于2 009年…) is none.
    """
    cells: list[_Cell] = []
    for part in _CELLS.split(text):
        found = _PAGE.match(part) or _PAGE_FIRST.match(part)
        if found and apart and found["title"] and not found["apart"]:
            found = None
        page = int(found["page"]) if found else None
        title = (found["title"] if found else part).strip()
        if page is not None and 1900 <= page < 2100:
            title, page = part.strip(), None
        if not folded(title) and page is not None and cells and cells[-1].page is None:
            cells[-1] = _Cell(cells[-1].text, page)
        elif folded(title) or page is not None:
            cells.append(_Cell(title, page))
    return cells


def _is_paged(rows: Sequence[Sequence[_Cell]]) -> bool:
    """Whether the list gives page numbers: some, and as a rule not falling."""
    pages = [cell.page for row in rows for cell in row if cell.page is not None]
    if len(pages) < 2 or len(pages) < 0.25 * sum(map(len, rows)):
        return False
    rising = sum(a <= b for a, b in pairwise(pages))
    return rising >= 0.6 * (len(pages) - 1) or any(len(row) > 1 for row in rows)


def _by_last_page(rows: Sequence[Sequence[_Cell]]) -> int:
    """How many lines of the block are contents: up to the last with a page number."""
    ends = [any(cell.page is not None for cell in row) for row in rows]
    return len(ends) - ends[::-1].index(True)


def _first_title_again(lines: Sequence[Line], rows: Sequence[Sequence[_Cell]]) -> int:
    """Where one of the first entries stands for the last time: that is the title of the
    first document, and the contents end before it. 0: nowhere."""
    stream = "".join(line.folded for line in lines)
    starts = list(accumulate((len(line.folded) for line in lines), initial=0))
    titles = [make_entry(row[0].text).folded if row else "" for row in rows[:_LINES_BEFORE_FIRST]]
    for first, title in enumerate(titles):
        subject = subject_of(title)[1]
        if len(subject) < _SHORTEST_REPEATED:
            continue
        for position in range(len(lines) - 1, first, -1):
            at = starts[position] + len(subject_of(lines[position].folded)[0])
            if stream.startswith((title, subject[:_ENOUGH]), at):
                return _with_issuer(lines, position, first)
    # Nowhere exactly: the head of the first document is at the end of the block.
    for first, title in enumerate(titles):
        subject = subject_of(title)[1]
        for position in range(max(first + 1, len(lines) - _LINES_BEFORE_FIRST), len(lines)):
            at = starts[position] + len(subject_of(lines[position].folded)[0])
            text = stream[at : at + len(subject)]
            if len(subject) > _SHORTEST_REPEATED and likeness(subject, text) >= ALIKE:
                return _with_issuer(lines, position, first)
    return 0


def _with_issuer(lines: Sequence[Line], position: int, first: int) -> int:
    """The line where a title begins whose 关于… begins at ``position``."""
    above = lines[position - 1].folded
    named = rules.pattern("gazette", "issuers").fullmatch(above)
    return position - 1 if named and position - 1 > first else position


def _orders(rows: Sequence[Sequence[_Cell]]) -> list[list[_Cell]]:
    """The cells row by row and, where most rows have several, column by column."""
    by_row = [cell for row in rows for cell in row]
    several = sum(len(row) > 1 for row in rows)
    if several < 2 or several < 0.4 * len(rows):
        return [by_row]
    widest = min(max(map(len, rows)), 4)
    by_column = [row[column] for column in range(widest) for row in rows if len(row) > column]
    return [by_row, by_column]


def _by_page(cells: Sequence[_Cell]) -> Iterator[tuple[Entry, ...]]:
    """A page number ends an entry; lines before it are its beginning or a heading."""
    first = 0
    for position, cell in enumerate(cells):
        if cell.page is None:
            continue
        group = cells[max(first, position - _MOST_JOINED) : position + 1]
        first = position + 1
        readings = [
            make_entry("".join(part.text for part in group[skipped:]), cell.page)
            for skipped in range(len(group))
        ]
        headless = [entry for entry in readings if not _begins_with_heading(entry, group)]
        yield tuple(entry for entry in headless or readings if entry.folded)


def _begins_with_heading(entry: Entry, group: Sequence[_Cell]) -> bool:
    return any(
        make_entry(part.text).is_heading and entry.folded.startswith(folded(part.text))
        for part in group[:-1]
    )


def _one_by_one(cells: Sequence[_Cell]) -> Iterator[tuple[Entry, ...]]:
    """Any cell may begin an entry, which may go on over the next ones; a document number,
    also one alone in its cell, ends it."""
    made = [make_entry(cell.text) for cell in cells if folded(cell.text)]
    headings = [entry.is_heading for entry in made]
    for position, whole in enumerate(made):
        readings = [whole]
        for taken in range(1, _MOST_JOINED):
            following = position + taken
            if headings[position] or whole.number or following == len(made) or headings[following]:
                break
            more = made[following]
            if len(whole.folded) + len(more.folded) > _LONGEST_ENTRY:
                break
            whole = Entry(
                whole.title + more.title, whole.folded + more.folded, None, more.number, taken + 1
            )
            readings.append(whole)
        yield tuple(entry for entry in reversed(readings) if len(entry.folded) > 1)
