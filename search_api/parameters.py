"""The parameters of every request: what is accepted, and what is told about the rest.

Unknown parameters are ignored, empty ones count as absent (forms send them), and every
wrong one is named in a single :class:`InvalidParameters`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from indexer.document import DOCUMENT_TYPES, EFFECTS, SITE_PATTERN
from indexer.index.guides import guide_fields
from search_api.messages import Language, is_rule, parameter_message, rule

LONGEST_QUERY: Final = 200
DEEPEST_RESULT: Final = 10_000
"""No result beyond this one is shown: nobody reads so far, and programs use ``export``."""
LARGEST_PAGE: Final = 50
MOST_SUGGESTIONS: Final = 20

SCOPES: Final = ("all", "title", *guide_fields())
"""Where words may be asked for: everywhere, in titles, in a field of service guides."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class ParameterFault:
    """One wrong parameter: its name, the value received, and what it takes."""

    parameter: str
    value: Any
    message: str


class InvalidParameters(ValueError):
    """Some parameters are wrong; ``faults`` names all of them."""

    def __init__(self, faults: list[ParameterFault]) -> None:
        super().__init__("; ".join(f"{fault.parameter}: {fault.message}" for fault in faults))
        self.faults = faults


def _whole_number(value: Any) -> Any:
    """Only plain digits: pydantic's own reading would take ``1_0``, ``+1`` and ``1.0``."""
    if isinstance(value, str):
        if not _WHOLE_NUMBER.fullmatch(value):
            raise ValueError("no whole number")
        return int(value)
    return value


def _day(value: Any) -> Any:
    """Only YYYY-MM-DD: pydantic's own reading would take Unix times."""
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError("no day")
        return date.fromisoformat(value)
    return value


def _document_type(value: str) -> str:
    if value not in DOCUMENT_TYPES:
        raise ValueError("no document type")
    return value


def _effect(value: str) -> str:
    if value not in EFFECTS:
        raise ValueError("no effect")
    return value


def _scope(value: str) -> str:
    if value not in SCOPES:
        raise ValueError("no scope")
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Day = Annotated[date, BeforeValidator(_day)]
QueryText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUERY)
]
SiteName = Annotated[str, StringConstraints(pattern=rf"^{SITE_PATTERN}$")]


class _Parameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SearchParameters(_Parameters):
    """``GET /api/v1/search`` and the search page; aliases are the names on the wire."""

    q: QueryText
    page: WholeNumber = Field(1, ge=1)
    size: WholeNumber = Field(10, ge=1, le=LARGEST_PAGE, validate_default=True)
    site: SiteName | None = None
    type: Annotated[str, AfterValidator(_document_type)] | None = None
    column: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None
    filetype: (
        Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9]{1,10}$")] | None
    ) = None
    effect: Annotated[str, AfterValidator(_effect)] | None = None
    same_as: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2048)] | None = None
    published_from: Day | None = Field(None, alias="from")
    published_to: Day | None = Field(None, alias="to")
    sort: Literal["relevance", "newest", "oldest"] = "relevance"
    scope: Annotated[str, AfterValidator(_scope)] = Field("all", alias="in")
    exact: Literal["0", "1"] = "0"
    explain: Literal["0", "1"] = "0"

    @field_validator("size")
    @classmethod
    def _not_too_deep(cls, size: int, info: ValidationInfo) -> int:
        """Here and not on the whole model, so that it is told along with other faults."""
        if info.data.get("page", 1) * size > DEEPEST_RESULT:
            raise PydanticCustomError("too_deep", "too deep")
        return size

    @field_validator("published_to")
    @classmethod
    def _ends_after_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("published_from")
        if start is not None and end is not None and end < start:
            raise PydanticCustomError("from_after_to", "from lies after to")
        return end


class SuggestParameters(_Parameters):
    """``GET /api/v1/suggest``."""

    q: QueryText
    size: WholeNumber = Field(10, ge=1, le=MOST_SUGGESTIONS)


class PopularParameters(_Parameters):
    """``GET /api/v1/popular``."""

    size: WholeNumber = Field(10, ge=1, le=MOST_SUGGESTIONS)


class JobListParameters(_Parameters):
    """``GET /api/v1/admin/jobs``."""

    limit: WholeNumber = Field(50, ge=1, le=200)


class RunListParameters(_Parameters):
    """``GET /api/v1/admin/runs``."""

    site: SiteName | None = None
    limit: WholeNumber = Field(20, ge=1, le=200)


class PersonalDataParameters(_Parameters):
    """``GET /api/v1/admin/personal-data``."""

    site: SiteName | None = None
    page: WholeNumber = Field(1, ge=1)
    size: WholeNumber = Field(20, ge=1, le=LARGEST_PAGE)


class JobRequest(BaseModel):
    """The body of ``POST /api/v1/admin/jobs``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["crawl", "reindex", "confirm"]
    sites: list[str] = Field(default_factory=list, max_length=1000)
    full: bool = False


_P = TypeVar("_P", bound=_Parameters)


def read_parameters(model: type[_P], arguments: Mapping[str, str], language: Language) -> _P:
    """Check the parameters of a query string.

    Raises:
        InvalidParameters: naming all that are wrong.
    """
    given = {name: value for name, value in arguments.items() if value or name == "q"}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidParameters(_faults(error, given, _limits(model), language)) from None


def read_job_request(body: Any, sites: list[str], language: Language) -> JobRequest:
    """Check the body of a new job; ``sites`` are the configured ones.

    Raises:
        InvalidParameters: naming all members that are wrong.
    """
    limits = {"sites": ", ".join(sites)}
    try:
        job = JobRequest.model_validate(body)
    except ValidationError as error:
        raise InvalidParameters(_faults(error, body, limits, language)) from None
    if not set(job.sites) <= set(sites):
        message = parameter_message("sites", language, **limits)
        raise InvalidParameters([ParameterFault("sites", job.sites, message)])
    return job


def _limits(model: type[_Parameters]) -> dict[str, object]:
    is_short = issubclass(model, (SuggestParameters, PopularParameters))
    maximum = MOST_SUGGESTIONS if is_short else LARGEST_PAGE
    return {
        "maximum": maximum,
        "deepest": DEEPEST_RESULT,
        "types": ", ".join(DOCUMENT_TYPES),
        "effects": ", ".join(EFFECTS),
        "scopes": ", ".join(SCOPES),
    }


def _faults(
    error: ValidationError,
    given: Mapping[str, Any],
    limits: Mapping[str, object],
    language: Language,
) -> list[ParameterFault]:
    """One fault for each wrong parameter, in the words of ``messages.yaml``."""
    faults: dict[str, ParameterFault] = {}
    for fault in error.errors(include_url=False, include_context=False):
        name = str(fault["loc"][0])
        if fault["type"] == "extra_forbidden":
            message = rule("unknown_member", language)[1]
        elif is_rule(fault["type"]):
            name, message = rule(fault["type"], language, **limits)
        else:
            message = parameter_message(name, language, **limits)
        faults.setdefault(name, ParameterFault(name, given.get(name), message))
    return list(faults.values())
