"""crawl_config.yaml: every setting, its default and what it takes.

Whatever is wrong is told in one line each: file, key, value, and what is accepted.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from indexer.config_errors import ConfigError, describe, fault_at, load_yaml
from indexer.config_values import (
    SCHEMES,
    CronLine,
    Folder,
    HeaderText,
    Host,
    SiteName,
    StartUrl,
    place_of,
)

__all__ = ["ConfigError", "Settings", "SiteSettings", "load_settings"]


class _Section(BaseModel):
    """Base of all sections: an unknown key is an error, a setting cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_bool_for_number(cls, value: Any, info: ValidationInfo) -> Any:
        """``delay_seconds: yes`` is a mistake; pydantic would read it as 1."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        takes = {annotation, *get_args(annotation)}
        if isinstance(value, bool) and takes & {int, float}:
            raise ValueError("takes a whole number" if int in takes else "takes a number")
        return value


class StorageSettings(_Section):
    """Where everything is kept; a relative folder counts from the configuration file."""

    directory: Folder = Path("data")


class OpenSearchSettings(_Section):
    """For ``engine: opensearch``."""

    hosts: list[StartUrl] = Field(["http://127.0.0.1:9200"], min_length=1)
    index: str = "qzsearch"


class SiteSettings(_Section):
    """One site to crawl; ``delay_seconds`` overrides the common one."""

    name: SiteName
    title: str = ""
    start_urls: list[StartUrl] = Field(min_length=1)
    allowed_hosts: list[Host] = []
    delay_seconds: float | None = Field(None, ge=0, le=3600)

    @model_validator(mode="after")
    def _hosts_cover_start_urls(self) -> SiteSettings:
        for url in self.start_urls:
            if not self.allows(url):
                raise fault_at(
                    "start_urls",
                    url,
                    f"takes URLs on allowed_hosts: {', '.join(self.allowed_hosts)}",
                )
        return self

    def allows(self, url: str) -> bool:
        """Whether ``url`` is on one of the site's hosts (those of start_urls by default).

        A host without a port allows http and https on their own ports.
        """
        try:
            place = place_of(url)
        except ValueError:
            return False
        return place is not None and place in self._places

    @cached_property
    def _places(self) -> frozenset[tuple[str, int]]:
        """Hosts and ports of the site."""
        hosts = self.allowed_hosts or [urlsplit(start).netloc for start in self.start_urls]
        urls = [f"{scheme}://{host}/" for host in hosts for scheme in SCHEMES]
        return frozenset(place for url in urls if (place := place_of(url)) is not None)


class CrawlSettings(_Section):
    """How the crawler behaves towards the sites."""

    obey_robots: bool = True
    delay_seconds: float = Field(0.5, ge=0, le=3600)
    concurrent_requests_per_host: int = Field(2, ge=1, le=64)
    max_pages: int = Field(200_000, ge=1)
    max_depth: int = Field(20, ge=0)
    allow_private_addresses: bool = False
    user_agent: HeaderText = Field("qzsearch/0.1", min_length=1)
    contact: HeaderText = ""
    timeout_seconds: float = Field(30, gt=0, le=600)
    max_response_bytes: int = Field(50_000_000, ge=1_000)
    retries: int = Field(2, ge=0, le=10)

    @property
    def full_user_agent(self) -> str:
        """The User-Agent header: the product and how to reach who runs it."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent


class ScheduleSettings(_Section):
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


class ServerSettings(_Section):
    """The web service. ``workers`` are processes, each with ``threads`` threads."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    workers: int = Field(2, ge=1, le=64)
    threads: int = Field(8, ge=1, le=128)


class Settings(_Section):
    """The whole configuration."""

    storage: StorageSettings = StorageSettings()
    engine: Literal["whoosh", "opensearch"] = "whoosh"
    opensearch: OpenSearchSettings = OpenSearchSettings()
    sites: list[SiteSettings] = Field(min_length=1)
    crawl: CrawlSettings = CrawlSettings()
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
