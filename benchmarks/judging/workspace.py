"""Archives and indexes of the sets, kept between runs: an index is made anew when the
running code calls it stale, and not otherwise."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from indexer.archive import Archive
from indexer.config import Settings, load_settings
from indexer.document import Document
from indexer.exchange import import_file
from indexer.index.engine import EngineError, SearchEngine
from indexer.index.ranking import RankingParameters
from indexer.index.whoosh_engine import WhooshEngine
from indexer.indexing import rebuild
from indexer.jobs.run import JobRun
from indexer.jobs.store import JobStore
from indexer.jobs.tasks import crawl_task
from indexer.sample_sites import portal, service_center
from indexer.sample_sites.server import SampleSites


def say(text: str) -> None:
    """To whoever waits; the tables alone are standard output."""
    print(text, file=sys.stderr, flush=True)


class Workspace:
    """The folder of one set: ``crawl_config.yaml``, archive, indexes."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root

    @property
    def settings(self) -> Settings:
        """Of this folder."""
        return load_settings(self.root / "crawl_config.yaml")

    @property
    def sites(self) -> dict[str, str]:
        """The base URL of every site by its name."""
        return {site.name: site.start_urls[0].rstrip("/") for site in self.settings.sites}

    def fill(self, records: Iterable[dict[str, Any]]) -> None:
        """Import documents, unless that was done before."""
        if self._is_filled():
            return
        self._configure({"bench": "http://bench.example"})
        path = self.root / "documents.jsonl.gz"
        with gzip.open(path, "wt", encoding="utf-8") as file:
            for record in records:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        archive = Archive(self.settings.archive_path)
        started = time.perf_counter()
        summary = import_file(path, archive)
        archive.close()
        say(
            f"{self.root.name}: imported {summary.imported}, rejected {summary.rejected}, "
            f"{time.perf_counter() - started:.0f} s"
        )
        self._mark_filled()

    def fill_from_samples(self) -> None:
        """Crawl the bundled sample sites, unless they were crawled as they are now."""
        builders = {"portal": portal.build, "service_center": service_center.build}
        pages = (build("http://x.example").items() for build in builders.values())
        content = hashlib.blake2b(repr([sorted(site, key=str) for site in pages]).encode())
        if self._is_filled(content.hexdigest()):
            return
        for path in sorted(self.root.glob("data/*.sqlite*")):
            path.unlink()
        with SampleSites(builders) as served:
            self._configure({name: site.base_url for name, site in served.items()})
            store = JobStore(self.settings.service_path)
            job = store.submit("crawl", running=True)
            crawl_task(self.settings, JobRun(store, job))
            store.finish(job.id, "succeeded")
            store.close()
        self._mark_filled(content.hexdigest())

    def documents(self) -> list[Document]:
        """All documents of the archive."""
        archive = Archive(self.settings.archive_path)
        try:
            return list(archive.iterate_documents())
        finally:
            archive.close()

    def engine(self, ranking: RankingParameters | None = None) -> SearchEngine:
        """An engine on an up-to-date index; ``ranking`` instead of the shipped parameters.

        Parameters that are written into an index get an index of their own.
        """
        root = self.settings.index_directory
        if ranking is None:
            return self._indexed(WhooshEngine(root))
        engine = WhooshEngine(root, ranking=ranking)
        self.engine()
        if not engine.status().stale:
            return engine
        digest = hashlib.blake2b(ranking.model_dump_json().encode(), digest_size=6).hexdigest()
        return self._indexed(WhooshEngine(self.root / "ablated" / digest, ranking=ranking))

    def _indexed(self, engine: WhooshEngine) -> WhooshEngine:
        try:
            status = engine.status()
            if status.generation and not status.stale:
                return engine
        except EngineError:
            pass  # another schema wrote it
        archive = Archive(self.settings.archive_path)
        started = time.perf_counter()
        try:
            written = rebuild(archive, engine)
        finally:
            archive.close()
        seconds = time.perf_counter() - started
        say(f"{self.root.name}: {written} documents indexed, {seconds:.0f} s")
        return engine

    def _configure(self, sites: dict[str, str]) -> None:
        content = {
            "sites": [{"name": name, "start_urls": [f"{url}/"]} for name, url in sites.items()],
            "crawl": {"delay_seconds": 0, "allow_private_addresses": True},
        }
        (self.root / "crawl_config.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")

    def _is_filled(self, content: str = "") -> bool:
        mark = self.root / "filled"
        return mark.exists() and mark.read_text(encoding="utf-8") == content

    def _mark_filled(self, content: str = "") -> None:
        (self.root / "filled").write_text(content, encoding="utf-8")
