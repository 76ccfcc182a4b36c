"""Nearness: words of a query that stand beside each other in a text as they were typed.

Only the best documents are looked at, in the beginning of their texts: what matters is the
order among them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.index.kernel.nearness import gains_of_nearness
from indexer.index.plan import Plan
from indexer.index.ranking import RankingParameters
from indexer.index.rows import joined
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
    idfs = [_idf(word, plan, scorer) for word in words]
    earned = [ranking.nearness * min(one, other) for one, other in pairwise(idfs)]
    if not any(earned):
        return
    passages = [scorer.snapshot.passages[number] for number in best.tolist()]
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    gains = gains_of_nearness(
        *joined(passages), *joined(encoded), np.array(earned), _OCCURRENCES, float(_CHARACTER)
    )
    with tally.step("nearness", "") as scores:
        scores[best] += gains.astype(np.float32)


def _idf(word: str, plan: Plan, scorer: TermScorer) -> float:
    for asked in plan.asked:
        typed = asked.concept.alternatives[0]
        if typed.text == word:
            return sum(scorer.idf(term) for term in typed.terms)
    return 0.0
