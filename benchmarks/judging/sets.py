"""The judged sets: documents, queries, and which documents answer which query."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_api.evaluation import Grades, Query, read_qrels, read_queries

HALVES = ("tuning", "reporting")


@dataclass(frozen=True)
class JudgedSet:
    """Queries by id, and grades by document URL by query id."""

    name: str
    queries: Mapping[str, Query]
    qrels: Mapping[str, Grades]


def half_of(query_id: str) -> str:
    """Tuning or reporting: parameters may be chosen by the first, never by the second."""
    return HALVES[hashlib.blake2b(query_id.encode()).digest()[0] & 1]


def url_of(set_name: str, identifier: str) -> str:
    """The address under which a document of a public set is imported."""
    return f"http://{set_name.replace('_', '-')}.example/{identifier}"


def load_set(data: Path, name: str) -> JudgedSet:
    """stard or letters."""
    folder = data / name
    qrels = {
        query: {url_of(name, document): grade for document, grade in grades.items()}
        for query, grades in read_qrels(folder / "qrels.tsv").items()
    }
    return JudgedSet(name, read_queries(folder / "queries.jsonl"), qrels)


def load_names(data: Path) -> list[str]:
    """The names of service items, each once."""
    lines = (data / "service_items" / "matter_names.txt").read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def records(data: Path, name: str) -> Iterator[dict[str, Any]]:
    """Import records of stard, letters or service_items.

    A letter is a body without a title, and a document must have one: all get the same, so
    that nothing can be won by it.
    """
    kind = {"stard": "policy", "letters": "interaction", "service_items": "service"}[name]
    with gzip.open(data / name / "docs.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            document = json.loads(line)
            record = {
                "url": url_of(name, document["id"]),
                "title": document["title"] or "来信",
                "text": document["text"],
                "site": name,
                "type": kind,
            }
            if "date" in document:
                year, month, day = re.findall("[0-9]+", document["date"])[:3]
                record["published"] = f"{year}-{int(month):02}-{int(day):02}"
            yield record
