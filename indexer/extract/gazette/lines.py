"""The lines of a bundle: where they stand, what they are compared by, and which of them
belong to the paper (running heads, page numbers) and not to the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from analyzers.normalize import fold_characters
from indexer.extract import rules
from indexer.extract.main_text import fold

LONGEST_ISSUER: Final = 40
"""So far into a folded title the word 关于 is looked for, in characters."""
ALIKE: Final = 0.8
"""The least :func:`likeness` of a title and its entry in the contents."""

_ZEROS: Final = str.maketrans("○◯", "〇〇")
_PAGE_NUMBER: Final = re.compile(
    r"[-—–―·.~\s]+\d{1,4}[-—–―·.~\s]+|第?\s*\d{1,4}\s*页(?:[\s,，/]*共?\s*\d{1,4}\s*页)?"
)
_FIGURES: Final = re.compile(r"[\s\d]+")
_NUMBER: Final = (
    r"(?:[一-鿿]{2,14}\s?[〔\[【﹝［（(]\s?(?:19|20)?\d\d\s?[〕\]】﹞］）)]\s?第?\d{1,4}\s?号"
    r"|[一-鿿]{1,16}令\s?(?:[〔\[（(]\d{4}[〕\]）)])?\s?第\s?[\d一二三四五六七八九十]{1,4}\s?号)"
)
_NUMBER_TAIL: Final = re.compile(rf"(?:\s|[（(\[【])\s*({_NUMBER})[\s）)\]】]*$")
_NUMBER_ALONE: Final = re.compile(rf"[\s（(\[【]*({_NUMBER})[\s）)\]】]*")
# A signature's date reaches the right margin, so the title under it reads as its next words.
_SIGNED_AND_TITLE: Final = re.compile(
    r"\s*[一二\d][\d〇○◯零一二三四五六七八九]{3}年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日"
    r"(?=\s*[一-鿿]{2,25}?(?:政府|办公室|办公厅|委员会|局|厅)(?:关于|$))"
)
_EDGE: Final = 2
_LONGEST_RUNNING: Final = 60
_SHARE_OF_PAGES: Final = 0.3
_ISSUE_ON_PAGE: Final = re.compile(
    r"第\s?[\d一二三四五六七八九十]{1,3}\s?[期号辑]|\d{4}[.．]\d{1,2}"
)


@dataclass(frozen=True)
class Line:
    """A line that is not white space: ``start`` is its offset in the text, ``page``
    counts from 0, ``folded`` is the line without spaces and punctuation, ``bare`` the same
    without a document number at its end.
    """

    text: str
    start: int
    page: int
    folded: str
    bare: str


def folded(text: str) -> str:
    """What titles are compared by: letters, digits and ideographs, width folded."""
    return fold(fold_characters(_with_zeros(text)))


def _with_zeros(text: str) -> str:
    """二○○九 as 二〇〇九: the circles are signs, and would be lost in folding."""
    return text.translate(_ZEROS) if "○" in text or "◯" in text else text


def without_number(text: str) -> tuple[str, str]:
    """A title and the document number it ends with, "" where there is none."""
    if "号" not in text[-6:]:
        return text, ""
    found = _NUMBER_TAIL.search(text[-80:])
    if not found:
        return text, ""
    return text[: len(text) - len(text[-80:]) + found.start()].rstrip(), found.group(1)


def likeness(one: str, other: str) -> float:
    """Share of pairs of neighbouring characters in common, 0 to 1 (Dice's coefficient)."""
    pairs, others = Counter(pairwise(one)), Counter(pairwise(other))
    total = pairs.total() + others.total()
    return 2 * (pairs & others).total() / total if total else 0.0


def subject_of(title: str) -> tuple[str, str]:
    """A folded title as the issuing body and what follows from 关于 on; without that word,
    as a whole."""
    at = max(title.find("关于", 0, LONGEST_ISSUER), 0)
    return title[:at], title[at:]


def is_number(text: str) -> bool:
    """Whether a line is a document number and nothing else."""
    return len(text) < 60 and "号" in text and bool(_NUMBER_ALONE.fullmatch(text))


def read_lines(text: str, pages: Sequence[int]) -> list[Line]:
    """The lines of a text in order, running heads and page numbers left out.

    ``pages`` holds the offset at which each page starts; empty for a text without pages.
    """
    lines = _all_lines(text, sorted(pages))
    dropped = _running(lines) if pages else set()
    return [
        line
        for position, line in enumerate(lines)
        if position not in dropped and not (len(line.text) < 30 and _is_page_number(line))
    ]


def _all_lines(text: str, pages: Sequence[int]) -> list[Line]:
    lines: list[Line] = []
    page, start = 0, 0
    normal = fold_characters(_with_zeros(text)).split("\n")  # as many lines: newlines are kept
    for raw, folding in zip(text.split("\n"), normal, strict=True):
        while page + 1 < len(pages) and pages[page + 1] <= start:
            page += 1
        glued = _SIGNED_AND_TITLE.match(raw) if pages else None
        if glued:
            lines.append(_line(glued.group(), folded(glued.group()), start, page))
            rest = raw[glued.end() :]
            lines.append(_line(rest, folded(rest), start + glued.end(), page))
        elif not raw.isspace() and raw:
            lines.append(_line(raw, fold(folding), start, page))
        start += len(raw) + 1
    return lines


def _line(raw: str, compared: str, start: int, page: int) -> Line:
    stripped = raw.strip()
    title = without_number(stripped)[0] if "号" in stripped[-6:] else ""
    return Line(stripped, start, page, compared, folded(title) or compared)


def _is_page_number(line: Line) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text))


def _running(lines: Sequence[Line]) -> set[int]:
    """Positions of running heads and feet: the same words at the edge of many pages.

    A title that begins with the body's name stands at the edge of many pages as well, so a
    name alone is none; the gazette's own name and issue, or Latin letters, are one from the
    second page on.
    """
    edges = _edges(lines)
    found: dict[str, set[int]] = defaultdict(set)
    for position in edges:
        line = lines[position]
        if len(line.text) <= _LONGEST_RUNNING:
            found[_FIGURES.sub("", line.folded)].add(position)
    pages = len({line.page for line in lines})
    body, heading = rules.pattern("gazette", "bodies"), rules.pattern("gazette", "headings")
    name = re.compile("|".join(rules.entries("gazette", "periodicals")))
    dropped: set[int] = set()
    for key, positions in found.items():
        on_pages = len({lines[position].page for position in positions})
        sample = lines[min(positions)].text
        if not key:  # figures, or a full stop that had no room on the line before
            figures = {p for p in positions if lines[p].text.isdecimal()}
            dropped |= figures if len({lines[p].page for p in figures}) >= 2 else set()
        elif _ISSUE_ON_PAGE.search(sample) or name.search(sample) or heading.fullmatch(key):
            dropped |= positions if on_pages >= 2 else set()
        elif on_pages >= 2 and key.isascii():
            dropped |= positions
        elif on_pages >= max(3, _SHARE_OF_PAGES * pages):
            ends_in_body = any(match.end() == len(key) for match in body.finditer(key))
            dropped |= set() if ends_in_body else positions
    return dropped


def _edges(lines: Sequence[Line]) -> list[int]:
    """Positions of the first and last lines of every page."""
    by_page: dict[int, list[int]] = defaultdict(list)
    for position, line in enumerate(lines):
        by_page[line.page].append(position)
    return [
        position
        for on_page in by_page.values()
        for position in {*on_page[:_EDGE], *on_page[-_EDGE:]}
    ]
