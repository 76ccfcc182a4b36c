"""Turns what is wrong in a configuration file into lines a person can act on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

_TAKES = {
    "missing": "required, but missing",
    "bool_type": "takes true or false",
    "bool_parsing": "takes true or false",
    "int_type": "takes a whole number",
    "int_parsing": "takes a whole number",
    "int_from_float": "takes a whole number",
    "float_type": "takes a number",
    "float_parsing": "takes a number",
    "string_type": "takes text",
    "list_type": "takes a list",
    "path_type": "takes a folder",
    "model_type": "takes a section with keys of its own",
    "model_attributes_type": "takes a section with keys of its own",
    "invalid_key": "takes names as keys",
    "finite_number": "takes a finite number",
    "greater_than": "takes more than {gt:g}",
    "greater_than_equal": "takes {ge:g} or more",
    "less_than": "takes less than {lt:g}",
    "less_than_equal": "takes {le:g} or less",
    "literal_error": "takes {expected}",
    "string_too_short": "takes text that is not empty",
    "too_short": "takes at least one",
}
"""What pydantic calls a fault, in the words of whoever wrote the file; braces hold its limits."""

_RELATED = "fault_of_another_key"


def fault_at(key: str, value: object, takes: str) -> PydanticCustomError:
    """For validators that look at several keys: the fault is at ``key`` below their own."""
    context = {"key": key, "value": value, "takes": takes}
    return PydanticCustomError(_RELATED, "{key}: {value}: {takes}", context)


class ConfigError(Exception):
    """The configuration is wrong; ``lines`` tell each fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML 1.1 as PyYAML reads it, but a key given twice is an error, as YAML 1.2 says."""

    # Asked while the tree is made, not while values are: by then "<<" has been merged.
    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: set[tuple[str, str]] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if (key.tag, key.value) in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
            seen.add((key.tag, key.value))
        return node


def load_yaml(path: Path) -> dict[str, Any]:
    """The file's mapping.

    Raises:
        ConfigError: unreadable, no YAML, or no mapping at the top.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            [f"{path}: no such file; name one with --config FILE or start in its folder"]
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    try:
        # The loader is a SafeLoader: it builds plain values only.
        content = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ConfigError([f"{path}: {where}{error.problem}"]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: what looks like a date or a number and is none (2009-13-40)
        raise ConfigError([f"{path}: {' '.join(str(error).split())}"]) from None
    if content is None:
        content = {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise ConfigError([f"{path}: takes keys and values at the top, such as 'sites:'"])
    return content


def describe(
    path: Path,
    content: Any,
    error: ValidationError,
    accepted_at: Callable[[tuple[Any, ...]], str],
) -> list[str]:
    """One line for each fault that pydantic found."""
    lines = []
    for fault in error.errors():
        location = fault["loc"]
        key = _key(location, content)
        if fault["type"] == "extra_forbidden":
            lines.append(f"{path}: {key}: unknown key; {accepted_at(location)}")
            continue
        takes = _takes(fault)
        if fault["type"] == "missing":
            lines.append(f"{path}: {key}: {takes}")
        elif fault["type"] == _RELATED:
            context = fault["ctx"]
            lines.append(f"{path}: {key}.{context['key']}: {_shown(context['value'])}: {takes}")
        else:
            lines.append(f"{path}: {key}: {_shown(fault['input'])}: {takes}")
    return lines


def _takes(fault: ErrorDetails) -> str:
    """What is accepted where the fault is."""
    if fault["type"] == _RELATED:
        return str(fault["ctx"]["takes"])
    takes = _TAKES.get(fault["type"])
    if takes is None:
        return fault["msg"].removeprefix("Value error, ")
    return takes.format(**fault.get("ctx", {}))


def _key(location: tuple[int | str, ...], content: Any) -> str:
    """``sites[1].name`` for ("sites", 1, "name"); a site is called by its name if it has one."""
    key = ""
    value = content
    for part in location:
        if isinstance(value, (dict, list)):
            try:
                value = value[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                value = None
        if isinstance(part, int):
            name = value.get("name") if isinstance(value, dict) else None
            key += f"[{name or part}]"
        else:
            key += f".{part}" if key else part
    return key or "(top)"


def _shown(value: Any) -> str:
    """A value as the file may have it, on one line."""
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
