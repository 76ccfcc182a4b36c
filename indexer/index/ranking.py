"""The ranking parameters, read from ``ranking.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from analyzers.own_data import load_yaml


class Freshness(BaseModel):
    """What a new document of a type earns at most, and after how many days half of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most: float = Field(ge=0)
    half_life: float = Field(gt=0)


class RankingParameters(BaseModel):
    """See ``ranking.yaml`` for the meaning and the reason of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    k1: float = Field(gt=0)
    b: float = Field(ge=0, le=1)
    title_weight: float = Field(ge=0)
    lead_weight: float = Field(ge=0)
    lead_characters: int = Field(ge=0)
    inner_bigram: float = Field(ge=0)
    crossing_bigram: float = Field(ge=0)
    character: float = Field(ge=0)
    most_concepts: int = Field(ge=1)
    most_postings: int = Field(ge=0)
    synonym_weight: float = Field(ge=0, le=1)
    nearness: float = Field(ge=0)
    nearness_depth: int = Field(ge=1)
    nearness_characters: int = Field(ge=0)
    relax_below: int = Field(ge=0)
    relaxed_share: float = Field(ge=0, le=1)
    evidence_share: float = Field(gt=0, le=1)
    title_coverage: float = Field(ge=0)
    title_exact: float = Field(ge=0)
    document_number: float = Field(ge=0)
    partial_number: float = Field(ge=0)
    number_cited: float = Field(ge=0)
    period_factor: float = Field(gt=0)
    type_factor: dict[str, float]
    filetype_factor: float = Field(gt=0)
    effect_factor: dict[str, float]
    freshness: dict[str, Freshness]
    attached_weight: float = Field(ge=0, lt=1)
    attachment_characters: int = Field(ge=0)
    attachments_characters: int = Field(ge=0)
    later_action_factor: float = Field(gt=0)
    later_actions: tuple[str, ...]


@lru_cache(maxsize=1)
def ranking_parameters() -> RankingParameters:
    """The parameters in force."""
    text = resources.files("indexer.index").joinpath("ranking.yaml").read_text("utf-8")
    return RankingParameters(**load_yaml(text))
