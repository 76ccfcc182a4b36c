"""Word 97-2003 and WPS Writer ([MS-DOC]): by antiword, and by the piece table itself."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from lxml import etree

from indexer.extract.files import ole, programs
from indexer.extract.files.emf import drawn_text
from indexer.extract.files.limits import limit
from indexer.extract.files.output import Output
from indexer.extract.files.result import EncryptedError, UnsupportedError

_WORD_97: Final = 0xA5EC
_ENCRYPTED: Final = 0x0100
_TABLE_1: Final = 0x0200
_FLAGS_AT: Final = 0x0A
_LENGTHS_AT: Final = 0x4C
"""ccpText, ccpFtn, ccpHdd, ccpMcr, ccpAtn, ccpEdn, ccpTxbx, ccpHdrTxbx (FibRgLw97)."""
_LENGTHS: Final = struct.Struct("<8I")
_CLX_AT: Final = 0x01A2
_PRC, _PCDT = 1, 2
_COMPRESSED: Final = 0x40000000

_FIELD_CODE: Final = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
_INVISIBLE: Final = re.compile("[\x00-\x06\x08\x13-\x15\x1f]")
_ENDS: Final = re.compile("[\r\x0b\x0c\x0e]|\x07\x07")


def read_antiword(body: bytes, output: Output) -> None:
    """By the program antiword: as DocBook, which keeps the cells of tables."""
    _refuse_encrypted(body)
    seconds = limit("read_seconds")
    result, complaint = programs.run("antiword", ["-x", "db", "-"], body, seconds)
    if b"<para>" in result:
        for line in _docbook_lines(result):
            output.line(line)
        return
    arguments = ["-m", "UTF-8.txt", "-w", "0", "-"]
    result, complaint = programs.run("antiword", arguments, body, seconds)
    if complaint and not result.strip():
        raise ValueError(complaint.split("\n", 1)[0])
    for line in result.decode("utf-8", "replace").splitlines():
        output.line(line.strip("|- "))


def _docbook_lines(source: bytes) -> Iterator[str]:
    """Paragraphs and titles as lines, the entries of a row joined by tabs."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(source, parser)
    for _, element in etree.iterwalk(root, events=("end",), tag=("para", "title", "row")):
        if element.tag == "row":
            cells = (" ".join(_all_text(cell).split()) for cell in element.iter("entry"))
            yield "\t".join(filter(None, cells))
        elif next(element.iterancestors("entry", "bookinfo"), None) is not None:
            continue  # part of a row; the file's title, written by a program mostly
        else:
            yield _all_text(element)
        # Tables stand within paragraphs: their text must not come again.
        element.clear(keep_tail=True)


def _all_text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _refuse_encrypted(body: bytes) -> bytes:
    """The main stream, when it can be read without a password."""
    (main,) = ole.streams(body, "WordDocument")
    if not main:
        raise ValueError("no Word document inside")
    if int.from_bytes(main[_FLAGS_AT : _FLAGS_AT + 2], "little") & _ENCRYPTED:
        raise EncryptedError
    return main


def read_pieces(body: bytes, output: Output) -> None:
    """The text as [MS-DOC] 2.4.1 tells to retrieve it: body, notes, boxes, drawings, headers."""
    main = _refuse_encrypted(body)
    flags = int.from_bytes(main[_FLAGS_AT : _FLAGS_AT + 2], "little")
    if int.from_bytes(main[:2], "little") != _WORD_97:
        raise UnsupportedError("older than Word 97: needs the program antiword")
    name = "1Table" if flags & _TABLE_1 else "0Table"
    table, data = ole.streams(body, name, "Data")
    at, size = struct.unpack_from("<2I", main, _CLX_AT)
    text = "".join(_pieces(table[at : at + size], main))
    lengths = _LENGTHS.unpack_from(main, _LENGTHS_AT)
    stories = []
    begin = 0
    for length in lengths:
        stories.append(text[begin : begin + length])
        begin += length
    body_text, footnotes, headers, _macros, _comments, endnotes, boxes, header_boxes = stories
    for story in (body_text, footnotes, endnotes, boxes):
        _put(story, output)
    for line in drawn_text(data):
        output.line(line)
    for line in dict.fromkeys(_lines(headers + "\r" + header_boxes)):
        output.line(line)


def _pieces(clx: bytes, main: bytes) -> Iterator[str]:
    """The text piece by piece: the Clx's Pcdt holds a PlcPcd ([MS-DOC] 2.8.35, 2.9.38)."""
    at = 0
    while clx[at] == _PRC:
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if clx[at] != _PCDT:
        raise ValueError("no table of pieces")
    size = int.from_bytes(clx[at + 1 : at + 5], "little")
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc)
    for number in range(count):
        length = ends[number + 1] - ends[number]
        (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        if length < 0:
            raise ValueError("pieces out of order")
        if place & _COMPRESSED:
            start = (place & ~_COMPRESSED) // 2
            yield main[start : start + length].decode("cp1252", "replace")
        else:
            yield main[place : place + 2 * length].decode("utf-16-le", "replace")


def _put(story: str, output: Output) -> None:
    for line in _lines(story):
        output.line(line)


def _lines(story: str) -> Iterator[str]:
    """Paragraphs and rows; the code of fields, a link's address say, left out."""
    previous = None
    while previous != story:
        previous, story = story, _FIELD_CODE.sub(r"\1", story)
    for line in _ENDS.split(story):
        line = _INVISIBLE.sub("", line).replace("\x1e", "-").replace("\x07", "\t")
        yield re.sub("\t{2,}", "\t", line)
