"""A commit is seen by every process at once, and no request fails when it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.config import load_settings
from indexer.index.engine import IndexChanges, IndexEntry
from indexer.index.titles import _SMALL
from indexer.index.whoosh_engine import WhooshEngine
from indexes import document
from running import Service, write_config

DOCUMENTS = _SMALL + 1_000
"""So many that titles are made in the background."""
COMMITS = 10
SECONDS = 2.0


def entries(first: int, last: int, word: str) -> Iterator[IndexEntry]:
    for number in range(first, last):
        made = document(
            f"{number}", f"第{number}号文件", f"关于{word}的第{number}条规定", type="policy"
        )
        yield IndexEntry(made, digest=word)


@contextmanager
def asking(service: Service, failures: list[object]) -> Iterator[None]:
    """Searches and suggestions from four threads without a pause, for the time of a block."""
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            for path, query in (("search", "规定"), ("suggest", "wenj"), ("search", "di 7 hao")):
                status, answer = service.get(f"/api/v1/{path}", q=query)
                if status != 200 or not (answer.get("total") or answer.get("suggestions")):
                    failures.append((path, query, status, answer))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def seen_after(service: Service, word: str, expected: int) -> float:
    """Seconds until twelve answers running, so of all processes, have so many results."""
    started = time.monotonic()
    right = 0
    while right < 12:
        total = service.search(f'"{word}"')["total"]
        right = right + 1 if total == expected else 0
        assert time.monotonic() - started < 10 * SECONDS, f"{word}: {total} of {expected}"
    return time.monotonic() - started


def test_every_commit_is_seen_at_once_and_no_request_fails(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    engine = WhooshEngine(load_settings(config).index_directory, prepares=False)
    engine.rebuild(entries(0, DOCUMENTS, "港口"))
    failures: list[object] = []
    took = []
    with Service(config) as service:
        service.search("规定")
        with asking(service, failures):
            for commit in range(COMMITS):
                word = f"渔业{commit}号"
                first = 50 * commit
                engine.update(IndexChanges(entries(first, first + 100, word)))
                took.append(seen_after(service, word, 100))
        # What is made in the background is there soon: a title nobody had before.
        new = document("new", "泥兴陶烧制技艺保护办法", "泥兴陶")
        engine.update(IndexChanges([IndexEntry(new, digest="new")]))
        suggested = wait_for_suggestion(service, "nixingtao")
    assert failures == [], "".join(service.output)
    assert sorted(took)[len(took) // 2] < SECONDS, took
    assert suggested == "泥兴陶烧制技艺保护办法"


def wait_for_suggestion(service: Service, typed: str) -> str:
    """The first suggestion for letters, when there is one."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        _status, answer = service.get("/api/v1/suggest", q=typed)
        if answer["suggestions"]:
            return str(answer["suggestions"][0]["text"])
        time.sleep(0.1)
    raise AssertionError(f"nothing is suggested for {typed}")
