"""Query strings of search boxes, whatever encoding the box's page has."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote, unquote_to_bytes

_DELIMITERS: Final = "%&=+;/?:@!$'()*,~"
# Two bytes of GBK can happen to be one character of UTF-8: 营业 is then Ӫҵ. Latin letters
# with accents, Vietnamese ones among them, Greek and Russian are left: people do type them.
_PLAUSIBLE: Final = re.compile(
    r"[\0-\u017f\u01a0\u01a1\u01af\u01b0\u0300-\u045f\u0800-\U0010ffff]*"
)
_HANZI: Final = re.compile(r"[\0-\x7f\u4e00-\u9fff]*")


def query_arguments(raw: bytes) -> dict[str, str]:
    """The parameters of a raw query string, the first of each name.

    A form is sent in the encoding of its page unless it has accept-charset (HTML Standard,
    form submission), so a box on a GBK portal sends GBK: what is not UTF-8 is read as
    gb18030, which contains GBK and GB2312. Never an error; bytes that are neither become
    U+FFFD.
    """
    quoted = quote(raw, safe=_DELIMITERS)  # some clients send bytes as they are
    pairs = parse_qsl(
        quoted, keep_blank_values=True, encoding=_encoding(unquote_to_bytes(raw)), errors="replace"
    )
    arguments: dict[str, str] = {}
    for name, value in pairs:
        arguments.setdefault(name, value)
    return arguments


def _encoding(content: bytes) -> str:
    """The encoding of a whole query string: one form uses one."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    if _PLAUSIBLE.fullmatch(text):
        return "utf-8"
    try:
        return "gb18030" if _HANZI.fullmatch(content.decode("gb2312")) else "utf-8"
    except UnicodeDecodeError:
        return "utf-8"
