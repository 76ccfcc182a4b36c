"""办事指南: a service guide's fields by their label, whatever the page's layout.

A field's label stands in a table cell beside its value, in ``dt`` before ``dd``, in a
heading above paragraphs, or on a tab of which the pane is another element. In lines all of
them look alike: a label, then its value up to the next label; only tabs need the tree.
Labels become the field's standard names (``rules/service_guide.yaml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from indexer.extract import rules
from indexer.extract.tree import Line, Tree

MIN_FIELDS: Final = 4
"""Fewer fields make no guide: a notice too has a place, a time and a telephone number."""

_MIN_CORE_FIELDS: Final = 2
_MIN_TABS: Final = 3
_MIN_TAB_LABELS: Final = 2
_MAX_TAB: Final = 12
_INLINE: Final = frozenset({"a", "span", "font", "b", "strong", "i", "em", "u"})
_MAX_VALUE: Final = 8000
_MAX_LABEL: Final = 24
_ENUMERATION: Final = re.compile(
    r"^[\s【\[（(■▪◆●·※*☆★]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．，]\s*)?[【\[]?"
)
_LABELLED: Final = re.compile(r"^([^:：]{2,24})[:：]\s*(.*)$", re.DOTALL)
_NOISE: Final = re.compile(r"[\s:：】\])）\u3000]+")


@dataclass(frozen=True)
class _Labels:
    standard: dict[str, str]
    core: frozenset[str]


def read_guide(tree: Tree, lines: Sequence[Line]) -> dict[str, str]:
    """The fields of a guide in reading order; empty when the page is none."""
    fields: dict[str, list[str]] = {}
    panes, headers = _tabs(tree, lines)
    open_label, open_pane = "", ""
    for line in lines:
        if any(start <= line.owner < end for start, end in headers):
            continue
        pane = next((label for start, end, label in panes if start <= line.owner < end), "")
        if pane and pane != open_pane and not _starts_field(line):
            open_label = pane
            fields.setdefault(pane, [])
        open_pane = pane
        cells = _cells(line.text)
        if sum(label != "" and not value for label, value in cells) >= _MIN_TABS:
            open_label = ""
            continue
        open_label = _take(fields, cells, open_label)
    found = {label: _value(texts) for label, texts in fields.items()}
    found = {label: value for label, value in found.items() if value}
    if len(found) < MIN_FIELDS or len(found.keys() & _labels().core) < _MIN_CORE_FIELDS:
        return {}
    return found


def _take(fields: dict[str, list[str]], cells: list[tuple[str, str]], label: str) -> str:
    """Adds one line's cells to the fields; returns the label that stays open."""
    pieces: list[str] = []
    for found, value in cells:
        if found:
            if label and pieces:
                fields[label].append(" ".join(pieces))
            label, pieces = found, [value] if value else []
            fields.setdefault(label, [])
        elif label:
            pieces.append(value)
    if label and pieces:
        fields[label].append(" ".join(pieces))
    return label


def _starts_field(line: Line) -> bool:
    return bool(_cells(line.text)[0][0])


def _cells(text: str) -> list[tuple[str, str]]:
    """Each cell of a line as a label with what follows it, or as ("", text)."""
    return [_label_in(cell) for cell in text.split("\t")]


def _label_in(cell: str) -> tuple[str, str]:
    standard = _labels().standard
    bare = _bare(cell)
    if bare in standard:
        return standard[bare], ""
    beginning = cell[: 2 * _MAX_LABEL]
    if ":" in beginning or "：" in beginning or "】" in beginning:
        labelled = _LABELLED.match(_ENUMERATION.sub("", cell))
        if labelled:
            name = standard.get(_bare(labelled[1]))
            if name:
                return name, labelled[2].strip()
        bracketed = re.match(r"^[【\[]\s*([^】\]]{2,20})\s*[】\]]\s*(.+)$", cell)
        if bracketed and _bare(bracketed[1]) in standard:
            return standard[_bare(bracketed[1])], bracketed[2]
    return "", cell


@lru_cache(maxsize=8192)
def _bare(text: str) -> str:
    """A possible label without numbering, spaces and punctuation; "" for what is too long."""
    if len(text) > 2 * _MAX_LABEL:
        return ""
    bare = _NOISE.sub("", _ENUMERATION.sub("", text))
    return bare if len(bare) <= _MAX_LABEL else ""


def _value(texts: list[str]) -> str:
    """The value's lines, each once: real records repeat one paragraph up to four times."""
    return "\n".join(dict.fromkeys(text for text in texts if text))[:_MAX_VALUE]


def _tabs(
    tree: Tree, lines: Sequence[Line]
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
    """The panes of tabs as ``(start, end, label)`` spans, and the spans of the tabs themselves."""
    runs = [run for run in _lists(tree, lines) if _is_tab_bar(tree, run)]
    panes: list[tuple[int, int, str]] = []
    headers: list[tuple[int, int]] = []
    for run in runs:
        around = _common(tree, run[0].owner, run[-1].owner)
        headers.append((around, tree.ends[around]))
        panes += _panes_by_target(tree, run) or _panes_by_position(tree, around, run)
    return panes, headers


def _lists(tree: Tree, lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of short lines of which each is one item of the same element."""
    run: list[Line] = []
    place = (-1, "")
    for line in lines:
        short = len(line.text) <= _MAX_TAB and "\t" not in line.text
        item = _item_of(tree, line.owner) if short else 0
        here = (tree.parents[item], str(tree.elements[item].tag)) if item else (-1, "")
        if here != place:
            yield run
            run, place = [], here
        if item:
            run.append(line)
    yield run


def _item_of(tree: Tree, index: int) -> int:
    while index > 0 and tree.elements[index].tag in _INLINE:
        index = tree.parents[index]
    return index


def _is_tab_bar(tree: Tree, run: list[Line]) -> bool:
    """Tabs are a list with labels side by side; labels and values in turn are fields."""
    if len(run) < _MIN_TABS:
        return False
    labels = [_bare(line.text) in _labels().standard for line in run]
    if tree.elements[_item_of(tree, run[0].owner)].tag == "li":
        return sum(labels) >= _MIN_TAB_LABELS
    return sum(map(min, labels, labels[1:])) >= _MIN_TAB_LABELS


def _common(tree: Tree, first: int, last: int) -> int:
    while tree.ends[first] <= last:
        first = tree.parents[first]
    return first


def _panes_by_target(tree: Tree, run: list[Line]) -> list[tuple[int, int, str]]:
    """Panes that the tabs name: ``<a href="#materials">`` or ``data-target``."""
    found = []
    for line in run:
        index = line.owner
        for _ in range(3):
            element = tree.elements[index]
            target = element.get("href") or element.get("data-target") or ""
            named = tree.tokens.get(target[1:].lower(), ()) if target[:1] == "#" else ()
            if named:
                found.append((named[0], tree.ends[named[0]], _standard(line.text)))
                break
            index = max(0, tree.parents[index])
    return found if len(found) == len(run) else []


def _panes_by_position(tree: Tree, around: int, run: list[Line]) -> list[tuple[int, int, str]]:
    """As many elements behind the tabs as there are tabs, side by side or in one frame."""
    index = around
    for _ in range(3):
        behind = _siblings_after(tree, index)
        if len(behind) == 1:
            behind = _siblings_after(tree, behind[0], children=True)
        if len(behind) >= len(run):
            chosen = behind[: len(run)]
            labels = [_standard(line.text) for line in run]
            return [
                (pane, tree.ends[pane], label) for pane, label in zip(chosen, labels, strict=True)
            ]
        index = tree.parents[index]
        if index <= 0:
            break
    return []


def _standard(text: str) -> str:
    return _labels().standard.get(_bare(text), "")


def _siblings_after(tree: Tree, index: int, *, children: bool = False) -> list[int]:
    end = tree.ends[index] if children else tree.ends[max(0, tree.parents[index])]
    sibling = index + 1 if children else tree.ends[index]
    found = []
    while sibling < end:
        if tree.elements[sibling].tag in ("div", "section", "li", "dd", "table", "ul", "article"):
            found.append(sibling)
        sibling = tree.ends[sibling]
    return found


@cache
def _labels() -> _Labels:
    standard: dict[str, str] = {}
    core = set()
    for entry in rules.load("service_guide")["fields"]:
        for spelling in (entry["label"], *entry.get("also", ())):
            standard[spelling] = entry["label"]
        if entry.get("core"):
            core.add(entry["label"])
    return _Labels(standard, frozenset(core))
