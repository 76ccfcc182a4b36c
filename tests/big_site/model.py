"""Columns and articles of the simulated portal, and what a day changes: the same numbers
always give the same site."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import yaml

PER_LIST: Final = 20
"""Articles on one page of a list."""
FORBIDDEN: Final = ("/search", "/admin/")
"""Path prefixes that robots.txt forbids, though every page links there."""

_ZONE: Final = timezone(timedelta(hours=8))
_DAYS: Final = 3 * 365
_PER_COLUMN: Final = 200
_PER_ATTACHMENT: Final = 50


@dataclass
class Article:
    """One article; ``revision`` counts how often it was rewritten."""

    id: int
    column: Column
    published: datetime
    modified: datetime
    has_file: bool = False
    revision: int = 0

    @functools.cached_property
    def path(self) -> str:
        """Where it lies, in the naming of its column's content system."""
        day = self.published
        if self.column.scheme == "han":
            return f"/art/{day.year}/{day.month}/{day.day}/art_{self.column.id}_{self.id}.html"
        return f"/{self.column.path}/{day:%Y%m}/t{day:%Y%m%d}_{self.id}.html"

    @property
    def file_path(self) -> str:
        """Where its attachment lies: beside it."""
        return f"{self.path.rpartition('/')[0]}/P{self.published:%Y%m%d}{self.id}.docx"


@dataclass(eq=False)
class Column:
    """One column, its articles with the newest first; ``modified`` is when its list last was
    published anew."""

    id: int
    name: str
    path: str
    scheme: str
    charset: str
    modified: datetime
    articles: list[Article] = field(default_factory=list)

    def list_path(self, index: int) -> str:
        """The path of a page of its list, counted from 0."""
        if self.scheme == "han":
            front = f"/col/col{self.id}/index.html"
            return f"{front}?pageNum={index + 1}" if index else front
        return f"/{self.path}/index_{index}.html" if index else f"/{self.path}/"


@dataclass(frozen=True)
class Change:
    """Paths that came, were rewritten, and went."""

    new: list[str]
    changed: list[str]
    removed: list[str]


class Portal:
    """The portal as it is at ``now``; ``pages`` counts everything with content: home, lists,
    articles and attachments."""

    def __init__(self, pages: int, now: datetime, seed: int = 1) -> None:
        self.pages = pages
        self.modified = now.astimezone(_ZONE).replace(microsecond=0)
        self._random = random.Random(seed)
        self.columns = self._make_columns(max(2, pages // _PER_COLUMN))
        self._last_id = 1_000_000
        for number in range(self._article_count()):
            age = timedelta(days=_DAYS * self._random.random(), hours=1)
            article = self._make_article(self.modified - age)
            article.has_file = number < pages // _PER_ATTACHMENT
        for column in self.columns:
            column.articles.sort(key=lambda article: article.published, reverse=True)
            column.modified = column.articles[0].published
        self.modified = max(column.modified for column in self.columns)

    @property
    def articles(self) -> list[Article]:
        """Every article, in the order in which they were made."""
        found = (article for column in self.columns for article in column.articles)
        return sorted(found, key=lambda article: article.id)

    def change(self, share: float, now: datetime) -> Change:
        """Change so much of the pages at ``now``: two fifths of that are new, two fifths
        rewritten, one fifth removed, their attachments with them."""
        self.modified = now.astimezone(_ZONE).replace(microsecond=0)
        count = max(1, round(self.pages * share / 5))
        chosen = self._random.sample(self.articles, 3 * count)
        new = [self._make_article(self.modified - timedelta(minutes=n)) for n in range(2 * count)]
        removed, rewritten = chosen[:count], chosen[count:]
        for article in rewritten:
            article.revision += 1
            article.modified = self.modified
        for article in removed:
            article.column.articles.remove(article)
        for article in new + chosen:
            article.column.articles.sort(key=lambda one: one.published, reverse=True)
            article.column.modified = self.modified
        files = [article.file_path for article in removed if article.has_file]
        return Change(
            new=[article.path for article in new],
            changed=[article.path for article in rewritten],
            removed=[article.path for article in removed] + files,
        )

    def _make_columns(self, count: int) -> list[Column]:
        given = words()["columns"]
        columns = []
        for number in range(count):
            values = dict(given[number % len(given)])
            turn = number // len(given)
            if turn:  # more columns than names: the same again, an archive of earlier years
                values["name"] += f"（{self.modified.year - turn}年）"
                values["path"] += str(self.modified.year - turn)
            columns.append(Column(1021 + number, **values, modified=self.modified))
        return columns

    def _article_count(self) -> int:
        """The most that, with home, lists and attachments, make no more than ``pages``."""
        rest = self.pages - 1 - self.pages // _PER_ATTACHMENT
        count = rest
        while count + self._list_count(count) > rest:
            count -= 1
        return count

    def _list_count(self, articles: int) -> int:
        each, more = divmod(articles, len(self.columns))  # they are dealt out in turn
        lists = -(-each // PER_LIST) * (len(self.columns) - more)
        return lists + -(-(each + 1) // PER_LIST) * more

    def _make_article(self, published: datetime) -> Article:
        self._last_id += 1
        column = self.columns[self._last_id % len(self.columns)]
        article = Article(self._last_id, column, published, published)
        column.articles.append(article)
        return article


def revision_mark(revision: int) -> str:
    """What a rewritten article says and no other does."""
    return f"本页内容已于发布后作第{revision}次修订。"


@functools.lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """``words.yaml``: names, and sentences with gaps."""
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
