"""The path of columns above a page: 您现在的位置：首页 > 政务公开 > 通知公告 > 正文."""

from __future__ import annotations

import re
from typing import Final

from indexer.extract import rules
from indexer.extract.main_text import fold
from indexer.extract.tree import Tree, tidy

_SEPARATORS: Final = re.compile(r"\s*(?:[>＞»›→/|\\]|--+|—+|::|-(?=\s)|(?<=\s)-)+\s*")
_MAX_COLUMN: Final = 30
_MAX_LINE: Final = 300
_LOOKED_AT: Final = 200


def find_breadcrumb(tree: Tree) -> list[str]:
    """The columns from the top down, 首页 and 正文 left out; empty when there is no path.

    On an article its own title may be the last entry.
    """
    label = rules.pattern("breadcrumb", "labels")
    for position, line in enumerate(tree.lines[:_LOOKED_AT]):
        found = label.search(line.text)
        if not found or found.start() > 20 or len(line.text) > _MAX_LINE:
            continue
        text = line.text[found.end() :]
        if not fold(text) and position + 1 < len(tree.lines):
            text = _following(tree, position + 1)
        parts = _parts(text)
        if parts:
            return parts
    for index in tree.having(rules.entries("breadcrumb", "blocks")):
        links = tree.elements[index].findall(".//a")
        parts = _parts(tree.text_of(index))
        if len(parts) < 2 <= len(links):
            parts = _columns([tidy("".join(link.itertext())) for link in links])
        if parts:
            return parts
    return []


def column_of(breadcrumb: list[str], title: str) -> str:
    """The column an article stands in: the last entry that is not the article itself."""
    wanted = fold(title)
    for entry in reversed(breadcrumb):
        folded = fold(entry.rstrip(".…"))
        if folded and folded != wanted and not (len(folded) >= 6 and wanted.startswith(folded)):
            return entry
    return ""


def _following(tree: Tree, start: int) -> str:
    """The lines behind a label that stands alone, while they are short and linked."""
    pieces = []
    for line in tree.lines[start : start + 6]:
        if len(line.text) > 40 or not (line.linked or _SEPARATORS.match(line.text)):
            break
        pieces.append(line.text)
    return ">".join(pieces)


def _parts(text: str) -> list[str]:
    return _columns(_SEPARATORS.split(text.replace("\t", ">")))


def _columns(parts: list[str]) -> list[str]:
    skipped = rules.pattern("breadcrumb", "skipped")
    cleaned = (part.strip(" :：[]【】·") for part in parts)
    kept = [part for part in cleaned if part and not skipped.fullmatch(part)]
    return [part for part in kept if len(part) <= 4 * _MAX_COLUMN]
