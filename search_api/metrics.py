"""Metrics in the Prometheus text format, for one process or many.

With ``PROMETHEUS_MULTIPROC_DIR`` set, the processes of a server count into files of that
folder and each can answer for all; without it a process answers for itself.
"""

from __future__ import annotations

import os
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from indexer.config import Settings
from indexer.index.engine import SearchEngine
from indexer.jobs.store import STATES, JobStore
from search_api.archive_metrics import ArchiveCollector

Outcome = Literal["found", "relaxed", "corrected", "partial", "nothing", "invalid", "unavailable"]
Source = Literal["api", "page"]

# From what the index needs to what a person takes for broken.
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
_REMEMBERED_JOBS: Final = 1000


class Metrics:
    """The metrics of one application."""

    def __init__(
        self, settings: Settings, engine: SearchEngine, jobs: Callable[[], JobStore]
    ) -> None:
        self._registry = CollectorRegistry()
        sites = [site.name for site in settings.sites]
        self._state = CollectorRegistry()
        self._state.register(_StateCollector(engine, jobs))
        self._state.register(ArchiveCollector(settings.archive_path, sites))
        self._searches = Counter(
            "qzsearch_searches",
            "Searches by where they came from and how they ended",
            ["source", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "qzsearch_search_seconds",
            "Time from the start of a search request to its answer",
            ["source"],
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def searched(self, source: Source, outcome: Outcome, seconds: float) -> None:
        """Count one search."""
        self._searches.labels(source, outcome).inc()
        self._seconds.labels(source).observe(seconds)

    def exposition(self) -> bytes:
        """All metrics at this moment, in the text format 0.0.4."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(self._state)


class _StateCollector(Collector):
    """What is the same whichever process is asked: read from index and job table."""

    def __init__(self, engine: SearchEngine, jobs: Callable[[], JobStore]) -> None:
        self._engine = engine
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        """Gauges of the index and the jobs."""
        status = self._engine.status()
        yield GaugeMetricFamily(
            "qzsearch_index_documents", "Documents in the index", value=status.documents
        )
        yield GaugeMetricFamily("qzsearch_index_bytes", "Size of the index", value=status.bytes)
        yield GaugeMetricFamily(
            "qzsearch_index_stale",
            "1 if the index was made with another dictionary or schema",
            value=float(status.stale),
        )
        age = GaugeMetricFamily("qzsearch_index_age_seconds", "Time since the index was written")
        if status.updated is not None:
            age.add_metric([], (datetime.now(timezone.utc) - status.updated).total_seconds())
        yield age
        yield from self._job_metrics()

    def _job_metrics(self) -> Iterator[Metric]:
        jobs = self._jobs().list(_REMEMBERED_JOBS)
        counts = Tally(job.state for job in jobs)
        states = GaugeMetricFamily("qzsearch_jobs", "Jobs remembered, by state", labels=["state"])
        for state in STATES:
            states.add_metric([state], counts[state])
        yield states
        success = GaugeMetricFamily(
            "qzsearch_job_last_success_timestamp_seconds",
            "When a job of this kind last succeeded, Unix time",
            labels=["kind"],
        )
        succeeded = {
            job.kind: job.finished
            for job in reversed(jobs)
            if job.state == "succeeded" and job.finished
        }
        for kind, finished in succeeded.items():
            success.add_metric([kind], datetime.fromisoformat(finished).timestamp())
        yield success
