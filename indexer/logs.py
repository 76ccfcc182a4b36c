"""Log files in the data folder, bounded in size."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler

from indexer.config import Settings

_BYTES = 5_000_000
_FILES = 5


def log_to_file(settings: Settings, name: str) -> None:
    """Send this process's log to ``logs/NAME.log``."""
    directory = settings.data_directory / "logs"
    directory.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        directory / f"{name}.log", maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
