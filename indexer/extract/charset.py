"""From bytes to text: which encoding a Chinese page is really in.

Declarations are hints only, since pages declare gb2312 and need GBK, or declare gb2312 and
are UTF-8. The bytes decide: byte-order mark, then strict UTF-8 (long text in another
encoding is never valid UTF-8 by chance), then Big5 where its common characters fit better,
then GB 18030, which contains GBK and GB 2312 (GB 18030-2005; WHATWG Encoding Standard,
"gb18030"). What was decoded wrongly before it was stored is the matter of
:mod:`indexer.extract.mojibake`.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from indexer.extract.mojibake import COMMON, common_share, mend

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META: Final = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.IGNORECASE
)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.IGNORECASE)
_META_WITHIN_BYTES: Final = 8192
_WESTERN: Final = frozenset({"cp1252", "iso8859-1", "latin-1", "iso8859-15"})
_BIG5: Final = frozenset({"big5", "big5hkscs", "cp950"})
_PAIRS: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_SAMPLE_PAIRS: Final = 500
_FEW_PAIRS: Final = 6
_MANY_PAIRS: Final = 50
# None of these bytes is part of a character in UTF-8 or GB 18030, but for the digits, which
# are in characters that no page is written in.
_PASSAGES: Final = re.compile(rb"([<>\r\n\"]+)")
_COMMON_SHARE: Final = 0.8
_CERTAIN: Final = 4
"""Common Chinese characters that an encoding must explain before a page is taken for mixed."""
_LONGEST_MIXED: Final = 1_000_000
_CUT_SEQUENCE_BYTES: Final = 3
_REPLACEMENT: Final = "\ufffd"


@dataclass(frozen=True)
class Decoded:
    """Text and the name of the encoding it was found in; unpacks into these two.

    ``remark`` tells what was wrong with it, in one line: ``repaired: …`` where that was put
    right, ``garbled: …`` where characters are lost; empty for an ordinary text.
    """

    text: str
    charset: str
    remark: str = ""

    def __iter__(self) -> Iterator[str]:
        yield self.text
        yield self.charset


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decodes a text of unknown encoding; never fails.

    Bytes that belong to no character become U+FFFD, but for 0x80, which Windows code page
    936 has for the euro sign.
    """
    found = _decode(body, content_type)
    text, remark = mend(found.text)
    remarks = [one for one in (found.remark, remark) if one]
    return Decoded(text, found.charset, "; ".join(remarks)) if remarks else found


def _decode(body: bytes, content_type: str | None) -> Decoded:
    for mark, charset in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(charset, "replace"), charset)
    wide = _wide_charset(body)
    if wide:
        return Decoded(body.decode(wide, "replace"), wide)
    text = _strict(body, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8")
    declared = _declared(body, content_type)
    is_big5, remark = _double_byte(body, declared_big5=bool(declared & _BIG5))
    if is_big5:
        text = _strict(body, "big5hkscs")
        if text is not None:
            return Decoded(text, "big5")
        declared |= _BIG5
    else:
        declared -= _BIG5
    text = _strict(body, "gb18030")
    if text is not None:
        return Decoded(text, "gb18030", remark)
    return _mixed(body) or _least_damaged(body, declared)


def _double_byte(body: bytes, *, declared_big5: bool) -> tuple[bool, str]:
    """Whether Big5 explains the bytes better than GB 18030, and a remark if neither does.

    Both have their characters of daily use in one stretch of first bytes, GB 2312 with second
    bytes from 0xA1 on. Nearly all characters of a text are such, and half of them or less in
    the wrong reading, which leaves no doubt after a few dozen.
    """
    pairs = [pair[0] for pair in islice(_PAIRS.finditer(body), _SAMPLE_PAIRS)]
    gb = sum((0xB0 <= a <= 0xD7 or 0xA1 <= a <= 0xA3) and b >= 0xA1 for a, b in pairs)
    big5 = sum(0xA1 <= pair[0] <= 0xC6 for pair in pairs)
    if len(pairs) >= _MANY_PAIRS and 2 * max(gb, big5) < len(pairs):
        return False, "garbled: no charset gives characters in common use"
    return big5 - gb > (-1 if declared_big5 else max(_FEW_PAIRS, len(pairs) // 4)), ""


def _mixed(body: bytes) -> Decoded | None:
    """A page put together from files in UTF-8 and files in GB 18030, passage by passage.

    None unless both encodings have passages that cannot be read in the other.
    """
    if len(body) > _LONGEST_MIXED:
        return None
    texts: list[str] = []
    sure: Counter[str] = Counter()
    for passage in _PASSAGES.split(body):
        if passage.isascii():
            texts.append(passage.decode("ascii"))
            continue
        readings = [(name, _whole(passage, name)) for name in ("utf-8", "gb18030")]
        good = [(text, name) for name, text in readings if text is not None]
        if len(good) == 2:
            good.sort(key=lambda reading: -common_share(reading[0]))
        text, name = good[0] if good else (passage.decode("gb18030", "qzsearch.cp936"), "")
        if len(good) == 1 and common_share(text) < _COMMON_SHARE:
            text, name = passage.decode("utf-8", "replace"), ""
        elif name:
            sure[name] += sum(character in COMMON for character in text)
        texts.append(text)
    if min(sure["utf-8"], sure["gb18030"]) < _CERTAIN:
        return None
    charset = max("utf-8", "gb18030", key=lambda name: sure[name])
    return Decoded("".join(texts), charset, "repaired: passages in UTF-8 and in GB 18030")


def _least_damaged(body: bytes, declared: set[str]) -> Decoded:
    """The decoding that loses least of a text with broken characters."""
    as_gb = body.decode("gb18030", "qzsearch.cp936")
    candidates = [
        (as_gb.count(_REPLACEMENT), Decoded(as_gb, "gb18030")),
    ]
    as_utf8 = body.decode("utf-8", "replace")
    candidates.append((as_utf8.count(_REPLACEMENT), Decoded(as_utf8, "utf-8")))
    if declared & _BIG5:
        as_big5 = body.decode("big5hkscs", "replace")
        candidates.append((as_big5.count(_REPLACEMENT), Decoded(as_big5, "big5")))
    losses, best = min(candidates, key=lambda candidate: candidate[0])
    # Accented Latin letters, each followed by a plain one, are broken GB 18030 throughout.
    if declared & _WESTERN and not declared - _WESTERN:
        high = sum(byte >= 0x80 for byte in body)
        if losses * 3 > high:
            return Decoded(body.decode("cp1252", "replace"), "windows-1252")
    return best


def _whole(passage: bytes, charset: str) -> str | None:
    try:
        return passage.decode(charset)
    except UnicodeDecodeError:
        return None


def _strict(body: bytes, charset: str) -> str | None:
    """The text when every byte is right, but for a last character cut in two."""
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        if error.start < len(body) - _CUT_SEQUENCE_BYTES or error.end < len(body):
            return None
        return body[: error.start].decode(charset) if error.start else None


def _wide_charset(body: bytes) -> str | None:
    """UTF-16 without a mark shows in the zero byte of every ASCII character."""
    sample = body[:400]
    if len(sample) < 8 or sample.count(0) * 5 < len(sample):
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _declared(body: bytes, content_type: str | None) -> set[str]:
    labels = [
        match.decode("ascii", "replace") for match in _META.findall(body[:_META_WITHIN_BYTES])
    ]
    header = _HEADER.search(content_type or "")
    if header:
        labels.append(header.group(1))
    names: set[str] = set()
    for label in labels:
        try:
            names.add(codecs.lookup(label).name)
        except LookupError:
            continue
    return names


def _euro_or_replacement(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.object[error.start] == 0x80:
        return "€", error.start + 1
    # One byte at a time: a stray lead byte must not swallow the good character behind it.
    return _REPLACEMENT, error.start + 1


codecs.register_error("qzsearch.cp936", _euro_or_replacement)
