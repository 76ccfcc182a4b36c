"""A search that runs out of time answers with what it has, and says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.index import deadline
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, build, document, names
from test_api_support import make_app, services_of

ROOT = Path(__file__).resolve().parent.parent


class Clock:
    """A clock that goes on by a second whenever somebody looks at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    return build(
        tmp_path_factory.mktemp("index"),
        document("both", "公积金提取", "营业执照也在这里办理"),
        document("fund", "公积金缴存"),
        document("licence", "营业执照办理"),
        document("school", "学校招生"),
    )


QUERY = '公积金 营业执照 -学校 "这里办理"'


def test_an_answer_in_time_is_whole(engine: WhooshEngine) -> None:
    found = ask(engine, QUERY, seconds=60.0)
    assert (names(found), found.partial) == (["both"], False)
    assert not ask(engine, QUERY).partial


def test_the_first_word_is_always_looked_at(engine: WhooshEngine) -> None:
    found = ask(engine, "公积金 营业执照", seconds=0.0)
    assert (set(names(found)), found.partial) == ({"both", "fund"}, True)


@pytest.mark.parametrize("seconds", range(2, 30))
def test_whenever_time_is_up_nothing_excluded_is_shown(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    monkeypatch.setattr(deadline.time, "monotonic", Clock())
    found = ask(engine, "公积金 OR 学校 -营业执照", seconds=float(seconds))
    assert set(names(found)) <= {"fund", "school"}
    assert found.total == len(found.hits)
    assert found.partial or set(names(found)) == {"fund", "school"}


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
from search_api.searching import SearchParameters, run_search
found = run_search(WhooshEngine(Path({str(index)!r})), SearchParameters(q="公积金 营业执照"), 0.3)
print(found.response.total, found.response.partial)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert done.stdout == "1 False\n", done.stderr


def test_the_service_says_so_too(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    held = services_of(app)
    held.settings = held.settings.model_copy(
        update={"server": held.settings.server.model_copy(update={"search_seconds": 1e-9})}
    )
    try:
        client = app.test_client()
        answer = client.get("/api/v1/search", query_string={"q": "公积金"}).get_json()
        page = client.get("/search", query_string={"q": "公积金"}).get_data(as_text=True)
        measured = client.get("/metrics").get_data(as_text=True)
    finally:
        held.close()
    assert answer["partial"] is True
    assert "可能不完整" in page
    assert 'outcome="partial"' in measured
