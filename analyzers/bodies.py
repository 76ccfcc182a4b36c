"""The bodies of a city: their names, full and short, and those of the bodies they came from.

A page of 2009 knows only the old name of a body, and people type either: see
``data/bodies.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from analyzers.normalize import normalize
from analyzers.own_data import load_yaml

SAME_BODY: Final = 0.9
"""Another name of the same body; less than 1 so that the name as typed wins among equals."""
SUCCESSOR: Final = 0.7
"""The body before or after a reform: part of what it does is another's now."""
ONE_FURTHER: Final = 0.5
"""Two reforms away, as 卫生局 from 卫健委."""


@dataclass(frozen=True)
class Bodies:
    """Names by body (its full name, as everything normalised), and who came from whom."""

    names_of: Mapping[str, tuple[str, ...]]
    origins_of: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> frozenset[str]:
        """Every name of every body."""
        return frozenset(name for names in self.names_of.values() for name in names)

    def pairs(self) -> dict[tuple[str, str], float]:
        """How much of its score another name keeps, by name typed and name found."""
        pairs: dict[tuple[str, str], float] = {}
        for one, other, weight in self._related():
            for typed in self.names_of[one]:
                for found in self.names_of[other]:
                    if typed != found:
                        pairs[typed, found] = max(weight, pairs.get((typed, found), 0.0))
        return pairs

    def _related(self) -> Iterator[tuple[str, str, float]]:
        """Bodies that are found by each other's names. Two that became parts of one are not:
        工商局 asks for nothing of 质监局."""
        for body in self.names_of:
            yield body, body, SAME_BODY
            for origin in self.origins_of.get(body, ()):
                yield body, origin, SUCCESSOR
                yield origin, body, SUCCESSOR
                for first in self.origins_of.get(origin, ()):
                    yield body, first, ONE_FURTHER
                    yield first, body, ONE_FURTHER


@lru_cache(maxsize=1)
def bodies() -> Bodies:
    """The bodies of ``data/bodies.yaml``."""
    text = resources.files("analyzers").joinpath("data/bodies.yaml").read_text("utf-8")
    entries = load_yaml(text)
    names_of: dict[str, tuple[str, ...]] = {}
    origins_of: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        names = tuple(normalize(name) for name in entry["names"])
        names_of[names[0]] = names
        origins_of[names[0]] = tuple(normalize(name) for name in entry.get("from", ()))
    return Bodies(names_of, origins_of)
