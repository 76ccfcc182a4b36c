"""Reading the commonest words of an index before anybody asks for them.

Whoosh reads a few million postings a second: a word that stands in every third document costs
the first who types it tens of milliseconds.
"""

from __future__ import annotations

import heapq
import logging
import time
import weakref
from contextlib import suppress
from typing import Final

from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Snapshot

_log = logging.getLogger(__name__)

_LARGE: Final = 20_000
"""Documents below which reading is quick enough."""
_COMMON_SHARE: Final = 0.003
"""Share of the documents from which on a word is common."""
_MOST_POSTINGS: Final = 13_000_000
"""104 MB of the cache."""
_PAUSE_SECONDS: Final = 0.002


def warm(of: weakref.ref[Snapshot], ranking: RankingParameters) -> None:
    """Read the postings of the commonest terms, as long as anybody has the snapshot."""
    try:
        _read(of, ranking)
    except Exception as error:  # noqa: BLE001  # the process ends, or the index is damaged:
        _log.debug("words are not read ahead: %s", error)  # searches go on and tell


def _read(of: weakref.ref[Snapshot], ranking: RankingParameters) -> None:
    snapshot = of()
    if snapshot is None or snapshot.size < _LARGE:
        return
    least = snapshot.size * _COMMON_SHARE
    common = (
        (documents, term) for term, documents in snapshot.lexicon("content") if documents >= least
    )
    left = _MOST_POSTINGS
    for documents, encoded in heapq.nlargest(_MOST_POSTINGS // int(least), common):
        left -= documents
        snapshot = of()
        if left < 0 or snapshot is None:
            return
        with suppress(UnicodeDecodeError):
            snapshot.impacts("content", encoded.decode(), ranking)
        del snapshot
        time.sleep(_PAUSE_SECONDS)  # for those who search meanwhile
