"""The search engine as the rest of the product sees it: whatever stores the index.

The Whoosh adapter is behind it; another engine only has to offer the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from analyzers.query import ParsedQuery
from indexer.document import Document
from indexer.failure import Failure

Sort = Literal["relevance", "newest", "oldest"]
FACETS: Final = ("site", "type", "year", "filetype", "effect")
"""The fields whose values are counted with every search."""


class EngineError(Failure):
    """The index cannot be read or written; the message says which and what mends it."""


class IndexMissing(EngineError):
    """There is no index yet: nothing was crawled or imported."""


@dataclass(frozen=True)
class SearchRequest:
    """One search: ``page`` counts from 1, ``size`` is results a page, dates are inclusive.

    ``scope`` is all, title, or the key of a field of service guides (``service.yaml``).
    ``same_as`` is the URL of a document: only it and its near-duplicates, each shown.
    After ``seconds`` the answer is what was found until then.
    """

    query: ParsedQuery
    page: int = 1
    size: int = 10
    site: str | None = None
    type: str | None = None
    column: str | None = None
    filetype: str | None = None
    effect: str | None = None
    same_as: str | None = None
    published_from: date | None = None
    published_to: date | None = None
    sort: Sort = "relevance"
    scope: str = "all"
    exact: bool = False
    explain: bool = False
    seconds: float | None = None


class ScorePart(NamedTuple):
    """One step of the sum of a score: ``what`` is a parameter of ``ranking.yaml`` or ``word``,
    ``of`` what it is about, ``gain`` what the score grew by."""

    what: str
    of: str
    gain: float


class Attachment(NamedTuple):
    """A file that hangs on a page."""

    url: str
    title: str
    filetype: str


@dataclass(frozen=True)
class Hit:
    """One result.

    ``duplicates`` counts the near-duplicates of this document that match too and are not
    shown; ``attachments`` are those of a page, ``parent_title`` is the title of the page an
    attachment hangs on; ``explanation`` is the sum of the score, where it was asked for.
    """

    document: Document
    score: float
    duplicates: int = 0
    attachments: tuple[Attachment, ...] = ()
    parent_title: str | None = None
    explanation: tuple[ScorePart, ...] | None = None


@dataclass(frozen=True)
class FacetCount:
    """How many of all results have this value."""

    value: str
    count: int


@dataclass(frozen=True)
class SearchResponse:
    """A page of results.

    Near-duplicates count as one result everywhere. ``total`` counts all results exactly,
    ``full_matches`` those that have all the words of the query, ``without_filter`` by facet
    what the total would be without that facet's filter; ``terms`` are the normalised strings
    to highlight;
    ``relaxed`` is True when no document has all words and those with some are shown;
    ``correction`` is the query with what is most likely a typing error mended, or None;
    ``partial`` is True when time was up before all of the query was looked at: results may be
    missing, and documents without some of the words be among them, but nothing excluded is.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    terms: tuple[str, ...]
    without_filter: Mapping[str, int] = field(default_factory=dict)
    full_matches: int = 0
    relaxed: bool = False
    related: tuple[str, ...] = ()
    correction: str | None = None
    partial: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A completion of what is being typed."""

    text: str
    kind: Literal["query", "title", "service"]


@dataclass(frozen=True)
class IndexEntry:
    """A document as it is written, with what the archive knows of it.

    ``cluster`` is the number of its near-duplicates (0: it has none), ``place`` its place
    among them when nothing else decides which is shown. ``attachments`` are the files that
    hang on it.
    """

    document: Document
    cluster: int = 0
    place: int = 0
    attachments: tuple[Document, ...] = ()
    digest: str = ""

    @property
    def key(self) -> str:
        """What it is replaced by."""
        return self.document.url

    @property
    def size(self) -> int:
        """Characters of text."""
        attached = sum(len(one.text) for one in self.attachments)
        return len(self.document.title) + len(self.document.text) + attached

    def unpack(self) -> IndexEntry:
        """Itself."""
        return self


class PackedEntry(NamedTuple):
    """An :class:`IndexEntry` whose documents are still JSON (:meth:`Document.to_json`): where
    many are written, those who analyse them unpack them."""

    key: str
    record: bytes
    cluster: int = 0
    place: int = 0
    attachments: tuple[bytes, ...] = ()
    digest: str = ""

    @property
    def size(self) -> int:
        """Characters of text, near enough: those of Chinese have three bytes."""
        return (len(self.record) + sum(map(len, self.attachments))) // 3

    def unpack(self) -> IndexEntry:
        """The entry.

        Raises:
            DocumentError: the JSON is no document.
        """
        return IndexEntry(
            Document.from_json(self.record),
            self.cluster,
            self.place,
            tuple(map(Document.from_json, self.attachments)),
            self.digest,
        )


AnyEntry = IndexEntry | PackedEntry
"""What can be written."""


@dataclass(frozen=True)
class IndexStatus:
    """What the index holds. ``generation`` changes with every commit."""

    documents: int = 0
    generation: str = ""
    updated: datetime | None = None
    bytes: int = 0
    fingerprint: str = ""
    stale: bool = False


@dataclass
class IndexSummary:
    """What a write did, in documents."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def written(self) -> int:
        """Documents that were written or removed."""
        return self.added + self.updated + self.removed


@dataclass(frozen=True)
class IndexChanges:
    """What has to be written: entries by key replace those of the same key."""

    entries: Iterable[AnyEntry] = ()
    removed: Iterable[str] = field(default=())


Progress = Callable[[int, int | None], None]
"""Told documents done and documents in all (None: unknown); may raise to stop the work."""


def is_nothing_hidden(_text: str) -> bool:
    """For callers who show every suggestion."""
    return False


def no_progress(_done: int, _total: int | None) -> None:
    """For callers who do not watch."""


class SearchEngine(ABC):
    """Reads may come from many threads and processes; one process writes at a time."""

    @abstractmethod
    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer from the newest complete index.

        Raises:
            IndexMissing: there is none yet.
            EngineError: it cannot be read.
        """

    @abstractmethod
    def suggest(
        self,
        text: str,
        size: int = 10,
        searched: Iterable[str] = (),
        is_hidden: Callable[[str], bool] = is_nothing_hidden,
    ) -> list[Suggestion]:
        """Complete ``text``: Chinese, full pinyin, initials or a mixture.

        ``searched`` are queries of other people that complete it, the most frequent first;
        ``is_hidden`` tells what is never suggested. Raises like :meth:`search`.
        """

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """The digest of every document in the index by its key; empty without an index."""

    @abstractmethod
    def update(self, changes: IndexChanges, progress: Progress = no_progress) -> None:
        """Write changes and commit once. Killed at any moment, the index is as before."""

    @abstractmethod
    def rebuild(self, entries: Iterable[AnyEntry], progress: Progress = no_progress) -> int:
        """Build a fresh index beside the old one and switch; returns documents written."""

    @abstractmethod
    def warm(self, wholly: bool = False) -> None:
        """Have ready what the first search of a process would wait for; wholly, what the first of
        each form would wait for.

        Raises:
            EngineError: the index is missing or cannot be read.
        """

    @abstractmethod
    def status(self) -> IndexStatus:
        """What the index holds; zeros without an index."""

    @abstractmethod
    def check(self) -> list[str]:
        """What is wrong with the index, a line each, and what mends it."""
