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
from indexer.index.titles import titles_of

_segmenters: weakref.WeakKeyDictionary[Snapshot, Segmenter] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def segmenter_of(snapshot: Snapshot) -> Segmenter:
    """The dictionaries with the words of a snapshot's guides; made at the first call (half a
    second for two thousand names). Safe from any thread."""
    found = _segmenters.get(snapshot)
    if found is None:
        with _lock:
            found = _segmenters.get(snapshot)
            if found is None:
                table = titles_of(snapshot)
                names = [table.shown(int(title)) for title in table.services.nonzero()[0]]
                words = learn_words(dict.fromkeys(names))
                found = _segmenters[snapshot] = default_segmenter().with_words(words)
    return found
