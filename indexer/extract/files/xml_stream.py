"""XML of office formats read as a stream: parts of any size, entities refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final

from lxml import etree

from indexer.extract.files.result import LimitError

# ECMA-376 part 2, §8.1.4: packages have no document type declaration. An entity in an
# attribute is expanded whatever the parser is told, so declarations are refused altogether.
_ENTITY: Final = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y|<!ENTITY")
_LOOKED_AT: Final = 1 << 16
_BREAKS: Final = frozenset({"tab", "br", "cr", "noBreakHyphen"})
_ENDS_LINE: Final = frozenset({"p"})
_FORGOTTEN: Final = frozenset({"p", "tc", "tr", "Cell", "Row", "Relationship", "TextObject"})
_TEXT: Final = frozenset({"t", "Data"})
_ROWS: Final = frozenset({"tr", "Row"})
_CELLS: Final = frozenset({"tc", "Cell"})


def events(stream: IO[bytes]) -> Iterator[tuple[str, str, etree._Element]]:
    """("start" or "end", local name, element) in document order; read elements are forgotten.

    Raises:
        LimitError: the document declares entities.
        lxml.etree.XMLSyntaxError: it is no XML.
    """
    start = stream.read(_LOOKED_AT)
    if _ENTITY.search(start):
        raise LimitError("declares XML entities, which may grow without end")
    parser = etree.iterparse(
        _Rejoined(start, stream),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # the container bounds the size
        recover=True,
    )
    for event, element in parser:
        tag = element.tag
        if not isinstance(tag, str):
            continue
        yield event, tag.rpartition("}")[2], element
        if event == "end" and tag.rpartition("}")[2] in _FORGOTTEN:
            element.clear()
            parent = element.getparent()
            # Earlier siblings are read: without this their empty shells would pile up.
            if parent is not None:
                while element.getprevious() is not None:
                    del parent[0]


class _Rejoined:
    """A stream whose start has been read already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start = start
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        """As of any binary stream."""
        start, self._start = self._start, b""
        return start or self._rest.read(size)


def paragraphs(stream: IO[bytes]) -> Iterator[str]:
    """Paragraphs as lines, the cells of a table row joined by tabs, in document order.

    Takes WordprocessingML and DrawingML of any edition (ECMA-376 parts 1 and 4, Word 2003) and
    XML Spreadsheet 2003: their local names agree.
    """
    pieces: list[str] = []
    cells: list[list[str]] = []  # of the rows that are open: tables stand in tables
    skipped = 0
    for event, name, element in events(stream):
        if name == "Fallback":
            # Text boxes are stored twice, the second time for programs that do not know them.
            skipped += 1 if event == "start" else -1
        elif skipped:
            continue
        elif event == "start":
            if name in _ROWS:
                cells.append([])
        elif name in _TEXT:
            pieces.append("".join(str(text) for text in element.itertext()))
        elif name in _BREAKS:
            pieces.append("-" if name == "noBreakHyphen" else " ")
        elif name in _ENDS_LINE and not cells:
            yield "".join(pieces)
            pieces = []
        elif name in _ENDS_LINE:
            pieces.append(" ")
        elif name in _CELLS and cells:
            cells[-1].append(" ".join("".join(pieces).split()))
            pieces = []
        elif name in _ROWS and cells:
            row = "\t".join(filter(None, cells.pop()))
            if cells:
                pieces.append(row + " ")
            else:
                yield row
    yield "".join(pieces)
