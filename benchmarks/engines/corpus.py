"""The law articles, once or several times over: the product's index, and its terms as text.

All engines get the same terms: those of the product's field ``content``, each as often as it
stands in the document.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import law_articles
import numpy as np

from analyzers.concepts import concepts_of
from analyzers.normalize import normalize
from indexer.document import Document
from indexer.index.engine import IndexEntry
from indexer.index.snapshot import Snapshot
from indexer.index.whoosh_engine import WhooshEngine

ARTICLES = 147_288
TYPES = ("policy", "announcement", "news", "interpretation", "other")
_WORDS = (2, 5)
"""Of a query, as evidence tells of portals' queries."""


def say(text: str) -> None:
    """Tell what is being done; the tables alone go to where figures are read from."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Corpus:
    """Every so manieth article, so many times over, in a folder that keeps what is made of it."""

    def __init__(self, data: Path, work: Path, every: int = 1, copies: int = 1) -> None:
        self.data, self.work, self.every, self.copies = data, work, every, copies
        self.size = -(-ARTICLES // every) * copies
        self.folder = work / f"{self.size}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def entries(self) -> Iterator[IndexEntry]:
        """The documents; a copy has addresses of its own."""
        for copy in range(self.copies):
            for record in self.records():
                yield IndexEntry(document_of(record, copy), digest=str(copy))

    def engine(self) -> WhooshEngine:
        """The product's index, made if it is not there or of another version."""
        engine = WhooshEngine(self.folder / "index")
        status = engine.status()
        if status.stale or status.documents != self.size:
            say(f"indexing {self.size:,} documents")
            started = time.perf_counter()
            engine.rebuild(self.entries())
            say(f"indexed in {time.perf_counter() - started:.1f} s")
        return engine

    def lines(self) -> Iterator[str]:
        """The terms of each document with a space between."""
        path = self.lines_path()
        for _copy in range(self.copies):
            with path.open(encoding="utf-8") as file:
                for line in file:
                    yield line.rstrip("\n")

    def lines_path(self) -> Path:
        """The file with the lines of one copy, made if it is not there."""
        once = Corpus(self.data, self.work, self.every)
        path = once.folder / "terms.txt"
        if not path.exists():
            write_lines(once.engine()._current(), path)
        return path

    def records(self) -> Iterator[dict[str, Any]]:
        """The import records of one copy."""
        return islice(law_articles.records(self.data), 0, None, self.every)


def draw_queries(data: Path, count: int, seed: int = 604) -> list[tuple[str, ...]]:
    """Words that stand together in titles and texts, two to five of them."""
    chance = random.Random(seed)  # noqa: S311  # the same queries at every run
    texts = [text for one in law_articles.records(data) for text in (one["title"], one["text"])]
    queries: list[tuple[str, ...]] = []
    while len(queries) < count:
        terms = words_of(piece_of(chance.choice(texts), chance))
        if _WORDS[0] <= len(terms) <= _WORDS[1]:
            queries.append(terms)
    return queries


def document_of(record: dict[str, Any], copy: int = 0) -> Document:
    """A record's document; types take turns, so that there is something to filter by."""
    number = int.from_bytes(record["url"].encode()[-4:], "big")
    changed = {"type": TYPES[number % len(TYPES)], "url": f"{record['url']}#{copy}"}
    return Document.from_record(record | changed)


def piece_of(text: str, chance: random.Random) -> str:
    """A run of 4 to 14 characters."""
    length = chance.randint(4, 14)
    start = chance.randrange(max(len(text) - length, 1))
    return text[start : start + length]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a query as the product asks for them, each once."""
    concepts = concepts_of([normalize(text)], exact=True).concepts
    return tuple(dict.fromkeys(term for one in concepts for term in one.alternatives[0].terms))


def write_lines(snapshot: Snapshot, path: Path) -> None:
    """Turn the postings of an index of one segment around: the terms of each document."""
    say("writing the terms of each document")
    (segment,) = snapshot.segments
    terms, numbers, counts = [], [], []
    for term, _documents in segment.terms("content"):
        own, _weights = segment.postings("content", term)
        ends, _positions = segment.positions("content", term)
        terms.append(term.decode())
        numbers.append(own)
        counts.append(np.diff(ends.astype(np.int64), prepend=0))
    ordinals = np.repeat(np.arange(len(terms), dtype=np.int32), [len(one) for one in numbers])
    documents = np.concatenate(numbers)
    order = np.argsort(documents, kind="stable")
    ordinals, repeated = ordinals[order], np.concatenate(counts)[order]
    bounds = np.searchsorted(documents[order], np.arange(segment.size + 1)).tolist()
    made = path.with_suffix(".new")
    with made.open("w", encoding="utf-8") as file:
        for first, last in zip(bounds, islice(bounds, 1, None), strict=False):
            each = np.repeat(ordinals[first:last], repeated[first:last]).tolist()
            file.write(" ".join([terms[one] for one in each]) + "\n")
    made.replace(path)


def write_json(path: Path, value: Any) -> Path:
    """A file for a program of another Python."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path
