"""What a page is: an article, the front of a column, a further list page, the home page …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from analyzers.dates import find_date
from indexer.extract import rules
from indexer.extract.metadata import Metadata
from indexer.extract.publication import Publication
from indexer.extract.tree import Line

ARTICLE: Final = "article"
COLUMN: Final = "column"
FURTHER: Final = "further page of a list"
HOME: Final = "home page"

_MIN_ITEM: Final = 6
_DATE_ROOM: Final = 30
_SHORT_TEXT: Final = 600


@dataclass(frozen=True)
class Signs:
    """What the kind of a page is judged by.

    ``running`` counts the characters of the article's running text, ``named`` says that
    its container was known by name.
    """

    url: str
    meta: Metadata
    seen: Publication
    running: int
    named: bool
    guide_fields: int


def kind_of(signs: Signs, lines: Sequence[Line], source: str) -> str:
    """The kind of a page that is no error page; ``source`` is its markup."""
    parts = urlsplit(signs.url)
    if rules.pattern("page_kind", "home_paths").fullmatch(parts.path or "/") and not parts.query:
        return HOME
    if signs.guide_fields or not _is_list(signs, lines, parts.path, parts.query):
        return ARTICLE
    return FURTHER if _is_further(parts.path, parts.query, source, lines) else COLUMN


def error_of(title: str, text: str, source: str) -> str:
    """Why a page is no content although it came with status 200, or "" when it is."""
    if rules.pattern("page_kind", "blocked").search(source[:20_000]) and len(text) < _SHORT_TEXT:
        return "a firewall's challenge, no content"
    heading = rules.pattern("page_kind", "error_titles").search(title)
    if (heading and len(text) < _SHORT_TEXT) or (
        len(text) < 200 and rules.pattern("page_kind", "error_texts").search(text)
    ):
        return "an error page sent as a page"
    return ""


def _is_list(signs: Signs, lines: Sequence[Line], path: str, query: str) -> bool:
    items = [line for line in lines if not line.boilerplate and _is_item(line)]
    if not items:
        return False
    dated = sum(find_date(line.text) is not None for line in items)
    listed = sum(line.linked + line.files for line in items)
    meta = signs.meta
    article = 3 * bool(meta.article_title) + 2 * bool(meta.published) + 2 * signs.seen.labelled
    article += bool(signs.seen.source) + 2 * (signs.named and signs.running > 0)
    article += 2 * bool(rules.pattern("page_kind", "article_paths").search(f"{path}?{query}"))
    article += (
        2 * (signs.running >= 150) + 3 * (signs.running >= 400) + 2 * (signs.running > listed)
    )
    listing = 2 * (len(items) >= 5) + (len(items) >= 3) + 2 * (dated >= 3) + (signs.running < 80)
    listing += 3 * bool(rules.pattern("page_kind", "list_paths").search(f"{path}?{query}"))
    listing += 3 * path.endswith("/")
    return listing > article


def _is_item(line: Line) -> bool:
    linked = line.linked + line.files
    if linked < _MIN_ITEM:
        return False
    rest = len(line.text) - linked
    return 5 * rest <= len(line.text) or (rest <= _DATE_ROOM and find_date(line.text) is not None)


def _is_further(path: str, query: str, source: str, lines: Sequence[Line]) -> bool:
    if rules.pattern("page_kind", "further_paths").search(path):
        return True
    if query and rules.pattern("page_kind", "further_queries").search(f"?{query}"):
        return True
    # 拓尔思: createPageHTML(pages, this page from 0, "index", "html").
    script = re.search(r"createPageHTML\(\s*\d+\s*,\s*(\d+)", source)
    if script:
        return int(script.group(1)) > 0
    text = rules.pattern("page_kind", "further_texts")
    return any(text.search(line.text) for line in lines[-40:] if len(line.text) < 200)
