"""What the templates of the search page show: tabs, filters, facets, paging, as links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from indexer.config import Settings
from indexer.document import DOCUMENT_TYPES, EFFECTS
from indexer.service import labels
from search_api.page_query import TIME_RANGES, PageQuery
from search_api.parameters import DEEPEST_RESULT
from search_api.presentation import result_records, service_card
from search_api.resources import load_yaml_resource
from search_api.searching import SearchOutcome

Parameters = dict[str, str]
"""The query string of a link."""

_SORTS: Final = {"relevance": "相关度", "newest": "最新", "oldest": "最早"}
_SCOPES: Final = {"all": "全文", "title": "仅标题"}
_ENDED: Final = ("repealed", "expired")
"""Effects that a person has to see before reading on."""
_MOST_ATTACHMENTS: Final = 5
_PAGES_EITHER_SIDE: Final = 3
_LINKABLE: Final = ("http://", "https://")


@dataclass(frozen=True)
class Choice:
    """One of several links side by side; ``count`` is None where nothing is counted."""

    label: str
    parameters: Parameters
    selected: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Paging:
    """Links to other pages of the results; ``numbers`` holds None where some are left out."""

    numbers: tuple[tuple[int, Parameters] | None, ...]
    current: int
    previous: Parameters | None
    next: Parameters | None


@lru_cache(maxsize=1)
def page_data() -> dict[str, Any]:
    """The content of ``page.yaml``."""
    return load_yaml_resource("page.yaml")


def search_tips(settings: Settings) -> list[dict[str, Any]]:
    """What to try, each with ``text`` and ``examples`` of how it is typed."""
    site = settings.sites[0].name
    return [
        {
            "text": tip["text"],
            "examples": [one.replace("{site}", site) for one in tip.get("examples", ())],
        }
        for tip in page_data()["tips"]
    ]


def _is_linkable(url: str) -> bool:
    """An imported record may have any URL; only these are harmless as links."""
    return url.lower().startswith(_LINKABLE)


class ResultsPage:
    """Everything on a page of results."""

    def __init__(self, query: PageQuery, outcome: SearchOutcome, settings: Settings) -> None:
        self.query = query
        self.outcome = outcome
        self.response = outcome.response
        self._site_titles = {site.name: site.title or site.name for site in settings.sites}
        self._counts = {
            name: {entry.value: entry.count for entry in counts}
            for name, counts in self.response.facets.items()
        }

    @property
    def tabs(self) -> list[Choice]:
        """全部 and the types with their counts; 其他 only if there is something in it."""
        counts = self._counts.get("type", {})
        selected = self.query.parameters.type
        links = self.query.links
        everything = self.response.without_filter.get("type", 0)
        choices = [Choice("全部", links.with_(type=None), selected is None, everything)]
        shown = list(page_data()["tabs"])
        shown += [name for name in DOCUMENT_TYPES if name not in shown and counts.get(name)]
        choices += [
            Choice(
                DOCUMENT_TYPES[name], links.with_(type=name), name == selected, counts.get(name, 0)
            )
            for name in shown
        ]
        return choices

    @property
    def filters(self) -> list[tuple[str, list[Choice]]]:
        """时间, 范围 and 排序: always the same choices."""
        query, links = self.query, self.query.links
        unlimited = "from" not in query.given and "to" not in query.given and query.time is None
        times = [Choice("不限", links.with_(time=None, from_=None, to=None), unlimited)]
        times += [
            Choice(label, links.with_(time=name, from_=None, to=None), name == query.time)
            for name, (label, _days) in TIME_RANGES.items()
        ]
        scopes = [
            Choice(label, links.with_(in_=name), name == query.parameters.scope)
            for name, label in _SCOPES.items()
        ]
        if query.parameters.scope not in _SCOPES:
            label = labels()[query.parameters.scope]
            scopes.append(Choice(label, links.with_(), selected=True))
        sorts = [
            Choice(label, links.with_(sort=name), name == query.parameters.sort)
            for name, label in _SORTS.items()
        ]
        return [("时间", times), ("范围", scopes), ("排序", sorts)]

    @property
    def facets(self) -> list[tuple[str, list[Choice]]]:
        """Sites, years and file types among the results, with their counts."""
        parameters, links = self.query.parameters, self.query.links
        sites = [
            Choice(self.site_title(value), links.with_(site=value), value == parameters.site, count)
            for value, count in self._counts.get("site", {}).items()
            if value
        ]
        years = sorted(self._counts.get("year", {}).items(), reverse=True)
        files = [
            Choice(
                self.filetype_label(value) or "网页",
                links.with_(filetype=value),
                value == parameters.filetype,
                count,
            )
            for value, count in self._counts.get("filetype", {}).items()
        ]
        shown = [("站点", "site", sites), ("年份", "year", [self._year(*year) for year in years])]
        shown.append(("格式", "filetype", files))
        effects = [
            Choice(EFFECTS[value], links.with_(effect=value), value == parameters.effect, count)
            for value, count in self._counts.get("effect", {}).items()
        ]
        shown.append(("有效性", "effect", effects))
        return [
            (title, [self._all(name), *choices])
            for title, name, choices in shown
            if len(choices) > 1 or any(choice.selected for choice in choices)
        ]

    def _all(self, facet: str) -> Choice:
        """The choice that lifts a facet's filter."""
        links, given = self.query.links, self.query.given
        if facet == "year":
            lifted = links.with_(time=None, from_=None, to=None)
            return Choice("不限", lifted, not {"from", "to", "time"} & given.keys())
        return Choice("不限", links.with_(**{facet: None}), facet not in given)

    def _year(self, year: str, count: int) -> Choice:
        first, last = f"{year}-01-01", f"{year}-12-31"
        given = self.query.given
        selected = given.get("from") == first and given.get("to") == last
        parameters = self.query.links.with_(time=None, from_=first, to=last)
        return Choice(f"{year} 年", parameters, selected, count)

    @property
    def active_filters(self) -> list[Choice]:
        """What narrows the results now, each as the link that lifts it."""
        query, links = self.query, self.query.links
        parameters, given = query.parameters, query.given
        active = []
        if parameters.type:
            active.append(Choice(DOCUMENT_TYPES[parameters.type], links.with_(type=None)))
        if parameters.site:
            active.append(Choice(self.site_title(parameters.site), links.with_(site=None)))
        if parameters.column:
            active.append(Choice(f"栏目：{parameters.column}", links.with_(column=None)))
        if parameters.filetype:
            label = self.filetype_label(parameters.filetype) or "网页"
            active.append(Choice(label, links.with_(filetype=None)))
        if query.time or "from" in given or "to" in given:
            label = (
                TIME_RANGES[query.time][0]
                if query.time
                else f"{given.get('from', '最早')} 至 {given.get('to', '今天')}"
            )
            active.append(Choice(label, links.with_(time=None, from_=None, to=None)))
        if parameters.effect:
            active.append(Choice(EFFECTS[parameters.effect], links.with_(effect=None)))
        if parameters.same_as:
            active.append(Choice("内容相同的各篇", links.with_(same_as=None)))
        if parameters.scope != "all":
            label = "仅标题" if parameters.scope == "title" else labels()[parameters.scope]
            active.append(Choice(label, links.with_(in_=None)))
        if parameters.exact == "1":
            active.append(Choice("按原样搜索", links.with_(exact=None)))
        return active

    @property
    def results(self) -> list[dict[str, Any]]:
        """The records of the API with what only the page shows."""
        records = result_records(self.response)
        for record in records:
            record["site_title"] = self.site_title(record["site"] or "")
            record["type_label"] = DOCUMENT_TYPES.get(record["type"], record["type"])
            record["filetype_label"] = self.filetype_label(record["filetype"])
            record["linkable"] = _is_linkable(record["url"])
            record["card"] = service_card(record["service"]) if record["service"] else None
            record["ended"] = EFFECTS[record["effect"]] if record["effect"] in _ENDED else None
            record["signed_apart"] = record["signed"] not in (None, record["published"])
            record["parent_linkable"] = record["parent"] and _is_linkable(record["parent"])
            record["attachments"] = [
                {**one, "filetype_label": self.filetype_label(one["filetype"])}
                for one in record["attachments"]
                if _is_linkable(one["url"])
            ][:_MOST_ATTACHMENTS]
            record["same"] = self.query.links.with_(same_as=record["url"])
        return records

    @property
    def paging(self) -> Paging | None:
        """Links to other pages, or None if there is one page only."""
        size, current = self.query.parameters.size, self.query.parameters.page
        last = min(-(-self.response.total // size), DEEPEST_RESULT // size)
        if last <= 1:
            return None
        around = range(current - _PAGES_EITHER_SIDE, current + _PAGES_EITHER_SIDE + 1)
        shown = sorted({1, last, *(number for number in around if 1 <= number <= last)})
        numbers: list[tuple[int, Parameters] | None] = []
        for number in shown:
            if numbers and numbers[-1] is not None and number > numbers[-1][0] + 1:
                numbers.append(None)
            numbers.append((number, self._page(number)))
        return Paging(
            tuple(numbers),
            current,
            self._page(min(current - 1, last)) if current > 1 else None,
            self._page(current + 1) if current < last else None,
        )

    def _page(self, number: int) -> Parameters:
        parameters = self.query.links.with_()
        return parameters if number == 1 else {**parameters, "page": str(number)}

    def site_title(self, name: str) -> str:
        """What the configuration calls a site."""
        return self._site_titles.get(name, name)

    @staticmethod
    def filetype_label(filetype: str) -> str | None:
        """The words of the badge; None for pages."""
        if filetype in ("html", "htm", ""):
            return None
        labels: Mapping[str, str] = page_data()["filetypes"]
        return labels.get(filetype, filetype.upper())
