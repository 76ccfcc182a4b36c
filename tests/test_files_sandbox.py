"""The process that reads: what it costs when a file kills it, and that it never stays behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import files_made as made
from indexer.extract.files import BROKEN, LIMIT, OK, FileText, limits, read_file, sandbox

ROOT = Path(__file__).parent.parent
TEXT = "一、申请条件".encode()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    sandbox.close()
    yield
    sandbox.close()


def read(body: bytes = TEXT) -> FileText:
    found = read_file(body, "txt")
    assert found is not None
    return found


def worker() -> int:
    """The worker's process id."""
    assert sandbox._worker is not None
    return sandbox._worker.process.pid


def gone(process: int, seconds: float = 5.0) -> bool:
    """Whether a process ends in time; zombies of others count as ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_one_worker_reads_file_after_file() -> None:
    read()
    first = worker()
    assert read().text == "一、申请条件"
    assert worker() == first


def test_a_worker_killed_between_two_files_costs_nothing() -> None:
    read()
    os.kill(worker(), signal.SIGKILL)
    assert gone(worker())
    assert read().outcome == OK


def test_a_worker_killed_in_the_middle_costs_one_file() -> None:
    read()
    process = worker()
    os.kill(process, signal.SIGSTOP)
    killer = threading.Timer(0.3, os.kill, (process, signal.SIGKILL))
    killer.start()
    found = read()
    killer.join()
    assert found == FileText("", BROKEN, "its reader crashed (SIGKILL)")
    assert read().outcome == OK


def test_a_worker_that_hangs_is_ended_in_time() -> None:
    read()
    process = worker()
    os.kill(process, signal.SIGSTOP)
    begun = time.monotonic()
    found = sandbox.read(TEXT, "txt", 1)
    assert found == FileText("", LIMIT, "takes more time than a file gets")
    assert time.monotonic() - begun < 3
    assert gone(process)
    assert read().outcome == OK


def test_a_file_that_does_not_fit_into_a_pipe_to_a_hanging_worker() -> None:
    read()
    os.kill(worker(), signal.SIGSTOP)
    assert sandbox.read(bytes(10_000_000), "txt", 1).outcome == LIMIT


def test_memory_is_watched_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    read()
    os.kill(worker(), signal.SIGSTOP)  # it cannot end before it is looked at
    real = limits.limit
    monkeypatch.setattr(
        sandbox, "limit", lambda name: 1_000_000 if name == "resident_bytes" else real(name)
    )
    assert read() == FileText("", LIMIT, "needs more memory than a file gets")


def test_threads_take_turns() -> None:
    found: list[FileText] = []
    bodies = [f"第{number}条".encode() * 1000 for number in range(12)]
    threads = [threading.Thread(target=lambda b=body: found.append(read(b))) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.text for each in found) == sorted(body.decode() for body in bodies)


def _child(answers: multiprocessing.connection.Connection) -> None:
    answers.send((read().text, worker()))
    sandbox.close()


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_process_has_a_worker_of_its_own(method: str) -> None:
    read()
    ours = worker()
    context = multiprocessing.get_context(method)
    here, there = context.Pipe()
    child = context.Process(target=_child, args=(there,))
    child.start()
    text, theirs = here.recv()
    child.join()
    assert (text, child.exitcode) == ("一、申请条件", 0)
    assert theirs != ours
    assert read().text == "一、申请条件"
    assert worker() == ours


PARENT = """
    import sys, threading, time
    from indexer.extract.files import read_file, sandbox
    read_file("条件".encode(), "txt")
    if sys.argv[1] == "busy":
        body = b"{\\\\rtf1" + b"\\\\u20013 " * 6_000_000
        threading.Thread(target=sandbox.read, args=(body, "rtf", 60), daemon=True).start()
        time.sleep(0.7)
    print(sandbox._worker.process.pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("end", ["killed", "ended"])
def test_no_worker_outlives_its_parent(state: str, end: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), state],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        process = int(parent.stdout.readline())
        assert not gone(process, 0.1)
        if end == "killed":
            parent.kill()
        else:
            assert parent.stdin is not None
            parent.stdin.close()
        assert gone(process, 3)
        parent.wait(5)


def test_the_worker_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QZSEARCH_TOKEN", "geheim")
    read()
    assert b"geheim" not in Path(f"/proc/{worker()}/environ").read_bytes()


def test_warm_reading_is_fast() -> None:
    body = made.fixture("form.docx")
    read_file(body, "docx")
    begun = time.monotonic()
    for _ in range(20):
        read_file(body, "docx")
    assert time.monotonic() - begun < 4
