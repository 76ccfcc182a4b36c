"""The rows of the archive as values."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from indexer.personal_data import Finding

Headers = Sequence[tuple[str, str]]
"""Header fields as received, names in lower case."""


@dataclass(frozen=True)
class Page:
    """A row of the page table; ``body`` is the hash of its bytes. What each column means
    stands in ``schema.sql``, how they change in docs/life-of-a-page.md."""

    id: int
    url: str
    site: str
    state: str
    kind: str = ""
    anchor: str = ""
    parent: int | None = None
    target: int | None = None
    min_depth: int | None = None
    first_seen: str = ""
    last_fetched: str | None = None
    last_seen: str | None = None
    last_changed: str | None = None
    stable_since: str | None = None
    next_due: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    text_hash: bytes | None = None
    lastmod: str | None = None
    lastmod_seen: str | None = None
    misses: int = 0
    missed_run: int | None = None
    leaving: str | None = None
    orphaned: str | None = None
    gone_since: str | None = None
    error: str | None = None

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Page:
        """From a row that has at least the columns of the table."""
        values = {name: row[name] for name in _PAGE_COLUMNS}
        pairs = json.loads(values["headers"] or "[]")
        values["headers"] = tuple((name, value) for name, value in pairs)
        return cls(**values)

    @property
    def has_content(self) -> bool:
        """Whether its bytes are those of a page that is there, as far as is known."""
        return self.body is not None and self.state in ("live", "missing")

    def header(self, name: str) -> str | None:
        """The first header field of this name (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


_PAGE_COLUMNS = tuple(spec.name for spec in fields(Page))


class ArchivedDocument(NamedTuple):
    """What the index has to know of a document before it reads it. ``fragment`` tells the
    part of a page ("" for the page itself), ``parent`` is the URL of the page an attachment
    hangs on, ``likeness`` what near-duplicates are found by."""

    page: int
    fragment: str
    url: str
    site: str
    digest: str
    fingerprint: str
    likeness: bytes | None
    parent: str | None


@dataclass(frozen=True)
class FoundPersonalData:
    """A page with personal data that was masked; ``updated`` is when it was last read."""

    url: str
    title: str
    site: str
    findings: tuple[Finding, ...]
    updated: str


@dataclass
class Run:
    """One crawl of one site. ``counts`` are pages by outcome; ``removals`` were held back
    because they were too many for one run, until somebody confirms them."""

    id: int
    site: str
    is_full: bool
    started: str
    finished: str | None = None
    requests: int = 0
    received: int = 0
    seconds: float = 0.0
    removals: int | None = None
    confirmed: str | None = None
    report: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    resumed: bool = False

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Run:
        """From a row of the run table."""
        values = dict(row)
        values["is_full"] = bool(values["is_full"])
        values["report"] = json.loads(values["report"] or "{}")
        return cls(**values)

    @property
    def is_suspicious(self) -> bool:
        """Whether removals wait for somebody's confirmation."""
        return self.removals is not None and self.confirmed is None


@dataclass(frozen=True)
class FrontierItem:
    """A page to ask for; ``depth`` counts links from a start URL, ``hops`` redirects."""

    page: Page
    depth: int
    hops: int = 0
