"""Words learned from the names of the service guides of an index (decisions/0022).

They act on queries alone: the index has the bigrams of every word, so that a guide that was
published last night needs no rebuild to make its name a word.
"""

from __future__ import annotations

import threading
import weakref

from analyzers.learning import learn_words
from analyzers.segment import Segmenter, default_segmenter
from indexer.index.snapshot import Snapshot
from indexer.index.title_table import TitleTable
from indexer.index.titles import titles_of

_segmenters: weakref.WeakKeyDictionary[TitleTable, Segmenter] = weakref.WeakKeyDictionary()
_lock = threading.Lock()
_latest: tuple[tuple[str, ...], Segmenter] | None = None
"""The names that words were learned from last: few commits change them."""


def segmenter_of(snapshot: Snapshot) -> Segmenter:
    """The dictionaries with the words of a snapshot's guides; safe from any thread."""
    return learned_from(titles_of(snapshot))


def learned_from(table: TitleTable) -> Segmenter:
    """The dictionaries with the words of some guides; made at the first call (half a second
    for two thousand names). Safe from any thread."""
    global _latest
    found = _segmenters.get(table)
    if found is None:
        with _lock:
            found = _segmenters.get(table)
            if found is None:
                names = tuple(table.shown(title) for title in table.services.nonzero()[0].tolist())
                if _latest is None or _latest[0] != names:
                    words = learn_words(dict.fromkeys(names))
                    _latest = names, default_segmenter().with_words(words)
                found = _segmenters[table] = _latest[1]
    return found
