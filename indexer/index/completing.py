"""The titles that what is being typed may become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from analyzers.title_sounds import typed_form
from indexer.index.prefixes import Ints, Prefixes
from indexer.index.title_table import TITLE, TitleTable, typed_characters
from indexer.index.typed import Typed, best_initials, best_reading

CANDIDATES: Final = 120
"""Titles looked at for each way of typing: enough to find different ones."""
_ALIKE: Final = 3
"""Titles that differ in figures or brackets only, of which more are no help."""


class Completion(NamedTuple):
    """A title, and whether it is typed out."""

    title: int
    is_exact: bool = False


def complete(table: TitleTable, text: str) -> Iterator[Completion]:
    """The titles that begin, from a word on, like ``text``, each once, few of the near-equal.

    Those typed out come first, then as :class:`TitleTable` ranks them; characters before
    pinyin, pinyin before initials.
    """
    characters, typed = typed_characters(typed_form(text)), Typed.of(text)
    if characters:
        yield from different(table, _all(table, characters, typed))


def different(table: TitleTable, completions: Iterable[Completion]) -> Iterator[Completion]:
    """Every title once, and of near-equal ones a few; all those that are typed out."""
    seen: set[int] = set()
    alike: Counter[int] = Counter()
    for completion in completions:
        title, is_exact = completion
        kind = int(table.kinds[title])
        if title not in seen and (is_exact or alike[kind] < _ALIKE):
            seen.add(title)
            alike[kind] += 1
            yield completion


def _all(table: TitleTable, characters: bytes, typed: Typed) -> Iterator[Completion]:
    closed: list[tuple[Prefixes, bytes]] = [(table.by_characters, characters + b"\0\0")]
    ways: list[Callable[[], Ints]] = [lambda: table.by_characters.best(characters, CANDIDATES)]
    if typed.is_latin:
        closed.append((table.by_letters, typed.letters + b"\0"))
        closed.append((table.by_initials, typed.letters + b"\0"))
        ways.append(lambda: best_reading(table, typed, CANDIDATES))
        ways.append(lambda: best_initials(table, typed, CANDIDATES))
    elif len(characters) > 2:  # more than one character
        # What is typed may be a homophone of what is meant, unless letters show the sound.
        meant = typed if typed.is_mixed else Typed(typed.letters, typed.breaks)
        ways.append(lambda: best_reading(table, meant, CANDIDATES))
    if typed.is_mixed:
        ways.append(lambda: best_initials(table, typed, CANDIDATES))
    for prefixes, prefix in closed:
        units = prefixes.best(prefix, CANDIDATES)
        units = units[table.starts[units] == TITLE]
        yield from (Completion(title, True) for title in table.titles_of(units).tolist())
    for way in ways:
        yield from (Completion(title) for title in table.titles_of(way()).tolist())
