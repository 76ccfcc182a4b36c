"""The article's own text: which element holds it and which of its lines are content.

Two ways to the element. Content systems of public bodies name it (``TRS_Editor``, ``zoom``,
``UCAP-CONTENT`` …, the rule file ``containers.yaml``); elsewhere the density of running
text leads from the page down to it, after the site's furniture has lost its weight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from analyzers.dates import find_date
from indexer.extract import rules
from indexer.extract.tree import Line, Tree

_DESCENDS_INTO: Final = frozenset(
    {"div", "td", "table", "tbody", "tr", "form", "center", "section", "article", "main", "body"}
    | {"dl", "dd", "li", "ul", "ol", "blockquote", "fieldset", "font", "span", "thead", "th"}
)
_PASSES_THROUGH: Final = frozenset({"table", "tbody", "tr", "ul", "ol", "dl"})
# Below an element of which a child holds this share of the running text, the rest is other
# furniture: captions, neighbours, sidebars. Measured on real pages, benchmarks/extraction.py.
_CHILD_SHARE: Final = 0.7
_OWN_SHARE: Final = 0.06
_NAMED_SHARE: Final = 0.35
_HEAD_LINES: Final = 15
_LONGEST_TOOL_LINE: Final = 200
_LONGEST_END: Final = 120
_LINK_RUN: Final = 3
_REPEATED: Final = 40
_SHORT_LINE: Final = 60
_TRUSTED_SUM: Final = 60
_INLINE: Final = frozenset({"a", "span", "font", "b", "strong", "i", "em", "u"})
_NO_HOME: Final = _INLINE | {"p", "tr", "tbody", "br", "h2", "h3", "h4"}
_SENTENCE: Final = 30
_SENTENCE_END: Final = re.compile("[。；！？]|[，、].*[，、。]")
_FOLD: Final = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Letters and digits alone, in lower case: what titles are compared by."""
    return _FOLD.sub("", text).lower()


def find_container(tree: Tree) -> tuple[int, bool]:
    """The element with the article, and whether it was known by its name."""
    densest = _densest(tree)
    for name in rules.entries("containers", "article"):
        found = _outermost(tree, name)
        if not found:
            continue
        best = max(found, key=lambda index: tree.mass[index])
        if tree.mass[best] <= 0 or tree.mass[best] < _NAMED_SHARE * tree.mass[densest]:
            continue
        return _around(tree, best, found), True
    return densest, False


def _outermost(tree: Tree, name: str) -> list[int]:
    found: list[int] = []
    for index in tree.tokens.get(name, ()):
        if not tree.boilerplate[index] and not (found and index < tree.ends[found[-1]]):
            found.append(index)
    return found


def _around(tree: Tree, best: int, found: list[int]) -> int:
    """The element around all parts of an article that is split over several containers."""
    total = sum(tree.mass[index] for index in found)
    if tree.mass[best] >= 0.8 * total:
        return best
    first, last = found[0], found[-1]
    while tree.ends[first] <= last:
        first = tree.parents[first]
    return first if tree.mass[first] < 1.5 * total else best


def _densest(tree: Tree) -> int:
    """Walks down from the page while one child holds nearly all of the running text."""
    index = 0
    while True:
        children = _children(tree, index)
        best = max(children, key=lambda child: tree.mass[child], default=None)
        if best is None or tree.elements[best].tag not in _DESCENDS_INTO:
            return index
        mass = tree.mass[index]
        tag = tree.elements[best].tag
        if tree.mass[best] < (0.97 if tag in ("font", "span") else _CHILD_SHARE) * mass:
            return index
        # Paragraphs beside the child are paragraphs of the same article.
        paragraphs = sum(
            tree.mass[child] for child in children if tree.elements[child].tag in ("p", "pre")
        )
        if paragraphs > _OWN_SHARE * mass and paragraphs > 40:
            return index
        index = best


def _children(tree: Tree, index: int) -> list[int]:
    children: list[int] = []
    child = index + 1
    while child < tree.ends[index]:
        if not tree.boilerplate[child]:
            children.append(child)
        child = tree.ends[child]
    return children


def body_lines(tree: Tree, container: int, titles: Sequence[str], *, named: bool) -> list[Line]:
    """The content lines of the article in reading order.

    ``titles`` are the page's titles, whose repetition above the text is left out.
    """
    lines = [line for line in tree.inside(container) if not line.boilerplate]
    lines = _without_repetition(lines)
    if not named and tree.elements[container].tag in ("body", "html"):
        lines = _around_stretch(tree, lines, *_densest_stretch(lines))
    lines = _without_link_lists(tree, lines, named=named)
    lines = _until_end(lines, named=named)
    lines = [line for line in lines if not is_furniture(line.text)]
    return _without_head(lines, [fold(title) for title in titles if title])


@lru_cache(maxsize=2048)
def is_furniture(text: str) -> bool:
    """Whether a line is a tool of the page: print, font size, neighbouring articles …"""
    if len(text) > _LONGEST_TOOL_LINE:
        return False
    if rules.pattern("boilerplate", "lines").fullmatch(text):
        return True
    rest, tools = rules.pattern("boilerplate", "tool_words").subn("", text)
    return tools > 0 and not _FOLD.sub("", rest).strip("0123456789")


def is_end(text: str, *, named: bool = False) -> bool:
    """Whether a line begins the footer or a list of other articles.

    Inside a ``named`` container of the article fewer lines count as such.
    """
    if len(text) > _LONGEST_END:
        return False
    if rules.pattern("boilerplate", "ends").match(text):
        return True
    return not named and bool(rules.pattern("boilerplate", "footer_lines").match(text))


def is_info(text: str) -> bool:
    """Whether a line tells date, source and the like instead of content."""
    short = len(text) <= _LONGEST_TOOL_LINE
    return short and rules.pattern("publication", "info_lines").fullmatch(text) is not None


def _without_repetition(lines: list[Line]) -> list[Line]:
    """Drops long lines said again: copies for telephones, for printing, for reading aloud."""
    seen: set[str] = set()
    kept: list[Line] = []
    for line in lines:
        if len(line.text) >= _REPEATED:
            if line.text in seen:
                continue
            seen.add(line.text)
        kept.append(line)
    return kept


def _densest_stretch(lines: list[Line]) -> tuple[int, int]:
    """The stretch of lines with most running text, less what stands between: from and to.

    The maximum sum over neighbours, each line counting for its sentences and against its
    links; short lines count a little against, rows of tables not at all.
    """
    best, best_sum = (0, len(lines)), float(_TRUSTED_SUM)
    start, running = 0, 0.0
    for position, line in enumerate(lines):
        if running <= 0:
            start, running = position, 0.0
        running += _line_score(line)
        if running > best_sum:
            best, best_sum = (start, position + 1), running
    return best


def _around_stretch(tree: Tree, lines: list[Line], start: int, end: int) -> list[Line]:
    """The stretch with its neighbours in the same element: short paragraphs, tables, 落款.

    Links, tools and the line with the date are no neighbours; the body of the page is no
    element of the article's own.
    """
    if start >= end:
        return []
    home = lines[start].owner
    last = max(line.owner for line in lines[start:end])
    while home > 0 and (tree.ends[home] <= last or tree.elements[home].tag in _NO_HOME):
        home = tree.parents[home]
    while home > 0 and tree.elements[home].tag not in ("body", "html"):
        while start > 0 and _is_neighbour(tree, lines[start - 1], home, above=True):
            start -= 1
        while end < len(lines) and _is_neighbour(tree, lines[end], home, above=False):
            end += 1
        home = tree.parents[home]
    return lines[start:end]


def _is_neighbour(tree: Tree, line: Line, home: int, *, above: bool) -> bool:
    if not home <= line.owner < tree.ends[home]:
        return False
    if line.is_link or (line.linked and len(line.text) <= _SHORT_LINE):
        return False  # a path of columns, the name of a column with its link to more
    if not fold(line.text):
        return True  # a rule of asterisks between two parts
    # 时间：下午2:30 is content, and so is a bare date under the text.
    colon = ":" in line.text or "：" in line.text
    told = is_info(line.text) and (
        "来源" in line.text or (find_date(line.text) and (above or colon))
    )
    return not (told or is_furniture(line.text) or is_end(line.text))


def _line_score(line: Line) -> float:
    length = len(line.text)
    if line.is_link:
        return -float(min(length, 40) + 5)
    plain = length - line.linked
    if plain >= 20 and _SENTENCE_END.search(line.text):
        return float(min(plain, 400))
    return 0.0 if "\t" in line.text and not line.linked else -2.0


def _without_link_lists(tree: Tree, lines: list[Line], *, named: bool) -> list[Line]:
    """Drops runs of lines that are links to other pages; a paragraph's own link is text."""
    kept: list[Line] = []
    run: list[Line] = []
    needed = _LINK_RUN if not named else 2 * _LINK_RUN
    for line in [*lines, Line("", -1)]:
        if line.is_link and not _in_paragraph(tree, line.owner):
            run.append(line)
            continue
        if len(run) < needed:
            kept.extend(run)
        run = []
        if line.text:
            kept.append(line)
    return kept


def _in_paragraph(tree: Tree, index: int) -> bool:
    while index > 0 and tree.elements[index].tag in _INLINE:
        index = tree.parents[index]
    return bool(tree.elements[index].tag == "p")


def _until_end(lines: list[Line], *, named: bool) -> list[Line]:
    """Cuts at the first footer marker or list of other articles behind half of the text.

    Comments may be longer than the article: their heading ends it wherever it stands.
    """
    total = sum(len(line.text) for line in lines)
    comments = rules.pattern("boilerplate", "comments")
    seen = 0
    for position, line in enumerate(lines):
        if 2 * seen >= total and is_end(line.text, named=named):
            return lines[:position]
        if seen >= _TRUSTED_SUM and comments.fullmatch(line.text):
            return lines[:position]
        seen += len(line.text)
    return lines


def _without_head(lines: list[Line], titles: list[str]) -> list[Line]:
    """Drops the title and the line with date, source and tools above the text."""
    kept: list[Line] = []
    in_head = True
    for position, line in enumerate(lines):
        in_head = in_head and position < _HEAD_LINES
        if in_head:
            if _is_title(line.text, titles) or is_info(line.text):
                continue
            if len(line.text) >= _SENTENCE and _SENTENCE_END.search(line.text):
                in_head = False
        kept.append(line)
    return kept


def _is_title(text: str, titles: list[str]) -> bool:
    folded = fold(text)
    if len(folded) < 4:
        return folded in titles if folded else True
    return any(folded == title or (len(folded) >= 8 and folded in title) for title in titles)
