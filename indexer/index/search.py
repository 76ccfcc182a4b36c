"""Answering one search from a snapshot: match, rank, count, cut the page."""

from __future__ import annotations

from typing import NamedTuple

from analyzers.synonyms import Synonyms
from indexer.document import Document
from indexer.index.bonuses import add_bonuses, documents_of_number
from indexer.index.collapse import count, firsts
from indexer.index.deadline import Deadline
from indexer.index.engine import Attachment, Hit, ScorePart, SearchRequest, SearchResponse
from indexer.index.facets import Found, count_found
from indexer.index.guides import guide_field
from indexer.index.kernel.select import NEWEST, OLDEST, RELEVANCE, best_of_found
from indexer.index.kernel.workspace import Workspace
from indexer.index.matching import allowed, filters_of
from indexer.index.plan import Plan
from indexer.index.proximity import add_nearness
from indexer.index.ranking import RankingParameters
from indexer.index.scoring import Coverage, TermScorer, score_plan
from indexer.index.snapshot import Ids, Mask, Snapshot
from indexer.index.tally import Tally

_FIELDS = {"all": "content", "title": "title"}
_ORDERS = {"relevance": RELEVANCE, "newest": NEWEST, "oldest": OLDEST}


class _Matches(NamedTuple):
    """What was found, full matches among it, and whether nothing has all words."""

    found: Found
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
        self._deadline = Deadline(request.seconds)
        self._plan = Plan.of(request, snapshot, parameters, synonyms, self._deadline)
        self._field = _FIELDS.get(request.scope) or guide_field(request.scope)
        # Asked for the members of a cluster, each is a result of its own.
        self._clusters = snapshot.no_clusters if request.same_as else snapshot.clusters

    def run(self) -> SearchResponse:
        """The page of results that was asked for."""
        snapshot, request = self._snapshot, self._request
        filters = filters_of(snapshot, request)
        with snapshot.workspaces.taken() as space:
            tally, coverage = self._scored((), space)
            matches = self._match(coverage, filters, space)
            best = self._best(tally, matches.found.numbers)
            page = self._page(best, matches.found.numbers)
            scores = [float(tally.scores[number]) for number, _duplicates in page]
            space.clear()
            explained = self._explained(page, matches, space) if request.explain else {}
        hits = tuple(
            self._hit(number, score, duplicates, explained.get(number))
            for (number, duplicates), score in zip(page, scores, strict=True)
        )
        return SearchResponse(
            total=matches.found.total,
            hits=hits,
            facets=matches.found.facets,
            without_filter=matches.found.without_filter,
            terms=self._plan.highlighted,
            full_matches=matches.full,
            relaxed=matches.is_relaxed,
            partial=not self._deadline.was_met,
        )

    # -- matching and ranking -------------------------------------------------------------

    def _scored(self, watched: tuple[int, ...], space: Workspace) -> tuple[Tally, Coverage]:
        """Scores but for nearness, and what each document says of the query."""
        tally = Tally(space.scores, watched)
        scorer = self._scorer = TermScorer(self._snapshot, self._field, self._parameters, space)
        coverage = score_plan(self._plan, scorer, tally, self._parameters, self._deadline)
        if not self._deadline.is_over():
            what = (self._request, self._plan, scorer, tally, self._parameters)
            add_bonuses(*what, self._deadline)
        return tally, coverage

    def _match(self, coverage: Coverage, filters: dict[str, Mask], space: Workspace) -> _Matches:
        may = allowed(self._snapshot, self._plan, self._request.query, self._field, self._deadline)
        strict = coverage.has_all()
        number = self._request.query.number
        if number is not None:
            for ids in documents_of_number(self._snapshot, number):
                strict[ids] = True
        strict &= may
        found = self._found(strict, filters, space)
        full = found.total
        is_relaxed = False
        # A list of the members of a cluster relaxes where the search did that told of them:
        # each member counted by itself, there might seem to be enough.
        unfiltered = found.unfiltered
        if self._request.same_as:
            unfiltered = count(self._snapshot.clusters[strict])
        if self._plan.asked and unfiltered < self._parameters.relax_below:
            chosen = self._relaxed(coverage, strict, may)
            is_relaxed = found.unfiltered == 0 and bool(chosen.any())
            found = self._found(chosen, filters, space)
        return _Matches(found, full, is_relaxed)

    def _found(self, chosen: Mask, filters: dict[str, Mask], space: Workspace) -> Found:
        snapshot = self._snapshot
        return count_found(
            snapshot.facets, snapshot.ordinals, chosen, filters, self._clusters, space
        )

    def _relaxed(self, coverage: Coverage, strict: Mask, may: Mask) -> Mask:
        """Documents with enough of the words; where none has any, those with enough of their
        pairs of characters: 取水许可 for 取水许可证."""
        least = self._parameters.relaxed_share * coverage.total
        chosen: Mask = strict | ((coverage.share >= max(least, 1e-6)) & may)
        if not chosen.any():
            fewest = max(self._parameters.evidence_share * coverage.all_pairs, 1)
            chosen = (coverage.pairs >= fewest) & may
        return chosen

    def _best(self, tally: Tally, numbers: Ids) -> Ids:
        """The best documents in the order asked for: enough for the page whatever collapses,
        and with nearness added where it counts."""
        request, depth = self._request, self._parameters.nearness_depth
        order = self._order()
        most = request.page * request.size
        if request.sort == "relevance":
            best = self._select(numbers, max(most, depth), order, tally)
            near = self._select(numbers, depth, RELEVANCE, tally) if order else best[:depth]
            add_nearness(self._plan, self._scorer, tally, near, self._parameters)
            best = self._select(best, len(best), order, tally)
        else:
            best = self._select(numbers, most, order, tally)
        while len(best) < len(numbers) and len(firsts(self._clusters[best])) < most:
            best = self._select(numbers, 2 * len(best), order, tally)
        return best

    def _select(self, numbers: Ids, most: int, order: int, tally: Tally) -> Ids:
        days, places = self._snapshot.days, self._snapshot.places
        best: Ids = best_of_found(numbers, len(numbers), most, order, tally.scores, days, places)
        return best

    def _order(self) -> int:
        if self._request.query.matches_all and self._request.sort == "relevance":
            return NEWEST  # nothing to be relevant to
        return _ORDERS[self._request.sort]

    # -- results --------------------------------------------------------------------------

    def _page(self, best: Ids, numbers: Ids) -> list[tuple[int, int]]:
        """The documents of the page, of near-duplicates the first in the order asked for, each
        with how many it stands for besides itself."""
        request = self._request
        first = (request.page - 1) * request.size
        places = firsts(self._clusters[best])[first : first + request.size]
        found = best[places]
        clusters = self._clusters[found]
        if not clusters.any():
            return [(number, 0) for number in found.tolist()]
        of_all = self._clusters[numbers]
        return [
            (number, int((of_all == cluster).sum()) - 1 if cluster else 0)
            for number, cluster in zip(found.tolist(), clusters.tolist(), strict=True)
        ]

    def _explained(
        self, page: list[tuple[int, int]], matches: _Matches, space: Workspace
    ) -> dict[int, tuple[ScorePart, ...]]:
        """The sums of some documents, by scoring once more with an eye on them."""
        watched = tuple(number for number, _duplicates in page)
        numbers = matches.found.numbers.copy()
        tally, _coverage = self._scored(watched, space)
        self._best(tally, numbers)
        space.clear()
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
