"""The kernel's answers against those of Whoosh's own searcher with the same scoring."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whoosh.index import open_dir

from engines.corpus import piece_of, words_of
from engines.whoosh_searcher import Asked, ExactBm25, whoosh_filter, whoosh_form, whoosh_mask
from indexer.index.kernel.boolean import TermQuery, best_of
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Snapshot

TOLERANCE = 1e-4
TOP = 10


def draw(texts: Sequence[str], types: Sequence[str], count: int, seed: int = 604) -> list[Asked]:
    """Queries of one to eight terms: any, all, phrases, exclusions, filters, all mixed."""
    chance = random.Random(seed)  # noqa: S311  # the same queries at every run
    drawn: list[Asked] = []
    while len(drawn) < count:
        text = chance.choice(texts)
        near = words_of(piece_of(text, chance))
        if len(near) < chance.choice((1, 1, 2, 4)):  # more words from elsewhere
            near += words_of(piece_of(chance.choice(texts), chance))
        if not near:
            continue
        asked = Asked(near[: chance.randint(1, 8)], every=chance.random() < 0.4)
        if chance.random() < 0.25:
            asked = asked._replace(phrase=_phrase(text, chance))
        if chance.random() < 0.25:
            other = words_of(piece_of(chance.choice(texts), chance))
            asked = asked._replace(excluded=other[: chance.randint(1, 2)])
        if chance.random() < 0.25:
            asked = asked._replace(type=chance.choice(types))
        drawn.append(asked)
    return drawn


def _phrase(text: str, chance: random.Random) -> tuple[str, ...]:
    """Two to four pairs of Chinese characters that stand one after the other in a text."""
    runs = [run for run in _han_runs(text) if len(run) >= 3]
    if not runs:
        return ()
    run = chance.choice(runs)
    start = chance.randrange(len(run) - 2)
    piece = run[start : start + chance.randint(3, 5)]
    return tuple(piece[at : at + 2] for at in range(len(piece) - 1))


def _han_runs(text: str) -> list[str]:
    return "".join(one if "一" <= one <= "龥" else " " for one in text).split()


class Comparison:
    """One index, two ways to search it."""

    def __init__(self, folder: Path, snapshot: Snapshot, ranking: RankingParameters) -> None:
        """``folder`` is that of the snapshot's generation."""
        self._snapshot, self._ranking = snapshot, ranking
        model = ExactBm25(ranking, snapshot.size, snapshot.mean_content_length)
        self._searcher = open_dir(str(folder)).searcher(weighting=model)

    def difference(self, asked: Asked) -> str | None:
        """What differs, None if nothing does."""
        mine = self._mine(asked)
        form, kept = whoosh_form(asked), whoosh_filter(asked)
        # With a limit Whoosh skips what cannot be shown, and its totals are too small.
        results = self._searcher.search(form, limit=None, filter=kept, mask=whoosh_mask(asked))
        total = len(results)
        if total != mine.total:
            return f"{asked}: {mine.total} documents, Whoosh has {total}"
        shown = results.top_n[:TOP]
        scores = [score for score, _number in shown]
        if len(scores) != len(mine.scores):
            return f"{asked}: {len(mine.scores)} shown, Whoosh shows {len(scores)}"
        expected = {number: score for score, number in shown}
        least = min(scores, default=0.0)
        pairs = zip(mine.numbers.tolist(), mine.scores.tolist(), scores, strict=True)
        for number, score, other in pairs:
            # Of documents that score the same, any may be the last that is shown.
            same = expected.get(number, least)
            if abs(score - other) > TOLERANCE or abs(score - same) > TOLERANCE:
                return f"{asked}: {number} has {score}, Whoosh {expected.get(number)} and {other}"
        return None

    def _mine(self, asked: Asked) -> Any:
        allowed = self._snapshot.facets["type"].mask(asked.type) if asked.type else None
        phrases = (tuple(enumerate(asked.phrase)),) if asked.phrase else ()
        query = TermQuery(asked.terms, asked.every, phrases, asked.excluded, allowed)
        return best_of(self._snapshot, query, self._ranking, TOP)
