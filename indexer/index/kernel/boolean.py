"""The bare engine: BM25 of terms in ``content`` with conditions, exact totals, the ten best.

What the product's ranking is made of, without what it adds; it is what other engines offer, and
is compared with them (benchmarks/engine.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analyzers.terms import Phrase
from indexer.index.kernel.pruned import any_best, every_best
from indexer.index.postings.inverted import Weights
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Ids, Mask, Snapshot
from indexer.index.term_ranges import Bits, Ranges

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
    ranges = [segment.ranges(_FIELD, terms) for segment in snapshot.segments]
    scales = _scales(snapshot, ranges, ranking)
    norms, allowed = snapshot.norms(_FIELD, ranking), _allowed(snapshot, query)
    best, scores = np.empty(size, np.int32), np.empty(size, np.float32)
    kept = total = 0
    for base, length, one in zip(snapshot.bases, snapshot.sizes, ranges, strict=True):
        if query.every and any(first == last for first, last, _row in one.of):
            continue
        table = np.array([(*of, scale) for of, scale in zip(one.of, scales, strict=True)])
        inside = slice(base, base + length)
        about = (table, one.numbers, one.weights, one.bits, norms[inside], allowed[inside])
        if query.every:
            kept, more = every_best(*about, base, best, scores, kept)
        else:
            bits = _bits(snapshot, allowed, base, length)
            with snapshot.workspaces.taken() as space:
                room = (space.scores[inside], space.numbers)
                kept, more = any_best(*about, bits, base, *room, best, scores, kept)
        total += more
    return Best(best[:kept], scores[:kept], total)


def _scales(
    snapshot: Snapshot, ranges: Sequence[Ranges], ranking: RankingParameters
) -> list[float]:
    """What each term can earn at most: its idf times k1 + 1."""
    counts = [[last - first for first, last, _row in one.of] for one in ranges]
    found = counts[0] if len(counts) == 1 else [sum(each) for each in zip(*counts, strict=True)]
    return [(ranking.k1 + 1) * snapshot.rarity(documents) for documents in found]


def _bits(snapshot: Snapshot, allowed: Mask, base: int, length: int) -> Bits:
    """A segment's part of a mask as a bitmap."""

    def packed() -> Bits:
        words = np.zeros((length + 63) // 64, np.uint64)
        octets = np.packbits(allowed[base : base + length], bitorder="little")
        words.view(np.uint8)[: len(octets)] = octets
        return words

    if allowed is snapshot.live:
        return snapshot.remembered(("live bits", base), packed)
    return packed()


def _allowed(snapshot: Snapshot, query: TermQuery) -> Mask:
    if query.allowed is None and not query.phrases and not query.excluded:
        return snapshot.live
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
