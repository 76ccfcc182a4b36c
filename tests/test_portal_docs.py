"""docs/crawling-traits.md names tests that exist, and leaves out no trait and no test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from simulated.crawled import trait_names

TESTS = Path(__file__).resolve().parent
TABLE = (TESTS.parent / "docs" / "crawling-traits.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(test_\w+)(?:\[[\w-]+\])?`", TABLE))
TRAITS_NAMED = re.findall(r"`test_trait\[([\w-]+)\]`", TABLE)


def portal_tests() -> set[str]:
    """The names of all tests about the simulated portal."""
    return {
        node.name
        for path in TESTS.glob("test_portal_*.py")
        if path != Path(__file__)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_named_test_exists_and_every_test_is_named() -> None:
    assert portal_tests() == NAMED


def test_every_trait_is_named_once() -> None:
    assert sorted(TRAITS_NAMED) == sorted(trait_names())
