"""Where a reader puts the text it finds, line by line, until a limit is reached."""

from __future__ import annotations

import re
import time
from typing import Final

from indexer.extract.files.limits import limit
from indexer.extract.files.result import OutlineEntry

_SPACES: Final = re.compile("[ \r\n\v\f\x85\xa0\u2000-\u200a\u2028\u2029\u3000]+")
_UNWANTED: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
_LINES_BETWEEN_LOOKS: Final = 64


class FullError(Exception):
    """A limit is reached: the message says which. Readers let it pass."""


class Output:
    """The text of one file while it is being read.

    ``seconds``: how long reading may take. ``remark`` is for readers that leave something out;
    ``outline`` for bookmarks.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.remark = ""
        self.outline: list[OutlineEntry] = []
        self._lines: list[str] = []
        self._length = 0
        self._pages: list[int] = []
        self._most = limit("text_characters")
        self._seconds = limit("read_seconds") if seconds is None else seconds
        self._end = time.monotonic() + self._seconds

    def line(self, text: str) -> None:
        """Takes a line: spaces folded, tabs between cells kept, nothing of an empty one.

        Raises:
            FullError: no more is wanted.
        """
        text = _SPACES.sub(" ", _UNWANTED.sub("", text)).strip()
        if not text:
            return
        room = self._most - self._length
        self._lines.append(text[:room])
        self._length += min(len(text), room) + 1
        if len(text) > room:
            raise FullError(f"read to {self._most} characters")
        if len(self._lines) % _LINES_BETWEEN_LOOKS == 0:
            self.look()

    def look(self) -> None:
        """For readers that work long between two lines.

        Raises:
            FullError: the time for reading is over.
        """
        if time.monotonic() > self._end:
            raise FullError(f"read for {self._seconds} seconds")

    def seconds_left(self) -> float:
        """Until :meth:`look` raises."""
        return self._end - time.monotonic()

    def page(self) -> None:
        """A page begins here."""
        self._pages.append(self._length)
        self.look()

    @property
    def text(self) -> str:
        """All lines, without empty ones."""
        return "\n".join(self._lines)

    @property
    def pages(self) -> tuple[int, ...]:
        """Where in :attr:`text` each page begins."""
        most = max(self._length - 1, 0)
        return tuple(min(offset, most) for offset in self._pages)
