"""When and by whom a page was published, from what a reader sees around its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from analyzers.dates import (
    FoundDate,
    date_in_path,
    find_date,
    find_dates,
    find_english_date,
    find_short_date,
)
from indexer.extract import rules
from indexer.extract.main_text import fold
from indexer.extract.metadata import Metadata
from indexer.extract.tree import Line

_LINES_BEFORE_TITLE: Final = 3
_LINES_AFTER_TITLE: Final = 10
_LINES_AT_END: Final = 12
_SHORT_LINE: Final = 160
_BARE_LINE: Final = 60
_LABEL_GAP: Final = 8
_LONGEST_LABELLED: Final = 640
_POSTING_LINE: Final = 80
_LINES_OF_CLOSING: Final = 3
_GAP_IN_CHINESE: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])")
_MAX_SOURCE: Final = 40


@dataclass(frozen=True)
class Publication:
    """What the visible lines tell; ``labelled`` when a label said that it is publication.

    ``closing`` is the day under the text (落款), sought only where nothing else tells one.
    """

    day: date | None = None
    labelled: bool = False
    source: str = ""
    closing: date | None = None


def find_publication(
    lines: Sequence[Line], title: str, body_start: int, body_end: int
) -> Publication:
    """Reads the lines near the title and those around the text.

    ``lines`` are all lines of the page; ``body_start`` and ``body_end`` delimit the
    article's running text among them, inside which a date tells of something else.
    """
    at = _title_line(lines, title, body_start)
    after_title = lines[at + 1 : min(at + 1 + _LINES_AFTER_TITLE, body_start + 2)]
    above_text = lines[max(at + 1, body_start - _LINES_BEFORE_TITLE) : body_start + 2]
    near = [*lines[max(0, at - _LINES_BEFORE_TITLE) : max(0, at + 1)], *after_title, *above_text]
    outside = [*lines[:body_start], *lines[body_end : body_end + _LINES_AT_END]]
    inside = [line for line in lines[body_start:body_end] if len(line.text) <= _POSTING_LINE]
    exact, system, vague = rules.entries("publication", "date_labels")
    source = _source(near, outside)
    for label, where in (
        (exact, [*near, *lines[:body_start], *inside, *lines[body_end : body_end + _LINES_AT_END]]),
        (system, [*near, *outside]),
        (vague, near),
    ):
        day = next(_labelled_dates(where, label), None)
        if day is not None:
            return Publication(day, True, source)
    bare = _bare_date(after_title) or _bare_date(near[:_LINES_BEFORE_TITLE])
    bare = bare or _bare_date(above_text)
    return Publication(bare, False, source, _closing_date(lines[body_start:body_end]))


def choose_date(
    meta: Metadata, seen: Publication, catalogue: date | None, path: str
) -> date | None:
    """The day of publication from every witness, the tag first.

    A tag left over from another article is overruled when the visible line and the URL
    agree against it.
    """
    in_path = date_in_path(path)
    if meta.published and seen.labelled and seen.day != meta.published and seen.day == in_path:
        return seen.day
    visible = seen.day if seen.labelled else None
    return meta.published or visible or catalogue or seen.day or in_path or seen.closing


def _title_line(lines: Sequence[Line], title: str, body_start: int) -> int:
    """Where the title stands: the last line before the text that has it, not in navigation."""
    wanted = fold(title)
    found = -1
    if wanted:
        for position, line in enumerate(lines[: body_start + 2]):
            folded = fold(line.text)
            if (
                folded
                and not line.is_link
                and (folded == wanted or (len(folded) >= 8 and folded in wanted))
            ):
                found = position
    return found if found >= 0 else max(0, body_start - _LINES_BEFORE_TITLE)


def _labelled_dates(lines: Sequence[Line], label: str) -> Iterator[date]:
    """The dates behind a label, line by line."""
    labelled, taken = _label(label), rules.pattern("publication", "other_labels")
    for line in lines:
        if len(line.text) > _LONGEST_LABELLED:
            continue
        # Spaces may stand between any two characters of a label: 发 布 时 间.
        text = _GAP_IN_CHINESE.sub("", line.text) if " " in line.text else line.text
        for match in labelled.finditer(text):
            # 成文日期, 截止时间: the label is the end of another one.
            if taken.search(text[: match.start()]):
                continue
            behind = text[match.end() : match.end() + _LABEL_GAP + 20]
            day = find_date(behind) or find_short_date(behind) or find_english_date(behind)
            if day is not None:
                yield day


@cache
def _label(label: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{label})\s*[\]】]?\s*[:：为]?")


def _closing_date(lines: Sequence[Line]) -> date | None:
    """The day of 落款: the last lines of a text, of which one is little but a date."""
    for line in reversed(lines[-_LINES_OF_CLOSING:]):
        found = next(find_dates(line.text), None)
        if found and len(line.text) - (found.end - found.start) <= _LABEL_GAP:
            return found.day
    return None


def _bare_date(lines: Sequence[Line]) -> date | None:
    """A date without a label, alone or nearly so on a short line."""
    refused = rules.pattern("publication", "not_published")
    for line in lines:
        if len(line.text) > _SHORT_LINE or refused.search(line.text):
            continue
        found: list[FoundDate] = list(find_dates(line.text))
        if not found and len(line.text) <= _BARE_LINE and line.text.isascii():
            day = find_english_date(line.text)
            if day is not None:
                return day
        if len(found) == 1:
            rest = len(line.text) - (found[0].end - found[0].start)
            if rest <= _BARE_LINE and not re.search("[，。；]", line.text):
                return found[0].day
    return None


def _source(near: Sequence[Line], outside: Sequence[Line]) -> str:
    label = re.compile(rf"(?:{'|'.join(rules.entries('publication', 'source_labels'))})\s*[:：]\s*")
    ends = rules.pattern("publication", "value_ends")
    empty = rules.pattern("publication", "empty_sources")
    for line in [*near, *outside]:
        if len(line.text) > _SHORT_LINE:
            continue
        found = label.search(line.text)
        if not found:
            continue
        value = re.sub(r"^[\[【(（《<\"“]\s*", "", line.text[found.end() :])
        end = ends.search(value)
        value = value[: end.start()] if end else value
        value = value.strip(' \t:：；;，,。-—·|】])）》>”"')
        if value and len(value) <= _MAX_SOURCE and not empty.fullmatch(value):
            return value
    return ""
