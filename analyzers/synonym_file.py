"""Reading a table of synonyms, and telling what is wrong with it and where.

Scalars are read as they are written: 12345 is text here, with or without quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from analyzers.normalize import normalize

DEFAULT_WEIGHT: Final = 0.7
"""For an entry that names none: the exact word stays well ahead."""
LONGEST_TERM: Final = 40
MOST_ENTRIES: Final = 10_000

_KEYS: Final = ("say", "official", "weight", "both_ways", "reason")
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}
_WORDISH: Final = re.compile(r"[^\W_]")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Entry:
    """What people say, the official terms for it, and how near they are; terms normalised."""

    say: tuple[str, ...]
    official: tuple[str, ...] = ()
    weight: float = DEFAULT_WEIGHT
    both_ways: bool = False

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each term with another one that it finds."""
        for typed in self.say:
            yield from ((typed, other) for other in (*self.say, *self.official) if other != typed)
        if self.both_ways:
            yield from ((typed, other) for typed in self.official for other in self.say)


class _Fault(Exception):
    """Something wrong at a line."""

    def __init__(self, node: yaml.Node, message: str) -> None:
        super().__init__(f"line {node.start_mark.line + 1}: {message}")


def read_entries(text: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of a table that are in order, and the faults of the others.

    Never an error: text that is no YAML is one fault.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        return (), (f"{where}not YAML: {getattr(error, 'problem', None) or error}",)
    if root is None:
        return (), ()
    if not isinstance(root, yaml.SequenceNode):
        return (), ("line 1: a list of entries is expected, each beginning with '- say:'",)
    entries, faults = [], []
    if len(root.value) > MOST_ENTRIES:
        faults.append(f"line 1: {len(root.value)} entries, at most {MOST_ENTRIES} are read")
    seen: dict[tuple[str, str], int] = {}
    for node in root.value[:MOST_ENTRIES]:
        try:
            entry = _entry(node)
            _check_repetition(entry, node, seen)
        except _Fault as fault:
            faults.append(str(fault))
        else:
            entries.append(entry)
    return tuple(entries), tuple(faults)


def _entry(node: yaml.Node) -> Entry:
    if not isinstance(node, yaml.MappingNode):
        raise _Fault(node, "an entry is expected, as in '- say: [上户口]'")
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name not in _KEYS:
            raise _Fault(key, f"unknown key {name!r}; an entry takes {', '.join(_KEYS)}")
        if name in fields:
            raise _Fault(key, f"{name!r} stands twice")
        fields[name] = value
    say = _terms(fields["say"], "say") if "say" in fields else ()
    official = _terms(fields["official"], "official") if "official" in fields else ()
    weight = _weight(fields["weight"]) if "weight" in fields else DEFAULT_WEIGHT
    if not say:
        raise _Fault(node, "'say' is missing: what do people type?")
    if weight and len(say) + len(official) < 2:
        raise _Fault(node, f"{say[0]} has no other word beside it")
    both_ways = _truth(fields["both_ways"]) if "both_ways" in fields else False
    for term in say:
        if term in official:
            raise _Fault(node, f"{term} stands in 'say' and in 'official'")
    return Entry(say, official, weight, both_ways)


def _terms(node: yaml.Node, key: str) -> tuple[str, ...]:
    """A list of terms, or one."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    terms = []
    for one in nodes:
        if not isinstance(one, yaml.ScalarNode):
            raise _Fault(one, f"{key!r} takes words, as in [上户口, 落户]")
        term = " ".join(normalize(one.value).split())
        if not _WORDISH.search(term):
            raise _Fault(one, f"{key!r} holds {one.value!r}, which has no letter in it")
        if len(term) > LONGEST_TERM:
            raise _Fault(one, f"{term[:10]}… is longer than {LONGEST_TERM} characters")
        if key == "say" and " " in term:
            raise _Fault(one, f"{term!r}: what people type is taken without spaces")
        terms.append(term)
    return tuple(dict.fromkeys(terms))


def _weight(node: yaml.Node) -> float:
    try:
        weight = float(node.value)
    except (TypeError, ValueError):
        weight = -1.0
    if not 0 <= weight <= 1:
        raise _Fault(node, "'weight' takes a number from 0 to 1, as 0.7")
    return weight


def _truth(node: yaml.Node) -> bool:
    value = _TRUTH.get(str(node.value).lower())
    if value is None:
        raise _Fault(node, "'both_ways' takes true or false")
    return value


def _check_repetition(entry: Entry, node: yaml.Node, seen: dict[tuple[str, str], int]) -> None:
    """Two entries for one pair would leave in the dark which weight holds."""
    line = node.start_mark.line + 1
    for pair in entry.pairs():
        if seen.setdefault(pair, line) != line:
            raise _Fault(node, f"{pair[0]} finds {pair[1]} already by line {seen[pair]}")
