"""The archive: what was fetched and what was read from it. The index is made from it."""

from __future__ import annotations

from indexer.archive.archive import Archive
from indexer.archive.frontier import Frontier
from indexer.archive.model import ArchivedDocument, FrontierItem, Page, Run

__all__ = ["Archive", "ArchivedDocument", "Frontier", "FrontierItem", "Page", "Run"]
