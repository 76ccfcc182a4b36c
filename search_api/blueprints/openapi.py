"""``/openapi.json``: the OpenAPI 3.1 description of the service."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response

from search_api.resources import load_yaml_resource
from search_api.responses import json_response

openapi = Blueprint("openapi", __name__)


@lru_cache(maxsize=1)
def openapi_document() -> dict[str, Any]:
    """Paths of ``openapi.yaml`` and components of ``openapi_components.yaml`` as one."""
    document = load_yaml_resource("openapi.yaml")
    document["components"] = load_yaml_resource("openapi_components.yaml")
    return document


@openapi.get("/openapi.json")
def description() -> Response:
    """The whole description as JSON, readable from any origin."""
    response = json_response(openapi_document())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
