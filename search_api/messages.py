"""The service's wording, read once from ``messages.yaml``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal

from search_api.resources import load_yaml_resource

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


@lru_cache(maxsize=1)
def _messages() -> dict[str, Any]:
    return load_yaml_resource("messages.yaml")


def parameter_message(name: str, language: Language, /, **values: object) -> str:
    """What the parameter ``name`` takes."""
    text: str = _messages()["parameters"][name][language]
    return text.format(**values)


def rule(name: str, language: Language, /, **values: object) -> tuple[str, str]:
    """The parameter to change and what is wrong, for a fault between parameters."""
    entry = _messages()["rules"][name]
    return entry["parameter"], entry[language].format(**values)


def is_rule(name: str) -> bool:
    """Whether a fault of this name is one between parameters."""
    return name in _messages()["rules"]


def problem_wording(name: str, language: Language, /, **values: object) -> tuple[int, str, str]:
    """Status, title and detail of a problem; a status unknown here gets the words of ``other``."""
    problems = _messages()["problems"]
    entry = problems.get(name) or problems["other"]
    words = entry[language]
    return entry["status"], words["title"].format(**values), words["detail"].format(**values)


def is_problem(name: str) -> bool:
    """Whether there is wording for a problem of this name."""
    return name in _messages()["problems"]
