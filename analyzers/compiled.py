"""How functions are compiled: once for a machine, kept beside the code, and without Python's
lock while they run (decisions/0031).

Numba keeps machine code for each file, and does not see when a function changes that another
file's function calls: it would go on with the old one. So what is kept is named by all the
compiled code of a folder, and compiled functions call only functions of their own folder.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from numba import config, njit

from analyzers.private_directory import private_directory

_MARK: Final = b"@compiled\n"
_NAME: Final = "compiled-"


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Numba's ``njit`` with ``nogil`` and ``cache``."""
    folder = _folder_for(Path(function.__code__.co_filename).parent)
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    kept: Callable[..., Any] = njit(nogil=True, cache=True)(function)
    return kept


@cache
def _folder_for(source: Path) -> Path:
    """Where the machine code of a folder of sources is kept: beside it, or, where that cannot
    be written, in a folder of this user's."""
    texts = (path.read_bytes() for path in sorted(source.glob("*.py")))
    code = b"".join(text for text in texts if _MARK in text)
    name = _NAME + hashlib.blake2b(code, digest_size=8).hexdigest()
    beside = source / "__pycache__"
    if _can_write(beside):
        _forget_others(beside, name)
        return beside / name
    return private_directory() / "compiled" / name


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _forget_others(beside: Path, name: str) -> None:
    for path in beside.glob(f"{_NAME}*"):
        if path.name != name:
            shutil.rmtree(path, ignore_errors=True)
