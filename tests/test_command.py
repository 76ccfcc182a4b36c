"""The command line: what scripts rely on."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.config import load_settings
from indexer.jobs.store import JobStore
from indexer.sample_sites import service_center
from indexer.sample_sites.server import SampleSites
from running import qzsearch, write_config


@pytest.fixture(scope="module")
def sites() -> Iterator[SampleSites]:
    with SampleSites({"service_center": service_center.build}) as served:
        yield served


@pytest.fixture(scope="module")
def config(sites: SampleSites, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service centre, crawled, in a folder with a space and Chinese characters."""
    directory = tmp_path_factory.mktemp("数据 目录")
    path = write_config(directory, {"service_center": sites["service_center"].base_url})
    told = qzsearch(path, "crawl")
    counts, traffic, index = told.stdout.splitlines()
    assert re.match(r"service_center: \d+ new, ", counts)
    assert re.match(r"service_center: \d+ requests, [\d.]+ [KM]B received, 0 B saved, in ", traffic)
    assert re.match(r"index: \d+ added, ", index)
    assert "pages" in told.stderr
    return path


def test_search_prints_the_right_guide_first(config: Path) -> None:
    answer = json.loads(qzsearch(config, "search", "营业执照", "--json").stdout)
    assert answer["total"] > 1
    assert answer["results"][0]["type"] == "service"
    assert "营业执照办理" in answer["results"][0]["title"]
    assert "营业执照办理" in qzsearch(config, "search", "营业执照").stdout


def test_search_explains_scores(config: Path) -> None:
    told = qzsearch(config, "search", "营业执照办理", "--size", "1", "--explain").stdout
    steps = re.findall(r"^ *(-?\d+\.\d{4})  (\w+)", told, re.MULTILINE)
    *parts, (score, name) = steps
    assert name == "score"
    assert sum(float(gain) for gain, _what in parts) == pytest.approx(float(score), abs=1e-2)
    assert "word" in {what for _gain, what in parts}
    assert "score" not in qzsearch(config, "search", "营业执照办理", "--size", "1").stdout


def test_status_tells_archive_index_jobs_and_next_runs(config: Path) -> None:
    state = json.loads(qzsearch(config, "status", "--json").stdout)
    assert state["archive"]["sites"]["service_center"]["documents"] > 60
    assert state["index"]["documents"] > 60
    assert state["jobs"][-1]["kind"] == "crawl"
    assert state["jobs"][-1]["state"] == "succeeded"
    assert state["scheduler_running"] is False
    assert "service_center" in qzsearch(config, "status").stdout


def test_check_finds_nothing_wrong(config: Path) -> None:
    assert "in order" in qzsearch(config, "check").stdout


def test_check_says_what_mends_a_missing_index(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    told = qzsearch(config, "check", expect=1)
    assert "qzsearch crawl" in told.stdout


def test_check_tells_faults_of_what_staff_wrote(config: Path) -> None:
    folder = load_settings(config).vocabulary_directory
    folder.mkdir()
    (folder / "synonyms.yaml").write_text("- {say: [甲]}\n", encoding="utf-8")
    (folder / "hidden.txt").write_text("广告\n的\n", encoding="utf-8")
    told = qzsearch(config, "check", expect=1)
    assert f"{folder / 'synonyms.yaml'}: line 1: 甲 has no other word" in told.stdout
    assert f"{folder / 'hidden.txt'}: line 2: " in told.stdout
    assert "2 fault(s)" in told.stderr
    # Faulty or not, searches go on.
    assert json.loads(qzsearch(config, "search", "营业执照", "--json").stdout)["total"] > 1
    (folder / "synonyms.yaml").unlink()
    (folder / "hidden.txt").unlink()
    assert "in order" in qzsearch(config, "check").stdout


def test_export_and_import_keep_every_fact(config: Path, tmp_path: Path) -> None:
    exported = tmp_path / "all.jsonl.gz"
    qzsearch(config, "export", str(exported))
    with gzip.open(exported, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    assert any(record.get("service") for record in records)
    assert {"docx", "xlsx", "pdf", "doc"} <= {record["filetype"] for record in records}
    assert any(record.get("parent") for record in records)

    other = write_config(tmp_path, {"service_center": "http://127.0.0.1:9"})
    qzsearch(other, "import", str(exported))
    again = tmp_path / "again.jsonl"
    qzsearch(other, "export", str(again))
    copies = [json.loads(line) for line in again.read_text(encoding="utf-8").splitlines()]
    assert sorted(copies, key=_url) == sorted(records, key=_url)


def _url(record: dict[str, str]) -> str:
    return record["url"]


def test_bad_lines_of_an_import_are_told_and_the_good_ones_kept(
    config: Path, tmp_path: Path
) -> None:
    lines = [
        '{"url": "http://example.cn/1", "title": "第一条好记录的标题"}',
        '{"url": "http://example.cn/2"}',
        "not json",
        '{"url": "http://example.cn/3", "title": "t", "type": "poem"}',
    ]
    path = tmp_path / "some.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")

    told = qzsearch(config, "import", str(path), expect=1)

    assert f"{path}:2: title" in told.stderr
    assert f"{path}:3: not JSON" in told.stderr
    assert f"{path}:4: type" in told.stderr
    found = json.loads(qzsearch(config, "search", "第一条好记录的标题", "--json").stdout)
    assert found["results"][0]["url"] == "http://example.cn/1"


def test_evaluate_prints_the_measures(config: Path, tmp_path: Path) -> None:
    best = json.loads(qzsearch(config, "search", "营业执照", "--json").stdout)["results"][0]
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    queries.write_text('{"id": "a", "text": "营业执照"}\n{"id": "b", "text": "没有这样的词"}\n')
    qrels.write_text(f"a\t{best['url']}\t1\nb\thttp://example.cn/none\t1\n")
    arguments = ("evaluate", "--queries", str(queries), "--qrels", str(qrels), "--json")
    assert json.loads(qzsearch(config, *arguments).stdout) == {
        "queries": 2,
        "hit@1": 0.5,
        "hit@10": 0.5,
        "MRR@10": 0.5,
        "nDCG@10": 0.5,
    }


def test_tokens_are_shown_once(config: Path) -> None:
    token = qzsearch(config, "token", "create", "window", "--role", "staff").stdout.strip()
    listed = qzsearch(config, "token", "list").stdout
    assert "window" in listed
    assert len(token.split()) == 1
    assert token not in listed
    qzsearch(config, "token", "create", "window", "--role", "staff", expect=1)
    qzsearch(config, "token", "revoke", "window")
    qzsearch(config, "token", "revoke", "nobody", expect=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dance"], "dance"),
        (["crawl", "--site", "moon"], "service_center"),
        (["report", "--site", "moon"], "service_center"),
        (["confirm", "--site", "moon"], "service_center"),
        (["report", "--run", "0"], "x>=1"),
        (["search"], "QUERY"),
        (["token", "create", "x", "--role", "king"], "staff"),
    ],
)
def test_wrong_use_is_told_in_one_line(config: Path, arguments: list[str], told: str) -> None:
    done = qzsearch(config, *arguments, expect=2)
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert told in done.stderr


def test_a_wrong_configuration_is_told_and_ends_with_two(tmp_path: Path) -> None:
    config = tmp_path / "wrong.yaml"
    config.write_text("sites: [{name: a, start_urls: [http://a.cn/]}]\ncrawl: {delay: 1}\n")
    done = qzsearch(config, "status", expect=2)
    assert f"{config}: crawl.delay: unknown key" in done.stderr


def test_a_queued_job_does_not_stand_in_the_way(config: Path) -> None:
    """Without a scheduler nobody else would ever do it."""
    store = JobStore(load_settings(config).service_path)
    queued = store.submit("crawl", full=True)

    told = qzsearch(config, "crawl")

    done, cancelled = store.list(2)
    store.close()
    assert (cancelled.id, cancelled.state) == (queued.id, "cancelled")
    assert (done.state, done.full) == ("succeeded", True)
    assert f"job {queued.id}" in told.stderr


@pytest.mark.parametrize("name", ["archive.sqlite", "service.sqlite"])
def test_a_damaged_database_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    config = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    data = load_settings(config).data_directory
    (data / name).write_bytes(b"no database" * 1000)
    assert name in qzsearch(config, "check", expect=1).stdout
    told = qzsearch(config, "status", expect=1).stderr
    assert len(told.strip().splitlines()) == 1
    assert "qzsearch check" in told


def test_a_damaged_log_of_searches_is_told_and_stands_in_nobodys_way(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    path = load_settings(config).searches_path
    path.write_bytes(b"no database" * 1000)
    assert f"{path}: file is not a database; move it" in qzsearch(config, "check", expect=1).stdout
    qzsearch(config, "status")


def test_status_tells_of_a_damaged_index_and_the_rest(config: Path, tmp_path: Path) -> None:
    other = write_config(tmp_path, {"portal": "http://127.0.0.1:9"})
    index = load_settings(other).index_directory
    index.mkdir(parents=True)
    (index / "current.json").write_text("{")
    assert "qzsearch reindex" in qzsearch(other, "status").stdout


def test_a_port_that_is_taken_is_told_in_one_line(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = config.read_text(encoding="utf-8").replace("port: 0", f"port: {port}")
        other = config.with_name("taken.yaml")
        other.write_text(text, encoding="utf-8")
        told = qzsearch(other, "serve", expect=1).stderr
    assert len(told.strip().splitlines()) == 1
    assert str(port) in told
