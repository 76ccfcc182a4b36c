"""What staff never want to see suggested: a list of words in a file of theirs."""

from __future__ import annotations

import logging
from pathlib import Path

from analyzers.title_sounds import typed_form

_log = logging.getLogger(__name__)


class HiddenWords:
    """The words of a text file, one a line, ``#`` begins a remark.

    What contains one of them, spaces and punctuation aside, is hidden. The file is read again
    when it changes; without a file nothing is hidden.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._words: tuple[str, ...] = ()
        self.reload()

    def reload(self) -> None:
        """Read the file if it changed; what cannot be read leaves the words as they were."""
        if self._path is None:
            return
        try:
            state = self._path.stat()
            seen = state.st_mtime_ns, state.st_size
            if seen != self._seen:
                lines = self._path.read_text(encoding="utf-8-sig").splitlines()
                words = (typed_form(line.split("#", 1)[0]) for line in lines)
                self._words = tuple(dict.fromkeys(word for word in words if word))
                self._seen = seen
        except FileNotFoundError:
            self._words, self._seen = (), None
        except (OSError, UnicodeDecodeError) as error:
            _log.error("%s: %s; the words read before still apply", self._path, error)

    def __call__(self, text: str) -> bool:
        """Whether ``text`` is hidden."""
        form = typed_form(text) if self._words else ""
        return any(word in form for word in self._words)
