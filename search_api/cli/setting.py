"""What all commands share: the configuration file, failures, JSON output."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from indexer.config import Settings, load_settings
from indexer.failure import Failure


class ConfigFile:
    """The configuration file, read when a command first needs it."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @cached_property
    def settings(self) -> Settings:
        """Its settings. Raises ConfigError."""
        return load_settings(self.path)


__all__ = ["ConfigFile", "Failure", "configured_sites", "json_option", "pass_config", "print_json"]

pass_config = click.make_pass_decorator(ConfigFile)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def configured_sites(settings: Settings, names: tuple[str, ...]) -> list[str]:
    """The names, checked against the configuration. Raises click.UsageError."""
    for name in names:
        if settings.site(name) is None:
            known = ", ".join(site.name for site in settings.sites)
            raise click.BadParameter(
                f"{name!r} is not configured; takes one of {known}", param_hint="'--site'"
            )
    return list(names)
