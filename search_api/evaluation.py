"""Relevance measures of a judged query set, as TREC's trec_eval defines them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from analyzers.query import parse_query
from indexer.crawl.urls import canonical_url
from indexer.index.engine import SearchEngine, SearchRequest
from search_api.parameters import (
    LARGEST_PAGE,
    LONGEST_QUERY,
    InvalidParameters,
    SearchParameters,
    read_parameters,
)
from search_api.searching import SearchOutcome, run_search

_DEPTH = 10
MEASURES: Final = ("hit@1", "hit@10", "MRR@10", "nDCG@10")
Grades = Mapping[str, int]
"""Grade by document; a grade above 0 is relevant."""


class EvaluationError(Exception):
    """A query or judgement file cannot be read, or has a line that cannot."""


class Query(NamedTuple):
    """A judged query; ``group`` is its kind, empty where the file names none."""

    text: str
    group: str = ""


class Found(NamedTuple):
    """A result: its title, its URL, and then those of the near-duplicates it stands for."""

    title: str
    urls: tuple[str, ...]


class Answer(NamedTuple):
    """What the service answers, and the query that its results are of."""

    query: str
    outcome: SearchOutcome


@dataclass(frozen=True)
class Judged:
    """One query, what was found for it, and its measures in the order of :data:`MEASURES`."""

    id: str
    query: Query
    grades: Grades
    found: tuple[Found, ...]
    measures: tuple[float, float, float, float]

    @property
    def rank(self) -> int | None:
        """The rank of the first relevant result, counted from 1."""
        return round(1 / self.measures[2]) if self.measures[2] else None


def read_queries(path: Path) -> dict[str, Query]:
    """Queries by id, from JSON Lines with ``id``, ``text`` and, if wanted, ``group``.

    Raises:
        EvaluationError: the file cannot be read, or a line of it.
    """
    queries = {}
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            group = str(record.get("group") or "")
            queries[str(record["id"])] = Query(str(record["text"]), group)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise EvaluationError(
                f'{path}:{number}: takes an object such as {{"id": "q1", "text": "公积金"}}'
            ) from None
    return queries


def read_qrels(path: Path, sites: Mapping[str, str] | None = None) -> dict[str, dict[str, int]]:
    """Judgements: query, document and grade, or TREC's four columns with the second unused.

    Documents are named by URL, which is brought into the form the index knows it by, or by
    site and path, ``portal:/zwgk/1.html``, where ``sites`` gives the address of each site.

    Raises:
        EvaluationError: the file cannot be read, or a line of it.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        fields = line.split("\t") if "\t" in line else line.split()
        if len(fields) == 4:
            fields.pop(1)
        try:
            query, document, grade = fields
            qrels.setdefault(query, {})[_address(document, sites or {})] = int(grade)
        except ValueError:
            raise EvaluationError(
                f"{path}:{number}: takes query, document URL and grade, tab-separated"
            ) from None
    return qrels


def _address(document: str, sites: Mapping[str, str]) -> str:
    site, _, path = document.partition(":")
    if site in sites and path.startswith("/"):
        document = sites[site].rstrip("/") + path
    page, mark, part = document.partition("#")
    return (canonical_url(page) or page) + mark + part


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank with their numbers, counted from 1."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path}: not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error.strerror}") from None
    # Not splitlines(): JSON strings may hold U+2028.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def judge(
    engine: SearchEngine, queries: Mapping[str, Query], qrels: Mapping[str, Grades]
) -> list[Judged]:
    """Search every query that has a relevant document, and measure what is found.

    A document counts as found where one of its near-duplicates is shown for it.
    Searches are those of the service: typing errors are corrected, and of queries longer
    than it takes the first 200 characters are used, as the search box cuts them.

    Raises:
        EvaluationError: no query has a relevant document.
        EngineError: the index is missing or cannot be read.
    """
    judged = []
    for query_id, query in queries.items():
        grades = {doc: grade for doc, grade in qrels.get(query_id, {}).items() if grade > 0}
        if grades:
            found = found_by(engine, search_as_typed(engine, query.text))
            judged.append(Judged(query_id, query, grades, tuple(found), measure(found, grades)))
    if not judged:
        raise EvaluationError("no query has a relevant document: do the ids match?")
    return judged


def measure(found: Sequence[Found], grades: Grades) -> tuple[float, float, float, float]:
    """hit@1, hit@10, MRR@10 and nDCG@10 of one query's results.

    hit@k: a relevant document among the first k. MRR@10: one over the rank of the first.
    nDCG@10: gain 2^grade - 1, discount log2(rank + 1) (Järvelin & Kekäläinen 2002).
    """
    gained = [max(grades.get(url, 0) for url in one.urls) for one in found[:_DEPTH]]
    first = next((rank for rank, grade in enumerate(gained, 1) if grade), 0)
    best = _dcg(sorted(grades.values(), reverse=True)[:_DEPTH])
    return float(first == 1), float(first > 0), 1 / first if first else 0.0, _dcg(gained) / best


def evaluate(
    engine: SearchEngine, queries: Mapping[str, Query], qrels: Mapping[str, Grades]
) -> dict[str, float | int]:
    """Means over all queries that have a relevant document; raises as :func:`judge` does."""
    return means(judge(engine, queries, qrels))


def means(judged: Sequence[Judged]) -> dict[str, float | int]:
    """How many queries, and the mean of each measure."""
    columns = zip(*(one.measures for one in judged), strict=True)
    averages = {
        name: math.fsum(column) / len(judged)
        for name, column in zip(MEASURES, columns, strict=True)
    }
    return {"queries": len(judged), **averages}


def report_of(judged: Sequence[Judged]) -> dict[str, Any]:
    """The means of all queries and, under ``groups``, those of every group that is named."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        if one.query.group:
            groups.setdefault(one.query.group, []).append(one)
    by_group = {name: means(members) for name, members in groups.items()}
    return means(judged) | ({"groups": by_group} if by_group else {})


def read_report(path: Path) -> dict[str, Any]:
    """A report that was kept as JSON.

    Raises:
        EvaluationError: it is none.
    """
    try:
        report = json.loads("\n".join(line for _, line in _lines(path)))
        figures = [report, *report.get("groups", {}).values()]
        if all(isinstance(one[name], float | int) for one in figures for name in MEASURES):
            return dict(report)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise EvaluationError(f"{path}: takes what 'qzsearch evaluate --json' printed")


def failures(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """The queries for which no relevant document comes first, the worst of them first: what
    was expected, best first, the rank of the first relevant one, and what came first."""
    failed = [one for one in judged if one.rank != 1]
    failed.sort(key=lambda one: one.rank or _DEPTH + 1, reverse=True)
    return [
        {
            "id": one.id,
            "query": one.query.text,
            "group": one.query.group,
            "rank": one.rank,
            "expected": sorted(one.grades, key=lambda url: -one.grades[url]),
            "first": (
                {"title": one.found[0].title, "url": one.found[0].urls[0]} if one.found else None
            ),
        }
        for one in failed
    ]


def search_as_typed(engine: SearchEngine, text: str) -> Answer | None:
    """The service's answer to a query, cut as the search box cuts it; None for one that the
    service refuses (a blank one)."""
    asked = {"q": text.strip()[:LONGEST_QUERY], "size": str(_DEPTH)}
    try:
        parameters = read_parameters(SearchParameters, asked, "en")
    except InvalidParameters:
        return None
    outcome = run_search(engine, parameters)
    correction = outcome.correction
    return Answer(correction.query if correction and correction.applied else parameters.q, outcome)


def found_by(engine: SearchEngine, answer: Answer | None) -> list[Found]:
    """The results of an answer."""
    if answer is None:
        return []
    found = []
    for hit in answer.outcome.response.hits:
        others = _same_as(engine, answer.query, hit.document.url) if hit.duplicates else ()
        found.append(Found(hit.document.title, (hit.document.url, *others)))
    return found


def _same_as(engine: SearchEngine, query: str, url: str) -> Iterator[str]:
    """The URLs of a result's near-duplicates."""
    request = SearchRequest(parse_query(query), size=LARGEST_PAGE, same_as=url)
    return (hit.document.url for hit in engine.search(request).hits)


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
