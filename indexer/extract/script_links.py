"""Addresses that stand in scripts: ``onclick``, ``javascript:`` links, script redirects.

Nothing is executed. A string literal counts when it is assigned to the page's location or
opened, or when it is plainly a path or a URL (``rules/script_links.yaml``); one that is
joined with a variable does not, since what the variable holds is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from indexer.extract import rules

_MAX_CODE: Final = 8_000
_LITERAL: Final = re.compile(r"\"([^\"\r\n]{0,2048})\"|'([^'\r\n]{0,2048})'")
_JOINT: Final = re.compile(r"\s{0,20}\+\s{0,20}(?:(\d{1,9})\s{0,20}\+\s{0,20})?")
_NUMBER_AFTER: Final = re.compile(r"\s{0,20}\+\s{0,20}(\d{1,9})\s{0,20}(?=[;,)}]|$)")
_PLUS_AFTER: Final = re.compile(r"\s{0,20}\+")
_CONTEXT: Final = 60
_JAVASCRIPT: Final = re.compile(r"\s*javascript\s*:", re.IGNORECASE)


class _Expression(NamedTuple):
    """Literals joined by ``+``: their text, what stands before, and whether more is joined."""

    value: str
    before: str
    open_ended: bool


def is_javascript(href: str) -> bool:
    """Whether a link's target is code and no address."""
    return _JAVASCRIPT.match(href) is not None


def addresses(code: str) -> list[str]:
    """The addresses in the code of an event attribute or a ``javascript:`` link, in order."""
    if "%2" in code and is_javascript(code):
        code = unquote(code)
    targets = rules.pattern("script_links", "targets")
    plain = rules.pattern("script_links", "plain")
    refused = rules.pattern("script_links", "not_pages")
    found: dict[str, None] = {}
    for value, before, open_ended in _expressions(code[:_MAX_CODE]):
        if open_ended or refused.search(value):
            continue
        if targets.search(before) or plain.fullmatch(value):
            found.setdefault(value)
    return list(found)


def redirects(code: str) -> list[str]:
    """Where a script sends the page that holds it."""
    wanted = rules.pattern("script_links", "redirects")
    refused = rules.pattern("script_links", "not_pages")
    return [
        value
        for value, before, open_ended in _expressions(code[:_MAX_CODE])
        if not open_ended and wanted.search(before) and not refused.search(value)
    ]


def is_plain(value: str) -> bool:
    """Whether a value can only be the address of a page or a file."""
    value = value.strip()
    if rules.pattern("script_links", "not_pages").search(value):
        return False
    return rules.pattern("script_links", "plain").fullmatch(value) is not None


def unescaped(code: str) -> str:
    """Code with the escapes of quotation marks and slashes taken away."""
    if "\\" not in code:
        return code
    return code.replace("\\'", "'").replace('\\"', '"').replace("\\/", "/")


def _expressions(code: str) -> Iterator[_Expression]:
    code = unescaped(code)
    value, begun, end = "", 0, -1
    for literal in _LITERAL.finditer(code):
        text = literal.group(1) if literal.group(1) is not None else literal.group(2)
        joint = _JOINT.fullmatch(code, end, literal.start()) if end >= 0 else None
        if joint:
            value += (joint.group(1) or "") + text
        else:
            if end >= 0:
                yield _closed(code, value, begun, end)
            value, begun = text, literal.start()
        end = literal.end()
    if end >= 0:
        yield _closed(code, value, begun, end)


def _closed(code: str, value: str, begun: int, end: int) -> _Expression:
    before = code[max(0, begun - _CONTEXT) : begun]
    number = _NUMBER_AFTER.match(code, end)
    if number:
        value += number.group(1)
    joined = before.rstrip().endswith("+") or (not number and _PLUS_AFTER.match(code, end))
    return _Expression(value, before, bool(joined))
