"""Tabs of a service guide: a list of labels, and a pane elsewhere for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from indexer.extract import rules
from indexer.extract.guide.labels import known_label
from indexer.extract.guide.rows import INLINE, block_of
from indexer.extract.tree import Line, Tree

_MIN_TABS: Final = 3
_MIN_LABELS: Final = 2
_MOST_TABS: Final = 30
_MOST_BARS: Final = 20
_MAX_TAB: Final = 12
_LEVELS: Final = 3
_PANES: Final = frozenset({"div", "section", "li", "dd", "table", "ul", "article"})
_TARGET: Final = re.compile(r"#?([\w-]{1,60})")


@dataclass(frozen=True)
class Tabs:
    """Spans of elements: ``headers`` are the tabs, ``panes`` what they show, with labels.

    A pane's label is the field's key, or "" for a tab with several fields (基本信息).
    """

    headers: tuple[tuple[int, int], ...]
    panes: tuple[tuple[int, int, str], ...]

    def is_header(self, element: int) -> bool:
        """Whether an element stands in the tabs themselves."""
        return any(start <= element < end for start, end in self.headers)

    def pane_of(self, element: int) -> tuple[int, str]:
        """The innermost pane around an element and its label; ``(0, "")`` outside of panes."""
        around = [pane for pane in self.panes if pane[0] <= element < pane[1]]
        start, _, label = max(around, default=(0, 0, ""))
        return start, label


def find_tabs(tree: Tree, lines: Sequence[Line]) -> Tabs:
    """The tabs of a page; several bars, and bars within panes, are each read.

    ``lines`` are all of the page: tabs often have the name of a menu.
    """
    panes: list[tuple[int, int, str]] = []
    headers: list[tuple[int, int]] = []
    for run in _lists(tree, _side_by_side(tree, lines)):
        if not _is_tab_bar(tree, run):
            continue
        if len(headers) == _MOST_BARS:
            break
        around = _common(tree, run[0].owner, run[-1].owner)
        found = _panes_by_target(tree, run) or _panes_by_position(tree, around, run)
        headers.append((around, tree.ends[around]))
        panes += found
    return Tabs(tuple(headers), tuple(panes))


def _side_by_side(tree: Tree, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, but tabs that stand on one line (``a`` after ``a``) as a line each."""
    for line in lines:
        tag = tree.elements[line.owner].tag
        items: list[int] = []
        if tag in INLINE and "\t" not in line.text and len(line.text) <= _MOST_TABS * _MAX_TAB:
            block = block_of(tree, line.owner)
            few = islice(_children(tree, block), _MOST_TABS)
            items = [index for index in few if tree.elements[index].tag == tag]
        texts = [tree.text_of(index) for index in items] if len(items) >= _MIN_TABS else []
        if texts and "".join(texts) == line.text.replace(" ", ""):
            yield from map(Line, texts, items)
        else:
            yield line


def _children(tree: Tree, index: int) -> Iterator[int]:
    child = index + 1
    while child < tree.ends[index]:
        yield child
        child = tree.ends[child]


def _lists(tree: Tree, lines: Iterable[Line]) -> Iterator[list[Line]]:
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
    """The element that is one of several side by side: ``li``, or ``a`` in a bare ``div``."""
    block = block_of(tree, index)
    if tree.elements[block].tag == "li" or block == index:
        return block
    while tree.parents[index] != block:
        index = tree.parents[index]
    few = islice(_children(tree, block), _MOST_TABS)
    siblings = [child for child in few if tree.elements[child].tag in ("a", "span", "button")]
    return index if len(siblings) >= _MIN_TABS else block


def _is_tab_bar(tree: Tree, run: list[Line]) -> bool:
    """Tabs are a list with labels side by side; labels and values in turn are fields."""
    if len(run) < _MIN_TABS or sum(_leads_away(tree, line) for line in run) > 1:
        return False
    labels = [known_label(line.text) != "" for line in run]
    if tree.elements[_item_of(tree, run[0].owner)].tag == "li":
        return sum(labels) >= _MIN_LABELS
    return sum(map(min, labels, labels[1:])) >= _MIN_LABELS


def _leads_away(tree: Tree, line: Line) -> bool:
    """Whether an item is a link to another page, as those of a menu are."""
    element = tree.elements[line.owner]
    link = element if element.tag == "a" else next(element.iterancestors("a"), None)
    href = (link.get("href") or "").strip().lower() if link is not None else ""
    return href != "" and not href.startswith(("#", "javascript"))


def _common(tree: Tree, first: int, last: int) -> int:
    while tree.ends[first] <= last:
        first = tree.parents[first]
    return first


def _panes_by_target(tree: Tree, run: list[Line]) -> list[tuple[int, int, str]]:
    """Panes that the tabs name: ``<a href="#materials">``, ``data-target``, ``aria-controls``."""
    found = []
    for line in run:
        named = _target_of(tree, line.owner)
        if not named:
            return []
        found.append((named, tree.ends[named], known_label(line.text)))
    return found if len({start for start, _, _ in found}) == len(run) else []


def _target_of(tree: Tree, index: int) -> int:
    attributes: Sequence[str] = rules.load("service_guide")["tab_targets"]
    for _ in range(_LEVELS):
        for name in attributes:
            target = _TARGET.fullmatch(tree.elements[index].get(name) or "")
            if target and (name != "href" or target[0].startswith("#")):
                for pane in tree.tokens.get(target[1].lower(), ()):
                    if not pane <= index < tree.ends[pane]:
                        return pane
        index = max(0, tree.parents[index])
    return 0


def _panes_by_position(tree: Tree, around: int, run: list[Line]) -> list[tuple[int, int, str]]:
    """As many elements behind the tabs as there are tabs, side by side or in one frame."""
    index = around
    for _ in range(_LEVELS):
        behind = _siblings_after(tree, index)
        if len(behind) == 1:
            behind = _siblings_after(tree, behind[0], children=True)
        if len(behind) >= len(run):
            return [
                (pane, tree.ends[pane], known_label(line.text))
                for pane, line in zip(behind, run, strict=False)
            ]
        index = tree.parents[index]
        if index <= 0:
            break
    return []


def _siblings_after(tree: Tree, index: int, *, children: bool = False) -> list[int]:
    end = tree.ends[index] if children else tree.ends[max(0, tree.parents[index])]
    sibling = index + 1 if children else tree.ends[index]
    found = []
    while sibling < end:
        if tree.elements[sibling].tag in _PANES:
            found.append(sibling)
        sibling = tree.ends[sibling]
    return found
