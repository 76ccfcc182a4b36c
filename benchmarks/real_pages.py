"""Real pages from the web to the first result: crawled, extracted, found by their titles.

    python benchmarks/real_pages.py DATA

Serves the 311 real pages of ``html/`` on loopback as two sites, with list pages that this
script builds. The lists number their links and do not give titles, and no header tells a
charset, so that everything has to be read from the pages themselves. Then every title that
is known is searched, once through this product and once through SQLite's FTS5 on bigrams
of what the same crawl found.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from analyzers.normalize import normalize
from analyzers.query import parse_query
from indexer.archive import Archive
from indexer.config import Settings, load_settings
from indexer.document import Document
from indexer.index import open_engine
from indexer.index.engine import SearchRequest
from indexer.jobs.run import JobRun
from indexer.jobs.store import JobStore
from indexer.jobs.tasks import crawl_task
from indexer.sample_sites.resource import Pages, Resource
from indexer.sample_sites.server import SampleSites

_PER_LIST = 20


def build_site(folder: Path) -> Pages:
    """The pages of a folder under their names, and numbered lists that lead to them."""
    names = sorted(path.name for path in folder.glob("*.html"))
    pages = {
        f"/pages/{name}": Resource((folder / name).read_bytes(), "text/html") for name in names
    }
    lists = [names[start : start + _PER_LIST] for start in range(0, len(names), _PER_LIST)]
    for number, part in enumerate(lists):
        links = [f'<li><a href="/pages/{name}">{name[:8]}</a></li>' for name in part]
        if number + 1 < len(lists):
            links.append(f'<li><a href="/index_{number + 1}.html">下一页</a></li>')
        html = (
            f"<html><head><title>列表</title></head><body><ul>{''.join(links)}</ul></body></html>"
        )
        path = "/" if number == 0 else f"/index_{number}.html"
        pages[path] = Resource(html.encode("gb18030"), "text/html")
    return pages


def gold_titles(data: Path) -> dict[str, list[tuple[str, str]]]:
    """Known titles and the file each belongs to, by set."""
    sets: dict[str, list[tuple[str, str]]] = {}
    for name, field in (("cms_static", "title"), ("cwce", "title_tag")):
        lines = (data / "html" / name / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        gold = [json.loads(line) for line in lines]
        sets[name] = [
            (entry[field], entry["file"].rsplit("/", 1)[-1]) for entry in gold if entry[field]
        ]
    return sets


def crawl(settings: Settings) -> dict[str, Any]:
    """One crawl, as the nightly job makes it."""
    store = JobStore(settings.service_path)
    job = store.submit("crawl", running=True)
    summary = dict(crawl_task(settings, JobRun(store, job)))
    store.finish(job.id, "succeeded", summary=summary)
    store.close()
    return summary


Finder = Callable[[str], list[str]]


def product(settings: Settings) -> Finder:
    """Searches as the search box does; gives the URLs of the first ten."""
    engine = open_engine(settings)

    def find(title: str) -> list[str]:
        return [hit.document.url for hit in engine.search(SearchRequest(parse_query(title))).hits]

    return find


def fts5(documents: list[Document]) -> Finder:
    """The peer: SQLite FTS5, bm25, any of the title's bigrams."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE page USING fts5(url UNINDEXED, title, body)")
    database.executemany(
        "INSERT INTO page VALUES (?, ?, ?)",
        [(one.url, _bigrams(one.title), _bigrams(one.text)) for one in documents],
    )

    def find(title: str) -> list[str]:
        terms = " OR ".join(f'"{term}"' for term in dict.fromkeys(_bigrams(title).split()))
        if not terms:
            return []
        rows = database.execute(
            "SELECT url FROM page WHERE page MATCH ? ORDER BY rank LIMIT 10", (terms,)
        )
        return [row[0] for row in rows]

    return find


def _bigrams(text: str) -> str:
    letters = "".join(character for character in normalize(text) if character.isalnum())
    return " ".join(letters[i : i + 2] for i in range(max(len(letters) - 1, 1)))


def measure(titles: list[tuple[str, str]], find: Finder) -> tuple[int, int, float]:
    """How many titles find their page first and in the first ten; milliseconds a search."""
    first = ten = 0
    started = time.perf_counter()
    for title, file in titles:
        found = [url.rsplit("/", 1)[-1] for url in find(title)]
        first += found[:1] == [file]
        ten += file in found
    return first, ten, (time.perf_counter() - started) * 1000 / len(titles)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder that holds html/")
    data: Path = parser.parse_args().data
    sites = {
        "cms_static": build_site(data / "html" / "cms_static" / "pages"),
        "cwce": build_site(data / "html" / "cwce" / "original"),
    }
    with SampleSites(sites) as served, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "crawl_config.yaml"
        content = {
            "sites": [
                {"name": name, "start_urls": [f"{site.base_url}/"]} for name, site in served.items()
            ],
            "crawl": {"delay_seconds": 0, "allow_private_addresses": True},
        }
        config.write_text(yaml.safe_dump(content), encoding="utf-8")
        settings = load_settings(config)
        summary = crawl(settings)
        report(settings, summary, gold_titles(data))


def report(
    settings: Settings, summary: dict[str, Any], sets: dict[str, list[tuple[str, str]]]
) -> None:
    """Search every title both ways and print what came of it."""
    archive = Archive(settings.archive_path)
    documents = list(archive.iterate_documents())
    archive.close()
    print(f"crawled in {summary['seconds']} s: {summary['sites']}")
    print(f"documents: {len(documents)}; index: {summary['index']}")
    print(f"{'set':<12}{'titles':>8}{'engine':>12}{'first':>8}{'in ten':>8}{'ms':>8}")
    for name, titles in sets.items():
        for label, finder in (("qzsearch", product(settings)), ("FTS5", fts5(documents))):
            first, ten, milliseconds = measure(titles, finder)
            print(f"{name:<12}{len(titles):>8}{label:>12}{first:>8}{ten:>8}{milliseconds:>8.1f}")
            for title, file in titles:
                found = [url.rsplit("/", 1)[-1] for url in finder(title)]
                if label == "qzsearch" and found[:1] != [file]:
                    print(f"  not first: {title!r} ({file})")


if __name__ == "__main__":
    main()
