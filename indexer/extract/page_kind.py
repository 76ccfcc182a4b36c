"""What a page is: an article, the front of a column, a further list page, the home page …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from analyzers.dates import find_date
from indexer.extract import rules
from indexer.extract.metadata import Metadata
from indexer.extract.paging import is_further_page
from indexer.extract.publication import Publication
from indexer.extract.soft_redirect import is_home_address
from indexer.extract.tree import Line

ARTICLE: Final = "article"
COLUMN: Final = "column"
FURTHER: Final = "further page of a list"
HOME: Final = "home page"

_MIN_ITEM: Final = 6
_DATE_ROOM: Final = 30


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
    if is_home_address(signs.url):
        return HOME
    if signs.guide_fields or not _is_list(signs, lines, parts.path, parts.query):
        return ARTICLE
    return FURTHER if _is_further(signs.url, source, lines) else COLUMN


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


def _is_further(url: str, source: str, lines: Sequence[Line]) -> bool:
    parts = urlsplit(url)
    path, query = parts.path, parts.query
    if rules.pattern("page_kind", "further_paths").search(path):
        return True
    if query and rules.pattern("page_kind", "further_queries").search(f"?{query}"):
        return True
    if is_further_page(source, url):
        return True
    text = rules.pattern("page_kind", "further_texts")
    return any(text.search(line.text) for line in lines[-40:] if len(line.text) < 200)
