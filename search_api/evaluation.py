"""Relevance measures of a judged query set, as TREC's trec_eval defines them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

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
from search_api.searching import run_search

_DEPTH = 10
Qrels = Mapping[str, Mapping[str, int]]
"""Grade by document by query; a grade above 0 is relevant."""


class EvaluationError(Exception):
    """A query or judgement file cannot be read, or has a line that cannot."""


def read_queries(path: Path) -> dict[str, str]:
    """Query texts by id, from JSON Lines with ``id`` and ``text``. Raises EvaluationError."""
    queries = {}
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            queries[str(record["id"])] = str(record["text"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise EvaluationError(
                f'{path}:{number}: takes an object such as {{"id": "q1", "text": "公积金"}}'
            ) from None
    return queries


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgements: query, document and grade, or TREC's four columns with the second unused.

    Documents are named by URL, which is brought into the form the index knows it by.
    Raises EvaluationError.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        fields = line.split("\t") if "\t" in line else line.split()
        if len(fields) == 4:
            fields.pop(1)
        try:
            query, document, grade = fields
            qrels.setdefault(query, {})[canonical_url(document) or document] = int(grade)
        except ValueError:
            raise EvaluationError(
                f"{path}:{number}: takes query, document URL and grade, tab-separated"
            ) from None
    return qrels


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


def evaluate(
    engine: SearchEngine, queries: Mapping[str, str], qrels: Qrels
) -> dict[str, float | int]:
    """Means over all queries that have a relevant document.

    hit@k: a relevant document among the first k. MRR@10: one over the rank of the first.
    nDCG@10: gain 2^grade - 1, discount log2(rank + 1) (Järvelin & Kekäläinen 2002).
    A document counts as found where one of its near-duplicates is shown for it.
    Searches are those of the service: typing errors are corrected, and of queries longer
    than it takes the first 200 characters are used, as the search box cuts them.

    Raises:
        EvaluationError: no query has a relevant document.
        EngineError: the index is missing or cannot be read.
    """
    rows = []
    for query_id, text in queries.items():
        grades = {doc: grade for doc, grade in qrels.get(query_id, {}).items() if grade > 0}
        if grades:
            gained = [
                max((grades.get(url, 0) for url in urls), default=0)
                for urls in _found(engine, text)
            ]
            rows.append(_measure(gained, list(grades.values())))
    count = len(rows)
    if not count:
        raise EvaluationError("no query has a relevant document: do the ids match?")
    names = ("hit@1", "hit@10", "MRR@10", "nDCG@10")
    means = {name: sum(row[i] for row in rows) / count for i, name in enumerate(names)}
    return {"queries": count, **means}


def _found(engine: SearchEngine, text: str) -> list[tuple[str, ...]]:
    """What the service shows first, each with the URLs it stands for; nothing for a query
    that it refuses (a blank one)."""
    asked = {"q": text.strip()[:LONGEST_QUERY], "size": str(_DEPTH)}
    try:
        parameters = read_parameters(SearchParameters, asked, "en")
    except InvalidParameters:
        return []
    outcome = run_search(engine, parameters)
    correction = outcome.correction
    query = correction.query if correction and correction.applied else parameters.q
    found = []
    for hit in outcome.response.hits:
        url = hit.document.url
        found.append((url, *_same_as(engine, query, url)) if hit.duplicates else (url,))
    return found


def _same_as(engine: SearchEngine, query: str, url: str) -> Iterator[str]:
    """The URLs of a result's near-duplicates."""
    request = SearchRequest(parse_query(query), size=LARGEST_PAGE, same_as=url)
    return (hit.document.url for hit in engine.search(request).hits)


def _measure(gained: Sequence[int], ideal: Sequence[int]) -> tuple[float, float, float, float]:
    first = next((rank for rank, grade in enumerate(gained, 1) if grade), 0)
    best = _dcg(sorted(ideal, reverse=True)[:_DEPTH])
    return float(first == 1), float(first > 0), 1 / first if first else 0.0, _dcg(gained) / best


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
