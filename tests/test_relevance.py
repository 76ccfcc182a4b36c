"""The project's own judged queries over the sample sites: what searching is worth must not drop.

tests/judged/README.md tells how the queries were judged and how the baseline is renewed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import Archive
from indexer.config import load_settings
from indexer.sample_sites import portal, service_center
from indexer.sample_sites.server import SampleSites
from running import qzsearch, write_config
from search_api.evaluation import MEASURES, read_qrels, read_queries, read_report

JUDGED = Path(__file__).parent / "judged"
QUERIES, QRELS = JUDGED / "queries.jsonl", JUDGED / "qrels.tsv"
BASELINE = read_report(JUDGED / "baseline.json")
ONE_POINT = 0.01
GROUPS = (
    *("service", "number", "policy", "news", "department", "office"),
    *("pinyin", "typo", "colloquial", "question", "renamed", "date"),
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of an index of both sample sites."""
    folder = tmp_path_factory.mktemp("judged")
    builders = {"portal": portal.build, "service_center": service_center.build}
    with SampleSites(builders) as served:
        file = write_config(folder, {name: site.base_url for name, site in served.items()})
        qzsearch(file, "crawl")
    return file


@pytest.fixture(scope="module")
def report(config: Path) -> dict[str, Any]:
    """What ``qzsearch evaluate`` says of it."""
    done = qzsearch(
        config,
        *("evaluate", "--queries", str(QUERIES), "--qrels", str(QRELS), "--json", "--list"),
    )
    return dict(json.loads(done.stdout))


def dropped(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """The measures that are more than one point below what they were."""
    return [
        f"{name} {now[name]:.4f}, was {before[name]:.4f}"
        for name in MEASURES
        if now[name] < before[name] - ONE_POINT - 1e-9
    ]


def told(report: dict[str, Any], *groups: str) -> str:
    """The failed queries of some groups, for whoever has to mend them."""
    failed = [one for one in report["failed"] if one["group"] in groups]
    lines = [f"{one['id']} {one['query']}: rank {one['rank']}" for one in failed]
    return "\n".join([*lines, "if this is wanted, renew the baseline: tests/judged/README.md"])


def test_no_measure_drops_by_more_than_a_point(report: dict[str, Any]) -> None:
    assert not dropped(report, BASELINE), told(report, *GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_no_group_of_queries_drops_by_more_than_a_point(report: dict[str, Any], group: str) -> None:
    assert not dropped(report["groups"][group], BASELINE["groups"][group]), told(report, group)


def test_the_baseline_is_of_these_queries(report: dict[str, Any]) -> None:
    counts = {group: figures["queries"] for group, figures in report["groups"].items()}
    baseline = {group: figures["queries"] for group, figures in BASELINE["groups"].items()}
    assert counts == baseline


def test_a_drop_is_seen() -> None:
    before = dict.fromkeys(MEASURES, 0.5)
    assert dropped({**before, "hit@1": 0.489}, before) == ["hit@1 0.4890, was 0.5000"]
    assert dropped({**before, "hit@1": 0.49, "MRR@10": 0.6}, before) == []


def test_the_set_asks_in_all_the_ways_people_ask() -> None:
    queries = read_queries(QUERIES)
    groups = Counter(query.group for query in queries.values())
    assert set(groups) == set(GROUPS)
    assert len(queries) >= 150
    assert min(groups.values()) >= 10
    assert len({query.text for query in queries.values()}) == len(queries)


def test_every_query_is_judged_and_every_judged_page_stands_in_the_sample_sites(
    config: Path,
) -> None:
    settings = load_settings(config)
    sites = {site.name: site.start_urls[0] for site in settings.sites}
    qrels = read_qrels(QRELS, sites)
    assert qrels.keys() == read_queries(QUERIES).keys()
    assert {max(grades.values()) for grades in qrels.values()} == {3}
    archive = Archive(settings.archive_path)
    known = {document.url for document in archive.iterate_documents()}
    archive.close()
    assert {url for grades in qrels.values() for url in grades} - known == set()


def test_staff_see_what_failed_and_what_changed(config: Path) -> None:
    given = ["--queries", str(QUERIES), "--qrels", str(QRELS), "--list"]
    done = qzsearch(config, "evaluate", *given, "--compare", str(JUDGED / "baseline.json"))
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["queries", *MEASURES]
    assert all(float(line.split()[2]) >= -ONE_POINT for line in lines[1:5])
    assert "service" in done.stdout
    assert "expected  http://127.0.0.1:" in done.stdout
