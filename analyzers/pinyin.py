"""Pinyin of titles, for people who type without an input method."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import yaml
from pypinyin import Style, lazy_pinyin, load_single_dict

_LATIN = re.compile(r"[a-z0-9]+")


_LITERAL = "\0"
"""Marks what is no syllable: Latin letters and digits."""


def full_pinyin(text: str) -> str:
    """Toneless syllables without spaces: 公积金 → ``gongjijin``; Latin and digits stay."""
    return "".join(_syllables(text)).replace(_LITERAL, "")


def pinyin_initials(text: str) -> str:
    """First letters: 公积金 → ``gjj``; Latin and digits stay."""
    return "".join(part[1:] if part.startswith(_LITERAL) else part[:1] for part in _syllables(text))


@lru_cache(maxsize=1)
def own_readings() -> dict[str, str]:
    """Readings by character that go before pypinyin's: ``data/pinyin.yaml``."""
    file = resources.files("analyzers").joinpath("data/pinyin.yaml")
    readings: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))["characters"]
    load_single_dict({ord(character): reading for character, reading in readings.items()})
    return readings


@lru_cache(maxsize=50_000)
def _syllables(text: str) -> tuple[str, ...]:
    own_readings()  # the first call hands them to pypinyin
    parts = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False, errors=_keep_latin)
    return tuple(part.replace("ü", "v") for part in parts)


def _keep_latin(run: str) -> str:
    """Characters without a reading: Latin letters and digits stay, punctuation goes."""
    return _LITERAL + "".join(_LATIN.findall(run.lower()))
