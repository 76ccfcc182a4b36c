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
from datetime import date, datetime
from typing import Final

from bs4 import BeautifulSoup, Tag

from analyzers.dates import CHINA_STANDARD_TIME, parse_timestamp
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
_EPOCH: Final = re.compile(r"(\d{10})(?:\d{3})?")
_LAST_PART: Final = re.compile(r"(.{4,200}?)\s*[-_|｜—–]+\s*([^-_|｜—–]{2,40})$")
_DOUBLED: Final = frozenset({"Keywords", "Description"})
"""Tags of the annex that templates have in lower case too, there for the whole site."""
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
    tags = _tags_of(soup)
    first = {name: values[0] for name, values in tags.items()}
    title = soup.find("title")
    base = soup.find("base", href=True)
    base_url = base.get("href") if isinstance(base, Tag) else None
    site_name = first.get("sitename", "")
    stamps = [*tags.get("pubdate", ()), *tags.get("article:published_time", ())]
    days = (parse_published(value) for value in stamps)
    return Metadata(
        title_tag=clean(title.get_text()) if title else "",
        article_title=_without_site(first.get("articletitle", ""), site_name),
        published=next((day for day in days if day), None),
        source=next(filter(None, map(_source, tags.get("contentsource", ()))), ""),
        site_name=site_name,
        column=first.get("columnname", ""),
        column_type=first.get("columntype", ""),
        keywords=_keywords(first),
        description=_description(first),
        base=str(base_url or "").strip(),
    )


def _tags_of(soup: BeautifulSoup) -> dict[str, list[str]]:
    """The values that say something by their tag's name in lower case, the best first.

    Templates repeat tags with empty or filler values, and put keywords of the whole site in
    lower case beside the article's own in the annex's spelling, which go first.
    """
    tags: dict[str, list[str]] = {}
    exact: dict[str, list[str]] = {}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip()
        value = clean(str(meta.get("content") or ""))
        if name and value:
            values = exact if name in _DOUBLED else tags
            values.setdefault(name.lower(), []).append(value)
    return {name: exact.get(name, []) + tags.get(name, []) for name in {**tags, **exact}}


def parse_published(value: str) -> date | None:
    """The day of a ``PubDate``, also one given in seconds or milliseconds since 1970."""
    epoch = _EPOCH.fullmatch(value)
    if epoch is None:
        return parse_timestamp(value)
    return datetime.fromtimestamp(int(epoch[1]), CHINA_STANDARD_TIME).date()


def _without_site(title: str, site_name: str) -> str:
    """An ArticleTitle without the site's name, which belongs into SiteName."""
    found = _LAST_PART.match(title)
    if not found:
        return title
    is_site = found[2] == site_name or rules.pattern("title", "site_names").fullmatch(found[2])
    return found[1] if is_site else title


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
    if tags.get("keywords", "") in general:
        return ()
    return tuple(word for word in keywords_of(tags.get("keywords", "")) if word not in general)


def keywords_of(value: str) -> tuple[str, ...]:
    """The words of a list of keywords, once each, however they are separated."""
    words = [word for word in _SEPARATORS.split(value) if len(word) <= _MAX_KEYWORD_CHARACTERS]
    return tuple(dict.fromkeys(word for word in words if clean(word)))[:_MAX_KEYWORDS]


def _description(tags: dict[str, str]) -> str:
    value = tags.get("description", "")
    general = ("sitename", "columnname", "columndescription", "articletitle", "keywords")
    return "" if any(value == tags.get(name) for name in general) else value
