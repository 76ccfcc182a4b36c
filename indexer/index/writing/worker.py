"""A worker process: ``python -m indexer.index.writing.worker``; see :mod:`.workers`.

On its standard input is a pickle of the sockets that it and the workers it forks serve, of the
ranking parameters and of the folder for runs. It ends with whoever has the other end.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue
from typing import Final

from indexer.document import Document
from indexer.index.batch import invert_entries
from indexer.index.engine import IndexEntry
from indexer.index.ranking import RankingParameters
from indexer.index.writing.runs import Run, save_run

_OBJECTS: Final = 200_000
"""New objects between two looks for garbage in circles: a batch makes none, and looking at all of
it again and again takes a twentieth of the time."""
_AHEAD: Final = 2
"""Batches that a worker asks for: one to work at, one to go on with."""


def main() -> None:
    """Load what analysis needs, fork a worker for each socket but one, and be the last."""
    sockets, ranking, folder = pickle.load(sys.stdin.buffer)  # noqa: S301  of our own process
    sample = Document(url="http://a.example/", title="关于样本的通知", text="样本。")
    invert_entries([IndexEntry(sample)], ranking)
    gc.freeze()
    gc.set_threshold(_OBJECTS)
    mine = sockets[-1]
    for at, other in enumerate(sockets[:-1]):
        if os.fork() == 0:
            mine = other
            for later in sockets[at + 1 :]:
                os.close(later)
            break
        os.close(other)
    serve(Connection(mine), ranking, folder)


def serve(connection: Connection, ranking: RankingParameters, folder: Path) -> None:
    """Analyse batches until the other end is closed, which ends the process at once."""
    path = folder / f"{os.getpid()}.runs"
    received: Queue[bytes] = Queue()
    threading.Thread(target=_listen, args=[connection, received], daemon=True).start()
    for _ in range(_AHEAD):
        connection.send(None)
    while True:
        number, batch = pickle.loads(received.get())  # noqa: S301  of our own process
        try:
            saved = save_run(path, Run(*invert_entries(batch, ranking)))
        except BaseException as error:  # noqa: BLE001  whoever asked for it raises it
            traceback.print_exc()
            _answer(connection, error)
            return
        connection.send((number, len(batch), saved))
        connection.send(None)


def _listen(connection: Connection, received: Queue[bytes]) -> None:
    """A killed parent cannot end its workers: each watches for itself."""
    while True:
        try:
            received.put(connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)


def _answer(connection: Connection, error: BaseException) -> None:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  not every exception can be
    except Exception:  # noqa: BLE001
        error = RuntimeError(f"{type(error).__name__}: {error}")
    connection.send(error)


if __name__ == "__main__":
    main()
