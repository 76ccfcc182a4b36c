"""``/api/v1/admin/personal-data``: pages that show a person's numbers; only for staff."""

from __future__ import annotations

from flask import Blueprint, Response, request

from search_api.blueprints.guard import guard
from search_api.parameters import PersonalDataParameters, read_parameters
from search_api.personal_data import page_record
from search_api.problems import request_language
from search_api.responses import json_response
from search_api.services import services

personal_data = Blueprint("personal_data", __name__, url_prefix="/api/v1/admin")
guard(personal_data, read="personal_data.read")


@personal_data.get("/personal-data")
def list_pages() -> Response:
    """The pages in which something was masked, of one site or of all, the last read first."""
    asked = read_parameters(PersonalDataParameters, request.args, request_language())
    with services().archive() as archive:
        total = archive.count_personal_findings(asked.site)
        found = archive.personal_findings(asked.site, asked.size, (asked.page - 1) * asked.size)
    pages = [page_record(page) for page in found]
    return json_response({"total": total, "page": asked.page, "size": asked.size, "pages": pages})
