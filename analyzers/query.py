"""What a person typed, taken apart: operators, words, document number, period.

Operators are those of the large search engines: ``"…"``, ``-词``, ``甲 OR 乙``, ``site:``,
``intitle:``, ``filetype:``. Everything else is text to search for, whatever its punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from analyzers.dates import CHINA_STANDARD_TIME
from analyzers.document_number import DocumentNumber, find_typed_number
from analyzers.normalize import normalize, normalize_with_offsets
from analyzers.periods import find_period
from analyzers.units import HAN

_MARKS: Final = '"“”„‟«»「」『』〝〞〟'
"""Quotation marks after normalisation, any of which opens and closes. Single ones (‘’) are not
among them: they are apostrophes, too."""
_QUOTED: Final = rf"[{_MARKS}](?P<quoted>[^{_MARKS}]*)[{_MARKS}]"
_AHEAD_QUOTED: Final = rf"[{_MARKS}][^{_MARKS}]*[{_MARKS}]"
# An operator stands where a word begins: behind a space, a Chinese character, a closing mark,
# or the hyphen that negates it; never inside an address (http://host/?site:1).
_OPERATOR: Final = rf"(?:(?<![^\s{_MARKS}{HAN}])|(?<=\s-)|(?<=^-))(?:site|intitle|filetype):"
_PIECE: Final = re.compile(
    r"(?P<minus>(?<!\S)-(?=[^\s-]))?"
    rf"(?:(?P<operator>{_OPERATOR})(?:{_QUOTED.replace('quoted', 'operand')}|"
    rf"(?P<value>(?:(?!{_OPERATOR}|{_AHEAD_QUOTED})\S)*))"
    rf"|{_QUOTED}|(?P<plain>(?:(?!{_OPERATOR}|{_AHEAD_QUOTED})\S)+))"
)
# What site: and filetype: take when Chinese text follows without a space.
_HOST: Final = re.compile(r"(?:https?:/*)?(?P<host>[a-z0-9][a-z0-9._-]*(?::\d{1,5})?)(?:/[!-~]*)?")
_FILETYPES: Final = re.compile(r"\.?[a-z0-9]+(?:[,|/]\.?[a-z0-9]+)*")
_ALIASES: Final = {
    "word": ("doc", "docx", "wps"),
    "excel": ("xls", "xlsx", "et"),
    "ppt": ("ppt", "pptx"),
    "htm": ("html",),
    "网页": ("html",),
}
"""What people call a type that has several extensions."""
_WORDISH: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Operand:
    """One thing asked for, normalised: words by meaning or a phrase to the letter, anywhere
    or in titles only."""

    text: str
    is_phrase: bool = False
    in_title: bool = False


@dataclass(frozen=True)
class Period:
    """Days that a query speaks of (2009年12月, 去年), both inclusive."""

    first: date
    last: date


@dataclass(frozen=True)
class ParsedQuery:
    """A query as typed and its parts, all normalised but ``text``.

    ``words`` are the parts to be found by meaning, each to be segmented; ``phrases`` must
    stand in the document to the letter; ``excluded`` must not, ``excluded_in_title`` not in
    its title. Of each of ``groups`` one operand must be met (``甲 OR 乙``; ``intitle:甲`` is a
    group of one). ``sites`` are site names or hosts, ``filetypes`` extensions in lower case:
    one of each must be the document's, none of ``excluded_sites`` and
    ``excluded_filetypes``. ``number`` is the document number, or the part of one, that the
    query names; ``period`` the days it speaks of.
    """

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    groups: tuple[tuple[Operand, ...], ...] = ()
    sites: tuple[str, ...] = ()
    filetypes: tuple[str, ...] = ()
    number: DocumentNumber | None = None
    period: Period | None = None
    excluded_in_title: tuple[str, ...] = ()
    excluded_sites: tuple[str, ...] = ()
    excluded_filetypes: tuple[str, ...] = ()

    @property
    def matches_all(self) -> bool:
        """Whether nothing is asked for but a site or a file type: all of it is meant."""
        return bool(self.sites or self.filetypes) and not self._asks()

    def is_empty(self) -> bool:
        """Whether nothing is left that could be searched for: exclusions alone are nothing."""
        return not (self._asks() or self.sites or self.filetypes)

    def _asks(self) -> bool:
        return bool(self.words or self.phrases or self.groups or self.number)


def parse_query(text: str, *, exact: bool = False, today: date | None = None) -> ParsedQuery:
    """Take a query apart; never an error, whatever its characters.

    Operators: ``"…"`` in any usual quotation marks; ``-词``, ``-"…"`` and ``-`` before the
    other operators; ``甲 OR 乙``, with ``|`` and 或者 as other spellings, between spaces and in
    capitals; ``site:``, ``intitle:``, ``filetype:``. An operator without an operand means
    nothing. All other punctuation parts words and means nothing.

    Args:
        exact: as typed: 去年 is a word like any other.
        today: what 去年 counts from; the day in China by default.
    """
    parts = _Parts()
    parts.read(_pieces(text))
    rest = " ".join(parts.words)
    number = find_typed_number(rest)
    if number is None and not (parts.excluded or parts.excluded_in_title):
        # Brackets alone between spaces are no words, but part of a number: 〔 2009 〕 12 号.
        number = find_typed_number(normalize(text))
    period, words = (
        (None, parts.words)
        if exact
        else _period(rest, today or datetime.now(CHINA_STANDARD_TIME).date())
    )
    return ParsedQuery(
        text=text.strip(),
        words=_meaningful(words),
        phrases=_meaningful(parts.phrases),
        excluded=_meaningful(parts.excluded),
        groups=tuple(parts.groups),
        sites=tuple(dict.fromkeys(parts.sites)),
        filetypes=tuple(dict.fromkeys(parts.filetypes)),
        number=number.number if number else None,
        period=period,
        excluded_in_title=_meaningful(parts.excluded_in_title),
        excluded_sites=tuple(dict.fromkeys(parts.excluded_sites)),
        excluded_filetypes=tuple(dict.fromkeys(parts.excluded_filetypes)),
    )


def _period(words: str, today: date) -> tuple[Period | None, list[str]]:
    """The period that words speak of, and the words without it if no document says it: 去年
    is 2025年 there. Words that are nothing else stay."""
    found = find_period(words, today)
    if found is None:
        return None, words.split()
    named = words[found.start : found.end]
    without = f"{words[: found.start]} {words[found.end :]}"
    if not any(map(str.isdigit, named)) and _WORDISH.search(without):
        words = without
    return Period(found.first, found.last), words.split()


class _Piece(NamedTuple):
    """A word, phrase or operand as it stands in the query."""

    text: str
    operator: str = ""
    is_phrase: bool = False
    is_excluded: bool = False
    is_or: bool = False


def _pieces(text: str) -> Iterator[_Piece]:
    """The query's pieces in order."""
    normalized = normalize_with_offsets(text)
    for match in _PIECE.finditer(normalized.text):
        minus, operator = bool(match["minus"]), (match["operator"] or "").rstrip(":")
        quoted = match["operand"] if operator else match["quoted"]
        if quoted is not None:
            yield _Piece(quoted.strip(), operator, is_phrase=True, is_excluded=minus)
            continue
        plain = match["value"] if operator else match["plain"]
        rest = ""
        if operator in ("site", "filetype"):
            plain, rest = _operand(operator, plain)
        start, end = normalized.original_span(*match.span())
        is_or = not (minus or operator) and _is_or(plain, text[start:end])
        yield _Piece(plain, operator, is_excluded=minus, is_or=is_or)
        if rest:
            yield _Piece(rest)


def _operand(operator: str, value: str) -> tuple[str, str]:
    """An operand, and the Chinese text that follows it without a space."""
    found = (_HOST if operator == "site" else _FILETYPES).match(value)
    if found is None:
        return value, ""
    return found["host"] if operator == "site" else found.group(), value[found.end() :]


def _is_or(normalized: str, typed: str) -> bool:
    if normalized == "or":  # "or" in small letters is a word
        return unicodedata.normalize("NFKC", typed).strip() == "OR"
    return normalized in ("|", "||", "或者")


@dataclass
class _Parts:
    """The parts of a query while its pieces are read."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    groups: list[tuple[Operand, ...]] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    filetypes: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    excluded_in_title: list[str] = field(default_factory=list)
    excluded_sites: list[str] = field(default_factory=list)
    excluded_filetypes: list[str] = field(default_factory=list)

    def read(self, pieces: Iterator[_Piece]) -> None:
        """Sort the pieces; what OR joins becomes one group."""
        joined: list[Operand] = []
        open_or: list[str] = []  # the OR that waits for what is to follow
        lone: list[str] = []
        for piece in pieces:
            if piece.is_or:
                open_or.append(piece.text)
            elif piece.is_excluded or piece.operator in ("site", "filetype"):
                self._take_filter(piece)
            elif _WORDISH.search(piece.text):
                if not (open_or and joined):
                    self._close(joined)
                    joined = []
                    lone += open_or
                joined.append(Operand(piece.text, piece.is_phrase, piece.operator == "intitle"))
                open_or = []
        self._close(joined)
        if not (joined or self.groups or self.words or self.phrases):
            self.words += [*lone, *open_or]  # who types OR alone means the word

    def _close(self, joined: list[Operand]) -> None:
        operands = tuple(dict.fromkeys(joined))
        if len(operands) > 1 or any(operand.in_title for operand in operands):
            if operands not in self.groups:
                self.groups.append(operands)
        else:
            for operand in operands:
                (self.phrases if operand.is_phrase else self.words).append(operand.text)

    def _take_filter(self, piece: _Piece) -> None:
        names = [piece.text] if _WORDISH.search(piece.text) else []
        if piece.operator == "site":
            (self.excluded_sites if piece.is_excluded else self.sites).extend(names)
        elif piece.operator == "filetype":
            types = [part.lstrip(".") for name in names for part in re.split(r"[,|/]", name)]
            extensions = [one for part in types for one in _ALIASES.get(part, (part,)) if one]
            (self.excluded_filetypes if piece.is_excluded else self.filetypes).extend(extensions)
        elif piece.operator == "intitle":
            self.excluded_in_title.extend(names)
        else:
            self.excluded.extend(names)


def _meaningful(parts: list[str]) -> tuple[str, ...]:
    """Without what has no letter, character or digit, and without repetitions; Latin words
    stay, for they may be syllables (bu zhu … zhu)."""
    found: list[str] = []
    for part in (part.strip() for part in parts if _WORDISH.search(part)):
        if part.isascii() or part not in found:
            found.append(part)
    return tuple(found)
