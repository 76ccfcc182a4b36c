"""The sum of a search's scores, and of what it was made, document by document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from indexer.index.engine import ScorePart
from indexer.index.postings.inverted import Weights as Scores


class Tally:
    """Scores of all documents of a snapshot.

    Args:
        scores: an entry for each document, deleted ones included.
        watched: documents whose steps are written down, for explanations.
    """

    def __init__(self, scores: Scores, watched: Sequence[int] = ()) -> None:
        self.scores = scores
        self.parts: dict[int, list[ScorePart]] = {number: [] for number in watched}

    @contextmanager
    def step(self, what: str, of: str) -> Iterator[Scores]:
        """A ``with`` block in which scores change, and why."""
        before = [float(self.scores[number]) for number in self.parts]
        yield self.scores
        for (number, parts), score in zip(self.parts.items(), before, strict=True):
            gain = float(self.scores[number]) - score
            if gain:
                parts.append(ScorePart(what, of, gain))
