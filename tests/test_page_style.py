"""The palette keeps the contrasts of WCAG 2.1 AA in both colour schemes."""

from __future__ import annotations

import re
from importlib import resources

import pytest

TEXT, NOT_TEXT = 4.5, 3.0
"""The least contrast of text (1.4.3) and of what marks a control (1.4.11)."""

PAIRS = [
    *(
        (front, ground, TEXT)
        for ground in ("ground", "raised")
        for front in ("ink", "quiet", "link", "visited", "match", "good", "bad")
    ),
    ("accent", "ground", TEXT),
    ("on-accent", "accent", TEXT),
    ("ink", "note", TEXT),
    ("link", "note", TEXT),
    ("focus", "ground", NOT_TEXT),
    ("focus", "raised", NOT_TEXT),
    ("quiet", "ground", NOT_TEXT),  # borders of fields
]


def palettes() -> list[dict[str, str]]:
    """The variables of the light scheme, and of the dark one."""
    style = resources.files("search_api").joinpath("static/base.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_can_be_told_apart(
    scheme: str, front: str, ground: str, least: float
) -> None:
    light, dark = palettes()
    palette = light if scheme == "light" else dark
    assert contrast(palette[front], palette[ground]) >= least
