"""The scheduler: by the clock, from the queue, one at a time; real processes throughout."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from indexer.config import Settings, load_settings
from indexer.jobs.lock import schedule_lock, work_lock
from indexer.jobs.scheduler import AlreadyScheduling, Scheduler, next_runs
from indexer.jobs.store import INTERRUPTED, Job, JobConflict, JobStore
from loopback import Answer, LoopbackServer
from running import wait_for, write_config

PAGE = "<title>停水通知</title><h1>停水通知</h1><p>明日上午停水，请居民提前储水。</p>".encode()


HTML = {"Content-Type": "text/html; charset=utf-8"}


def slow_site(path: str) -> Answer:
    body = b'<a href="/art/1.html">1</a>' if path == "/" else PAGE
    return Answer(200, HTML, [body], pause=0.2)


@pytest.fixture
def site() -> Iterator[LoopbackServer]:
    with LoopbackServer(slow_site) as server:
        yield server


def configure(folder: Path, url: str, crawl: str = "", reindex: str = "") -> Settings:
    schedule = {"timezone": "Asia/Shanghai", "crawl": crawl, "reindex": reindex}
    return load_settings(write_config(folder, {"a": url}, schedule=schedule))


@contextmanager
def scheduling(settings: Settings) -> Iterator[JobStore]:
    """A scheduler at work, and the job table to watch it by."""
    assert settings.path is not None
    stop = threading.Event()
    scheduler = Scheduler(settings, settings.path)
    thread = threading.Thread(target=scheduler.run, args=[stop])
    thread.start()
    store = JobStore(settings.service_path)
    try:
        yield store
    finally:
        stop.set()
        thread.join(30)
        store.close()
    assert not thread.is_alive()
    assert schedule_lock(settings.data_directory).is_free()


def ended(store: JobStore, job: Job) -> Job:
    def over() -> Job | None:
        found = store.get(job.id)
        return found if found is not None and found.finished else None

    finished: Job = wait_for(over, what=f"the end of {job.kind}")
    return finished


def seed(settings: Settings, since: datetime, last: datetime | None = None) -> None:
    """As if a scheduler had begun ``since`` and last started a crawl at ``last``."""
    store = JobStore(settings.service_path)
    store.remember("crawl scheduled since", since.isoformat(timespec="milliseconds"))
    if last is not None:
        job = store.submit("crawl", running=True)
        store.finish(job.id, "succeeded")
        store._connection.execute(
            "UPDATE job SET created = ?", [last.isoformat(timespec="milliseconds")]
        )
    store.close()


def ago(**span: float) -> datetime:
    return datetime.now(timezone.utc) - timedelta(**span)


def test_a_queued_job_is_taken_up_within_two_seconds_and_done(
    tmp_path: Path, site: LoopbackServer
) -> None:
    with scheduling(configure(tmp_path, site.url)) as store:
        submitted = time.monotonic()
        job = store.submit("crawl", requested_by="ops")
        wait_for(lambda: (found := store.get(job.id)) and found.state != "queued")
        assert time.monotonic() - submitted < 2
        done = ended(store, job)
    assert (done.state, done.error) == ("succeeded", None)
    assert done.summary is not None
    assert done.summary["sites"]["a"]["outcomes"]["new"] >= 2
    assert done.summary["index"]["added"] == 1


def test_two_triggers_never_make_two_crawls_at_once(tmp_path: Path, site: LoopbackServer) -> None:
    settings = configure(tmp_path, site.url)
    with scheduling(settings) as store:
        crawl = store.submit("crawl")
        with pytest.raises(JobConflict):
            store.submit("crawl")
        reindex = store.submit("reindex")
        wait_for(lambda: (found := store.get(crawl.id)) and found.state == "running")
        assert not work_lock(settings.data_directory).is_free()
        crawled, reindexed = ended(store, crawl), ended(store, reindex)
    assert (crawled.state, reindexed.state) == ("succeeded", "succeeded")
    assert crawled.finished is not None
    assert reindexed.started is not None
    assert crawled.finished <= reindexed.started


def test_nothing_is_started_while_somebody_else_is_at_work(
    tmp_path: Path, site: LoopbackServer
) -> None:
    settings = configure(tmp_path, site.url)
    with work_lock(settings.data_directory), scheduling(settings) as store:
        job = store.submit("crawl")
        time.sleep(1)
        found = store.get(job.id)
        assert found is not None
        assert found.state == "queued"
        assert site.requests == []


def test_a_running_job_can_be_cancelled(tmp_path: Path) -> None:
    with (
        LoopbackServer(linked_pages) as server,
        scheduling(configure(tmp_path, server.url)) as store,
    ):
        job = store.submit("crawl")
        wait_for(lambda: (found := store.get(job.id)) and found.done > 0)
        store.cancel(job.id)
        assert ended(store, job).state == "cancelled"


def linked_pages(path: str) -> Answer:
    number = int(path.strip("/")) if path.strip("/").isdigit() else 0
    body = PAGE + f'<a href="/{number + 1}">下一篇</a>'.encode()
    return Answer(200, HTML, [body], pause=0.05)


def test_a_scheduler_that_stops_stops_its_job(tmp_path: Path) -> None:
    with LoopbackServer(linked_pages) as server:
        settings = configure(tmp_path, server.url)
        with scheduling(settings) as store:
            job = store.submit("crawl")
            wait_for(lambda: (found := store.get(job.id)) and found.done > 0)
        assert work_lock(settings.data_directory).is_free()
        store = JobStore(settings.service_path)
        found = store.get(job.id)
        store.close()
    assert found is not None
    assert (found.state, found.error) == ("cancelled", "interrupted; the next run continues")


def test_a_crawl_that_reaches_nothing_has_failed(tmp_path: Path) -> None:
    with LoopbackServer(slow_site) as closed:
        url = closed.url
    with scheduling(configure(tmp_path, url)) as store:
        done = ended(store, store.submit("crawl"))
    assert (done.state, done.error) == ("failed", "no page could be fetched from: a")


def test_a_job_whose_process_cannot_begin_fails_once(tmp_path: Path, site: LoopbackServer) -> None:
    settings = configure(tmp_path, site.url)
    with scheduling(settings) as store:
        assert settings.path is not None
        settings.path.write_text("sites: [", encoding="utf-8")
        done = ended(store, store.submit("crawl"))
    assert done.state == "failed"
    assert done.error is not None
    assert "ended with status 1 before it began" in done.error


def test_a_job_that_lost_its_process_is_failed_not_waited_for(
    tmp_path: Path, site: LoopbackServer
) -> None:
    settings = configure(tmp_path, site.url)
    store = JobStore(settings.service_path)
    lost = store.submit("reindex", running=True)
    with scheduling(settings):
        assert ended(store, lost).error == INTERRUPTED
    store.close()


def test_one_scheduler_for_a_data_folder(tmp_path: Path, site: LoopbackServer) -> None:
    settings = configure(tmp_path, site.url)
    assert settings.path is not None
    with scheduling(settings):
        wait_for(lambda: not schedule_lock(settings.data_directory).is_free())
        with pytest.raises(AlreadyScheduling, match=str(settings.data_directory)):
            Scheduler(settings, settings.path).run(threading.Event())


# -- the clock ----------------------------------------------------------------------------


def test_the_clock_queues_a_job_once_however_often_it_is_due(tmp_path: Path) -> None:
    """The night is moved to now; everything else is as always."""
    settings = configure(tmp_path, "http://127.0.0.1:9", crawl="30 1 * * *", reindex="0 4 * * 0")
    assert settings.path is not None
    store = JobStore(settings.service_path)
    clock = Scheduler(settings, settings.path)._start_clock()
    try:
        assert {job.id: job.next_run_time for job in clock.get_jobs()} == next_runs(settings)
        for _ in range(2):
            clock.modify_job("crawl", next_run_time=ago(seconds=30))
            wait_for(lambda: clock.get_job("crawl").next_run_time == next_runs(settings)["crawl"])
        queued = wait_for(lambda: store.list(), seconds=5)
    finally:
        clock.shutdown()
        store.close()
    assert [(job.kind, job.state, job.requested_by) for job in queued] == [
        ("crawl", "queued", "schedule")
    ]


def test_a_night_that_staff_are_in_the_way_of_follows_at_once(
    tmp_path: Path, site: LoopbackServer
) -> None:
    settings = configure(tmp_path, site.url)
    assert settings.path is not None
    store = JobStore(settings.service_path)
    by_staff = store.submit("crawl", ["a"], requested_by="staff", running=True)
    scheduler = Scheduler(settings, settings.path)
    try:
        scheduler._submit("crawl")
        assert [job.id for job in store.list()] == [by_staff.id]
        store.finish(by_staff.id, "succeeded")
        with work_lock(settings.data_directory):  # nothing is started in this test
            scheduler._poll()
        newest = store.list(1)[0]
        assert (newest.state, newest.requested_by, newest.sites) == ("queued", "schedule", ())
    finally:
        store.close()
        scheduler._store.close()


@pytest.mark.parametrize(
    ("since", "last", "made_up"),
    [
        (ago(days=3), None, True),  # has never crawled
        (ago(days=9), ago(days=2), True),  # slept for two nights: one crawl
        (ago(days=9), ago(minutes=1), False),
        (ago(minutes=1), None, False),  # is new: the next night will do
        (ago(minutes=1), ago(days=9), False),  # the schedule is new
    ],
)
def test_a_missed_night_is_made_up_at_the_next_start(
    tmp_path: Path, since: datetime, last: datetime | None, made_up: bool
) -> None:
    quiet = datetime.now(timezone.utc) + timedelta(hours=8, minutes=-30)  # 30 minutes ago there
    settings = configure(tmp_path, "http://127.0.0.1:9", crawl=f"{quiet.minute} {quiet.hour} * * *")
    seed(settings, since, last)
    with work_lock(settings.data_directory), scheduling(settings) as store:
        if made_up:
            wait_for(lambda: store.next_queued() is not None, seconds=5)
            assert [job.requested_by for job in store.list() if job.state == "queued"] == [
                "schedule"
            ]
        else:
            time.sleep(0.5)
            assert store.next_queued() is None


def test_a_job_stamped_with_its_due_time_is_not_made_up(tmp_path: Path) -> None:
    due = (datetime.now(timezone.utc) - timedelta(hours=2)).replace(
        minute=0, second=0, microsecond=0
    )
    there = due + timedelta(hours=8)
    settings = configure(tmp_path, "http://127.0.0.1:9", crawl=f"0 {there.hour} * * *")
    seed(settings, since=due - timedelta(days=9), last=due)
    with work_lock(settings.data_directory), scheduling(settings) as store:
        time.sleep(0.5)
        assert store.next_queued() is None


def test_next_runs_are_told_in_the_citys_time(tmp_path: Path) -> None:
    runs = next_runs(configure(tmp_path, "http://127.0.0.1:9", crawl="30 1 * * *"))
    assert list(runs) == ["crawl"]
    assert runs["crawl"].strftime("%H:%M %z") == "01:30 +0800"
    assert timedelta() < runs["crawl"] - datetime.now(timezone.utc) <= timedelta(days=1)
