"""Whoosh's own searcher over the product's index, with the product's scoring."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p
from typing import Any, NamedTuple

from whoosh import query as whoosh_query
from whoosh.scoring import BaseScorer, WeightingModel

from indexer.index.ranking import RankingParameters

FIELD = "content"


class ExactBm25(WeightingModel):  # type: ignore[misc]
    """BM25 with the lengths that the product has in a column, not rounded to a byte.

    Args:
        ranking: k1 and b.
        documents: of the whole index, deleted ones included.
        mean: their mean length.
    """

    def __init__(self, ranking: RankingParameters, documents: int, mean: float) -> None:
        self.ranking, self.documents, self.mean = ranking, documents, mean
        self._lengths: dict[Any, Any] = {}

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: float = 1) -> BaseScorer:  # noqa: ARG002  Whoosh gives it
        """The scorer of a term in a segment."""
        reader = searcher.reader()
        lengths = self._lengths.get(id(reader))
        if lengths is None:
            column = reader.column_reader("content_length")
            lengths = self._lengths[id(reader)] = (reader, list(column))
        whole = searcher.get_parent()
        having = whole.reader().doc_frequency(fieldname, text)
        idf = log1p((self.documents - having + 0.5) / (having + 0.5))
        return _Scorer(self, idf, lengths[1])


class _Scorer(BaseScorer):  # type: ignore[misc]
    def __init__(self, model: ExactBm25, idf: float, lengths: Sequence[int]) -> None:
        self._k1, self._b, self._mean = model.ranking.k1, model.ranking.b, model.mean
        self._idf, self._lengths = idf, lengths

    def supports_block_quality(self) -> bool:
        return False

    def max_quality(self) -> float:
        return float(self._idf * (self._k1 + 1))

    def score(self, matcher: Any) -> float:
        weight, length = matcher.weight(), self._lengths[matcher.id()]
        norm = self._k1 * (1 - self._b + self._b * length / self._mean)
        return float(self._idf * (self._k1 + 1) * weight / (weight + norm))


class Asked(NamedTuple):
    """A query for both: words, any or all; words one after the other; words to leave out."""

    terms: tuple[str, ...]
    every: bool = False
    phrase: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    type: str | None = None


def whoosh_form(asked: Asked) -> Any:
    """The query, as Whoosh's classes say it."""
    terms = [whoosh_query.Term(FIELD, term) for term in dict.fromkeys(asked.terms)]
    joined = (whoosh_query.And if asked.every else whoosh_query.Or)(terms)
    if asked.phrase:
        phrase = whoosh_query.Phrase(FIELD, list(asked.phrase))
        joined = whoosh_query.Require(joined, phrase)
    return joined


def whoosh_filter(asked: Asked) -> Any:
    """What its results are confined to."""
    return whoosh_query.Term("type", asked.type) if asked.type else None


def whoosh_mask(asked: Asked) -> Any:
    """What its results are without. (Its AndNot lets some documents through, its Not scores.)"""
    terms = [whoosh_query.Term(FIELD, term) for term in asked.excluded]
    return whoosh_query.Or(terms) if terms else None
