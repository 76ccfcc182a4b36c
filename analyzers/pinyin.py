"""Pinyin of Chinese text, for people who type without an input method.

Syllables are those of 汉语拼音方案 (GB/T 16159) without tones; ü is written v, as it is typed
(妇女 funv). pypinyin chooses readings by phrases; ``data/pinyin.yaml`` goes before it.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from importlib import resources

from analyzers.own_data import load_yaml

_LATIN = re.compile(r"[a-z0-9]+")
_handing_over = threading.Lock()
"""pypinyin goes over all its phrases when it is given some: nobody else may do so meanwhile."""
_NOT_READ = "\0"
"""Marks a run that has no reading: Latin letters, digits, punctuation."""


def full_pinyin(text: str) -> str:
    """Toneless syllables without spaces: 公积金 → ``gongjijin``; Latin and digits stay."""
    return "".join(_kept(part) for part in _parts(text))


def pinyin_initials(text: str) -> str:
    """First letters: 公积金 → ``gjj``; Latin and digits stay."""
    return "".join(_kept(part) if part.startswith(_NOT_READ) else part[:1] for part in _parts(text))


def readings(text: str) -> tuple[str, ...]:
    """What each character is typed as: its syllable; Latin letters and digits as they are, in
    lower case; ``""`` for what has no reading. As many as ``text`` has characters."""
    found = syllables(text)
    if len(found) == len(text):
        return found
    return tuple(full_pinyin(character) for character in text)


def syllables(text: str) -> tuple[str, ...]:
    """Like :func:`readings`, but other than ``text`` has characters where a phrase of pypinyin's
    has another number of syllables."""
    found: list[str] = []
    for part in _parts(text):
        if part.startswith(_NOT_READ):
            found.extend(_typed(character) for character in part[1:])
        else:
            found.append(part)
    return tuple(found)


def own_readings() -> dict[str, str]:
    """Readings that go before pypinyin's, by character or phrase: ``data/pinyin.yaml``."""
    with _handing_over:
        return _own_readings()


@lru_cache(maxsize=1)
def _own_readings() -> dict[str, str]:
    from pypinyin import load_phrases_dict, load_single_dict  # a quarter of a second

    file = resources.files("analyzers").joinpath("data/pinyin.yaml")
    data = load_yaml(file.read_text(encoding="utf-8"))
    characters: dict[str, str] = data["characters"]
    phrases: dict[str, str] = data["phrases"]
    load_single_dict({ord(character): reading for character, reading in characters.items()})
    load_phrases_dict(
        {phrase: [[one] for one in reading.split()] for phrase, reading in phrases.items()}
    )
    return {**characters, **phrases}


@lru_cache(maxsize=2_000)
def _parts(text: str) -> tuple[str, ...]:
    """Syllables, and marked runs without a reading, in the order of the text."""
    from pypinyin import Style, lazy_pinyin

    own_readings()  # the first call hands them to pypinyin
    parts = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False, errors=_marked)
    return tuple(part if part.startswith(_NOT_READ) else part.replace("ü", "v") for part in parts)


def _marked(run: str) -> str:
    return _NOT_READ + run


def _kept(part: str) -> str:
    return "".join(_LATIN.findall(part.lower())) if part.startswith(_NOT_READ) else part


def _typed(character: str) -> str:
    lower = character.lower()
    return lower if _LATIN.fullmatch(lower) else ""
