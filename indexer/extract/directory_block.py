"""公开目录: the block of catalogue facts above a document of government information.

``索引号 · 主题分类 · 发文机关 · 成文日期 · 发文字号 · 发布日期`` stand in a table, a list or on
lines, labels with inner spaces (``索 引 号``). Three dates are kept apart: 成文, 发布, 实施.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

from analyzers.dates import find_date
from indexer.extract import rules
from indexer.extract.tree import Line

_MIN_LABELS: Final = 3
_MAX_LINE: Final = 400
_GAP_LINES: Final = 4
_LONGEST_LABEL: Final = 20
_SPACE_INSIDE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])")


@dataclass
class DirectoryBlock:
    """The facts by their standard label, and the positions of the lines they stand on."""

    facts: dict[str, str] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)

    def day(self, label: str) -> date | None:
        """The date under a label, or None."""
        return find_date(self.facts.get(label, ""))


def find_directory_block(lines: Sequence[Line]) -> DirectoryBlock:
    """The first stretch of lines with enough of the labels; empty when there is none."""
    labels = _labels()
    block = DirectoryBlock()
    last = -1
    for position, line in enumerate(lines):
        if len(line.text) > _MAX_LINE or line.is_link:
            continue
        found = _facts_of(line.text, labels)
        if not found:
            continue
        if block.facts and position - last > _GAP_LINES:
            if len(block.facts) >= _MIN_LABELS:
                break
            block = DirectoryBlock()
        last = position
        block.lines.add(position)
        for label, value in found.items():
            if not value and len(found) == 1 and position + 1 < len(lines):
                follower = lines[position + 1].text
                if len(follower) <= 60 and not _facts_of(follower, labels):
                    value = follower
                    block.lines.add(position + 1)
            block.facts.setdefault(label, value)
    return block if len(block.facts) >= _MIN_LABELS else DirectoryBlock()


@cache
def _labels() -> dict[str, str]:
    """Every spelling of a label without spaces, with its standard form."""
    spellings: dict[str, str] = {}
    for entry in rules.load("directory_block")["labels"]:
        for spelling in (entry["label"], *entry.get("also", ())):
            spellings[spelling] = entry["label"]
    return spellings


def _facts_of(text: str, labels: dict[str, str]) -> dict[str, str]:
    """The facts on one line: cells in turn, or ``label：value`` one behind the other."""
    found: dict[str, str] = {}
    cells = text.split("\t")
    open_label = ""
    for cell in cells:
        pairs = _pairs(cell, labels)
        if pairs:
            for label, value in pairs:
                found.setdefault(label, value)
            open_label = pairs[-1][0] if not pairs[-1][1] else ""
        elif open_label:
            found[open_label] = cell.strip()
            open_label = ""
    return found


def _pairs(cell: str, labels: dict[str, str]) -> list[tuple[str, str]]:
    if len(cell) > _LONGEST_LABEL and "：" not in cell and ":" not in cell:
        return []
    bare = re.sub(r"[\s:：\[\]【】]+", "", cell)
    if bare in labels:
        return [(labels[bare], "")]
    squeezed = _SPACE_INSIDE.sub("", cell)
    marks = [
        match
        for match in re.finditer(r"[\[【]?([\u4e00-\u9fff]{2,6})[\]】]?\s*[:：]", squeezed)
        if match[1] in labels
    ]
    if not marks or marks[0].start() > 2:
        return []
    pairs = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(squeezed)
        pairs.append((labels[mark[1]], squeezed[mark.end() : end].strip()))
    return pairs
