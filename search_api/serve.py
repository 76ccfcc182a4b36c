"""The production server: gunicorn in this process, workers forked from it
(docs/decisions/0004)."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from analyzers.segment import default_segmenter
from indexer.config import Settings
from indexer.failure import Failure
from indexer.index.engine import EngineError
from search_api import balanced_worker

_SHARED = ("search_api.app", "indexer.index.whoosh_engine")
_METRICS = "PROMETHEUS_MULTIPROC_DIR"


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with the settings of ``crawl_config.yaml`` instead of its own files."""

    def __init__(self, settings: Settings, on_exit: Callable[[], None]) -> None:
        self._settings = settings
        self._on_exit = on_exit
        super().__init__()

    def load_config(self) -> None:
        server = self._settings.server
        host = f"[{server.host}]" if ":" in server.host else server.host
        values: dict[str, Any] = {
            "bind": f"{host}:{server.port}",
            "workers": server.workers,
            "threads": server.threads,
            "worker_class": "search_api.balanced_worker.BalancedWorker",
            "proc_name": "qzsearch",
            "graceful_timeout": 10,
            "timeout": 60,
            "control_socket_disable": True,
            # Heartbeats on a disk that is busy with an index delay answers.
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112
            "when_ready": _tell_address,
            "post_worker_init": _open_index,
            "child_exit": _forget,
            "worker_exit": _close,
            "on_exit": lambda _arbiter: self._on_exit(),
            # A query may be 200 characters, nine bytes each in a URL, and more: what is too
            # long is then told by the API.
            "limit_request_line": 8190,
            "loglevel": "warning",
        }
        for name, value in values.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        from search_api.app import create_app

        return create_app(self._settings)


def serve(settings: Settings, on_exit: Callable[[], None] = lambda: None) -> None:
    """Serve until the process is told to stop; does not return.

    Code and dictionary are loaded before the workers are forked, so that they share them.
    """
    check_port(settings.server.host, settings.server.port)
    os.environ[_METRICS] = str(_metrics_folder(settings))  # prometheus_client is imported later
    default_segmenter().load()
    for module in _SHARED:
        import_module(module)
    gc.freeze()  # a look for garbage would write to what is shared, and make copies of it
    _Server(settings, on_exit).run()


def check_port(host: str, port: int) -> None:
    """Tell in one line that an address cannot be served. Raises Failure."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failure(
                f"server.host {host}, server.port {port} cannot be used: {error.strerror or error}"
            ) from None


def _metrics_folder(settings: Settings) -> Path:
    """A folder for this service's counters; those of services that have ended are removed."""
    root = settings.data_directory / "run"
    for folder in root.glob("metrics-*"):
        if not Path(f"/proc/{folder.name.partition('-')[2]}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    own = root / f"metrics-{os.getpid()}"
    own.mkdir(parents=True, exist_ok=True)
    return own


def _tell_address(arbiter: Arbiter) -> None:
    for listener in arbiter.LISTENERS:
        host, port = listener.sock.getsockname()[:2]
        host = f"[{host}]" if ":" in host else host
        print(f"qzsearch is ready at http://{host}:{port}/", flush=True)


def _open_index(worker: Any) -> None:
    """Open the index, and load what searches it, before the first search asks for it."""
    from search_api.services import EXTENSION

    def open_it() -> None:
        with suppress(EngineError):  # the first search tells
            engine = worker.wsgi.extensions[EXTENSION].engine
            engine.warm()
            engine.warm(wholly=True)
        gc.freeze()  # dictionaries and columns stay: looking at them again and again is vain
        gc.set_threshold(20_000, 50, 50)

    threading.Thread(target=open_it, name="index-opening", daemon=True).start()


def _close(_arbiter: Arbiter, worker: Any) -> None:
    """A worker that stops writes what waits to be written."""
    from search_api.services import EXTENSION

    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions[EXTENSION].close()


def _forget(_arbiter: Arbiter, worker: Any) -> None:
    """Gauges and connections of a worker that has gone are not counted any more."""
    balanced_worker.forget(worker)
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
