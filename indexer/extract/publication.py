"""When and by whom a page was published, from what a reader sees around its title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from analyzers.dates import FoundDate, date_in_path, find_date, find_dates
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
_MAX_SOURCE: Final = 40


@dataclass(frozen=True)
class Publication:
    """What the visible lines tell; ``labelled`` when a label said that it is publication."""

    day: date | None = None
    labelled: bool = False
    source: str = ""


def find_publication(
    lines: Sequence[Line], title: str, body_start: int, body_end: int
) -> Publication:
    """Reads the lines near the title and those around the text.

    ``lines`` are all lines of the page; ``body_start`` and ``body_end`` delimit the
    article's running text among them, inside which a date tells of something else.
    """
    at = _title_line(lines, title, body_start)
    near = list(
        lines[max(0, at - _LINES_BEFORE_TITLE) : min(at + 1 + _LINES_AFTER_TITLE, body_start + 2)]
    )
    outside = [*lines[:body_start], *lines[body_end : body_end + _LINES_AT_END]]
    exact, system, vague = rules.entries("publication", "date_labels")
    for label, where in ((exact, [*near, *outside]), (system, [*near, *outside]), (vague, near)):
        for line in where:
            day = _labelled_date(line.text, label)
            if day is not None:
                return Publication(day, True, _source(near, outside))
    bare = _bare_date(lines[at + 1 : min(at + 1 + _LINES_AFTER_TITLE, body_start + 2)])
    if bare is None:
        bare = _bare_date(near[:_LINES_BEFORE_TITLE])
    return Publication(bare, False, _source(near, outside))


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
    return meta.published or visible or catalogue or seen.day or in_path


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


def _labelled_date(text: str, label: str) -> date | None:
    if len(text) > 4 * _SHORT_LINE:
        return None
    squeezed = re.sub(r"(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])", "", text)
    for match in re.finditer(rf"(?:{label})\s*[\]】]?\s*[:：为]?", squeezed):
        # 成文日期, 截止时间: the label is the end of another one.
        if re.search(
            r"(成文|印发|施行|实施|生效|废止|截止|起止|开标|会议|考试|报名|举办|办理|工作|上班)$",
            squeezed[: match.start()],
        ):
            continue
        day = find_date(squeezed[match.end() : match.end() + _LABEL_GAP + 20])
        if day is not None:
            return day
    return None


def _bare_date(lines: Sequence[Line]) -> date | None:
    """A date without a label, alone or nearly so on a short line."""
    refused = rules.pattern("publication", "not_published")
    for line in lines:
        if len(line.text) > _SHORT_LINE or refused.search(line.text):
            continue
        found: list[FoundDate] = list(find_dates(line.text))
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
