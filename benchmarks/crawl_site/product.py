"""One crawl of this product for ``benchmarks/crawl.py``, in a process of its own.

    python benchmarks/crawl_site/product.py URL FOLDER

Crawls into a new archive in the folder, without delay and sixteen requests at a time, and
prints what it did as one JSON object. ``--known N`` puts N addresses into the archive
beforehand, as a site has them that was crawled for years.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import time
from pathlib import Path
from typing import Any

from indexer.archive import Archive
from indexer.config import Settings
from indexer.crawl.crawler import CrawlProgress, crawl

_BATCH = 10_000


def settings_for(url: str, folder: Path, **crawling: Any) -> Settings:
    """One site on loopback, asked as fast as it answers."""
    return Settings.model_validate(
        {
            "storage": {"directory": str(folder)},
            "sites": [{"name": "portal", "start_urls": [f"{url}/"]}],
            "crawl": {
                "delay_seconds": 0,
                "concurrent_requests_per_host": 16,
                "allow_private_addresses": True,
                "retries": 0,
                **crawling,
            },
        }
    )


def prefill(archive: Archive, url: str, known: int) -> None:
    """Addresses of the site that were found and never asked for, deep below the others, so
    that a crawl of few pages asks for those that exist."""
    for start in range(0, known, _BATCH):
        with archive.transaction() as db:
            for number in range(start, min(start + _BATCH, known)):
                address = f"{url}/zwgk/archive/{number % 12 + 1:02}/t2012_{number}.html"
                page = archive.ensure_page(address, "portal", f"第{number}号历史文件")
                db.execute("UPDATE page SET min_depth = 15 WHERE id = ?", (page,))


def _unwatched(_progress: CrawlProgress) -> None:
    """A crawl that nobody looks at."""


def main() -> None:
    """Crawl, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--known", type=int, default=0)
    parser.add_argument("--pages", type=int, help="ask for so many at the most")
    parser.add_argument("--profile", type=Path, help="write cProfile's statistics there")
    options = parser.parse_args()
    crawling = {"max_pages": options.pages} if options.pages else {}
    settings = settings_for(options.url, options.folder, **crawling)
    archive = Archive(settings.archive_path)
    prefill(archive, options.url, options.known)
    profile = cProfile.Profile()
    began = time.perf_counter()
    if options.profile:
        profile.enable()
    runs = crawl(settings, settings.sites, archive, _unwatched)
    profile.disable()
    seconds = time.perf_counter() - began
    rows = archive.connection.execute("SELECT url FROM page WHERE state = 'live'")
    urls = [row["url"] for row in rows]
    documents = sum(1 for _ in archive.list_documents())
    known = archive.connection.execute("SELECT count(*) FROM page").fetchone()[0]
    archive.close()
    if options.profile:
        profile.dump_stats(options.profile)
    done: dict[str, Any] = {"seconds": seconds, "urls": urls, "documents": documents}
    print(json.dumps({**done, "known": known, "counts": dict(runs[0].counts)}))


if __name__ == "__main__":
    main()
