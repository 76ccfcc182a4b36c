"""Answering one search from a snapshot: match, filter, rank, count, cut the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzers.terms import Phrase, phrase_terms, query_terms
from indexer.document import Document
from indexer.index import collapse
from indexer.index.engine import (
    FACETS,
    Attachment,
    FacetCount,
    Hit,
    SearchRequest,
    SearchResponse,
)
from indexer.index.guides import guide_field
from indexer.index.ranking import RankingParameters
from indexer.index.schema import title_key
from indexer.index.snapshot import Ids, Mask, Postings, Snapshot, common

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Plan:
    """The terms of a query, those that a full match has and those that only rank."""

    required: tuple[str, ...]
    evidence: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...]

    @classmethod
    def of(cls, request: SearchRequest) -> _Plan:
        query = request.query
        terms = query_terms(" ".join(query.words))
        phrases = tuple(part for phrase in query.phrases for part in phrase_terms(phrase))
        # What is in a phrase ranks like any word, or all that have it would be equally good.
        ranking = (*terms.evidence, *(term for phrase in phrases for _offset, term in phrase))
        return cls(
            required=terms.required,
            evidence=tuple(term for term in dict.fromkeys(ranking) if term not in terms.required),
            phrases=phrases,
            excluded=tuple(part for word in query.excluded for part in phrase_terms(word)),
        )


class Search:
    """One search over one snapshot; call :meth:`run` once."""

    def __init__(
        self, snapshot: Snapshot, request: SearchRequest, parameters: RankingParameters
    ) -> None:
        self._snapshot = snapshot
        self._request = request
        self._parameters = parameters
        self._plan = _Plan.of(request)
        fields = {"all": "content", "title": "title"}
        self._field = fields.get(request.scope) or guide_field(request.scope)
        # Asked for the members of a cluster, each is a result of its own.
        clusters = snapshot.clusters
        self._clusters = np.zeros_like(clusters) if request.same_as else clusters

    def run(self) -> SearchResponse:
        """The page of results that was asked for."""
        scores, strict, relaxed = self._match()
        allowed = self._allowed()
        is_relaxed = False
        chosen = strict & allowed
        if not self._request.exact and self._plan.required:
            found = self._count(chosen)
            if found < self._parameters.relax_below:
                chosen = (strict | relaxed) & allowed
                is_relaxed = found == 0 and bool(chosen.any())
        filters = self._filters()
        full_matches = self._count(self._all_of(strict & allowed, filters))
        matched = self._all_of(chosen, filters)
        scores = self._with_bonuses(scores, matched)
        facets, without_filter = self._facets(chosen, filters)
        return SearchResponse(
            total=self._count(matched),
            hits=self._page(scores, matched),
            facets=facets,
            without_filter=without_filter,
            terms=self._terms(),
            full_matches=full_matches,
            relaxed=is_relaxed,
        )

    # -- matching -----------------------------------------------------------------------

    def _match(self) -> tuple[Scores, Mask, Mask]:
        """Scores, documents with all words, documents with enough of them."""
        size = self._snapshot.size
        scores = np.zeros(size, np.float32)
        share = np.zeros(size, np.float32)
        count = np.zeros(size, np.int16)
        total = 0.0
        required = self._plan.required
        for term in required:
            ids, idf = self._score(scores, term, 1)
            share[ids] += idf
            count[ids] += 1
            total += idf
        for term in self._plan.evidence:
            self._score(scores, term, self._parameters.evidence_weight)
        strict = count == len(required)
        relaxed = share >= max(self._parameters.relaxed_share * total, 1e-6)
        number = self._request.query.number
        if number is not None:
            ids = self._snapshot.postings("number", number.key)[0]
            strict[ids] = True
        return scores, strict, relaxed

    def _score(self, scores: Scores, term: str, factor: float) -> tuple[Ids, float]:
        """Add what a term earns; returns the documents that have it, and its idf."""
        snapshot = self._snapshot
        ids, weights = snapshot.postings(self._field, term)
        idf = self._idf(len(ids))
        scores[ids] += self._bm25(weights, idf * factor, self._lengths(ids))
        if self._field == "content":
            attached, weights = snapshot.postings("attached", term)
            if len(attached):
                less = idf * factor * self._parameters.attached_weight
                lengths = snapshot.attached_lengths[attached]
                scores[attached] += self._bm25(weights, less, lengths)
                ids = np.union1d(ids, attached)
        return ids, idf

    def _lengths(self, ids: Ids) -> Scores | None:
        return self._snapshot.content_lengths[ids] if self._field == "content" else None

    def _idf(self, documents: int) -> float:
        """Robertson and Sparck Jones, kept above zero as Lucene does."""
        size = self._snapshot.size
        return float(np.log1p((size - documents + 0.5) / (documents + 0.5)))

    def _bm25(self, weights: Scores, idf: float, lengths: Scores | None) -> Scores:
        """What a term of this idf earns by its weights in texts of these lengths; None: the
        field is so short that lengths say nothing."""
        k1, b = self._parameters.k1, self._parameters.b
        norm: Scores | float = k1
        if lengths is not None:
            norm = k1 * (1 - b + b / self._snapshot.mean_content_length * lengths)
        gained: Scores = (idf * (k1 + 1)) * weights / (weights + norm)
        return gained

    def _allowed(self) -> Mask:
        """Live documents with every phrase and nothing excluded."""
        allowed: Mask = self._snapshot.live.copy()
        plan = self._plan
        if not (plan.required or plan.phrases):
            allowed[:] = False
        for phrase in self._plan.phrases:
            having = np.zeros(self._snapshot.size, np.bool_)
            having[self._snapshot.phrase(self._field, phrase)] = True
            if self._field == "content":
                having[self._snapshot.phrase("attached", phrase)] = True
            allowed &= having
        for phrase in self._plan.excluded:
            allowed[self._snapshot.phrase("content", phrase)] = False
        return allowed

    # -- filters and facets ---------------------------------------------------------------

    def _filters(self) -> dict[str, Mask]:
        """The filters of the request by the facet they belong to."""
        request, snapshot = self._request, self._snapshot
        filters: dict[str, Mask] = {}
        for name, value in (
            ("site", request.site),
            ("type", request.type),
            ("filetype", request.filetype),
            ("effect", request.effect),
        ):
            if value is not None:
                filters[name] = snapshot.facets[name].mask(value)
        if request.column is not None:
            filters["column"] = np.zeros(snapshot.size, np.bool_)
            filters["column"][snapshot.postings("column", request.column)[0]] = True
        if request.same_as is not None:
            filters["same_as"] = self._members(request.same_as)
        if request.published_from is not None or request.published_to is not None:
            within = snapshot.days > 0
            if request.published_from is not None:
                within &= snapshot.days >= request.published_from.toordinal()
            if request.published_to is not None:
                within &= snapshot.days <= request.published_to.toordinal()
            filters["year"] = within
        return filters

    @staticmethod
    def _all_of(chosen: Mask, filters: dict[str, Mask], but: str = "") -> Mask:
        result = chosen
        for name, mask in filters.items():
            if name != but:
                result = result & mask
        return result

    def _members(self, url: str) -> Mask:
        """A document and its near-duplicates; nothing if it is unknown."""
        number, clusters = self._snapshot.number_of(url), self._snapshot.clusters
        members = np.zeros(self._snapshot.size, np.bool_)
        if number is not None:
            members[number] = True
            if clusters[number]:
                members |= clusters == clusters[number]
        return members

    def _count(self, chosen: Mask) -> int:
        return collapse.count(self._clusters[chosen])

    def _facets(
        self, chosen: Mask, filters: dict[str, Mask]
    ) -> tuple[dict[str, tuple[FacetCount, ...]], dict[str, int]]:
        """Counts by value, and of all. A field's own filter does not apply to its counts, so
        that the other tabs tell how many they hold."""
        facets, totals = {}, {}
        everything: tuple[Ids, Ids] | None = None
        for name in FACETS:
            if name in filters or everything is None:
                numbers = np.flatnonzero(self._all_of(chosen, filters, but=name)).astype(np.int32)
                found = numbers, self._clusters[numbers]
                everything = everything if name in filters else found
            else:
                found = everything
            counts = self._snapshot.facets[name].counts(*found)
            pairs = counts.items()
            if name != "year":  # years stay in order of time
                pairs = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))  # type: ignore[assignment]
            facets[name] = tuple(FacetCount(value, count) for value, count in pairs)
            totals[name] = collapse.count(found[1])
        return facets, totals

    # -- ranking --------------------------------------------------------------------------

    def _with_bonuses(self, scores: Scores, matched: Mask) -> Scores:
        parameters, snapshot = self._parameters, self._snapshot
        scores = scores * self._type_factors()
        title = [snapshot.postings("title", term) for term in self._plan.required]
        in_phrases = (term for phrase in self._plan.phrases for _offset, term in phrase)
        asked = dict.fromkeys((*self._plan.required, *in_phrases))
        weight = sum(self._idf(len(snapshot.postings("content", term)[0])) for term in asked)
        if title:
            self._add_title_coverage(scores, title, weight)
        typed = title_key(self._request.query.text)
        exact = snapshot.postings("title_key", typed)[0]
        scores[exact] += parameters.title_exact * max(weight, 1.0)
        number = self._request.query.number
        if number is not None:
            scores[snapshot.postings("number", number.key)[0]] += parameters.document_number
        scores[self._later_actions()] *= parameters.later_action_factor
        return np.where(matched, scores, np.float32(-1))

    def _later_actions(self) -> Mask:
        """Service guides for a later action on a thing, where the query names no action."""
        snapshot, typed = self._snapshot, self._request.query.text
        later = np.zeros(snapshot.size, np.bool_)
        actions = self._parameters.later_actions
        if not any(action in typed for action in actions):
            for action in actions:
                later[snapshot.postings("title", action)[0]] = True
        return later & snapshot.facets["type"].mask("service")

    def _add_title_coverage(self, scores: Scores, title: list[Postings], weight: float) -> None:
        """All words in the title: the larger the part of it they are, the better."""
        snapshot = self._snapshot
        lists = sorted((ids for ids, _weights in title), key=len)
        every = lists[0]
        for ids in lists[1:]:
            every = common(every, ids)
        if len(every):
            units = sum(max(len(term), 1) for term in self._plan.required)
            lengths = np.maximum(snapshot.title_lengths[every], 1)
            covered = np.minimum(units / lengths, 1)
            scores[every] += self._parameters.title_coverage * weight * covered

    def _type_factors(self) -> Scores:
        snapshot = self._snapshot
        factors = np.ones(snapshot.size, np.float32)
        types = snapshot.facets["type"]
        for value, factor in self._parameters.type_factor.items():
            factors[types.mask(value)] = factor
        files = snapshot.facets["filetype"]
        factors[~files.mask("html") & (files.ordinals >= 0)] *= self._parameters.filetype_factor
        return factors

    def _page(self, scores: Scores, matched: Mask) -> tuple[Hit, ...]:
        """The results of the page; of near-duplicates the first in the order asked for."""
        request, snapshot = self._request, self._snapshot
        numbers = np.flatnonzero(matched)
        first = (request.page - 1) * request.size
        if first >= len(numbers):
            return ()
        days = snapshot.days[numbers]
        gained = scores[numbers]
        places = snapshot.places[numbers]
        if request.sort == "relevance":
            order = np.lexsort((-days, places, -gained))
        elif request.sort == "newest":
            order = np.lexsort((places, -gained, -days))
        else:
            undated = np.where(days == 0, np.iinfo(np.int32).max, days)
            order = np.lexsort((places, -gained, undated))
        shown, sizes = collapse.first_of_each(self._clusters[numbers[order]])
        on_page = slice(first, first + request.size)
        return tuple(
            self._hit(int(numbers[order[place]]), float(gained[order[place]]), int(size) - 1)
            for place, size in zip(shown[on_page], sizes[on_page], strict=True)
        )

    def _hit(self, number: int, score: float, duplicates: int) -> Hit:
        stored = self._snapshot.stored(number)
        document = Document.from_record(stored["record"])
        return Hit(
            document,
            score,
            duplicates,
            tuple(Attachment(*one) for one in stored["attachments"]),
            self._snapshot.title_of(document.parent) if document.parent else None,
        )

    def _terms(self) -> tuple[str, ...]:
        """What to highlight: the words, and phrases as a whole."""
        return tuple(dict.fromkeys((*self._plan.required, *self._request.query.phrases)))
