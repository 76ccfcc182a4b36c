"""Sitemaps and feeds: lists of addresses meant for those who crawl.

Reads sitemaps and sitemap indexes (sitemaps.org protocol 0.9), their plain text form, RSS
and Atom (RFC 4287), whatever their namespaces, packed by gzip or not (told by the first
bytes, RFC 1952). Nothing outside the file is ever loaded and no entity expanded.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple, cast
from urllib.parse import urlsplit

from lxml import etree

from indexer.extract.addresses import MAX_LINKS, absolute_url
from indexer.extract.charset import decode
from indexer.extract.metadata import clean
from indexer.extract.model import SITEMAP, Extraction, FetchedPage, Link
from indexer.extract.timestamps import iso_timestamp

MAX_UNPACKED: Final = 50 * 1024 * 1024
"""Bytes of a sitemap that are read once it is unpacked (the protocol's own limit)."""

_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 256 * 1024
_SNIFFED: Final = 2048
_PROLOGUE: Final = re.compile(
    rb"\s*(?:<\?[^>]{0,500}>|<!--.{0,1000}?-->|<![^>\[]{0,300}>)", re.DOTALL
)
_ROOT: Final = re.compile(
    rb"\s*<(?:[\w.-]{1,20}:)?(urlset|sitemapindex|rss|feed|rdf)\b", re.IGNORECASE
)
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]{0,500}(\[)?", re.IGNORECASE)
_NAMED_TEXT: Final = re.compile(r"/[\w.-]*sitemap[\w.-]*\.txt(\.gz)?$", re.IGNORECASE)
_NAMED_PACKED: Final = re.compile(r"sitemap[^/]*\.gz$|\.xml\.gz$", re.IGNORECASE)
_ADDRESS_LINE: Final = re.compile(r"https?://\S{1,2048}", re.IGNORECASE)
_ENTRIES: Final = frozenset({"url", "sitemap", "item", "entry"})
_DATES: Final = ("lastmod", "updated", "modified", "date", "pubdate")
_MAX_TEXT: Final = 4096
_MAX_ELEMENTS: Final = 40 * MAX_LINKS


class _Entry(NamedTuple):
    address: str
    text: str
    lastmod: str | None


def read_sitemap(page: FetchedPage) -> Extraction | None:
    """The addresses of a sitemap or feed; None when a response is neither.

    What is no sitemap by its content is none even where ``page.is_sitemap`` says so, but for
    plain text, which only that or its name tells from other text files. At most 50,000
    addresses and 50 MB unpacked are read; the rest is left out and told.
    """
    body, problem = page.body, ""
    path = urlsplit(page.url).path
    if body.startswith(_GZIP):
        if not (page.is_sitemap or _NAMED_PACKED.search(path) or _NAMED_TEXT.search(path)):
            return None
        body, problem = _unpacked(body)
    elif len(body) > MAX_UNPACKED:
        body, problem = body[:MAX_UNPACKED], "longer than 50 MB: the rest is left out"
    if _has_root(body):
        text, charset = decode(body, page.content_type)
        entries, defect = _xml_entries(text)
    elif page.is_sitemap or _NAMED_TEXT.search(path):
        text, charset = decode(body, page.content_type)
        entries, defect = _text_entries(text), ""
        if not entries:
            return None
    else:
        return None
    links = _links(entries, page.url, charset)
    if len(entries) > MAX_LINKS:
        defect = f"more than {MAX_LINKS} addresses: the rest is left out"
    problem = "; ".join(filter(None, (problem, defect)))
    if not links:
        problem = problem or "a sitemap without addresses"
    return Extraction(None, links, charset, problem or None, SITEMAP)


def _has_root(body: bytes) -> bool:
    """Whether the first element of a file is one of a sitemap or feed."""
    start = body[: 2 * _SNIFFED]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.replace(b"\0", b"")[2:]
    start = start.removeprefix(b"\xef\xbb\xbf")
    position = 0
    while prologue := _PROLOGUE.match(start, position):
        position = prologue.end()
    doctype = re.compile(rb"\s*<!doctype[^>\[]{0,300}\[", re.IGNORECASE).match(start, position)
    if doctype:  # entities are declared: the root comes behind them
        return re.search(rb"\]\s*>\s*<(urlset|sitemapindex|rss|feed)\b", body[:65536]) is not None
    return _ROOT.match(start, position) is not None


def _unpacked(body: bytes) -> tuple[bytes, str]:
    """What gzip packed, up to the limit; of a damaged file what can be read."""
    pieces: list[bytes] = []
    size = 0
    rest = body
    try:
        while rest.startswith(_GZIP):  # a file may be of several members
            reader = zlib.decompressobj(31)
            while rest and not reader.eof:
                piece = reader.decompress(rest, min(_CHUNK, MAX_UNPACKED - size + 1))
                pieces.append(piece)
                size += len(piece)
                if size > MAX_UNPACKED:
                    whole = b"".join(pieces)[:MAX_UNPACKED]
                    return whole, "longer than 50 MB unpacked: the rest is left out"
                if not piece and not reader.unconsumed_tail:
                    break
                rest = reader.unconsumed_tail
            if not reader.eof:
                return b"".join(pieces), "gzip: ends too early"
            rest = reader.unused_data
    except zlib.error as error:
        return b"".join(pieces), f"gzip: {error}"
    return b"".join(pieces), ""


class _Enough(Exception):
    """Raised inside the parser when nothing more has to be read."""


class _Reader:
    """Target of the XML parser: collects entries and builds no tree, which a bomb could
    make as large as it likes."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []
        self._entry: dict[str, str] | None = None
        self._field = ""
        self._text: list[str] = []
        self._length = 0
        self._depth = 0  # of the element below the entry
        self._elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins: an entry, or a field of one."""
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise _Enough
        name = _local(tag)
        if self._entry is None:
            if name in _ENTRIES:
                self._entry, self._depth = {}, 0
            return
        self._depth += 1
        if self._depth > 1:
            return  # markup inside a title, media inside an item: text of the field
        self._field, self._text, self._length = name, [], 0
        if name == "link" and attributes.get("rel", "alternate") == "alternate":
            self._entry.setdefault("loc", attributes.get("href", ""))  # Atom
            if not self._entry["loc"]:
                del self._entry["loc"]

    def end(self, _tag: str) -> None:
        """An element ends: the field or the entry is complete."""
        if self._entry is None:
            return
        if self._depth == 0:
            self._close_entry(self._entry)
            self._entry = None
            return
        self._depth -= 1
        if self._depth == 0:
            value = "".join(self._text).strip()
            name = "loc" if self._field == "link" else self._field
            if value and (name != "guid" or _ADDRESS_LINE.fullmatch(value)):
                self._entry.setdefault(name, value)
            self._field = ""

    def data(self, text: str) -> None:
        """Text: that of fields is kept, up to a length no address has."""
        if self._field and self._length < _MAX_TEXT:
            self._text.append(text[:_MAX_TEXT])
            self._length += len(text)

    def close(self) -> None:
        """The end of the file."""

    def _close_entry(self, fields: dict[str, str]) -> None:
        address = fields.get("loc") or fields.get("guid")
        if not address:
            return
        stamps = (iso_timestamp(fields[name]) for name in _DATES if name in fields)
        title = clean(fields["title"])[:300] if "title" in fields else ""
        self.entries.append(_Entry(address, title, next(filter(None, stamps), None)))
        if len(self.entries) > MAX_LINKS:
            raise _Enough


def _xml_entries(text: str) -> tuple[list[_Entry], str]:
    declaration = _DECLARATION.match(text)
    source = _without_doctype(text[declaration.end() :] if declaration else text)
    reader = _Reader()
    parser = etree.XMLParser(
        target=cast("etree.ParserTarget", reader),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        etree.fromstring(source.encode("utf-8", "replace"), parser)
    except _Enough:
        return reader.entries, "" if len(reader.entries) > MAX_LINKS else "XML: too many elements"
    except etree.XMLSyntaxError as error:
        return reader.entries, f"XML: {error.msg}"[:200]
    return reader.entries, ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _text_entries(text: str) -> list[_Entry]:
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
    lines = [line for line in lines if line]
    # A page of ours that a server sends in place of the file is no list of addresses.
    addresses = [line for line in lines if _ADDRESS_LINE.fullmatch(line)]
    if 2 * len(addresses) < len(lines):
        return []
    return [_Entry(address, "", None) for address in addresses[: MAX_LINKS + 1]]


def _links(entries: list[_Entry], url: str, charset: str) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for entry in entries[:MAX_LINKS]:
        address = absolute_url(url, entry.address, charset)
        if address:
            found.setdefault(address, Link(address, entry.text, lastmod=entry.lastmod))
    return tuple(found.values())


def _without_doctype(source: str) -> str:
    """The file without its document type, in which entities and their bombs are declared."""
    doctype = _DOCTYPE.search(source[:_SNIFFED])
    if not doctype:
        return source
    end = source.find("]", doctype.end()) if doctype.group(1) else doctype.end()
    if end < 0:
        return ""
    return source[: doctype.start()] + source[source.find(">", end) + 1 :]
