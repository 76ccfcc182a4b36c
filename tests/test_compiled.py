"""Machine code that is kept is that of the sources as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import analyzers
from analyzers.compiled import _folder_for

_CALLER = """
from analyzers.compiled import compiled
from inner import add

@compiled
def twice(number):
    return add(number, number)

print(twice(20))
"""
_CALLED = """
from analyzers.compiled import compiled

@compiled
def add(one, other):
    return one + other + {more}
"""


def run(folder: Path) -> str:
    path = f"{folder}:{Path(analyzers.__file__).parents[1]}"
    found = subprocess.run(
        [sys.executable, "outer.py"],
        cwd=folder,
        env={"PYTHONPATH": path, "PATH": "/usr/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


def test_a_change_of_a_function_reaches_those_that_call_it(tmp_path: Path) -> None:
    (tmp_path / "outer.py").write_text(_CALLER)
    (tmp_path / "inner.py").write_text(_CALLED.format(more=0))
    assert run(tmp_path) == "40"
    (tmp_path / "inner.py").write_text(_CALLED.format(more=20))
    assert run(tmp_path) == "60"
    assert len(list((tmp_path / "__pycache__").glob("compiled-*"))) == 1


def test_code_is_kept_elsewhere_where_the_sources_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed, temporary = tmp_path / "installed", tmp_path / "temporary"
    installed.mkdir()
    temporary.mkdir()
    monkeypatch.setattr("analyzers.compiled.private_directory", lambda: temporary)
    (installed / "__pycache__").write_text("a file, so that no folder can be there")
    assert _folder_for(installed).is_relative_to(temporary)
