"""From bytes to text: which encoding a Chinese page is really in.

Declarations are hints only, since pages declare gb2312 and need GBK, or declare gb2312 and
are UTF-8. The bytes decide: byte-order mark, then strict UTF-8 (long text in another
encoding is never valid UTF-8 by chance), then Big5 when it is declared, then GB 18030,
which contains GBK and GB 2312 (GB 18030-2005; WHATWG Encoding Standard, "gb18030").
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

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
_CUT_SEQUENCE_BYTES: Final = 3
_REPLACEMENT: Final = "\ufffd"


class Decoded(NamedTuple):
    """Text and the name of the encoding it was found in."""

    text: str
    charset: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decodes a text of unknown encoding; never fails.

    Bytes that belong to no character become U+FFFD, but for 0x80, which Windows code page
    936 has for the euro sign.
    """
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
    if "big5" in declared or "big5hkscs" in declared:
        text = _strict(body, "big5hkscs")
        if text is not None:
            return Decoded(text, "big5")
    text = _strict(body, "gb18030")
    if text is not None:
        return Decoded(text, "gb18030")
    return _least_damaged(body, declared)


def _least_damaged(body: bytes, declared: set[str]) -> Decoded:
    """The decoding that loses least of a text with broken characters."""
    as_gb = body.decode("gb18030", "qzsearch.cp936")
    candidates = [
        (as_gb.count(_REPLACEMENT), Decoded(as_gb, "gb18030")),
    ]
    as_utf8 = body.decode("utf-8", "replace")
    candidates.append((as_utf8.count(_REPLACEMENT), Decoded(as_utf8, "utf-8")))
    if declared & {"big5", "big5hkscs"}:
        as_big5 = body.decode("big5hkscs", "replace")
        candidates.append((as_big5.count(_REPLACEMENT), Decoded(as_big5, "big5")))
    losses, best = min(candidates, key=lambda candidate: candidate[0])
    # Accented Latin letters, each followed by a plain one, are broken GB 18030 throughout.
    if declared & _WESTERN and not declared - _WESTERN:
        high = sum(byte >= 0x80 for byte in body)
        if losses * 3 > high:
            return Decoded(body.decode("cp1252", "replace"), "windows-1252")
    return best


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
