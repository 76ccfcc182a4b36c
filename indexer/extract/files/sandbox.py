"""Reading in a process of its own: started at the first file, kept for the next ones.

One worker for each process that reads files, whatever number of threads it has. The worker gets
a file over a pipe and answers over another (:mod:`indexer.extract.files.worker` tells the form).
From here its time and its memory are watched; a worker that exceeds them, or dies, is replaced.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from indexer.extract.files.limits import limit
from indexer.extract.files.result import BROKEN, LIMIT, FileText

OCR: Final = "ocr"
"""The format under which a PDF is sent that is to be read by OCR."""

HEAD: Final = struct.Struct(">III")
"""Before each file: bytes of its format's name, bytes of the file, seconds it may take."""
ANSWER_HEAD: Final = struct.Struct(">I?")
"""Before each answer: bytes of JSON, and whether this worker takes another file."""

_LOOK_SECONDS: Final = 0.05
_CHUNK: Final = 1 << 16
_MOST_ANSWER: Final = 100_000_000
# What programs and libraries need; tokens and passwords of the service stay out of reach.
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TESSDATA_PREFIX")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class _FailureError(Exception):
    """The worker gave no answer; holds what is told of the file."""

    def __init__(self, outcome: str, remark: str) -> None:
        super().__init__(remark)
        self.found = FileText("", outcome, remark)


class _Worker:
    """A worker process and the pipes to it."""

    def __init__(self) -> None:
        life, self._life = os.pipe()
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment.update(
            LC_ALL="C.UTF-8",
            HOME="/",  # antiword complains without one
            OMP_THREAD_LIMIT="1",
            PYTHONPATH=os.pathsep.join(filter(None, sys.path)),
        )
        try:
            self.process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-m", "indexer.extract.files.worker", str(life)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment,
                pass_fds=(life,),
                start_new_session=True,  # Ctrl-C is for us; and its children end with it
            )
        except BaseException:
            os.close(self._life)
            raise
        finally:
            os.close(life)
        for pipe in (self._stdin, self._stdout):
            os.set_blocking(pipe.fileno(), False)
        self._statm = Path(f"/proc/{self.process.pid}/statm")

    @property
    def _stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None  # noqa: S101
        return self.process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None  # noqa: S101
        return self.process.stdout

    def alive(self) -> bool:
        """Whether it can be given a file."""
        return self.process.poll() is None

    def ask(self, body: bytes, file_format: str, seconds: int) -> tuple[FileText, bool]:
        """The answer for one file, and whether the worker takes another.

        Raises:
            _FailureError: there was none in time, or it cannot be read.
        """
        name = file_format.encode()
        self._watched_until = time.monotonic() + seconds
        self._send(HEAD.pack(len(name), len(body), seconds) + name)
        self._send(body)
        length, again = ANSWER_HEAD.unpack(self._receive(ANSWER_HEAD.size))
        if length > _MOST_ANSWER:
            raise _FailureError(BROKEN, "the reader went wrong")
        answer = self._receive(length)
        try:
            return FileText.from_json(json.loads(answer)), again
        except (KeyError, TypeError, ValueError) as error:
            raise _FailureError(BROKEN, "the reader went wrong") from error

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._stdin, select.POLLOUT)
            try:
                view = view[os.write(self._stdin.fileno(), view[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._dead() from None

    def _receive(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(self._stdout, select.POLLIN)
            try:
                part = os.read(self._stdout.fileno(), min(size - len(data), _CHUNK))
            except BlockingIOError:
                continue
            if not part:
                raise self._dead()
            data += part
        return bytes(data)

    def _wait(self, pipe: IO[bytes], event: int) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        while not poll.poll(_LOOK_SECONDS * 1000):
            if time.monotonic() > self._watched_until:
                raise _FailureError(LIMIT, "takes more time than a file gets")
            if self._resident() > limit("resident_bytes"):
                raise _FailureError(LIMIT, "needs more memory than a file gets")

    def _resident(self) -> int:
        try:
            return int(self._statm.read_text().split()[1]) * _PAGE_BYTES
        except (OSError, IndexError):  # no Linux, or gone: then the pipe tells
            return 0

    def _dead(self) -> _FailureError:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.returncode or 0
        if code in (-signal.SIGALRM, -signal.SIGXCPU):
            return _FailureError(LIMIT, "takes more time than a file gets")
        cause = signal.Signals(-code).name if code < 0 else f"status {code}"
        return _FailureError(BROKEN, f"its reader crashed ({cause})")

    def kill(self) -> None:
        """Ends the process and everything it has started."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Ends the process, and waits until it has ended."""
        self.kill()
        self.process.wait()
        self.drop()

    def drop(self) -> None:
        """Closes this side of the pipes, and leaves the worker alone."""
        for pipe in (self._stdin, self._stdout):
            with suppress(OSError):
                pipe.close()
        with suppress(OSError):
            os.close(self._life)


_lock = threading.Lock()
_worker: _Worker | None = None


def read(body: bytes, file_format: str, seconds: int) -> FileText:
    """What the worker makes of the file, in so many seconds; one file at a time.

    Never raises for what the bytes are.

    Raises:
        OSError: no process can be started.
    """
    global _worker
    with _lock:
        if _worker is not None and not _worker.alive():
            _close()
        if _worker is None:
            _worker = _Worker()
        try:
            found, again = _worker.ask(body, file_format, seconds)
        except _FailureError as failure:
            _close()
            return failure.found
        except BaseException:  # interrupted in the middle: what the pipes hold is unknown
            _close()
            raise
        if not again:
            _close()
        return found


def close() -> None:
    """Ends the worker, if there is one; the next file starts another."""
    with _lock:
        _close()


def _close() -> None:
    global _worker
    worker, _worker = _worker, None
    if worker is not None:
        worker.close()


def _at_exit() -> None:
    """A thread may still hold the lock, waiting for its answer: there will be none."""
    if _worker is not None:
        _worker.kill()


def _after_fork() -> None:
    """A forked child leaves its parent's worker alone and has a lock of its own."""
    global _lock, _worker
    _lock = threading.Lock()
    worker, _worker = _worker, None
    if worker is not None:
        worker.drop()
        worker.process.returncode = 0  # not ours to wait for


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
