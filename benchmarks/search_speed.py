"""Searching an index as it is, through this product and through its peers, side by side.

    python benchmarks/search_speed.py --config CONFIG [--queries 200]

CONFIG names a data folder into which the law articles were imported (law_articles.py makes
the file). The queries are runs of 2 to 12 characters cut from random titles and texts of
the index itself. The peers answer the same terms: Whoosh's own searcher with BM25F over
the same index, any-term; and SQLite FTS5 over the same segmented texts. Times are of one
process and one thread; the ratios hold where the machine is noisy.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from whoosh import scoring
from whoosh.index import open_dir
from whoosh.query import Or, Term

from analyzers.concepts import concepts_of
from analyzers.normalize import normalize
from analyzers.query import parse_query
from analyzers.terms import term_positions
from indexer.archive import Archive
from indexer.config import Settings, load_settings
from indexer.document import Document
from indexer.index import open_engine
from indexer.index.engine import SearchRequest

Searcher = Callable[[str], int]


def terms_of(text: str) -> list[str]:
    """The terms all three engines are asked for."""
    found = concepts_of([normalize(text)], exact=True)
    typed = [term for concept in found.concepts for term in concept.alternatives[0].terms]
    return [*typed, *found.evidence]


def product(settings: Settings) -> Searcher:
    """All of this product's answer but its JSON: ranking, totals, facets, ten documents."""
    engine = open_engine(settings)
    return lambda text: engine.search(SearchRequest(parse_query(text))).total


def whoosh_searcher(settings: Settings) -> Searcher:
    """Whoosh's own searcher over the same index: the ten best, no facets."""
    folders = sorted(settings.index_directory.glob("g*"))
    parameters = scoring.BM25F(B=0.4, K1=0.9)
    searcher = open_dir(str(folders[-1])).searcher(weighting=parameters)

    def search(text: str) -> int:
        query = Or([Term("content", term) for term in terms_of(text)])
        return len(searcher.search(query, limit=10).top_n)

    return search


def fts5(documents: Sequence[Document]) -> Searcher:
    """SQLite FTS5 over the same terms: the ten best, no facets."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE page USING fts5(content, tokenize='unicode61')")
    rows = ((" ".join(term_positions(f"{one.title} {one.text}")),) for one in documents)
    database.executemany("INSERT INTO page VALUES (?)", rows)

    def search(text: str) -> int:
        match = " OR ".join(f'"{term}"' for term in terms_of(text))
        statement = "SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT 10"
        return len(database.execute(statement, (match,)).fetchall())

    return search


def draw_queries(documents: Sequence[Document], count: int) -> list[str]:
    """Runs of text that stand in the documents."""
    chance = random.Random(604)  # noqa: S311  # the same queries at every run
    queries = []
    while len(queries) < count:
        document = chance.choice(documents)
        text = chance.choice((document.title, document.text))
        length = chance.randint(2, 12)
        start = chance.randrange(max(len(text) - length, 1))
        piece = text[start : start + length].strip()
        if terms_of(piece):
            queries.append(piece)
    return queries


def measure(search: Searcher, queries: Sequence[str]) -> list[float]:
    """Milliseconds of each query, after one unmeasured pass over all of them."""
    for query in queries:
        search(query)
    times = []
    for query in queries:
        started = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=200)
    arguments = parser.parse_args()
    settings = load_settings(arguments.config)
    archive = Archive(settings.archive_path)
    documents = list(archive.iterate_documents())
    archive.close()
    queries = draw_queries(documents, arguments.queries)
    print(f"{len(documents)} documents, {len(queries)} queries")
    print(f"{'engine':<20}{'p50 ms':>9}{'p95 ms':>9}{'p50 ratio':>11}{'p95 ratio':>11}")
    base: list[float] = []
    for name, search in (
        ("qzsearch", product(settings)),
        ("Whoosh's searcher", whoosh_searcher(settings)),
        ("SQLite FTS5", fts5(documents)),
    ):
        times = measure(search, queries)
        middle, high = statistics.median(times), times[int(len(times) * 0.95)]
        base = base or [middle, high]
        print(
            f"{name:<20}{middle:>9.2f}{high:>9.2f}{middle / base[0]:>11.1f}{high / base[1]:>11.1f}"
        )


if __name__ == "__main__":
    main()
