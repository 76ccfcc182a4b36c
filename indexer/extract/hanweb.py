"""大汉 lists: items in ``<datastore>`` and their continuation by ``dataproxy.jsp``.

The first items of such a list stand in ``<script type="text/xml"><datastore>…<record>
<![CDATA[<li>…``, where only the site's own script finds them; the rest comes from
``/module/web/jpage/dataproxy.jsp`` in groups, as the same XML. Either its address stands in
``<nextgroup>``, or the page's script holds what the address is made of.
"""

from __future__ import annotations

import html
import math
import re
from typing import Final
from urllib.parse import urlencode

from indexer.extract import rules
from indexer.extract.addresses import LinkSet

MAX_GROUPS: Final = 2_000
"""More groups of a list than this are left out."""

_PART: Final = re.compile(r"<(record|nextgroup|pregroup)\s*>", re.IGNORECASE)
_CDATA: Final = re.compile(r"\s*<!\[CDATA\[", re.IGNORECASE)
_PROXY_NAME: Final = "dataproxy.jsp"
_PROXY_FOLDER: Final = re.compile(r"[\w./:-]*$")
_NEARBY: Final = 4_000
_DEFAULT_PROXY: Final = "/module/web/jpage/dataproxy.jsp"
_GROUP_PAGES: Final = 3  # jpage's own default for groupSize
_NUMBERS: Final = ("perpage", "totalrecord", "groupsize")


def is_answer(body: bytes) -> bool:
    """Whether a response is nothing but such data."""
    start = body[:600].lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml"):
        start = start.partition(b"?>")[2].lstrip()
    return start.startswith(b"<datastore")


def unpacked(source: str) -> str:
    """A page in which the items of its ``<datastore>`` stand as markup in their place.

    Takes the data of ``dataproxy.jsp`` as well. What is no such data stays as it is.
    """
    pieces: list[str] = []
    position = 0
    lowered = source.lower()
    if len(lowered) != len(source):  # a few letters grow in lower case: İ
        lowered = source
    while True:
        begin = lowered.find("<datastore", position)
        end = lowered.find("</datastore", begin) if begin >= 0 else -1
        if end < 0:
            break
        # The script around it would keep the items from being read.
        script = lowered.rfind("<script", position, begin)
        closed = lowered.rfind("</script", position, begin)
        pieces.append(source[position : script if script > closed else begin])
        pieces.append(f"<ul>{_items(source[begin:end])}</ul>")
        position = lowered.find(">", end) + 1 or len(source)
        if script > closed:
            after = lowered.find("</script", position)
            if after >= 0:
                position = lowered.find(">", after) + 1 or len(source)
    return "".join([*pieces, source[position:]]) if pieces else source


def _items(data: str) -> str:
    items: list[str] = []
    lowered_end = data.lower()
    position = 0
    while part := _PART.search(data, position):
        name = part.group(1).lower()
        end = lowered_end.find(f"</{name}", part.end())
        if end < 0:
            break
        position = end
        value = data[part.end() : end]
        cdata = _CDATA.match(value)
        value = value[cdata.end() :].rpartition("]]>")[0] if cdata else html.unescape(value)
        if name != "pregroup":
            items.append(value)
    return "\n".join(items)


def add_groups(source: str, links: LinkSet) -> None:
    """Adds the addresses of all groups of a list whose script gives their parts.

    Nothing is added where ``<nextgroup>`` holds the address already.
    """
    if "<nextgroup" in source or "<NEXTGROUP" in source:
        return
    at = source.lower().find("totalrecord")
    if at < 0:
        return
    # Names such as path stand in other scripts, too.
    values = _script_values(source[max(0, at - _NEARBY) : at + _NEARBY])
    numbers = {name: int(values[name]) for name in _NUMBERS if values.get(name, "").isdecimal()}
    per_page, total = numbers.get("perpage", 0), numbers.get("totalrecord", 0)
    if not per_page or not total or not values.get("columnid") or not values.get("unitid"):
        return
    size = per_page * max(1, numbers.get("groupsize", _GROUP_PAGES))
    address = _proxy_address(source)
    arguments = {"col": "1", **{k: v for k, v in values.items() if k not in _NUMBERS and v}}
    known = [name for name in rules.entries("paging", "dataproxy_parameters") if name in arguments]
    for group in range(min(MAX_GROUPS, math.ceil(total / size))):
        first = group * size + 1
        records = {
            "startrecord": first,
            "endrecord": min(first + size - 1, total),
            "perpage": per_page,
        }
        named = {_CASED.get(name, name): arguments[name] for name in known}
        links.add(f"{address}?{urlencode({**records, **named})}")


def _proxy_address(source: str) -> str:
    at = source.find(_PROXY_NAME)
    if at < 0:
        return _DEFAULT_PROXY
    folder = _PROXY_FOLDER.search(source[max(0, at - 200) : at])
    return f"{folder.group() if folder else ''}{_PROXY_NAME}"


_CASED: Final = {"sourcecontenttype": "sourceContentType"}


def _script_values(source: str) -> dict[str, str]:
    """Names and plain values of the script around the list, names in lower case."""
    names = [*rules.entries("paging", "dataproxy_parameters"), *_NUMBERS]
    pattern = re.compile(
        rf"\b({'|'.join(names)})\b['\"]?\s{{0,20}}[:=]\s{{0,20}}(?:'([^'\r\n]{{0,100}})'"
        rf"|\"([^\"\r\n]{{0,100}})\"|(\d{{1,12}}))",
        re.IGNORECASE,
    )
    values: dict[str, str] = {}
    for found in pattern.finditer(source):
        value = next((group for group in found.groups()[1:] if group is not None), "")
        values.setdefault(found.group(1).lower(), value)
    return values
