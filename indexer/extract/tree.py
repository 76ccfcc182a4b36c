"""What a page is after reading: elements in document order, and lines of text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import lxml.html

SOURCE_NEWLINE: Final = "\x1e"
"""Stands for a line break of the source until its neighbours are known."""

_CJK: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_NEWLINE_IN_CHINESE: Final = re.compile(
    f"(?<=[{_CJK}]){SOURCE_NEWLINE}+(?=[{_CJK}0-9])|(?<=[0-9]){SOURCE_NEWLINE}+(?=[{_CJK}])"
)
_NEWLINE_IN_NUMBER: Final = re.compile(
    f"(?<=[〔［【〕］】\\[\\]][0-9]){SOURCE_NEWLINE}+(?=[0-9])"
    f"|(?<=[〔［【\\[][0-9]{{2}}){SOURCE_NEWLINE}+(?=[0-9])"
    f"|(?<=[〔［【\\[][0-9]{{3}}){SOURCE_NEWLINE}+(?=[0-9])"
    f"|(?<=[0-9]){SOURCE_NEWLINE}+(?=[0-9]{{1,3}} ?号)"
)
_SPACES: Final = re.compile(f"[ \r\xa0\u2000-\u200a\u202f\u205f\u3000{SOURCE_NEWLINE}]+")


@dataclass
class Line:
    """One line of a page's text; a tab stands for the border of two table cells.

    ``owner`` is the index of the element it began in; ``linked`` counts the characters
    inside links to other pages, ``files`` those in links to files, which are content.
    """

    text: str
    owner: int
    linked: int = 0
    files: int = 0
    boilerplate: bool = False

    @property
    def is_link(self) -> bool:
        """Whether next to all of the line is a link to another page."""
        return self.linked >= 0.8 * len(self.text) > 0


@dataclass
class Tree:
    """A parsed page in document order: element ``i`` spans ``range(i, ends[i])``.

    ``mass[i]`` weighs the running text of the subtree in characters, links left out;
    ``linked[i]`` counts its characters in links to pages; ``boilerplate[i]`` says that the
    element, or one around it, is furniture of the site; ``tokens`` finds elements by id or
    class in lower case. ``remark`` tells in one line what could not be read of a huge or
    overly nested page; "" for every other.
    """

    root: lxml.html.HtmlElement
    elements: list[lxml.html.HtmlElement] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    mass: list[float] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)
    boilerplate: list[bool] = field(default_factory=list)
    tokens: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    lines: list[Line] = field(default_factory=list)
    remark: str = ""

    def inside(self, element: int) -> list[Line]:
        """The lines of one subtree."""
        end = self.ends[element]
        return [line for line in self.lines if element <= line.owner < end]

    def text_of(self, element: int) -> str:
        """The text of one small subtree on one line, line breaks within it left out."""
        texts = self.elements[element].xpath("descendant-or-self::*[not(self::script)]/text()")
        return tidy(mark_newlines("".join(texts)))

    def having(self, names: Iterable[str]) -> Iterable[int]:
        """The elements with one of these ids or classes, names in the order given."""
        for name in names:
            yield from self.tokens.get(name, ())


def mark_newlines(text: str) -> str:
    """Line breaks of the source, with the white space around them, as one mark each."""
    if "\n" not in text and "\r" not in text:
        return text
    first, *others = text.replace("\r", "\n").split("\n")
    last = others.pop()
    parts = [first.rstrip(), *filter(None, map(str.strip, others)), last.lstrip()]
    return SOURCE_NEWLINE.join(parts)


def tidy(text: str) -> str:
    """White space as a reader sees it: line breaks of the source vanish between Chinese.

    Editors that save Word's markup break lines within a document number too.
    """
    if SOURCE_NEWLINE in text:
        text = _NEWLINE_IN_CHINESE.sub("", text)
        if SOURCE_NEWLINE in text:
            text = _NEWLINE_IN_NUMBER.sub("", text)
    if "\t" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())  # which is quicker, and takes the mark for white space
