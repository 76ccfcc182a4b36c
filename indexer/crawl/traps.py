"""Addresses without end: what is no page at first sight, and budgets for all the others.

Calendars, sort orders and links relative to themselves make endless addresses out of a few
pages. ``trap_of`` knows those that show it; ``Budgets`` find the others by what they answer.
The numbers and their reasons are in ``traps.yaml``.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from typing import Any, Final

from analyzers.own_data import load_yaml

_DIGITS_AND_SPACE: Final = re.compile(r"[\d\s]+")
_NO_WORDS: Final = re.compile(r"[\W\d_]+")
_SHORTEST_TEXT: Final = 30
"""Characters; less is a heading or a notice that many pages share."""


def trap_of(url: str) -> str | None:
    """Why a canonical URL is no page's, for staff to read; None when it may be one."""
    limits = _rules().limits
    if len(url) > limits["length"]:
        return f"longer than {limits['length']} characters"
    address, _, query = url.partition("?")
    segments = address.split("/")[3:]
    if segments and not segments[-1]:
        segments.pop()
    if len(segments) > limits["depth"]:
        return f"a path of more than {limits['depth']} segments"
    # Nearly no path repeats anything.
    repeated = _repetition(segments) if len(set(segments)) < len(segments) else None
    return repeated or (_arguments(query) if query else None)


def _repetition(segments: list[str]) -> str | None:
    limits = _rules().limits
    for length in range(1, len(segments) // 2 + 1):
        run = 0  # how many segments in a row equal the one `length` places before
        for index in range(length, len(segments)):
            run = run + 1 if segments[index] == segments[index - length] else 0
            is_number = length == 1 and segments[index].isdigit()
            most = limits["repeated_number" if is_number else "repeated_sequence"]
            if run >= most * length:
                sequence = "/".join(segments[index + 1 - length : index + 1])
                return f"{sequence} more than {most} times in a row"
    names = Counter(segment for segment in segments if not segment.isdigit())
    for segment, times in names.most_common(1):
        if times > limits["repeated_segment"]:
            return f"{segment} more than {limits['repeated_segment']} times in the path"
    return None


def _arguments(query: str) -> str | None:
    limits = _rules().limits
    parts = query.split("&")
    if len(parts) > limits["parameters"]:
        return f"more than {limits['parameters']} parameters"
    if len(parts) > limits["repeated_parameter"]:
        name, times = Counter(part.partition("=")[0] for part in parts).most_common(1)[0]
        if times > limits["repeated_parameter"]:
            return f"{name}= more than {limits['repeated_parameter']} times"
    return None


def pattern_of(url: str) -> str:
    """What an address has in common with others of its kind: host, path and the names of its
    parameters in order, each digit run as ``0``, hashes as ``h``, encoded octets as ``%``.

    ``http://h/art/2026/9/4/art_1_2.html?b=1&a=2`` gives ``h/art/0/0/0/art_0_0.html?a&b``.
    """
    return _pattern_of(url.partition("://")[2] or url)


@lru_cache(maxsize=10_000)
def _pattern_of(address: str) -> str:
    place, _, query = address.partition("?")
    host, slash, path = place.partition("/")
    names = sorted({part.partition("=")[0] for part in query.split("&")}) if query else []
    rest = _alike(f"{slash}{path}{'?' if names else ''}{'&'.join(names)}")
    path, mark, query = rest.partition("?")
    return f"{host}{path}{mark}{'&'.join(sorted(set(query.split('&'))))}"


def _alike(text: str) -> str:
    rules = _rules()
    return rules.same.sub(lambda match: rules.names[match.lastgroup or ""], text)


def signature(url: str, title: str, text: str, links: Iterable[str | tuple[str, str]]) -> int:
    """What a page shows, as 64 bits (signed, as SQLite keeps them): pages that differ in
    numbers, white space or the order of their lines alone have the same.

    It is taken over title and text; where the text has less than 30 characters, over title and
    links. A link is its URL or, better, a pair of its URL and the words of its anchor. The
    words count, digits and signs do not: a calendar thus looks the same every month, and a list
    does not. A page without text and links leads nowhere, so that it cannot be part of anything
    endless: its signature is its own.
    """
    # Lines are a set, for another sort order shows the same ones.
    lines = {_DIGITS_AND_SPACE.sub("", line) for line in text.splitlines()}
    if sum(map(len, lines)) >= _SHORTEST_TEXT:
        shown = lines
    else:
        pairs = {(link, "") if isinstance(link, str) else link for link in links}
        shown = _shown_by_links(url, pairs) if pairs else {url}
    heading = _DIGITS_AND_SPACE.sub("", title)
    digest = blake2b(heading.encode("utf-8", "surrogatepass"), digest_size=8)
    for piece in sorted(shown):
        digest.update(b"\n" + piece.encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest(), "big", signed=True)


def _shown_by_links(url: str, links: set[tuple[str, str]]) -> set[str]:
    """The words of anchors, and the URLs of links that no words of their own tell apart.

    Such URLs count only when they are of another kind than the page's: one without an anchor
    when its pattern differs, one of several with the same words (详情, 升序) when its path does
    or when each of the two has a parameter that the other has not: sorting adds a parameter,
    an article has its own in place of the page number.
    """
    own = pattern_of(url)
    shown: set[str] = set()
    named: dict[str, set[str]] = {}
    for target, anchor in links:
        words = _NO_WORDS.sub("", anchor)
        if words:
            named.setdefault(words, set()).add(target)
        elif not anchor.strip() and pattern_of(target) != own:
            shown.add(target)
    for words, targets in named.items():
        shown.add(words)
        if len(targets) > 1:
            shown.update(one for one in targets if _is_of_another_kind(pattern_of(one), own))
    return shown


def _is_of_another_kind(a: str, b: str) -> bool:
    a_path, _, a_query = a.partition("?")
    b_path, _, b_query = b.partition("?")
    a_names, b_names = set(a_query.split("&")), set(b_query.split("&"))
    return a_path != b_path or not (a_names <= b_names or b_names <= a_names)


def _family_of(pattern: str) -> str:
    """All patterns of one path, whatever the names of their parameters."""
    return pattern.partition("?")[0] + "?"


@dataclass
class _Budget:
    """Of one pattern or family; ``seen`` is None once it is trusted."""

    asked: int = 0
    skipped: int = 0
    fruitful: int = 0
    seen: set[int] | None = field(default_factory=set)


class Budgets:
    """How often addresses of each pattern are still asked for.

    A pattern may be asked for 100 times, and 10 times more for each answer whose signature is
    new to it; after 1,000 such answers it is trusted. The same holds for all patterns of one
    path together (``family``, 300 times), for seven parameters that may each be there or not
    make 128 patterns. Not safe for threads.
    """

    def __init__(self) -> None:
        rules = _rules().budgets
        self._base, self._family = rules["base"], rules["family"]
        self._reward, self._trusted = rules["reward"], rules["trusted"]
        self._patterns = rules["patterns"]
        self._budgets: OrderedDict[str, _Budget] = OrderedDict()

    def allows(self, url: str) -> bool:
        """Whether a page that was never fetched may be asked for; counts nothing."""
        for key in _keys(url):
            budget = self._budgets.get(key)
            if budget is not None and budget.seen is not None:
                base = self._family if key.endswith("?") else self._base
                if budget.asked >= base + self._reward * budget.fruitful:
                    return False
        return True

    def ask(self, url: str) -> None:
        """Count a request for a page that was never fetched."""
        for key in _keys(url):
            self._of(key).asked += 1

    def give_back(self, url: str) -> None:
        """Take back a request that brought no page: a timeout, a block, a redirect, a dead link.

        Nothing endless is made of these, for they carry no links; the target of a redirect
        has a budget of its own.
        """
        for key in _keys(url):
            budget = self._budgets.get(key)
            if budget is not None and budget.asked:
                budget.asked -= 1

    def answer(self, url: str, signature: int) -> None:
        """Count what came back; see ``signature``."""
        for key in _keys(url):
            budget = self._of(key)
            if budget.seen is None or signature in budget.seen:
                continue
            budget.fruitful += 1
            budget.seen.add(signature)
            if budget.fruitful >= self._trusted:
                budget.seen = None

    def skip(self, url: str) -> None:
        """Count a page that was not asked for because of its pattern's budget."""
        self._of(pattern_of(url)).skipped += 1

    def report(self) -> list[dict[str, Any]]:
        """``pattern``, ``asked`` and ``skipped`` of each pattern that was cut off, the most
        skipped first."""
        cut_off = [(name, one) for name, one in self._budgets.items() if one.skipped]
        cut_off.sort(key=lambda item: (-item[1].skipped, item[0]))
        return [
            {"pattern": name, "asked": one.asked, "skipped": one.skipped} for name, one in cut_off
        ]

    def dump(self, least_asked: int) -> Iterator[tuple[str, int, int, bytes | None]]:
        """What to remember for the next run: pattern, asked, fruitful, and the signatures,
        None once they are not needed; of patterns that were asked for so often."""
        for key, one in self._budgets.items():
            if one.asked >= least_asked:
                seen = None if one.seen is None else array("q", sorted(one.seen)).tobytes()
                yield key, one.asked, one.fruitful, seen

    def load(self, key: str, asked: int, fruitful: int, seen: bytes | None) -> None:
        """Remember what :meth:`dump` gave."""
        signatures = None if seen is None else set(array("q", seen))
        self._budgets[key] = _Budget(asked, 0, fruitful, signatures)

    def _of(self, key: str) -> _Budget:
        budget = self._budgets.get(key)
        if budget is None:
            budget = self._budgets[key] = _Budget()
            if len(self._budgets) > self._patterns:
                self._budgets.popitem(last=False)
        else:
            self._budgets.move_to_end(key)
        return budget


def _keys(url: str) -> tuple[str, ...]:
    """The pattern of an address and, where it has parameters, its family."""
    pattern = pattern_of(url)
    return (pattern, _family_of(pattern)) if "?" in pattern else (pattern,)


@dataclass(frozen=True)
class _Rules:
    """``traps.yaml``, ready for use; ``names`` by the groups of ``same``."""

    limits: dict[str, int]
    budgets: dict[str, int]
    same: re.Pattern[str]
    names: dict[str, str]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    text = resources.files("indexer.crawl").joinpath("traps.yaml").read_text(encoding="utf-8")
    data = load_yaml(text)
    groups = {f"rule{index}": entry for index, entry in enumerate(data["same"])}
    same = "|".join(f"(?P<{name}>{entry['match']})" for name, entry in groups.items())
    return _Rules(
        limits={name: int(entry["most"]) for name, entry in data["limits"].items()},
        budgets={name: int(entry["value"]) for name, entry in data["budgets"].items()},
        same=re.compile(same, re.IGNORECASE),
        names={name: str(entry["as"]) for name, entry in groups.items()},
    )
