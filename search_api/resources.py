"""Data files that belong to this package."""

from __future__ import annotations

from importlib import resources
from typing import Any

from analyzers.own_data import load_yaml


def load_yaml_resource(name: str) -> dict[str, Any]:
    """The mapping in a YAML file of this package."""
    text = resources.files("search_api").joinpath(name).read_text(encoding="utf-8")
    content: dict[str, Any] = load_yaml(text)
    return content
