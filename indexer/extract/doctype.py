"""The type of a document by rules that a person can read and extend: ``rules/doctype.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

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
class Rule:
    """One rule: its type, its reason, and a page that it decides and no rule before it."""

    type: str
    why: str
    example: Facts
    conditions: tuple[tuple[str, re.Pattern[str] | int], ...]
    exceptions: tuple[tuple[str, re.Pattern[str]], ...]


def document_type(facts: Facts) -> str:
    """The type of the first rule of which every condition holds, else ``other``."""
    rule = deciding_rule(facts)
    return rule.type if rule else "other"


def deciding_rule(facts: Facts) -> Rule | None:
    """The first rule of which every condition holds, or None."""
    for rule in all_rules():
        if all(_holds(facts, name, wanted) for name, wanted in rule.conditions) and not any(
            _holds(facts, name, refused) for name, refused in rule.exceptions
        ):
            return rule
    return None


def _holds(facts: Facts, name: str, wanted: re.Pattern[str] | int) -> bool:
    value = getattr(facts, name)
    if isinstance(wanted, int):
        return bool(value >= wanted)
    return wanted.search(str(value)) is not None


@cache
def all_rules() -> tuple[Rule, ...]:
    """The rules in file order.

    Raises:
        RuleError: a rule names an unknown type or fact, or lacks its reason or example.
    """
    listed = enumerate(rules.load("doctype")["rules"])
    return tuple(_rule(entry, f"doctype.yaml: rules[{position}]") for position, entry in listed)


def _rule(entry: dict[str, Any], where: str) -> Rule:
    if entry.get("type") not in DOCUMENT_TYPES or not entry.get("why"):
        raise rules.RuleError(f"{where}: takes a known type and why")
    parts = [dict(entry.get(name) or {}) for name in ("when", "unless", "example")]
    if {name for part in parts for name in part} - set(_FACTS) or not (parts[0] and parts[2]):
        raise rules.RuleError(f"{where}: takes when and example on {', '.join(_FACTS)}")
    conditions, exceptions, example = parts
    return Rule(
        entry["type"],
        entry["why"],
        Facts(**example),
        tuple((name, _wanted(value)) for name, value in conditions.items()),
        tuple((name, re.compile(value)) for name, value in exceptions.items()),
    )


def _wanted(value: str | int) -> re.Pattern[str] | int:
    return value if isinstance(value, int) else re.compile(value, re.IGNORECASE)
