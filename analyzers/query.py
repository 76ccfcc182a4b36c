"""What a person typed, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.document_number import DocumentNumber, parse_document_number
from analyzers.normalize import normalize

_QUOTED = re.compile(r"[\"“”「『]([^\"“”「」『』]*)[\"“”」』]")
_EXCLUDED_PHRASE = re.compile(rf"(?:^|(?<=\s))-{_QUOTED.pattern}")
# No space after the hyphen: in a pasted title, 办事指南 - 钦州市, it excludes nothing.
_EXCLUDED = re.compile(r"(?:^|(?<=\s))-([^\s-]\S*)")
_WORDISH = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class ParsedQuery:
    """A query as typed and its parts, all normalised but ``text``.

    ``words`` are the parts to be found by meaning, each to be segmented; ``phrases`` must
    stand in the document to the letter; ``excluded`` must not; ``number`` is the document
    number that the whole query is, if it is one.
    """

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    number: DocumentNumber | None = None

    def is_empty(self) -> bool:
        """Whether nothing is left that could be searched for."""
        return not (self.words or self.phrases)


def parse_query(text: str, *, exact: bool = False) -> ParsedQuery:
    """Take a query apart; never an error, whatever its characters.

    ``"…"`` (any usual quotation marks) is a phrase, ``-词`` and ``-"…"`` are exclusions; all
    other punctuation parts words and means nothing. With ``exact`` the whole query is a
    phrase unless it has quotation marks of its own.
    """
    rest = normalize(text).strip()
    number = parse_document_number(rest)
    excluded: list[str] = []
    if exact and not _QUOTED.search(rest):
        phrases = [rest]
        rest = ""
    else:
        excluded = _EXCLUDED_PHRASE.findall(rest)
        rest = _EXCLUDED_PHRASE.sub(" ", rest)
        phrases = _QUOTED.findall(rest)
        rest = _QUOTED.sub(" ", rest)
    excluded += _EXCLUDED.findall(rest)
    rest = _EXCLUDED.sub(" ", rest)
    return ParsedQuery(
        text=text.strip(),
        words=_meaningful(rest.split()),
        phrases=_meaningful(phrases),
        excluded=_meaningful(excluded),
        number=number,
    )


def _meaningful(parts: list[str]) -> tuple[str, ...]:
    """Without what has no letter, character or digit, and without repetitions."""
    return tuple(dict.fromkeys(part.strip() for part in parts if _WORDISH.search(part)))
