"""Removals that were held back: told everywhere, and gone when staff confirm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer.config import load_settings
from indexer.jobs.lock import work_lock
from indexer.jobs.store import JobConflict, JobStore
from loopback import Answer, LoopbackServer
from reported import reported_config
from running import qzsearch, write_config


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """For tests that confirm."""
    return reported_config(tmp_path)


# -- qzsearch confirm ---------------------------------------------------------------------


def searched(config: Path) -> int:
    answer = qzsearch(config, "search", "通知", "--json").stdout
    return int(json.loads(answer)["total"])


def test_confirming_lets_the_pages_go_and_the_index_know(config: Path) -> None:
    assert searched(config) == 10

    told = qzsearch(config, "confirm", "--site", "portal")

    assert "portal: 7 gone" in told.stdout
    assert "7 removed" in told.stdout
    assert searched(config) == 3
    (report,) = json.loads(qzsearch(config, "report", "--site", "portal", "--json").stdout)
    assert report["state"] == "finished"
    assert report["suspicious"]["confirmed"] is not None
    assert "7 of 10 documents; confirmed 20" in qzsearch(config, "report", "--run", "3").stdout
    state = json.loads(qzsearch(config, "status", "--json").stdout)
    assert state["suspicious"] == []
    assert state["jobs"][0]["summary"]["sites"] == {"portal": {"gone": 7}}
    assert qzsearch(config, "confirm", expect=1).stderr == (
        "qzsearch: no run waits for a confirmation\n"
    )


def test_only_what_waits_can_be_confirmed(config: Path) -> None:
    done = qzsearch(config, "confirm", "--site", "service_center", expect=1)
    assert done.stderr == "qzsearch: no run of service_center waits for a confirmation\n"
    assert "portal" in qzsearch(config, "confirm", "--site", "moon", expect=2).stderr
    assert searched(config) == 10


def test_nothing_is_confirmed_while_a_crawl_is_at_work(config: Path) -> None:
    settings = load_settings(config)
    with closing(JobStore(settings.service_path)) as store, work_lock(settings.data_directory):
        crawl = store.submit("crawl", running=True)
        told = qzsearch(config, "confirm", expect=1).stderr
    assert told == f"qzsearch: crawl is running already: job {crawl.id}\n"
    assert searched(config) == 10


# -- status and check ---------------------------------------------------------------------


def test_status_and_check_say_that_a_run_is_suspicious(config: Path) -> None:
    state = json.loads(qzsearch(config, "status", "--json").stdout)
    assert state["suspicious"] == [{"site": "portal", "run": 3, "removals": 7}]
    for done in (qzsearch(config, "status"), qzsearch(config, "check", expect=1)):
        assert "portal: run 3 is suspicious: 7 documents would go" in done.stdout
        assert "'qzsearch confirm --site portal'" in done.stdout
    qzsearch(config, "confirm")
    assert "suspicious" not in qzsearch(config, "status").stdout
    assert "suspicious" not in qzsearch(config, "check").stdout


# -- a crawl from end to end --------------------------------------------------------------


def test_a_site_that_seems_to_vanish_keeps_its_pages_until_staff_confirm(tmp_path: Path) -> None:
    """As staff see it: warnings, an exit status of 0, the report, the confirmation."""
    is_lost = False

    def answer(path: str) -> Answer:
        number = path.strip("/").removesuffix(".html")
        if path != "/" and (is_lost or not number.isdigit()):
            return Answer(404, {"Content-Length": "0"})
        links = "".join(f'<li><a href="/{n}.html">渔港通知第{n}号</a></li>' for n in range(1, 7))
        title, body = "首页", f'<ul>{links}</ul><a href="/dead.html">旧表格</a>'
        if number:
            title = f"渔港通知第{number}号"
            body = f"<h1>{title}</h1><div class=content><p>{'渔港施工期间请绕行。' * 20}</p></div>"
        page = f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body>"
        content = page.encode()
        headers = {"Content-Type": "text/html", "Content-Length": str(len(content))}
        return Answer(200, headers, [content])

    with LoopbackServer(answer) as server:
        config = write_config(tmp_path, {"port": server.url})
        first = qzsearch(config, "crawl")
        assert re.match(
            r"port: 7 new, 1 not there, 1 without a sitemap\n", first.stdout
        )  # /sitemap.xml is a guess
        assert re.search(
            r"^port: \d+ requests, [\d.]+ KB received, 0 B saved, in", first.stdout, re.M
        )
        assert "port: dead links: 1; 'qzsearch report --site port' names them" in first.stderr
        is_lost = True
        assert "6 missing" in qzsearch(config, "crawl", "--full").stdout
        third = qzsearch(config, "crawl", "--full")
    assert "suspicious: 6 of " in third.stderr
    assert "'qzsearch confirm --site port'" in third.stderr
    assert "suspicious" not in third.stdout
    found = json.loads(qzsearch(config, "search", "渔港通知", "--json").stdout)
    assert found["total"] == 6
    assert "6 gone" in qzsearch(config, "confirm").stdout
    found = json.loads(qzsearch(config, "search", "渔港通知", "--json").stdout)
    assert "渔港通知第1号" not in [result["title"] for result in found["results"]]


# -- the queue ----------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    with closing(JobStore(tmp_path / "service.sqlite")) as store:
        yield store


@pytest.mark.parametrize("running", [True, False])
def test_a_confirmation_is_not_queued_behind_a_crawl(store: JobStore, running: bool) -> None:
    crawl = store.submit("crawl", running=running)
    with pytest.raises(JobConflict) as caught:
        store.submit("confirm", ["portal"])
    assert caught.value.job.id == crawl.id


def test_a_crawl_may_follow_a_confirmation(store: JobStore) -> None:
    confirmation = store.submit("confirm", ["portal"])
    store.submit("crawl")
    waiting = store.next_queued()
    assert waiting is not None
    assert waiting.id == confirmation.id
    with pytest.raises(JobConflict, match="confirm is queued already"):
        store.submit("confirm")


def test_a_confirmation_that_runs_at_once_comes_before_a_queued_crawl(store: JobStore) -> None:
    crawl = store.submit("crawl")
    assert store.submit("confirm", running=True).state == "running"
    found = store.get(crawl.id)
    assert found is not None
    assert found.state == "queued"


def test_the_command_leaves_a_queued_crawl_in_the_queue(config: Path) -> None:
    with closing(JobStore(load_settings(config).service_path)) as store:
        crawl = store.submit("crawl")
        qzsearch(config, "confirm")
        found = store.get(crawl.id)
    assert found is not None
    assert found.state == "queued"
