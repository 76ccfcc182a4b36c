"""Programs that read files: called by the worker, ended with it."""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import sys
from typing import Final

from indexer.extract.files.result import LimitError, UnsupportedError

_PR_SET_PDEATHSIG: Final = 1


def run(program: str, arguments: list[str], body: bytes, seconds: float) -> tuple[bytes, str]:
    """What the program writes for these bytes on its standard input, and what it complains of.

    The complaint is "" when the program succeeded.

    Raises:
        UnsupportedError: the program is not installed.
        LimitError: it takes longer than this.
    """
    path = shutil.which(program)
    if path is None:
        raise UnsupportedError(f"the program {program} is not installed")
    try:
        done = subprocess.run(  # noqa: S603  a fixed program on our own bytes
            [path, *arguments],
            input=body,
            capture_output=True,
            timeout=seconds,
            check=False,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
    except subprocess.TimeoutExpired:
        raise LimitError(f"{program} takes more time than a file gets") from None
    complaint = done.stderr.decode("utf-8", "replace").strip() or f"status {done.returncode}"
    return done.stdout, complaint if done.returncode else ""


def _end_with_parent() -> None:
    """The worker has one thread, so that the kernel's signal means the worker's end."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
