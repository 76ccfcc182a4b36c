"""``/healthz``, ``/readyz`` and ``/metrics``: for load balancers and monitoring."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from analyzers.query import parse_query
from indexer.index.engine import SearchRequest
from search_api.responses import json_response
from search_api.services import services

operations = Blueprint("operations", __name__)

_PROBE: Final = SearchRequest(query=parse_query("政府"), size=1)
_NO_STORE: Final = {"Cache-Control": "no-store"}


@operations.get("/healthz")
def healthz() -> Response:
    """Liveness: the process answers. Says nothing of the index, which a restart cannot mend."""
    response = json_response({"status": "ok"})
    response.headers.update(_NO_STORE)
    return response


@operations.get("/readyz")
def readyz() -> Response:
    """Readiness: the engine answered a real search just now; 503 otherwise."""
    engine = services().engine
    engine.search(_PROBE)
    response = json_response({"status": "ready", "documents": engine.status().documents})
    response.headers.update(_NO_STORE)
    return response


@operations.get("/metrics")
def metrics() -> Response:
    """Prometheus text format 0.0.4."""
    response = Response(
        services().metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8"
    )
    response.headers.update(_NO_STORE)
    return response
