"""The sum of a search's scores, document by document, and of what it was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index.engine import ScorePart

Scores = npt.NDArray[np.float32]


class Tally:
    """Scores of all documents of a snapshot.

    Args:
        size: documents, deleted ones included.
        watched: documents whose steps are written down, for explanations.
    """

    def __init__(self, size: int, watched: Sequence[int] = ()) -> None:
        self.scores: Scores = np.zeros(size, np.float32)
        self.parts: dict[int, list[ScorePart]] = {number: [] for number in watched}

    def add(self, what: str, of: str, ids: npt.NDArray[Any] | slice, gains: Any) -> None:
        """Give documents what they earn; each number at most once in ``ids``."""
        before = self._watched()
        self.scores[ids] += gains
        self._write_down(what, of, before)

    def multiply(self, what: str, of: str, ids: npt.NDArray[Any] | slice, factors: Any) -> None:
        """Multiply the scores of documents."""
        before = self._watched()
        self.scores[ids] *= factors
        self._write_down(what, of, before)

    def _watched(self) -> list[float]:
        return [float(self.scores[number]) for number in self.parts]

    def _write_down(self, what: str, of: str, before: list[float]) -> None:
        for (number, parts), score in zip(self.parts.items(), before, strict=True):
            gain = float(self.scores[number]) - score
            if gain:
                parts.append(ScorePart(what, of, gain))
