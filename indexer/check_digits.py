"""Check digits of numbers that public bodies and banks give out.

Each function takes the number as ASCII characters without separators and says whether its
check digit fits; a string of another form does not fit. Nothing is raised.
"""

from __future__ import annotations

import re
from typing import Final

_IDENTITY: Final = re.compile(r"[0-9]{17}[0-9Xx]")
_IDENTITY_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_IDENTITY_CHECKS: Final = "10X98765432"

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE: Final = re.compile(f"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}")
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION: Final = re.compile("[0-9A-Z]{8}[0-9X]")
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_DIGITS: Final = re.compile("[0-9]+")


def fits_identity_number(number: str) -> bool:
    """公民身份号码, 18 characters: ISO 7064 MOD 11-2, as GB 11643-1999 asks."""
    if not _IDENTITY.fullmatch(number):
        return False
    total = sum(
        weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, number[:17], strict=True)
    )
    return number[17].upper() == _IDENTITY_CHECKS[total % 11]


def fits_credit_code(number: str) -> bool:
    """统一社会信用代码, 18 characters: GB 32100-2015, and GB 11714-1997 for the code inside."""
    if not _CREDIT_CODE.fullmatch(number) or not fits_organisation_code(number[8:17]):
        return False
    total = sum(
        weight * _CREDIT_ALPHABET.index(character)
        for weight, character in zip(_CREDIT_WEIGHTS, number[:17], strict=True)
    )
    return number[17] == _CREDIT_ALPHABET[-total % 31]


def fits_organisation_code(number: str) -> bool:
    """组织机构代码, 9 characters without its hyphen: GB 11714-1997."""
    if not _ORGANISATION.fullmatch(number):
        return False
    total = sum(
        weight * _ORGANISATION_ALPHABET.index(character)
        for weight, character in zip(_ORGANISATION_WEIGHTS, number[:8], strict=True)
    )
    return number[8] == "0123456789X"[-total % 11]


def fits_luhn(number: str) -> bool:
    """Bank cards: the formula of Luhn, ISO/IEC 7812-1 annex B."""
    if not _DIGITS.fullmatch(number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(_LUHN_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0
