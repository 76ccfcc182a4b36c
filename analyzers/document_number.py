"""发文字号: the number of an official document, as written and as typed.

GB/T 9704-2012 writes it 代字〔年份〕序号号, as in 钦政发〔2009〕12号. People type other
brackets, spaces, a leading 第, the year in Chinese numerals or no brackets at all; all of
them mean the same key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from analyzers.normalize import normalize

_OPEN = "〔[【(〈<「﹝《"
_CLOSE = "〕]】)〉>」﹞》"
_ORG = r"(?P<org>[一-鿿]{2,14}?)"
# After NFKC full-width digits and round brackets are ASCII; 〔〕 and 【】 are not folded by
# it, hence the explicit classes.
_BRACKETED = re.compile(
    rf"{_ORG}\s*[{re.escape(_OPEN)}]\s*(?P<year>(?:19|20)\d\d|\d\d)\s*年?\s*"
    rf"[{re.escape(_CLOSE)}]\s*第?\s*0*(?P<serial>\d{{1,4}})\s*号?"
)
_BARE = re.compile(
    rf"{_ORG}\s*(?P<year>(?:19|20)\d\d)\s*(?:年\s*|\s+|-)?第?\s*0*(?P<serial>\d{{1,4}})\s*号?"
)
_TAIL = re.compile(r"(?<=\d|号)\s*文件?$")
"""12号文, 12号文件: how people speak of a document by its number."""
_NUMERALS = {
    **dict.fromkeys("〇○◯零o", "0"),
    **{d: str(i + 1) for i, d in enumerate("一二三四五六七八九")},
}
_CHINESE_YEAR = re.compile(r"(?:一九|二[〇○◯零o])[〇○◯零o一二三四五六七八九]{2}")


@dataclass(frozen=True)
class DocumentNumber:
    """A document number as a key: 代字, year of four digits, serial without zeros."""

    org: str
    year: int
    serial: int

    @property
    def canonical(self) -> str:
        """As GB/T 9704-2012 writes it."""
        return f"{self.org}〔{self.year}〕{self.serial}号"

    @property
    def key(self) -> str:
        """The whole number as one index term."""
        return f"{self.org}|{self.year}|{self.serial}"


def find_document_number(text: str) -> DocumentNumber | None:
    """The first bracketed document number that stands in ``text``, or None."""
    for match in _BRACKETED.finditer(_prepared(text)):
        number = _build(match)
        if number is not None:
            return number
    return None


def parse_document_number(typed: str) -> DocumentNumber | None:
    """What a person typed, if the whole of it is a document number, however written."""
    text = _TAIL.sub("", _prepared(typed).strip())
    match = _BRACKETED.fullmatch(text)
    if match is not None:
        return _build(match)
    match = _BARE.fullmatch(text)
    if match is not None and match["org"].endswith(_words().endings):
        return _build(match)
    return None


@dataclass(frozen=True)
class _Words:
    """``data/document_number.yaml``, ready for use."""

    endings: tuple[str, ...]
    before: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    file = resources.files("analyzers").joinpath("data/document_number.yaml")
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    anywhere = "|".join(map(re.escape, data["before_anywhere"]))
    at_start = "".join(data["before_at_start"])
    return _Words(
        endings=(*data["endings"], *data["bodies_as_endings"]),
        before=re.compile(rf"^(?:.*(?:{anywhere}))?[{at_start}]*"),
    )


def _prepared(text: str) -> str:
    """Normalised, years in Chinese numerals (二〇〇九) as digits."""
    return _CHINESE_YEAR.sub(
        lambda year: "".join(_NUMERALS[digit] for digit in year.group()), normalize(text)
    )


def _build(match: re.Match[str]) -> DocumentNumber | None:
    org = _words().before.sub("", match["org"])
    if len(org) < 2:
        return None
    year = int(match["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    return DocumentNumber(org, year, int(match["serial"]))
