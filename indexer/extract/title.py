"""The title of a page, by the agreement of everything that names it.

Five witnesses: the ArticleTitle tag, the H1, the title cell of old markup, the anchor of the
link that led here, and the ``<title>`` without the site's suffix. Each may be wrong (a tag
copied with the template, an H1 around the logo, an anchor cut by …), so witnesses that say
the same are counted together and the heaviest group names the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from indexer.extract import rules
from indexer.extract.main_text import fold
from indexer.extract.metadata import Metadata, clean
from indexer.extract.tree import Tree

_MAX_TITLE: Final = 200
_CUT: Final = re.compile(r"(\.{2,}|…+|。。。?)$")
_SEPARATOR: Final = re.compile(
    r"\s*(?:[_|｜]+|\s?[-–—]\s(?![-–—])|(?<!-)-(?!-)|[>＞»]+|::|—(?=【))\s*"
)
_WEIGHTS: Final = {"tag": 3.0, "h1": 3.0, "cell": 2.0, "head": 2.5, "anchor": 2.0}
# Who words it best, once the witnesses agree: those written for this page alone go first.
_ORDER: Final = ("tag", "h1", "cell", "head", "anchor")
# A prefix this long is the same title cut off, not another one that begins alike.
_SHARED_PREFIX: Final = 8


@dataclass
class Title:
    """The title and how many independent witnesses agree on it."""

    text: str = ""
    witnesses: int = 0
    by_article: bool = False


@dataclass
class _Group:
    members: dict[str, str] = field(default_factory=dict)
    weight: float = 0.0


def find_title(tree: Tree, meta: Metadata, anchor: str, column: str = "") -> Title:
    """The page's title; empty when nothing names it but the site's own name.

    ``column`` is the column's name, which stands in many ``<title>`` elements.
    """
    groups: list[_Group] = []
    body = [("tag", meta.article_title)]
    body += [("h1", text) for text in _headings(tree)]
    body += [("cell", text) for text in _title_cells(tree)]
    known = [text for _, text in body]
    head = without_site(meta.title_tag[: 2 * _MAX_TITLE], meta.site_name, column, [*known, anchor])
    for witness, text in [*body, ("head", head), ("anchor", _anchor(anchor[:_MAX_TITLE]))]:
        if text and not is_site_name(text, meta.site_name) and len(fold(text)) > 1:
            _vote(groups, witness, text[:_MAX_TITLE])
    if not groups:
        return Title()
    best = max(groups, key=lambda group: group.weight)
    named = next(name for name in _ORDER if name in best.members)
    text = best.members[named]
    if _CUT.search(text):
        text = max(best.members.values(), key=lambda other: (not _CUT.search(other), len(other)))
    article = bool({"tag", "h1", "cell"} & best.members.keys())
    return Title(text.strip(), len(best.members), article)


def is_site_name(text: str, site_name: str) -> bool:
    """Whether a text names the site and no page of it."""
    return text == site_name or bool(rules.pattern("title", "site_names").fullmatch(text))


def without_site(text: str, site_name: str, column: str, known: Iterable[str]) -> str:
    """A ``<title>`` without the names of site and column around the page's own.

    A title that another witness confirms is taken as that witness words it, since titles
    contain the separators too.
    """
    folded = fold(text)
    for other in known:
        wanted = fold(_CUT.sub("", other))
        if len(wanted) >= 4 and (folded.startswith(wanted) or folded.endswith(wanted)):
            return other if not _CUT.search(other) else _strip(text, site_name, column)
    return _strip(text, site_name, column)


def _strip(text: str, site_name: str, column: str) -> str:
    parts = [part.strip() for part in _SEPARATOR.split(text) if part.strip()]
    separators = _SEPARATOR.findall(text)
    general = [is_site_name(part, site_name) or part == column for part in parts]
    if len(parts) < 2 or all(general):
        return text
    first = general.index(False)
    last = len(parts) - 1 - general[::-1].index(False)
    kept = parts[first : last + 1]
    # 标题_栏目_频道_网站: what remains behind the first underscore are columns too.
    if (
        len(kept) > 1
        and "_" in text
        and len(separators) >= 2
        and len(fold(kept[0])) >= _SHARED_PREFIX
    ):
        kept = kept[:1]
    if first == 0 and last == len(parts) - 1:
        return text
    start = text.index(kept[0])
    return text[start : text.index(kept[-1], start) + len(kept[-1])]


def _vote(groups: list[_Group], witness: str, text: str) -> None:
    for group in groups:
        if any(_agree(text, other) for other in group.members.values()):
            if witness not in group.members:
                group.members[witness] = text
                group.weight += _WEIGHTS[witness]
            return
    groups.append(_Group({witness: text}, _WEIGHTS[witness]))


def _agree(one: str, other: str) -> bool:
    short, long = sorted((fold(_CUT.sub("", one)), fold(_CUT.sub("", other))), key=len)
    if not short:
        return False
    return short == long or (len(short) >= _SHARED_PREFIX and short in long)


def _anchor(anchor: str) -> str:
    """The text of the link that led here, unless it only says 更多 or 下一页."""
    text = re.sub(
        r"^[▪■◆●·•>＞\s\[［]+|\s*[\[(（]?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[\])）]?$", "", anchor
    )
    return "" if rules.pattern("title", "general_anchors").fullmatch(text) else clean(text)


def _headings(tree: Tree) -> list[str]:
    """The first two H1 of the page that stand outside its head and navigation."""
    found = []
    for index, element in enumerate(tree.elements):
        if element.tag == "h1" and not tree.boilerplate[index]:
            text = tree.text_of(index)
            if text and len(text) <= _MAX_TITLE:
                found.append(clean(text))
    return found[:2]


def _title_cells(tree: Tree) -> list[str]:
    """Titles in old markup: an element of a known name, large type, or H2/H3."""
    for index in tree.having(rules.entries("title", "cells")):
        if not tree.boilerplate[index]:
            text = tree.text_of(index)
            if _could_be_title(text):
                return [clean(text)]
    for index, element in enumerate(tree.elements):
        if tree.boilerplate[index] or tree.linked[index] or tree.mass[index] > _MAX_TITLE:
            continue
        if _is_large(element.tag, element.get("size"), element.get("style")):
            text = tree.text_of(index)
            if _could_be_title(text):
                return [clean(text)]
    return []


def _could_be_title(text: str) -> bool:
    return 4 <= len(text) <= _MAX_TITLE and not rules.pattern("title", "no_titles").search(text)


def _is_large(tag: str, size: str | None, style: str | None) -> bool:
    if tag == "h2":
        return True
    if tag == "font" and size and re.fullmatch(r"\+?[4567]", size.strip()):
        return not size.startswith("+") or int(size) >= 2
    found = re.search(r"font-size:\s*(\d+)(?:\.\d+)?\s*(px|pt)", style or "", re.IGNORECASE)
    if not found:
        return False
    return int(found[1]) >= (20 if found[2].lower() == "px" else 16)
