"""Words learned from the names of things that the crawl found: what services are about.

渔业船舶所有权登记 and 渔业船舶所有权注销 teach 渔业船舶所有权. Learned words extend a ``Segmenter``
(``with_words``); each generation of an index keeps those that it was written with.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from analyzers.normalize import normalize
from analyzers.own_data import load_yaml
from analyzers.segment import Segmenter, default_segmenter

_CHARACTERS = re.compile("[㐀-䶿一-鿿]+")
_SHORTEST, _LONGEST = 4, 12
"""Characters of a learned word: three of them are a term of two bigrams anyway, and more than
twelve are a sentence."""
_MOST_PARTS = 5
_WHOLE_SEEN, _PART_SEEN = 2, 3
"""Names that share a whole thing, things that share a part: fewer teach nothing."""

Parts = tuple[str, ...]


@dataclass(frozen=True)
class _Grammar:
    """Words that bound things, and characters that may end one (``learning.yaml``)."""

    bounds: frozenset[str]
    places: tuple[str, ...]
    endings: frozenset[str]

    def is_bound(self, word: str) -> bool:
        """Whether no thing goes on across this word."""
        return word in self.bounds or (len(word) > 2 and word.endswith(self.places))


@lru_cache(maxsize=1)
def _grammar() -> _Grammar:
    text = resources.files("analyzers").joinpath("data/learning.yaml").read_text("utf-8")
    data = load_yaml(text)
    bounds = (word for key in ("actions", "joints") for line in data[key] for word in line.split())
    return _Grammar(
        frozenset(bounds), tuple(data["places"].split()), frozenset(data["endings"].split())
    )


@dataclass
class _Found:
    """Where a candidate was found: as a whole thing in names, as a part of longer things."""

    names: set[str] = field(default_factory=set)
    things: set[Parts] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)

    def is_word(self, kept: Iterable[str]) -> bool:
        """Whether it stands for itself, apart from the longer words that are kept."""
        if len(self.names) >= _WHOLE_SEEN:
            return True
        free = [thing for thing in self.things if not any(one in "".join(thing) for one in kept)]
        varied = all("" in beside or len(beside) > 1 for beside in (self.before, self.after))
        return varied and len(free) + len(self.names) >= _PART_SEEN


def learn_words(names: Iterable[str], segmenter: Segmenter | None = None) -> tuple[str, ...]:
    """The things that several of ``names`` (titles of service guides) are about, sorted.

    None is a word of the dictionary. A part of longer things is a word where different words
    stand before and after it, and not only within a longer learned word.
    """
    segmenter = segmenter or default_segmenter()
    found: dict[str, _Found] = defaultdict(_Found)
    for name in sorted({normalize(name) for name in names}):
        for run in _CHARACTERS.findall(name):
            for thing in _things(segmenter.cut(run)):
                _collect(found, name, thing)
    repeated = [word for word, one in found.items() if len(one.names) + len(one.things) > 1]
    kept: list[str] = []
    for word in sorted(repeated, key=lambda word: (-len(word), word)):
        longer = (one for one in kept if word in one)
        if not segmenter.is_word(word) and found[word].is_word(list(longer)):
            kept.append(word)
    return tuple(sorted(kept))


def _things(words: Iterable[str]) -> Iterator[Parts]:
    """Runs of words without what bounds things."""
    grammar = _grammar()
    thing: list[str] = []
    for word in words:
        if not grammar.is_bound(word):
            thing.append(word)
        elif thing:
            yield tuple(thing)
            thing = []
    if thing:
        yield tuple(thing)


def _collect(found: dict[str, _Found], name: str, thing: Parts) -> None:
    """Note the parts of two words and more that may be things themselves, the whole included."""
    endings = _grammar().endings
    for start in range(len(thing) - 1):
        if len(thing[start]) == 1:
            continue
        for end in range(start + 2, min(start + _MOST_PARTS, len(thing)) + 1):
            word = "".join(thing[start:end])
            if not _SHORTEST <= len(word) <= _LONGEST:
                continue
            if len(thing[end - 1]) == 1 and thing[end - 1] not in endings:
                continue
            one = found[word]
            one.before.add(thing[start - 1] if start else "")
            one.after.add(thing[end] if end < len(thing) else "")
            if end - start == len(thing):
                one.names.add(name)
            else:
                one.things.add(thing)
