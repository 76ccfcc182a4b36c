"""What people put around the thing they ask for: 请问…怎么办."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

from analyzers.normalize import normalize
from analyzers.own_data import load_yaml
from analyzers.units import RUN

_SHORTEST: Final = 2
"""Characters that must be left: 怎么 is not cut off 怎么办."""


def without_question(text: str) -> str:
    """A normalised text without politeness and question words at its ends, punctuation there
    included.
    """
    words = _words()
    while True:
        rest = _trimmed(text)
        for prefix in words.prefixes:
            if rest.startswith(prefix) and len(rest) - len(prefix) >= _SHORTEST:
                rest = rest[len(prefix) :]
                break
        for tail in words.tails:
            if rest.endswith(tail) and len(rest) - len(tail) >= _SHORTEST:
                rest = rest[: -len(tail)]
                break
        if rest == text:
            return text
        text = rest


def _trimmed(text: str) -> str:
    """Without punctuation at the ends."""
    runs = list(RUN.finditer(text))
    return text[runs[0].start() : runs[-1].end()] if runs else text


class _Words(NamedTuple):
    """Both lists, the longest first."""

    prefixes: tuple[str, ...]
    tails: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    file = resources.files("analyzers").joinpath("data/question_words.yaml")
    data = load_yaml(file.read_text(encoding="utf-8"))
    prefixes, tails = (
        tuple(sorted(map(normalize, data[key]), key=len, reverse=True))
        for key in ("prefixes", "tails")
    )
    return _Words(prefixes, tails)
