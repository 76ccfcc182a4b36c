"""The ranking parameters, read from ``ranking.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field


class RankingParameters(BaseModel):
    """See ``ranking.yaml`` for the meaning and the reason of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    k1: float = Field(gt=0)
    b: float = Field(ge=0, le=1)
    title_weight: int = Field(ge=1)
    evidence_weight: float = Field(ge=0)
    relax_below: int = Field(ge=0)
    relaxed_share: float = Field(ge=0, le=1)
    title_coverage: float = Field(ge=0)
    title_exact: float = Field(ge=0)
    document_number: float = Field(ge=0)
    type_factor: dict[str, float]
    filetype_factor: float = Field(gt=0)
    attached_weight: float = Field(ge=0, lt=1)
    attachment_characters: int = Field(ge=0)
    attachments_characters: int = Field(ge=0)
    later_action_factor: float = Field(gt=0)
    later_actions: tuple[str, ...]


@lru_cache(maxsize=1)
def ranking_parameters() -> RankingParameters:
    """The parameters in force."""
    text = resources.files("indexer.index").joinpath("ranking.yaml").read_text("utf-8")
    return RankingParameters(**yaml.safe_load(text))
