"""One HTML page, read: every part of the extraction in the order in which they build on
each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from indexer.document import Document
from indexer.extract import directives, hanweb, page_kind, shell, soft_error
from indexer.extract.addresses import LinkSet, absolute_url, document_base
from indexer.extract.breadcrumb import find_breadcrumb
from indexer.extract.bundle import unbundled
from indexer.extract.directory_block import DirectoryBlock, read_directory_block
from indexer.extract.dom import parse
from indexer.extract.facts import PageParts, page_facts
from indexer.extract.json_list import add_gkmlpt
from indexer.extract.links import Found, read_links
from indexer.extract.main_text import body_lines, find_container, is_end, is_furniture
from indexer.extract.metadata import Metadata, read_metadata
from indexer.extract.model import ARTICLE, ERROR, HOME, LIST, Extraction, FetchedPage
from indexer.extract.paging import read_paging
from indexer.extract.publication import Publication, find_publication
from indexer.extract.service_guide import read_guide
from indexer.extract.title import Title, find_title
from indexer.extract.tree import Line, Tree

MAX_TEXT: Final = 2_000_000
"""Longer texts are cut here, in characters."""

_TITLE_FROM_TEXT: Final = 60


@dataclass
class _Reading:
    """What has been found on a page; ``base`` is what its addresses are relative to, and
    ``named`` says that the element of the article, ``container``, is known by its name."""

    base: str
    tree: Tree
    meta: Metadata
    breadcrumb: list[str]
    title: Title
    body: list[Line]
    container: int
    named: bool
    catalogue: DirectoryBlock
    seen: Publication
    guide: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.body)[:MAX_TEXT]

    @property
    def is_dated(self) -> bool:
        """Whether the page says when it was published, as only content does."""
        return bool(self.meta.published) or self.seen.labelled


def read_page(page: FetchedPage, source: str, charset: str) -> Extraction:
    """What an HTML page says; ``source`` is its markup, decoded from ``charset``.

    Directives are those of its meta tags; the document stays in place whatever they say.
    """
    lowered = _lowered(page, source, charset)
    if b"<datastore" in lowered:
        source = hanweb.unpacked(source)
    reading = _read(page, source, charset)
    text = reading.text
    if not reading.is_dated:
        heading = reading.meta.title_tag or reading.title.text
        trouble = soft_error.judge(heading, text, lowered)
        if trouble:
            return Extraction(None, (), charset, trouble[1], trouble[0])
    links = LinkSet(reading.base, charset)
    found = read_links(reading.tree.root, links, page.url, lowered)
    read_paging(source, lowered, page.url, links)
    extraction = _judged(page, reading, source, lowered, found, links)
    if extraction.kind == ERROR:
        return extraction
    return _with_wishes(extraction, page, found, links)


def _lowered(page: FetchedPage, source: str, charset: str) -> bytes:
    """The page's bytes in lower case: what rare things are looked for in, which is quick."""
    body = source.encode("utf-8", "replace") if charset.startswith("utf-16") else page.body
    return body.lower()


def _judged(
    page: FetchedPage,
    reading: _Reading,
    source: str,
    lowered: bytes,
    found: Found,
    links: LinkSet,
) -> Extraction:
    charset = links.charset
    listed = b"gkmlpt" in lowered and add_gkmlpt(source, page.url, links)
    verdict = None
    if not (listed or reading.is_dated):
        verdict = shell.judge(reading.tree, found, lowered, page.url, links)
    text = reading.text
    running = sum(len(line.text) - line.linked for line in reading.body)
    signs = page_kind.Signs(
        page.url, reading.meta, reading.seen, running, reading.named, len(reading.guide)
    )
    if verdict is None:
        kind = page_kind.kind_of(signs, reading.tree.lines, source)
        if kind == page_kind.HOME:
            return _for_links(links, HOME, f"{kind}: read for its links alone")
        if kind == page_kind.FURTHER:
            return _for_links(links, LIST, f"{kind}: read for its links alone")
        if kind == page_kind.COLUMN or (listed and not reading.text):
            return _column_front(page, reading, links)
        is_empty = not (signs.guide_fields or reading.is_dated)
        if is_empty and shell.is_filled_by_script(lowered, running):
            verdict = shell.list_shell(lowered, reading.tree.root, links)
    if verdict is None:
        document = _article(page, reading, text, charset)
        if document is not None:
            document, parts = unbundled(document, links=_anchors(reading.tree, lowered))
            problem = "" if text else "no text: the page is an image or loads it by script"
            problem = problem or reading.tree.remark
            return Extraction(
                document, links.links(), charset, problem or None, ARTICLE, parts=parts
            )
        verdict = shell.empty(links)
    if verdict.kind == ERROR:
        return Extraction(None, (), charset, verdict.problem, ERROR)
    return _for_links(links, verdict.kind, verdict.problem)


def _for_links(links: LinkSet, kind: str, problem: str) -> Extraction:
    return Extraction(None, links.links(), links.charset, problem, kind)


def _with_wishes(
    extraction: Extraction, page: FetchedPage, found: Found, links: LinkSet
) -> Extraction:
    """The extraction with what the page's own tags ask of those who index it."""
    wishes = directives.from_meta(found.metas, page.user_agent)
    if found.canonical:
        canonical = directives.canonical_url(found.canonical, links.base, links.charset, page.url)
        wishes |= directives.Directives(canonical=canonical)
    return directives.applied(extraction, wishes)


def _anchors(tree: Tree, lowered: bytes) -> list[tuple[str, str]]:
    """The places of this page that it links to itself, with the words of the links."""
    if b'href="#' not in lowered and b"href='#" not in lowered:
        return []
    places = tree.root.xpath("//a[starts-with(@href, '#') and string-length(@href) > 1]")
    return [(place.get("href")[1:], "".join(place.itertext())) for place in places]


def _read(page: FetchedPage, source: str, charset: str) -> _Reading:
    meta = read_metadata(source)
    base = document_base(page.url, meta.base)
    tree = parse(source)
    breadcrumb = find_breadcrumb(tree)
    column = meta.column or (breadcrumb[-1] if breadcrumb else "")
    title = find_title(tree, meta, page.anchor, column)
    container, named = find_container(tree)
    titles = (title.text, meta.article_title, meta.title_tag)
    body = body_lines(tree, container, titles, named=named)
    start, end = _span(tree.lines, body)
    catalogue = read_directory_block(tree, start, end)
    stays = {
        id(line) for position, line in enumerate(tree.lines) if position not in catalogue.lines
    }
    body = [line for line in body if id(line) in stays]
    start, end = _span(tree.lines, body)
    seen = find_publication(tree.lines, title.text, start, end)
    resolve = partial(absolute_url, base, charset=charset)
    guide = read_guide(tree, _guide_lines(tree, container), resolve)
    return _Reading(
        base, tree, meta, breadcrumb, title, body, container, named, catalogue, seen, guide
    )


def _span(lines: list[Line], body: list[Line]) -> tuple[int, int]:
    """Where the article's text begins and ends among the lines of the page."""
    if not body:
        return len(lines), len(lines)
    positions = {id(line): position for position, line in enumerate(lines)}
    return positions[id(body[0])], positions[id(body[-1])] + 1


def _guide_lines(tree: Tree, container: int) -> list[Line]:
    """The lines a guide may stand on: the page without furniture, up to the footer.

    Wider than the article's container, since fields of few words weigh too little to be
    found by density.
    """
    end = tree.ends[container]
    lines: list[Line] = []
    for line in tree.lines:
        if line.owner >= end and is_end(line.text):
            break
        inside = container <= line.owner < end
        if not line.boilerplate and (inside or not line.is_link) and not is_furniture(line.text):
            lines.append(line)
    return lines


def _column_front(page: FetchedPage, reading: _Reading, links: LinkSet) -> Extraction:
    name = reading.meta.column or (reading.breadcrumb[-1] if reading.breadcrumb else "")
    name = name or reading.title.text
    if not name:
        return _for_links(links, LIST, "a list without a name: read for its links alone")
    document = Document(url=page.url, title=name, site=page.site, column=name)
    return Extraction(document, links.links(), links.charset, kind=LIST)


def _article(page: FetchedPage, reading: _Reading, text: str, charset: str) -> Document | None:
    title = reading.title
    if not text and not (title.text and (title.by_article or title.witnesses > 1)):
        return None
    name = title.text or reading.meta.title_tag or page.anchor.strip()
    name = name or text.split("\n", 1)[0][:_TITLE_FROM_TEXT]
    start, end = _span(reading.tree.lines, reading.body)
    facts = page_facts(
        PageParts(
            tree=reading.tree,
            meta=reading.meta,
            catalogue=reading.catalogue,
            seen=reading.seen,
            breadcrumb=reading.breadcrumb,
            title=name,
            path=unquote(urlsplit(page.url).path),
            body=reading.body,
            text=text,
            start=start,
            end=end,
            container=reading.container,
            base=reading.base,
            charset=charset,
            guide_fields=len(reading.guide),
        )
    )
    service = reading.guide or None
    return Document(url=page.url, title=name, text=text, site=page.site, service=service, **facts)
