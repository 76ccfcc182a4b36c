"""crawl_config.yaml: every setting, its default and what it takes.

Whatever is wrong is told in one line each: file, key, value, and what is accepted.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator

from indexer.config_crawl import CrawlSettings, SiteSettings
from indexer.config_errors import ConfigError, describe, fault_at, load_yaml
from indexer.config_section import Section
from indexer.config_values import CronLine, Folder, PublicNumber, StartUrl

__all__ = ["ConfigError", "CrawlSettings", "Settings", "SiteSettings", "load_settings"]


class StorageSettings(Section):
    """Where everything is kept; a relative folder counts from the configuration file."""

    directory: Folder = Path("data")


class OpenSearchSettings(Section):
    """For ``engine: opensearch``."""

    hosts: list[StartUrl] = Field(["http://127.0.0.1:9200"], min_length=1)
    index: str = "qzsearch"


class FilesSettings(Section):
    """How attachments are read."""

    ocr: bool = False


class PersonalDataSettings(Section):
    """What is masked in everything that is shown."""

    allow: list[PublicNumber] = Field([])

    @property
    def public_numbers(self) -> frozenset[str]:
        """The numbers that staff call public, digits and letters alone."""
        return frozenset(self.allow)


class SearchesSettings(Section):
    """Whether searches are counted, and what of them is shown to others."""

    record: bool = True
    # What a single person typed is nobody else's business.
    floor: int = Field(5, ge=2, le=1000)
    keep_days: int = Field(365, ge=7, le=3650)


class ScheduleSettings(Section):
    """When jobs start by themselves; an empty line means never."""

    timezone: str = "Asia/Shanghai"
    crawl: CronLine = "30 1 * * *"
    reindex: CronLine = ""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                "takes a name of the IANA time zone database, such as Asia/Shanghai"
            ) from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the cron lines and of everything shown."""
        return ZoneInfo(self.timezone)


class ServerSettings(Section):
    """The web service. ``workers`` are processes, each with ``threads`` threads. A search that
    is not done after ``search_seconds`` answers with what it has, and says so."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    workers: int = Field(2, ge=1, le=64)
    threads: int = Field(8, ge=1, le=128)
    search_seconds: float = Field(2.0, gt=0, le=60)


class Settings(Section):
    """The whole configuration."""

    storage: StorageSettings = StorageSettings()
    engine: Literal["whoosh", "opensearch"] = "whoosh"
    opensearch: OpenSearchSettings = OpenSearchSettings()
    sites: list[SiteSettings] = Field(min_length=1)
    crawl: CrawlSettings = CrawlSettings()
    files: FilesSettings = FilesSettings()
    personal_data: PersonalDataSettings = PersonalDataSettings()
    searches: SearchesSettings = SearchesSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    server: ServerSettings = ServerSettings()
    path: Path | None = Field(None, exclude=True)

    @field_validator("engine")
    @classmethod
    def _engine_is_built_in(cls, engine: str) -> str:
        if engine == "opensearch":
            raise ValueError("this version has the embedded engine only: takes whoosh")
        return engine

    @field_validator("sites")
    @classmethod
    def _names_differ(cls, sites: list[SiteSettings]) -> list[SiteSettings]:
        names = [site.name for site in sites]
        for name in names:
            if names.count(name) > 1:
                raise fault_at("name", name, "given to two sites; takes a name of its own for each")
        return sites

    @cached_property
    def data_directory(self) -> Path:
        """The storage folder as an absolute path."""
        base = self.path.parent if self.path else Path.cwd()
        return (base / self.storage.directory.expanduser()).resolve()

    @property
    def archive_path(self) -> Path:
        """The SQLite database of archive and frontier."""
        return self.data_directory / "archive.sqlite"

    @property
    def service_path(self) -> Path:
        """The SQLite database of jobs and access tokens."""
        return self.data_directory / "service.sqlite"

    @property
    def index_directory(self) -> Path:
        """The folder of index generations."""
        return self.data_directory / "index"

    @property
    def searches_path(self) -> Path:
        """The SQLite database of what is searched."""
        return self.data_directory / "searches.sqlite"

    @property
    def vocabulary_directory(self) -> Path:
        """The folder of what staff change of the search (:mod:`indexer.vocabulary`)."""
        return self.data_directory / "vocabulary"

    def site(self, name: str) -> SiteSettings | None:
        """The configured site of this name, or None."""
        return next((site for site in self.sites if site.name == name), None)


def load_settings(path: Path) -> Settings:
    """Read and check a configuration file.

    Raises:
        ConfigError: the file cannot be read or holds something wrong; its lines name file,
            key, value and what is accepted.
    """
    content = load_yaml(path)
    if "path" in content:
        raise ConfigError([f"{path}: path: unknown key; {_accepted(Settings)}"])
    try:
        settings = Settings(**content, path=path.resolve())
    except ValidationError as error:
        raise ConfigError(describe(path, content, error, _accepted_at)) from None
    _check_storage(path, settings)
    return settings


def _check_storage(path: Path, settings: Settings) -> None:
    """The folder must be there or possible to make, and writable."""
    directory = settings.data_directory
    try:
        directory.mkdir(parents=True, exist_ok=True)
        reachable = os.access(directory, os.W_OK | os.X_OK)
        reason = "no right to write there"
    except OSError as error:
        reachable, reason = False, error.strerror or str(error)
    if not reachable:
        raise ConfigError(
            [
                f"{path}: storage.directory: {str(settings.storage.directory)!r} cannot be used "
                f"({directory}: {reason}); takes a folder that can be written to"
            ]
        )


def _accepted(model: type[BaseModel]) -> str:
    names = [name for name, spec in model.model_fields.items() if not spec.exclude]
    return "accepted are " + ", ".join(names)


def _accepted_at(location: tuple[Any, ...]) -> str:
    """The keys accepted where an unknown one was found."""
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        if part == "sites":
            model = SiteSettings
        elif isinstance(part, str) and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                model = annotation
    return _accepted(model)


def yaml_text(settings: Settings) -> str:
    """The settings as YAML, for showing and for writing a configuration."""
    return yaml.safe_dump(
        settings.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=100
    )
