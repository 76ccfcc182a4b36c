"""The query string of the search page: the API's parameters and ``time``.

``time`` is week, month or year, counted back from today in the configured time zone; a
link with it stays what it says however old it gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from search_api.messages import parameter_message
from search_api.parameters import (
    InvalidParameters,
    ParameterFault,
    SearchParameters,
    read_parameters,
)

TimeRange = Literal["week", "month", "year"]
TIME_RANGES: Final[dict[TimeRange, tuple[str, int]]] = {
    "week": ("一周内", 7),
    "month": ("一月内", 31),
    "year": ("一年内", 366),
}
"""The Chinese name and the days of each time range; long months and years, so that nothing
of a month or a year is missing."""

_NAMES: Final = (
    *("type", "site", "column", "filetype", "effect", "time", "from", "to"),
    *("sort", "in", "exact", "same_as"),
)
_DEFAULTS: Final = {"sort": "relevance", "in": "all", "exact": "0", "page": "1"}


@dataclass(frozen=True)
class PageQuery:
    """A query string, checked; ``given`` are its parameters but the page, as links keep them."""

    parameters: SearchParameters
    given: Mapping[str, str]
    time: TimeRange | None = None

    @property
    def links(self) -> Links:
        """Addresses of neighbouring searches."""
        return Links(self.given)


@dataclass(frozen=True)
class Links:
    """Makes the query strings of searches that differ in something."""

    given: Mapping[str, str]

    def with_(self, **changes: str | None) -> dict[str, str]:
        """The parameters with some changed, None removing one; always the first page.

        ``from_`` and ``in_`` stand for the Python keywords.
        """
        parameters = dict(self.given)
        for name, value in changes.items():
            parameters.pop(name.rstrip("_"), None)
            if value is not None:
                parameters[name.rstrip("_")] = value
        return parameters


def read_page_query(arguments: Mapping[str, str], today: date) -> PageQuery:
    """Check the query string of the search page.

    Raises:
        InvalidParameters: naming all that are wrong, in Chinese.
    """
    given = {name: arguments[name].strip() for name in _NAMES if arguments.get(name, "").strip()}
    given = {name: value for name, value in given.items() if _DEFAULTS.get(name) != value}
    time = given.get("time")
    if time in TIME_RANGES:
        given.pop("from", None)
        given.pop("to", None)
    asked = {**given, "q": arguments.get("q", ""), "page": arguments.get("page", "")}
    faults: list[ParameterFault] = []
    if time in TIME_RANGES:
        asked["from"] = (today - timedelta(days=TIME_RANGES[time][1])).isoformat()
    elif time is not None:
        faults.append(ParameterFault("time", time, parameter_message("time", "zh")))
    try:
        parameters = read_parameters(SearchParameters, asked, "zh")
    except InvalidParameters as error:
        raise InvalidParameters([*error.faults, *faults]) from None
    if faults:
        raise InvalidParameters(faults)
    checked_time: TimeRange | None = time if time in TIME_RANGES else None
    return PageQuery(parameters, {"q": parameters.q, **given}, checked_time)
