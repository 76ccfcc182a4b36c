"""From columns and articles to the bytes that the simulated portal answers with.

Articles and further list pages lie on the disc, as a content system publishes them, and so
have validators (RFC 9110, section 8.8). The home page, with its visit counter, and the
column fronts are made anew for every request and have none.
"""

from __future__ import annotations

import functools
import io
import random
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from big_site.model import FORBIDDEN, PER_LIST, Article, Column, Portal, revision_mark, words

COUNTER: Final = b"00000000"
"""Where the home page shows how often it was asked for; the server counts."""

_PER_SITEMAP: Final = 1000
_LATEST: Final = 8
_HTML: Final = "text/html"
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ENCODINGS: Final = {"gb2312": "gb18030", "utf-8": "utf-8"}
"""What pages are encoded in, by what they declare."""
_STYLE: Final = "<style>body{font:14px SimSun;width:1000px}.nav li{float:left}</style>"
_FOOTER: Final = (
    '<div class="footer"><p>主办单位：钦州市人民政府办公室　网站标识码：4507000000</p></div>'
)


@dataclass(frozen=True)
class Entry:
    """What stands at one path. ``modified`` is in seconds of the epoch, None for what has no
    validators; ``kind`` is robots, sitemap, home, front, list, article or attachment."""

    kind: str
    body: bytes
    content_type: str
    modified: int | None = None


class Pages:
    """Renders one portal; ``base_url`` begins the addresses in robots.txt and sitemaps."""

    def __init__(self, portal: Portal, base_url: str) -> None:
        self._portal = portal
        self._base_url = base_url

    def entries(self, known: dict[str, Entry]) -> dict[str, Entry]:
        """Everything by path with query; articles that are as in ``known`` are taken over."""
        found = {"/robots.txt": self._robots(), "/": self._home()}
        found.update(self._sitemaps())
        for column in self._portal.columns:
            found.update(self._lists(column))
            for article in column.articles:
                entry = known.get(article.path)
                if entry is None or entry.modified != int(article.modified.timestamp()):
                    entry = self._article(article)
                found[article.path] = entry
                if article.has_file:
                    found[article.file_path] = known.get(article.file_path) or _file(article)
        return found

    # -- for robots -----------------------------------------------------------------------

    def _robots(self) -> Entry:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in FORBIDDEN)]
        lines += ["", f"Sitemap: {self._base_url}/sitemap.xml", ""]
        return Entry("robots", "\n".join(lines).encode(), "text/plain")

    def _sitemaps(self) -> dict[str, Entry]:
        """An index and its parts (sitemaps.org, protocol 0.9): articles, none of the lists."""
        articles, modified = self._portal.articles, self._portal.modified
        found, index = {}, []
        for start in range(0, len(articles), _PER_SITEMAP):
            path = f"/sitemap_{start // _PER_SITEMAP + 1}.xml"
            part = articles[start : start + _PER_SITEMAP]
            rows = [self._sitemap_row("url", row.path, row.modified) for row in part]
            found[path] = self._sitemap("urlset", rows)
            index.append(self._sitemap_row("sitemap", path, modified))
        found["/sitemap.xml"] = self._sitemap("sitemapindex", index)
        return found

    def _sitemap(self, tag: str, rows: list[str]) -> Entry:
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} {space}>{"".join(rows)}</{tag}>\n'
        return Entry("sitemap", text.encode(), "text/xml", int(self._portal.modified.timestamp()))

    def _sitemap_row(self, tag: str, path: str, modified: datetime) -> str:
        place, moment = self._base_url + path, modified.isoformat()
        return f"<{tag}><loc>{place}</loc><lastmod>{moment}</lastmod></{tag}>\n"

    # -- home and lists -------------------------------------------------------------------

    def _home(self) -> Entry:
        blocks = []
        for column in self._portal.columns:
            rows = "".join(_row(article) for article in column.articles[:_LATEST])
            more = f'<a class="more" href="{column.list_path(0)}">更多</a>'
            blocks.append(f'<div class="block"><h2>{column.name}{more}</h2><ul>{rows}</ul></div>')
        counter = f"<p>您是第 {COUNTER.decode()} 位访客</p>"
        title = words()["site"]["title"]
        return Entry("home", self._page(title, "", "".join(blocks) + counter), _HTML)

    def _lists(self, column: Column) -> dict[str, Entry]:
        starts = range(0, max(len(column.articles), 1), PER_LIST)
        found: dict[str, Entry] = {}
        for index, start in enumerate(starts):
            shown = column.articles[start : start + PER_LIST]
            rows = "".join(_row(article) for article in shown)
            pager = _pager(column, index, len(starts))
            meta = f'<meta name="ColumnName" content="{column.name}">'
            body = f'{_place(column)}<ul class="list">{rows}</ul>{pager}'
            page = self._page(column.name, meta, body, column.charset)
            if index:
                entry = Entry("list", page, _HTML, int(column.modified.timestamp()))
            else:
                entry = Entry("front", page, _HTML)
            found[column.list_path(index)] = entry
        return found

    # -- articles -------------------------------------------------------------------------

    def _article(self, article: Article) -> Entry:
        column, moment = article.column, f"{article.published:%Y-%m-%d %H:%M}"
        title, source, text = _title(article), _source(article), _text(article)
        if article.has_file:
            text += f'<p>附件：<a href="{article.file_path}">{title}（附表）.docx</a></p>'
        body = (
            f'{_place(column)}<h1>{title}</h1><div class="info">发布时间：{moment}　来源：{source}'
            f'　【字体：大 中 小】</div><div class="TRS_Editor">{text}</div>'
        )
        tags = {"ArticleTitle": title, "PubDate": moment}
        tags.update(ColumnName=column.name, ContentSource=source)
        meta = "".join(f'<meta name="{name}" content="{value}">\n' for name, value in tags.items())
        page = self._page(title, meta, body, column.charset)
        return Entry("article", page, _HTML, int(article.modified.timestamp()))

    def _page(self, title: str, meta: str, body: str, charset: str = "utf-8") -> bytes:
        site = words()["site"]["title"]
        head = f'<meta charset="{charset}"><title>{title}-{site}</title>{meta}{_STYLE}'
        text = f"<!DOCTYPE html>\n<html><head>{head}</head><body>{self._navigation}{body}{_FOOTER}"
        return f"{text}</body></html>\n".encode(_ENCODINGS[charset])

    @functools.cached_property
    def _navigation(self) -> str:
        """The head that all pages share: about 60 links, the forbidden ones among them."""
        columns = self._portal.columns[:24]
        own = [("首页", "/"), *((column.name, column.list_path(0)) for column in columns)]
        own += [("站内搜索", "/search?q="), ("工作人员登录", "/admin/login.html")]
        names = words()["site"]["elsewhere"]
        others = [(name, f"http://www{number}.example.cn/") for number, name in enumerate(names)]
        items = "".join(f'<li><a href="{href}">{name}</a></li>\n' for name, href in own + others)
        return f'<div class="nav"><ul>{items}</ul></div>'


class _Gaps(dict[str, str]):
    """Words for the gaps of a sentence, drawn one by one."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng, self._words = rng, words()["words"]
        self._most = {"month": 12, "day": 28, "share": 99, "n": 9000}

    def __missing__(self, gap: str) -> str:
        if gap in self._words:
            choice: str = self._rng.choice(self._words[gap])
            return choice
        return str(1 + int(self._rng.random() * self._most[gap]))


def _title(article: Article) -> str:
    """From templates, so that two articles may bear the same one, as in life."""
    rng = random.Random(article.id)
    title: str = rng.choice(words()["titles"])
    return title.format_map(_Gaps(rng))


def _source(article: Article) -> str:
    return _Gaps(random.Random(f"source {article.id}"))["body"]


def _text(article: Article) -> str:
    """Four sentences to 110, three in a paragraph; others after each revision."""
    rng = random.Random(f"{article.id}.{article.revision}")
    gaps = _Gaps(rng)
    count = min(110, max(4, round(rng.lognormvariate(3.0, 0.8))))
    sentences = [given.format_map(gaps) for given in rng.choices(words()["sentences"], k=count)]
    if article.revision:
        sentences.append(revision_mark(article.revision))
    starts = range(0, len(sentences), 3)
    return "".join(f"<p>　　{''.join(sentences[start : start + 3])}</p>\n" for start in starts)


def _row(article: Article) -> str:
    title, day = _title(article), article.published
    return f'<li><a href="{article.path}">{title}</a><span>{day:%Y-%m-%d}</span></li>\n'


def _place(column: Column) -> str:
    """The breadcrumb above lists and articles."""
    link = f'<a href="{column.list_path(0)}">{column.name}</a>'
    return f'<div class="crumbs">当前位置：<a href="/">首页</a> &gt; {link}</div>'


def _pager(column: Column, index: int, count: int) -> str:
    """What leads to the other pages of a list, as the column's content system writes it."""
    if column.scheme == "trs":
        script = f'createPageHTML({count}, {index}, "index", "html");'
        return f'<div class="page"><script>{script}</script></div>'
    links = [f"共{count}页"]
    if index:
        links.append(f'<a href="{column.list_path(index - 1)}">上一页</a>')
    if index + 1 < count:
        links.append(f'<a href="{column.list_path(index + 1)}">下一页</a>')
    return f'<div class="page">{" ".join(links)}</div>'


def _file(article: Article) -> Entry:
    """The least that is a Word document (ECMA-376, part 2: three parts in a ZIP)."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    text = f"附表：第{article.id}号登记表，由申请人如实填写，一式两份，窗口留存一份。"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_DOCX}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="a" Type="{relation}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t>'
        "</w:r></w:p></w:body></w:document>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), part)
    return Entry("attachment", packed.getvalue(), _DOCX, int(article.modified.timestamp()))
