"""Text that was decoded wrongly before it was stored, and stored so: 首页 as ``棣栭〉``.

Three accidents can be undone, because the wrong reading kept the bytes: UTF-8 read as GBK,
UTF-8 read as a western code page, GBK read as a western code page. A passage is put right
only when its bytes are well-formed in the other encoding *and* give characters that are in
common use, and only when a page has :data:`_CERTAIN` of them. What lost its bytes
(``锟斤拷``, ``烫烫烫``, U+FFFD) is told, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from indexer.extract import rules

_REPLACEMENT: Final = "\ufffd"
_CERTAIN: Final = 4
"""Chinese characters that must come out right before a page is touched at all."""
_COMMON_SHARE: Final = 0.8
_LONGEST: Final = 1_000_000
"""Characters of a suspect text that are looked at closely: a second's work or two."""
_LOST_MANY: Final = 10
_LOST_SHARE: Final = 0.005
_STRAY_SHARE: Final = 0.1


def _plane(lead: range, charset: str) -> str:
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    return b"".join(bytes((one, two)) for one in lead for two in trails).decode(charset, "ignore")


def _level_1() -> frozenset[str]:
    """The first level of GB 2312 and of Big5: 3,755 and 5,401 characters in daily use."""
    simplified = b"".join(bytes((a, b)) for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF))
    return frozenset(simplified.decode("gb2312", "ignore") + _plane(range(0xA4, 0xC6), "big5"))


COMMON: Final = _level_1()
_PUNCTUATION: Final = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕—…·　")


def _western(first: int, last: int) -> str:
    """The characters that the bytes ``first..last`` show as in ISO 8859-1 or Windows-1252."""
    octets = bytes(range(first, last + 1))
    shown = set(octets.decode("latin-1")) | set(octets.decode("cp1252", "ignore"))
    return re.escape("".join(sorted(shown)))


_GB_OF_WESTERN: Final = frozenset("¤§¨°±·×÷àáèéêìíòóùúü«»©®")
"""What a Chinese page may really mean by such a character: ××××年, ····, pinyin."""


def _marks() -> str:
    """The rare characters that UTF-8 of the commonest ones shows as when read as GBK.

    Three bytes a character and two a character of GBK: each stands at an even or odd byte.
    """
    frequent = str(rules.load("charset")["frequent"])
    shown: set[str] = set()
    for character in frequent:
        octets = character.encode()
        shown.update((octets[:2]).decode("gb18030", "ignore"))
        shown.update((octets[1:]).decode("gb18030", "ignore"))
    return "".join(sorted(shown - COMMON - _PUNCTUATION - set(frequent)))


# One class of characters, for such a search is many times quicker than alternatives.
_MARKS: Final = _marks()
_MARK: Final = re.compile(f"[{_MARKS}]")
_SUSPECT: Final = re.compile(f"[{_MARKS}{_western(0xC0, 0xFF)}锟烫屯葺{_REPLACEMENT}]")
_ASCII: Final = re.compile(r"[\x00-\x7f]+")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f\ufffd]{2,200}[\ufffd?]?")
_UTF8: Final = re.compile(rb"(?:[\xe2-\xe9\xef][\x80-\xbf]{2}|[\x40-\x7e])+")
_UTF8_AS_WESTERN: Final = re.compile(
    f"(?:[{_western(0xE2, 0xE9)}\xef][{_western(0x80, 0xBF)}]{{2}}){{2,}}"
)
# What a passage has among others, and quicker to look for in a page with a few accents.
_SIGN_OF_UTF8: Final = re.compile(f"[\xe2-\xef][{_western(0x80, 0xBF)}]{{2}}")
_SIGN_OF_GBK: Final = re.compile("[\xb0-\xd7][\xa1-\xfe][\xb0-\xd7][\xa1-\xfe]")
_GBK_AS_WESTERN: Final = re.compile(
    f"(?:[{_western(0x81, 0xFE)}][@-~{_western(0x80, 0xFE)}]){{2,}}"
)
_SIGNS_OF_LOSS: Final = ("锟斤拷", "烫烫烫", "屯屯屯", "葺葺葺")


def mend(text: str) -> tuple[str, str]:
    """The text put right where that is certain, and a remark on it: "" for a clean one.

    The remark begins with ``repaired:`` or ``garbled:``. A clean page costs one search.
    """
    if not _SUSPECT.search(text):
        return text, ""
    if len(text) > _LONGEST:
        beginning, remark = mend(text[:_LONGEST])
        return beginning + text[_LONGEST:], remark
    remarks: list[str] = []
    for sign, pattern, accident, undo in _ACCIDENTS:
        text, mended = _mended(text, pattern, undo) if sign.search(text) else (text, 0)
        if mended:
            remarks.append(f"{mended} characters of {accident}")
    repaired = f"repaired: {', '.join(remarks)}" if remarks else ""
    lost = text.count(_REPLACEMENT) + sum(3 * text.count(sign) for sign in _SIGNS_OF_LOSS)
    stray = len(_MARK.findall(text))
    if remarks or stray >= max(_LOST_MANY, _STRAY_SHARE * len(_ASCII.sub("", text))):
        lost += stray
    if lost >= _LOST_MANY or lost > _LOST_SHARE * len(text):
        garbled = f"garbled: {lost} characters are lost"
        return text, f"{repaired}; {garbled}" if repaired else garbled
    return text, repaired


def common_share(text: str) -> float:
    """The share of characters in common use among those that are not ASCII; 1 if none is."""
    beyond = [character for character in text if character > "\x7f"]
    known = sum(character in COMMON or character in _PUNCTUATION for character in beyond)
    return known / len(beyond) if beyond else 1.0


def _mended(
    text: str, pattern: re.Pattern[str], undo: Callable[[str], Iterator[tuple[str, int]]]
) -> tuple[str, int]:
    mended = 0

    def replace(run: re.Match[str]) -> str:
        nonlocal mended
        pieces = list(undo(run[0]))
        mended += sum(count for _, count in pieces)
        return "".join(piece for piece, _ in pieces)

    replaced = pattern.sub(replace, text)
    return (replaced, mended) if mended >= _CERTAIN else (text, 0)


def _utf8_read_as_gbk(run: str) -> Iterator[tuple[str, int]]:
    """The pieces of a run, each with the characters put right in it.

    The run may begin with sound text; its last character may have lost a byte to a ``?``.
    """
    position = sound = 0
    if not _MARK.search(run):
        yield run, 0
        return
    octets = [b"\x80" if one == "€" else one.encode("gb18030", "replace") for one in run]
    while position < len(run):
        found = _UTF8.match(b"".join(octets[position : position + 2])) and _UTF8.match(
            b"".join(octets[position:])
        )
        plain, taken = _whole(found[0], octets[position:]) if found else ("", 0)
        if not taken or not _better(plain, run[position : position + taken]):
            position += 1
            continue
        yield run[sound:position], 0
        position = sound = position + taken
        if position == len(run) - 1 and run[position] in ("?", _REPLACEMENT):
            sound = position = len(run)
        yield plain, len(plain)
    yield run[sound:], 0


def _whole(octets: bytes, characters: list[bytes]) -> tuple[str, int]:
    """The text of well-formed ``octets`` as far as whole ``characters``, and their count."""
    taken = end = 0
    while taken < len(characters) and end + len(characters[taken]) <= len(octets):
        end += len(characters[taken])
        taken += 1
    return octets[:end].decode("utf-8", "ignore"), taken


def _better(plain: str, garbled: str) -> bool:
    chinese = sum(character in COMMON for character in plain)
    return (
        chinese >= 2
        and common_share(plain) >= _COMMON_SHARE
        and common_share(garbled) <= 1 - _COMMON_SHARE / 2
    )


def _utf8_read_as_western(run: str) -> Iterator[tuple[str, int]]:
    plain = _octets(run).decode("utf-8", "replace")
    if _better(plain, run):
        yield plain, len(plain)
    else:
        yield run, 0


def _gbk_read_as_western(run: str) -> Iterator[tuple[str, int]]:
    plain = _octets(run).decode("gb18030", "replace")
    meant = sum(character in _GB_OF_WESTERN or character < "\x80" for character in run)
    if 2 * meant <= len(run) and _better(plain, run):
        yield plain, len(plain)
    else:
        yield run, 0


def _octets(run: str) -> bytes:
    """The bytes that a western code page showed as these characters."""
    return b"".join(one.encode("latin-1") if one <= "\xff" else one.encode("cp1252") for one in run)


_ACCIDENTS: Final = (
    (_MARK, _NOT_ASCII, "UTF-8 read as GBK", _utf8_read_as_gbk),
    (_SIGN_OF_UTF8, _UTF8_AS_WESTERN, "UTF-8 read as a western code page", _utf8_read_as_western),
    (_SIGN_OF_GBK, _GBK_AS_WESTERN, "GBK read as a western code page", _gbk_read_as_western),
)
