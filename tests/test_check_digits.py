"""Check digits, by the examples of the standards."""

from __future__ import annotations

import pytest

from indexer.check_digits import (
    fits_credit_code,
    fits_identity_number,
    fits_luhn,
    fits_organisation_code,
)

IDENTITY = "11010519491231002X"  # GB 11643-1999, its example


@pytest.mark.parametrize("number", [IDENTITY, IDENTITY.lower(), "440524188001010014"])
def test_the_check_digit_of_an_identity_number(number: str) -> None:
    assert fits_identity_number(number)
    other = str((int(number[4]) + 1) % 10)
    assert not fits_identity_number(number[:4] + other + number[5:])


def test_the_check_digits_of_bodies_and_cards() -> None:
    assert fits_organisation_code("D2143569X")  # GB 11714-1997, its example
    assert not fits_organisation_code("D21435690")
    assert fits_credit_code("91350100M000100Y43")  # GB 32100-2015, its example
    assert not fits_credit_code("91350100M000100Y44")
    assert fits_luhn("49927398716")  # ISO/IEC 7812-1, the usual example
    assert not fits_luhn("49927398717")


@pytest.mark.parametrize("text", ["", "x", "11010519491231002", "一" * 18, "６２２２"])
def test_other_forms_do_not_fit(text: str) -> None:
    assert not fits_identity_number(text)
    assert not fits_credit_code(text)
    assert not fits_luhn(text)
    assert not fits_organisation_code(text)
