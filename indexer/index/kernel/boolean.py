"""The bare engine: BM25 of terms in ``content`` with conditions, exact totals, the ten best.

What the product's ranking is made of, without what it adds; it is what other engines offer, and
is compared with them (benchmarks/engine.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analyzers.terms import Phrase
from indexer.index.kernel.pruned import any_best, every_best
from indexer.index.kernel.term_table import bits_of, look_up
from indexer.index.postings.inverted import Weights
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Ids, Mask, Snapshot

_FIELD = "content"


class TermQuery(NamedTuple):
    """Any of some terms, or every one; with all phrases, without what is excluded, within
    ``allowed``. Phrases only filter."""

    terms: tuple[str, ...]
    every: bool = False
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[str, ...] = ()
    allowed: Mask | None = None


class Best(NamedTuple):
    """The best documents, best first, their scores, and how many there are in all."""

    numbers: Ids
    scores: Weights
    total: int


def best_of(
    snapshot: Snapshot, query: TermQuery, ranking: RankingParameters, size: int = 10
) -> Best:
    """Answer from a snapshot; equal scores by ascending document number."""
    terms = tuple(dict.fromkeys(query.terms))
    rows, parts = look_up(snapshot, ranking, terms) if terms else (None, ())
    allowed = _allowed(snapshot, query)
    best, scores = np.empty(size, np.int32), np.empty(size, np.float32)
    kept = total = 0
    for base, table, numbers, weights, bits, ranks, norms, live, live_bits in parts:
        inside = slice(base, base + len(live))
        within = live if allowed is None else allowed[inside]
        bitmap = live_bits if allowed is None else bits_of(within)
        about = (rows, table, numbers, weights, bits, ranks, norms)
        if query.every:
            kept, more = every_best(*about, bitmap, base, best, scores, kept)
        else:
            with snapshot.workspaces.taken() as space:
                room = (space.scores[inside], space.numbers)
                kept, more = any_best(*about, within, bitmap, base, *room, best, scores, kept)
        total += more
    return Best(best[:kept], scores[:kept], total)


def _allowed(snapshot: Snapshot, query: TermQuery) -> Mask | None:
    """The documents that meet all conditions; None for all that are not deleted."""
    if query.allowed is None and not query.phrases and not query.excluded:
        return None
    allowed = snapshot.live if query.allowed is None else snapshot.live & query.allowed
    for phrase in query.phrases:
        having = np.zeros(snapshot.size, np.bool_)
        having[snapshot.phrase(_FIELD, phrase)] = True
        allowed = allowed & having
    if query.excluded:
        allowed = allowed.copy()
        for term in query.excluded:
            for base, numbers, _weights in snapshot.lists(_FIELD, term).parts:
                allowed[base + numbers] = False
    return allowed
