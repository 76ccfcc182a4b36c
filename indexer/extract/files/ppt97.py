"""PowerPoint 97-2003 and WPS Presentation ([MS-PPT]): the text of slides and their notes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from indexer.extract.files import ole
from indexer.extract.files.output import Output
from indexer.extract.files.result import EncryptedError

_HEAD: Final = struct.Struct("<HHI")
_CONTAINER: Final = 0xF
_ENCRYPTED_TOKEN: Final = 0xF3D1C4DF
# Record types, [MS-PPT] 2.13.24.
_SLIDE_PERSIST: Final = 1011
_MAIN_MASTER: Final = 1016
_OUTLINE_TEXT_REF: Final = 3998
_TEXT_HEADER: Final = 3999
_TEXT_CHARS: Final = 4000
_TEXT_BYTES: Final = 4008
_SLIDE_LIST_WITH_TEXT: Final = 4080
_USER_EDIT: Final = 4085
_PERSIST_DIRECTORY: Final = 6002
_SLIDES, _NOTES = 0, 2
_DEEPEST: Final = 40
_MOST_EDITS: Final = 1000


class _Record(NamedTuple):
    kind: int
    instance: int
    is_container: bool
    begin: int
    end: int


class _Slide(NamedTuple):
    """A slide's place in the persist directory and its texts in the outline."""

    persist_id: int
    outline: list[str]


def read_ppt(body: bytes, output: Output) -> None:
    """Slide after slide, then the notes; where the directory is broken, all text as it comes."""
    stream, user = ole.streams(body, "PowerPoint Document", "Current User")
    if not stream:
        raise ValueError("no presentation inside")
    if len(user) >= 20 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED_TOKEN:
        raise EncryptedError
    try:
        lines = list(_by_directory(stream, user))
    except (struct.error, KeyError, ValueError, IndexError):
        lines = []
    for line in lines or _texts(stream, 0, len(stream), []):
        for part in line.replace("\x0b", "\r").split("\r"):
            output.line(part)


def _by_directory(stream: bytes, user: bytes) -> Iterator[str]:
    places, document_id = _directory(stream, struct.unpack_from("<I", user, 16)[0])
    document = _record(stream, places[document_id])
    for wanted in (_SLIDES, _NOTES):
        for record in _records(stream, document.begin, document.end):
            if record.kind == _SLIDE_LIST_WITH_TEXT and record.instance == wanted:
                for slide in _slides(stream, record):
                    place = places.get(slide.persist_id)
                    if place is None:
                        yield from slide.outline
                        continue
                    found = _record(stream, place)
                    yield from _texts(stream, found.begin, found.end, slide.outline)


def _directory(stream: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Where each persistent object begins, by the latest edit, and the document's number."""
    places: dict[int, int] = {}
    document_id = 0
    for _ in range(_MOST_EDITS):
        record = _record(stream, edit)
        if record.kind != _USER_EDIT:
            raise ValueError("no edit where one should be")
        before, directory, identifier = struct.unpack_from("<3I", stream, record.begin + 8)
        document_id = document_id or identifier
        listed = _record(stream, directory)
        if listed.kind != _PERSIST_DIRECTORY:
            raise ValueError("no directory where one should be")
        at = listed.begin
        while at < listed.end:
            (head,) = struct.unpack_from("<I", stream, at)
            first, count = head & 0xFFFFF, head >> 20
            offsets = struct.unpack_from(f"<{count}I", stream, at + 4)
            for number, offset in enumerate(offsets):
                places.setdefault(first + number, offset)
            at += 4 + 4 * count
        if not before:
            break
        edit = before
    return places, document_id


def _slides(stream: bytes, listed: _Record) -> Iterator[_Slide]:
    slide: _Slide | None = None
    for record in _records(stream, listed.begin, listed.end):
        if record.kind == _SLIDE_PERSIST:
            if slide:
                yield slide
            slide = _Slide(struct.unpack_from("<I", stream, record.begin)[0], [])
        elif slide and record.kind == _TEXT_HEADER:
            slide.outline.append("")
        elif slide and slide.outline and record.kind in (_TEXT_CHARS, _TEXT_BYTES):
            slide.outline[-1] = _decoded(stream, record)
    if slide:
        yield slide


def _texts(
    stream: bytes, begin: int, end: int, outline: list[str], depth: int = 0
) -> Iterator[str]:
    """All text below, that of placeholders taken from the outline; masters left out."""
    for record in _records(stream, begin, end):
        if record.kind in (_TEXT_CHARS, _TEXT_BYTES):
            yield _decoded(stream, record)
        elif record.kind == _OUTLINE_TEXT_REF:
            (number,) = struct.unpack_from("<I", stream, record.begin)
            if number < len(outline):
                yield outline[number]
        elif record.is_container and record.kind != _MAIN_MASTER and depth < _DEEPEST:
            yield from _texts(stream, record.begin, record.end, outline, depth + 1)


def _decoded(stream: bytes, record: _Record) -> str:
    data = stream[record.begin : record.end]
    if record.kind == _TEXT_CHARS:
        return data.decode("utf-16-le", "replace")
    return data.decode("latin-1")  # the low bytes of UTF-16 units


def _records(stream: bytes, begin: int, end: int) -> Iterator[_Record]:
    while begin + _HEAD.size <= end:
        record = _record(stream, begin)
        yield record
        begin = record.end


def _record(stream: bytes, at: int) -> _Record:
    head, kind, size = _HEAD.unpack_from(stream, at)
    begin = at + _HEAD.size
    end = min(begin + size, len(stream))
    return _Record(kind, head >> 4, head & 0xF == _CONTAINER, begin, end)
