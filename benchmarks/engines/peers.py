"""This product's kernel and its peers behind one interface: the same terms, the ten best.

Each peer is given the best of what it offers for this: no positions where they are not needed,
one segment, a warm cache. Xapian runs under the system's own Python (xapian_peer.py), for
Debian's package is made for that; its times are taken there.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from whoosh.index import open_dir
from whoosh.query import And, Or, Term
from whoosh.scoring import BM25F

from engines.corpus import Corpus, draw_queries, say, write_json
from indexer.index.kernel.boolean import TermQuery, best_of
from indexer.index.ranking import ranking_parameters
from indexer.index.snapshot import Snapshot

Query = tuple[str, ...]
_SYSTEM_PYTHON: Final = "/usr/bin/python3"


class Peer(ABC):
    """An engine over a corpus; ``most`` is how many queries it is worth while to time, and
    ``is_quick`` whether all of them take seconds."""

    name: str
    most: int | None = None
    is_quick = False

    @abstractmethod
    def times(self, queries: Sequence[Query], every: bool) -> list[float]:
        """Milliseconds of each query after an unmeasured pass over them."""

    @abstractmethod
    def size(self) -> int:
        """Bytes of its index on disk."""


class _Here(Peer):
    """One that is asked in this process."""

    def times(self, queries: Sequence[Query], every: bool) -> list[float]:
        """See the base class."""
        return timed(lambda query: self.ask(query, every), queries[: self.most])

    @abstractmethod
    def ask(self, query: Query, every: bool) -> Any:
        """The ten best of any, or of every, term."""


def timed(
    ask: Callable[[Query], Any], queries: Sequence[Query], before: Sequence[Query] | None = None
) -> list[float]:
    """Milliseconds of each query, after one unmeasured pass over all of them, or over others."""
    for query in queries if before is None else before:
        ask(query)
    times = []
    for query in queries:
        started = time.perf_counter()
        ask(query)
        times.append((time.perf_counter() - started) * 1000)
    return times


class Kernel(_Here):
    """This product's kernel."""

    name = "qzsearch, exact totals"
    is_quick = True

    def __init__(self, corpus: Corpus) -> None:
        self._folder = corpus.folder / "index"
        self._snapshot = corpus.engine()._current()
        self._ranking = ranking_parameters()

    def ask(self, query: Query, every: bool) -> Any:
        """See the base class."""
        return best_of(self._snapshot, TermQuery(query, every), self._ranking)

    def size(self) -> int:
        """Without what Whoosh keeps of the postings besides: see :class:`Whoosh`."""
        return sum(path.stat().st_size for path in self._folder.glob("g*/*.postings"))


class NewToTheProcess(Kernel):
    """The same for words that this process has not been asked for, but by chance: it remembers
    where those of earlier queries are, which no peer does."""

    name = "qzsearch, asked for the first time"

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(corpus)
        self._data = corpus.data

    def times(self, queries: Sequence[Query], every: bool) -> list[float]:
        """Milliseconds of each query after as many others."""
        self._snapshot = Snapshot(self._snapshot.generation)
        others = draw_queries(self._data, len(queries), seed=1949)
        return timed(lambda query: self.ask(query, every), queries, others)


class Whoosh(_Here):
    """Whoosh's own searcher over the same index with its own BM25F: a few queries."""

    name = "Whoosh's searcher, top 10 only"

    def __init__(self, corpus: Corpus) -> None:
        corpus.engine()
        self.most = max(10, min(100, 15_000_000 // corpus.size))
        (self._folder,) = (corpus.folder / "index").glob("g*")
        ranking = ranking_parameters()
        self._searcher = open_dir(str(self._folder)).searcher(
            weighting=BM25F(B=ranking.b, K1=ranking.k1)
        )

    def ask(self, query: Query, every: bool) -> Any:
        """See the base class."""
        terms = [Term("content", term) for term in query]
        return self._searcher.search((And if every else Or)(terms), limit=10).top_n

    def size(self) -> int:
        """See the base class."""
        return sum(path.stat().st_size for path in self._folder.glob("*.seg"))


class Fts5(_Here):
    """SQLite FTS5, no content kept."""

    name = "SQLite FTS5, top 10 only"

    def __init__(self, corpus: Corpus) -> None:
        self.most = max(20, min(1000, 30_000_000 // corpus.size))
        self._path = corpus.folder / "fts5.sqlite"
        if not self._path.exists():
            say(f"making the FTS5 index of {corpus.size:,} documents")
            self._write(corpus.lines())
        self._database = sqlite3.connect(self._path)
        self._database.execute("PRAGMA mmap_size = 30000000000")

    def _write(self, lines: Iterator[str]) -> None:
        made = self._path.with_suffix(".new")
        made.unlink(missing_ok=True)
        database = sqlite3.connect(made, isolation_level=None)
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE VIRTUAL TABLE page USING "
            "fts5(content, content='', tokenize='unicode61 remove_diacritics 0')"
        )
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO page (rowid, content) VALUES (?, ?)", enumerate(lines, start=1)
        )
        database.execute("COMMIT")
        database.execute("INSERT INTO page (page) VALUES ('optimize')")
        database.close()
        made.replace(self._path)

    def ask(self, query: Query, every: bool) -> Any:
        """See the base class."""
        match = (" AND " if every else " OR ").join(f'"{term}"' for term in query)
        statement = "SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT 10"
        return self._database.execute(statement, (match,)).fetchall()

    def size(self) -> int:
        """See the base class."""
        return self._path.stat().st_size


class Tantivy(_Here):
    """tantivy with frequencies and without positions, one segment."""

    is_quick = True

    def __init__(self, corpus: Corpus, *, counts: bool) -> None:
        import tantivy

        self.name = f"tantivy, {'exact totals' if counts else 'top 10 only'}"
        self._counts = counts
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("content", tokenizer_name="spaces", index_option="freq")
        self._schema = builder.build()
        self._folder = corpus.folder / "tantivy"
        is_new = not self._folder.exists()
        folder = self._folder.with_suffix(".new") if is_new else self._folder
        shutil.rmtree(folder if is_new else folder.with_suffix(".new"), ignore_errors=True)
        folder.mkdir(exist_ok=True)
        index = _tantivy_index(tantivy, self._schema, folder)
        if is_new:
            say(f"making the tantivy index of {corpus.size:,} documents")
            _write_tantivy(tantivy, index, corpus.lines())
            folder.rename(self._folder)
            index = _tantivy_index(tantivy, self._schema, self._folder)
        self._searcher = index.searcher()
        self._term, self._join = tantivy.Query.term_query, tantivy.Query.boolean_query
        self._occur = {True: tantivy.Occur.Must, False: tantivy.Occur.Should}

    def ask(self, query: Query, every: bool) -> Any:
        """See the base class."""
        occur = self._occur[every]
        parts = [(occur, self._term(self._schema, "content", term, "freq")) for term in query]
        return self._searcher.search(self._join(parts), 10, self._counts)

    def size(self) -> int:
        """See the base class."""
        return sum(path.stat().st_size for path in self._folder.iterdir())


def _tantivy_index(tantivy: Any, schema: Any, folder: Path) -> Any:
    index = tantivy.Index(schema, path=str(folder))
    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", spaces)
    index.reload()
    return index


def _write_tantivy(tantivy: Any, index: Any, lines: Iterator[str]) -> None:
    writer = index.writer(heap_size=2_000_000_000, num_threads=1)
    for line in lines:
        document = tantivy.Document()
        document.add_text("content", line)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


class Xapian(Peer):
    """Xapian's BM25Weight with the same parameters, a compacted database."""

    def __init__(self, corpus: Corpus, *, counts: bool) -> None:
        self.name = f"Xapian, {'exact totals' if counts else 'top 10 only'}"
        self._counts = counts
        self.most = max(20, min(1000, 150_000_000 // corpus.size))
        self._folder = corpus.folder / "xapian"
        self._work = corpus.folder
        ranking = ranking_parameters()
        self._parameters = [ranking.k1, ranking.b]
        if not self._folder.exists():
            say(f"making the Xapian database of {corpus.size:,} documents")
            _xapian("build", str(corpus.lines_path()), str(corpus.copies), str(self._folder))

    def times(self, queries: Sequence[Query], every: bool) -> list[float]:
        """See the base class."""
        asked = [queries[: self.most], every, self._counts, *self._parameters]
        path = write_json(self._work / "xapian-queries.json", asked)
        times: list[float] = json.loads(_xapian("time", str(self._folder), str(path)))
        return times

    def size(self) -> int:
        """See the base class."""
        return sum(path.stat().st_size for path in self._folder.iterdir())


def _xapian(*arguments: str) -> str:
    script = Path(__file__).with_name("xapian_peer.py")
    command = [_SYSTEM_PYTHON, str(script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def peers_of(corpus: Corpus) -> Iterator[Peer]:
    """The product, then all that are there, opened one after the other."""
    yield Kernel(corpus)
    yield NewToTheProcess(corpus)
    yield Whoosh(corpus)
    yield Fts5(corpus)
    if find_spec("tantivy"):
        yield Tantivy(corpus, counts=True)
        yield Tantivy(corpus, counts=False)
    else:
        say("tantivy is not installed: pip install tantivy")
    if _has_xapian():
        yield Xapian(corpus, counts=True)
        yield Xapian(corpus, counts=False)
    else:
        say("Xapian is not installed: apt install python3-xapian")


def _has_xapian() -> bool:
    command = [_SYSTEM_PYTHON, "-c", "import xapian"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
