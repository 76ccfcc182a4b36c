"""RTF 1.9.1, which is often named .doc: bytes of GBK and Unicode escapes alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from indexer.extract.files.output import Output

_TOKEN: Final = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])|(?P<brace>[{}])|[\r\n]+"
    rb"|(?P<text>[^\\{}\r\n]+)|."
)
_SKIPPED: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict objdata header headerl headerr headerf footer footerl"
    b" footerr footerf nonesttables themedata colorschememapping datastore latentstyles rsidtbl"
    b" generator filetbl revtbl xmlnstbl fldinst bkmkstart bkmkend sp".split()
)
_LINE: Final = frozenset(b"line sect page column softline".split())
_CHARACTERS: Final = {
    b"tab": " ", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SYMBOLS: Final = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_CHARSETS: Final = {134: "gb18030", 136: "big5hkscs", 128: "cp932", 129: "cp949", 204: "cp1251"}
_CODEPAGES: Final = {936: "gb18030", 54936: "gb18030", 950: "big5hkscs", 65001: "utf-8"}


@dataclass(frozen=True)
class _Group:
    """What holds until the group's closing brace."""

    skipped: bool = False
    in_fonts: bool = False
    fallback: int = 1
    """Characters after each Unicode escape that stand for it in old programs (\\uc)."""
    charset: str = ""


class _Reader:
    def __init__(self, output: Output) -> None:
        self._output = output
        self._group = _Group()
        self._stack: list[_Group] = []
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._codepage = "cp1252"
        self._bytes = bytearray()
        self._line: list[str] = []
        self._to_pass = 0  # characters of a fallback that are still to come
        self._in_table = False

    def read(self, body: bytes) -> None:
        at = 0
        while token := _TOKEN.match(body, at):
            at = token.end()
            kind = token.lastgroup
            if kind == "text":
                self._raw(token["text"])
            elif kind == "hex":
                self._raw(bytes.fromhex(token["hex"].decode()))
            elif kind == "brace":
                self._brace(token["brace"])
            elif kind == "symbol":
                self._symbol(token["symbol"])
            elif kind is not None:
                number = int(token["number"]) if token["number"] else None
                if token["word"] == b"bin":
                    at += max(number or 0, 0)
                self._word(token["word"].lower(), number)
        self._end_line()

    def _brace(self, brace: bytes) -> None:
        self._to_pass = 0
        if brace == b"{":
            self._stack.append(self._group)
        elif self._stack:
            self._enter(self._stack.pop())

    def _enter(self, group: _Group) -> None:
        """Bytes so far belong to the charset so far."""
        if group.charset != self._group.charset or group.skipped != self._group.skipped:
            self._decode()
        self._group = group

    def _raw(self, data: bytes) -> None:
        """Bytes of the charset: the second byte of a GBK pair may be a plain letter."""
        passed = min(self._to_pass, len(data))
        self._to_pass -= passed
        if not self._group.skipped:
            self._bytes += data[passed:]

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._enter(replace(self._group, skipped=True))
        elif symbol in b"\r\n":
            self._word(b"par", None)
        elif symbol in _SYMBOLS:
            if self._to_pass:
                self._to_pass -= 1
            else:
                self._put(_SYMBOLS[symbol])

    def _word(self, word: bytes, number: int | None) -> None:
        if word == b"u" and number is not None:
            self._put(chr(number % 0x10000))
            self._to_pass = self._group.fallback
            return
        self._to_pass = 0
        if word in _SKIPPED:
            fonts = word == b"fonttbl"
            self._enter(replace(self._group, skipped=True, in_fonts=fonts))
        elif word == b"shptxt":  # a text box, inside a group that old programs skip
            self._enter(replace(self._group, skipped=False))
        elif number is not None:
            self._set(word, number)
        elif self._group.skipped:
            return
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word])
        else:
            self._structure(word)

    def _set(self, word: bytes, number: int) -> None:
        if word == b"uc":
            self._group = replace(self._group, fallback=max(number, 0))
        elif word == b"ansicpg":
            self._codepage = _CODEPAGES.get(number, f"cp{number}")
        elif word == b"f" and self._group.in_fonts:
            self._font = number
        elif word == b"fcharset" and self._group.in_fonts:
            self._fonts[self._font] = _CHARSETS.get(number, "")
        elif word == b"f":
            self._enter(replace(self._group, charset=self._fonts.get(number, "")))

    def _structure(self, word: bytes) -> None:
        if word in (b"intbl", b"trowd"):
            self._in_table = True
        elif word == b"pard":
            self._in_table = False
        elif word in (b"cell", b"nestcell"):
            self._put("\t")
        elif word == b"par" and self._in_table:
            self._put(" ")
        elif word in (b"par", b"row", b"nestrow") or word in _LINE:
            self._end_line()

    def _put(self, text: str) -> None:
        self._decode()
        if not self._group.skipped:
            self._line.append(text)

    def _decode(self) -> None:
        if self._bytes:
            charset = self._group.charset or self._codepage
            try:
                text = self._bytes.decode(charset, "replace")
            except LookupError:
                text = self._bytes.decode("gb18030", "replace")
            self._line.append(text)
            self._bytes.clear()

    def _end_line(self) -> None:
        self._decode()
        # Characters beyond the first plane are written as two escapes.
        text = "".join(self._line).encode("utf-16-le", "surrogatepass")
        self._line.clear()
        line = re.sub(" ?\t[\t ]*", "\t", text.decode("utf-16-le", "replace"))
        self._output.line(line)


def read_rtf(body: bytes, output: Output) -> None:
    """Paragraphs, rows, notes and text boxes; headers are left out."""
    if not body.lstrip().startswith(b"{\\rtf"):
        raise ValueError("no RTF")
    _Reader(output).read(body)
