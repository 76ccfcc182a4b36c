"""kill -9 at any moment: the next command works, nothing archived is lost, searches go on.

Twenty random moments of a crawl, ten each of a reindex and of the commit of an import, while
the web service answers a search every few milliseconds.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer.config import load_settings
from indexer.sample_sites import portal, service_center
from indexer.sample_sites.server import SampleSites
from running import Service, kill, qzsearch, start, wait_for, write_config

CRAWL_MOMENTS = 20
MOMENTS = 10


class Watcher:
    """Searches without pause in a thread and remembers every answer."""

    def __init__(self, service: Service, query: str) -> None:
        self._service = service
        self._query = query
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers: list[tuple[int, int]] = []

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            status, answer = self._service.get("/api/v1/search", q=self._query)
            total = answer["total"] if status == 200 else -1
            self.answers.append((status, total))

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def archived(config: Path) -> dict[str, tuple[str, bytes | None]]:
    """State and body hash of every page that was ever fetched."""
    rows = ask(
        load_settings(config).archive_path,
        "SELECT url, state, body FROM page WHERE body IS NOT NULL",
    )
    return {url: (state, body) for url, state, body in rows}


def whole(config: Path) -> dict[str, list[Any]]:
    """All that a crawl leaves in the archive, times apart: pages with what is known of them,
    documents, links, and the report's counts of pages."""
    archive = load_settings(config).archive_path
    return {
        "pages": ask(
            archive,
            "SELECT p.url, p.site, p.state, p.kind, p.anchor, q.url, p.status, p.body, "
            "p.text_hash, p.lastmod, p.lastmod_seen, p.misses, p.leaving, p.orphaned IS NULL, "
            "p.next_due IS NULL FROM page p LEFT JOIN page q ON q.id = p.parent ORDER BY p.url",
        ),
        "documents": ask(
            archive,
            "SELECT p.url, d.digest, d.fingerprint, d.extraction, d.problem "
            "FROM document d JOIN page p ON p.id = d.page ORDER BY p.url",
        ),
        "links": ask(
            archive,
            "SELECT s.url, t.url, l.anchor FROM link l JOIN page s ON s.id = l.source "
            "JOIN page t ON t.id = l.target ORDER BY s.url, t.url",
        ),
        "reports": ask(
            archive,
            "SELECT site, json_extract(report, '$.pages'), json_extract(report, '$.outcomes') "
            "FROM run WHERE report IS NOT NULL ORDER BY site",
        ),
    }


def indexed(config: Path) -> int:
    return int(json.loads(qzsearch(config, "status", "--json").stdout)["index"]["documents"])


def job_state(config: Path) -> str:
    rows = ask(load_settings(config).service_path, "SELECT state FROM job ORDER BY id DESC LIMIT 1")
    return str(rows[0][0]) if rows else ""


def ask(database: Path, query: str) -> list[Any]:
    """Rows of a database that another process writes; none while it has no such table."""
    try:
        with closing(sqlite3.connect(database, timeout=10)) as db:
            return db.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


@pytest.fixture(scope="module")
def sites() -> Iterator[SampleSites]:
    with SampleSites({"portal": portal.build, "service_center": service_center.build}) as served:
        yield served


def configure(directory: Path, sites: SampleSites, **crawl: Any) -> Path:
    urls = {name: site.base_url for name, site in sites.items()}
    server = {"port": 0, "workers": 1, "threads": 4}
    return write_config(directory, urls, server=server, crawl=crawl)


@pytest.fixture(scope="module")
def crawled(sites: SampleSites, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose sites were crawled once, undisturbed."""
    config = configure(tmp_path_factory.mktemp("undisturbed"), sites)
    qzsearch(config, "crawl")
    return config


def test_a_killed_crawl_loses_nothing_and_ends_like_an_undisturbed_one(
    sites: SampleSites, crawled: Path, tmp_path: Path
) -> None:
    config = configure(tmp_path, sites)
    chance = random.Random(2009)
    survived: dict[str, Any] = {}
    for moment in range(CRAWL_MOMENTS):
        process = start(config, "crawl")
        wait_until_at_work(config, process)
        time.sleep(chance.uniform(0, 0.9))
        kill(process)
        found = archived(config)
        assert survived.items() <= found.items(), f"lost at moment {moment}"
        survived = found
        qzsearch(config, "status")
    assert len(survived) < len(archived(crawled)), "no kill came before the end of the crawl"

    qzsearch(config, "crawl")

    found, undisturbed = whole(config), whole(crawled)
    for part in undisturbed:
        assert len(undisturbed[part]) > 1
        assert found[part] == undisturbed[part], part
    assert indexed(config) == indexed(crawled)


def test_a_killed_reindex_leaves_the_old_index_answering(crawled: Path) -> None:
    chance = random.Random(604)
    with Service(crawled) as service:
        total = service.search("钦州")["total"]
        with Watcher(service, "钦州") as watcher:
            for _ in range(MOMENTS):
                process = start(crawled, "reindex")
                wait_until_at_work(crawled, process)
                time.sleep(chance.uniform(0, 2.5))
                kill(process)
            qzsearch(crawled, "reindex")
        assert set(watcher.answers) == {(200, total)}
        assert len(watcher.answers) > 100
    qzsearch(crawled, "reindex")
    generations = list(load_settings(crawled).index_directory.glob("g*"))
    assert len(generations) == 1, "what killed rebuilds left is swept away"
    qzsearch(crawled, "check")


def test_a_killed_commit_shows_all_of_a_batch_or_nothing(crawled: Path, tmp_path: Path) -> None:
    """Each batch puts one new word into the same 100 documents."""
    chance = random.Random(1200)
    settings = load_settings(crawled)
    words = [f"第{number}批次测试词{number}号" for number in range(MOMENTS + 1)]
    with Service(crawled) as service, Watcher(service, "钦州") as watcher:
        for word in words[:-1]:
            process = start(crawled, "import", str(write_batch(tmp_path, word)))
            wait_until_writing(settings.index_directory, process)
            time.sleep(chance.uniform(0, 0.35))
            kill(process)
            assert service.search(f'"{word}"')["total"] in (0, 100)
        qzsearch(crawled, "import", str(write_batch(tmp_path, words[-1])))
        wait_for(lambda: service.search(f'"{words[-1]}"')["total"] == 100)
        assert all(service.search(f'"{word}"')["total"] == 0 for word in words[:-1])
    assert {status for status, _ in watcher.answers} == {200}
    assert len({total for _, total in watcher.answers}) == 1
    qzsearch(crawled, "check")


def write_batch(directory: Path, word: str) -> Path:
    path = directory / "batch.jsonl"
    records = (
        {"url": f"http://batch.example/{number}", "title": f"批量{number}", "text": word}
        for number in range(100)
    )
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return path


def wait_until_writing(index: Path, process: subprocess.Popen[bytes]) -> None:
    """Until a Whoosh writer is at work in the current generation."""
    wait_for(lambda: any(index.glob("g*/*.tmp")) or process.poll() is not None)


def wait_until_at_work(config: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the command has begun its job."""
    wait_for(lambda: job_state(config) == "running" or process.poll() is not None)
