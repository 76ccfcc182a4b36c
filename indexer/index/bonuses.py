"""What a document earns besides its words: by its title, its number, its kind, its age."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np

from analyzers.dates import CHINA_STANDARD_TIME
from analyzers.document_number import DocumentNumber
from indexer.index.engine import SearchRequest
from indexer.index.plan import Asked, Plan
from indexer.index.ranking import RankingParameters
from indexer.index.schema import title_key
from indexer.index.scoring import TermScorer, together
from indexer.index.snapshot import Ids, Mask, Snapshot
from indexer.index.tally import Tally

_WHOLE: Final = 0.999
"""Share of a title from which on it is the title: coverage is a quotient of lengths."""


def add_bonuses(
    request: SearchRequest, plan: Plan, scorer: TermScorer, tally: Tally, ranking: RankingParameters
) -> None:
    """Bonuses for titles and numbers, then factors."""
    snapshot = scorer.snapshot
    in_phrases = [term for phrase in plan.phrases for _offset, term in phrase]
    weight = sum(scorer.idf_of(asked) for asked in plan.asked)
    weight += sum(scorer.idf(term) for term in dict.fromkeys(in_phrases))
    _multiply_by_kind(snapshot, tally, ranking)
    _hold_back_later_actions(request, snapshot, tally, ranking)
    if request.query.period is not None:
        days = snapshot.days
        period = request.query.period
        within = (days >= period.first.toordinal()) & (days <= period.last.toordinal())
        tally.multiply("period_factor", "", within, np.float32(ranking.period_factor))
    _add_title_coverage(plan.asked, scorer, tally, ranking)
    exact = snapshot.postings("title_key", title_key(request.query.text))[0]
    tally.add("title_exact", "", exact, ranking.title_exact * max(weight, 1.0))
    for asked in plan.asked:
        if asked.sound is not None and len(plan.asked) == 1:
            whole = asked.sound.ids[asked.sound.coverage >= _WHOLE]
            tally.add(
                "title_exact", "sound", whole, asked.sound.weight * ranking.title_exact * weight
            )
    _add_number(request, snapshot, tally, ranking)


def _add_number(
    request: SearchRequest, snapshot: Snapshot, tally: Tally, ranking: RankingParameters
) -> None:
    number = request.query.number
    if number is None:
        return
    numbered, citing = documents_of_number(snapshot, number)
    gain = ranking.partial_number if number.is_partial else ranking.document_number
    tally.add("document_number", number.canonical, numbered, gain)
    if not number.is_partial:
        tally.add("number_cited", number.canonical, citing, ranking.number_cited)


def documents_of_number(snapshot: Snapshot, number: DocumentNumber) -> tuple[Ids, Ids]:
    """The documents that have a number, or the part of one that was typed, and those that name
    it. Of a 代字 that no document has, its year and serial alone are looked for."""
    numbered = snapshot.postings("number", number.key)[0]
    citing = snapshot.postings("cited", number.key)[0]
    if not len(numbered) and not len(citing) and number.org and number.year and number.serial:
        without_org = DocumentNumber("", number.year, number.serial)
        numbered = snapshot.postings("number", without_org.key)[0]
    return numbered, citing


def _add_title_coverage(
    every: tuple[Asked, ...], scorer: TermScorer, tally: Tally, ranking: RankingParameters
) -> None:
    """Titles that say most of what was asked: the larger the part of the title that it is, the
    better. What is missing counts twice, for it is missing in the title and in the query."""
    snapshot = scorer.snapshot
    said = np.zeros(snapshot.size, np.float32)
    units = np.zeros(snapshot.size, np.float32)
    total = 0.0
    for asked in every:
        typed = asked.concept.alternatives[0]
        idf = scorer.idf_of(asked)
        total += idf
        ways = [
            (together([snapshot.having("title", term) for term in way.terms]), way.weight)
            for way in asked.concept.alternatives
        ]
        if asked.sound is None and len(ways) == 1:
            said[ways[0][0]] += np.float32(idf)
            units[ways[0][0]] += len(typed.text)
            continue
        best = np.zeros(snapshot.size, np.float32)
        length = np.full(snapshot.size, len(typed.text), np.float32)
        if asked.sound is not None:
            ids, coverage = asked.sound.ids, asked.sound.coverage
            best[ids] = asked.sound.weight * (coverage > 0)
            length[ids] = coverage * snapshot.title_lengths[ids]
        for ids, weight in reversed(ways):
            best[ids] = weight
        said += np.float32(idf) * best
        units += best * length
    if total:
        share = said / np.float32(total)
        covered = np.minimum(units / np.maximum(snapshot.title_lengths, 1), 1)
        gains = ranking.title_coverage * total * covered * share**2
        tally.add("title_coverage", "", slice(None), gains.astype(np.float32))


def _multiply_by_kind(snapshot: Snapshot, tally: Tally, ranking: RankingParameters) -> None:
    every = slice(None)
    types = snapshot.facets["type"]
    tally.multiply("type_factor", "", every, types.by_value(ranking.type_factor, 1.0))
    files = snapshot.facets["filetype"]
    is_file = ~files.mask("html") & (files.ordinals >= 0)
    tally.multiply("filetype_factor", "", is_file, np.float32(ranking.filetype_factor))
    effects = snapshot.facets["effect"].by_value(ranking.effect_factor, 1.0)
    tally.multiply("effect_factor", "", every, effects)
    tally.multiply("freshness", "", every, freshness(snapshot, ranking))


def freshness(snapshot: Snapshot, ranking: RankingParameters) -> np.ndarray:
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
    factors: np.ndarray = 1 + most * np.exp2(-ages / halves)
    return factors


def _hold_back_later_actions(
    request: SearchRequest, snapshot: Snapshot, tally: Tally, ranking: RankingParameters
) -> None:
    """Service guides for a later action on a thing yield, where the query names no action."""
    typed, actions = request.query.text, ranking.later_actions
    if not any(action in typed for action in actions):
        later: Mask = np.zeros(snapshot.size, np.bool_)
        for action in actions:
            later[snapshot.postings("title", action)[0]] = True
        later &= snapshot.facets["type"].mask("service")
        tally.multiply("later_action_factor", "", later, np.float32(ranking.later_action_factor))
