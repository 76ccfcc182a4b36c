"""What reading a file gives, and the ways in which it fails."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

OK: Final = "ok"
"""All of the file's text was read."""
PARTIAL: Final = "partial"
"""Some of the text was read; the remark says what is missing."""
NO_TEXT: Final = "no text"
"""The file is sound and holds no text: a scan, drawings, an empty form."""
ENCRYPTED: Final = "encrypted"
"""The file opens with a password only."""
BROKEN: Final = "broken"
"""The file is damaged, or brought its reader down."""
LIMIT: Final = "limit"
"""The file asks for more time, memory or room than a file gets."""
UNSUPPORTED: Final = "unsupported"
"""This installation lacks what the format needs."""

OUTCOMES: Final = (OK, PARTIAL, NO_TEXT, ENCRYPTED, BROKEN, LIMIT, UNSUPPORTED)
"""Every value :attr:`FileText.outcome` takes."""


@dataclass(frozen=True)
class OutlineEntry:
    """A bookmark of a PDF or OFD: its page counts from 0, its level from 0."""

    title: str
    page: int
    level: int


@dataclass(frozen=True)
class FileText:
    """The text of a file, and what became of reading it.

    ``outcome`` is one of :data:`OUTCOMES`; ``remark`` says in words what it does not ("" when
    all is well). ``pages`` holds, for PDF and OFD, the offset in ``text`` where each page
    starts (its length at the end where pages were not read any more).
    """

    text: str
    outcome: str = OK
    remark: str = ""
    pages: tuple[int, ...] = ()
    outline: tuple[OutlineEntry, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A mapping of JSON types, as the worker sends it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FileText:
        """The inverse of :meth:`to_json`.

        Raises:
            KeyError, TypeError, ValueError: the mapping is none of ours.
        """
        outline = tuple(OutlineEntry(**entry) for entry in data["outline"])
        pages = tuple(int(offset) for offset in data["pages"])
        return cls(str(data["text"]), str(data["outcome"]), str(data["remark"]), pages, outline)


class EncryptedError(Exception):
    """The file opens with a password only; the message says what is encrypted."""


class LimitError(Exception):
    """The file asks for more than it gets; the message says of what."""


class UnsupportedError(Exception):
    """The reader cannot be used here; the message says what it lacks."""
