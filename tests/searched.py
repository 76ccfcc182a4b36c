"""People who search: a log of searches that many made."""

from __future__ import annotations

import time

from indexer.config import Settings
from indexer.searches.log import SLOT_SECONDS, SearchLog


def many_searched(settings: Settings, *queries: str, times: int = 6) -> None:
    """Every query is asked so often, ten minutes apart, in the last days."""
    now = time.time() - 2 * 86_400
    log = SearchLog(settings.searches_path, floor=settings.searches.floor, clock=lambda: now)
    for _ in range(times):
        for query in queries:
            log.record(query, 7)
        log.flush()
        now += SLOT_SECONDS
    log.close()
