"""Worker processes that analyse batches of entries into runs, as many as there are cores.

They are no children of :mod:`multiprocessing`: those would import the main program again, may
not be started by each other, and a fork of a web process copies its threads' locks. One fresh
process (:mod:`indexer.index.writing.worker`) loads what analysis needs and then forks itself, so
that this is loaded once. Each worker asks for batches over a socket; its end is theirs.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import IO, Final, cast

from indexer.index.engine import EngineError
from indexer.index.ranking import RankingParameters
from indexer.index.writing.batches import Batch
from indexer.index.writing.runs import SavedRun

MOST_WORKERS: Final = 8
"""Each needs some 400 MB."""
_WAITING_PER_WORKER: Final = 2
"""Batches that wait to be asked for: reading them goes on while all workers are busy."""
_LOOK_SECONDS: Final = 0.25
"""How long whoever wants to stop the work waits at most."""
_END_SECONDS: Final = 10.0


class WorkersUnavailable(Exception):
    """No process can be started here."""


class Workers:
    """Worker processes for one write, as a context manager: none of them outlives it."""

    def __init__(self, ranking: RankingParameters, folder: Path, number: int | None = None) -> None:
        """Start them; they load what they need while the first batches are read.

        Args:
            ranking: as in :func:`indexer.index.batch.invert_entries`.
            folder: where they leave their runs.
            number: how many; as many as there are cores, :data:`MOST_WORKERS` at most.

        Raises:
            WorkersUnavailable: the message says why.
        """
        number = number or min(_cores(), MOST_WORKERS)
        pairs = [socket.socketpair() for _ in range(number)]
        theirs = [their.fileno() for _our, their in pairs]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "indexer.index.writing.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=theirs,
                start_new_session=True,  # Ctrl-C is for us; and all of them end at once
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    "OPENBLAS_NUM_THREADS": "1",  # forks must not have threads
                },
            )
        except OSError as error:
            for our, _their in pairs:
                our.close()
            raise WorkersUnavailable(f"no process can be started: {error}") from None
        finally:
            for _our, their in pairs:
                their.close()
        self._connections = [Connection(our.detach()) for our, _their in pairs]
        self._wishes: deque[Connection] = deque()
        self._waiting: deque[bytes] = deque()
        self._runs: dict[int, SavedRun] = {}
        self._documents = 0
        with suppress(BrokenPipeError), cast(IO[bytes], self._process.stdin) as pipe:
            pickle.dump((theirs, ranking, folder), pipe)  # its death is seen later

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End them, whatever they do, and wait until they are gone."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for connection in self._connections:  # the forked ones are not our children
            with suppress(EOFError, OSError):
                while connection.poll(_END_SECONDS):
                    connection.recv_bytes()
            connection.close()

    def analyse(self, batches: Iterable[Batch], tell: Callable[[int], None]) -> list[SavedRun]:
        """Where the runs of all batches are, in their order.

        Args:
            batches: read ahead by a few, and no more than that.
            tell: told the documents done, several times a second; may raise to stop the work.

        Raises:
            EngineError: a worker died, as it does where memory is short.
            Exception: what a worker raised.
        """
        number = -1
        for number, batch in enumerate(batches):
            self._waiting.append(pickle.dumps((number, batch), 5))
            self._exchange(tell, _WAITING_PER_WORKER * len(self._connections))
        self._exchange(tell, 0)
        while len(self._runs) <= number:
            self._receive(tell)
        return [self._runs[at] for at in range(number + 1)]

    def _exchange(self, tell: Callable[[int], None], most: int) -> None:
        """Hand batches to those who wish for them, until at most so many wait."""
        while True:
            while self._waiting and self._wishes:
                self._send(self._wishes.popleft(), self._waiting.popleft())
            if len(self._waiting) <= most:
                return
            self._receive(tell)

    def _send(self, connection: Connection, message: bytes) -> None:
        try:
            connection.send_bytes(message)
        except OSError:
            raise self._death() from None

    def _receive(self, tell: Callable[[int], None]) -> None:
        for connection in cast(list[Connection], wait(self._connections, _LOOK_SECONDS)):
            try:
                message = connection.recv()
            except (EOFError, OSError):
                raise self._death() from None
            if isinstance(message, BaseException):
                raise message
            if message is None:
                self._wishes.append(connection)
            else:
                number, documents, self._runs[number] = message
                self._documents += documents
        tell(self._documents)

    def _death(self) -> EngineError:
        return EngineError(
            "a process that analyses documents was killed, most likely for want of memory; "
            "the index is as before"
        )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
