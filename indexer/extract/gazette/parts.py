"""The documents of a gazette issue or another bundle, found by its contents.

An issue begins with a table of contents; the documents follow one after the other. An entry
of the contents is found again in the text as a title, over one line or several, and the
document goes on to the next title. Without contents the bookmarks of the file serve.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol
from urllib.parse import quote

from analyzers.dates import find_dates
from analyzers.document_number import find_document_number
from indexer.extract import rules
from indexer.extract.gazette.contents import find_contents, make_entry
from indexer.extract.gazette.lines import Line, folded, is_number, read_lines
from indexer.extract.gazette.places import Finder, Located, Place, locate
from indexer.extract.number import own_number

__all__ = ["Bookmark", "Part", "split"]

_HEAD_LINES: Final = 10
_LINES_ABOVE_TITLE: Final = 3
_LINES_OF_IMPRINT: Final = 15
_LONGEST_SIGNATURE: Final = 60
_LONGEST_SUFFIX: Final = 12
_LONGEST_FRAGMENT_TITLE: Final = 60
_DATE_BRACKETS: Final = re.compile(r"^[（(【\[].*[）)】\]]$")
_ADORNMENT: Final = re.compile(r"[\s（()）　]*")


class Bookmark(Protocol):
    """An entry of a file's outline: ``page`` counts from 0, ``level`` too; -1: no page."""

    @property
    def title(self) -> str:
        """The words of the bookmark."""

    @property
    def page(self) -> int:
        """The page it leads to, counted from 0."""

    @property
    def level(self) -> int:
        """How deep it stands."""


@dataclass(frozen=True)
class Part:
    """One document of a bundle.

    ``number`` is its document number in canonical form, ``text`` its text without the title,
    ``fragment`` what follows ``#`` in its address, unique in the bundle, ``signed`` the day
    under its signature (落款), ``start`` the offset of its first line in the bundle's text.
    """

    title: str
    number: str | None
    text: str
    fragment: str
    signed: date | None
    start: int


def split(
    text: str,
    *,
    links: Sequence[tuple[str, str]] = (),
    pages: Sequence[int] = (),
    outline: Sequence[Bookmark] = (),
    file_format: str = "html",
) -> list[Part]:
    """The documents of a bundle in the order of its text; empty when it is none.

    Args:
        text: the bundle as lines, table cells separated by tabs.
        links: id of an anchor on the same page and the text of the link to it.
        pages: the offset in ``text`` at which each page starts.
        outline: the bookmarks of the file.
        file_format: decides on the form of fragments: ``html`` the anchor's id or a text
            fragment (WICG Scroll To Text Fragment), ``pdf`` the page (RFC 8118), anything
            else the position among the parts.
    """
    lines = read_lines(text, pages)
    if not lines:
        return []
    anchors: dict[str, list[str]] = defaultdict(list)
    for name, words in links:
        if name and (wanted := make_entry(words).folded):
            anchors[wanted].append(name)
    finder = Finder(lines)
    located: list[Located] = []
    for contents in find_contents(lines, frozenset(anchors)):
        if located and not contents.headed:
            break  # the top of the text is tried where nothing says that it is contents
        located = max(located, locate(finder, contents), key=len)
    located = located or _from_outline(finder, outline)
    if not located:
        return []
    return _with_fragments(_parts(lines, located), lines, located, anchors, file_format)


def _from_outline(finder: Finder, outline: Sequence[Bookmark]) -> list[Located]:
    """Documents by bookmark: those of the level that holds the most titles."""
    usable = [(make_entry(mark.title), mark) for mark in outline if mark.page >= 0]
    levels = Counter(mark.level for entry, mark in usable if entry.is_document)
    if not levels:
        return []
    level = max(levels, key=lambda one: (levels[one], -one))
    chosen = [(e, m) for e, m in usable if m.level == level and e.is_document]
    found = finder.occurrences(entry.folded for entry, _ in chosen)
    first: dict[int, int] = {}
    for position, line in enumerate(finder.lines):
        first.setdefault(line.page, position)
    located: list[Located] = []
    reached = -1
    for entry, mark in chosen:
        begin = first.get(mark.page)
        if begin is None:
            continue
        end = first.get(mark.page + 1, len(finder.lines))
        exact = [p for p in found.get(entry.folded, ()) if max(begin, reached + 1) <= p.line < end]
        place = exact[0] if exact else finder.alike(entry, range(max(begin, reached + 1), end))
        place = place or Place(begin, 0)
        if place.line > reached:
            located.append(Located(entry, place))
            reached = place.line + max(place.lines - 1, 0)
    return located if len(located) >= 2 else []


def _parts(lines: Sequence[Line], located: Sequence[Located]) -> list[Part]:
    starts: list[int] = []
    free = 0
    for one in located:
        starts.append(max(free, _first_line(lines, one.place)))
        free = one.place.line + one.place.lines
    stops = [*starts[1:], _end(lines, located[-1].place)]
    return [
        _part(lines, one, start, stop)
        for one, start, stop in zip(located, starts, stops, strict=True)
    ]


def _first_line(lines: Sequence[Line], title: Place) -> int:
    """Where a document begins: its number stands above its title if not below."""
    first, below = title.line, title.line + title.lines
    if below < len(lines) and is_number(lines[below].text):
        return first
    for position in range(first - 1, max(first - 1 - _LINES_ABOVE_TITLE, -1), -1):
        if is_number(lines[position].text):
            return position
        if not lines[position].folded.endswith("文件"):
            break
    return first


def _end(lines: Sequence[Line], last: Place) -> int:
    """Where the last document ends: the imprint of the booklet is not part of it.

    A document may name organisers too (主办单位：…); an imprint has several such lines, and
    no sentence follows.
    """
    imprint = rules.pattern("gazette", "imprint")
    begin = max(last.line + last.lines, len(lines) - _LINES_OF_IMPRINT)
    stop, named = len(lines), 0
    for position in range(len(lines) - 1, begin - 1, -1):
        if "。" in lines[position].text:
            break
        if imprint.match(lines[position].text):
            stop, named = position, named + 1
    return stop if named >= 2 else len(lines)


def _part(lines: Sequence[Line], one: Located, start: int, stop: int) -> Part:
    place = one.place
    stop = _without_headings(lines, place.line + place.lines, stop)
    body = [*lines[start : place.line], *lines[place.line + place.lines : stop]]
    printed = make_entry(
        "".join(line.text for line in lines[place.line : place.line + place.lines])
    )
    # Contents have more slips, and leave the issuing body out more often, than titles.
    title = printed.title if len(printed.folded) >= len(one.entry.folded) else one.entry.title
    texts = [line.text for line in body]
    number = own_number("", "", texts[:_HEAD_LINES])
    for beside in (printed.number, one.entry.number):
        if number is None and beside and (known := find_document_number(beside)):
            number = known.canonical
    return Part(title, number, "\n".join(texts), "", _signed(texts), lines[start].start)


def _without_headings(lines: Sequence[Line], first: int, stop: int) -> int:
    """The end of a document: the name of the next group of documents is not its last line."""
    heading = rules.pattern("gazette", "headings")
    while stop > first and heading.fullmatch(lines[stop - 1].folded):
        stop -= 1
    return stop


def _signed(texts: Sequence[str]) -> date | None:
    """The day under the signature, else the day in brackets below the title.

    A document's attachment follows its signature, so the first one counts.
    """
    bodies = rules.pattern("gazette", "bodies")
    lone: date | None = None
    for position, text in enumerate(texts):
        if len(text) > _LONGEST_SIGNATURE or "年" not in text:
            continue
        found = next(find_dates(text), None)
        if found is None or found.end < len(text.rstrip("）)】] ")):
            continue
        if _DATE_BRACKETS.match(text):
            if position < 2 and not _ADORNMENT.sub("", text[: found.start]):
                lone = found.day
            continue
        before = folded(text[: found.start])
        above = folded(texts[position - 1]) if position else ""
        signer = before or above
        if _is_signature(signer, bodies):
            return found.day
        if not before and lone is None:
            lone = found.day
    return lone


def _is_signature(signer: str, bodies: re.Pattern[str]) -> bool:
    return 0 < len(signer) <= 40 and any(
        match.end() == len(signer) for match in bodies.finditer(signer)
    )


def _with_fragments(
    parts: Sequence[Part],
    lines: Sequence[Line],
    located: Sequence[Located],
    anchors: dict[str, list[str]],
    file_format: str,
) -> list[Part]:
    """The parts with their places in the address; a second one of the same gets ``part``."""
    seen: Counter[str] = Counter()
    result: list[Part] = []
    for position, (part, one) in enumerate(zip(parts, located, strict=True), start=1):
        named = anchors.get(one.entry.folded)
        if file_format == "html":
            fragment = _anchor(named.pop(0)) if named else _text_fragment(lines, one.place)
        elif file_format == "pdf":
            fragment = f"page={lines[one.place.line].page + 1}"
        else:
            fragment = f"part={position}"
        seen[fragment] += 1
        if seen[fragment] > 1:
            fragment += f"&part={seen[fragment]}"
        result.append(replace(part, fragment=fragment))
    return result


def _anchor(name: str) -> str:
    """An anchor's id as a fragment (RFC 3986); what is escaped already stays so."""
    return quote(name.encode("utf-8", "replace"), safe="!$%&'()*+,-./:;=?@_~")


def _text_fragment(lines: Sequence[Line], place: Place) -> str:
    """A directive that finds the title: first and last line, and how the text goes on.

    The words that follow tell the title from its entry in the contents, which comes first.
    """
    first, last = lines[place.line].text, lines[place.line + max(place.lines, 1) - 1].text
    after = place.line + max(place.lines, 1)
    words = [first[:_LONGEST_FRAGMENT_TITLE]]
    if place.lines > 1:
        words.append(last[-_LONGEST_FRAGMENT_TITLE:])
    directive = ",".join(map(_escaped, words))
    if after < len(lines) and (follows := lines[after].text.split()[0][:_LONGEST_SUFFIX]):
        directive += ",-" + _escaped(follows)
    return f":~:text={directive}"


def _escaped(words: str) -> str:
    """Percent-encoded for a text directive, in which ``,`` ``&`` and ``-`` have a meaning."""
    return quote(words.encode("utf-8", "replace"), safe="").replace("-", "%2D")
