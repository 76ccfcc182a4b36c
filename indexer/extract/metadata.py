"""网页标签: the meta tags by which a public body describes a page.

Names and levels follow 《政府网站发展指引》国办发〔2017〕47号 and its annex 网页设计规范: the
site (SiteName), the column (ColumnName, ColumnType) and the article (ArticleTitle, PubDate,
ContentSource, Keywords, Description). The tags are hints: pages carry ``null``, markup,
values of the template they were copied from, or tags of no article at all.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bs4 import BeautifulSoup, Tag

from analyzers.dates import parse_timestamp
from indexer.extract import rules
from indexer.extract.tree import tidy

_HEAD_END: Final = re.compile(r"<body\b", re.IGNORECASE)
_HEAD_LIMIT: Final = 60_000
_UNREAD_MARKS: Final = re.compile(r"<(/?)(script|style)\b|<!--|-->", re.IGNORECASE)
_TAGS: Final = re.compile(
    r"<(?:meta|base)\b(?:\"[^\"]{0,5000}\"|'[^']{0,5000}'|[^>\"']){0,500}>|<title\b[^>]*>.*?</title\s*>",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP: Final = re.compile(r"<[^<>]{1,200}>")
_SEPARATORS: Final = re.compile(r"[,，;；、|/\s]+")
_MAX_KEYWORDS: Final = 20
_MAX_KEYWORD_CHARACTERS: Final = 30


@dataclass(frozen=True)
class Metadata:
    """The tags of one page, cleaned; "" or None for what is missing or says nothing."""

    title_tag: str = ""
    article_title: str = ""
    published: date | None = None
    source: str = ""
    site_name: str = ""
    column: str = ""
    column_type: str = ""
    keywords: tuple[str, ...] = ()
    description: str = ""
    base: str = ""


def read_metadata(text: str) -> Metadata:
    """Reads the head of a page with BeautifulSoup; the body's text is not looked at."""
    body = _HEAD_END.search(text)
    head = _without_scripts(text[: min(body.start() if body else _HEAD_LIMIT, _HEAD_LIMIT)])
    # The few tags are cut out first: a tree of the whole head takes ten times as long.
    soup = BeautifulSoup("".join(_TAGS.findall(head)), "lxml")
    tags: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or "").strip().lower()
        value = clean(str(meta.get("content") or ""))
        # Templates repeat tags with an empty or filler value: the first real one counts.
        if name and value and not tags.get(name):
            tags[name] = value
    title = soup.find("title")
    base = soup.find("base", href=True)
    base_url = base.get("href") if isinstance(base, Tag) else None
    return Metadata(
        title_tag=clean(title.get_text()) if title else "",
        article_title=tags.get("articletitle", ""),
        published=parse_timestamp(tags.get("pubdate", "")),
        source=_source(tags.get("contentsource", "")),
        site_name=tags.get("sitename", ""),
        column=tags.get("columnname", ""),
        column_type=tags.get("columntype", ""),
        keywords=_keywords(tags),
        description=_description(tags),
        base=str(base_url or "").strip(),
    )


def _without_scripts(head: str) -> str:
    """The head without comments, scripts and styles, which may write tags of their own.

    Mark by mark, since a search for each end from each beginning takes quadratic time where
    the ends are missing.
    """
    kept: list[str] = []
    begun, waits_for = 0, ""
    for mark in _UNREAD_MARKS.finditer(head):
        name = (mark[2] or "").lower()
        if waits_for:
            if (waits_for == "-->" and mark[0] == "-->") or (mark[1] and name == waits_for):
                waits_for, begun = "", mark.end()
        elif mark[0] == "<!--" or (name and not mark[1]):
            kept.append(head[begun : mark.start()])
            waits_for, begun = name or "-->", mark.end()
    return "".join([*kept, head[begun:]])


def clean(value: str) -> str:
    """A tag's value as a reader would see it: unescaped, without markup; "" for fillers."""
    for _ in range(3):  # content systems escape what was escaped already: &amp;amp;lt;
        plain = html.unescape(value)
        if plain == value:
            break
        value = plain
    # 《印发<…>的通知》 uses angle brackets as quotation marks: only tags of HTML are markup.
    value = _MARKUP.sub(lambda tag: "" if _is_markup(tag.group()) else tag.group(), value)
    value = tidy(re.sub(r"[\x00-\x1f\x7f\ufeff\u200b-\u200f]+", " ", value))
    return "" if rules.pattern("metadata", "fillers").fullmatch(value) else value


def _is_markup(tag: str) -> bool:
    return re.match(r"</?[A-Za-z!]", tag) is not None


def _source(value: str) -> str:
    return "" if rules.pattern("publication", "empty_sources").fullmatch(value) else value


def _keywords(tags: dict[str, str]) -> tuple[str, ...]:
    """The article's keywords; those that only name the site or column are left out."""
    general = {tags.get(name, "") for name in ("sitename", "columnname", "columnkeywords")}
    found: dict[str, None] = {}
    if tags.get("keywords", "") in general:
        return ()
    for word in _SEPARATORS.split(tags.get("keywords", "")):
        if clean(word) and word not in general and len(word) <= _MAX_KEYWORD_CHARACTERS:
            found.setdefault(word)
    return tuple(found)[:_MAX_KEYWORDS]


def _description(tags: dict[str, str]) -> str:
    value = tags.get("description", "")
    general = ("sitename", "columnname", "columndescription", "articletitle", "keywords")
    return "" if any(value == tags.get(name) for name in general) else value
