"""The rules of the house that a program can check: layers, sizes, what a wheel holds."""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analyzers", "indexer", "search_api")
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


def python_files(*folders: str) -> list[Path]:
    """All Python files of the folders, as a checkout holds them."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    """import-linter with the contracts of setup.cfg, on the packages in ``directory``."""
    return subprocess.run(
        [sys.executable, "-c", _LINT_IMPORTS, "--no-cache"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the Python files and contracts, to be spoilt."""
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return tmp_path


# -- layers -------------------------------------------------------------------------------


def test_dependencies_point_one_way(checkout: Path) -> None:
    done = lint_imports(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("analyzers/dates.py", "import indexer.document", "A page goes one way"),
        ("indexer/cron.py", "from search_api import messages", "A page goes one way"),
        ("indexer/exchange.py", "import whoosh.index", "Whoosh is reached through"),
        ("search_api/searching.py", "from whoosh import fields", "Whoosh is reached through"),
        ("indexer/jobs/run.py", "import flask", "Only the API speaks HTTP"),
    ],
)
def test_an_import_in_the_wrong_direction_is_caught(
    checkout: Path, module: str, line: str, contract: str
) -> None:
    with (checkout / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(checkout)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = " ".join(done.stdout.partition("Broken contracts")[2].split())
    assert contract in broken


# -- sizes --------------------------------------------------------------------------------


def test_no_file_is_too_long_to_be_read_in_one_go() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*PACKAGES, "tests", "benchmarks")
    }
    assert {name: n for name, n in lengths.items() if n > MOST_FILE_LINES} == {}


def test_no_function_is_too_long_to_be_held_in_mind() -> None:
    too_long = {}
    for path in python_files(*PACKAGES, "tests", "benchmarks"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    too_long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert too_long == {}


def test_what_is_public_has_a_docstring() -> None:
    missing = []
    for path in python_files(*PACKAGES):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and ast.get_docstring(tree) is None:
            missing.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            if not isinstance(node, _DEFINITIONS) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert missing == []


# -- packaging ----------------------------------------------------------------------------


def test_every_data_file_is_package_data() -> None:
    """A file that setup.cfg's globs miss works in a checkout and is absent when installed."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    packed: set[Path] = set()
    for package, globs in config["options.package_data"].items():
        for glob in globs.split():
            packed.update(path for path in (ROOT / package).glob(glob) if path.is_file())
    present = {
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert len(present) > 100  # sample pages, forms, rules, templates
    assert {str(path.relative_to(ROOT)) for path in present - packed} == set()


def test_every_folder_with_code_is_a_package() -> None:
    """``packages = find:`` passes over folders without ``__init__.py``."""
    folders = {path.parent for path in python_files(*PACKAGES)}
    assert [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()] == []
