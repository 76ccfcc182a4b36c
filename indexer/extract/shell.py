"""Pages that are nothing yet: those that lead elsewhere and those that need their scripts."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import urlencode

import lxml.html

from indexer.extract import rules, script_links
from indexer.extract.addresses import LinkSet
from indexer.extract.links import Found
from indexer.extract.model import EMPTY, ERROR, REFRESH, SCRIPT
from indexer.extract.soft_error import judge_scripts
from indexer.extract.soft_redirect import is_error_address
from indexer.extract.tree import Tree

_NEXT_TO_NOTHING: Final = 40
_FEW_WORDS: Final = 120
_SHELL_WORDS: Final = 300
_FEW_LINKS: Final = 5
_LIST_RUNNING: Final = 80
_MAX_SCRIPT: Final = 20_000
_CONTENT: Final = ("img", "object", "embed", "video", "audio", "canvas", "input", "applet")


class Verdict(NamedTuple):
    """The kind of a page that is no content of its own, and why."""

    kind: str
    problem: str


def judge(tree: Tree, found: Found, lowered: bytes, url: str, links: LinkSet) -> Verdict | None:
    """The verdict over a page without content of its own; None for all others.

    Adds to ``links`` where the page's scripts send it. ``found`` is what the pass over its
    links saw, ``lowered`` its bytes in lower case.
    """
    words = sum(len(line.text) for line in tree.lines)
    if words > _SHELL_WORDS or found.anchors > _FEW_LINKS:
        return None
    code = _inline_scripts(tree.root)
    if words <= _FEW_WORDS:
        verdict = _leads_elsewhere(tree, found, code, url, links)
        if verdict:
            return verdict
        if not words and not found.anchors:
            told = judge_scripts(code)
            if told:
                return Verdict(*told)
    return _needs_scripts(tree, lowered, words, found)


def list_shell(lowered: bytes, root: lxml.html.HtmlElement, links: LinkSet) -> Verdict | None:
    """The verdict over a page whose list is filled by a script.

    For pages in which neither an article nor the items of a list were found. 大汉 JPaaS
    says in its script's attributes what it will ask for: that address is added to ``links``.
    """
    mark = next((mark for mark in _list_marks() if mark in lowered), None)
    if mark is None:
        return None
    for script in root.iter("script"):
        address, query = script.get("url"), script.get("querydata")
        if address and query:
            arguments = _arguments(query)
            if arguments is not None:
                links.add(f"{address}?{urlencode(arguments)}")
    return Verdict(SCRIPT, f"needs JavaScript: the list is filled by a script ({mark.decode()})")


def is_filled_by_script(lowered: bytes, running: int) -> bool:
    """Whether :func:`list_shell` has to be asked; ``running`` counts the text's characters."""
    return running < _LIST_RUNNING and any(mark in lowered for mark in _list_marks())


def _leads_elsewhere(
    tree: Tree, found: Found, code: str, url: str, links: LinkSet
) -> Verdict | None:
    scripted = [links.add(target) for target in script_links.redirects(code)]
    targets = [*found.refreshes, *(target for target in scripted if target and target != url)]
    if targets and all(is_error_address(target) for target in targets):
        return Verdict(ERROR, f"leads to an error page: {targets[0]}")
    if targets:
        return Verdict(REFRESH, f"only leads elsewhere: {targets[0]}")
    if found.frames and not found.anchors and not _has(tree.root, _CONTENT):
        return Verdict(REFRESH, "only frames: read for its links alone")
    return None


def _needs_scripts(tree: Tree, lowered: bytes, words: int, found: Found) -> Verdict | None:
    if b"<script" not in lowered or found.frames:
        return None
    for name in rules.entries("page_kind", "app_roots"):
        for index in tree.tokens.get(name, ()):
            if not tree.text_of(index) and not _has(tree.elements[index], _CONTENT):
                return Verdict(SCRIPT, f"needs JavaScript: #{name} is filled by an application")
    notices = " ".join("".join(notice.itertext()) for notice in tree.root.iter("noscript"))
    shown = " ".join(line.text for line in tree.lines)
    # Many pages that show their text without scripts have a notice in noscript all the same.
    told = f"{notices[:2000] if words <= _NEXT_TO_NOTHING else ''} {shown}"
    if words <= _FEW_WORDS and rules.pattern("page_kind", "script_notices").search(told):
        return Verdict(SCRIPT, "needs JavaScript: the page says so")
    if not words and not found.anchors and not _has(tree.root, _CONTENT):
        return Verdict(SCRIPT, "needs JavaScript: nothing but scripts")
    return None


def empty(links: LinkSet) -> Verdict:
    """The verdict over a page without text and title."""
    if links:
        return Verdict("list", "no text and no title: read for its links alone")
    return Verdict(EMPTY, "no text and no title: an empty shell or frame")


def _has(element: lxml.html.HtmlElement, tags: tuple[str, ...]) -> bool:
    return next(element.iter(*tags), None) is not None


def _inline_scripts(root: lxml.html.HtmlElement) -> str:
    pieces = (script.text or "" for script in root.iter("script") if not script.get("src"))
    return "\n".join(pieces)[:_MAX_SCRIPT]


def _arguments(query: str) -> dict[str, str] | None:
    try:
        data = json.loads(re.sub("'", '"', query[:4000]))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    return {str(name): str(value) for name, value in data.items()}


@cache
def _list_marks() -> tuple[bytes, ...]:
    return tuple(mark.encode() for mark in rules.entries("page_kind", "list_shells"))
