"""The document's own number, told apart from the numbers it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from analyzers.document_number import DocumentNumber, find_document_number

_HEAD_LINES: Final = 10
_ROOM: Final = 8
_LONGEST: Final = 60
_WHOLE_TITLE: Final = 30
_HINT: Final = re.compile(r"号|[〔\[【﹝（(]\s*[\d０-９二一]")
"""What a line with a number has: most lines need no closer look."""
_AROUND: Final = re.compile(
    r"^[\s（(【\[]*(?:发文字号|发文文号|文件编号|文号|字号)?\s*[:：]?\s*|[\s）)】\]]+$"
)
_CITES: Final = re.compile(r"(转发|贯彻|落实|执行|废止|修改|学习|宣传|根据|解读)")
_IN_BRACKETS: Final = re.compile(
    r"[（(]([^（）()]{2,60}(?:[（(][^（）()]{2,6}[）)][^（）()]{1,8})?)[）)]$"
)
_IN_FRONT: Final = re.compile(r"^([^《》]{2,40}?号令?)\s*(?:[—–:：\s-]|(?=《))")
_NAMELESS: Final = re.compile(
    r"[（(]?\s*(?:[〔\[【（(]?\s*(?:(?:19|20)\d\d|二[〇○]..)\s*[〕\]】）)]?\s*年?\s*)?"
    r"第?\s*[\d一二三四五六七八九十百〇零]{1,7}\s*号\s*[）)]?"
)
"""第5号, 2009年第3号, 〔2009〕12号: a number whose 代字 stands on another line."""
_KIND: Final = re.compile(r"(?:令|公告|通告|布告)$")
_ISSUER: Final = re.compile(r"^(.{2,24}?)关于.*?(令|公告|通告|布告)$")


def own_number(catalogue: str, title: str, body: Sequence[str]) -> str | None:
    """The number in canonical form, or None.

    ``catalogue`` is what the 公开目录 gives as 发文字号, ``body`` the first lines of the text.
    The number stands in the 公开目录, at an end of the title, or alone on a line above the
    text; any other number on the page belongs to a document that is referred to. A number
    without 代字 (2009年第3号) takes it from the title or from the line above: 国家税务总局关于
    发票管理的公告 is 国家税务总局公告2009年第3号.
    """
    found = find_document_number(catalogue) or _named(catalogue, title)
    if found:
        return found.canonical
    before = title
    for line in (title_part(title), *body[:_HEAD_LINES]):
        for cell in line.split("\t") if _HINT.search(line) else ():
            if len(cell) > _LONGEST or _CITES.search(cell):
                continue
            number = _named(cell, before) or _named(cell, title) or _alone(cell)
            if number:
                return number.canonical
        before = line or before
    return None


def title_part(title: str) -> str:
    """The number that a title ends with in brackets or begins with, or that is all of it."""
    title = title.strip()
    bracketed = _IN_BRACKETS.search(title)
    if bracketed:
        if _CITES.search(title[: bracketed.start()]):
            return ""
        if _NAMELESS.fullmatch(bracketed[1]):
            named = _named(bracketed[1], title[: bracketed.start()])
            return named.canonical if named else ""
        if _HINT.search(bracketed[1]):
            return bracketed[1]
    front = _IN_FRONT.match(title)
    if front and len(title) > _WHOLE_TITLE:
        return front[1]
    return title if len(title) <= _WHOLE_TITLE else ""


def _alone(cell: str) -> DocumentNumber | None:
    """The number that is all a cell holds, but for label and brackets."""
    number = find_document_number(cell)
    room = len(number.canonical) + _ROOM if number else 0
    return number if len(_AROUND.sub("", cell)) <= room else None


def _named(nameless: str, named: str) -> DocumentNumber | None:
    """A number without 代字 with the kind, and the body if told, of a title before it."""
    named = named.strip()
    if not nameless or not _NAMELESS.fullmatch(nameless.strip()) or not _KIND.search(named):
        return None
    issued = _ISSUER.match(named)
    name = f"{issued[1]}{issued[2]}" if issued else named[-_LONGEST:]
    return find_document_number(f"{name}{nameless.strip(' （）()')}")
