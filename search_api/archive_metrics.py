"""Metrics of the archive: pages by state, those with personal data, and what the latest run of
each site says."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from indexer.archive import Archive
from indexer.failure import Failure
from search_api.runs import last_runs

_REST: Final = 20
"""Figures are kept this many times as long as it took to make them: counting the pages of a
large archive takes at most a twentieth of a process, however often it is asked."""

_log = logging.getLogger(__name__)


class ArchiveCollector(Collector):
    """Gauges that are the same whichever process is asked.

    Args:
        path: the archive's database.
        sites: names of the configured sites.
    """

    def __init__(self, path: Path, sites: Collection[str]) -> None:
        self._path = path
        self._sites = sites
        self._lock = threading.Lock()
        self._made: list[Metric] = []
        self._good_until = 0.0

    def collect(self) -> Iterator[Metric]:
        """The gauges; without an archive that can be read they have no values, for the other
        metrics must go on."""
        with self._lock:
            started = time.monotonic()
            if started >= self._good_until:
                self._made = self._make()
                ended = time.monotonic()
                self._good_until = ended + _REST * (ended - started)
            made = list(self._made)
        yield from made

    def _make(self) -> list[Metric]:
        pages = GaugeMetricFamily(
            "qzsearch_pages", "Pages in the archive, by state", labels=["site", "state"]
        )
        suspicious = GaugeMetricFamily(
            "qzsearch_run_suspicious",
            "1 while the removals of the site's latest run wait for a confirmation",
            labels=["site"],
        )
        dead_links = GaugeMetricFamily(
            "qzsearch_run_dead_links",
            "Dead links that the site's latest run found",
            labels=["site"],
        )
        personal_data = GaugeMetricFamily(
            "qzsearch_personal_data_documents",
            "Pages in which personal data were masked",
            labels=["site"],
        )
        try:
            archive = Archive(self._path)
            try:
                for site, state, count in _count_pages(archive):
                    pages.add_metric([site, state], count)
                for site in self._sites:
                    personal_data.add_metric([site], archive.count_personal_findings(site))
                for run in last_runs(archive, self._sites).values():
                    suspicious.add_metric([run.site], float(run.state == "suspicious"))
                    dead_links.add_metric([run.site], run.dead_links)
            finally:
                archive.close()
        except (sqlite3.Error, Failure) as error:
            _log.error("no metrics of the archive: %s", error)
        return [pages, suspicious, dead_links, personal_data]


def _count_pages(archive: Archive) -> list[tuple[str, str, int]]:
    """Site, state and number of pages; answered from an index alone."""
    rows = archive.connection.execute("SELECT site, state, count(*) FROM page GROUP BY site, state")
    return [(row[0], row[1], row[2]) for row in rows]
