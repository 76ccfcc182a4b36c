"""Chinese word segmentation: jieba's dictionary, the project's own words, learned words.

Two readers of the same dictionaries, each loaded when it is first needed:

* jieba cuts queries into their most probable words (0.5 to 0.8 s to load, 70 MB);
* rjieba, its Rust port, finds all words of long texts for the index (0.3 s, 65 MB).
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import unidata_version

import jieba

from analyzers.own_data import load_yaml
from analyzers.private_directory import private_directory
from analyzers.words import own_words

if TYPE_CHECKING:
    from rjieba import Jieba

RULES = "terms-2"
"""Raise it when the code makes other terms of the same text and the same data: words, but
also normalisation, document numbers, pinyin."""

_LIBRARIES = ("jieba", "rjieba", "opencc", "pypinyin")
_TABLES = ("traditional.yaml", "numerals.yaml", "document_number.yaml", "pinyin.yaml")
"""What terms depend on besides the code: in ``data``, with the words."""

LONG = 3
"""Characters from which on a word is a term of its own: shorter ones are units and bigrams."""

_LOCK = threading.Lock()


class Segmenter:
    """Words of texts by jieba's dictionary, the project's words and, if any, learned ones.

    Args:
        cache_directory: where jieba keeps its compiled dictionary (10 MB, made at the
            first use); None for the system's temporary folder.
    """

    def __init__(self, cache_directory: Path | None = None) -> None:
        self._dictionary = _Dictionary(cache_directory)
        self._learned: frozenset[str] = frozenset()
        self._finders: tuple[Jieba, ...] = ()
        self._tokenizer: jieba.Tokenizer | None = None

    def with_words(self, words: Iterable[str]) -> Segmenter:
        """A segmenter that knows these words too, besides those learned before.

        It shares the dictionary, whose own words stay what they are: a learned word is one
        that the dictionary has not.
        """
        known = self._dictionary.tokenizer.FREQ
        new = {word for word in words if len(word) > 1 and not known.get(word)} - self._learned
        if not new:
            return self
        other = Segmenter.__new__(Segmenter)
        other._dictionary = self._dictionary
        other._learned = self._learned | new
        other._finders = (_finder(other._learned),)
        other._tokenizer = _layered(self._dictionary.tokenizer, other._learned)
        return other

    def load(self) -> None:
        """Load what queries need, so that the first one does not wait for it."""
        self.cut("")

    @property
    def learned(self) -> frozenset[str]:
        """The words that ``with_words`` added."""
        return self._learned

    def is_learned(self, word: str) -> bool:
        """Whether it is a word only because it was learned: see ``parts``."""
        return word in self._learned

    def cut(self, text: str) -> list[str]:
        """The most probable words of ``text``, which must be normalised, in order."""
        return _cut(self._tokenizer or self._dictionary.tokenizer, text)

    def parts(self, word: str) -> list[str]:
        """A learned word as the dictionary alone cuts it."""
        return _cut(self._dictionary.tokenizer, word)

    def is_word(self, text: str) -> bool:
        """Whether it is a word of the dictionary or a learned one."""
        return bool(self.prefixes.get(text))

    @property
    def prefixes(self) -> Mapping[str, int]:
        """jieba's prefix dictionary: frequency by word, 0 for what only begins words."""
        frequencies: Mapping[str, int] = (self._tokenizer or self._dictionary.tokenizer).FREQ
        return frequencies

    @property
    def total(self) -> int:
        """The sum of the frequencies, by which the probability of a word is told."""
        total: int = (self._tokenizer or self._dictionary.tokenizer).total
        return total

    def long_words(self, text: str) -> Iterator[tuple[int, str]]:
        """Every word of at least ``LONG`` characters at every place, with its offset.

        jieba's full mode, at the speed of rjieba. The offsets of one word ascend. ``text``
        may hold any characters but surrogates.
        """
        for finder in (self._dictionary.finder, *self._finders):
            yield from _find(finder, text)


class _Dictionary:
    """jieba's dictionary and the project's own words, as jieba and as rjieba hold them."""

    def __init__(self, cache_directory: Path | None) -> None:
        self._cache_directory = cache_directory
        self._lock = threading.Lock()
        self._tokenizer: jieba.Tokenizer | None = None
        self._finder: Jieba | None = None

    @property
    def tokenizer(self) -> jieba.Tokenizer:
        """jieba, for few characters at a time."""
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = _tokenizer(self._cache_directory)
            return self._tokenizer

    @property
    def finder(self) -> Jieba:
        """rjieba with the words of ``LONG`` and more characters alone, for the bulk."""
        with self._lock:
            if self._finder is None:
                self._finder = _finder((*_dictionary_words(), *own_words()))
            return self._finder


def _tokenizer(cache_directory: Path | None) -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    if cache_directory is not None:
        cache_directory.mkdir(parents=True, exist_ok=True)
        tokenizer.tmp_dir = str(cache_directory)
    tokenizer.initialize()
    for word in own_words():
        if tokenizer.lcut(word, HMM=False) != [word]:
            tokenizer.add_word(word)
    return tokenizer


def _layered(below: jieba.Tokenizer, words: Iterable[str]) -> jieba.Tokenizer:
    """jieba with more words, looking the rest up in another's dictionary, which stays as it is."""
    above: dict[str, int] = {}
    for word in words:
        above[word] = below.suggest_freq(word)
        for end in range(1, len(word)):
            if word[:end] not in below.FREQ:
                above.setdefault(word[:end], 0)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = ChainMap(above, below.FREQ)
    tokenizer.total = below.total + sum(above.values())
    tokenizer.initialized = True
    return tokenizer


def _cut(tokenizer: jieba.Tokenizer, text: str) -> list[str]:
    return [word for word in tokenizer.cut(text, HMM=False) if word.strip()]


def _dictionary_words() -> Iterator[str]:
    """The words of the dictionary that jieba brings."""
    text = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    return (line.partition(" ")[0] for line in text.splitlines())


def _finder(words: Iterable[str]) -> Jieba:
    from rjieba import Jieba  # a tenth of a second, and searches do without it

    finder: Jieba = Jieba.empty()  # type: ignore[no-untyped-call]  # its stub lacks the type
    add = finder.add_word
    for word in words:
        if len(word) >= LONG:
            add(word, 1, None)
    return finder


def _find(finder: Jieba, text: str) -> Iterator[tuple[int, str]]:
    """Long words with their offsets, which rjieba does not tell.

    It lists words by their beginning, then by their end. So the next one begins where the
    last one did only if it is longer, and stands at the first place where it can be found.
    """
    find = text.find
    start, length = 0, 0
    for word in finder.cut_all(text):
        if len(word) >= LONG:
            start = find(word, start if len(word) > length else start + 1)
            length = len(word)
            yield start, word


@lru_cache(maxsize=1)
def _shared_segmenter() -> Segmenter:
    # Nobody else can write there: jieba loads its compiled dictionary with marshal, which
    # trusts what it reads.
    return Segmenter(private_directory())


def default_segmenter() -> Segmenter:
    """The process's one segmenter, without learned words; safe from any thread."""
    with _LOCK:
        return _shared_segmenter()


@lru_cache(maxsize=1)
def analysis_fingerprint() -> str:
    """Changes whenever the same text would give other terms: then the index is stale.

    Learned words are not in it: each generation of an index keeps its own.
    """
    folder = resources.files("analyzers").joinpath("data")
    parts = [RULES, unidata_version, *sorted(own_words())]
    parts += [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    # What the files say, not their bytes: a new comment makes no index stale.
    parts += [repr(load_yaml(folder.joinpath(name).read_bytes())) for name in _TABLES]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
