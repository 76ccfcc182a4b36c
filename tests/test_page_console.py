"""The console's words are complete, and its address works with and without a slash."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.jobs.store import KINDS, STATES
from search_api.resources import load_yaml_resource
from test_api_support import make_app

ROOT = Path(__file__).resolve().parent.parent
INDEXER = ROOT / "indexer"
ANSWERS = {
    "new", "changed", "unchanged", "returned", "spared", "missing", "redirect", "duplicate",
    "noindex", "excluded", "dead_link", "trap", "gone",
}  # fmt: skip


@pytest.fixture(scope="module")
def words() -> dict[str, Any]:
    return load_yaml_resource("console.yaml")


def calls(folder: str, name: str) -> Iterator[list[ast.expr]]:
    """The arguments of every call of a function of this name in a folder of the indexer."""
    for path in (INDEXER / folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                if name in (getattr(called, "id", None), getattr(called, "attr", None)):
                    yield node.args


def literals(expression: ast.expr) -> set[str]:
    """The strings that an argument may be; none for one that is computed."""
    if isinstance(expression, ast.IfExp):
        return literals(expression.body) | literals(expression.orelse)
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    return set()


def crawled_outcomes() -> set[str]:
    """Those that the crawler's code names."""
    outcomes: set[str] = set()
    for name in ("done", "fail"):
        for arguments in calls("crawl", name):
            outcomes |= literals(arguments[1]) if len(arguments) > 1 else set()
    for arguments in calls("crawl", "FetchError"):
        outcomes |= {f"failed_{cause}" for cause in literals(arguments[0])}
    return outcomes


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_every_outcome_of_a_crawl_has_chinese_words(words: dict[str, Any]) -> None:
    """Also those that the crawler's code gives to ``FetchError``, ``fail`` and ``done``."""
    outcomes = ANSWERS | crawled_outcomes()
    assert len(outcomes - ANSWERS) > 10
    assert outcomes - words["outcomes"].keys() == set()
    assert all(is_chinese(word) for word in words["outcomes"].values())
    assert is_chinese(words["failed_status"].format(status=503))


def test_every_outcome_of_a_crawl_has_english_words_for_the_terminal() -> None:
    english = load_yaml_resource("report.yaml")
    for outcome in ANSWERS - {"gone"} | crawled_outcomes():
        part, _, cause = outcome.partition("_")
        words = english[part] if part in ("blocked", "failed") else english["outcomes"]
        assert (cause if words is not english["outcomes"] else outcome) in words


def test_every_word_that_the_scripts_ask_for_is_there(words: dict[str, Any]) -> None:
    scripts = "".join(path.read_text("utf-8") for path in (ROOT / "search_api/static").glob("*.js"))
    for name in set(re.findall(r"\bwords\.(\w+)", scripts)):
        assert name in words, name
    told = set(re.findall(r"\btold\.(\w+)", scripts))
    assert len(told) > 20
    for name in told:
        text = words["report"][name]
        assert isinstance(text, dict) or is_chinese(text), name
    assert set(words["report"]) == told | {"reasons"} | {"states"}


def test_every_unit_kind_and_state_of_jobs_has_chinese_words(words: dict[str, Any]) -> None:
    units: set[str] = set()
    for arguments in calls("jobs", "report"):
        if len(arguments) > 2:
            units |= literals(arguments[2])
    assert units >= {"pages", "documents", "lines", "pages read again"}
    assert all(is_chinese(words["units"][unit]) for unit in units)
    assert all(is_chinese(words["kinds"][kind]) for kind in KINDS)
    assert all(is_chinese(words["states"][state]) for state in STATES)


def test_the_console_needs_no_redirect_that_could_leave_https(tmp_path: Path) -> None:
    client: FlaskClient = make_app(tmp_path, indexed=False).test_client()
    for path in ("/admin", "/admin/"):
        response = client.get(path, headers={"X-Forwarded-Proto": "https"})
        assert response.status_code == 200
        assert "请输入访问令牌" in response.get_data(as_text=True)
        assert response.headers["Cache-Control"] == "no-store"
