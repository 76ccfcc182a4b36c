"""jieba with the project's own words.

One segmenter a process: the dictionary takes half a second to load and 100 MB to hold.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
import threading
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from unicodedata import unidata_version

import jieba

from analyzers.pinyin import own_readings

_LOCK = threading.Lock()


class Segmenter:
    """Chinese word segmentation by jieba's dictionary and the project's additions.

    Args:
        cache_directory: where jieba keeps its compiled dictionary (10 MB, made at the
            first use); None for the system's temporary folder.
    """

    def __init__(self, cache_directory: Path | None = None) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._tokenizer = jieba.Tokenizer()
        if cache_directory is not None:
            cache_directory.mkdir(parents=True, exist_ok=True)
            self._tokenizer.tmp_dir = str(cache_directory)
        self._tokenizer.initialize()
        for word in own_words():
            self._tokenizer.add_word(word)

    def cut(self, text: str) -> list[str]:
        """The most probable words of ``text``, which must be normalised, in order."""
        return [word for word in self._tokenizer.cut(text, HMM=False) if word.strip()]

    def is_word(self, text: str) -> bool:
        """Whether the dictionary holds it as a word."""
        return bool(self._tokenizer.FREQ.get(text))

    @property
    def prefixes(self) -> Mapping[str, int]:
        """jieba's prefix dictionary: frequency by word, 0 for what only begins words."""
        frequencies: Mapping[str, int] = self._tokenizer.FREQ
        return frequencies


@lru_cache(maxsize=1)
def own_words() -> tuple[str, ...]:
    """The words of ``data/words.txt``: government terms and the city's places."""
    text = resources.files("analyzers").joinpath("data/words.txt").read_text(encoding="utf-8")
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


@lru_cache(maxsize=1)
def _shared_segmenter() -> Segmenter:
    return Segmenter(_private_directory())


def _private_directory() -> Path:
    """Where nobody else can write: jieba loads its compiled dictionary with marshal, which
    trusts what it reads."""
    directory = Path(tempfile.gettempdir()) / f"qzsearch-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        return directory
    return Path(tempfile.mkdtemp(prefix="qzsearch-"))


def default_segmenter() -> Segmenter:
    """The process's one segmenter, loaded at the first call; safe from any thread."""
    with _LOCK:
        return _shared_segmenter()


@lru_cache(maxsize=1)
def analysis_fingerprint() -> str:
    """Changes whenever the same text would give other terms: then the index is stale."""
    parts = ["terms-1", unidata_version, jieba.__version__, *own_words()]
    parts += (character + reading for character, reading in own_readings().items())
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
