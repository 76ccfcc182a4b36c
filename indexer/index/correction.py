"""Correction of typing errors with the index's own words (decisions/0025).

Runs of Chinese characters are mended, and Latin that is pinyin. Operators, quoted phrases,
document numbers, figures and Latin words that documents have stay as they were typed.
"""

from __future__ import annotations

import math
import re
import threading
import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analyzers.normalize import normalize_with_offsets
from analyzers.query import parse_query
from analyzers.terms import phrase_terms
from indexer.index.correction_latin import LONGEST, PinyinReader
from indexer.index.correction_run import Change, RunCorrector
from indexer.index.correction_vocabulary import Frequencies, Vocabulary
from indexer.index.snapshot import Snapshot

_SMALL: Final = 20_000
"""Documents whose pairs are read in a fraction of a second: the first query waits for them."""
_LONGEST: Final = 64
"""Characters; what is longer was pasted, not typed."""
_HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_KEPT: Final = r"""[\"“”「『][^\"“”「」『』]*[\"“”」』]|(?<!\S)-\S+|(?<!\S)[a-z]+:\S*"""
"""Phrases, exclusions, and operators with a colon."""
_PARTS: Final = re.compile(
    rf"(?P<kept>{_KEPT})|(?P<han>[{_HAN}]+)"
    r"|(?<![0-9a-z])(?P<latin>[a-z]+(?:[ '’][a-z]+)*)(?![0-9a-z])"
)
_MOST_CHANGES: Final = 4
"""With more the query is not mistyped but speaks of what no document does."""
_PINYIN: Final = 4.0
"""How sure it is that Latin which no document has, but whose sound some title has, is pinyin."""


@dataclass(frozen=True)
class Correction:
    """A query with its likely typing errors mended.

    ``confidence`` is between 0.5, hardly likelier than what was typed, and 1.
    """

    text: str
    changes: tuple[Change, ...]
    confidence: float


@dataclass(frozen=True)
class _Model:
    """What is read of an index once and asked by every query."""

    vocabulary: Vocabulary

    @cached_property
    def reader(self) -> PinyinReader:
        """Reads Latin letters by the vocabulary."""
        return PinyinReader(self.vocabulary)


class Corrector:
    """Corrects queries over the snapshots of one index, one after the other. Thread-safe.

    The words of a large index take seconds to be read. That is done in the background;
    meanwhile those of the snapshot before serve, and if there is none, nothing is corrected.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: _Model | None = None
        self._of: weakref.ref[Snapshot] | None = None
        self._reading: threading.Thread | None = None

    def correct(self, snapshot: Snapshot, query_text: str) -> Correction | None:
        """What was probably meant by a query, None if it is probably right as it is.

        Never an error, whatever the query; the work is bounded.
        """
        if len(query_text) > _LONGEST:
            return None
        model = self.prepare(snapshot)
        return _Attempt(snapshot, model, query_text).run() if model else None

    def prepare(self, snapshot: Snapshot) -> _Model | None:
        """Begin to read the words of a snapshot, unless they are known.

        Returns what is known now; call it when a snapshot is opened, or the first query
        with an error gets no correction.
        """
        with self._lock:
            if self._of is None or self._of() is not snapshot:
                if snapshot.size <= _SMALL:
                    self._read(snapshot)
                elif self._reading is None or not self._reading.is_alive():  # or after a fork
                    self._reading = threading.Thread(
                        target=self._read, args=[snapshot], name="index-words", daemon=True
                    )
                    self._reading.start()
            return self._model

    def _read(self, snapshot: Snapshot) -> None:
        is_large = snapshot.size > _SMALL
        model = _Model(Vocabulary.of(snapshot, pause=is_large))
        if is_large:
            model.reader.prepare()
        self._model, self._of = model, weakref.ref(snapshot)


class _Attempt:
    """One query to be corrected."""

    def __init__(self, snapshot: Snapshot, model: _Model, query_text: str) -> None:
        self._snapshot = snapshot
        self._model = model
        self._typed = query_text
        self._normalized = normalize_with_offsets(query_text)
        self._frequencies = Frequencies(snapshot)
        length = len(self._normalized.text)
        self._runs = RunCorrector(snapshot, model.vocabulary, self._frequencies, length)
        self._changes: list[Change] = []

    def run(self) -> Correction | None:
        """The correction, if any."""
        text = self._normalized.text
        if parse_query(self._typed).number is not None:
            return None
        stands = self._stands(text)
        pieces: list[str] = []
        end = 0
        for part in _PARTS.finditer(text):
            run = part.group()
            if part["kept"] is not None:
                mended = run
            elif part["latin"] is not None:
                mended = run if stands else self._mend_latin(run)
            else:
                mended = self._mend_han(run, stands)
            if mended != run:
                start, after = self._normalized.original_span(part.start(), part.end())
                pieces += self._typed[end:start], mended
                end = after
        if not 0 < len(self._changes) <= _MOST_CHANGES:
            return None
        pieces.append(self._typed[end:])
        surplus = min(change.surplus for change in self._changes)
        confidence = round(1 / (1 + math.exp(-surplus / 2)), 3)
        return Correction("".join(pieces).strip(), tuple(self._changes), confidence)

    def _mend_han(self, run: str, stands: bool) -> str:
        mend = self._runs.mend_rare if stands else self._runs.mend
        mended, changes = mend(run)
        self._changes += changes
        return mended

    def _mend_latin(self, run: str) -> str:
        """The run as Chinese, if no document has it as it is and some say it so."""
        words = re.findall("[a-z]+", run)
        letters = "".join(words)
        if len(letters) > LONGEST or any(word == "or" or self._frequencies(word) for word in words):
            return run
        for read in self._model.reader.read(letters):
            phrases = phrase_terms(read.text)
            if all(self._snapshot.has_phrase("content", phrase) for phrase in phrases):
                kind = "keyboard" if read.cost else "pinyin"
                self._changes.append(Change(run, read.text, kind, _PINYIN - read.cost / 2))
                return read.text
        return run

    def _stands(self, text: str) -> bool:
        """Whether some document has the query to the letter: then it is hardly an error."""
        phrases = phrase_terms(text)
        terms = (term for phrase in phrases for _at, term in phrase)
        if not all(map(self._frequencies, terms)):
            return False
        return any(
            all(self._snapshot.has_phrase(field, phrase) for phrase in phrases)
            for field in ("content", "attached")
        )
