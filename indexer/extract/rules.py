"""The rules of extraction: YAML files a person can read and extend, under ``rules/``.

Each list holds entries ``{match: …, why: …}``: ``match`` is what the rule recognises, ``why``
the reason it is there. Matching is case-insensitive.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from analyzers.own_data import load_yaml

_FOLDER: Final = Path(__file__).parent / "rules"


class RuleError(ValueError):
    """A rule file is malformed: names the file, the list and what is wrong."""


@cache
def load(name: str) -> dict[str, Any]:
    """The rule file ``rules/<name>.yaml`` as a mapping.

    Raises:
        RuleError: the file is no YAML mapping.
    """
    with (_FOLDER / f"{name}.yaml").open(encoding="utf-8") as stream:
        data = load_yaml(stream)
    if not isinstance(data, dict):
        raise RuleError(f"{name}.yaml: takes a mapping at the top")
    return data


@cache
def entries(name: str, key: str) -> tuple[str, ...]:
    """The ``match`` values of the list ``key`` in file order.

    Raises:
        RuleError: the list is missing or an entry lacks ``match`` or ``why``.
    """
    listed = load(name).get(key)
    if not isinstance(listed, list) or not listed:
        raise RuleError(f"{name}.yaml: {key}: takes a list of entries")
    for position, entry in enumerate(listed):
        if not isinstance(entry, dict) or not {"match", "why"} <= entry.keys():
            raise RuleError(f"{name}.yaml: {key}[{position}]: takes match and why")
    return tuple(str(entry["match"]) for entry in listed)


@cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """One regular expression that matches wherever an entry of the list does.

    Raises:
        RuleError: the list is malformed or an entry is no regular expression.
    """
    alternatives = entries(name, key)
    for alternative in alternatives:
        try:
            re.compile(alternative)
        except re.error as error:
            raise RuleError(f"{name}.yaml: {key}: {alternative!r}: {error}") from None
    return re.compile("|".join(f"(?:{item})" for item in alternatives), re.IGNORECASE)
