"""The document's own number, told apart from the numbers it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from analyzers.document_number import find_document_number

_HEAD_LINES: Final = 10
_ROOM: Final = 8
_LONGEST: Final = 60
_AROUND: Final = re.compile(
    r"^[\s（(【\[]*(?:发文字号|发文文号|文件编号|文号|字号)?\s*[:：]?\s*|[\s）)】\]]+$"
)
_CITES: Final = re.compile(r"(转发|贯彻|落实|执行|废止|修改|学习|宣传|根据|解读)")
_IN_BRACKETS: Final = re.compile(
    r"[（(]([^（）()]{2,40}[〔\[【﹝（(][^（）()]{2,6}[〕\]】﹞）)][^（）()]{1,8}号?)[）)]\s*$"
)


def own_number(catalogue: str, title: str, body: Sequence[str]) -> str | None:
    """The number in canonical form, or None.

    It stands in the 公开目录, at an end of the title, or alone on a line above the text;
    any other number on the page belongs to a document that is referred to.
    """
    found = find_document_number(catalogue)
    if found:
        return found.canonical
    for line in (title_part(title), *body[:_HEAD_LINES]):
        if not line:
            continue
        for cell in line.split("\t"):
            if len(cell) > _LONGEST or _CITES.search(cell):
                continue
            number = find_document_number(cell)
            if number and len(_AROUND.sub("", cell)) <= len(number.canonical) + _ROOM:
                return number.canonical
    return None


def title_part(title: str) -> str:
    """The number that a title ends with in brackets, or that is the whole title."""
    bracketed = _IN_BRACKETS.search(title)
    if bracketed and not _CITES.search(title[: bracketed.start()]):
        return bracketed.group(1)
    return title if len(title) <= 30 else ""
