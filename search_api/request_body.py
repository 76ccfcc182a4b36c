"""Bodies of requests."""

from __future__ import annotations

import json
from typing import Any

from flask import request

from search_api.problems import Problem
from search_api.responses import JSON_TYPE


def json_body(*also: str) -> dict[str, Any]:
    """The object in the body of the current request.

    Args:
        also: media types that the address takes besides, for the message.

    Raises:
        Problem: the body is of another type, or no JSON object.
    """
    if request.mimetype != JSON_TYPE:
        raise Problem("415", accepted=", ".join((JSON_TYPE, *also)))
    try:
        content = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Problem("invalid-body", reason=str(error)) from None
    if not isinstance(content, dict):
        raise Problem("invalid-body", reason=type(content).__name__)
    return content
