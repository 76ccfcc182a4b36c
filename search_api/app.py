"""The web service: an application factory for Flask."""

from __future__ import annotations

import time
from typing import Final

from flask import Flask, g

from indexer.config import Settings
from indexer.index import open_engine
from indexer.index.engine import SearchEngine
from search_api.blueprints import BLUEPRINTS
from search_api.problems import install_error_handlers
from search_api.responses import add_security_headers
from search_api.services import EXTENSION, Services
from search_api.static_files import static_url

LARGEST_BODY: Final = 64 * 1024
"""Bytes of a request body: the largest one accepted is a list of sites."""
_STATIC_SECONDS: Final = 30 * 24 * 3600


def create_app(settings: Settings, engine: SearchEngine | None = None) -> Flask:
    """The application for a configuration.

    Args:
        settings: what ``crawl_config.yaml`` holds.
        engine: an open engine; by default the one the configuration names.

    It opens no database and starts no thread here, so that a server may fork afterwards.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # Addresses of static files carry a hash of their content and may be kept long.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _STATIC_SECONDS
    app.jinja_env.globals["static_url"] = static_url
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions[EXTENSION] = Services(settings, engine or open_engine(settings))
    app.before_request(_start_clock)
    app.after_request(add_security_headers)
    install_error_handlers(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _start_clock() -> None:
    g.started = time.perf_counter()
