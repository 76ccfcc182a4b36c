"""What words earn: BM25F (Robertson & Zaragoza 2009) of terms, and of concepts made of them.

A term's frequency in ``content`` is weighted by field when it is written (see ranking.yaml),
which is BM25F with one length norm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from analyzers.concepts import Alternative
from indexer.index.deadline import Deadline
from indexer.index.kernel import accumulate
from indexer.index.kernel.workspace import Workspace
from indexer.index.plan import Asked, Plan
from indexer.index.postings.inverted import Numbers, Weights
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import NOTHING, Ids, Lists, Mask, Snapshot, common_of
from indexer.index.tally import Tally


class Term(NamedTuple):
    """A term's postings in the field's own text and in attachments, and its idf."""

    own: Lists
    attached: Lists
    idf: float

    @property
    def lists(self) -> int:
        """How many lists of documents there are: none for a term that no document has."""
        return len(self.own.parts) + len(self.attached.parts)


class _Part(NamedTuple):
    """The postings of a term in one segment, the documents of the segment, and by what an
    occurrence is multiplied."""

    numbers: Numbers
    weights: Weights
    documents: slice
    norms: Weights
    scale: np.float32


class TermScorer:
    """What the documents of a snapshot earn by terms in one field; remembers its answers."""

    def __init__(
        self, snapshot: Snapshot, field: str, ranking: RankingParameters, space: Workspace
    ) -> None:
        self.snapshot = snapshot
        self.field = field
        self.space = space
        self._ranking = ranking
        self._known: dict[str, Term] = {}

    def term(self, term: str) -> Term:
        """A term, by the field's own text and by attachments."""
        found = self._known.get(term)
        if found is None:
            snapshot = self.snapshot
            own = snapshot.word(self.field, term)
            attached = snapshot.word("attached", term) if self.field == "content" else NOTHING
            found = Term(own, attached, snapshot.rarity(own.documents))
            self._known[term] = found
        return found

    def idf(self, term: str) -> float:
        """Of a term that may be in no document."""
        return self.term(term).idf

    def idf_of(self, asked: Asked) -> float:
        """Of a concept: the sum of what was typed; of sounds, that of the titles."""
        if asked.sound is not None and len(asked.sound.ids):
            return self.snapshot.rarity(len(asked.sound.ids))
        return sum(self.idf(term) for term in asked.concept.alternatives[0].terms)

    def parts(self, term: Term, weight: float = 1.0) -> Iterator[_Part]:
        """The postings of a term, its weight times its idf being the scale."""
        scale = (self._ranking.k1 + 1) * term.idf * weight
        sides = [(self.field, term.own, scale)]
        if term.attached.parts:
            sides.append(("attached", term.attached, scale * self._ranking.attached_weight))
        for field, lists, scale in sides:
            norms = self.snapshot.norms(field, self._ranking)
            for base, numbers, weights in lists.parts:
                within = slice(base, base + self.snapshot.size_at(base))
                yield _Part(numbers, weights, within, norms[within], np.float32(scale))

    def documents(self, terms: tuple[str, ...]) -> Ids:
        """The documents that have all of some terms, ascending."""
        return common_of([_either(self.term(term)) for term in terms])


def _either(term: Term) -> Ids:
    if not term.attached.parts:
        return term.own.numbers()
    return np.union1d(term.own.numbers(), term.attached.numbers())


class Coverage:
    """Which documents say how much of what was asked.

    Attributes:
        met: concepts that each document says.
        share: sum of idf of what it says, in part or whole.
        pairs: bigrams of the query that it has, besides whole words.
        total: sum of idf of what any document says: an odd word that none has counts for
            nothing, or it would make the page empty.
        concepts: how many were asked for.
        all_pairs: the bigrams of the query.
    """

    def __init__(self, space: Workspace) -> None:
        self.met, self.share, self.pairs = space.met, space.share, space.pairs
        self.total = 0.0
        self.concepts = 0
        self.all_pairs = 0

    def has_all(self) -> Mask:
        """Documents that say every concept."""
        full: Mask = self.met == self.concepts
        return full


def score_plan(
    plan: Plan,
    scorer: TermScorer,
    tally: Tally,
    ranking: RankingParameters,
    deadline: Deadline,
) -> Coverage:
    """Give every document what it earns by the words of a plan, the words that come after the
    deadline left out; the first word never is."""
    coverage = Coverage(scorer.space)
    for asked in plan.asked:
        if coverage.concepts and deadline.is_over():
            return coverage
        with tally.step("word", asked.concept.alternatives[0].text):
            _score_concept(asked, scorer, coverage, ranking)
    left = ranking.most_postings
    known = []
    for term, weight in plan.evidence:
        if deadline.is_over():
            break
        known.append((scorer.term(term), term, weight))
    for found, term, weight in sorted(known, key=lambda one: one[0].own.documents):
        left -= found.own.documents
        if left < 0 or deadline.is_over():
            break
        with tally.step("evidence", term):
            _score_evidence(found, len(term) > 1, weight, scorer)
        coverage.all_pairs += len(term) > 1
    return coverage


def _score_evidence(term: Term, is_pair: bool, weight: float, scorer: TermScorer) -> None:
    space = scorer.space
    stamp = space.stamp() if is_pair else 0
    for part in scorer.parts(term, weight):
        numbers, weights, within, norms, scale = part
        accumulate.add_gains(numbers, weights, norms, scale, space.scores[within])
        if is_pair:
            accumulate.count_once(numbers, space.pairs[within], space.seen[within], stamp)


def _score_concept(
    asked: Asked, scorer: TermScorer, coverage: Coverage, ranking: RankingParameters
) -> None:
    """Give what a concept earns: by its best alternative, each at its weight.

    An alternative's idf counts at most as much as that of what was typed: a rare synonym is
    no better evidence than the word it stands for.
    """
    typed, *others = asked.concept.alternatives
    coverage.concepts += 1
    if len(typed.terms) == 1 and not others and asked.sound is None:
        if _score_word(scorer.term(typed.terms[0]), scorer):
            coverage.total += scorer.idf_of(asked)
        return
    space, idf = scorer.space, scorer.idf_of(asked)
    for text in typed.terms:
        term, stamp = scorer.term(text), space.stamp()
        for numbers, weights, within, norms, scale in scorer.parts(term):
            arrays = (space.best[within], space.counts[within], space.seen[within])
            accumulate.add_part(numbers, weights, norms, scale, *arrays, stamp)
        stamp = space.stamp()
        for numbers, _weights, within, _norms, _scale in scorer.parts(term):
            said = (space.said[within], space.seen[within])
            accumulate.add_said(numbers, np.float32(term.idf), *said, stamp)
    accumulate.note_full(len(typed.terms), space.counts, space.full)
    for other in others:
        _try_other(other, idf, scorer, ranking)
    if asked.sound is not None and len(asked.sound.ids):
        earned = np.float32(asked.sound.weight * idf)
        gathered = (space.best, space.said, space.full)
        accumulate.settle_sound(asked.sound.ids, earned, np.float32(idf), *gathered)
    gathered = (space.best, space.said, space.full)
    if accumulate.settle_concept(*gathered, space.scores, space.met, space.share):
        coverage.total += idf


def _score_word(term: Term, scorer: TermScorer) -> bool:
    """A concept that is one word; tells whether any document has it."""
    space, idf = scorer.space, np.float32(term.idf)
    stamp = space.stamp() if term.attached.parts else 0
    for numbers, weights, within, norms, scale in scorer.parts(term):
        arrays: tuple[Any, ...] = (space.scores[within], space.met[within], space.share[within])
        if stamp:
            once = (space.seen[within], stamp)
            accumulate.add_word_once(numbers, weights, norms, scale, idf, *arrays, *once)
        else:
            accumulate.add_word(numbers, weights, norms, scale, idf, *arrays)
    return bool(term.lists)


def _try_other(
    other: Alternative, idf: float, scorer: TermScorer, ranking: RankingParameters
) -> None:
    """Another way to say a concept, for the documents that have all of its terms."""
    space = scorer.space
    terms = [scorer.term(text) for text in other.terms]
    if not all(term.lists for term in terms):
        return
    for term in terms:
        stamp = space.stamp()
        for numbers, weights, within, norms, scale in scorer.parts(term):
            arrays = (space.gained[within], space.counts[within], space.seen[within])
            accumulate.add_part(numbers, weights, norms, scale, *arrays, stamp)
    most = min(1.0, idf / max(sum(term.idf for term in terms), 1e-6))
    factor = np.float32(other.weight * ranking.synonym_weight * most)
    for term in terms:
        for numbers, _weights, within, _norms, _scale in scorer.parts(term):
            gathered = (space.gained[within], space.counts[within])
            settled = (space.best[within], space.said[within], space.full[within])
            accumulate.settle_way(numbers, len(terms), factor, np.float32(idf), *gathered, *settled)
