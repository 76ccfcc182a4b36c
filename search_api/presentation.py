"""Results as the search API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from indexer.index.engine import Hit, SearchResponse
from indexer.service import labels, searchable_text
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
        "partial": response.partial,
    }


def result_records(response: SearchResponse) -> list[dict[str, Any]]:
    """Every hit with title and snippet highlighted."""
    highlighter = Highlighter(response.terms)
    return [_result_record(hit, highlighter) for hit in response.hits]


def _result_record(hit: Hit, highlighter: Highlighter) -> dict[str, Any]:
    """Unknown facts are null; only ``title_html`` and ``snippet_html`` are HTML."""
    document = hit.document
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
        "published": _day(document.published),
        "signed": _day(document.signed),
        "effective": _day(document.effective),
        "expires": _day(document.expires),
        "effect": document.effect,
        "issuer": document.issuer,
        "index_number": document.index_number,
        "topic": document.topic,
        "issue": document.issue,
        "keywords": list(document.keywords),
        "images": [image._asdict() for image in document.images],
        "filetype": document.filetype,
        "parent": document.parent,
        "parent_title": hit.parent_title,
        "attachments": [attachment._asdict() for attachment in hit.attachments],
        "service": dict(document.service) if document.service else None,
        "score": round(hit.score, 4),
        "duplicates": hit.duplicates,
        **_explanation(hit),
    }


def _explanation(hit: Hit) -> dict[str, Any]:
    """The steps of the score, if they were asked for."""
    if hit.explanation is None:
        return {}
    parts = [{**part._asdict(), "gain": round(part.gain, 6)} for part in hit.explanation]
    return {"explanation": parts}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def service_card(service: Mapping[str, Any]) -> dict[str, Any]:
    """What people look for first in a service guide, for the page of results.

    Returns ``facts``, pairs of a label and a text; ``online_url``, None where there is no
    address; and ``forms`` to download, each with name and URL.
    """
    texts = searchable_text(service)
    facts = []
    for alternatives in load_yaml_resource("page.yaml")["service_card"]:
        key = next((key for key in alternatives if texts.get(key)), None)
        if key:
            facts.append((labels()[key], texts[key]))
    forms = [(form["url"], form["name"]) for form in service.get("forms", ()) if "url" in form]
    forms += [
        (material["blank_url"], material["name"])
        for material in service.get("materials", ())
        if "blank_url" in material
    ]
    return {
        "facts": facts,
        "online_url": service.get("online_url"),
        "forms": [{"url": url, "name": name} for url, name in dict(reversed(forms)).items()][::-1],
    }
