"""A search that runs out of time answers with what it has, and says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from indexer.index import deadline
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, build, document, names
from search_api import observed, searching
from search_api.parameters import SearchParameters
from search_api.searching import Correction, SearchOutcome, run_search
from test_api_popular import counted
from test_api_support import make_app, services_of

ROOT = Path(__file__).resolve().parent.parent


class Clock:
    """A clock that goes on by a second whenever somebody looks at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What searches look at, and nobody else."""
    made = Clock()
    for module in (deadline, searching):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=made))
    return made


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    return build(
        tmp_path_factory.mktemp("index"),
        document("both", "公积金提取", "营业执照也在这里办理 gb2312"),
        document("fund", "公积金缴存"),
        document("licence", "营业执照办理"),
        document("school", "学校招生"),
        document("systems", "windows linux", type="news"),
    )


QUERY = '公积金 营业执照 -学校 "这里办理"'


def test_an_answer_in_time_is_whole(engine: WhooshEngine) -> None:
    found = ask(engine, QUERY, seconds=60.0)
    assert (names(found), found.partial) == (["both"], False)
    assert not ask(engine, QUERY).partial


def test_the_first_word_is_always_looked_at(engine: WhooshEngine) -> None:
    found = ask(engine, "公积金 营业执照", seconds=0.0)
    assert (set(names(found)), found.partial) == ({"both", "fund"}, True)


@pytest.mark.parametrize(
    "exclusions",
    ["-营业执照", '-"营业执照" -"这里办理"', "-intitle:提取 -intitle:营业执照", "-gb23*"],
)
@pytest.mark.usefixtures("clock")
def test_whenever_time_is_up_nothing_excluded_is_shown(
    engine: WhooshEngine, exclusions: str
) -> None:
    query = f"公积金 OR 学校 {exclusions}"
    for seconds in range(40):
        found = ask(engine, query, seconds=float(seconds))
        assert set(names(found)) <= {"fund", "school"}
        assert found.total == len(found.hits)
        assert found.partial or set(names(found)) == {"fund", "school"}
    assert not found.partial


def test_what_is_not_looked_for_in_time_is_not_found(engine: WhooshEngine) -> None:
    def found(query: str) -> list[str]:
        answer = ask(engine, query, seconds=0.0)
        assert answer.partial
        return sorted(names(answer))

    assert found("学校 OR 公积金 OR 营业执照") == ["school"]
    assert found("intitle:公积金 intitle:缴存") == []
    assert found('"公积金"') == ["both", "fund"]
    assert found('"公积金" "缴存"') == []
    assert found("公积金 -学校") == []
    assert found("gb*") == []


@pytest.mark.usefixtures("clock")
def test_titles_are_looked_at_word_by_word(engine: WhooshEngine) -> None:
    """The score grows with the time: with each word, then with each that the title says."""
    scores = set()
    for seconds in range(20):
        hits = ask(engine, "linux windows", seconds=float(seconds), exact=True).hits
        scores |= {hit.score for hit in hits if hit.document.title == "windows linux"}
    assert len(scores) == 4


def test_the_first_search_after_an_installation_is_whole(tmp_path: Path) -> None:
    """What is compiled then takes longer than a search may."""
    index = tmp_path / "index"
    build(index, document("both", "公积金提取", "营业执照也在这里办理"))
    for package in ("analyzers", "indexer", "search_api"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=leave)
    program = f"""
from pathlib import Path
from indexer.index.whoosh_engine import WhooshEngine
from search_api.searching import Correction, SearchParameters, run_search
found = run_search(WhooshEngine(Path({str(index)!r})), SearchParameters(q="公积金 营业执照"), 0.3)
print(found.response.total, found.response.partial)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert done.stdout == "1 False\n", done.stderr


# -- a whole request ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def misspelt(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    """Who types 公基金 means 公积金."""
    documents = [document(f"m{n}", f"公积金指南{n}", "怎样缴存。") for n in range(6)]
    return build(tmp_path_factory.mktemp("index"), *documents)


def test_the_search_for_a_correction_has_the_time_that_is_left(
    misspelt: WhooshEngine, clock: Clock
) -> None:
    def run(query: str, seconds: int) -> SearchOutcome:
        return run_search(misspelt, SearchParameters(q=query), float(seconds))

    def needed(query: str) -> int:
        return next(n for n in range(60) if not run(query, n).response.partial)

    def passed(query: str, seconds: int) -> float:
        before = clock.now
        run(query, seconds)
        return clock.now - before

    enough = needed("公基金")
    assert enough >= needed("公积金") + passed("公基金", 0)
    for seconds in range(enough):
        found = run("公基金", seconds)
        assert found.response.partial
        assert found.correction in (None, Correction("公积金", applied=False))
    found = run("公基金", enough)
    assert found.correction is not None
    assert found.correction.applied
    assert found.response.total == 6


@contextmanager
def service(folder: Path, seconds: float) -> Iterator[Flask]:
    """The service with so many seconds for a search."""
    app = make_app(folder)
    held = services_of(app)
    server = held.settings.server.model_copy(update={"search_seconds": seconds})
    held.settings = held.settings.model_copy(update={"server": server})
    try:
        yield app
    finally:
        held.close()


def test_the_wait_for_a_turn_counts(tmp_path: Path) -> None:
    with service(tmp_path, 1.0) as app:
        answers: list[dict[str, Any]] = []

        def ask_it() -> None:
            answer = app.test_client().get("/api/v1/search?q=公积金 缴存比例")
            answers.append(answer.get_json())

        ask_it()
        waiting = threading.Thread(target=ask_it)
        with observed._turn, observed._turn:
            waiting.start()
            waiting.join(1.3)
        waiting.join()
    assert [answer["partial"] for answer in answers] == [False, True]
    assert answers[1]["took_ms"] > 1000


def test_the_service_says_so_too(tmp_path: Path) -> None:
    with service(tmp_path, 1e-9) as app:
        client = app.test_client()
        answer = client.get("/api/v1/search", query_string={"q": "公积金"})
        page = client.get("/search", query_string={"q": "公积金"})
        measured = client.get("/metrics").get_data(as_text=True)
    assert answer.get_json()["partial"] is True
    assert "可能不完整" in page.get_data(as_text=True)
    assert 'outcome="partial"' in measured
    assert {one.headers["Cache-Control"] for one in (answer, page)} == {"no-store"}


def test_what_was_not_found_in_time_is_not_taken_for_the_truth(tmp_path: Path) -> None:
    with service(tmp_path, 1e-9) as app:
        client = app.test_client()
        client.get("/api/v1/search", query_string={"q": "公积金"})
        answer = client.get("/api/v1/search", query_string={"q": "公基金"}).get_json()
        described = client.get("/openapi.json").get_json()
    assert answer["correction"] in (None, {"query": "公积金", "applied": False})
    assert counted(services_of(app).settings) == {}
    schema = described["components"]["schemas"]["SearchAnswer"]["properties"]["partial"]
    assert "results may be missing" in schema["description"]
    assert "documents without some of the words" in schema["description"]
