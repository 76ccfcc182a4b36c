"""Which queries may be counted: nothing personal, nothing odd (``kept.yaml``)."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from analyzers.normalize import fold_characters
from analyzers.own_data import load_yaml
from analyzers.segment import default_segmenter
from indexer.personal_data import mask

_HAN = re.compile(r"[一-鿿]{2,4}")
_WORDISH = re.compile(r"[^\W\d_]")


def kept_form(query: str) -> str | None:
    """The query as it is counted and suggested, or None if it must not be.

    Half width, lower case, simplified, white space as single spaces. Never raises.
    """
    text = " ".join(fold_characters(query[:200]).split())
    rules = _rules()
    fewest, most = rules["length"]
    if not fewest <= len(text) <= most or not _WORDISH.search(text):
        return None
    if any(pattern.search(text) for pattern in rules["never"]) or mask(text)[1]:
        return None
    return None if any(map(is_like_a_name, text.split())) else text


def is_like_a_name(word: str) -> bool:
    """Whether a word may be a person's name: a surname, then one or two characters that are
    no word with it.

    Rather one suggestion too few: 林场 is a word of the dictionary, 林业站 ends like an
    office, 林小雨 is taken for a person.
    """
    rules = _rules()
    if not _HAN.fullmatch(word) or word[-1] in rules["ends"]:
        return False
    long = next((name for name in rules["compound"] if word.startswith(name)), "")
    surname = long or (word[0] if word[0] in rules["surnames"] else "")
    if not surname or not 1 <= len(word) - len(surname) <= 2:
        return False
    segmenter = default_segmenter()
    if segmenter.is_word(word):
        return word in _known_people()
    first = segmenter.cut(word)[0]
    return first == surname or len(first) == len(word) - 1


@lru_cache(maxsize=1)
def _known_people() -> frozenset[str]:
    """What jieba's dictionary tags as a person's name (nr), three and four characters long:
    of two, many are words besides (白云, 高峰)."""
    lines = resources.files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines()
    entries = (line.split(" ") for line in lines if " nr" in line)
    return frozenset(entry[0] for entry in entries if 3 <= len(entry[0]) <= 4)


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    text = resources.files("indexer.searches").joinpath("kept.yaml").read_text("utf-8")
    data = load_yaml(text)
    return {
        "length": data["length"],
        "never": [re.compile(entry["pattern"]) for entry in data["never"]],
        "surnames": frozenset(data["surnames"]),
        "compound": tuple(data["compound_surnames"]),
        "ends": frozenset(data["no_person_ends_with"]),
    }
