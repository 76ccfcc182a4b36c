"""公开目录: the block of catalogue facts above or below a document of government information.

``索引号 · 主题分类 · 发文机关 · 成文日期 · 发文字号 · 发布日期`` stand in a table, a list or on
lines, labels with inner spaces (``索 引 号``). Three dates are kept apart: 成文, 发布, 实施.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final, NamedTuple

from analyzers.dates import parse_timestamp
from indexer.extract import rules
from indexer.extract.tree import Line, Tree, tidy

_MIN_LABELS: Final = 3
_MIN_SURE: Final = 2
_MAX_LINE: Final = 600
_GAP_LINES: Final = 4
_LONGEST_VALUE: Final = 120
_LONGEST_HEAD: Final = 16
"""A label and what may stand before it, spaces inside included."""
_LINES_IN_BODY: Final = 25
_LINES_AT_END: Final = 30
_LINES_BEHIND: Final = 40
_SHORT: Final = 2
"""Labels of two characters end other words too: 事项名称, 会议主题."""

_SPACES: Final = re.compile(r"\s+")
_CJK: Final = re.compile(r"[\u4e00-\u9fff]")
_AROUND_LABEL: Final = " :：[]【】*●·"
_NEXT_LABEL: Final = re.compile(r"\s+[\u4e00-\u9fff]{2,8}\s*[:：]")
_FILLER: Final = re.compile(r"[\s\-—–_/.。、:：]*|无|暂无|null|undefined", re.IGNORECASE)


@dataclass
class DirectoryBlock:
    """The facts by their standard label, and the positions of the lines they stand on.

    A label without a value has the value "".
    """

    facts: dict[str, str] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)
    sure: set[str] = field(default_factory=set)

    def day(self, label: str) -> date | None:
        """The date under a label, or None."""
        return parse_timestamp(self.facts.get(label, ""))

    @property
    def is_block(self) -> bool:
        """Whether there are labels enough, of which some stand in no other place."""
        return len(self.sure) >= _MIN_SURE or (bool(self.sure) and len(self.facts) >= _MIN_LABELS)

    def add(self, labels: Sequence[_Pair]) -> None:
        """Takes facts in; the first value of a label stays."""
        for pair in labels:
            if not self.facts.get(pair.label):
                self.facts[pair.label] = pair.value
            if pair.sure:
                self.sure.add(pair.label)


class _Pair(NamedTuple):
    """A label in its standard form with the value beside it."""

    label: str
    value: str
    sure: bool


def read_directory_block(tree: Tree, start: int, end: int) -> DirectoryBlock:
    """The block of a page whose article stands on ``tree.lines[start:end]``.

    It is looked for above the text and in its first lines, then at its end and below.
    """
    lines = tree.lines
    block = find_directory_block(lines, tree, start + _LINES_IN_BODY)
    if not block.facts and end > start:
        first = max(start + _LINES_IN_BODY, end - _LINES_AT_END)
        block = find_directory_block(lines[first : end + _LINES_BEHIND], tree)
        block.lines = {first + position for position in block.lines}
    return _with_cells(tree, block)


def find_directory_block(
    lines: Sequence[Line], tree: Tree | None = None, begins_before: int | None = None
) -> DirectoryBlock:
    """The first stretch of lines with enough of the labels; empty when there is none.

    With the ``tree`` of the page a label in an element of its own is known without a colon.
    The stretch begins before the line ``begins_before``, where one is given.
    """
    block = DirectoryBlock()
    last = -1
    reach = len(lines) if begins_before is None else begins_before
    for position, line in enumerate(lines):
        if position >= reach:
            break
        if position <= last or not _may_have_labels(line.text):
            continue
        pairs = _pairs_of(line, tree)
        if not pairs or (line.is_link and not pairs[0].value):
            continue
        if block.facts and position - last > _GAP_LINES:
            if block.is_block:
                break
            block = DirectoryBlock()
        pairs, last = _with_values_below(lines, position, pairs, tree)
        reach = max(reach, last + _GAP_LINES + 1)
        block.lines.update(range(position, last + 1))
        block.add(pairs)
    return block if block.is_block else DirectoryBlock()


def _may_have_labels(text: str) -> bool:
    """Cheap: whether a line begins with a label, or is a row of a table with one."""
    if len(text) > _MAX_LINE:
        return False
    head = text[:_LONGEST_HEAD] if "\t" not in text else text
    return _spellings().hint.search(head) is not None


def _with_values_below(
    lines: Sequence[Line], position: int, pairs: list[_Pair], tree: Tree | None
) -> tuple[list[_Pair], int]:
    """The pairs of a line of labels alone with their values from the next line, and the
    last of the lines they stand on."""
    if any(pair.value for pair in pairs) or position + 1 >= len(lines):
        return pairs, position
    below = lines[position + 1].text
    cells = below.split("\t")
    if _pairs_of(lines[position + 1], tree):
        return pairs, position
    if len(pairs) == 1:
        if len(below) > _LONGEST_VALUE or len(lines[position].text.split("\t")) > 1:
            return pairs, position
        cells = [below]
    elif len(cells) != len(pairs) or _is_table_of_documents(lines, position, tree):
        return pairs, position
    values = zip(pairs, cells, strict=True)
    return [pair._replace(value=_value(cell)) for pair, cell in values], position + 1


def _is_table_of_documents(lines: Sequence[Line], position: int, tree: Tree | None) -> bool:
    """Whether labels head the columns of a list: more than one row of values follows."""
    if position + 2 >= len(lines):
        return False
    second = lines[position + 2]
    same = second.text.count("\t") == lines[position].text.count("\t")
    return same and not _pairs_of(second, tree)


def _with_cells(tree: Tree, block: DirectoryBlock) -> DirectoryBlock:
    """The block with the values that stand in elements of known ids and classes."""
    found: dict[str, int] = {}
    for entry in rules.load("directory_block")["cells"]:
        for index in tree.tokens.get(entry["match"], ()):
            found.setdefault(entry["label"], index)
    if len(found) < _MIN_SURE:
        return block
    for label, index in found.items():
        text = tree.text_of(index)
        pairs = _pairs_in(text)
        value = pairs[0].value if pairs else _value(text)
        if len(value) <= _LONGEST_VALUE and not block.facts.get(label):
            block.facts[label] = value
    return block


@dataclass(frozen=True)
class _Spellings:
    """The labels of the rule file: how each is written, and a pattern that finds them."""

    standard: dict[str, str]
    weak: frozenset[str]
    hint: re.Pattern[str]
    mark: re.Pattern[str]


@cache
def _spellings() -> _Spellings:
    standard: dict[str, str] = {}
    weak: set[str] = set()
    for entry in rules.load("directory_block")["labels"]:
        written = (entry["label"], *entry.get("also", ()), *entry.get("weak", ()))
        standard.update(dict.fromkeys(written, entry["label"]))
        weak.update(entry.get("weak", ()))
    # The longest first, since 文号 ends 发文文号; 索 引 号 is set apart to fill the cell.
    alternatives = "|".join(" ?".join(label) for label in sorted(standard, key=len, reverse=True))
    # Without anything optional in front the search goes from one first character to the next.
    hint = re.compile(alternatives)
    mark = re.compile(
        rf"(?P<open>[\[【]?) ?(?P<label>{alternatives}) ?(?P<close>[\]】]?)\s*(?P<colon>[:：]?)"
    )
    return _Spellings(standard, frozenset(weak), hint, mark)


def _pairs_of(line: Line, tree: Tree | None) -> list[_Pair]:
    """The facts on one line: cells in turn, or ``label：value`` one behind the other."""
    cells = line.text.split("\t")
    if tree is not None and len(cells) == 1 and not _pairs_in(cells[0]):
        cells = _inline_cells(line, tree)
    found: list[_Pair] = []
    for cell in cells:
        pairs = _pairs_in(cell)
        if pairs:
            found.extend(pairs)
        elif found and not found[-1].value:
            found[-1] = found[-1]._replace(value=_value(cell))
    return found


def _inline_cells(line: Line, tree: Tree) -> list[str]:
    """The inline elements of a line as cells, if it begins with a label in one of its own."""
    first = tree.elements[line.owner]
    around = first.getparent()
    label = _bare(first.text or "")
    if around is None or label not in _spellings().standard:
        return [line.text]
    if not _bare(line.text).startswith(label):  # behind a <br>, not behind the label
        return [line.text]
    cells = [text for child in around for text in ("".join(child.itertext()), child.tail or "")]
    return [cell for cell in map(tidy, cells) if cell]


def _pairs_in(cell: str) -> list[_Pair]:
    """The facts in one cell, which begins with a label; a label alone has the value ""."""
    spellings = _spellings()
    bare = _bare(cell) if len(cell) <= _LONGEST_VALUE else ""
    if bare in spellings.standard:
        return [_Pair(spellings.standard[bare], "", bare not in spellings.weak)]
    marks = [mark for mark in spellings.mark.finditer(cell) if _is_label(mark)]
    if not marks or marks[0].start() > 2:
        return []
    pairs = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = cell[mark.end() : following.start() if following else len(cell)]
        label = _SPACES.sub("", mark["label"])
        sure = label not in spellings.weak
        pairs.append(_Pair(spellings.standard[label], _value(value), sure))
    return pairs


def _is_label(mark: re.Match[str]) -> bool:
    """Whether a label is followed as labels are and is no part of another word."""
    if not mark["colon"] and not (mark["open"] and mark["close"]):
        return False
    before = mark.string[mark.start() - 1 : mark.start()]
    return len(_SPACES.sub("", mark["label"])) > _SHORT or not _CJK.match(before)


def _bare(cell: str) -> str:
    return _SPACES.sub("", cell.strip(_AROUND_LABEL))


def _value(text: str) -> str:
    """A value up to a label that is none of the catalogue's; "" for a filler."""
    following = _NEXT_LABEL.search(text)
    text = (text[: following.start()] if following else text).strip(" \t:：;；|")
    return "" if _FILLER.fullmatch(text) else text
