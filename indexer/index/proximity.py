"""Nearness: words of a query that stand beside each other in a text as they were typed.

Only the best documents are looked at, in the beginning of their texts: what matters is the
order among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.index.plan import Plan
from indexer.index.ranking import RankingParameters
from indexer.index.scoring import TermScorer
from indexer.index.tally import Tally

_CHARACTER = 3
"""Bytes of a Chinese character in UTF-8: distances are told in characters."""
_OCCURRENCES = 20


def add_nearness(
    plan: Plan,
    scorer: TermScorer,
    tally: Tally,
    best: npt.NDArray[np.int32],
    ranking: RankingParameters,
) -> None:
    """Give the best documents what the nearness of neighbouring words earns."""
    words = list(dict.fromkeys(plan.typed))
    pairs = [
        (one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"), earned)
        for one, other in pairwise(words)
        if (earned := ranking.nearness * min(_idf(one, plan, scorer), _idf(other, plan, scorer)))
    ]
    if not pairs:
        return
    gains = [_gain(scorer.snapshot.passages[number], pairs) for number in best.tolist()]
    with tally.step("nearness", "") as scores:
        scores[best] += np.array(gains, np.float32)


def _idf(word: str, plan: Plan, scorer: TermScorer) -> float:
    for asked in plan.asked:
        typed = asked.concept.alternatives[0]
        if typed.text == word:
            return sum(scorer.idf(term) for term in typed.terms)
    return 0.0


def _gain(passage: bytes, pairs: Sequence[tuple[bytes, bytes, float]]) -> float:
    places: dict[bytes, list[int]] = {}
    gained = 0.0
    for one, other, earned in pairs:
        for word in (one, other):
            if word not in places:
                places[word] = _places(passage, word)
        distance = min(
            (
                here - (there + len(other)) if there < here else there - (here + len(one))
                for here in places[one]
                for there in places[other]
            ),
            default=None,
        )
        if distance is not None:
            gained += earned / (1 + max(distance, 0) / _CHARACTER)
    return gained


def _places(passage: bytes, word: bytes) -> list[int]:
    found: list[int] = []
    at = passage.find(word)
    while at >= 0 and len(found) < _OCCURRENCES:
        found.append(at)
        at = passage.find(word, at + 1)
    return found
