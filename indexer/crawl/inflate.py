"""Content codings undone in bounded memory (RFC 9110 section 8.4.1, RFC 1950 to 1952)."""

from __future__ import annotations

import zlib
from typing import Final

_CHUNK: Final = 64 * 1024
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP: Final = 16 + zlib.MAX_WBITS
_CODINGS: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class UnknownEncoding(ValueError):
    """A content coding that was not asked for, or too many of them."""


class TooMuch(ValueError):
    """The content is longer than allowed."""


class Damaged(ValueError):
    """The packed content is broken or ends too early."""


class Inflater:
    """Undoes the codings of a ``Content-Encoding`` header, piece by piece.

    However small a packed piece and however large what it holds: beyond ``limit`` bytes at
    most one chunk of 64 KiB is unpacked.
    """

    def __init__(self, encodings: str, limit: int, most_encodings: int) -> None:
        """``encodings``: the header's value, several fields joined by commas.

        Raises:
            UnknownEncoding: one of them is neither gzip nor deflate, or there are too many.
        """
        names = [name for part in encodings.split(",") if (name := part.strip().lower())]
        names = [name for name in names if name != "identity"]
        if len(names) > most_encodings:
            raise UnknownEncoding(f"{len(names)} content encodings one over the other")
        for name in names:
            if name not in _CODINGS:
                raise UnknownEncoding(f"content encoding {name[:50]!r}, gzip or deflate asked for")
        self._layers = [_Layer(_CODINGS[name], limit) for name in reversed(names)]
        self._limit = limit
        self._length = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The content that a piece of the answer holds.

        Raises:
            TooMuch: more than ``limit`` bytes so far, here or between two codings.
            Damaged: the packing is broken.
        """
        pieces = [piece]
        for layer in self._layers:
            pieces = [out for part in pieces for out in layer.feed(part)]
        self._length += sum(map(len, pieces))
        if self._length > self._limit:
            raise TooMuch(f"more than {self._limit} bytes")
        return pieces

    def finish(self) -> None:
        """To be called at the end of the answer. Raises Damaged when something is missing."""
        for layer in self._layers:
            layer.finish()


class _Layer:
    """One coding."""

    def __init__(self, bits: int, limit: int) -> None:
        self._bits = bits
        self._limit = limit
        self._length = 0
        self._begun = b""
        self._stream: zlib._Decompress | None = None
        self._members = 0
        self._is_over = False

    def feed(self, piece: bytes) -> list[bytes]:
        """What a piece unpacks to, in chunks."""
        out: list[bytes] = []
        while piece and not self._is_over:
            if self._stream is None:
                piece, self._begun = self._begun + piece, b""
                if len(piece) < 2:  # the first two bytes tell the format
                    self._begun = piece
                    return out
                if self._members and not (self._bits == _GZIP and piece[:2] == _GZIP_MAGIC):
                    self._is_over = True  # padding after the end
                    return out
                self._stream = zlib.decompressobj(self._format(piece))
            piece = self._unpack(self._stream, piece, out)
        return out

    def _format(self, head: bytes) -> int:
        """Some servers send deflate without the zlib header that RFC 9110 asks for."""
        is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
        return -zlib.MAX_WBITS if self._bits == zlib.MAX_WBITS and not is_zlib else self._bits

    def _unpack(self, stream: zlib._Decompress, piece: bytes, out: list[bytes]) -> bytes:
        """Unpack into ``out``; returns what follows the end of the stream."""
        while True:
            try:
                chunk = stream.decompress(piece, _CHUNK)
            except zlib.error as error:
                raise Damaged(f"damaged packing: {error}") from error
            self._length += len(chunk)
            if chunk:
                out.append(chunk)
            if self._length > self._limit:
                raise TooMuch(f"more than {self._limit} bytes")
            if stream.eof:  # gzip may hold several members (RFC 1952 section 2.2)
                self._stream = None
                self._members += 1
                return stream.unused_data
            piece = stream.unconsumed_tail
            if not piece and len(chunk) < _CHUNK:
                return b""

    def finish(self) -> None:
        """Raises Damaged when the stream has not come to its end."""
        if self._stream is not None or (self._begun and not self._members):
            raise Damaged("the packed content ends too early")
