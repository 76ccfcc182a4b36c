"""What all sections of crawl_config.yaml have in common."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


class Section(BaseModel):
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
