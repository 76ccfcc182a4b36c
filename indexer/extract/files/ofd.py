"""OFD, the fixed-layout format of GB/T 33190-2016: the text of pages, templates and notes.

The order is that of the file, as its writer put the text; positions decide what stands on one
line. Files of many programs bend the standard: other namespaces or none, backslashes, paths from
the wrong folder, parts that are missing. What can be found is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree

from indexer.extract.files import xml_stream
from indexer.extract.files.limits import limit
from indexer.extract.files.lines import rejoined
from indexer.extract.files.output import Output
from indexer.extract.files.package import Package
from indexer.extract.files.result import OutlineEntry

_MAIN: Final = "ofd.xml"
_CONTENTS: Final = re.compile(r"(^|/)content\.xml$")
_SAME_LINE: Final = 0.6
"""Of a character's height: text whose foot is no further off stands on one line."""
_GAP: Final = 0.8
"""Of a character's height: wider gaps part words or cells."""
_FAR_BACK: Final = -1.5
_USUAL_SIZE: Final = 4.2  # millimetres, 12 points
_MOST_DELTAS: Final = 10_000


class _Document(NamedTuple):
    """The parts of one document, by name; templates by their IDs."""

    pages: list[tuple[str, str]]  # ID, part
    templates: dict[str, str]
    notes: dict[str, list[str]]  # by the page's ID
    outline: list[tuple[str, str, int]]  # title, page's ID, level


class _Run(NamedTuple):
    """A TextCode: its text, where it begins and ends (mm), its foot and its size."""

    text: str
    begin: float
    end: float
    foot: float
    size: float


def read_ofd(body: bytes, output: Output) -> None:
    """Page by page; a template where it is used first, notes after their page.

    Last come pages and templates that nothing leads to: forms of the same set, mostly.
    """
    with Package(body) as package:
        documents = [_document(package, root) for root in _roots(package)]
        total = sum(len(document.pages) for document in documents)
        count = 0
        used: set[str] = set()
        for document in documents:
            _outline(document, count, output)
            for identifier, part in document.pages[: limit("pages") - count]:
                output.page()
                count += 1
                _page(package, document, part, used, output)
                for note in document.notes.get(identifier, ()):
                    _put(package, note, output)
        if count < total:
            output.remark = f"read to {count} of {total} pages"
            return
        for part in sorted(filter(_CONTENTS.search, package.names())):
            if part not in used:
                output.page()
                _put(package, part, output)


def _roots(package: Package) -> Iterator[str]:
    """The documents that OFD.xml lists (§7.4: DocBody, DocRoot)."""
    main = package.find(_MAIN)
    if main is None:
        raise ValueError("no OFD.xml inside")
    with package.open(main) as stream:
        targets = [
            element.text.strip()
            for event, name, element in xml_stream.events(stream)
            if event == "end" and name == "DocRoot" and element.text
        ]
    found = [package.find(target, main) for target in targets]
    yield from dict.fromkeys(name for name in found if name)


def _document(package: Package, root: str) -> _Document:
    """What Document.xml says (§7.5)."""
    document = _Document([], {}, {}, [])
    level = 0
    with package.open(root) as stream:
        for event, name, element in xml_stream.events(stream):
            if name == "OutlineElem":
                level += 1 if event == "start" else -1
                if event == "start":
                    title = " ".join((element.get("Title") or "").split())
                    document.outline.append((title, "", level - 1))
            elif name == "Dest" and document.outline and event == "start":
                title, known, at = document.outline[-1]
                document.outline[-1] = (title, known or element.get("PageID") or "", at)
            elif event == "start" and name in ("Page", "TemplatePage"):
                part = package.find(element.get("BaseLoc") or "", root)
                if part is None:
                    continue
                identifier = element.get("ID") or ""
                if name == "Page":
                    document.pages.append((identifier, part))
                else:
                    document.templates[identifier] = part
            elif event == "end" and name == "Annotations" and element.text:
                listed = package.find(element.text.strip(), root)
                if listed:
                    document.notes.update(_notes(package, listed))
    return document


def _notes(package: Package, listed: str) -> dict[str, list[str]]:
    """The parts that hold each page's annotations (§15)."""
    notes: dict[str, list[str]] = {}
    page = ""
    with package.open(listed) as stream:
        for event, name, element in xml_stream.events(stream):
            if event == "start" and name == "Page":
                page = element.get("PageID") or ""
            elif event == "end" and name == "FileLoc" and element.text:
                part = package.find(element.text.strip(), listed)
                if part:
                    notes.setdefault(page, []).append(part)
    return notes


def _outline(document: _Document, before: int, output: Output) -> None:
    numbers = {identifier: number for number, (identifier, _) in enumerate(document.pages)}
    for title, page, level in document.outline:
        if title and page in numbers:
            output.outline.append(OutlineEntry(title, before + numbers[page], level))


def _page(package: Package, document: _Document, part: str, used: set[str], output: Output) -> None:
    used.add(part)
    for identifier in _put(package, part, output):
        template = document.templates.get(identifier)
        if template and template not in used:
            used.add(template)
            _put(package, template, output)


def _put(package: Package, part: str, output: Output) -> list[str]:
    """Puts the text of a part out; the IDs of the templates that it names."""
    templates: list[str] = []
    with package.open(part) as stream:
        lines = list(_lines(_runs(xml_stream.events(stream), templates)))
    for line in rejoined(lines):
        output.line(line)
    return templates


def _runs(
    parsed: Iterator[tuple[str, str, etree._Element]], templates: list[str]
) -> Iterator[_Run]:
    """Text objects (§11.2) in the file's order."""
    left = top = 0.0
    size = _USUAL_SIZE
    for event, name, element in parsed:
        if event == "start" and name == "TextObject":
            box = _numbers(element.get("Boundary"))
            left, top = (box[0], box[1]) if len(box) >= 2 else (0.0, 0.0)
            size = next(iter(_numbers(element.get("Size"))), 0.0)
            matrix = _numbers(element.get("CTM"))
            if len(matrix) == 6:
                size *= abs(matrix[0]) or abs(matrix[1])
                left, top = left + matrix[4], top + matrix[5]
            size = size if 0 < size < 1000 else _USUAL_SIZE
        elif event == "start" and name == "Template":
            templates.append(element.get("TemplateID") or "")
        elif event == "end" and name == "TextCode":
            text = "".join(str(piece) for piece in element.itertext())
            if text.strip():
                begin = left + next(iter(_numbers(element.get("X"))), 0.0)
                foot = top + next(iter(_numbers(element.get("Y"))), 0.0)
                width = sum(_numbers(element.get("DeltaX"))) or size * (len(text) - 1)
                yield _Run(text, begin, begin + width + size, foot, size)


def _numbers(value: str | None) -> list[float]:
    """Numbers of an array (§7.3), "g 3 2.5" standing for three times 2.5; [] of what is none."""
    numbers: list[float] = []
    steps = iter((value or "").split())
    try:
        for step in steps:
            if step == "g":
                count, each = int(next(steps)), float(next(steps))
                numbers += [each] * min(count, _MOST_DELTAS)
            else:
                numbers.append(float(step))
    except (ValueError, StopIteration):
        return []
    return numbers


def _lines(runs: Iterator[_Run]) -> Iterator[str]:
    """Runs on one foot as one line, parted where there is a gap between them."""
    line = ""
    last: _Run | None = None
    for run in runs:
        if last is not None:
            size = max(run.size, last.size)
            gap = (run.begin - last.end) / size
            if abs(run.foot - last.foot) > _SAME_LINE * size or gap < _FAR_BACK:
                yield line
                line = ""
            elif gap > _GAP:
                line += "\t"
        line += run.text
        last = run
    yield line
