"""Which fields of service guides the index can be asked by, from ``guides.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Final

from analyzers.own_data import load_yaml

_PREFIX: Final = "service_"


@lru_cache(maxsize=1)
def guide_fields() -> tuple[str, ...]:
    """Keys of a guide's fields (:mod:`indexer.service`) that have an index field."""
    text = resources.files("indexer.index").joinpath("guides.yaml").read_text("utf-8")
    return tuple(entry["key"] for entry in load_yaml(text)["fields"])


def guide_field(key: str) -> str:
    """The name of the index field of a guide's field."""
    return _PREFIX + key
