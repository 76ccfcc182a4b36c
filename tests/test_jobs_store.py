"""The job table: one queue for all processes of a data folder."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.jobs.run import JobCancelled, JobFailed, JobRun, Step, run_job
from indexer.jobs.store import INTERRUPTED, Job, JobConflict, JobStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "service.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[JobStore]:
    opened = JobStore(path)
    yield opened
    opened.close()


def begun(store: JobStore, kind: str = "crawl") -> Job:
    return store.submit(kind, running=True)


def state(store: JobStore, job: Job) -> str:
    found = store.get(job.id)
    assert found is not None
    return found.state


# -- the queue ----------------------------------------------------------------------------


def test_a_job_is_queued_started_and_finished(store: JobStore) -> None:
    job = store.submit("crawl", ["portal"], full=True, requested_by="ops")
    assert (job.kind, job.state, job.sites, job.full) == ("crawl", "queued", ("portal",), True)
    assert (job.requested_by, job.started, job.finished) == ("ops", None, None)
    assert store.next_queued() == job

    started = store.start(job.id)
    assert started is not None
    assert started.state == "running"
    assert started.started is not None
    assert store.next_queued() is None
    assert store.start(job.id) is None

    store.finish(job.id, "succeeded", summary={"页": 3})
    done = store.get(job.id)
    assert done is not None
    assert (done.state, done.summary, done.error) == ("succeeded", {"页": 3}, None)
    assert done.finished is not None
    assert done.created <= started.started <= done.finished


def test_the_longest_waiting_job_is_next(store: JobStore) -> None:
    first, second = store.submit("reindex"), store.submit("crawl")
    assert store.next_queued() == first
    store.start(first.id)
    assert store.next_queued() == second


@pytest.mark.parametrize("running", [True, False])
def test_one_job_of_a_kind_at_a_time(store: JobStore, running: bool) -> None:
    job = store.submit("crawl", running=running)
    with pytest.raises(JobConflict, match=f"crawl is {job.state} already: job {job.id}") as caught:
        store.submit("crawl", ["portal"])
    assert caught.value.job == job
    assert store.submit("reindex").state == "queued"
    store.start(job.id)
    store.finish(job.id, "failed", error="no reason")
    assert store.submit("crawl").id > job.id


def test_many_threads_and_one_job(store: JobStore) -> None:
    outcomes: list[str] = []

    def submit() -> None:
        try:
            store.submit("crawl")
            outcomes.append("queued")
        except JobConflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["queued"]


def test_several_processes_and_one_job(store: JobStore, path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from indexer.jobs.store import *\n"
        "try: JobStore(Path(sys.argv[1])).submit('crawl')\n"
        "except JobConflict: sys.exit(9)\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(3)]
    assert sorted(process.wait() for process in processes) == [0, 9, 9]
    assert [job.state for job in store.list()] == ["queued"]


def test_other_processes_see_progress_at_once(store: JobStore, path: Path) -> None:
    job = begun(store)
    other = JobStore(path)
    assert store.report(job.id, 3, 10, "pages") is False
    seen = other.get(job.id)
    assert seen is not None
    assert (seen.done, seen.total, seen.unit) == (3, 10, "pages")
    other.cancel(job.id)
    assert store.report(job.id, 4, None, "pages") is True
    other.close()


# -- cancelling ---------------------------------------------------------------------------


def test_a_queued_job_is_cancelled_at_once(store: JobStore) -> None:
    job = store.submit("crawl")
    cancelled = store.cancel(job.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert cancelled.finished is not None
    assert store.start(job.id) is None


def test_a_running_job_is_asked_to_stop(store: JobStore) -> None:
    job = begun(store)
    asked = store.cancel(job.id)
    assert asked is not None
    assert (asked.state, asked.cancel_requested) == ("running", True)


def test_what_is_over_stays_as_it_is(store: JobStore) -> None:
    job = begun(store)
    store.finish(job.id, "succeeded")
    store.finish(job.id, "failed", error="too late")
    store.cancel(job.id)
    assert state(store, job) == "succeeded"
    assert store.cancel(99) is None


def test_jobs_that_lost_their_process(store: JobStore) -> None:
    lost, unwanted, waiting = begun(store), begun(store, "reindex"), store.submit("import")
    store.cancel(unwanted.id)
    assert store.fail_interrupted() == 2
    assert [state(store, job) for job in (lost, unwanted, waiting)] == [
        "failed",
        "cancelled",
        "queued",
    ]
    found = store.get(lost.id)
    assert found is not None
    assert found.error == INTERRUPTED


# -- history ------------------------------------------------------------------------------


def test_the_newest_jobs_come_first(store: JobStore) -> None:
    jobs = [begun(store, kind) for kind in ("crawl", "reindex", "import")]
    assert [job.id for job in store.list()] == [job.id for job in reversed(jobs)]
    assert len(store.list(2)) == 2


def test_what_counts_as_the_whole_work_of_a_night(store: JobStore) -> None:
    def ended(state: str, error: str | None = None, sites: tuple[str, ...] = ()) -> int:
        job = store.submit("crawl", sites, running=True)
        store.finish(job.id, state, error=error)
        return job.id

    assert store.last_whole("crawl") is None
    whole = ended("succeeded")
    ended("succeeded", sites=("portal",))
    ended("failed", "no page could be fetched")
    ended("cancelled", "interrupted; the next run continues")
    last = store.last_whole("crawl")
    assert last is not None
    assert last.id == whole
    by_staff = ended("cancelled")
    last = store.last_whole("crawl")
    assert last is not None
    assert last.id == by_staff


def test_history_is_bounded(store: JobStore) -> None:
    for _ in range(1010):
        store.finish(begun(store).id, "succeeded")
    kept = store.list(5000)
    assert len(kept) == 1000
    assert kept[0].id == 1010


def test_a_fact_is_remembered_as_it_was_first(store: JobStore) -> None:
    assert store.remember("since", "2009") == "2009"
    assert store.remember("since", "2010") == "2009"


# -- running ------------------------------------------------------------------------------


def test_a_job_that_succeeds(store: JobStore) -> None:
    steps: list[Step] = []

    def task(run: JobRun) -> dict[str, int]:
        run.report(1, 2, "pages")
        run.report(2, 2, "pages", failed=1)
        return {"pages": 2}

    job = run_job(store, begun(store), task, steps.append)
    assert (job.state, job.summary, job.done, job.total) == ("succeeded", {"pages": 2}, 2, 2)
    assert steps == [Step(1, 2, "pages"), Step(2, 2, "pages", 1)]


def test_a_job_that_is_cancelled_stops_at_its_next_report(store: JobStore) -> None:
    def task(run: JobRun) -> dict[str, int]:
        store.cancel(run.job.id)
        run.report(1, None, "pages")
        raise AssertionError("goes on")

    job = run_job(store, begun(store), task)
    assert (job.state, job.error) == ("cancelled", None)


@pytest.mark.parametrize(
    ("error", "told", "summary"),
    [
        (JobFailed("no page", {"pages": 0}), "no page", {"pages": 0}),
        (OSError("disk full"), "OSError: disk full", None),
        (JobCancelled(), None, None),
    ],
)
def test_a_job_that_fails(
    store: JobStore, error: Exception, told: str | None, summary: dict[str, int] | None
) -> None:
    def task(_run: JobRun) -> dict[str, int]:
        raise error

    job = run_job(store, begun(store), task)
    assert job.state == ("cancelled" if told is None else "failed")
    assert (job.error, job.summary) == (told, summary)


def test_an_interruption_is_recorded_and_passed_on(store: JobStore) -> None:
    def task(_run: JobRun) -> dict[str, int]:
        raise KeyboardInterrupt

    job = begun(store)
    with pytest.raises(KeyboardInterrupt):
        run_job(store, job, task)
    found = store.get(job.id)
    assert found is not None
    assert (found.state, found.error) == ("cancelled", "interrupted; the next run continues")


def test_reports_do_not_flood_the_table(store: JobStore) -> None:
    def task(run: JobRun) -> dict[str, int]:
        for done in range(1, 1000):
            run.report(done, 1000, "pages")
        halfway = store.get(run.job.id)
        assert halfway is not None
        assert halfway.done < 900
        run.report(1000, 1000, "pages")
        return {}

    job = run_job(store, begun(store), task)
    assert (job.state, job.error, job.done) == ("succeeded", None, 1000)
