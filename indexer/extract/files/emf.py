"""Text in drawings of Word 97-2003: the enhanced metafile that shows an embedded object."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

# [MS-ODRAW] 2.2.24: recVer 0, recInstance 0x3D4, or 0x3D5 with a second identifier.
_BLIP: Final = {b"\x40\x3d\x1a\xf0": 16, b"\x50\x3d\x1a\xf0": 32}
_BLIP_HEAD: Final = 34
_DEFLATE: Final = 0
_TEXT_OUT: Final = 84
"""EMR_EXTTEXTOUTW, [MS-EMF] 2.3.5.8: the text's position, length and offset stand at 36."""
_MOST_BYTES: Final = 20_000_000
_MOST_CHARACTERS: Final = 10_000


def drawn_text(data: bytes) -> Iterator[str]:
    """The texts of all metafiles in a Data stream ([MS-DOC] 2.9.190), as they are drawn."""
    for sign, identifiers in _BLIP.items():
        at = data.find(sign)
        while at >= 0:
            (size,) = struct.unpack_from("<I", data, at + 4)
            begin = at + 8 + identifiers
            packed = data[begin + _BLIP_HEAD : at + 8 + size]
            if data[begin + 32 : begin + 33] == bytes([_DEFLATE]):
                yield from _texts(_unpacked(packed))
            at = data.find(sign, at + 8)


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MOST_BYTES)
    except zlib.error:
        return b""


def _texts(metafile: bytes) -> Iterator[str]:
    """Pieces on one height that follow each other are one line: fonts change within words."""
    at = 0
    line, last = "", (0, 0)
    while at + 8 <= len(metafile):
        kind, size = struct.unpack_from("<2I", metafile, at)
        if size < 8:
            break
        if kind == _TEXT_OUT and size >= 52:
            x, y, count, offset = struct.unpack_from("<2i2I", metafile, at + 36)
            if y != last[1] or x < last[0]:
                yield line
                line = ""
            last = x, y
            if count < _MOST_CHARACTERS:
                text = metafile[at + offset : at + offset + 2 * count]
                line += text.decode("utf-16-le", "replace")
        at += size
    yield line
