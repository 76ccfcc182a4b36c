"""Other ways to say the same: colloquial words and official terms, names of bodies.

The shipped table is ``data/synonyms.yaml``, the bodies of a city are ``data/bodies.yaml``; a
city adds files of its own in the form of the former. A table is a list of entries::

    - say: [上户口, 落户]          # each finds the others and the official terms
      official: [出生登记]
      weight: 0.7                  # share of its score that a synonym keeps; default 0.7
      both_ways: true              # official terms find what people say, too; default false
      reason: why, where it is not plain

A term of several words with spaces between them (``商品房 买卖``) is met by a document that
has them anywhere; else it must stand as it is. Weight 0 switches pairs off; an entry of
weight 0 without ``official``, all that the words of ``say`` would find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from analyzers.bodies import bodies
from analyzers.synonym_file import Entry, read_entries

_MOST_WAYS: Final = 12
"""Alternatives of one word: each is searched for."""


class SynonymError(ValueError):
    """A table has faults; the message tells each with its line."""


class Way(NamedTuple):
    """Another way to say something, normalised, and the share of its score that counts."""

    text: str
    weight: float


class Synonyms:
    """The ways to say the same, by what is typed. Immutable; safe from any thread."""

    def __init__(self, ways: Mapping[str, tuple[Way, ...]], body_names: frozenset[str]) -> None:
        self._ways = dict(ways)
        self._bodies = body_names
        lengths: dict[str, set[int]] = {}
        for typed in {*self._ways, *body_names}:
            lengths.setdefault(typed[0], set()).add(len(typed))
        self._lengths = {one: tuple(sorted(all_, reverse=True)) for one, all_ in lengths.items()}

    def ways(self, typed: str) -> tuple[Way, ...]:
        """The other ways to say it, the nearest first; none for what no table holds."""
        return self._ways.get(typed, ())

    def is_body(self, name: str) -> bool:
        """Whether it is the name of a public body."""
        return name in self._bodies

    def ends(self, text: str, start: int) -> Iterator[int]:
        """Where terms that begin at ``start`` end, the longest first."""
        for length in self._lengths.get(text[start : start + 1], ()):
            piece = text[start : start + length]
            if len(piece) == length and (piece in self._ways or piece in self._bodies):
                yield start + length

    def __len__(self) -> int:
        return len(self._ways)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ways)


@dataclass(frozen=True)
class SynonymTable:
    """Weights by pair (what is typed, what it finds too) and the names of bodies."""

    pairs: Mapping[tuple[str, str], float]
    body_names: frozenset[str] = frozenset()

    @classmethod
    def load(cls, paths: Sequence[Path] = ()) -> SynonymTable:
        """The shipped tables and a city's own files, where the later ones decide.

        Raises:
            SynonymError: a file has faults.
            OSError: a file cannot be read.
        """
        shipped = resources.files("analyzers").joinpath("data/synonyms.yaml")
        pairs = bodies().pairs()
        _overlay(pairs, shipped.read_text(encoding="utf-8"), "synonyms.yaml")
        for path in paths:
            _overlay(pairs, path.read_text(encoding="utf-8-sig"), str(path))
        return cls(pairs, bodies().names)

    def synonyms(self) -> Synonyms:
        """The table, ready for queries."""
        ways: dict[str, list[Way]] = {}
        for (typed, other), weight in self.pairs.items():
            if weight > 0:
                ways.setdefault(typed, []).append(Way(other, weight))
        # The sort is stable: among equals the order of the table.
        nearest = {
            typed: tuple(sorted(others, key=lambda way: -way.weight)[:_MOST_WAYS])
            for typed, others in ways.items()
        }
        return Synonyms(nearest, self.body_names)


def validate(text: str) -> list[str]:
    """The faults of a table, each with its line; none for a table in order."""
    return list(read_entries(text)[1])


@lru_cache(maxsize=1)
def default_synonyms() -> Synonyms:
    """The shipped tables alone."""
    return SynonymTable.load().synonyms()


@lru_cache(maxsize=1)
def no_synonyms() -> Synonyms:
    """An empty table: everything as typed."""
    return Synonyms({}, frozenset())


def _overlay(pairs: dict[tuple[str, str], float], text: str, name: str) -> None:
    """Lay a table over the pairs so far.

    Raises:
        SynonymError: it has faults.
    """
    entries, faults = read_entries(text)
    if faults:
        raise SynonymError(f"{name}: " + "; ".join(faults))
    for entry in entries:
        if entry.weight == 0 and not entry.official:
            _switch_off(pairs, entry)
        pairs.update(dict.fromkeys(entry.pairs(), entry.weight))


def _switch_off(pairs: dict[tuple[str, str], float], entry: Entry) -> None:
    for pair in pairs:
        if pair[0] in entry.say:
            pairs[pair] = 0.0
