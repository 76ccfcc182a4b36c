"""The index: documents in, ranked results out, whatever stores it."""

from __future__ import annotations

from indexer.config import Settings
from indexer.index.engine import SearchEngine


def open_engine(settings: Settings, to_write: bool = False) -> SearchEngine:
    """The engine that the configuration names; opening it reads nothing yet. ``to_write``: it
    is to be written, and a search with it may wait."""
    from indexer.index.whoosh_engine import WhooshEngine  # not every command searches
    from indexer.vocabulary import Vocabulary

    vocabulary = Vocabulary(settings.vocabulary_directory)
    return WhooshEngine(
        settings.index_directory, synonyms=vocabulary.synonyms, prepares=not to_write
    )
