"""The documents say what is there: asked of the code, looked for in the text."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click
import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from indexer.config import Settings, SiteSettings, load_settings
from search_api.app import create_app
from search_api.cli import qzsearch

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


def text_of(name: str) -> str:
    """A document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def row_of(text: str, key: str) -> str:
    """The table row that begins with `key`."""
    rows = [line for line in text.splitlines() if line.startswith(f"| `{key}` |")]
    assert len(rows) == 1, f"{key}: {len(rows)} rows"
    return rows[0]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A configuration with the defaults and nothing crawled."""
    path = tmp_path / "crawl_config.yaml"
    site = {"name": "portal", "start_urls": ["http://127.0.0.1:1/"]}
    path.write_text(yaml.safe_dump({"sites": [site]}), encoding="utf-8")
    return load_settings(path)


# -- settings, parameters, metrics --------------------------------------------------------


def setting_keys() -> Iterator[tuple[str, object]]:
    """Every key of crawl_config.yaml with its default."""
    for name, spec in Settings.model_fields.items():
        if isinstance(spec.annotation, type) and issubclass(spec.annotation, BaseModel):
            for key, inner in spec.annotation.model_fields.items():
                yield f"{name}.{key}", inner.default
        elif name == "sites":
            for key, inner in SiteSettings.model_fields.items():
                yield f"sites[].{key}", inner.default
        elif not spec.exclude:
            yield name, spec.default


@pytest.mark.parametrize(("key", "default"), list(setting_keys()), ids=str)
def test_every_setting_is_in_the_table_with_its_default(key: str, default: object) -> None:
    row = row_of(text_of("docs/operations.md"), key)
    shown = row.split("|")[2].strip().strip("`")
    if default is PydanticUndefined:
        assert shown == "required"
    elif default in ("", [], None):  # nothing, or what the text says
        assert shown
        assert not shown[:1].isdigit()
    elif isinstance(default, bool):
        assert shown == str(default).lower()
    elif isinstance(default, (int, float)):
        assert float(shown) == default
    else:
        assert shown == str(default)


def test_every_setting_of_the_table_is_there() -> None:
    table = text_of("docs/operations.md").partition("## Settings")[2]
    told = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert set(told) == {key for key, _ in setting_keys()}


def test_settings_in_comments_of_the_example_may_be_taken_as_they_are(tmp_path: Path) -> None:
    """Defaults apart, `crawl_config.yaml` shows them commented out."""
    keys = {key.split(".")[-1] for key, _ in setting_keys()}
    commented = re.compile(rf"^( *)# ({'|'.join(sorted(keys))}): ", re.MULTILINE)
    text = text_of("crawl_config.yaml")
    shown = {match[2] for match in commented.finditer(text)}
    assert shown >= {"hours", "include", "exclude", "lists", "extra_urls", "render"}
    path = tmp_path / "crawl_config.yaml"
    path.write_text(commented.sub(r"\1\2: ", text), encoding="utf-8")
    settings = load_settings(path)
    assert settings.sites[0].hours
    assert settings.crawl == load_settings(ROOT / "crawl_config.yaml").crawl  # the defaults
    present = keys - set(re.findall(r"^ *(?:- )?(?:# )?([a-z_]+):", text, re.MULTILINE))
    assert present <= {"hosts", "index", "opensearch"}


def test_every_ranking_parameter_is_explained_with_its_value() -> None:
    text = text_of("docs/relevance.md")
    source = resources.files("indexer.index").joinpath("ranking.yaml").read_text("utf-8")
    for name, value in yaml.safe_load(source).items():
        row = row_of(text, name)
        if isinstance(value, (int, float)):
            assert float(row.split("|")[2]) == value, name
        elif isinstance(value, dict):
            for key, factor in value.items():
                one = factor if isinstance(factor, (int, float)) else factor["most"]
                assert f"`{key}` {one}" in row
    told = re.findall(r"^\| `([a-z0-9_]+)` \|", text, re.MULTILINE)
    assert set(told) == set(yaml.safe_load(source))


def test_every_metric_is_explained(settings: Settings) -> None:
    answer = create_app(settings).test_client().get("/metrics").text
    given = set(re.findall(r"^# HELP (\w+)", answer, re.MULTILINE))
    given = {name for name in given if not name.endswith("_created")}
    table = text_of("docs/operations.md").partition("## Monitoring")[2]
    assert set(re.findall(r"^\| `(qzsearch_\w+)` \|", table, re.MULTILINE)) == given


# -- commands and addresses ---------------------------------------------------------------


def commands(group: click.Group, prefix: str = "qzsearch") -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_option_is_in_the_readme(readme: str) -> None:
    text = text_of(readme)
    found = dict(commands(qzsearch))
    assert len(found) >= 15  # the three of `token` among them
    for name, command in found.items():
        match = re.search(rf"`{name}( [^`]*)?`", text)
        assert match, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert max(parameter.opts, key=len) in match.group(), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_in_documents_exist(document: str) -> None:
    code = re.findall(r"```sh\n(.*?)```|`(qzsearch [^`\n]+)`", text_of(document), re.DOTALL)
    lines = "\n".join(block or line for block, line in code)
    known = {name.split()[1] for name, _ in commands(qzsearch)} | {"COMMAND"}
    for options, word in re.findall(
        r"(?:^|bin/|\$\()qzsearch((?: \[?--config \S+)*) ([A-Za-z][A-Za-z-]*)", lines, re.MULTILINE
    ):
        assert word in known, f"{document}: qzsearch{options} {word}"


@pytest.mark.parametrize("readme", READMES)
def test_every_address_of_the_service_is_in_the_readme(readme: str, settings: Settings) -> None:
    text = text_of(readme)
    for rule in create_app(settings).url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        if not address.startswith("/static/"):
            assert re.search(rf"`(GET )?{re.escape(address)}`", text), address


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md"])
def test_every_make_command_is_a_target(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", "\n".join(code_of(document))))
    assert {"test"} <= named <= targets


def code_of(document: str) -> list[str]:
    """What a document sets as code."""
    return re.findall(r"```sh\n.*?```|`[^`\n]+`", text_of(document), re.DOTALL)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "```sh\nmake test " in text_of("README.md")
    lines = text_of(".ci/run").splitlines()
    assert "make test" in lines
    assert "export QZSEARCH_NO_SKIPS=1" in lines


# -- links, versions, records -------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors that a Markdown viewer makes of the headings."""
    return {
        _NOT_IN_ANCHOR.sub("", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for link in _LINK.findall(text_of(document)):
        if link.startswith(("http://", "https://")):
            continue
        target, _, anchor = link.partition("#")
        path = (ROOT / document).parent / target if target else ROOT / document
        assert path.exists(), f"{document}: {link}"
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), f"{document}: {link}"


def test_files_named_in_documents_exist() -> None:
    named = re.compile(r"`((?:analyzers|indexer|search_api|docs|deploy|tests)/[\w./-]+)`")
    for document in DOCUMENTS:
        for path in named.findall(text_of(document)):
            assert (ROOT / path).exists(), f"{document}: {path}"


def test_the_changelog_tells_of_this_version() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    version = re.escape(config["metadata"]["version"])
    assert re.search(rf"^## {version} - \d{{4}}-\d\d-\d\d$", text_of("CHANGELOG.md"), re.MULTILINE)


def test_every_runtime_dependency_has_its_reason() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    required = {
        re.split(r"[\s<>=!;]", line)[0].lower()
        for line in config["options"]["install_requires"].splitlines()
        if line and not line.startswith("#")
    }
    table = text_of("docs/decisions/0010-dependencies.md").partition("## What we do without")[0]
    told = {cells[1].strip().lower() for row in table.splitlines() if (cells := row.split("|"))[1:]}
    assert required <= told
    assert told - required <= {"package", "---"}


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_decision_records_are_whole_and_listed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.stem[:4]} ")
    assert re.search(r"^Date: 20\d\d-\d\d-\d\d$", text, re.MULTILINE)
    for heading in ("## Context", "## Decision", "## Consequences"):
        assert heading in text, heading
    assert f"({path.name})" in text_of("docs/decisions/README.md")


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = (text_of(name) for name in READMES)
    for pattern in (r"^#+ ", r"^\| ", r"^```", r"^\* "):
        counts = [len(re.findall(pattern, text, re.MULTILINE)) for text in (english, chinese)]
        assert counts[0] == counts[1], pattern
