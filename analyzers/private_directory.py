"""A folder for what is made once and trusted when it is read."""

from __future__ import annotations

import os
import stat
import tempfile
from functools import cache
from pathlib import Path


@cache
def private_directory() -> Path:
    """A temporary folder where nobody else can write.

    Raises:
        OSError: there is no room for one.
    """
    directory = Path(tempfile.gettempdir()) / f"qzsearch-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        return directory
    return Path(tempfile.mkdtemp(prefix="qzsearch-"))
