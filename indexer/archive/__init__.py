"""The archive: what was fetched and what was read from it. The index is made from it."""

from __future__ import annotations

from indexer.archive.archive import Archive, ArchivedDocument, Page
from indexer.archive.frontier import Frontier, Run

__all__ = ["Archive", "ArchivedDocument", "Frontier", "Page", "Run"]
