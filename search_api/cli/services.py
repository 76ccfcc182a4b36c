"""``run``, ``serve`` and ``schedule``: what stays up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import click

from indexer.jobs.scheduler import AlreadyScheduling, Scheduler
from indexer.logs import log_to_file
from search_api.cli.setting import ConfigFile, Failure, pass_config
from search_api.serve import check_port, serve

_RESTART_SECONDS = 5.0


@click.command("serve")
@pass_config
def serve_command(config: ConfigFile) -> None:
    """Only the web service."""
    serve(config.settings)


@click.command("schedule")
@click.option("--parent", type=int, hidden=True, help="Stop when this process has gone.")
@pass_config
def schedule_command(config: ConfigFile, parent: int | None) -> None:
    """Only the scheduler; a lock keeps it single for a data directory."""
    settings = config.settings
    log_to_file(settings, "schedule")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent is not None:
        threading.Thread(target=_watch_parent, args=(parent, stop), daemon=True).start()
    try:
        Scheduler(settings, config.path).run(stop)
    except AlreadyScheduling as error:
        raise Failure(str(error)) from None


def _watch_parent(parent: int, stop: threading.Event) -> None:
    """However ``run`` ends, its scheduler ends too."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()


@click.command("run")
@pass_config
def run_command(config: ConfigFile) -> None:
    """The scheduler and the web service together: the one-machine default."""
    settings = config.settings
    check_port(settings.server.host, settings.server.port)  # before anything is started
    scheduler = _SchedulerProcess(config.path)
    scheduler.start()
    serve(settings, on_exit=scheduler.stop)


class _SchedulerProcess:
    """The scheduler in a process of its own, started again should it end."""

    def __init__(self, config_path: Path) -> None:
        self._command = [
            *(sys.executable, "-m", "search_api.cli", "--config", str(config_path.resolve())),
            *("schedule", "--parent", str(os.getpid())),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._pid = os.getpid()

    def start(self) -> None:
        """Start it, and a thread that keeps it up."""
        threading.Thread(target=self._keep_up, name="scheduler-keeper", daemon=True).start()

    def _keep_up(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)  # noqa: S603
            began = time.monotonic()
            self._process.wait()
            # One that ends at once would only end again: another scheduler is at work, say.
            if time.monotonic() - began < _RESTART_SECONDS:
                self._stopping.wait(_RESTART_SECONDS * 6)

    def stop(self) -> None:
        """Ask it to stop and wait for that."""
        if os.getpid() != self._pid:
            return  # a forked worker of the web service
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                self._process.kill()
