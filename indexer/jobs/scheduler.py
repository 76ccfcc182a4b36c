"""The scheduler: jobs by the clock, jobs from the queue, one at a time."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from indexer.config import Settings
from indexer.cron import cron_trigger
from indexer.database import now
from indexer.jobs.lock import FileLock, LockHeld, schedule_lock, work_lock
from indexer.jobs.store import JobConflict, JobStore
from indexer.jobs.worker import BUSY

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.25
REQUESTED_BY = "schedule"


class AlreadyScheduling(Exception):
    """Another process schedules for this data folder."""


class Scheduler:
    """Starts jobs at their times and those that are queued, each in its own process.

    Args:
        settings: the configuration.
        config_path: its file, for the processes that run jobs.
    """

    def __init__(self, settings: Settings, config_path: Path) -> None:
        self._settings = settings
        self._config_path = config_path.resolve()
        self._store = JobStore(settings.service_path)
        self._work: FileLock = work_lock(settings.data_directory)
        self._process: subprocess.Popen[bytes] | None = None
        self._job_id = 0
        self._postponed: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Go on until ``stop`` is set.

        Raises:
            AlreadyScheduling: another process does it.
        """
        try:
            # Whoever only asks whether it is held holds it for a moment.
            with schedule_lock(self._settings.data_directory, timeout=1):
                self._run(stop)
        except LockHeld:
            raise AlreadyScheduling(
                f"another scheduler runs for {self._settings.data_directory}"
            ) from None
        finally:
            self._store.close()

    def _run(self, stop: threading.Event) -> None:
        self._mend()
        clock = self._start_clock()
        try:
            self._make_up()
            while not stop.wait(_POLL_SECONDS):
                self._poll()
        finally:
            clock.shutdown(wait=False)
            self._stop_job()

    def _start_clock(self) -> BackgroundScheduler:
        schedule = self._settings.schedule
        # One run for all that were missed while the machine slept, however late.
        clock = BackgroundScheduler(
            timezone=schedule.zone,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        for kind, trigger in triggers(self._settings).items():
            clock.add_job(self._submit, trigger, args=[kind], id=kind)
        clock.start()
        return clock

    def _submit(self, kind: str) -> None:
        try:
            job = self._store.submit(kind, requested_by=REQUESTED_BY)
            _log.info("%s queued by the schedule: job %d", kind, job.id)
            self._postponed.discard(kind)
        except JobConflict as conflict:
            if conflict.job.requested_by == REQUESTED_BY:
                return  # the last night's is still at work: one is enough
            if kind not in self._postponed:
                _log.warning("%s is due, but %s; it follows", kind, conflict)
            self._postponed.add(kind)

    def _make_up(self) -> None:
        """Queue what should have started while no scheduler ran."""
        for kind, trigger in triggers(self._settings).items():
            since = self._store.remember(f"{kind} scheduled since", now())
            last = self._store.last_whole(kind)
            start = datetime.fromisoformat(max(since, last.created if last else ""))
            # A job made by the clock may be stamped with the very time it was due at.
            due = trigger.get_next_fire_time(None, start + timedelta(milliseconds=1))
            if due is not None and due <= datetime.now(timezone.utc):
                _log.info("%s was due at %s: made up now", kind, due.isoformat())
                self._submit(kind)

    def _poll(self) -> None:
        """Start the next queued job when nothing is at work."""
        for kind in tuple(self._postponed):
            self._submit(kind)
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return
            self._process = None
            self._fail_unless_begun(status)
        if not self._work.is_free():
            return  # a command line is at work, or a job that outlived its scheduler
        self._mend()
        job = self._store.next_queued()
        if job is not None:
            command = [sys.executable, "-m", "indexer.jobs.worker"]
            self._job_id = job.id
            self._process = subprocess.Popen(  # noqa: S603  # our own module, our own file
                [*command, str(self._config_path), str(job.id)], stdin=subprocess.DEVNULL
            )

    def _fail_unless_begun(self, status: int) -> None:
        """A process that ends before it takes up its job (the configuration file was broken
        meanwhile) would be started again and again."""
        if status not in (0, BUSY) and self._store.start(self._job_id) is not None:
            error = f"its process ended with status {status} before it began; see the log"
            self._store.finish(self._job_id, "failed", error=error)
            _log.error("job %d: %s", self._job_id, error)

    def _mend(self) -> None:
        """Jobs marked as running while nobody holds the lock have lost their process."""
        try:
            with self._work:
                count = self._store.fail_interrupted()
        except LockHeld:
            return
        if count:
            _log.warning("%d job(s) ended before their time", count)

    def _stop_job(self) -> None:
        """Ask the running job to stop; it can be continued."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()


def triggers(settings: Settings) -> dict[str, BaseTrigger]:
    """The trigger of every kind of job that has one."""
    lines = {"crawl": settings.schedule.crawl, "reindex": settings.schedule.reindex}
    return {
        kind: cron_trigger(line, settings.schedule.zone) for kind, line in lines.items() if line
    }


def next_runs(settings: Settings) -> dict[str, datetime]:
    """When each kind of job starts next by the clock."""
    moment = datetime.now(timezone.utc)
    runs = {
        kind: trigger.get_next_fire_time(None, moment)
        for kind, trigger in triggers(settings).items()
    }
    return {kind: run for kind, run in runs.items() if run is not None}
