"""Mending one unbroken run of Chinese characters."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from analyzers.confusion import function_characters
from analyzers.segment import default_segmenter
from indexer.index.correction_edits import Candidates, Edit, Likelihood
from indexer.index.correction_vocabulary import Frequencies, Vocabulary
from indexer.index.kernel.phrases import common
from indexer.index.snapshot import Snapshot

_EDITS: Final = 3
"""Errors mended in one run at the most."""
_PLACES: Final = 8
"""The least likely pairs of a run that are looked at in one step."""
_JUDGED: Final = 6
"""Edits of one step that are looked up as phrases, the likeliest first."""
_FOREIGN: Final = 0.6
"""With more of its pairs than this share unknown, a run speaks of what no document does."""
_FEW: Final = 5
"""Characters of a run too short to be called foreign."""
_COMMON: Final = 10_000
"""Pairs in more documents than this tell little beside rarer ones, and are long to read."""
_WINDOW: Final = 2
"""Characters on both sides of an edit that are looked up together with it."""

_THRESHOLD: Final = 8.0
"""Log odds from which an edit is believed. Measured (decisions/0025): lower, right names of
things that the index does not have are "mended"; higher, too many errors stay."""
_WORD, _IN_TITLE, _IN_TEXT, _WHOLE, _BROKEN = 1.5, 4.0, 2.0, 4.0, 4.0
"""What it counts for that an edit makes a character part of a word, that its neighbourhood
stands in a title or in a text, that the whole run does, and against it that it breaks a word
for none gained."""

_WHOLE_LENGTH: Final = 40
"""Characters of a run that may be looked up as a whole."""
_MOST_WORDS: Final = 2
_MOST_EVIDENCE: Final = _MOST_WORDS * _WORD + _IN_TITLE + _WHOLE
_USUAL_LENGTH: Final = 10

_RARE_LENGTH: Final = 12
_RARE: Final = 5
_RARE_FACTOR: Final = 30
"""A run of at most so many characters, in at most so many documents, is offered what
stands in so many times as many: pages have typing errors too (攻务服务中心)."""


@dataclass(frozen=True)
class Change:
    """``typed`` became ``meant``.

    ``kind``: sound, near_sound, shape, swapped, doubled, left_out, pinyin (of Latin letters)
    or keyboard (of mistyped pinyin). ``surplus`` is the logarithm of the odds by which it is
    likelier than what is asked of a change.
    """

    typed: str
    meant: str
    kind: str
    surplus: float = field(compare=False)


@dataclass
class Budget:
    """Work that is left for one query, however long: pairs looked at, phrases looked up."""

    places: int = 24
    phrases: int = 16


class RunCorrector:
    """Mends runs of one query."""

    def __init__(
        self, snapshot: Snapshot, vocabulary: Vocabulary, frequencies: Frequencies, length: int
    ) -> None:
        """``length`` is that of the whole query in characters."""
        self._snapshot = snapshot
        self._vocabulary = vocabulary
        self._frequencies = frequencies
        self._likelihood = Likelihood(frequencies, vocabulary.total)
        self._length = length
        self._budget = Budget()

    def mend(self, run: str) -> tuple[str, list[Change]]:
        """A run that stands nowhere to the letter, its likely errors mended."""
        changes: list[Change] = []
        for _ in range(_EDITS):
            if len(run) < 2 or self._is_foreign(run):
                break
            best = self._best_edit(run)
            if best is None:
                break
            edit, surplus = best
            changes.append(Change(run[edit.start : edit.end], edit.meant, edit.kind, surplus))
            run = edit.apply(run)
        return run, changes

    def mend_rare(self, run: str) -> tuple[str, list[Change]]:
        """A run that stands somewhere, if that is most likely an error of that document."""
        if not 2 <= len(run) <= _RARE_LENGTH or self._snapshot.postings("title_key", run)[0].size:
            return run, []
        pairs = [self._frequencies(run[at : at + 2]) for at in range(len(run) - 1)]
        rarest = min(pairs)
        if rarest > _RARE:
            return run, []
        words = Words(run, self._frequencies)
        candidates = Candidates(self._vocabulary, self._likelihood, run)
        for edit in candidates.at(pairs.index(rarest)):
            new = edit.apply(run)
            around = new[max(edit.start - 1, 0) : edit.start + 2]
            often = min(self._frequencies(around[at : at + 2]) for at in range(len(around) - 1))
            if (
                edit.end - edit.start == len(edit.meant) == 1
                and often >= _RARE_FACTOR * rarest
                and not words.touched(edit.start, edit.end)
                and self._seen(new)
            ):
                surplus = math.log(often / (_RARE_FACTOR * rarest))
                return new, [Change(run[edit.start], edit.meant, edit.kind, surplus)]
        return run, []

    def _is_foreign(self, run: str) -> bool:
        unknown = sum(not self._frequencies(run[at : at + 2]) for at in range(len(run) - 1))
        return len(run) >= _FEW and unknown > _FOREIGN * (len(run) - 1)

    def _best_edit(self, run: str) -> tuple[Edit, float] | None:
        """The best edit of a run and by how much it exceeds what is asked of it."""
        candidates = Candidates(self._vocabulary, self._likelihood, run)
        edits = {edit for place in self._doubtful(run) for edit in candidates.at(place)}
        gains = {edit: self._likelihood.gain(run, edit) - edit.cost for edit in edits}
        likeliest = sorted(edits, key=lambda edit: (-gains[edit], edit.start, edit.meant))
        words = Words(run, self._frequencies)
        # The longer a query, the likelier that one of its many places can be "mended".
        threshold = _THRESHOLD + max(0.0, math.log(self._length / _USUAL_LENGTH))
        best, chosen = threshold, None
        for edit in likeliest[:_JUDGED]:
            if gains[edit] + _MOST_EVIDENCE < best:
                break
            evidence = self._evidence(run, edit, words)
            if evidence is not None and gains[edit] + evidence >= best:
                best, chosen = gains[edit] + evidence, edit
        return (chosen, best - threshold) if chosen else None

    def _doubtful(self, run: str) -> list[int]:
        """The pairs of a run that are unknown, or rarer than their characters make likely."""
        pair = self._likelihood.pair
        likely = {at: pair(run[at], run[at + 1]) for at in range(len(run) - 1)}
        doubtful = [
            at
            for at in likely
            if likely[at] < pair("", run[at + 1]) or not self._frequencies(run[at : at + 2])
        ]
        doubtful = sorted(doubtful, key=likely.__getitem__)[: min(_PLACES, self._budget.places)]
        self._budget.places -= len(doubtful)
        return doubtful

    def _evidence(self, run: str, edit: Edit, words: Words) -> float | None:
        """What words and neighbours say for an edit; None: nothing does, it is chance."""
        new = edit.apply(run)
        end = edit.start + len(edit.meant)
        gained = Words(new, self._frequencies, known=True).covered - words.covered
        gained -= len(new) - len(run)
        window = new[max(edit.start - _WINDOW, 0) : end + _WINDOW]
        seen = self._seen(window) if len(window) > len(edit.meant) + 1 else 0.0
        whole_word = gained > 0 and (len(edit.meant) == 1 or edit.meant == new)
        is_bold = edit.kind == "left_out" or run[edit.start : edit.end] in function_characters()
        if not (seen and gained > 0 if is_bold else seen or whole_word):
            return None
        if seen and (window == new or (len(new) <= _WHOLE_LENGTH and self._seen(new))):
            seen += _WHOLE
        broken = gained <= 0 and words.touched(edit.start, edit.end)
        return (
            _WORD * max(min(gained, _MOST_WORDS), -_MOST_WORDS)
            + seen
            - (_BROKEN if broken else 0.0)
        )

    def _seen(self, window: str) -> float:
        """What it counts for that characters stand together in a title or text."""
        pairs = {window[at : at + 2] for at in range(len(window) - 1)}
        if not all(map(self._frequencies, pairs)) or self._budget.phrases <= 0:
            return 0.0
        self._budget.phrases -= 1
        for name, worth in (("title", _IN_TITLE), ("content", _IN_TEXT)):
            if self._stand_together(name, pairs):
                return worth
        return 0.0

    def _stand_together(self, name: str, pairs: set[str]) -> bool:
        """Whether a document has all of some overlapping pairs in a field.

        Where it has, they nearly always stand in a row, and their places need not be read.
        """
        often = sorted((self._snapshot.frequency(name, pair), pair) for pair in pairs)
        if not often[0][0]:
            return False
        ids = self._snapshot.postings(name, often[0][1])[0]
        ids = ids[self._snapshot.live[ids]]
        for frequency, pair in often[1:]:
            if not len(ids) or frequency > _COMMON:
                break
            ids = common(ids, self._snapshot.postings(name, pair)[0])
        return len(ids) > 0


class Words:
    """Which characters of a run belong to words of two characters and more.

    With ``known`` a word counts only if documents have it: what people type is a word even
    if no document does, what they meant is one that does.
    """

    def __init__(self, run: str, frequencies: Frequencies, *, known: bool = False) -> None:
        self._inside: list[bool] = []
        for word in default_segmenter().cut(run):
            is_word = len(word) > 1 and (not known or frequencies(word) > 0)
            self._inside += [is_word] * len(word)

    @property
    def covered(self) -> int:
        """How many characters do."""
        return sum(self._inside)

    def touched(self, start: int, end: int) -> bool:
        """Whether one of these characters does."""
        return any(self._inside[start:end])
