"""The rules of ``likeness.yaml``, each with its reason there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from analyzers.own_data import load_yaml


@dataclass(frozen=True)
class LikenessRules:
    """Thresholds (see the file for unit and reason) and compiled patterns."""

    shortest: int
    shortest_equal: int
    days_apart: int
    resemblance: float
    extra_figures: int
    edge_chunks: int
    largest_group: int
    equal_only: frozenset[str]
    title_decoration: tuple[re.Pattern[str], ...]
    credits: re.Pattern[str]
    closing_body: re.Pattern[str]


@lru_cache(maxsize=1)
def likeness_rules() -> LikenessRules:
    """The rules in force."""
    text = resources.files("indexer.likeness").joinpath("likeness.yaml").read_text("utf-8")
    data: dict[str, Any] = load_yaml(text)
    return LikenessRules(
        **{
            **data,
            "equal_only": frozenset(data["equal_only"]),
            "title_decoration": tuple(re.compile(e["pattern"]) for e in data["title_decoration"]),
            "credits": re.compile("|".join(f"(?:{e['pattern']})" for e in data["credits"])),
            "closing_body": re.compile(data["closing_body"]),
        }
    )
