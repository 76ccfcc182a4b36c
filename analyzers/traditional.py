"""Traditional characters as simplified ones, one for one.

OpenCC's table (its configuration ``t2s``) says what a character becomes by itself, the words
of ``data/traditional.yaml`` what a few become in company: 乾燥 is 干燥, 乾隆 stays. As one
character gives one, every place in a text stays where it was.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Final

import opencc

from analyzers.own_data import load_yaml

_IDEOGRAPHS: Final = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))
"""Those of the Basic Multilingual Plane: the rest is too rare to wait for at every start."""


def simplified_characters() -> dict[str, str]:
    """What each traditional character becomes by itself, none left that would change again.

    Characters whose form depends on the word are not among them: see :func:`simplify_words`.
    """
    # Rare ideographs whose simplified form few fonts have are left as they are.
    convert = opencc.OpenCC("t2s", include_tofu_risk_dictionaries=False).convert
    characters = list(map(chr, _IDEOGRAPHS))
    # Apart, so that no two characters are taken as a word.
    converted = convert("\n".join(characters)).split("\n")
    table = {
        before: after
        for before, after in zip(characters, converted, strict=True)
        if before != after and len(after) == 1 and before not in _words().keys
    }
    return {before: table.get(after, after) for before, after in table.items()}


def simplify_words(text: str) -> str:
    """Resolve the characters that :func:`simplified_characters` leaves open; as long as it was.

    Args:
        text: all its other characters already simplified.
    """
    words = _words()
    if words.any_key.search(text) is None:
        return text
    return words.pattern.sub(lambda found: words.simplified[found.group()], text)


class _Words:
    """``data/traditional.yaml``, ready for use."""

    def __init__(self) -> None:
        file = resources.files("analyzers").joinpath("data/traditional.yaml")
        entries = load_yaml(file.read_text(encoding="utf-8"))
        self.keys = frozenset(entries)
        self.simplified: dict[str, str] = {}
        patterns: dict[str, str] = {}
        for key, entry in entries.items():
            self.simplified.update({key: entry["otherwise"], **entry["words"]})
            guard = f"(?![{entry['not_before']}])" if "not_before" in entry else ""
            patterns.update((word, word + guard * word.endswith(key)) for word in entry["words"])
            patterns[key] = key
        longest_first = sorted(patterns, key=len, reverse=True)
        self.any_key = re.compile(f"[{''.join(self.keys)}]")
        self.pattern = re.compile("|".join(map(patterns.__getitem__, longest_first)))


@lru_cache(maxsize=1)
def _words() -> _Words:
    return _Words()
