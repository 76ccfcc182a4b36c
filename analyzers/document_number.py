"""发文字号: the number of an official document, as written and as typed.

GB/T 9704-2012 writes it 代字〔年份〕序号号, as in 钦政发〔2009〕12号; orders and announcements
are numbered within their kind, 财政部令第98号, 2009年第3号公告. People type other brackets,
spaces, a leading 第, numerals in Chinese or no brackets at all; all of them mean the same key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

import yaml

from analyzers.normalize import normalize

_OPEN = "〔[【(〈<「﹝《"
_CLOSE = "〕]】)〉>」﹞》"
_ORG = r"(?P<org>[一-鿿]{2,14}?)"
# Digits that Word markup tore apart belong together only where 号 says where they end.
_SERIAL = (
    r"0*(?P<serial>\d(?:\s?\d){1,3}(?=\s*号)|\d{1,4}|[一二三四五六七八九十百〇零]{1,7}(?=\s*号))"
)
# After NFKC full-width digits and round brackets are ASCII; 〔〕 and 【】 are not folded by
# it, hence the explicit classes.
_BRACKETED = re.compile(
    rf"{_ORG}\s*[{re.escape(_OPEN)}]\s*(?P<year>(?:1\s?9|2\s?0)\s?\d\s?\d|\d\d)\s*年?\s*"
    rf"[{re.escape(_CLOSE)}]\s*第?\s*{_SERIAL}\s*号?"
)
_BARE = re.compile(
    rf"{_ORG}\s*(?P<year>(?:19|20)\d\d)\s*(?:年\s*|\s+|-)?第?\s*0*(?P<serial>\d{{1,4}})\s*号?"
)
_TAIL = re.compile(r"(?<=\d|号)\s*文件?$")
"""12号文, 12号文件: how people speak of a document by its number."""
_LETTERED = re.compile(r"(?<![一-鿿])[一-鿿](?: [一-鿿]){1,14}(?=\s*[〔\[【(﹝第令公通])")
"""钦 政 发〔2009〕12号: characters set apart to fill a line."""
_BEFORE_ORDER: Final = re.compile(r"[一-鿿、 ]*$")
_LONGEST_BODY: Final = 48
_NUMERALS = {
    **dict.fromkeys("〇○◯零o", "0"),
    **{d: str(i + 1) for i, d in enumerate("一二三四五六七八九")},
}
_CHINESE_YEAR = re.compile(r"(?:一九|二[〇○◯零o])[〇○◯零o一二三四五六七八九]{2}")


@dataclass(frozen=True)
class DocumentNumber:
    """A document number as a key: 代字, year of four digits, serial without zeros.

    ``year`` is 0 where a kind is numbered without years, as orders are: 财政部令第98号.
    """

    org: str
    year: int
    serial: int

    @property
    def canonical(self) -> str:
        """As GB/T 9704-2012 writes it, and orders and announcements as custom does."""
        if not self.year:
            return f"{self.org}第{self.serial}号"
        kind = _kind_of(self.org)
        if kind is None:
            return f"{self.org}〔{self.year}〕{self.serial}号"
        if kind == self.org:
            return f"{self.year}年第{self.serial}号{self.org}"
        return f"{self.org}{self.year}年第{self.serial}号"

    @property
    def key(self) -> str:
        """The whole number as one index term."""
        return f"{self.org}|{self.year}|{self.serial}"


@dataclass(frozen=True)
class _Found:
    """A number of an order or announcement and where it stands."""

    start: int
    end: int
    number: DocumentNumber


def find_document_number(text: str) -> DocumentNumber | None:
    """The first document number that stands in ``text``, or None.

    Without brackets around the year only orders and announcements are known: the rest
    needs :func:`parse_document_number`, for which the number is all there is.
    """
    text = _prepared(text)
    order = next(_orders(text), None)
    for match in _BRACKETED.finditer(text):
        if order is not None and order.start <= match.start():
            break
        number = _build(match)
        if number is not None:
            return number
    return order.number if order else None


def parse_document_number(typed: str) -> DocumentNumber | None:
    """What a person typed, if the whole of it is a document number, however written."""
    text = _TAIL.sub("", _prepared(typed))
    match = _BRACKETED.fullmatch(text)
    if match is not None:
        return _build(match)
    order = next(_orders(text), None)
    if order is not None:
        return order.number if (order.start, order.end) == (0, len(text)) else None
    match = _BARE.fullmatch(text)
    if match is not None and match["org"].endswith(_words().endings):
        return _build(match)
    return None


@dataclass(frozen=True)
class _Words:
    """``data/document_number.yaml``, ready for use."""

    endings: tuple[str, ...]
    kinds: tuple[str, ...]
    bodies: tuple[str, ...]
    states: tuple[str, ...]
    before: re.Pattern[str]
    before_body: re.Pattern[str]
    order: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    file = resources.files("analyzers").joinpath("data/document_number.yaml")
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    references = "|".join(map(re.escape, data["references"]))
    issuers = "|".join(map(re.escape, data["issuers"]))
    at_start = "".join(data["before_at_start"])
    kinds = "|".join(map(re.escape, data["kinds"]))
    year = r"(?:[(〔\[]?\s*(?P<year>(?:19|20)\d\d)\s*[)〕\]]?\s*年?\s*)?"
    behind = rf"(?P<kind>{kinds})\s*{year}[(〔\[]?\s*第?\s*{_SERIAL}\s*(?:号\s*[)〕\]]?|$)"
    ahead = rf"{year}第\s*{_SERIAL}\s*号\s*(?P<kind>{kinds})".replace(">", "_ahead>")
    return _Words(
        endings=(*data["endings"], *data["bodies_as_endings"]),
        kinds=tuple(data["kinds"]),
        bodies=tuple(data["bodies"]),
        states=tuple(data["states"]),
        before=re.compile(rf"^(?:.*(?:{references}|{issuers}))?[{at_start}]*"),
        before_body=re.compile(rf"^(?:.*(?:{references}))?[{at_start}]*"),
        order=re.compile(f"{behind}|{ahead}"),
    )


def _orders(text: str) -> Iterator[_Found]:
    """Every number of an order or announcement: 财政部令第98号, 2009年第3号公告.

    Without a year the body must be named, else 第3号公告 is any; an order is always some
    body's, for 口令 and 指令 are none.
    """
    words = _words()
    for match in words.order.finditer(text):
        kind = match["kind"] or match["kind_ahead"]
        year = int(match["year"] or match["year_ahead"] or 0)
        serial = _number(match["serial"] or match["serial_ahead"])
        body, start = _body_before(text, match.start())
        if serial is None or not (body or (year and len(kind) > 1)):
            continue
        yield _Found(start, match.end(), DocumentNumber(body + kind, year, serial))


def _body_before(text: str, behind: int) -> tuple[str, int]:
    """The body, or several that sign together, that stands right before a place in a text,
    and where it begins; "" and the place itself where none does."""
    words = _words()
    before = _BEFORE_ORDER.search(text[max(0, behind - _LONGEST_BODY) : behind])
    run = before.group() if before else ""
    start, names = behind, ""
    end = len(run.rstrip())
    while end:
        gap = max(run.rfind(" ", 0, end), run.rfind("、", 0, end))
        piece = run[gap + 1 : end]
        name = words.before_body.sub("", piece)
        if len(name) < 2 or not name.endswith(words.bodies):
            break
        start = behind - len(run) + end - len(name)
        for state in words.states:
            name = name.removeprefix(state)
        names = name + names
        if len(name) < len(piece) or gap < 0:
            break
        end = len(run[:gap].rstrip("、 "))
    return names, start


def _kind_of(org: str) -> str | None:
    """The kind that an order's or announcement's 代字 ends with; None for other 代字."""
    words = _words()
    for kind in words.kinds:
        if org.endswith(kind):
            body = org[: -len(kind)]
            if (not body and len(kind) > 1) or body.endswith(words.bodies):
                return kind
    return None


def _prepared(text: str) -> str:
    """Normalised, years in Chinese numerals (二〇〇九) as digits, gaps one space wide."""
    text = " ".join(normalize(text).split())
    text = _LETTERED.sub(lambda run: "".join(run.group().split()), text)
    return _CHINESE_YEAR.sub(lambda year: "".join(_NUMERALS[digit] for digit in year.group()), text)


def _build(match: re.Match[str]) -> DocumentNumber | None:
    words = _words()
    kind = _kind_of(match["org"])
    org = (words.before_body if kind else words.before).sub("", match["org"])
    if kind:
        for state in words.states:
            org = org.removeprefix(state)
    serial = _number(match["serial"])
    if len(org) < 2 or serial is None:
        return None
    year = int("".join(match["year"].split()))
    if year < 100:
        year += 2000 if year < 70 else 1900
    return DocumentNumber(org, year, serial)


def _number(written: str) -> int | None:
    """The value of digits, 四十五, 一百二十 or 二〇; None for what is no number."""
    digits = "".join(written.split())
    if digits.isdecimal():
        return int(digits)
    if not set(digits) & set("十百"):
        return int("".join(_NUMERALS[digit] for digit in digits))
    found = re.fullmatch(r"(?:(.)百)?[零〇]?(?:(.)?十)?(.)?", digits)
    if not found or "十" in (found[3] or "") or "百" in (found[3] or ""):
        return None
    hundreds, tens, units = found.groups()
    if any(part and part not in _NUMERALS for part in (hundreds, tens, units)):
        return None
    ten = int(_NUMERALS[tens]) if tens else int("十" in digits)
    return (
        100 * int(_NUMERALS.get(hundreds or "零", "0"))
        + 10 * ten
        + int(_NUMERALS.get(units or "零", "0"))
    )
