"""A job while it runs: progress in, cancellation out, the result into the table."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.failure import Failure
from indexer.jobs.store import Job, JobStore

_log = logging.getLogger(__name__)
_REPORT_SECONDS = 0.3


class JobCancelled(Exception):
    """Somebody wants the job to stop."""


class JobFailed(Failure):
    """The work could not be done; ``summary`` tells what was."""

    def __init__(self, message: str, summary: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.summary = summary


@dataclass(frozen=True)
class Step:
    """Where a job is: ``unit`` names what is counted; ``failed`` of them went wrong."""

    done: int
    total: int | None
    unit: str
    failed: int = 0


Display = Callable[[Step], None]
"""Shows progress to whoever looks on."""


def _show_nothing(_step: Step) -> None:
    """For jobs that nobody watches."""


class JobRun:
    """Given to the work, which calls :meth:`report` as it goes on."""

    def __init__(self, store: JobStore, job: Job, display: Display = _show_nothing) -> None:
        self._store = store
        self._display = display
        self._next_report = 0.0
        self._unit = ""
        self.job = job

    def report(self, done: int, total: int | None, unit: str, failed: int = 0) -> None:
        """Tell how far the work is.

        Raises:
            JobCancelled: the work should stop here, leaving things so that it can go on.
        """
        self._display(Step(done, total, unit, failed))
        moment = time.monotonic()
        if moment < self._next_report and unit == self._unit and done != total:
            return
        self._next_report, self._unit = moment + _REPORT_SECONDS, unit
        if self._store.report(self.job.id, done, total, unit):
            raise JobCancelled


Task = Callable[[JobRun], Mapping[str, Any]]
"""The work itself; returns the summary."""


def run_job(store: JobStore, job: Job, task: Task, display: Display = _show_nothing) -> Job:
    """Run the work of a job that is marked as running and record how it ended.

    An interruption (Ctrl-C, SIGTERM) is recorded and passed on.
    """
    try:
        summary = task(JobRun(store, job, display))
    except JobCancelled:
        store.finish(job.id, "cancelled")
    except JobFailed as error:
        store.finish(job.id, "failed", summary=error.summary, error=str(error))
    except Failure as error:
        store.finish(job.id, "failed", error=str(error))
    except (KeyboardInterrupt, SystemExit):
        store.finish(job.id, "cancelled", error="interrupted; the next run continues")
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the job has ended
        _log.exception("%s job %d failed", job.kind, job.id)
        told = f"{type(error).__name__}: {error}"
        try:
            store.finish(job.id, "failed", error=told)
        except sqlite3.Error:  # a full disk, most often: it cannot even be recorded
            raise Failure(told) from error
    else:
        store.finish(job.id, "succeeded", summary=summary)
    finished = store.get(job.id)
    assert finished is not None, "a job is not removed while it runs"  # noqa: S101
    return finished
