"""The constants of polite crawling, read from ``politeness.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from analyzers.own_data import load_yaml


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RobotsParameters(_Section):
    """What is read of robots.txt and for how long; see ``politeness.yaml``."""

    most_bytes: int = Field(ge=512_000)
    redirects: int = Field(ge=5)
    keep: float = Field(gt=0, le=86_400)
    keep_failure: float = Field(gt=0, le=86_400)
    longest_delay: float = Field(gt=0)
    most_rules: int = Field(ge=1)
    most_sitemaps: int = Field(ge=1)
    fields: dict[str, tuple[str, ...]]


class Politeness(_Section):
    """See ``politeness.yaml`` for the meaning and the reason of each; times are seconds."""

    retry_base: float = Field(ge=0)
    retry_cap: float = Field(ge=0)
    lasting_statuses: frozenset[int]
    wait_base: float = Field(ge=0)
    wait_cap: float = Field(ge=0)
    retry_after_limit: float = Field(ge=0)
    caution_first: float = Field(ge=0)
    caution_cap: float = Field(ge=0)
    caution_recovery: float = Field(ge=0, lt=1)
    smoothing: float = Field(gt=0, le=1)
    usual_after: int = Field(ge=1)
    usual_rise: float = Field(ge=0, le=1)
    usual_fall: float = Field(ge=0, le=1)
    slow_factor: float = Field(ge=1)
    slow_margin: float = Field(ge=0)
    slow_cap: float = Field(ge=0)
    failing_after: int = Field(ge=1)
    probe_first: float = Field(ge=0)
    probe_growth: float = Field(ge=1)
    probe_cap: float = Field(ge=0)
    rest_after: int = Field(ge=1)
    most_head_bytes: int = Field(ge=1024, le=98_304)
    most_header_fields: int = Field(ge=1)
    most_encodings: int = Field(ge=1)
    robots: RobotsParameters


@lru_cache(maxsize=1)
def politeness() -> Politeness:
    """The parameters in force."""
    text = resources.files("indexer.crawl").joinpath("politeness.yaml").read_text("utf-8")
    return Politeness(**load_yaml(text))
