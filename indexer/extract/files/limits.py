"""The limits of ``limits.yaml``, by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from analyzers.own_data import load_yaml

_FILE = Path(__file__).with_name("limits.yaml")


@cache
def _limits() -> dict[str, int]:
    with _FILE.open(encoding="utf-8") as stream:
        return {name: int(entry["value"]) for name, entry in load_yaml(stream).items()}


def limit(name: str) -> int:
    """The limit's value, in the unit its name ends with.

    Raises:
        KeyError: there is no such limit.
    """
    return _limits()[name]
