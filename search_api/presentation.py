"""Results as the search API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from indexer.document import Document
from indexer.index.engine import Hit, SearchResponse
from search_api.parameters import SearchParameters
from search_api.resources import load_yaml_resource
from search_api.searching import SearchOutcome
from search_api.snippets import Highlighter


def search_record(
    parameters: SearchParameters, outcome: SearchOutcome, took_ms: float
) -> dict[str, Any]:
    """The body of ``GET /api/v1/search``; ``took_ms`` is milliseconds."""
    response = outcome.response
    correction = outcome.correction
    return {
        "query": parameters.q,
        "total": response.total,
        "took_ms": round(took_ms, 2),
        "page": parameters.page,
        "size": parameters.size,
        "results": result_records(response),
        "facets": {
            name: [{"value": entry.value, "count": entry.count} for entry in counts]
            for name, counts in response.facets.items()
        },
        "correction": (
            {"query": correction.query, "applied": correction.applied} if correction else None
        ),
        "related": list(response.related),
        "relaxed": response.relaxed,
    }


def result_records(response: SearchResponse) -> list[dict[str, Any]]:
    """Every hit with title and snippet highlighted."""
    highlighter = Highlighter(response.terms)
    return [_result_record(hit, highlighter) for hit in response.hits]


def _result_record(hit: Hit, highlighter: Highlighter) -> dict[str, Any]:
    """Unknown facts are null; only ``title_html`` and ``snippet_html`` are HTML."""
    document = hit.document
    published = document.published
    return {
        "url": document.url,
        "title": document.title,
        "title_html": highlighter.title(document.title),
        "snippet_html": highlighter.snippet(document.text or document.description or ""),
        "site": document.site or None,
        "type": document.type,
        "column": document.column,
        "source": document.source,
        "document_number": document.document_number,
        "published": published.isoformat() if published else None,
        "filetype": document.filetype,
        "parent": document.parent,
        "service": service_card(document),
        "score": round(hit.score, 4),
        "duplicates": hit.duplicates,
    }


def service_card(document: Document) -> dict[str, str] | None:
    """The facts of a service guide that people look for first, under their usual labels."""
    if not document.service:
        return None
    service = document.service
    card = {}
    for label, alternatives in _card_fields().items():
        for name in (label, *alternatives):
            value = (service.get(name) or "").strip()
            if value:
                card[label] = value
                break
    return card or None


@lru_cache(maxsize=1)
def _card_fields() -> Mapping[str, list[str]]:
    """The labels of a card and what else centres call the same."""
    fields: Mapping[str, list[str]] = load_yaml_resource("page.yaml")["service_card"]
    return fields
