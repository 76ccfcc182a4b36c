"""Personal data: identity numbers, mobile numbers and bank cards, masked before anything is
shown or indexed (《个人信息保护法》, 《政府信息公开条例》 art. 15).

:func:`mask` does it to a text, :func:`masked_document` to all texts of a document and says
what was found, for staff to have the page mended. How numbers are recognised is in
:mod:`indexer.personal_numbers`; words, regions and what stays visible in ``personal_data.yaml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

from indexer.document import Document, Image
from indexer.personal_numbers import (
    find_bank_cards,
    find_identity_numbers,
    find_mobile_numbers,
    folded,
    personal_data_rules,
)

TEXT_FIELDS: Final = (
    "title",
    "text",
    "description",
    "source",
    "column",
    "issuer",
    "topic",
    "issue",
)
"""The fields of a document that are masked, besides keywords, captions and the service guide."""
_TEXTS: Final = attrgetter(*TEXT_FIELDS)

_FINDERS: Final = {
    "identity": find_identity_numbers,
    "bank_card": find_bank_cards,
    "mobile": find_mobile_numbers,
}
"""In this order: the longer number first, for a shorter one may seem to stand in it."""
KINDS: Final = tuple(_FINDERS)
"""Every kind of personal data that is recognised."""

_DIGIT: Final = "[0-9０-９²³¹⁰⁴-⁹₀-₉①-⑨⓪𝟎-𝟿🯰-🯹]"
"""What is one digit after normalisation (NFKC)."""
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
"""What normalisation drops: it joins digits in the index, so it must not part them here."""
_LONG_NUMBER: Final = re.compile(
    rf"{_DIGIT}(?:(?:[^\w]|[\u115f\u1160\u3164\uffa0]){{0,9}}{_DIGIT}){{10}}"
)
"""A mobile number has eleven digits, anything else more."""


class Match(NamedTuple):
    """A masked piece of a text: its kind, its masked form, and its half-open span."""

    kind: str
    shown: str
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """Numbers of one masked form in one field of a document.

    ``kind`` is a key of :data:`KINDS`, ``shown`` the masked form without separators, ``field``
    the document's field (``keywords``, ``images``, of a service guide ``service.`` and its
    key), ``count`` how many there are.
    """

    kind: str
    shown: str
    field: str
    count: int

    def to_record(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return {"kind": self.kind, "shown": self.shown, "field": self.field, "count": self.count}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Finding:
        """The inverse of :meth:`to_record`.

        Raises:
            KeyError: a member is missing.
        """
        return cls(record["kind"], record["shown"], record["field"], record["count"])


def mask(text: str, allowed: frozenset[str] = frozenset()) -> tuple[str, tuple[Match, ...]]:
    """The text with every piece of personal data masked, and the pieces in text order.

    Digits become ``*``: the length stays. ``allowed`` are the numbers that stay, in the form of
    :func:`normalized_number`. A masked text holds nothing more to mask. Never raises; takes
    time linear in the length.
    """
    if _LONG_NUMBER.search(text) is None:
        return text, ()
    places: Sequence[int] = range(len(text))
    if _INVISIBLE.search(text) is not None:
        places = [place for place in places if not _INVISIBLE.match(text[place])]
    shadow = folded("".join(text[place] for place in places))
    masked = list(text)
    matches = []
    for kind, find in _FINDERS.items():
        seen = list(shadow)
        for start, end in find(shadow):
            digits = [place for place in range(start, end) if shadow[place] in "0123456789x"]
            number = "".join(shadow[place] for place in digits).upper()
            if number in allowed:
                continue
            shown = _masked_form(kind, number)
            for place, one in zip(digits, shown, strict=True):
                if one == "*":
                    seen[place] = masked[places[place]] = one
            matches.append(Match(kind, shown, places[start], places[end - 1] + 1))
        shadow = "".join(seen)
    if not matches:
        return text, ()
    return "".join(masked), tuple(sorted(matches, key=lambda match: match.start))


def _masked_form(kind: str, number: str) -> str:
    visible = personal_data_rules()["visible"][kind]
    hidden = "*" * (len(number) - visible["start"] - visible["end"])
    return f"{number[: visible['start']]}{hidden}{number[-visible['end'] :]}"


def masked_document(
    document: Document, allowed: frozenset[str] = frozenset()
) -> tuple[Document, tuple[Finding, ...]]:
    """The document with its texts masked as by :func:`mask`, and what was found in them.

    Addresses (``url``, ``parent``, those of images) and numbers that are keys
    (``document_number``, ``index_number``) stay as they are. A document without personal data
    is returned itself.
    """
    if not (document.keywords or document.images or document.service) and not any(
        text and _LONG_NUMBER.search(text) for text in _TEXTS(document)
    ):
        return document, ()  # as nearly all
    found: Counter[tuple[str, str, str]] = Counter()

    def masked(value: Any, field: str) -> Any:
        if isinstance(value, str):
            text, matches = mask(value, allowed)
            found.update((match.kind, match.shown, field) for match in matches)
            return text
        if isinstance(value, Image):
            return Image(value.url, masked(value.caption, field))
        if isinstance(value, Mapping):
            return {key: masked(one, f"{field}.{key}") for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(masked(one, field) for one in value)
        return value

    names = (*TEXT_FIELDS, "keywords", "images", "service")
    changes = {name: masked(getattr(document, name), name) for name in names}
    if not found:
        return document, ()
    findings = (Finding(*numbers, count) for numbers, count in found.items())
    return document.with_(**changes), tuple(findings)


def normalized_number(text: str) -> str:
    """A number as :func:`mask` compares it: digits alone, a mobile number without +86.

    Raises:
        ValueError: it is neither a mobile number nor a bank card's nor an identity number.
    """
    typed = re.sub(r"[\s().-]", "", folded(text)).upper()
    number = re.sub(r"^(?:\+?86|0086|0)(?=1[3-9][0-9]{9}$)", "", typed)
    if not re.fullmatch(r"1[3-9][0-9]{9}|[0-9]{15,19}|[0-9]{17}X", number):
        raise ValueError(f"takes a mobile number, a card's or an identity number, not {text!r}")
    return number
