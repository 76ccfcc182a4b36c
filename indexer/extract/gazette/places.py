"""Where the documents of a bundle begin: the entries of its contents found in its text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.extract import rules
from indexer.extract.gazette.contents import Contents, Entry
from indexer.extract.gazette.lines import ALIKE, LONGEST_ISSUER, Line, likeness, subject_of

_MOST_LINES: Final = 5
_MOST_OCCURRENCES: Final = 16
_SHORTEST_ALIKE: Final = 8
_SAID: Final = re.compile("[：:。；]")
_LOOKED_AT: Final = 400
_LOOKED_AT_IN_ALL: Final = 40_000
_LEAST_FOUND: Final = 2
_LEAST_SHARE: Final = 0.5
_SHARE_WITH_TEXT: Final = 0.6
_LEAST_TEXT: Final = 20


class Place(NamedTuple):
    """A title in the text: its first line and over how many lines it goes."""

    line: int
    lines: int


@dataclass(frozen=True)
class Located:
    """An entry and where its document begins."""

    entry: Entry
    place: Place


class Finder:
    """Finds titles in the lines of a bundle. Looking for similar ones takes time, so there is
    a budget of lines for all of a bundle's lists of contents."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._budget = _LOOKED_AT_IN_ALL

    def occurrences(self, titles: Iterable[str], first: int = 0) -> dict[str, list[Place]]:
        """Where each folded title stands from the line ``first`` on, alone on one line or
        several, in order; one pass for all.

        A title may lack the body that issued it (关于… for 钦州市人民政府关于…).
        """
        wanted = {title for title in titles if len(title) > 1}
        about: dict[str, list[str]] = defaultdict(list)
        for title in wanted:
            at = title.find("关于")
            if 0 <= at <= LONGEST_ISSUER:
                about[title[at:]].append(title)
        beginnings = {title[:2] for title in wanted}
        longest = max(map(len, wanted), default=0) + LONGEST_ISSUER
        found: dict[str, list[Place]] = defaultdict(list)
        position = first
        while position < len(self.lines):
            taken = 1
            beginning = self.lines[position].folded[:2]
            likely = beginning and (beginning in beginnings or self._has_subject(position))
            for count, text in _joined(self.lines, position, longest) if likely else ():
                titles_here = [text] if text in wanted else []
                if not titles_here and not _SAID.search(self.lines[position].text):
                    titles_here = _by_subject(text, about)
                for title in titles_here:
                    found[title].append(Place(position, count))
                if titles_here:
                    taken = count
                    break
            position += taken
        return found

    def _has_subject(self, position: int) -> bool:
        """Whether a title 关于… may begin here: the word stands in this line or the next."""
        return any(
            line.folded.find("关于", 0, LONGEST_ISSUER) >= 0
            for line in self.lines[position : position + 2]
        )

    def alike(self, entry: Entry, lines: range) -> Place | None:
        """The place among ``lines`` most like a title, None where nothing is like it."""
        best, place = ALIKE, None
        if len(entry.folded) < _SHORTEST_ALIKE or self._budget <= 0:
            return None
        lines = lines[:_LOOKED_AT]
        self._budget -= len(lines)
        wanted = subject_of(entry.folded)[1]
        for position in lines:
            for count, text in _joined(self.lines, position, len(wanted) * 2 + LONGEST_ISSUER):
                issuer, subject = subject_of(text) if "关于" in wanted else ("", text)
                if not self.lines[position].folded or position + count > lines.stop:
                    break
                if not _similar_length(subject, wanted):
                    continue
                if issuer and not rules.pattern("gazette", "issuers").fullmatch(issuer):
                    break
                if (found := likeness(wanted, subject)) > best:
                    best, place = found, Place(position, count)
        return place


def _similar_length(text: str, wanted: str) -> bool:
    return 0.75 * len(wanted) <= len(text) <= 1.25 * len(wanted) + 4


def _joined(lines: Sequence[Line], position: int, longest: int) -> Iterable[tuple[int, str]]:
    """The folded text of a line and of it with the lines after it, up to a length."""
    before = ""
    for count, line in enumerate(lines[position : position + _MOST_LINES], start=1):
        if len(before) + len(line.bare) > longest:
            return
        yield count, before + line.bare
        before += line.folded


def _by_subject(text: str, about: Mapping[str, Sequence[str]]) -> list[str]:
    """The titles that differ from ``text`` in how the issuing body is named, if at all.

    Either may name it in short (市人民政府) or not; ``text`` must not hold another body.
    """
    at = text.find("关于", 0, LONGEST_ISSUER)
    known = about.get(text[at:]) if at >= 0 else None
    if not known:
        return []
    issuer = text[:at]
    if issuer and not rules.pattern("gazette", "issuers").fullmatch(issuer):
        return []
    body = rules.pattern("gazette", "bodies")
    return [
        title
        for title in known
        if (own := title[: title.find("关于")]).endswith(issuer)
        or (issuer.endswith(own) and not (own and body.search(issuer[: -len(own)])))
    ]


def locate(finder: Finder, contents: Contents) -> list[Located]:
    """The entries of a contents list that stand in the text behind it, in order.

    Empty when fewer than two do, when they are not most of the list, when they have no text
    of their own, or when the list is one of chapters.
    """
    titles = {entry.folded for ways in contents.readings for entry in ways if not entry.is_heading}
    found = finder.occurrences(titles, contents.end)
    entries = _read(contents, found)
    possible = _possible(finder.lines, entries, found)
    located = _in_order(finder, contents.end, entries, possible)
    counted = entries
    if not contents.headed and located:
        counted = entries[entries.index(located[0].entry) :]
    if len(located) < _LEAST_FOUND or len(located) <= _LEAST_SHARE * len(counted):
        return []
    return located if _are_documents(located) and _have_text(finder.lines, located) else []


def _read(contents: Contents, found: Mapping[str, Sequence[Place]]) -> list[Entry]:
    """One reading of each entry: the first that stands in the text, else the shortest."""
    entries: list[Entry] = []
    skipped = 0
    for ways in contents.readings:
        if skipped:
            skipped -= 1
            continue
        known = [entry for entry in ways if entry.folded in found and not entry.is_heading]
        if known:
            skipped = known[0].cells - 1
            entries.append(known[0])
        elif ways:
            paged = ways[0].page is not None
            entry = ways[0] if paged else ways[-1]
            if not entry.is_heading and (paged or entry.is_document):
                entries.append(entry)
    return entries


def _possible(
    lines: Sequence[Line], entries: Sequence[Entry], found: Mapping[str, Sequence[Place]]
) -> list[list[Place]]:
    """The places of each entry: those on its page where page numbers are of use.

    Of equal titles the second can stand at the second place at the earliest.
    """
    rank: Counter[str] = Counter()
    shift = _page_shift(lines, entries, found)
    possible: list[list[Place]] = []
    for entry in entries:
        places = found.get(entry.folded, ())
        before = rank[entry.folded]
        rank[entry.folded] += 1
        if shift is not None and entry.page is not None:
            wanted = entry.page + shift
            begin = bisect_left(places, wanted - 1, key=lambda place: lines[place.line].page)
            end = bisect_right(places, wanted + 1, key=lambda place: lines[place.line].page)
            near = places[begin:end][:_MOST_OCCURRENCES]
            if near:
                possible.append(list(near))
                continue
        possible.append(list(places[before : before + _MOST_OCCURRENCES]))
    return possible


def _page_shift(
    lines: Sequence[Line], entries: Sequence[Entry], found: Mapping[str, Sequence[Place]]
) -> int | None:
    """What to add to a printed page number; None unless two entries agree on it."""
    votes = Counter(
        lines[places[0].line].page - entry.page
        for entry in entries
        if entry.page is not None and len(places := found.get(entry.folded, ())) == 1
    )
    best = votes.most_common(1)
    return best[0][0] if best and best[0][1] >= 2 and lines[-1].page else None


def _in_order(
    finder: Finder, first: int, entries: Sequence[Entry], possible: Sequence[Sequence[Place]]
) -> list[Located]:
    """The most entries that can be placed in order, then those that are nearly there."""
    chain = _longest_rising(possible)
    located: list[Located] = []
    ahead = sorted(chain)
    for index, entry in enumerate(entries):
        place = chain.get(index)
        if place is None:
            following = bisect_right(ahead, index)
            stop = chain[ahead[following]].line if following < len(ahead) else len(finder.lines)
            place = finder.alike(entry, range(first, stop))
        if place is not None:
            located.append(Located(entry, place))
            first = place.line + place.lines
    return located


def _longest_rising(possible: Sequence[Sequence[Place]]) -> dict[int, Place]:
    """Places by entry: the longest choice that rises, one place an entry at most.

    Longest increasing subsequence by patience sorting, O(n log n).
    """
    tails: list[int] = []
    ends: list[int] = []
    nodes: list[tuple[int, Place, int]] = []
    for index, places in enumerate(possible):
        for place in reversed(places):
            length = bisect_left(tails, place.line)
            nodes.append((index, place, ends[length - 1] if length else -1))
            tails[length : length + 1] = [place.line]
            ends[length : length + 1] = [len(nodes) - 1]
    chain: dict[int, Place] = {}
    node = ends[-1] if ends else -1
    while node >= 0:
        index, place, node = nodes[node]
        chain[index] = place
    return chain


def _are_documents(located: Sequence[Located]) -> bool:
    return 2 * sum(one.entry.is_document for one in located) >= len(located)


def _have_text(lines: Sequence[Line], located: Sequence[Located]) -> bool:
    """Whether text follows the titles, as it does not where they are a list once more."""
    stops = [one.place.line for one in located[1:]] + [len(lines)]
    having = 0
    for one, stop in zip(located, stops, strict=True):
        length = 0
        for line in lines[one.place.line + one.place.lines : stop]:
            length += len(line.folded)
            if length >= _LEAST_TEXT:
                having += 1
                break
    return having >= _SHARE_WITH_TEXT * len(located)
