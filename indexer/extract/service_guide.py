"""办事指南: a service guide's fields by their label, whatever the page's layout.

A field's label stands in a table cell beside or above its value, in ``dt`` before ``dd``, in
a heading above paragraphs, or on a tab of which the pane is another element. The page is
read as rows of cells (:mod:`~indexer.extract.guide.rows`), each piece goes to the label it
belongs to (:mod:`~indexer.extract.guide.reader`), and the words of each field become values
(:mod:`~indexer.extract.guide.record`, :mod:`indexer.service_values`). Labels are data:
``indexer/service.yaml``, ``rules/service_guide.yaml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from indexer.extract.guide.labels import core_keys, known_label, label_in
from indexer.extract.guide.reader import Reader
from indexer.extract.guide.record import Record, Resolve, no_address
from indexer.extract.guide.rows import INLINE, read_rows
from indexer.extract.guide.tabs import find_tabs
from indexer.extract.tree import Line, Tree

MIN_FIELDS: Final = 4
"""Fewer fields make no guide: a notice too has a place, a time and a telephone number."""

MAX_LINES: Final = 10_000
"""Lines of a page that are looked at; a guide has hundreds."""

_MIN_CORE_FIELDS: Final = 2
_MOST_BUTTONS: Final = 200


def read_guide(tree: Tree, lines: Sequence[Line], resolve: Resolve = no_address) -> dict[str, Any]:
    """The guide a page holds, as :func:`indexer.service.validate_service` has it.

    Args:
        lines: the lines of the page on which a guide may stand, its furniture left out.
        resolve: the absolute http(s) URL of an ``href``, or None where it leads nowhere.

    Returns:
        The fields in the order of a guide; empty when the page is none.
    """
    every = _with_buttons(tree, tree.lines[:MAX_LINES])
    if len(_keys(tree, every) & core_keys()) < _MIN_CORE_FIELDS:
        return {}
    rows = list(read_rows(tree, _with_buttons(tree, lines[:MAX_LINES])))
    reader = Reader(tree, find_tabs(tree, every), rows)
    guide = Record(tree, resolve).build(reader.fields, reader.remarks)
    is_guide = len(guide) >= MIN_FIELDS and len(guide.keys() & core_keys()) >= _MIN_CORE_FIELDS
    return guide if is_guide else {}


def _keys(tree: Tree, lines: Sequence[Line]) -> set[str]:
    """The fields that lines name at their beginning: a quick look before a page is read."""
    keys = {label_in(cell).key for line in lines for cell in line.text.split("\t")}
    inline = (tree.elements[line.owner] for line in lines)
    keys |= {known_label(element.text or "") for element in inline if element.tag in INLINE}
    return keys


def _with_buttons(tree: Tree, lines: Sequence[Line]) -> list[Line]:
    """The lines with labels on buttons, which fold and unfold a field (accordions, tabs).

    Buttons that look like those with a known label are labels too.
    """
    buttons = (index for index, one in enumerate(tree.elements) if one.tag == "button")
    texts = {index: tree.text_of(index) for index in islice(buttons, _MOST_BUTTONS)}
    known = {tree.elements[at].get("class") for at, text in texts.items() if known_label(text)}
    found = list(lines)
    for index, text in texts.items():
        if text and tree.elements[index].get("class") in known:
            behind = (at for at, line in enumerate(found) if line.owner >= tree.ends[index])
            found.insert(next(behind, len(found)), Line(text, index))
    return found
