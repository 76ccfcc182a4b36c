"""This product and its peers behind one interface, over the same documents."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import jieba

from indexer.document import Document
from indexer.index.engine import SearchEngine
from search_api.evaluation import Found, found_by, search_as_typed


class Engine(ABC):
    """``ask`` is what is timed; ``read`` makes of its answer the first ten results, each with
    all the URLs it stands for."""

    name: str

    @abstractmethod
    def ask(self, text: str) -> Any:
        """Search for what was typed."""

    @abstractmethod
    def read(self, answer: Any) -> list[Found]:
        """The results of an answer."""

    def find(self, text: str) -> list[Found]:
        """Search and read."""
        return self.read(self.ask(text))


class Product(Engine):
    """As the service searches, correction and cutting off included."""

    name = "qzsearch"

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine

    def ask(self, text: str) -> Any:
        """See the base class."""
        return search_as_typed(self.engine, text)

    def read(self, answer: Any) -> list[Found]:
        """See the base class."""
        return found_by(self.engine, answer)


class _Peer(Engine):
    """Documents of equal title and text are one for a peer, as they are for the product.

    ``boost`` is what a word in a title counts beside one in a text.
    """

    def __init__(self, documents: Sequence[Document], boost: float) -> None:
        self.boost = boost
        self._same: dict[tuple[str, str], list[Document]] = {}
        digest = hashlib.blake2b(digest_size=8)
        for document in documents:
            self._same.setdefault((document.title, body_of(document)), []).append(document)
            digest.update(f"{document.url}\n{document.title}\n{body_of(document)}\n".encode())
        self.digest = digest.hexdigest()
        self._rows = list(self._same.values())

    def read(self, answer: Any) -> list[Found]:
        """See the base class."""
        found = []
        for number in answer:
            same = self._rows[number]
            found.append(Found(same[0].title, tuple(one.url for one in same)))
        return found


class Tantivy(_Peer):
    """tantivy with its own BM25; words of jieba's search mode, any of them."""

    name = "tantivy"

    def __init__(self, documents: Sequence[Document], folder: Path, boost: float) -> None:
        import tantivy

        super().__init__(documents, boost)
        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("title", tokenizer_name="spaces")
        builder.add_text_field("body", tokenizer_name="spaces")
        builder.add_unsigned_field("row", stored=True)
        self._schema = builder.build()
        version = f"{self.digest} {metadata.version('tantivy')}"
        is_kept = _is_kept(folder, version)
        self._index = tantivy.Index(self._schema, path=str(folder))
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("spaces", spaces)
        if not is_kept:
            self._write()
            _keep(folder, version)
        self._index.reload()
        self._searcher = self._index.searcher()

    def _write(self) -> None:
        writer = self._index.writer()
        for row, same in enumerate(self._rows):
            document = self._tantivy.Document()
            document.add_text("title", " ".join(words(same[0].title)))
            document.add_text("body", " ".join(words(body_of(same[0]))))
            document.add_unsigned("row", row)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, text: str) -> list[int]:
        """See the base class."""
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        parts = []
        for word in dict.fromkeys(words(text)):
            title = query.term_query(self._schema, "title", word)
            parts.append((should, query.boost_query(title, self.boost)))
            parts.append((should, query.term_query(self._schema, "body", word)))
        hits = self._searcher.search(query.boolean_query(parts), 10).hits
        return [self._searcher.doc(address)["row"][0] for _score, address in hits]


class Fts5(_Peer):
    """SQLite FTS5 with its own bm25; pairs of characters, any of them."""

    name = "FTS5 bigrams"

    def __init__(self, documents: Sequence[Document], folder: Path, boost: float) -> None:
        super().__init__(documents, boost)
        version = f"{self.digest} {sqlite3.sqlite_version}"
        is_kept = _is_kept(folder, version)
        self._database = sqlite3.connect(folder / "fts5.sqlite")
        if not is_kept:
            self._database.execute("CREATE VIRTUAL TABLE page USING fts5(title, body)")
            self._database.executemany(
                "INSERT INTO page (rowid, title, body) VALUES (?, ?, ?)",
                (
                    (row, " ".join(bigrams(same[0].title)), " ".join(bigrams(body_of(same[0]))))
                    for row, same in enumerate(self._rows)
                ),
            )
            self._database.commit()
            _keep(folder, version)

    def ask(self, text: str) -> list[int]:
        """See the base class."""
        terms = " OR ".join(f'"{term}"' for term in dict.fromkeys(bigrams(text)))
        if not terms:
            return []
        rows = self._database.execute(
            "SELECT rowid FROM page WHERE page MATCH ? ORDER BY bm25(page, ?, 1.0) LIMIT 10",
            (terms, self.boost),
        )
        return [row[0] for row in rows]


def body_of(document: Document) -> str:
    """What a peer finds a document by besides its title."""
    return "\n".join((document.document_number or "", *document.keywords, document.text))


def plain(text: str) -> str:
    """What a peer is given: characters folded as Unicode folds them, and no more."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """jieba's search mode, without punctuation."""
    cut: Iterable[str] = jieba.cut_for_search(plain(text))
    return [word for word in cut if any(map(str.isalnum, word))]


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring characters within runs of letters and digits; a lone one alone."""
    found = []
    separated = "".join(one if one.isalnum() else " " for one in plain(text))
    for run in separated.split():
        found += [run[i : i + 2] for i in range(max(len(run) - 1, 1))]
    return found


def _is_kept(folder: Path, version: str) -> bool:
    """Whether a folder holds what this version wrote; otherwise it is empty from now on."""
    mark = folder / "version"
    if mark.exists() and mark.read_text(encoding="utf-8") == version:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return False


def _keep(folder: Path, version: str) -> None:
    """Tell later runs that the folder is complete."""
    (folder / "version").write_text(version, encoding="utf-8")
