"""``service.yaml``: the fields of a service guide and the words their values are read by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from analyzers.own_data import load_yaml

Form = Literal["text", "time_limit", "materials", "steps", "forms", "url"]
"""What a field's value is: see :func:`indexer.service.validate_service`."""


@dataclass(frozen=True)
class Field:
    """One field: ``key`` in the record, ``label`` on the page, ``spellings`` on real pages.

    ``core`` fields tell a guide from a notice; ``short`` ones are of a few words.
    """

    key: str
    label: str
    spellings: tuple[str, ...]
    form: Form
    core: bool
    short: bool


@cache
def _data() -> dict[str, Any]:
    text = resources.files("indexer").joinpath("service.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = load_yaml(text)
    return loaded


def _fields() -> dict[str, Field]:
    return {
        entry["key"]: Field(
            key=entry["key"],
            label=entry["label"],
            spellings=(entry["label"], *entry.get("also", ())),
            form=entry.get("form", "text"),
            core=bool(entry.get("core")),
            short=bool(entry.get("short")),
        )
        for entry in _data()["fields"]
    }


FIELDS: Final = _fields()
"""Every field by its key, in the order of a guide."""


@cache
def words(name: str) -> re.Pattern[str]:
    """One regular expression for all entries of a list of ``service.yaml``."""
    alternatives = (f"(?:{entry['match']})" for entry in _data()[name])
    return re.compile("|".join(alternatives), re.IGNORECASE)


@cache
def material_forms() -> tuple[tuple[re.Pattern[str], str, str | None], ...]:
    """What a material is handed in as: its words, its name, and the count it belongs to."""
    return tuple(
        (re.compile(entry["match"]), entry["form"], entry.get("counts"))
        for entry in _data()["material_forms"]
    )


@cache
def material_nouns() -> tuple[str, ...]:
    """What names of papers end with."""
    return tuple(_data()["material_nouns"])
