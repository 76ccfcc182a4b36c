"""``/admin/``: the staff console. The page holds nothing secret; its script asks the API."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from search_api.resources import load_yaml_resource
from search_api.responses import html_response
from search_api.services import services

console = Blueprint("console", __name__)


# Without the slash too: the redirect that Flask would make names http:// behind a proxy.
@console.get("/admin/", strict_slashes=False)
def console_page() -> Response:
    """The console; whoever opens it needs a token to see anything."""
    words = load_yaml_resource("console.yaml")
    zone = services().settings.schedule.timezone
    response = html_response(render_template("console.html", words=words, zone=zone))
    response.headers["Cache-Control"] = "no-store"
    return response
