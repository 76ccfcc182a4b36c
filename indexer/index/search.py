"""Answering one search from a snapshot: match, rank, count, cut the page."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analyzers.synonyms import Synonyms
from indexer.document import Document
from indexer.index import collapse
from indexer.index.bonuses import add_bonuses, documents_of_number
from indexer.index.engine import Attachment, Hit, ScorePart, SearchRequest, SearchResponse
from indexer.index.facets import all_of, count_facets
from indexer.index.guides import guide_field
from indexer.index.matching import allowed, filters_of
from indexer.index.plan import Plan
from indexer.index.proximity import add_nearness
from indexer.index.ranking import RankingParameters
from indexer.index.scoring import Coverage, TermScorer, score_plan
from indexer.index.snapshot import Mask, Snapshot
from indexer.index.tally import Scores, Tally

_FIELDS = {"all": "content", "title": "title"}
_NO_RESULT = np.float32(-np.inf)


class _Matches(NamedTuple):
    """Documents that are shown, those that are chosen before filters, full matches among the
    shown, and whether nothing has all words."""

    shown: Mask
    chosen: Mask
    full: int
    is_relaxed: bool


class Search:
    """One search over one snapshot; call :meth:`run` once."""

    def __init__(
        self,
        snapshot: Snapshot,
        request: SearchRequest,
        parameters: RankingParameters,
        synonyms: Synonyms,
    ) -> None:
        self._snapshot = snapshot
        self._request = request
        self._parameters = parameters
        self._plan = Plan.of(request, snapshot, parameters, synonyms)
        self._field = _FIELDS.get(request.scope) or guide_field(request.scope)
        # Asked for the members of a cluster, each is a result of its own.
        clusters = snapshot.clusters
        self._clusters = np.zeros_like(clusters) if request.same_as else clusters

    def run(self) -> SearchResponse:
        """The page of results that was asked for."""
        snapshot, request = self._snapshot, self._request
        filters = filters_of(snapshot, request)
        tally, coverage = self._scored(())
        matches = self._match(coverage, filters)
        self._finish(tally, matches)
        facets, without_filter = count_facets(
            snapshot.facets, matches.chosen, filters, self._clusters
        )
        return SearchResponse(
            total=self._count(matches.shown),
            hits=self._page(tally.scores, matches),
            facets=facets,
            without_filter=without_filter,
            terms=self._plan.highlighted,
            full_matches=matches.full,
            relaxed=matches.is_relaxed,
        )

    # -- matching and ranking -------------------------------------------------------------

    def _scored(self, watched: tuple[int, ...]) -> tuple[Tally, Coverage]:
        """Scores but for nearness, and what each document says of the query."""
        tally = Tally(self._snapshot.size, watched)
        scorer = self._scorer = TermScorer(self._snapshot, self._field, self._parameters)
        coverage = score_plan(self._plan, scorer, tally, self._parameters)
        add_bonuses(self._request, self._plan, scorer, tally, self._parameters)
        return tally, coverage

    def _match(self, coverage: Coverage, filters: dict[str, Mask]) -> _Matches:
        may = allowed(self._snapshot, self._plan, self._request.query, self._field)
        strict = coverage.has_all()
        number = self._request.query.number
        if number is not None:
            for ids in documents_of_number(self._snapshot, number):
                strict[ids] = True
        chosen = strict & may
        is_relaxed = False
        if self._plan.asked:
            found = self._count(chosen)
            if found < self._parameters.relax_below:
                chosen = self._relaxed(coverage, strict, may)
                is_relaxed = found == 0 and bool(chosen.any())
        full = self._count(all_of(strict & may, filters))
        return _Matches(all_of(chosen, filters), chosen, full, is_relaxed)

    def _relaxed(self, coverage: Coverage, strict: Mask, may: Mask) -> Mask:
        """Documents with enough of the words; where none has any, those with enough of their
        pairs of characters: 取水许可 for 取水许可证."""
        least = self._parameters.relaxed_share * coverage.total
        chosen: Mask = (strict | (coverage.share >= max(least, 1e-6))) & may
        if not chosen.any():
            fewest = max(self._parameters.evidence_share * coverage.all_pairs, 1)
            chosen = (coverage.pairs >= fewest) & may
        return chosen

    def _finish(self, tally: Tally, matches: _Matches) -> None:
        """Nearness, for the best of what is shown; the rest of the archive drops out."""
        tally.scores[~matches.shown] = _NO_RESULT
        numbers = np.flatnonzero(matches.shown)
        if self._request.sort == "relevance" and len(numbers):
            depth = self._parameters.nearness_depth
            best = numbers
            if len(numbers) > depth:
                best = numbers[np.argpartition(-tally.scores[numbers], depth)[:depth]]
            add_nearness(self._plan, self._scorer, tally, best, self._parameters)

    def _count(self, chosen: Mask) -> int:
        return collapse.count(self._clusters[chosen])

    # -- results --------------------------------------------------------------------------

    def _page(self, scores: Scores, matches: _Matches) -> tuple[Hit, ...]:
        """The results of the page; of near-duplicates the first in the order asked for."""
        request = self._request
        numbers = np.flatnonzero(matches.shown)
        first = (request.page - 1) * request.size
        if first >= len(numbers):
            return ()
        order = self._order(numbers, scores)
        shown, sizes = collapse.first_of_each(self._clusters[numbers[order]])
        on_page = slice(first, first + request.size)
        found = [
            (int(numbers[order[place]]), int(size) - 1)
            for place, size in zip(shown[on_page], sizes[on_page], strict=True)
        ]
        explained = self._explained(found, matches) if request.explain else {}
        return tuple(
            self._hit(number, float(scores[number]), duplicates, explained.get(number))
            for number, duplicates in found
        )

    def _order(self, numbers: np.ndarray, scores: Scores) -> np.ndarray:
        snapshot, sort = self._snapshot, self._request.sort
        if self._request.query.matches_all and sort == "relevance":
            sort = "newest"  # nothing to be relevant to
        days, gained, places = snapshot.days[numbers], scores[numbers], snapshot.places[numbers]
        if sort == "relevance":
            return np.lexsort((-days, places, -gained))
        if sort == "newest":
            return np.lexsort((places, -gained, -days))
        undated = np.where(days == 0, np.iinfo(np.int32).max, days)
        return np.lexsort((places, -gained, undated))

    def _explained(
        self, found: list[tuple[int, int]], matches: _Matches
    ) -> dict[int, tuple[ScorePart, ...]]:
        """The sums of some documents, by scoring once more with an eye on them."""
        watched = tuple(number for number, _duplicates in found)
        tally, _coverage = self._scored(watched)
        self._finish(tally, matches)
        return {number: tuple(tally.parts[number]) for number in watched}

    def _hit(
        self, number: int, score: float, duplicates: int, explanation: tuple[ScorePart, ...] | None
    ) -> Hit:
        stored = self._snapshot.stored(number)
        document = Document.from_record(stored["record"])
        return Hit(
            document,
            score,
            duplicates,
            tuple(Attachment(*one) for one in stored["attachments"]),
            self._snapshot.title_of(document.parent) if document.parent else None,
            explanation,
        )
