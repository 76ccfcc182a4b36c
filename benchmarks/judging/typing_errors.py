"""What people type instead of a name: a wrong character of the same sound, pinyin, initials,
and a document's number in all its spellings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from analyzers.document_number import DocumentNumber

_DIGITS = "〇一二三四五六七八九"


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, list[str]]:
    """The 3,755 common characters of GB 2312 (its first level) by toneless sound."""
    found: dict[str, list[str]] = {}
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            try:
                character = bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue  # the last row has five empty cells
            found.setdefault(_sound(character), []).append(character)
    return found


def _sound(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL)[0]


def with_homophone(name: str, seed: int = 604) -> str | None:
    """The name with one character replaced by a common one of the same toneless sound; None
    where no character of it has such a one. The same name gives the same error."""
    chance = random.Random(f"{seed} {name}")  # noqa: S311  # not for secrets
    places = [place for place, one in enumerate(name) if "\u4e00" <= one <= "\u9fff"]
    chance.shuffle(places)
    for place in places:
        others = [one for one in _by_sound().get(_sound(name[place]), ()) if one != name[place]]
        if others:
            return name[:place] + chance.choice(others) + name[place + 1 :]
    return None


def in_pinyin(name: str) -> str:
    """Toneless syllables without spaces; letters and digits stay, punctuation goes."""
    return "".join(_syllables(name))


def in_initials(name: str) -> str:
    """The first letter of every syllable; letters and digits stay, punctuation goes."""
    return "".join(
        part if character.isascii() else part[:1]
        for character, part in zip(_spoken(name), _syllables(name), strict=True)
    )


def _spoken(name: str) -> str:
    return "".join(one for one in name if one.isalnum())


def _syllables(name: str) -> list[str]:
    """One for each character that is spoken; letters and digits are their own."""
    readings = lazy_pinyin(_spoken(name), style=Style.NORMAL, errors="\0".join)
    return [part.lower() for reading in readings for part in reading.split("\0")]


def number_forms(number: DocumentNumber) -> Iterator[tuple[str, str]]:
    """Every way to type a document's number, each with a short name."""
    yield "as written", number.canonical
    if not number.year:
        yield from _order_forms(number)
    elif "〔" not in number.canonical:
        yield from _announcement_forms(number)
    else:
        yield from _bracketed_forms(number)


def serial_forms(number: DocumentNumber) -> Iterator[tuple[str, str]]:
    """Ways to name a document by its serial alone, as people do in talking."""
    yield "serial: 12号文", f"{number.serial}号文"
    yield "serial: 12号文件", f"{number.serial}号文件"
    yield "serial: 第12号", f"第{number.serial}号"


def _order_forms(number: DocumentNumber) -> Iterator[tuple[str, str]]:
    yield "order, without 第", f"{number.org}{number.serial}号"
    yield "order, a space", f"{number.org} 第{number.serial}号"
    yield "order, brackets", f"{number.org}（第{number.serial}号）"


def _announcement_forms(number: DocumentNumber) -> Iterator[tuple[str, str]]:
    yield "announcement, behind", f"{number.year}年第{number.serial}号{number.org}"
    yield "announcement, without 第", f"{number.org}{number.year}年{number.serial}号"
    yield "announcement, a space", f"{number.org} {number.year}年第{number.serial}号"
    yield "announcement, brackets", f"{number.org}〔{number.year}〕第{number.serial}号"


def _bracketed_forms(number: DocumentNumber) -> Iterator[tuple[str, str]]:
    org, year, serial = number.org, str(number.year), str(number.serial)
    short, wide = year[2:], str.maketrans("0123456789", "０１２３４５６７８９")
    chinese = "".join(_DIGITS[int(digit)] for digit in year)
    for opening, closing in ("[]", "()", "（）", "【】", "〈〉", "［］", "﹝﹞"):
        yield f"{opening}{closing}", f"{org}{opening}{year}{closing}{serial}号"
    yield "without 号", f"{org}〔{year}〕{serial}"
    yield "round, without 号", f"{org}（{year}）{serial}"
    yield "short year", f"{org}〔{short}〕{serial}号"
    yield "with 第", f"{org}〔{year}〕第{serial}号"
    yield "with 文", f"{org}〔{year}〕{serial}号文"
    yield "full width", f"{org}〔{year.translate(wide)}〕{serial.translate(wide)}号"
    yield "Chinese year", f"{org}〔{chinese}〕{serial}号"
    yield "no brackets", f"{org}{year}{serial}号"
    yield "a space", f"{org}{year} {serial}"
    yield "spaces", f"{org} {year} {serial} 号"
    yield "年", f"{org}{year}年{serial}号"
    yield "年第", f"{org}{year}年第{serial}号"
    yield "apart", f"{' '.join(org)} 〔 {year} 〕 {serial} 号"
