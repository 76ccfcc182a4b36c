"""The console's words are complete, and its address works with and without a slash."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.jobs.store import KINDS, STATES
from search_api.resources import load_yaml_resource
from test_api_support import make_app

INDEXER = Path(__file__).resolve().parent.parent / "indexer"
ANSWERS = {"new", "changed", "unchanged", "redirect", "gone", "dead_link", "excluded"}


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


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_every_outcome_of_a_crawl_has_chinese_words(words: dict[str, Any]) -> None:
    """Also those that the crawler's code gives to ``FetchError``, ``_fail`` and ``done``."""
    outcomes = set(ANSWERS)
    for arguments in calls("crawl", "done"):
        outcomes |= literals(arguments[1]) if len(arguments) > 1 else set()
    causes: set[str] = set()
    for arguments in calls("crawl", "FetchError"):
        causes |= literals(arguments[0])
    for arguments in calls("crawl", "_fail"):
        causes |= literals(arguments[1])
    assert len(causes) > 5
    outcomes |= {f"failed_{cause}" for cause in causes}
    assert outcomes - words["outcomes"].keys() == set()
    assert all(is_chinese(word) for word in words["outcomes"].values())
    assert is_chinese(words["failed_status"].format(status=503))


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
