"""What staff change of the search without a rebuild: synonyms, and what is never suggested.

Two files in a folder of the data folder, written by the console or by hand:

* ``synonyms.yaml``: the city's own table (:mod:`analyzers.synonyms`), laid over the shipped ones;
* ``hidden.txt``: words, one a line (:mod:`indexer.searches.hidden`).

Every process reads a file again when it changes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from analyzers.synonyms import SynonymError, Synonyms, SynonymTable, default_synonyms, validate
from analyzers.title_sounds import typed_form
from indexer.jobs.lock import FileLock, LockHeld
from indexer.searches.hidden import HiddenWords

FILES: Final = {"synonyms": "synonyms.yaml", "hidden": "hidden.txt"}
"""The parts of a vocabulary and their files."""
LARGEST: Final = 256 * 1024
"""Bytes of a file that is saved: some 4,000 entries."""
MOST_HIDDEN: Final = 1_000
"""Hidden words: each is looked for in every suggestion, which takes 0.03 ms for so many."""
MOST_TERMS: Final = 50
"""Words of an entry of synonyms: each pair of them is kept."""
_DEEPEST: Final = 4
"""Nesting of YAML: entries, keys, words, and one more. libyaml's own reader has no limit and
ends the process at some 100,000."""
_LOOK_SECONDS: Final = 0.5
_LOCK_SECONDS: Final = 10
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_log = logging.getLogger(__name__)


class VocabularyFaults(ValueError):
    """A text that cannot be saved; ``faults`` tell what is wrong, most with ``line N: ``."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class VocabularyChanged(Exception):
    """Somebody else has saved the file meanwhile."""


class Vocabulary:
    """The files of a folder; safe from any thread, and from many processes.

    While the table has faults, which the log tells once, the one read before stays in force;
    without one before, the shipped tables.
    """

    def __init__(self, directory: Path) -> None:
        """Reads nothing yet; the folder need not exist."""
        self._directory = directory
        self._synonyms: Synonyms | None = None
        self._hidden: HiddenWords | None = None
        self._synonyms_file = _Watched(self._path("synonyms"), self._load_synonyms)
        self._hidden_file = _Watched(self._path("hidden"), self._load_hidden)

    # -- for searches ---------------------------------------------------------------------

    def synonyms(self) -> Synonyms:
        """The shipped tables and the city's own. Never raises."""
        self._synonyms_file.look()
        return self._synonyms or default_synonyms()

    def is_hidden(self, text: str) -> bool:
        """Whether staff want it never to be suggested. Never raises."""
        self._hidden_file.look()
        return self._hidden is not None and self._hidden(text)

    def _load_synonyms(self) -> None:
        path = self._path("synonyms")
        try:
            faults = self.faults_of("synonyms")
            if not faults:
                exists = path.exists()
                self._synonyms = SynonymTable.load([path]).synonyms() if exists else None
        except (OSError, SynonymError, UnicodeDecodeError) as error:  # changed while it was read
            faults = [str(error)]
        if faults:
            _log.error("%s: %s; synonyms are as before", path, "; ".join(faults))

    def _load_hidden(self) -> None:
        if self._hidden is None:
            self._hidden = HiddenWords(self._path("hidden"))
        else:
            self._hidden.reload()

    # -- for staff ------------------------------------------------------------------------

    def read(self, name: str) -> str:
        """The text of ``synonyms`` or ``hidden``, empty without a file; what is not UTF-8
        becomes U+FFFD.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return self._path(name).read_text(encoding="utf-8-sig", errors="replace")
        except FileNotFoundError:
            return ""

    def save(self, name: str, text: str, expected: str | None = None) -> None:
        """Replace a file at once and whole; the one before is kept as ``.bak`` beside it.

        Args:
            expected: :func:`version_of` the text that was changed; None to save in any case.

        Raises:
            VocabularyFaults: the text has faults; nothing is saved.
            VocabularyChanged: the file is not as expected any more; nothing is saved.
            OSError: it cannot be written.
        """
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        faults = faults_in(name, text)
        if faults:
            raise VocabularyFaults(faults)
        try:
            with FileLock(self._directory / ".lock", _LOCK_SECONDS):
                before = self.read(name)
                if expected is not None and version_of(before) != expected:
                    raise VocabularyChanged(name)
                if before != text:
                    _replace(self._path(name), text)
        except LockHeld:
            raise VocabularyChanged(name) from None

    def faults(self) -> list[str]:
        """What is wrong with the files, a line each with the file's path."""
        return [f"{self._path(name)}: {fault}" for name in FILES for fault in self.faults_of(name)]

    def faults_of(self, name: str) -> list[str]:
        """What is wrong with one of them, most with ``line N: ``."""
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            return [f"cannot be read: {error.strerror}"]
        try:
            return faults_in(name, content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            return [f"line {line}: not UTF-8"]

    def _path(self, name: str) -> Path:
        return self._directory / FILES[name]


class _Watched:
    """A file that is looked at every half second at the most, and read when it has changed."""

    def __init__(self, path: Path, load: Callable[[], None]) -> None:
        self._path = path
        self._load = load
        self._lock = threading.Lock()
        self._was_read = False
        self._seen: tuple[int, int, int] | None = None
        self._next_look = float("-inf")

    def look(self) -> None:
        """Read the file if it is time and it has changed.

        Who comes while another one reads it goes on with what was read before; the first
        ones wait.
        """
        if time.monotonic() < self._next_look:
            return
        if not self._lock.acquire(blocking=not self._was_read):
            return
        try:
            state = self._state()
            if state != self._seen:
                self._load()
                self._seen = state
            self._was_read = True
            self._next_look = time.monotonic() + _LOOK_SECONDS
        finally:
            self._lock.release()

    def _state(self) -> tuple[int, int, int] | None:
        """Changes with every saving; None without a file."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, keeping the one before as ``.bak``."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        shutil.copyfile(path, path.with_name(f"{path.name}.bak"))
    fresh.replace(path)


def version_of(text: str) -> str:
    """Tells one text from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def faults_in(name: str, text: str) -> list[str]:
    """The faults of a text for ``synonyms`` or ``hidden``, most with ``line N: ``; none for a
    text in order."""
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        return [f"line {text.count(chr(10), 0, error.start) + 1}: not UTF-8"]
    if size > LARGEST:
        return [f"larger than {LARGEST} bytes"]
    if name == "hidden":
        return list(_hidden_faults(text))
    return list(_size_faults(text)) or validate(text)


def _hidden_faults(text: str) -> Iterator[str]:
    words = 0
    for number, line in enumerate(text.splitlines(), 1):
        word = line.split("#", 1)[0].strip()
        form = typed_form(word)
        if word and not form:
            yield f"line {number}: {word[:10]!r} has no letter in it"
        elif len(form) == 1:
            yield f"line {number}: {word!r} is a single character and would hide nearly everything"
        words += bool(form)
    if words > MOST_HIDDEN:
        yield f"{words} words, at most {MOST_HIDDEN} are taken"


def _size_faults(text: str) -> Iterator[str]:
    """What is too large to be read as a tree; the rest is for :func:`validate` to judge."""
    depth = terms = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth == _DEEPEST:
                    yield f"line {line}: nested too deeply"
                    return
                if depth < _DEEPEST - 1:  # another entry
                    terms = 0
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif depth == _DEEPEST - 1:
                terms += 1
                if terms == MOST_TERMS + 1:
                    yield f"line {line}: more than {MOST_TERMS} words in one entry"
    except yaml.YAMLError as error:  # validate tells it, but for what LibYAML itself refuses
        if "nesting depth" in str(error):
            yield "line 1: nested too deeply"
