"""发文字号: the number of an official document, as written and as typed.

GB/T 9704-2012 writes it 代字〔年份〕序号号, as in 钦政发〔2009〕12号; orders and announcements
are numbered within their kind, 财政部令第98号, 2009年第3号公告. People type other brackets,
spaces, a leading 第, numerals in Chinese or no brackets at all, and often a part: 47号文,
钦政办函. All spellings of one number, or of one part of it, have one key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge
from typing import Final, NamedTuple

from analyzers.normalize import normalize, normalize_with_offsets
from analyzers.number_words import (
    body_before,
    kind_of,
    number_words,
    short_orgs,
    trimmed_code,
)
from analyzers.numerals import numeral_value

# Normalisation has made (…) of most brackets, and figures of 二〇〇九年 and 第四十五号.
_OPEN: Final = r"[(<「《]"
_CLOSE: Final = r"[)>」》]"
# Digits that Word markup tore apart belong together only where 号 says where they end.
_SERIAL: Final = (
    r"0*(?P<serial>\d(?:\s?\d){1,3}(?=\s*号)|\d{1,4}(?!\d)"
    r"|[一二三四五六七八九十百〇零]{1,7}(?=\s*号))"
)
_FOUR: Final = r"(?P<year>(?:19|20)\d\d)"
_IN_BRACKETS: Final = rf"{_OPEN}\s*(?P<year>(?:1\s?9|2\s?0)\s?\d\s?\d|\d\d)\s*年?\s*{_CLOSE}"
_NUMBERED: Final = re.compile(rf"{_IN_BRACKETS}\s*第?\s*{_SERIAL}(?:\s*(?P<end>号))?")
"""〔2009〕12号, behind a 代字 or alone."""
_CODE_BEFORE: Final = re.compile(r"[一-鿿]{2,14}(?=\s*$)")
_LONGEST_CODE: Final = 24
_YEAR_BEFORE: Final = re.compile(rf"(?<!\d){_FOUR}\s*\)?\s*年?\s*$")
_LONGEST_YEAR: Final = 16
_TAIL: Final = re.compile(r"(?<=号)\s*文件?$")
"""12号文, 12号文件: how people speak of a document by its number."""
_LETTERED: Final = re.compile(r"(?<![一-鿿])[一-鿿](?: [一-鿿]){1,14}(?=\s*[(第令公通])")
"""钦 政 发〔2009〕12号: characters set apart to fill a line."""
_SET_APART: Final = re.compile(r" [一-鿿]\s?[(第令公通]")
_CHINESE_YEAR: Final = re.compile(r"(?:一九|二[〇○◯零o])[〇○◯零o一二三四五六七八九]{2}")
_AROUND: Final = "“”‘’\"'《》 "
_PIVOT_YEAR: Final = 70


@dataclass(frozen=True)
class DocumentNumber:
    """A document number or a part of one: 代字, year of four digits, serial without zeros.

    What is not said is ``""`` or 0. Orders are numbered without years (财政部令第98号): for
    them a year of 0 lacks nothing.
    """

    org: str
    year: int
    serial: int

    @property
    def is_partial(self) -> bool:
        """Whether it leaves something unsaid: 47号文, 钦政办函, 第5号令."""
        return not (self.org and self.serial and (self.year or self._needs_no_year))

    @property
    def _needs_no_year(self) -> bool:
        kind = kind_of(self.org)
        return kind is not None and kind != self.org

    @property
    def canonical(self) -> str:
        """As GB/T 9704-2012 writes it, and orders and announcements as custom does."""
        kind = kind_of(self.org) if self.org else None
        serial = f"{self.serial}号" if self.serial else ""
        if kind is not None and serial:
            if not self.year:
                return f"{self.org}第{serial}"
            if kind == self.org:
                return f"{self.year}年第{serial}{self.org}"
            return f"{self.org}{self.year}年第{serial}"
        year = f"〔{self.year}〕" if self.year else ""
        return f"{self.org}{year}{serial}{'' if self.org or self.year else '文'}"

    @property
    def key(self) -> str:
        """What is said as one index term, ``org|year|serial``; blank what is not."""
        year = str(self.year) if self.year else "0" * (self._needs_no_year and self.serial > 0)
        return f"{self.org}|{year}|{self.serial or ''}"


class FoundNumber(NamedTuple):
    """A document number and where a text has it: ``text[start:end]``."""

    number: DocumentNumber
    start: int
    end: int


def index_terms(number: DocumentNumber) -> list[str]:
    """Every key by which the document of a number may be asked for, its own first.

    A search looks up one term, :attr:`DocumentNumber.key` of what was typed.
    """
    org, year, serial = number.org, number.year, number.serial
    said = [number]
    for name in (org, *short_orgs(org)) if org else ():
        said += (DocumentNumber(name, year, serial), DocumentNumber(name, 0, serial))
        if name == org:
            said += (DocumentNumber(name, year, 0), DocumentNumber(name, 0, 0))
    said += (DocumentNumber("", year, serial), DocumentNumber("", 0, serial))
    return list(dict.fromkeys(one.key for one in said if one.serial or one.org))


def find_document_number(text: str) -> DocumentNumber | None:
    """The first document number that stands in ``text``, or None.

    Without brackets around the year only orders and announcements are known: the rest
    needs :func:`parse_document_number`, for which the number is all there is.
    """
    found = next(_written(_prepared(text)), None)
    return found.number if found else None


def find_document_numbers(text: str) -> Iterator[DocumentNumber]:
    """All document numbers that a text cites, in order, as often as it does.

    Only whole ones with their 号: (2009)12 may be anything.
    """
    if "号" in text or "號" in text:
        yield from (found.number for found in _written(_prepared(text), only_ended=True))


def find_typed_number(text: str) -> FoundNumber | None:
    """The document number that a query names among other words, or None.

    ``钦政发〔2009〕12号 全文`` and ``国发47号文`` name one; a query that is nothing but a number
    may spell it in all the ways of :func:`parse_document_number`. A whole number is taken
    before a part, else the first.
    """
    whole = parse_document_number(text)
    if whole is not None:
        start = len(text) - len(text.lstrip())
        return FoundNumber(whole, start, len(text.rstrip()))
    normalized = normalize_with_offsets(text)
    found = [*_written(_with_year(normalized.text)), *_spoken(_with_year(normalized.text))]
    found = [one for one in found if _ends_well(normalized.text, one)]
    if not found:
        return None
    best = min(found, key=lambda one: (one.number.is_partial, one.start, -one.end))
    return FoundNumber(best.number, *normalized.original_span(best.start, best.end))


def parse_document_number(typed: str) -> DocumentNumber | None:
    """What a person typed, if the whole of it is a document number or a part of one.

    However written: 钦政发200912号, 钦政办2010 3号, 〔09〕12, 12号文, 钦政办函.
    """
    text = _with_year(_prepared(typed)).strip(_AROUND)
    plain = _TAIL.sub("", text)
    bracketed, *forms = _forms()
    match = bracketed.fullmatch(plain)
    if match is not None:
        return _build(match)
    order = next(_orders(plain), None)
    if order is not None:
        return order.number if (order.start, order.end) == (0, len(plain)) else None
    for form in forms:
        match = form.fullmatch(plain)
        number = _build(match) if match else None
        if number is not None:
            return number
    match = _serial_alone().fullmatch(text)
    return _build(match) if match else None


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], ...]:
    """What may be all of a query; each is tried on the whole. The first has all parts."""
    words = number_words()
    endings = "|".join(map(re.escape, words.endings))
    kinds = "|".join(map(re.escape, words.kinds))
    run = r"(?P<org>[一-鿿]{2,14}?)\s*"
    signed = rf"(?P<org>[一-鿿]{{1,13}}?(?:{endings}))\s*"
    code = rf"(?P<org>{words.code.pattern})\s*"
    number = rf"第?\s*{_SERIAL}\s*号?"
    forms = (
        rf"{run}{_NUMBERED.pattern}",
        rf"{signed}{_FOUR}\s*(?:年\s*|\s+|-)?第?\s*0*(?P<serial>\d{{1,4}})\s*号?",
        rf"{signed}{_IN_BRACKETS}",
        rf"{code}{_FOUR}年?",
        rf"{code}(?:第\s*{_SERIAL}\s*号?|(?P<serial2>\d{{1,4}})\s*号)",
        code,
        rf"{_IN_BRACKETS}\s*{number}",
        rf"{_FOUR}\s*年\s*第\s*{_SERIAL}\s*号",
        rf"(?P<org>{kinds})\s*第?\s*{_SERIAL}\s*号",
        rf"第?\s*{_SERIAL}\s*号\s*(?P<org>{kinds})",
        rf"第\s*{_SERIAL}\s*号",
    )
    return tuple(re.compile(form) for form in forms)


@lru_cache(maxsize=1)
def _serial_alone() -> re.Pattern[str]:
    """12号文, with the 文 that tells it from a house."""
    return re.compile(rf"(?:{_FOUR}\s*年\s*)?第?\s*{_SERIAL}\s*号\s*文件?")


@lru_cache(maxsize=1)
def _spoken_forms() -> tuple[re.Pattern[str], ...]:
    """Forms without brackets and whole years that are plain enough among other words."""
    code = rf"(?P<org>{number_words().code.pattern})\s*"
    ends = r"(?!\s*[\d年月日期届元个])"
    return tuple(
        re.compile(form)
        for form in (
            rf"{code}{_FOUR}\s*(?:年\s*|-)?第?\s*0*(?P<serial>\d{{1,4}})(?:\s*号)?{ends}",
            rf"{code}{_IN_BRACKETS}(?!\s*第?\s*\d)",
            rf"{_IN_BRACKETS}\s*第?\s*{_SERIAL}\s*号(?:\s*文件?)?",
            rf"{code}(?:第\s*)?0*(?P<serial>\d{{1,4}})\s*号(?:\s*文件?)?",
            r"(?<![\da-z.-])第?0*(?P<serial>\d{1,4})号文件?",
        )
    )


@lru_cache(maxsize=1)
def _order_forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """财政部令第98号 and 第98号令: the kind before the number, and behind."""
    kinds = "|".join(map(re.escape, number_words().kinds))
    year = rf"(?:\(?\s*{_FOUR}\s*\)?\s*年?\s*)?"
    return (
        re.compile(rf"(?P<kind>{kinds})\s*{year}\(?\s*第?\s*{_SERIAL}\s*(?:号(?:\s*\))?|$)"),
        re.compile(rf"第\s*{_SERIAL}\s*号\s*(?P<kind>{kinds})(?![栏牌板柜])"),
    )


def _written(text: str, *, only_ended: bool = False) -> Iterator[FoundNumber]:
    """Whole numbers in running text (prepared), in order, none inside another."""
    position = 0
    both = merge(_orders(text), _bracketed(text, only_ended), key=lambda found: found.start)
    for found in both:
        if found.start >= position:
            position = found.end
            yield found


def _bracketed(text: str, only_ended: bool) -> Iterator[FoundNumber]:
    """Every 代字〔2009〕12号; without 号 only if that is allowed."""
    for match in _NUMBERED.finditer(text):
        if only_ended and not match["end"]:
            continue
        before = max(0, match.start() - _LONGEST_CODE)
        run = _CODE_BEFORE.search(text[before : match.start()])
        number = _build(match, run.group()) if run else None
        if run and number is not None:
            # Where the characters that are left of the run begin.
            yield FoundNumber(number, before + run.end() - len(number.org), match.end())


def _orders(text: str) -> Iterator[FoundNumber]:
    """Every number of an order or announcement: 财政部令第98号, 2009年第3号公告.

    Without a year the body must be named, else 第3号公告 is any; an order is always some
    body's, for 口令 and 指令 are none.
    """
    before, behind = (form.finditer(text) for form in _order_forms())
    for match in merge(before, behind, key=lambda match: match.start()):
        year, start = int(match.groupdict().get("year") or 0), match.start()
        if match.re.groupindex.get("year") is None:
            window = max(0, start - _LONGEST_YEAR)
            ahead = _YEAR_BEFORE.search(text[window:start])
            if ahead:
                year, start = int(ahead["year"]), window + ahead.start()
        kind, serial = match["kind"], numeral_value("".join(match["serial"].split()))
        body, start = body_before(text, start)
        if serial and (body or (year and len(kind) > 1)):
            yield FoundNumber(DocumentNumber(body + kind, year, serial), start, match.end())


def _spoken(text: str) -> Iterator[FoundNumber]:
    """Numbers and parts of numbers without brackets among other words."""
    for form in _spoken_forms():
        for match in form.finditer(text):
            number = _build(match)
            if number is not None:
                yield FoundNumber(number, match.start(), match.end())


def _ends_well(text: str, found: FoundNumber) -> bool:
    """Whether a number in a query ends where it seems to: not so 47号文化站, 办(2010)3个."""
    said, behind = text[found.start : found.end], text[found.end :]
    if said.endswith("号") and not found.number.is_partial:
        return True
    follows = re.match(r"[一-鿿]", behind)
    return follows is None or behind.startswith(_MAY_FOLLOW)


_MAY_FOLLOW: Final = ("的", "全文", "解读", "附件", "原文", "下载", "规定", "内容")


def _prepared(text: str) -> str:
    """Normalised, gaps one space wide, characters set apart put together."""
    text = " ".join(normalize(text).split())
    if _SET_APART.search(text) is None:
        return text
    return _LETTERED.sub(lambda run: "".join(run.group().split()), text)


def _with_year(text: str) -> str:
    """As long as it was, with 二零零九 as 2009 even right before figures (二零零九12号)."""
    return _CHINESE_YEAR.sub(lambda year: f"{numeral_value(year.group()):04d}", text)


def _build(match: re.Match[str], run: str | None = None) -> DocumentNumber | None:
    """The number of a match's groups, those that it has; None if a part is impossible.

    Args:
        run: the characters that end with the 代字, where the match has no group for them.
    """
    groups = match.groupdict()
    run = run or groups.get("org")
    org = trimmed_code(run) if run else ""
    if run and len(org) < 2 and kind_of(org) is None:
        return None
    written = "".join((groups.get("serial") or groups.get("serial2") or "").split())
    serial = numeral_value(written) if written else 0
    if serial is None or (written and not serial):
        return None
    digits = "".join((groups.get("year") or "").split())
    year = int(digits or "0")
    if len(digits) == 2:
        year += 2000 if year < _PIVOT_YEAR else 1900
    return DocumentNumber(org, year, serial)
