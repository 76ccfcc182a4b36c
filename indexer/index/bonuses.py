"""What a document earns besides its words: by its title, its number, its kind, its age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np

from analyzers.dates import CHINA_STANDARD_TIME
from analyzers.document_number import DocumentNumber
from indexer.index.deadline import Deadline
from indexer.index.engine import SearchRequest
from indexer.index.kernel import titles
from indexer.index.kernel.workspace import Workspace
from indexer.index.plan import Asked, Plan
from indexer.index.postings.inverted import Weights as Factors
from indexer.index.ranking import RankingParameters
from indexer.index.schema import title_key
from indexer.index.scoring import TermScorer
from indexer.index.snapshot import Ids, Mask, Snapshot, common_of
from indexer.index.tally import Tally

_WHOLE: Final = 0.999
"""Share of a title from which on it is the title: coverage is a quotient of lengths."""


def add_bonuses(
    request: SearchRequest,
    plan: Plan,
    scorer: TermScorer,
    tally: Tally,
    ranking: RankingParameters,
    deadline: Deadline,
) -> None:
    """Bonuses for titles and numbers, then factors. What titles say of words that come after
    the deadline earns nothing."""
    snapshot = scorer.snapshot
    in_phrases = [term for phrase in plan.phrases for _offset, term in phrase]
    weight = sum(scorer.idf_of(asked) for asked in plan.asked)
    weight += sum(scorer.idf(term) for term in dict.fromkeys(in_phrases))
    multiply_by_kind(snapshot, tally, ranking)
    _hold_back_later_actions(request, snapshot, tally, ranking)
    if request.query.period is not None:
        days = snapshot.days
        period = request.query.period
        within = (days >= period.first.toordinal()) & (days <= period.last.toordinal())
        with tally.step("period_factor", "") as scores:
            scores[within] *= np.float32(ranking.period_factor)
    _add_title_coverage(plan.asked, scorer, tally, ranking, deadline)
    exact = snapshot.lists("title_key", title_key(request.query.text)).numbers()
    with tally.step("title_exact", "") as scores:
        scores[exact] += ranking.title_exact * max(weight, 1.0)
    for asked in plan.asked:
        if asked.sound is not None and len(plan.asked) == 1:
            whole = asked.sound.ids[asked.sound.coverage >= _WHOLE]
            with tally.step("title_exact", "sound") as scores:
                scores[whole] += asked.sound.weight * ranking.title_exact * weight
    _add_number(request, snapshot, tally, ranking)


def _add_number(
    request: SearchRequest, snapshot: Snapshot, tally: Tally, ranking: RankingParameters
) -> None:
    number = request.query.number
    if number is None:
        return
    numbered, citing = documents_of_number(snapshot, number)
    with tally.step("document_number", number.canonical) as scores:
        scores[numbered] += ranking.partial_number if number.is_partial else ranking.document_number
    if not number.is_partial:
        with tally.step("number_cited", number.canonical) as scores:
            scores[citing] += ranking.number_cited


def documents_of_number(snapshot: Snapshot, number: DocumentNumber) -> tuple[Ids, Ids]:
    """The documents that have a number, or the part of one that was typed, and those that name
    it. Of a 代字 that no document has, its year and serial alone are looked for."""
    numbered = snapshot.lists("number", number.key).numbers()
    citing = snapshot.lists("cited", number.key).numbers()
    if not len(numbered) and not len(citing) and number.org and number.year and number.serial:
        without_org = DocumentNumber("", number.year, number.serial)
        numbered = snapshot.lists("number", without_org.key).numbers()
    return numbered, citing


def _add_title_coverage(
    every: tuple[Asked, ...],
    scorer: TermScorer,
    tally: Tally,
    ranking: RankingParameters,
    deadline: Deadline,
) -> None:
    """Titles that say most of what was asked: the larger the part of the title that it is, the
    better. What is missing counts twice, for it is missing in the title and in the query."""
    space, snapshot = scorer.space, scorer.snapshot
    said, units = space.said, space.gained
    total = 0.0
    for asked in every:
        if deadline.is_over():
            break
        idf = np.float32(scorer.idf_of(asked))
        total += idf
        if asked.sound is None and len(asked.concept.alternatives) == 1:
            typed = asked.concept.alternatives[0]
            ids = _titles(snapshot, typed.terms)
            titles.add_typed(ids, idf, np.float32(len(typed.text)), said, units)
        else:
            _add_ways(asked, snapshot, space, idf)
    if total:
        factor = np.float32(ranking.title_coverage * total)
        lengths = snapshot.title_lengths
        with tally.step("title_coverage", "") as scores:
            titles.settle_titles(said, units, lengths, np.float32(total), factor, scores)


def _titles(snapshot: Snapshot, terms: tuple[str, ...]) -> Ids:
    return common_of([snapshot.having("title", term) for term in terms])


def _add_ways(asked: Asked, snapshot: Snapshot, space: Workspace, idf: np.float32) -> None:
    """What titles say of a concept that can be said in several ways: the first that one has."""
    typed = np.float32(len(asked.concept.alternatives[0].text))
    best, length = space.best, space.share_of_title
    if asked.sound is not None:
        ids, coverage = asked.sound.ids, asked.sound.coverage
        best[ids] = asked.sound.weight * (coverage > 0)
        length[ids] = coverage * snapshot.title_lengths[ids]
    for way in reversed(asked.concept.alternatives):
        titles.set_way(_titles(snapshot, way.terms), np.float32(way.weight), typed, best, length)
    titles.settle_ways(idf, best, length, space.said, space.gained)


def multiply_by_kind(snapshot: Snapshot, tally: Tally, ranking: RankingParameters) -> None:
    """Factors that a document has whatever is asked."""
    if not tally.parts:
        tally.scores *= _static(snapshot, ranking)
        return
    for name, factors in kind_factors(snapshot, ranking):
        with tally.step(name, "") as scores:
            scores *= factors


def _static(snapshot: Snapshot, ranking: RankingParameters) -> Factors:
    """The product of the factors of :func:`kind_factors`; they change at midnight."""

    def product() -> Factors:
        factors = np.ones(snapshot.size, np.float32)
        for _name, some in kind_factors(snapshot, ranking):
            factors *= some
        return factors

    today = datetime.now(CHINA_STANDARD_TIME).toordinal()
    return snapshot.remembered(("static", id(ranking), today), product)


def kind_factors(snapshot: Snapshot, ranking: RankingParameters) -> Iterator[tuple[str, Factors]]:
    """Each factor of a document's kind and age, and what it is called in explanations."""
    yield "type_factor", snapshot.facets["type"].by_value(ranking.type_factor, 1.0)
    files = snapshot.facets["filetype"]
    is_file = ~files.mask("html") & (files.ordinals >= 0)
    yield "filetype_factor", np.where(is_file, np.float32(ranking.filetype_factor), np.float32(1))
    yield "effect_factor", snapshot.facets["effect"].by_value(ranking.effect_factor, 1.0)
    yield "freshness", freshness(snapshot, ranking)


def freshness(snapshot: Snapshot, ranking: RankingParameters) -> Factors:
    """A factor of at least 1 for each document: news age quickly, law does not.

    Age counts from the newest document that is not of the future, so that an archive keeps
    its order.
    """
    days = snapshot.days
    past = days[days <= datetime.now(CHINA_STANDARD_TIME).toordinal()]
    newest = int(past.max()) if len(past) else 0
    ages = np.where(days > 0, np.maximum(newest - days, 0), np.inf).astype(np.float32)
    types = snapshot.facets["type"]
    most = types.by_value({kind: one.most for kind, one in ranking.freshness.items()}, 0.0)
    halves = types.by_value({kind: one.half_life for kind, one in ranking.freshness.items()}, 1.0)
    factors: Factors = (1 + most * np.exp2(-ages / halves)).astype(np.float32)
    return factors


def _hold_back_later_actions(
    request: SearchRequest, snapshot: Snapshot, tally: Tally, ranking: RankingParameters
) -> None:
    """Service guides for a later action on a thing yield, where the query names no action."""
    typed, actions = request.query.text, ranking.later_actions
    if any(action in typed for action in actions):
        return
    later = snapshot.remembered(("later", actions), lambda: _later(snapshot, actions))
    if len(later):
        with tally.step("later_action_factor", "") as scores:
            scores[later] *= np.float32(ranking.later_action_factor)


def _later(snapshot: Snapshot, actions: tuple[str, ...]) -> Ids:
    """Guides whose titles name a later action."""
    is_later: Mask = np.zeros(snapshot.size, np.bool_)
    for action in actions:
        is_later[snapshot.lists("title", action).numbers()] = True
    is_later &= snapshot.facets["type"].mask("service")
    return np.flatnonzero(is_later).astype(np.int32)
