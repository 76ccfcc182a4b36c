"""The type of a document by rules that a person can read and extend: ``rules/doctype.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from indexer.document import DOCUMENT_TYPES
from indexer.extract import rules

_FACTS: Final = (
    "path",
    "column",
    "columns",
    "title",
    "start",
    "number",
    "guide_fields",
    "filetype",
)


@dataclass(frozen=True)
class Facts:
    """What is known of a document when its type is asked for.

    ``path`` is the URL's path, ``column`` the column it stands in, ``columns`` the whole
    breadcrumb, ``start`` the beginning of the text, ``number`` the document number,
    ``guide_fields`` how many fields of a service guide were found.
    """

    path: str = ""
    column: str = ""
    columns: str = ""
    title: str = ""
    start: str = ""
    number: str = ""
    guide_fields: int = 0
    filetype: str = "html"


@dataclass(frozen=True)
class _Rule:
    type: str
    conditions: tuple[tuple[str, re.Pattern[str] | int], ...]
    exceptions: tuple[tuple[str, re.Pattern[str]], ...]


def document_type(facts: Facts) -> str:
    """The type of the first rule of which every condition holds, else ``other``."""
    for rule in _rules():
        if all(_holds(facts, name, wanted) for name, wanted in rule.conditions) and not any(
            _holds(facts, name, refused) for name, refused in rule.exceptions
        ):
            return rule.type
    return "other"


def _holds(facts: Facts, name: str, wanted: re.Pattern[str] | int) -> bool:
    value = getattr(facts, name)
    if isinstance(wanted, int):
        return bool(value >= wanted)
    return wanted.search(str(value)) is not None


@cache
def _rules() -> tuple[_Rule, ...]:
    """The rules in file order.

    Raises:
        RuleError: a rule names an unknown type or fact, or has no reason.
    """
    made = []
    for position, entry in enumerate(rules.load("doctype")["rules"]):
        where = f"doctype.yaml: rules[{position}]"
        if entry.get("type") not in DOCUMENT_TYPES or not entry.get("why"):
            raise rules.RuleError(f"{where}: takes a known type and why")
        conditions = dict(entry.get("when") or {})
        exceptions = dict(entry.get("unless") or {})
        unknown = (conditions.keys() | exceptions.keys()) - set(_FACTS)
        if unknown or not conditions:
            raise rules.RuleError(f"{where}: takes conditions on {', '.join(_FACTS)}")
        made.append(
            _Rule(
                entry["type"],
                tuple((name, _wanted(value)) for name, value in conditions.items()),
                tuple((name, re.compile(value)) for name, value in exceptions.items()),
            )
        )
    return tuple(made)


def _wanted(value: str | int) -> re.Pattern[str] | int:
    return value if isinstance(value, int) else re.compile(value, re.IGNORECASE)
