"""Word and PowerPoint files of Office Open XML (ECMA-376, transitional and strict)."""

from __future__ import annotations

import re
from typing import Final

from indexer.extract.files import xml_stream
from indexer.extract.files.output import Output
from indexer.extract.files.package import Package

_RELATIONSHIP_ID: Final = "}id"
_AFTER_THE_BODY: Final = re.compile(
    r"word/((footnotes|endnotes)\.xml|diagrams/data\d*\.xml|charts/chart\d*\.xml)"
)
_HEADERS: Final = re.compile(r"word/(header|footer)\d*\.xml")
_DIGITS: Final = re.compile(r"\d+")
_DOCUMENT_TYPES: Final = ("/officedocument",)


def read_docx(body: bytes, output: Output) -> None:
    """Paragraphs and rows in their order, then notes and diagrams, headers and footers once."""
    with Package(body) as package:
        main = _main_part(package, "word/document.xml")
        for line in xml_stream.paragraphs(package.open(main)):
            output.line(line)
        for name in _sorted(package, _AFTER_THE_BODY):
            for line in xml_stream.paragraphs(package.open(name)):
                output.line(line)
        seen = set()
        for name in _sorted(package, _HEADERS):
            for line in xml_stream.paragraphs(package.open(name)):
                if line not in seen:
                    output.line(line)
                    seen.add(line)


def read_pptx(body: bytes, output: Output) -> None:
    """Slide after slide in their order, each with its notes and diagrams."""
    with Package(body) as package:
        main = _main_part(package, "ppt/presentation.xml")
        targets = _relationships(package, main)
        with package.open(main) as stream:
            ids = [
                value
                for event, name, element in xml_stream.events(stream)
                if event == "start" and name == "sldId"
                for key, value in element.attrib.items()
                if str(key).endswith(_RELATIONSHIP_ID)
            ]
        slides = [targets[each][1] for each in ids if each in targets]
        for slide in slides or _sorted(package, re.compile(r"ppt/slides/slide\d+\.xml")):
            _read_slide(package, slide, output)


def _read_slide(package: Package, slide: str, output: Output) -> None:
    output.look()
    parts = [slide]
    for kind, target in _relationships(package, slide).values():
        if kind.endswith(("/notesslide", "/diagramdata", "/chart")):
            parts.append(target)
    for part in parts:
        for line in xml_stream.paragraphs(package.open(part)):
            # A notes page repeats the number of its slide.
            if part == slide or not line.strip().isdigit():
                output.line(line)


def _main_part(package: Package, usual: str) -> str:
    """The part that the package's relationships name, else the one of the usual name."""
    for kind, target in _relationships(package, "").values():
        if kind.endswith(_DOCUMENT_TYPES):
            return target
    return package.find(usual) or usual


def _relationships(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """By their ids, the type in lower case and the target's name; those that exist."""
    folder, _, name = part.rpartition("/")
    found = {}
    rels = package.find(f"{folder}/_rels/{name}.rels")
    if rels is None:
        return {}
    with package.open(rels) as stream:
        for event, tag, element in xml_stream.events(stream):
            target = element.get("Target")
            if event == "start" and tag == "Relationship" and target:
                known = package.find(target, part)
                if known is not None:
                    kind = (element.get("Type") or "").lower()
                    found[element.get("Id") or ""] = (kind, known)
    return found


def _sorted(package: Package, pattern: re.Pattern[str]) -> list[str]:
    """The parts whose whole name matches, by the number in it."""
    names = [name for name in package.names() if pattern.fullmatch(name)]
    return sorted(names, key=lambda name: [int(digits) for digits in _DIGITS.findall(name)])
