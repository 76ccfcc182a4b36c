"""The sample portal: a city government's web site as one of about 2010 was.

Content, frame and templates lie in ``portal/``; what is built is bytes: HTML 4.01 in
layout tables, encoded as GB 18030 under whatever charset its pages claim. All events,
figures and document numbers are invented. The same files always give the same bytes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analyzers.own_data import load_yaml
from indexer.sample_sites.resource import Pages, Resource

ENCODING: Final = "gb18030"
_HOME: Final = Path(__file__).parent / "portal"
_DIGITS: Final = str.maketrans("0123456789", "〇一二三四五六七八九")
# GB/T 9704-2012 writes the date under a document in Arabic figures; its predecessor of
# 1999 wrote it in Chinese ones.
_ARABIC_DATES_FROM: Final = date(2012, 7, 1)
_CONTENT_TYPES: Final = {".pdf": "application/pdf", ".txt": "text/plain"}


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A document printed in a gazette's issue, ``group`` the heading above it if it is the
    first of one; ``annex`` stands below its signature, a paragraph per line."""

    title: str
    body: str
    group: str = ""
    number: str = ""
    issuer: str = ""
    written: date | None = None
    annex: str = ""

    @property
    def signed_on(self) -> str:
        """The day under the document, as the standard of its time writes it."""
        return _day_under(self.written)


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article of the portal as its YAML gives it.

    ``body`` is plain text, a paragraph per line. ``paths`` are its addresses by column,
    several where it stands in several columns; its attachments lie beside the first.
    ``written`` and ``issuer`` sign an official document, ``catalogue`` adds the 公开目录
    table. ``tags`` overrides 网页标签 by name. ``printed`` are the documents of a gazette's
    issue, which follow its contents on the same page.
    """

    id: int
    title: str
    published: datetime
    source: str
    paths: Mapping[str, str]
    body: str = ""
    number: str = ""
    issuer: str = ""
    written: date | None = None
    spans: bool = False
    catalogue: Mapping[str, str] = field(default_factory=dict)
    keywords: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    reversed_tags: bool = False
    attachments: tuple[Mapping[str, str], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    letter: Mapping[str, str] = field(default_factory=dict)
    admin_link: bool = False
    printed: tuple[Printed, ...] = ()
    content_type: str = "text/html"

    @property
    def path(self) -> str:
        """The first of the article's addresses."""
        return next(iter(self.paths.values()))

    @property
    def signed_on(self) -> str:
        """The day under the document, as the standard of its time writes it."""
        return _day_under(self.written)

    def attachment_path(self, name: str) -> str:
        """Where the attachment of that file name lies, percent-encoded as UTF-8."""
        return posixpath.join(posixpath.dirname(self.path), quote(name))


@dataclass(frozen=True, kw_only=True)
class _Column:
    key: str
    name: str
    type: str
    body: str
    path: str
    script_pager: bool = False
    articles: list[Article] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Channel:
    key: str
    name: str
    folder: str
    scheme: Mapping[str, str]
    charset: str
    relative: bool
    dateline: str
    list_date: str
    columns: list[_Column] = field(default_factory=list)

    def address(self, kind: str, **values: object) -> str:
        return self.scheme[kind].format(channel=self.key, folder=self.folder, **values)


def chinese_day(day: date) -> str:
    """``2009-12-03`` as 二〇〇九年十二月三日."""
    year = str(day.year).translate(_DIGITS)
    return f"{year}年{_chinese_number(day.month)}月{_chinese_number(day.day)}日"


def _day_under(day: date | None) -> str:
    if day is None:
        return ""
    if day < _ARABIC_DATES_FROM:
        return chinese_day(day)
    return f"{day.year}年{day.month}月{day.day}日"


def load_articles() -> list[Article]:
    """Every article of the portal once, in the order of its columns."""
    columns = [column for channel in _load_channels(_site()) for column in channel.columns]
    return list({a.id: a for column in columns for a in column.articles}.values())


def build(base_url: str = "http://www.qinzhou.gov.cn") -> Pages:
    """The whole portal.

    Args:
        base_url: what the addresses in robots.txt and sitemap.xml, which are absolute,
            begin with.
    """
    site = _site()
    channels = _load_channels(site)
    articles = {a.id: a for ch in channels for co in ch.columns for a in co.articles}
    renderer = _Renderer(site, channels, hot=[articles[number] for number in site["hot"]])
    pages: Pages = {
        "/": renderer.page("/", "home.html"),
        "/admin/login.html": renderer.page("/admin/login.html", "admin.html"),
    }
    for channel in channels:
        own = {a.id: a for column in channel.columns for a in column.articles}
        pages.update(renderer.lists(channel, None, sorted(own.values(), key=_newest_first)))
        for column in channel.columns:
            pages.update(renderer.lists(channel, column, column.articles))
            pages.update(renderer.articles(channel, column))
    for article in articles.values():
        for given in article.attachments:
            path = article.attachment_path(given["name"])
            pages[path] = _file(given["file"], _CONTENT_TYPES[Path(given["file"]).suffix])
    for path, given in site["files"].items():
        pages[path] = _file(given["file"], given["content_type"])
    addresses = [base_url + articles[number].path for number in site["sitemap"]]
    for path, kind in {"/robots.txt": "text/plain", "/sitemap.xml": "text/xml"}.items():
        text = renderer.text(path[1:], base_url=base_url, addresses=addresses)
        pages[path] = Resource(text.encode("utf-8"), kind)
    return pages


class _Renderer:
    """Fills the templates for one site."""

    def __init__(
        self, site: Mapping[str, Any], channels: list[_Channel], hot: list[Article]
    ) -> None:
        self._page_size: int = site["page_size"]
        self._tags_from = str(site["tags_from"])
        self._environment = Environment(
            loader=FileSystemLoader(_HOME / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.globals.update(site=site, channels=channels, hot=hot)

    def text(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(**values)

    def page(
        self,
        path: str,
        template: str,
        channel: _Channel | None = None,
        content_type: str = "text/html",
        **values: object,
    ) -> Resource:
        def href(target: str) -> str:
            """``target`` as this page writes it: relative within a channel that does so."""
            if channel is None or not channel.relative or path.startswith(f"/{channel.key}/"):
                return target
            if not target.startswith(f"/{channel.folder}/"):
                return target
            way = posixpath.relpath(target, posixpath.dirname(path))
            way += "/" if target.endswith("/") else ""
            return way if way.startswith(".") else "./" + way

        charset = channel.charset if channel else "gb2312"
        html = self.text(template, href=href, charset=charset, channel=channel, **values)
        return Resource(html.replace("\n", "\r\n").encode(ENCODING), content_type)

    def lists(
        self, channel: _Channel, column: _Column | None, articles: list[Article]
    ) -> Iterator[tuple[str, Resource]]:
        """The pages of a column's list, or of the channel's where there is no column."""
        size = self._page_size
        kind, key = ("column", column.key) if column else ("channel", "")
        paths = [channel.address(kind, column=key)] + [
            channel.address(f"{kind}_page", column=key, number=number, previous=number - 1)
            for number in range(2, -(-len(articles) // size) + 1)
        ]
        for index, path in enumerate(paths):
            shown = articles[index * size : (index + 1) * size]
            extra: dict[str, Any] = {"paths": paths, "index": index, "articles": shown}
            yield path, self.page(path, "list.html", channel, column=column, **extra)

    def articles(self, channel: _Channel, column: _Column) -> Iterator[tuple[str, Resource]]:
        """The article pages of a column, each knowing its neighbours."""
        fence = [None, *column.articles, None]
        for newer, article, older in zip(fence, column.articles, fence[2:], strict=False):
            path = article.paths[column.key]
            template = "letter.html" if article.letter else "article.html"
            values = {
                "column": column,
                "article": article,
                "newer": newer,
                "older": older,
                "dateline": channel.dateline.format(date=article.published, source=article.source),
                "tagged": f"{article.published:%Y-%m-%d}" >= self._tags_from,
            }
            yield path, self.page(path, template, channel, article.content_type, **values)


def _load_channels(site: Mapping[str, Any]) -> list[_Channel]:
    channels: list[_Channel] = []
    places: dict[str, tuple[_Channel, _Column]] = {}
    for raw in site["channels"]:
        given = {**raw, "scheme": site["schemes"][raw["scheme"]], "columns": []}
        body = given.pop("body")
        channel = _Channel(**given)
        channels.append(channel)
        for key, spec in raw["columns"].items():
            path = channel.address("column", column=key)
            column = _Column(**{"key": key, "path": path, "body": body, **spec})
            channel.columns.append(column)
            places[key] = channel, column
    for file in sorted(_HOME.glob("content_*.yaml")):
        for key, records in load_yaml(file.read_text("utf-8")).items():
            for record in records:
                _place(places, key, record)
    for _, column in places.values():
        column.articles.sort(key=_newest_first)
    return channels


def _place(
    places: Mapping[str, tuple[_Channel, _Column]], key: str, record: dict[str, Any]
) -> None:
    """Makes one article and puts it in its column and in those of ``also``."""
    day = datetime.fromisoformat(record.pop("published"))
    keys = [key, *record.pop("also", [])]
    paths = {
        name: places[name][0].address(
            "article", column=name, id=record["id"], day=f"{day:%Y%m%d}", month=f"{day:%Y%m}"
        )
        for name in keys
    }
    body = record.pop("body", "").strip()
    printed = tuple(Printed(**document) for document in record.pop("printed", []))
    article = Article(**record, published=day, paths=paths, body=body, printed=printed)
    for name in keys:
        places[name][1].articles.append(article)


def _newest_first(article: Article) -> tuple[int, int]:
    return -article.published.toordinal(), -article.id


def _chinese_number(number: int) -> str:
    """1 to 99 as 一, 十, 十二, 二十, 三十一."""
    tens, ones = divmod(number, 10)
    head = ("" if tens < 2 else str(tens).translate(_DIGITS)) + ("十" if tens else "")
    return head + (str(ones).translate(_DIGITS) if ones else "")


def _file(name: str, content_type: str) -> Resource:
    return Resource((_HOME / "files" / name).read_bytes(), content_type)


def _site() -> dict[str, Any]:
    site: dict[str, Any] = load_yaml((_HOME / "site.yaml").read_text("utf-8"))
    return site
