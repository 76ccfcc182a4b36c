"""Reports of runs in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import Archive, Frontier
from indexer.archive.report import brief_report
from indexer.config import Settings, load_settings
from reported import (
    ARTICLES,
    BLOCKED,
    DEAD,
    HOME,
    LOST,
    PORTAL,
    SCAN,
    SCRIPT,
    SITES,
    first_night,
    lossy_night,
    reported_config,
)
from running import qzsearch, write_config
from search_api.cli.report_text import plain, readable_bytes, report_lines
from search_api.runs import latest_reports


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For tests that change nothing."""
    return reported_config(tmp_path_factory.mktemp("reported"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with closing(Archive(tmp_path / "archive.sqlite")) as archive:
        yield archive


# -- qzsearch report ----------------------------------------------------------------------


def test_the_first_night_is_told_in_words(read_only: Path) -> None:
    told = qzsearch(read_only, "report", "--run", "1").stdout
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert lines[0].startswith("portal: full run 1, 20")
    assert lines[0].endswith(": finished")
    assert "found 12 new, 1 not there" in lines
    assert "blocked 1 by a firewall, 1 by robots.txt" in lines
    assert "failed 1 redirecting off the allowed hosts, 1 with status 503, 1 timed out" in lines
    assert "traffic 19 requests, 3.0 MB received, 0 B saved, in 12.5 s" in lines
    assert f"{DEAD} “旧版申请表<b>下载</b>”: 404, since " in told
    assert "dead links 1" in lines
    assert f"on {HOME}" in lines
    assert f"on {ARTICLES[7]} “第8号通知”" in lines
    assert "通知公告: newest of 2009-12-03, " in told
    assert f"needs script 1\n    {SCRIPT}\n" in told
    assert "read in part 1" in lines
    assert f"{ARTICLES[1]} “第2号通知”: {SCAN}" in lines
    assert f"{PORTAL}away.html: redirects to http://elsewhere.example/" in lines
    assert "/calendar.jsp?month=*: 100 asked for, 2000 left out" in lines
    assert "held back" not in told
    assert BLOCKED not in told


def test_a_suspicious_run_tells_how_many_wait_and_what_confirms(read_only: Path) -> None:
    told = qzsearch(read_only, "report", "--site", "portal").stdout
    assert "full run 3," in told
    assert "SUSPICIOUS" in told
    assert "held back    7 of 10 documents would go, so none went" in told
    assert all(url in told for url in LOST)
    assert "qzsearch confirm --site portal" in told
    assert "2.0 KB saved" in told


def test_each_site_has_its_latest_report_and_a_pause_its_reason(read_only: Path) -> None:
    reports = json.loads(qzsearch(read_only, "report", "--json").stdout)
    assert [(one["site"], one["run"], one["state"]) for one in reports] == [
        ("portal", 3, "suspicious"),
        ("service_center", 4, "paused"),
    ]
    assert reports[0]["suspicious"]["pages"] == sorted(LOST)
    assert reports[0]["suspicious"]["confirmed"] is None
    told = qzsearch(read_only, "report", "--site", "service_center").stdout
    assert "paused (outside the hours 22:00-06:00)" in told


def test_a_title_does_not_steer_the_terminal(read_only: Path) -> None:
    told = qzsearch(read_only, "report", "--run", "1").stdout
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "关于 [31m假期 安排的通知" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--run", "99"], "there is no run 99"),
        (["--run", "4", "--site", "portal"], "there is no run 4 of portal"),
        (["--run", str(2**70)], "there is no run"),
    ],
)
def test_a_run_that_is_not_there_is_told(read_only: Path, arguments: list[str], told: str) -> None:
    done = qzsearch(read_only, "report", *arguments, expect=1)
    assert told in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


def test_without_a_run_there_is_no_report(tmp_path: Path) -> None:
    config = write_config(tmp_path, SITES)
    assert "qzsearch crawl" in qzsearch(config, "report", expect=1).stderr
    with closing(Archive(load_settings(config).archive_path)) as archive:
        Frontier(archive, "portal")
    assert "no run of portal" in qzsearch(config, "report", "--site", "portal", expect=1).stderr
    assert "has no report yet" in qzsearch(config, "report", "--run", "1", expect=1).stderr


def test_many_dead_links_are_listed_up_to_twenty(archive: Archive, tmp_path: Path) -> None:
    first_night(archive)
    zone = load_settings(write_config(tmp_path, SITES)).schedule.zone
    (report,) = latest_reports(archive, ["portal"])
    (link,) = report["dead_links"]
    link["carriers_total"] = 9
    report["dead_links"] = [{**link, "url": f"{PORTAL}{n}"} for n in range(100)]
    report["dead_links_total"] = 340
    told = "\n".join(report_lines(report, zone))
    assert "340, of which the first 20" in told
    assert told.count("404, since") == 20
    assert told.count("and on 5 more") == 20


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (150 * 1024, "150 KB"),
     (3 * 1024**2 + 1024**2 // 2, "3.5 MB"), (5 * 1024**5, "5120 TB")],
)  # fmt: skip
def test_bytes_are_told_in_readable_units(count: int, shown: str) -> None:
    assert readable_bytes(count) == shown


def test_plain_text_keeps_what_can_be_read() -> None:
    assert plain("钦州 a\tb\n\x9bc") == "钦州 a b  c"


def test_a_later_run_takes_the_place_of_a_suspicious_one(archive: Archive) -> None:
    first_night(archive)
    lossy_night(archive)
    lossy_night(archive)
    (report,) = latest_reports(archive, ["portal"])
    assert report["state"] == "suspicious"
    first_night(archive)  # everything is back
    (report,) = latest_reports(archive, ["portal"])
    assert (report["run"], report["state"], report["suspicious"]) == (4, "finished", None)


# -- summaries of jobs --------------------------------------------------------------------


def summary_of(settings: Settings) -> dict[str, Any]:
    with closing(Archive(settings.archive_path)) as archive:
        reports = latest_reports(archive, SITES)
    return {"sites": {report["site"]: report for report in reports}, "seconds": 1.0}


def test_jobs_carry_reports_without_their_lists(read_only: Path) -> None:
    report = summary_of(load_settings(read_only))["sites"]["portal"]
    brief = brief_report(report)
    assert brief["outcomes"] == {"missing": 7, "unchanged": 1}
    assert brief["suspicious"] == {"removals": 7, "documents": 10}
    assert PORTAL not in json.dumps(brief)
