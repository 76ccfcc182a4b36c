"""From the bytes of an answer to what the archive keeps of them: the work of reader processes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from indexer.archive import Archive, Page
from indexer.archive.archive import PackedBody
from indexer.archive.documents import PackedDocument, Told
from indexer.archive.links import FoundLink, LinkGraph
from indexer.archive.lives import Content
from indexer.archive.model import Headers
from indexer.config import Settings
from indexer.crawl.robots_rules import product_token
from indexer.crawl.scope import Scope
from indexer.crawl.traps import signature
from indexer.extract import EXTRACTION_VERSION, FetchedPage, extract
from indexer.extract.model import ARTICLE, FILE, Extraction

UNREAD = "not read"
"""How the problem of a page begins that no reader survived."""


@dataclass(frozen=True)
class Reading:
    """What was read: ``content`` for the archive, the links to follow, and what the page asks
    of crawlers. ``signature`` tells pages apart that are made without end."""

    content: Content
    links: tuple[FoundLink, ...]
    canonical: str | None
    noindex: bool
    signature: int

    @property
    def kind(self) -> str:
        """What extraction took the page for."""
        return self.content.kind

    @property
    def is_unread(self) -> bool:
        """Whether nothing could be read through a fault of the reader, not of the page."""
        problem = self.content.told.problem or ""
        return self.content.document is None and problem.startswith(UNREAD)


@dataclass(frozen=True)
class ReadingOptions:
    """What the configuration says about reading. ``user_agent`` is the product token by
    which pages may address us."""

    user_agent: str = ""
    ocr: bool = False
    public_numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> ReadingOptions:
        """Those of a configuration."""
        return cls(
            product_token(settings.crawl.user_agent),
            settings.files.ocr,
            settings.personal_data.public_numbers,
        )

    @property
    def fingerprint(self) -> str:
        """Other options read another thing from the same bytes; "" for the defaults."""
        if not (self.ocr or self.public_numbers):
            return ""
        told = f"{self.ocr} {sorted(self.public_numbers)}"
        return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def read(
    page: FetchedPage,
    status: int,
    headers: Headers,
    scope: Scope | None,
    options: str = "",
) -> Reading:
    """Read an answer; never raises, whatever the bytes are. ``options`` is the fingerprint
    of those that made ``page``."""
    extraction = extract(page)
    links = scope.links_of(extraction) if scope is not None else ()
    document = extraction.document
    content = Content(
        status=status,
        headers=headers,
        body=PackedBody.pack(page.body),
        kind=extraction.kind,
        text_hash=_text_hash(extraction, links),
        document=PackedDocument.pack(document) if document is not None else None,
        extraction=EXTRACTION_VERSION,
        told=Told(
            extraction.problem,
            tuple(PackedDocument.pack(part) for part in extraction.parts),
            extraction.findings,
            options,
        ),
    )
    title, text = (document.title, document.text) if document is not None else ("", "")
    sign = signature(page.url, title, text, [(link.url, link.anchor) for link in links])
    canonical = scope.canonical(extraction.canonical) if scope and extraction.canonical else None
    return Reading(content, links, canonical, extraction.noindex, sign)


def _text_hash(extraction: Extraction, links: tuple[FoundLink, ...]) -> bytes:
    """Over what readers read. Of lists that is their links; what stands around an article,
    the latest headlines or a counter of visits, is no part of it."""
    digest = hashlib.blake2b(digest_size=16)
    if extraction.document is not None:
        for document in (extraction.document, *extraction.parts):
            digest.update(document.digest().encode())
    if extraction.kind not in (ARTICLE, FILE):
        for link in sorted(links, key=lambda link: link.url):
            line = f"{link.url}\t{link.anchor}\t{link.lastmod or ''}\n"
            digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.digest()


def _unwatched(_done: int, _total: int) -> None:
    """For callers who do not watch."""


def reextract(
    archive: Archive,
    scopes: Mapping[str, Scope],
    options: ReadingOptions,
    progress: Callable[[int, int], None] = _unwatched,
) -> int:
    """Read archived pages again that another version of the extraction has read, or that
    were read under other options."""
    pages = archive.pages_to_extract(EXTRACTION_VERSION, options.fingerprint)
    graphs = {name: LinkGraph(archive, name) for name in scopes}
    for done, page_id in enumerate(pages, 1):
        page = archive.page(page_id)
        body = archive.body(page)
        if body is not None:
            scope = scopes.get(page.site)
            answered = archived_page(archive, page, body, options)
            reading = read(answered, page.status or 200, (), scope, options.fingerprint)
            with archive.transaction() as db:
                content = reading.content
                archive.store_document(
                    page.id, page.site, content.document, content.extraction, content.told
                )
                db.execute(
                    "UPDATE page SET kind = ?, text_hash = ? WHERE id = ?",
                    (content.kind, content.text_hash, page.id),
                )
                if scope is not None:
                    graphs[page.site].replace(page, reading.links)
        progress(done, len(pages))
    return len(pages)


def archived_page(
    archive: Archive, page: Page, body: bytes, options: ReadingOptions
) -> FetchedPage:
    """An archived answer as extraction takes it."""
    content_type = page.header("content-type")
    parent = _parent(archive, page)
    # Only of files it matters what page they hang on.
    is_page = content_type is not None and "html" in content_type.lower()
    parent_document = archive.document(parent.id) if parent is not None and not is_page else None
    robots = [value for name, value in page.headers if name == "x-robots-tag"]
    return FetchedPage(
        url=page.url,
        body=body,
        site=page.site,
        content_type=content_type,
        content_disposition=page.header("content-disposition"),
        anchor=page.anchor,
        parent=parent.url if parent else None,
        parent_title=parent_document.title if parent_document else None,
        robots_tag="\n".join(robots) or None,
        link_header=page.header("link"),
        is_sitemap=page.kind == "sitemap",
        user_agent=options.user_agent,
        ocr=options.ocr,
        public_numbers=options.public_numbers,
    )


def _parent(archive: Archive, page: Page) -> Page | None:
    """The page with the link that named this one; behind a redirect, the page before it."""
    parent = page
    for _ in range(5):
        if parent.parent is None:
            return parent if parent is not page else None
        parent = archive.page(parent.parent)
        if parent.state != "redirect":
            return parent
    return parent
