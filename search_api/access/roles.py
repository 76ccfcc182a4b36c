"""Roles and their rights, as ``roles.yaml`` has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from search_api.resources import load_yaml_resource


@dataclass(frozen=True)
class Role:
    """A role: its name, its Chinese title, and the rights it gives."""

    name: str
    title: str
    rights: frozenset[str]


def _load() -> dict[str, Role]:
    return {
        name: Role(name, entry["title"], frozenset(entry["rights"]))
        for name, entry in load_yaml_resource("roles.yaml").items()
    }


ROLES: Final = _load()
"""Every role by its name."""
