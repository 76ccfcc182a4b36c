"""The sample service centre: where a city's authorities take applications, on the web.

It stands in for 钦州市政务服务中心网: XHTML in UTF-8 with div and CSS, service guides
(办事指南) in four page layouts, forms to download in four office formats. Content, frame
and templates lie in ``service_center/``. Items, laws and places are real; windows,
telephone numbers, unit codes, figures and events are invented. The same files always give
the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from indexer.sample_sites.resource import Pages, Resource
from indexer.sample_sites.service_center_content import HOME, Content, load

_HTML: Final = "text/html; charset=utf-8"
_FORM_TYPES: Final = {
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NUMERALS: Final = (*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"), "二十")
_SIDEBAR_ITEMS: Final = 8


class _Item(Protocol):
    @property
    def path(self) -> str: ...

    @property
    def title(self) -> str: ...


def build(base_url: str = "http://www.qzzw.gov.cn") -> Pages:
    """The whole site.

    Args:
        base_url: what the absolute address in the 网页标签 ``Url`` begins with.
    """
    content = load()
    renderer = _Renderer(content, base_url)
    pages: Pages = {
        "/": renderer.page("home.html"),
        "/zxjj.html": renderer.page("about.html"),
        "/map.html": renderer.page("map.html"),
        "/manage/login.aspx": renderer.page("manage.html"),
        "/robots.txt": Resource((HOME / "templates/robots.txt").read_bytes(), "text/plain"),
        "/css/style.css": Resource((HOME / "style.css").read_bytes(), "text/css"),
    }
    pages.update(renderer.guides())
    for key in content.articles:
        pages.update(renderer.articles(key))
    pages.update(renderer.letters())
    pages.update(renderer.forms())
    return pages


class _Renderer:
    """Fills the templates for one site."""

    def __init__(self, content: Content, base_url: str) -> None:
        self._content = content
        self._columns = content.site["columns"]
        self._sizes = content.site["page_size"]
        self._environment = Environment(
            loader=FileSystemLoader(HOME / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["spaced"] = _spaced
        self._environment.globals.update(
            site=content.site,
            bodies=list(content.bodies.values()),
            labels=dict(content.site["labels"]),
            numerals=_NUMERALS,
            base_url=base_url,
            hot=[body.guides[0] for body in content.bodies.values()][:_SIDEBAR_ITEMS],
            latest=content.articles["zwdt"][:_SIDEBAR_ITEMS],
        )

    def page(self, template: str, **values: object) -> Resource:
        html = self._environment.get_template(template).render(**values)
        return Resource(html.replace("\n", "\r\n").encode("utf-8"), _HTML)

    def guides(self) -> Iterator[tuple[str, Resource]]:
        """The guides, the pages of their bodies and both lists of the column."""
        column = self._columns["bszn"]
        yield column["path"], self.page("bodies.html", column=column)
        for body in self._content.bodies.values():
            yield body.path, self.page("body.html", body=body)
            for newer, guide, older in _with_neighbours(body.guides):
                template = f"guide_{body.layout}.html"
                yield guide.path, self.page(template, guide=guide, newer=newer, older=older)
        paths = _query_pages("/bszn/list.aspx", len(self._content.guides), self._sizes["guides"])
        yield from self._list("list.html", column, self._content.guides, paths)

    def articles(self, key: str) -> Iterator[tuple[str, Resource]]:
        """The articles of one column and its list."""
        column, articles = self._columns[key], self._content.articles[key]
        for newer, article, older in _with_neighbours(articles):
            values = {"column": column, "article": article, "newer": newer, "older": older}
            yield article.path, self.page("article.html", **values)
        size, path = self._sizes["articles"], column["path"]
        if path.endswith("/"):
            numbers = range(2, _page_count(len(articles), size) + 1)
            paths = [path, *(f"{path}index_{number}.html" for number in numbers)]
        else:
            paths = _query_pages(path, len(articles), size)
        yield from self._list("list.html", column, articles, paths)

    def letters(self) -> Iterator[tuple[str, Resource]]:
        """The complaints page and the answered letters."""
        column, letters = self._columns["wzts"], self._content.letters
        yield column["path"], self.page("letters.html", column=column, items=letters)
        for newer, letter, older in _with_neighbours(letters):
            values = {"column": column, "letter": letter, "newer": newer, "older": older}
            yield letter.path, self.page("letter.html", **values)

    def forms(self) -> Iterator[tuple[str, Resource]]:
        """The list of forms and the forms themselves."""
        column, forms = self._columns["bgxz"], list(self._content.forms.values())
        paths = _query_pages(column["path"], len(forms), self._sizes["forms"])
        yield from self._list("forms.html", column, forms, paths)
        for form in forms:
            file = HOME / "forms" / form.file
            yield form.path, Resource(file.read_bytes(), _FORM_TYPES[file.suffix])

    def _list(
        self, template: str, column: object, items: Sequence[_Item], paths: list[str]
    ) -> Iterator[tuple[str, Resource]]:
        size = -(-len(items) // len(paths))
        for index, path in enumerate(paths):
            shown = items[index * size : (index + 1) * size]
            values = {"column": column, "items": shown, "paths": paths, "index": index}
            yield path, self.page(template, **values)


def _with_neighbours(items: Sequence[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Each item between the one before and the one after it, None at the ends."""
    return zip([None, *items], items, [*items[1:], None], strict=False)


def _query_pages(path: str, items: int, size: int) -> list[str]:
    """The addresses of a list of ``items``: ``path``, then ``path?PageIndex=2`` …"""
    numbers = range(2, _page_count(items, size) + 1)
    return [path, *(f"{path}?PageIndex={number}" for number in numbers)]


def _page_count(items: int, size: int) -> int:
    return max(1, -(-items // size))


def _spaced(label: str) -> str:
    """A label of four characters as narrow table cells show it: 办 理 地 点."""
    return " ".join(label) if len(label) == 4 else label
