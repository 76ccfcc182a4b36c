"""Gazettes (公报) and other bundles: one page or file that holds many documents."""

from indexer.extract.gazette.issue import issue_name
from indexer.extract.gazette.parts import Bookmark, Part, split

__all__ = ["Bookmark", "Part", "issue_name", "split"]
