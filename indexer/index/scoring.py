"""What words earn: BM25F (Robertson & Zaragoza 2009) of terms, and of concepts made of them.

A term's frequency in ``content`` is weighted by field when it is written (see ranking.yaml),
which is BM25F with one length norm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analyzers.concepts import Alternative
from indexer.index.plan import Asked, Plan
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Ids, Mask, Snapshot, common, either
from indexer.index.tally import Scores, Tally


class Gains(NamedTuple):
    """Documents that have a term, what each earns by it, and the term's idf."""

    ids: Ids
    gains: Scores
    idf: float


class TermScorer:
    """What each document of a snapshot earns by a term in one field; remembers its answers."""

    def __init__(self, snapshot: Snapshot, field: str, ranking: RankingParameters) -> None:
        self.snapshot = snapshot
        self.field = field
        self._ranking = ranking
        self._known: dict[str, Gains] = {}

    def gains(self, term: str) -> Gains:
        """Of a term, by the field's own text and, at less weight, by attachments."""
        if term not in self._known:
            self._known[term] = self._read(term)
        return self._known[term]

    def idf(self, term: str) -> float:
        """Of a term that may be in no document."""
        return self.gains(term).idf

    def idf_of(self, asked: Asked) -> float:
        """Of a concept: the sum of what was typed; of sounds, that of the titles."""
        if asked.sound is not None and len(asked.sound.ids):
            return self.rarity(len(asked.sound.ids))
        return sum(self.idf(term) for term in asked.concept.alternatives[0].terms)

    def _read(self, term: str) -> Gains:
        snapshot, ranking = self.snapshot, self._ranking
        ids, impacts = snapshot.impacts(self.field, term, ranking)
        idf = self.rarity(len(ids))
        gains: Scores = impacts * np.float32(idf)
        if self.field == "content":
            attached, less = snapshot.impacts("attached", term, ranking)
            if len(attached):
                ids, gains = either(
                    (ids, gains), (attached, less * np.float32(idf * ranking.attached_weight))
                )
        return Gains(ids, gains, idf)

    def rarity(self, documents: int) -> float:
        """The idf of what so many documents have (Robertson & Sparck Jones), kept above zero as
        Lucene does."""
        size = self.snapshot.size
        return float(np.log1p((size - documents + 0.5) / (documents + 0.5)))


class Coverage:
    """Which documents say how much of what was asked."""

    def __init__(self, size: int) -> None:
        self.met = np.zeros(size, np.int16)
        """Concepts that each document says."""
        self.share = np.zeros(size, np.float32)
        """Sum of idf of what it says, in part or whole."""
        self.total = 0.0
        """Sum of idf of what any document says: an odd word that none has counts for nothing,
        or it would make the page empty."""
        self.concepts = 0
        self.pairs = np.zeros(size, np.int16)
        """Bigrams of the query that each document has, besides whole words."""
        self.all_pairs = 0

    def has_all(self) -> Mask:
        """Documents that say every concept."""
        full: Mask = self.met == self.concepts
        return full


def score_plan(
    plan: Plan, scorer: TermScorer, tally: Tally, ranking: RankingParameters
) -> Coverage:
    """Give every document what it earns by the words of a plan."""
    coverage = Coverage(scorer.snapshot.size)
    for asked in plan.asked:
        score_concept(asked, scorer, tally, coverage, ranking)
    left = ranking.most_postings
    by_rarity = sorted(
        plan.evidence, key=lambda pair: scorer.snapshot.frequency(scorer.field, pair[0])
    )
    for term, weight in by_rarity:
        left -= scorer.snapshot.frequency(scorer.field, term)
        if left < 0:
            break
        ids, gains, _idf = scorer.gains(term)
        tally.add("evidence", term, ids, gains * np.float32(weight))
        if len(term) > 1:
            coverage.pairs[ids] += 1
            coverage.all_pairs += 1
    return coverage


def score_concept(
    asked: Asked, scorer: TermScorer, tally: Tally, coverage: Coverage, ranking: RankingParameters
) -> None:
    """Give what a concept earns: by its best alternative, each at its weight.

    An alternative's idf counts at most as much as that of what was typed: a rare synonym is
    no better evidence than the word it stands for.
    """
    typed, *others = asked.concept.alternatives
    terms = [scorer.gains(term) for term in typed.terms]
    idf = scorer.idf_of(asked)
    coverage.concepts += 1
    if len(terms) == 1 and not others and asked.sound is None:
        ids, gains, _idf = terms[0]
        tally.add("word", typed.text, ids, gains)
        coverage.met[ids] += 1
        coverage.share[ids] += idf
        coverage.total += idf if len(ids) else 0.0
        return
    size = scorer.snapshot.size
    best = np.zeros(size, np.float32)
    said = np.zeros(size, np.float32)
    count = np.zeros(size, np.int16)
    for ids, gains, one in terms:
        best[ids] += gains
        said[ids] += one
        count[ids] += 1
    full = count == len(terms)
    for ids, gains in _ways(asked, others, scorer, idf, ranking):
        best[ids] = np.maximum(best[ids], gains)
        said[ids] = idf
        full[ids] = True
    tally.add("word", typed.text, slice(None), best)
    coverage.met += full
    coverage.share += said
    coverage.total += idf if bool(said.any()) else 0.0


def _ways(
    asked: Asked,
    others: list[Alternative],
    scorer: TermScorer,
    idf: float,
    ranking: RankingParameters,
) -> list[tuple[Ids, Scores]]:
    """Documents that say a concept otherwise, and what they earn."""
    ways = []
    for other in others:
        terms = [scorer.gains(term) for term in other.terms]
        ids = together([term.ids for term in terms])
        if not len(ids):
            continue
        gained = np.zeros(len(ids), np.float32)
        for term in terms:
            gained += term.gains[np.searchsorted(term.ids, ids)]
        most = min(1.0, idf / max(sum(term.idf for term in terms), 1e-6))
        ways.append((ids, gained * np.float32(other.weight * ranking.synonym_weight * most)))
    if asked.sound is not None and len(asked.sound.ids):
        earned = np.full(len(asked.sound.ids), asked.sound.weight * idf, np.float32)
        ways.append((asked.sound.ids, earned))
    return ways


def together(lists: list[Ids]) -> Ids:
    """What stands in all of some ascending lists; nothing in none."""
    if not lists:
        return np.empty(0, np.int32)
    by_length = sorted(lists, key=len)
    found = by_length[0]
    for ids in by_length[1:]:
        found = common(found, ids)
    return found
