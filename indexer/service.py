"""A service guide (办事指南) as a record: its fields, their check, and their text for search.

The record is a JSON object; archive, export, index and API share it. ``service.yaml`` names
the fields. By the form of a field (:attr:`~indexer.service_data.Field.form`) its value is

``text``
    a string, lines separated by newlines;
``time_limit``
    ``{"text": "20个工作日", "days": 20, "unit": "working_day"}``; ``unit`` is ``working_day``
    or ``day``; ``days`` and ``unit`` only where the text gives a number, 0 for what is done at
    once;
``materials``
    a list of ``{"name", "required", "originals", "copies", "form", "note", "blank_url",
    "sample_url"}``: what is not told is absent, ``required`` is true or false, ``originals``
    and ``copies`` are numbers, ``form`` is of 原件, 复印件, 电子 and 纸质 with 、 between;
``steps``
    a list of ``{"name", "text"}``, ``text`` only where a step says more than its name;
``forms``
    a list of ``{"name", "url"}``, ``url`` only where there is a file to download;
``url``
    an absolute http or https URL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from indexer import service_values as values
from indexer.service_data import FIELDS, Field

__all__ = ["FIELDS", "UNITS", "Field", "ServiceError", "labels", "searchable_text"]
__all__ += ["validate_service"]

UNITS: Final = {"working_day": "工作日", "day": "日"}
"""What days of a time limit are, with the words for them."""


class ServiceError(ValueError):
    """A service guide that has no valid form: names the field and what it takes."""


@cache
def labels() -> dict[str, str]:
    """The name of each field on the search page, by its key, in the order of a guide."""
    return {key: field.label for key, field in FIELDS.items()}


def searchable_text(service: Mapping[str, Any]) -> dict[str, str]:
    """The words of each field by its key, lists flattened to lines, without URLs."""
    found = {}
    for key, field in FIELDS.items():
        value = service.get(key)
        if not value or field.form == "url":
            continue
        if field.form == "time_limit":
            value = value["text"]
        elif field.form != "text":
            value = "\n".join(" ".join(_words_of(item)) for item in value)
        found[key] = value
    return found


def _words_of(item: Mapping[str, Any]) -> list[str]:
    return [item[name] for name in ("name", "form", "text", "note") if name in item]


def validate_service(value: object) -> dict[str, Any]:
    """The record in the order of a guide; empty fields and unknown names are left out.

    Records of version 0.1.0 are taken too: Chinese labels (any of a field's spellings) as
    names, strings as values. Their materials, steps and time limits are read out of the
    strings.

    Raises:
        ServiceError: the value is no object, or a field's value has the wrong form.
    """
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ServiceError(f"service: takes an object, not {value!r}")
    given = _by_key(value)
    found = {}
    for key, field in FIELDS.items():
        if given.get(key) is not None:
            checked = _CHECKS[field.form](f"service.{key}", given[key])
            if checked:
                found[key] = checked
    return found


def _by_key(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by key; what stands under Chinese labels yields to what stands under keys."""
    given: dict[str, Any] = {}
    for name, content in value.items():
        key = name if name in FIELDS else _spellings().get(name)
        if key is None:
            continue
        if name != key and key == "online_url" and not _is_url(content):
            key = "how"  # 0.1.0 kept the words of 在线办理, with or without an address
        if name == key:
            given[key] = content
        elif key not in value:
            before = given.get(key)
            both = isinstance(before, str) and isinstance(content, str)
            given[key] = f"{before}\n{content}" if both else content
    return given


@cache
def _spellings() -> dict[str, str]:
    return {spelling: key for key, field in FIELDS.items() for spelling in field.spellings}


def _is_url(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ServiceError(f"{name}: takes a string, not {value!r}")
    return value if value.strip() else ""


def _url(name: str, value: object) -> str:
    if not _is_url(value):
        raise ServiceError(f"{name}: takes an absolute http or https URL, not {value!r}")
    return str(value)


def _number(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ServiceError(f"{name}: takes a whole number, 0 or more, not {value!r}")
    return value


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ServiceError(f"{name}: takes true or false, not {value!r}")
    return value


def _unit(name: str, value: object) -> str:
    if value not in UNITS:
        raise ServiceError(f"{name}: {value!r} is none of {', '.join(UNITS)}")
    return str(value)


_Check = Callable[[str, object], Any]
_LIMIT: Final[dict[str, _Check]] = {"text": _text, "days": _number, "unit": _unit}
_MATERIAL: Final[dict[str, _Check]] = {
    "name": _text,
    "required": _truth,
    "originals": _number,
    "copies": _number,
    "form": _text,
    "note": _text,
    "blank_url": _url,
    "sample_url": _url,
}
_STEP: Final[dict[str, _Check]] = {"name": _text, "text": _text}
_FILE: Final[dict[str, _Check]] = {"name": _text, "url": _url}


def _object(name: str, value: object, members: Mapping[str, _Check]) -> dict[str, Any]:
    """An object with the first of ``members`` and any of the others."""
    if not isinstance(value, Mapping):
        raise ServiceError(f"{name}: takes an object, not {value!r}")
    given = {
        member: check(f"{name}.{member}", value[member])
        for member, check in members.items()
        if value.get(member) is not None
    }
    found = {member: content for member, content in given.items() if content != ""}
    first = next(iter(members))
    if first not in found:
        raise ServiceError(f"{name}.{first}: required, a non-empty string")
    return found


def _limit(name: str, value: object) -> dict[str, Any]:
    if isinstance(value, str):
        return values.time_limit(value) if value.strip() else {}
    found = _object(name, value, _LIMIT)
    if ("days" in found) != ("unit" in found):
        raise ServiceError(f"{name}: takes days and unit together or neither")
    return found


def _list(members: Mapping[str, _Check], read: Callable[[str], list[dict[str, Any]]]) -> _Check:
    """The check of a list of objects, or of a string that ``read`` takes apart."""

    def check(name: str, value: object) -> list[dict[str, Any]]:
        if isinstance(value, str):
            return read(value)
        if not isinstance(value, (list, tuple)):
            raise ServiceError(f"{name}: takes a list of objects, not {value!r}")
        return [_object(f"{name}[{at}]", item, members) for at, item in enumerate(value)]

    return check


def _forms_of(text: str) -> list[dict[str, Any]]:
    lines = (values.without_number(line) for line in text.split("\n"))
    return [{"name": line} for line in dict.fromkeys(lines) if not values.is_filler(line)]


_CHECKS: Final[Mapping[str, _Check]] = {
    "text": _text,
    "url": _url,
    "time_limit": _limit,
    "materials": _list(_MATERIAL, values.materials),
    "steps": _list(_STEP, values.steps),
    "forms": _list(_FILE, _forms_of),
}
