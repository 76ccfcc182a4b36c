"""The readers of a format, one after the other, until one finds the text (``chain.yaml``).

This runs in the worker process; :mod:`indexer.extract.files.sandbox` calls it from there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from analyzers.own_data import load_yaml
from indexer.extract.files import ole
from indexer.extract.files.output import FullError, Output
from indexer.extract.files.result import (
    BROKEN,
    ENCRYPTED,
    LIMIT,
    NO_TEXT,
    OK,
    PARTIAL,
    UNSUPPORTED,
    EncryptedError,
    FileText,
    LimitError,
    UnsupportedError,
)

Reader = Callable[[bytes, Output], None]
"""Puts the text of a file into the output; raises anything on broken bytes."""

_FILE: Final = Path(__file__).with_name("chain.yaml")
_CLEARLY_MORE: Final = 1.02
_FINAL: Final = (ENCRYPTED, LIMIT)
_NOTHING: Final = {
    "pdf": "holds no text: scanned pages, or drawn letters",
    "ofd": "holds no text: scanned pages, or drawn letters",
}


@cache
def chains() -> dict[str, list[dict[str, Any]]]:
    """The entries of every format: ``reader``, ``why``, and ``compare`` or ``salvage``."""
    with _FILE.open(encoding="utf-8") as stream:
        loaded: dict[str, list[dict[str, Any]]] = load_yaml(stream)
    return loaded


def find_reader(name: str) -> Reader:
    """The function of an entry, its module imported only now.

    Raises:
        ImportError, AttributeError: there is no such reader.
    """
    module, _, function = name.partition(":")
    reader: Reader = getattr(importlib.import_module(f"{__package__}.{module}"), function)
    return reader


def read(body: bytes, file_format: str) -> FileText:
    """The best that the format's readers make of the bytes; never raises.

    A format without readers is unsupported.
    """
    if not body.strip(b"\0\t\r\n "):
        return FileText("", BROKEN, "the file is empty")
    if ole.is_encrypted_package(body):
        return FileText("", ENCRYPTED, "opens with a password only")
    best: FileText | None = None
    for entry in chains().get(file_format, ()):
        if best is not None and not _is_wanted(entry, best):
            continue
        found = _attempt(find_reader(entry["reader"]), body, file_format)
        if found.outcome in _FINAL:
            return found
        if entry.get("salvage") and found.outcome == OK:
            found = replace(found, outcome=PARTIAL, remark="damaged: what could be saved")
        best = found if best is None else _better(best, found)
    return best or FileText("", UNSUPPORTED, "no reader for this format")


def _is_wanted(entry: dict[str, Any], best: FileText) -> bool:
    """Whether a reader is tried after those before it came to this."""
    if entry.get("salvage"):
        return best.outcome == BROKEN
    return not best.text or bool(entry.get("compare"))


def _attempt(reader: Reader, body: bytes, file_format: str) -> FileText:
    output = Output()
    outcome, remark = OK, ""
    try:
        reader(body, output)
    except FullError as error:
        outcome, remark = PARTIAL, str(error)
    except EncryptedError as error:
        return FileText("", ENCRYPTED, str(error) or "opens with a password only")
    except LimitError as error:
        outcome, remark = LIMIT, str(error)
    except (MemoryError, RecursionError):
        outcome, remark = LIMIT, "needs more memory than a file gets"
    except UnsupportedError as error:
        outcome, remark = UNSUPPORTED, str(error)
    except Exception as error:  # noqa: BLE001  the libraries raise anything on broken bytes
        outcome, remark = BROKEN, f"damaged: {_reason(error)}"
    text = output.text
    if text and outcome in (BROKEN, LIMIT):
        outcome = PARTIAL
    elif outcome == PARTIAL and not text:
        outcome, remark = LIMIT, f"{remark}, and found nothing"
    elif outcome == OK and output.remark:
        outcome, remark = (PARTIAL if text else BROKEN), output.remark
    elif outcome == OK and not text:
        outcome, remark = NO_TEXT, _NOTHING.get(file_format, "holds no text")
    return FileText(text, outcome, remark, output.pages, tuple(output.outline))


def _better(first: FileText, second: FileText) -> FileText:
    """The one with clearly more letters; without text, the one that says what is wrong."""
    if second.text:
        more = _letters(second.text) > _CLEARLY_MORE * _letters(first.text)
        return second if more or not first.text else first
    if first.text or first.outcome == BROKEN or second.outcome == UNSUPPORTED:
        return first
    return second


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _reason(error: Exception) -> str:
    message = " ".join(str(error).split())[:120]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
