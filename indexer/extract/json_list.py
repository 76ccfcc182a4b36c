"""Lists as data: the JSON that scripts of shell pages fill their lists from.

gkmlpt (广东政府信息公开平台) answers ``/gkmlpt/api/all/{category}?page=1&sid=…`` with
``{"articles": [{"url": …, "title": …}], "total": 345}``; other programs do alike under
other names (``rules/paging.yaml``). 大汉 JPaaS answers with the list's markup in a string.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from indexer.extract import rules
from indexer.extract.addresses import LinkSet
from indexer.extract.charset import decode
from indexer.extract.dom import parse
from indexer.extract.links import read_links
from indexer.extract.metadata import clean
from indexer.extract.model import BLOCKED, EMPTY, ERROR, LIST, Extraction, FetchedPage
from indexer.extract.paging import MAX_PAGES

_MAX_BYTES: Final = 20_000_000
_MAX_NODES: Final = 200_000
_MAX_ANCHOR: Final = 300
_CALLBACK: Final = re.compile(r"\s*[A-Za-z_$][\w.$]{0,80}\s?\(")
_PERCENT_U: Final = re.compile(r"%u([0-9a-fA-F]{4})")
_GKMLPT: Final = re.compile(r"^(.{0,200}?)/gkmlpt(?:/|$)")
_SID: Final = re.compile(r"\bsid\b['\"]?\s{0,10}[:=]\s{0,10}['\"]?(\d{1,12})", re.IGNORECASE)
_NAMED_CATEGORY: Final = re.compile(r"/gkmlpt/(?:api/all/|m?index/?#)(\d{1,10})\b")
_CODES: Final = ("code", "status", "errcode", "errorcode", "error")
_MESSAGES: Final = ("msg", "message", "errmsg", "error", "info")
_REFUSALS: Final = ("401", "403", "405", "412", "429")


def looks_like_json(body: bytes) -> bool:
    """Whether a response may be JSON or a call with JSON, by its first characters."""
    start = body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        return True
    return re.match(rb"[A-Za-z_$][\w.$]{0,80}\s?\(\s*[{\[]", start) is not None


def read_json(page: FetchedPage) -> Extraction | None:
    """What JSON says: the links of a list, or an error; None when it is no JSON."""
    if len(page.body) > _MAX_BYTES:
        return None
    text, charset = decode(page.body, page.content_type)
    data = _parsed(text)
    if not isinstance(data, (dict, list)):
        return None
    links = LinkSet(page.url, charset)
    items = 0
    for node in _nodes(data):
        items += _add_item(node, links)
    if not links:
        kind, problem = _failure(data)
        return Extraction(None, (), charset, problem, kind)
    if isinstance(data, dict) and items:
        _add_next_pages(page.url, data, items, links)
    return Extraction(None, links.links(), charset, "list data: read for its links alone", LIST)


def add_gkmlpt(source: str, url: str, links: LinkSet) -> bool:
    """Adds the addresses of the list data that a shell page of gkmlpt fills itself from.

    Without a category in its configuration, category 0 is asked for, which lists all
    documents of the body. Returns whether the page is such a shell.
    """
    place = _GKMLPT.match(urlsplit(url).path)
    sid = _SID.search(source)
    if not sid or (not place and "/gkmlpt/api/all" not in source):
        return False
    if "/gkmlpt/content/" in url:
        return False
    root = place.group(1) if place else ""
    names = "|".join(rules.entries("paging", "gkmlpt_categories"))
    configured = re.compile(
        rf"\b(?:{names})\b['\"]?\s{{0,10}}[:=]\s{{0,10}}['\"]?(\d{{1,10}})\b", re.IGNORECASE
    )
    found = [*configured.findall(source), *_NAMED_CATEGORY.findall(source)]
    categories = dict.fromkeys(item[-1] if isinstance(item, tuple) else item for item in found)
    for category in list(categories)[:MAX_PAGES] or ["0"]:
        links.add(f"{root}/gkmlpt/api/all/{category}?page=1&sid={sid.group(1)}")
    return True


def _parsed(text: str) -> Any:
    text = text.strip("\ufeff \t\r\n")
    callback = _CALLBACK.match(text)
    if callback:
        text = text[callback.end() : text.rfind(")")]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Every object, the outer before the inner, in the order of the text."""
    waiting = [data]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(value for value in reversed(node.values()) if _holds(value))
        elif isinstance(node, list):
            waiting.extend(value for value in reversed(node) if _holds(value))


def _holds(value: Any) -> bool:
    return isinstance(value, (dict, list))


def _add_item(node: dict[str, Any], links: LinkSet) -> int:
    """Adds what one object leads to; 1 when it is an item of a list."""
    lowered = {str(name).lower(): value for name, value in node.items()}
    for value in lowered.values():
        if isinstance(value, str) and ("<a " in value or "<A " in value):
            tree = parse(value)
            read_links(tree.root, links, "")
    title = _first(lowered, "json_titles")
    address = _first(lowered, "json_addresses")
    if not address or not title:
        return 0
    return 1 if links.add(address, _plain(title)[:_MAX_ANCHOR]) else 0


def _plain(title: str) -> str:
    """A title without markup and ``%uXXXX`` escapes; halves of characters become U+FFFD."""
    text = _PERCENT_U.sub(lambda escape: chr(int(escape.group(1), 16)), title)
    return clean(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _first(node: dict[str, Any], names: str) -> str:
    for name in rules.entries("paging", names):
        value = node.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _add_next_pages(url: str, data: dict[str, Any], items: int, links: LinkSet) -> None:
    """From the first page all others, from another one the next: by the totals told.

    Without a number of pages only the first page tells how many items one holds.
    """
    names = "|".join(rules.entries("paging", "page_parameters"))
    asked = re.search(rf"([?&](?:{names})=)(\d{{1,6}})(?=&|$)", url, re.IGNORECASE)
    if not asked:
        return
    current = int(asked.group(2))
    pages = _number(data, "json_page_totals")
    if not pages and current <= 1:  # the last page holds fewer items than a page can
        pages = math.ceil(_number(data, "json_totals") / items)
    last = min(pages, MAX_PAGES)
    wanted = range(2, last + 1) if current <= 1 else range(current + 1, min(current + 1, last) + 1)
    for number in wanted:
        links.add(f"{url[: asked.start(2)]}{number}{url[asked.end(2) :]}")


def _number(data: dict[str, Any], names: str) -> int:
    inner = [value for value in data.values() if isinstance(value, dict)]
    for node in (data, *inner):
        lowered = {str(name).lower(): value for name, value in node.items()}
        for name in rules.entries("paging", names):
            value = lowered.get(name)
            if isinstance(value, str) and value.isdecimal() and len(value) < 10:
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return 0


def _failure(data: Any) -> tuple[str, str]:
    """The kind of an answer without links, and why it is no list."""
    if isinstance(data, dict):
        lowered = {str(name).lower(): value for name, value in data.items()}
        code = next((str(lowered[name]) for name in _CODES if name in lowered), "")
        words = next((str(lowered[name]) for name in _MESSAGES if name in lowered), "")[:200]
        if code in ("404", "410") or rules.pattern("page_kind", "absent_texts").search(words):
            return ERROR, f"an error sent as data: {code} {words}".strip()
        if code in _REFUSALS or re.fullmatch(r"5\d\d", code):
            return BLOCKED, f"an error sent as data: {code} {words}".strip()
    return EMPTY, "data without links"
