"""Which numbers of a text are a person's: forms, check digits, and the words beside them.

Works on what :func:`folded` makes of a text: as long as the text, with digits and letters of
every width as ASCII, small, and every kind of space and dash as one. ``*`` stands for a digit
that was masked: it parts nothing and begins nothing, so that masking twice changes nothing.
All patterns are bounded: the time is linear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from analyzers.own_data import load_yaml
from indexer.check_digits import fits_credit_code, fits_identity_number, fits_luhn

_NEAR: Final = 40
"""Characters before a number in which a word counts: a label, and a name after it."""
_WIDER: Final = 120
"""Characters around an account in which its holder is told, over lines."""
_HEAD_LINES: Final = 3
"""Lines at the top of a table that may hold the columns' names."""
_HEAD_CHARACTERS: Final = 600
_EARLIEST_BIRTH: Final = 1880
_SHORTEST: Final = 7
"""Digits of the shortest telephone number without area code."""
_FEWEST_DIFFERENT: Final = 3
"""Different digits in a card's number: 0000 0000 0000 0000 passes Luhn's formula."""

_S: Final = r"[ \t\n.·-]{0,2}"
"""What may stand between two digits of an identity number: its form, province, day and check
digit are evidence enough. PDF files break it at the end of a cell, forms give a cell a digit."""
_IDENTITY: Final = re.compile(
    rf"(?<![0-9*])(?=([1-9]{_S}"
    + rf"[0-9]{_S}" * 5
    + rf"(?:1{_S}[89]|2{_S}0){_S}[0-9]{_S}[0-9]{_S}"
    + rf"(?:0{_S}[1-9]|1{_S}[0-2]){_S}(?:0{_S}[1-9]|[12]{_S}[0-9]|3{_S}[01]){_S}"
    + rf"[0-9]{_S}" * 3
    + r"[0-9x])(?![0-9*]))"
)
_OLD_IDENTITY: Final = re.compile(
    r"(?<![0-9a-z*])[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9a-z*])"
)
"""15 digits, as given out until 1999: no check digit."""
_MOBILE: Final = re.compile(
    r"(?<![0-9*])(?:\+?(?:86|0086)[ -]?|\(\+?86\)[ -]?|0(?=1))?"
    r"(1[3-9][0-9]{9}"
    r"|1[3-9][0-9](?P<gap>[ .·-] ?| -)(?:[0-9]{4}(?P=gap)[0-9]{4}|[0-9]{3}(?P=gap)[0-9]{5}"
    r"|[0-9]{5}(?P=gap)[0-9]{3}|[0-9]{8})"
    r"|1[3-9][0-9]{2}(?P<gap4>[ .·-] ?| -)(?:[0-9]{3}(?P=gap4)[0-9]{4}|[0-9]{4}(?P=gap4)[0-9]{3})"
    r"|1[3-9][0-9]{5}(?P<gap7>[ -])[0-9]{4}"
    r"|1(?P<each>[ \t])[3-9](?:(?P=each)[0-9]){9})(?![0-9*])"
)
_CARD: Final = re.compile(
    r"(?<![0-9*])([0-9]{16,19}"
    r"|[0-9]{4}(?P<gap>[ -] ?)[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{4}(?:(?P=gap)[0-9]{1,3})?"
    r"|[0-9]{6}(?P<gap6>[ -])[0-9]{10,13})(?![0-9*])"
)
_UNIONPAY: Final = "62"

_MASKED_BEFORE: Final = re.compile(r"[0-9](?:[ \t\n.·-]{0,2}\*){1,20}[ \t\n.·-]{1,2}$")
_HYPHEN_BEFORE: Final = re.compile(r"(?<![0-9*])([0-9*]{1,20})-$")
_HYPHEN_BEHIND: Final = re.compile(r"-([0-9*]{1,20})")
_DECIMAL_BEFORE: Final = re.compile(r"[0-9*]\.$")
_DECIMAL_BEHIND: Final = re.compile(r"\.[0-9*]")
_AREA_CODE: Final = re.compile("0[1-9][0-9]{1,2}")
_LATIN: Final = "!#$%&*+-./0123456789:=?@^_`abcdefghijklmnopqrstuvwxyz~"
_LATIN_BEHIND: Final = re.compile(f"[{re.escape(_LATIN)}]{{0,200}}")
_LETTER: Final = re.compile("[a-z]")
_MAIL: Final = re.compile(r"(?<![\w.+*-])[\w.+*-]+@[\w.-]+")
_ADDRESS: Final = re.compile(
    r"://|www\.|[a-z0-9*]\.[a-z]{2,6}(?![a-z])|/[a-z_]|[?&][a-z]|[a-z][=_-]|[_-][a-z]"
)
"""In an unbroken piece of Latin text: it is a URL, a path, a file's name or a code."""


@dataclass(frozen=True)
class _Rules:
    """The words of ``personal_data.yaml``, as patterns."""

    provinces: frozenset[str]
    credit_code_starts: frozenset[str]
    identity: re.Pattern[str]
    telephone: re.Pattern[str]
    latin_before: re.Pattern[str]
    latin_behind: re.Pattern[str]
    latin_label: re.Pattern[str]
    card: re.Pattern[str]
    public_account: re.Pattern[str]
    holder: re.Pattern[str]
    body: re.Pattern[str]
    code: re.Pattern[str]
    unit: re.Pattern[str]


@lru_cache(maxsize=1)
def personal_data_rules() -> dict[str, Any]:
    """The content of ``personal_data.yaml``."""
    file = resources.files("indexer").joinpath("personal_data.yaml")
    data: dict[str, Any] = load_yaml(file.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    data = personal_data_rules()

    def words(name: str) -> str:
        longest_first = sorted((entry["match"] for entry in data[name]), key=len, reverse=True)
        return "|".join(map(re.escape, longest_first))

    def codes(name: str) -> frozenset[str]:
        return frozenset(str(code) for entry in data[name] for code in entry["codes"])

    return _Rules(
        provinces=codes("provinces"),
        credit_code_starts=codes("credit_code_starts"),
        identity=re.compile(words("identity_words")),
        telephone=re.compile(f"{words('telephone_words')}|{words('latin_words')}"),
        latin_before=re.compile(rf"(?<![a-z])[a-z]{{0,9}}(?:{words('latin_words')})$"),
        latin_behind=re.compile(words("latin_words")),
        latin_label=re.compile(rf"^(?:(?:{words('latin_words')})[.:/-]*)+"),
        card=re.compile(words("card_words")),
        public_account=re.compile(words("public_account_words")),
        holder=re.compile(
            rf"(?:{words('holder_labels')})[称]?[ \t]?[:\t ]\s?([^\s:,;。、]{{2,40}})"
        ),
        body=re.compile(words("body_endings")),
        code=re.compile(rf"(?:{words('code_words')})码?[\s:为是(第]{{0,4}}$"),
        unit=re.compile(rf" ?(?:{words('units')})"),
    )


# -- folding --------------------------------------------------------------------------------

_DASHES: Final = "‐‑‒–—―−－﹣─ー"
_CROSSES: Final = "×✕✖╳хХχΧ"
"""What is typed or recognised for the X at the end of an identity number."""


class _FoldTable(dict[int, str]):
    """Translation table for :meth:`str.translate`, filled as characters are met: one for one."""

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        folded = unicodedata.normalize("NFKC", character).lower()
        if character in _DASHES:
            folded = "-"
        elif character in _CROSSES:
            folded = "x"
        elif character not in "\t\n" and (folded.isspace() or not folded.isprintable()):
            folded = " "
        elif len(folded) != 1:
            folded = character
        self[codepoint] = folded
        return folded


_FOLD: Final = _FoldTable()


def folded(text: str) -> str:
    """The text as this module reads it, character for character; see the module's head."""
    return text.translate(_FOLD)


# -- what stands beside a number ------------------------------------------------------------


class _Surroundings:
    """What stands around the numbers of one text; asked for from its start to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._block = (0, -1, "")

    def before(self, start: int, length: int = _NEAR) -> str:
        """The end of the line so far, at most ``length`` characters."""
        return self.text[max(0, start - length) : start].rpartition("\n")[2]

    def behind(self, end: int) -> str:
        """The beginning of the rest of the line."""
        return self.text[end : end + _NEAR].partition("\n")[0]

    def label(self, start: int) -> str:
        """What may name the number: the line before it, and the head of its table."""
        return f"{self._head(start)}\n{self.before(start)}"

    def _head(self, place: int) -> str:
        """The first lines of the table around ``place``: lines with tabs, without a gap."""
        first, last, head = self._block
        if not first <= place <= last:
            first, last, head = self._block = self._find_block(place)
        return head

    def _find_block(self, place: int) -> tuple[int, int, str]:
        first, last = self._line(place)
        if "\t" not in self.text[first:last]:
            return first, last, ""
        while first > 0:
            start, end = self._line(first - 1)
            if "\t" not in self.text[start:end]:
                break
            first = start
        while last < len(self.text):
            start, end = self._line(last + 1)
            if "\t" not in self.text[start:end]:
                break
            last = end
        lines = self.text[first : min(last, first + _HEAD_CHARACTERS)].split("\n", _HEAD_LINES)
        return first, last, "\n".join(lines[:_HEAD_LINES])

    def _line(self, place: int) -> tuple[int, int]:
        end = self.text.find("\n", place)
        return self.text.rfind("\n", 0, place) + 1, len(self.text) if end < 0 else end

    def is_measure(self, start: int, end: int) -> bool:
        """Whether the digits are part of a decimal, an amount of money or a quantity."""
        before, behind = self.before(start), self.behind(end)
        return bool(
            before.endswith(("¥", "$", "€"))
            or _DECIMAL_BEFORE.search(before)
            or _DECIMAL_BEHIND.match(behind)
            or _rules().unit.match(behind)
        )

    def is_code(self, start: int, end: int) -> bool:
        """Whether the digits number a thing, by the words or letters against them."""
        before, behind = self.before(start), self.behind(end)
        if _rules().code.search(before) or (
            before[-1:] in tuple("第〕])】") and behind[:1] == "号"
        ):
            return True
        letter_before, letter_behind = _ends_in_letter(before), _ends_in_letter(behind[:1])
        return (letter_before and not _rules().latin_before.search(before)) or (
            letter_behind and not _rules().latin_behind.match(behind)
        )

    def is_in_address(self, start: int, end: int) -> bool:
        """Whether the digits are part of a URL, a path, a file's name, or a code with letters."""
        if self.text[end : end + 1] == "@":
            return False  # a mail address that is a telephone number
        before = self.before(start, 200)
        before = before[len(before.rstrip(_LATIN)) :]
        behind = _LATIN_BEHIND.match(self.text, end)
        piece = f"{before}0{behind.group() if behind else ''}"
        if not _LETTER.search(piece):
            return False
        return bool(_ADDRESS.search(_rules().latin_label.sub("", _MAIL.sub("", piece))))

    def is_in_row(self, start: int, end: int, gap: str) -> bool:
        """Whether digits in groups go on: more groups at the same distance, or masked ones."""
        before, behind = self.text[max(0, start - _NEAR) : start], self.text[end : end + 3]
        if _MASKED_BEFORE.search(before):
            return True
        if _rules().telephone.search(self.before(start)):
            return False
        return bool(
            (before.endswith(gap) and before[: -len(gap)][-1:].isdecimal())
            or (behind.startswith(gap) and behind[len(gap) :][:1].isdecimal())
        )

    def is_part(self, start: int, end: int) -> bool:
        """Whether a hyphen joins the digits to others that are no telephone number."""
        before = _HYPHEN_BEFORE.search(self.before(start))
        behind = _HYPHEN_BEHIND.match(self.behind(end))
        return bool(
            (before and len(before[1]) < _SHORTEST and not _AREA_CODE.fullmatch(before[1]))
            or (behind and len(behind[1]) < _SHORTEST)
        )

    def is_of_public_body(self, start: int, end: int) -> bool:
        """Whether an account is that of a public body or a firm."""
        rules = _rules()
        if rules.public_account.search(f"{self.before(start)}\n{self.behind(end)}"):
            return True
        before, behind = self.text[max(0, start - _WIDER) : start], self.text[end : end + _WIDER]
        holders = rules.holder.findall(before)[-1:] or rules.holder.findall(behind)[:1]
        return any(rules.body.search(holder) for holder in holders)


def _ends_in_letter(text: str) -> bool:
    return text[-1:].isascii() and text[-1:].isalpha()


# -- the kinds ------------------------------------------------------------------------------

Span = tuple[int, int]
"""Half-open: where a number stands in the text."""


def find_identity_numbers(text: str) -> Iterator[Span]:
    """公民身份号码 in a folded text: 18 characters with valid region, day of birth and check
    digit; of 15 digits, or with a wrong check digit, where a word says what they are.
    """
    around = _Surroundings(text)
    rules = _rules()
    last = 0
    for match in _IDENTITY.finditer(text):
        start, end = match.span(1)
        number = re.sub("[^0-9x]", "", match[1])
        if start < last or not _is_birth(number[:2], number[6:14]):
            continue
        if len(number) < end - start and around.is_in_row(start, end, "\0"):
            continue
        if not rules.identity.search(around.label(start)):
            is_credit_code = number[:2] in rules.credit_code_starts and fits_credit_code(
                number.upper()
            )
            if not fits_identity_number(number) or is_credit_code or around.is_code(start, end):
                continue
        last = end
        yield start, end
    for match in _OLD_IDENTITY.finditer(text):
        start, end = match.span()
        if _is_birth(match[0][:2], f"19{match[0][6:12]}") and rules.identity.search(
            around.label(start)
        ):
            yield start, end


def _is_birth(province: str, day: str) -> bool:
    if province not in _rules().provinces:
        return False
    try:
        birth = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return birth.year >= _EARLIEST_BIRTH and birth <= datetime.now(timezone.utc).date()


def find_mobile_numbers(text: str) -> Iterator[Span]:
    """Mobile numbers of China in a folded text: 1, 3 to 9, nine digits; without prefix."""
    around = _Surroundings(text)
    for match in _MOBILE.finditer(text):
        start, end = match.start(), match.end(1)
        gap = match["gap"] or match["gap4"] or match["each"] or match["gap7"]
        if not (
            (gap and around.is_in_row(start, end, gap))
            or around.is_measure(start, end)
            or around.is_code(start, end)
            or around.is_part(start, end)
            or around.is_in_address(start, end)
        ):
            yield match.span(1)


def find_bank_cards(text: str) -> Iterator[Span]:
    """Numbers of people's bank cards in a folded text: 16 to 19 digits that pass Luhn's formula,
    of UnionPay or where a word says that it is a card or an account, and not a public body's.
    """
    around = _Surroundings(text)
    for match in _CARD.finditer(text):
        start, end = match.span(1)
        number = re.sub("[^0-9]", "", match[1])
        gap = match["gap"] or match["gap6"]
        if not fits_luhn(number) or len(set(number)) < _FEWEST_DIFFERENT:
            continue
        if not number.startswith(_UNIONPAY) and not _rules().card.search(around.label(start)):
            continue
        if not (
            (gap and around.is_in_row(start, end, gap))
            or around.is_measure(start, end)
            or around.is_code(start, end)
            or around.is_in_address(start, end)
            or around.is_of_public_body(start, end)
        ):
            yield start, end
