"""Faults of synonyms and hidden words as the API tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from search_api.messages import Language
from search_api.resources import load_yaml_resource

_FAULT: Final = re.compile(r"(?:line (\d+): )?(.*)", re.DOTALL)


def fault_records(faults: Iterable[str], language: Language) -> list[dict[str, Any]]:
    """Each with ``line``, None for the whole text, and ``message``."""
    records = []
    for fault in faults:
        line, message = _split(fault)
        told = _in_chinese(message) if language == "zh" else message
        records.append({"line": line, "message": told})
    return records


def _split(fault: str) -> tuple[int | None, str]:
    match = _FAULT.fullmatch(fault)
    assert match is not None  # noqa: S101  # it matches everything
    return int(match[1]) if match[1] else None, match[2]


def _in_chinese(message: str) -> str:
    """As ``vocabulary.yaml`` has it; what is not there stays English."""
    for pattern, words in _wording():
        match = pattern.fullmatch(message)
        if match:
            return words.format(*match.groups())
    return message


@lru_cache(maxsize=1)
def _wording() -> list[tuple[re.Pattern[str], str]]:
    faults = load_yaml_resource("vocabulary.yaml")["faults"]
    return [(re.compile(pattern, re.DOTALL), words) for pattern, words in faults.items()]
