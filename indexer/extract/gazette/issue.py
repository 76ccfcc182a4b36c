"""The name of a gazette's issue, and what is called 公报 without being a bundle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from analyzers.normalize import fold_characters
from indexer.extract import rules

_LONGEST: Final = 80
_DIGITS: Final = {mark: value for value, mark in enumerate("一二三四五六七八九", start=1)}
_ZERO: Final = "〇○◯零0"
_YEAR: Final = rf"(?P<{{}}>(?:19|20)\d\d|[一二][{_ZERO}一二三四五六七八九]{{{{3}}}})"
_ONE: Final = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_ISSUE: Final = re.compile(
    rf"[（(\[]?\s*(?:{_YEAR.format('y1')}\s*年?度?\s*[,，.\-]?\s*)?第\s*"
    rf"(?P<issue>{_ONE}(?:\s*[-—–~～至、/]\s*{_ONE})?)\s*(?P<unit>[期号辑卷册])\s*[)）\]]?"
    rf"|[（(\[]?\s*{_YEAR.format('y2')}\s*年?度?\s*[,，.\-]?\s*(?P<plain>\d{{1,3}})\s*(?P<unit2>期)\s*[)）\]]?"
    rf"|[（(\[]?\s*{_YEAR.format('y3')}\s*年?度?\s*(?P<special>增刊|特刊|专刊|合刊)\s*[)）\]]?"
    rf"|{_YEAR.format('y4')}\s*[./]\s*(?P<month>\d{{1,2}})(?!\s*[\d./日])"
)
_YEAR_ALONE: Final = re.compile(rf"[（(\[]?\s*{_YEAR.format('y')}\s*年度?\s*[)）\]]?")
_SPACE: Final = re.compile(r"\s+")
_WIDE: Final = str.maketrans("()", "（）")
_SHORTEST_NAME: Final = 4
_LONGEST_VAGUE: Final = 12


def issue_name(title: str, first_lines: Sequence[str]) -> str | None:
    """Name and issue of a bundle as ``钦州市人民政府公报 2009年第3期``; None: it is no bundle.

    ``title`` is that of the page or file, ``first_lines`` the beginning of its text, where
    name or issue may stand alone on a line. A sentence about a gazette is none, nor are
    statistical and other single 公报.
    """
    if len(title) > _LONGEST or not _may_name(title, first_lines):
        return None
    name, issue, year = _parsed(title)
    says_other = len(title) > _LONGEST_VAGUE or rules.pattern("gazette", "not_names").search(title)
    if name is None and says_other and (issue is None or _rest(title)):
        return None
    for line in first_lines:
        if len(line) > _LONGEST:
            continue
        if name is not None and issue is not None and year:
            break
        other_name, other_issue, other_year = _parsed(line)
        if name is None:
            name = other_name
        if issue is None and (other_name or not _rest(line)):
            issue = other_issue
        if not year and (other_name or not _rest(line)):
            year = other_year
    if name is None or (issue is None and not _matches("collections", name)):
        return None
    if issue is None:
        return name if not year or year in name else f"{name} {year}年"
    return f"{name} {year}年{issue}" if year else f"{name} {issue}"


def _may_name(title: str, first_lines: Sequence[str]) -> bool:
    """Whether a word for a bundle occurs where the name may stand: quick, for every page."""
    lines = first_lines if len(title) <= _LONGEST_VAGUE else ()
    return any(
        rules.pattern("gazette", kind).search(text)
        for text in (title, *lines)
        if len(text) <= _LONGEST
        for kind in ("periodicals", "collections")
    )


def _parsed(text: str) -> tuple[str | None, str | None, str]:
    """Name, issue (第3期) and year (2009) of a line that consists of these."""
    text = _plain(text)
    found = _ISSUE.search(text)
    issue, year = None, ""
    if found:
        issue, year = _issue_of(found)
        text = text[: found.start()] + " " + text[found.end() :]
    text = rules.pattern("gazette", "decorations").sub(" ", text)
    if not year and (alone := _YEAR_ALONE.search(text)):
        year = _year(alone["y"])
        without = text[: alone.start()] + " " + text[alone.end() :]
        if _matches("periodicals", without) or not without.strip():
            text = without
    name = _SPACE.sub("", text)
    bundle = _matches("periodicals", name) or _matches("collections", name)
    return (name.translate(_WIDE) if bundle else None), issue, year


def _plain(text: str) -> str:
    return rules.pattern("gazette", "decorations").sub(
        " ", fold_characters(text[:_LONGEST]).strip()
    )


def _rest(text: str) -> str:
    """What stands in a line besides issue and year."""
    text = _YEAR_ALONE.sub("", _ISSUE.sub("", _plain(text)))
    return re.sub(r"[\W_]+", "", text)


def _matches(kind: str, name: str) -> bool:
    name = _SPACE.sub("", name)
    if len(name) < _SHORTEST_NAME:
        return False
    ends = "|".join(f"(?:{item})" for item in rules.entries("gazette", kind))
    if not re.fullmatch(rf"[\w·（）()—-]{{0,40}}(?:{ends})([（(].{{1,12}}[）)])?", name):
        return False
    return not rules.pattern("gazette", "not_names").search(name)


def _issue_of(found: re.Match[str]) -> tuple[str, str]:
    year = _year(found["y1"] or found["y2"] or found["y3"] or found["y4"] or "")
    if found["special"]:
        return found["special"], year
    if found["month"] or found["plain"]:
        return f"第{int(found['month'] or found['plain'])}期", year
    numbers = [_number(one) for one in re.findall(_ONE, found["issue"])]
    return f"第{'-'.join(map(str, numbers))}{found['unit']}", year


def _year(text: str) -> str:
    return "".join(str(_DIGITS.get(mark, 0)) if not mark.isascii() else mark for mark in text)


def _number(text: str) -> int:
    """3, 三, 十, 十二 or 二十一 as a number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    value = _DIGITS.get(ones[-1:], 0)
    return value + 10 * _DIGITS.get(tens[-1:], 1) if ten else value
