"""The process that runs one queued job: ``python -m indexer.jobs.worker CONFIG ID``.

A process of its own, so that a job that is killed or runs out of memory takes nothing
with it, and so that searches do not wait for its work.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

from indexer.jobs.lock import LockHeld, work_lock
from indexer.jobs.store import JobStore

BUSY = 75
"""Exit status when another job is at work: EX_TEMPFAIL of sysexits.h."""


def main(arguments: list[str]) -> int:
    """Run the job; 0 when it succeeded, 1 when not, 75 when it is not its turn."""
    config, job_id = Path(arguments[0]), int(arguments[1])
    signal.signal(signal.SIGTERM, _interrupt)
    # The rest is imported once the job is marked as running: it takes a while.
    from indexer.config import load_settings

    settings = load_settings(config)
    store = JobStore(settings.service_path)
    try:
        # A moment's patience: whoever asks whether the lock is free holds it for as long.
        with work_lock(settings.data_directory, timeout=1):
            store.fail_interrupted()
            job = store.start(job_id)
            if job is None:
                return 0  # cancelled before its turn
            from indexer.jobs.run import run_job
            from indexer.jobs.tasks import task_of
            from indexer.logs import log_to_file

            log_to_file(settings, "jobs")
            return 0 if run_job(store, job, task_of(settings, job.kind)).state == "succeeded" else 1
    except LockHeld:
        return BUSY


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
