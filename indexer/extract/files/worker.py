"""The process that reads files: ``python -m indexer.extract.files.worker LIFE``.

Standard input brings files, each after a :data:`~indexer.extract.files.sandbox.HEAD`, standard
output takes the answers, each a JSON object of :class:`~indexer.extract.files.FileText` after an
:data:`~indexer.extract.files.sandbox.ANSWER_HEAD`. ``LIFE`` is the number of a pipe on which
nothing ever comes: its end says that the parent is gone.

The process has limits of its own besides what its parent watches, so that it ends when nobody
watches any more, even while a library in C keeps the interpreter.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO, Final

from indexer.extract.files import chain
from indexer.extract.files.limits import limit
from indexer.extract.files.result import LIMIT, FileText
from indexer.extract.files.sandbox import ANSWER_HEAD, HEAD, OCR

_SECONDS_AFTER_THE_PARENT: Final = 1
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


def main(life: int) -> None:
    """Reads files until standard input ends."""
    _limit_process()
    _end_with(life)
    # What a library prints must not come among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.suppress(BrokenPipeError, EOFError):
        while _answer(sys.stdin.buffer, answers):
            gc.collect()


def _limit_process() -> None:
    _lower(resource.RLIMIT_AS, limit("address_bytes"))
    _lower(resource.RLIMIT_CORE, 0)
    # Only antiword writes, a copy of its input without a name.
    _lower(resource.RLIMIT_FSIZE, limit("body_bytes"))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _lower(kind: int, value: int) -> None:
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, value))


def _end_with(life: int) -> None:
    """Lets the kernel end this process when the other end of the pipe is closed."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)


def _answer(files: BinaryIO, answers: BinaryIO) -> bool:
    """Answers for one file; whether another may come."""
    name_size, size, seconds = HEAD.unpack(_exactly(files, HEAD.size))
    file_format = _exactly(files, name_size).decode()
    body = _exactly(files, size)
    signal.setitimer(signal.ITIMER_REAL, seconds + _SECONDS_AFTER_THE_PARENT)
    try:
        found = _read(body, file_format)
        answer = json.dumps(found.to_json()).encode()
    except MemoryError:
        found = FileText("", LIMIT, "needs more memory than a file gets")
        answer = json.dumps(found.to_json()).encode()
    signal.setitimer(signal.ITIMER_REAL, 0)
    again = found.outcome != LIMIT and _resident() < limit("kept_bytes")
    answers.write(ANSWER_HEAD.pack(len(answer), again) + answer)
    answers.flush()
    return again


def _read(body: bytes, file_format: str) -> FileText:
    if file_format != OCR:
        return chain.read(body, file_format)
    from indexer.extract.files.ocr import read_pdf  # late: few files need it

    return read_pdf(body)


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        # Elsewhere only the most there ever was is known, on macOS in bytes.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


if __name__ == "__main__":
    main(int(sys.argv[1]))
