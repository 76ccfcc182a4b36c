"""The embedded engine: Whoosh on disk, arrays in memory."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import whoosh

from analyzers.normalize import normalize
from analyzers.query import parse_query
from analyzers.synonyms import Synonyms, default_synonyms
from indexer.index.correction import Corrector
from indexer.index.engine import (
    AnyEntry,
    EngineError,
    IndexChanges,
    IndexMissing,
    IndexStatus,
    Progress,
    SearchEngine,
    SearchRequest,
    SearchResponse,
    Suggestion,
    is_nothing_hidden,
    no_progress,
)
from indexer.index.generations import Generations, sync_files
from indexer.index.healing import Healer
from indexer.index.ranking import RankingParameters, ranking_parameters
from indexer.index.readiness import Readiness
from indexer.index.schema import index_fingerprint
from indexer.index.search import Search
from indexer.index.snapshot import Snapshot
from indexer.index.sound import as_spelled, sound_matches
from indexer.index.suggest import suggest
from indexer.index.titles import adopt_titles

_log = logging.getLogger(__name__)
_WATCH_SECONDS = 0.25
_ATTEMPTS = 10
_OLDEST_WHOOSH = (2, 7, 5)
_RELATED = 8
_SAMPLE = 40
"""Characters of a title: a query as people type it, or somewhat longer."""
_PHRASE = 6
_LOADING = 3.0
"""Seconds in which machine code is loaded that is there already; to compile it takes twenty."""
_ALL_FORMS = '{title} "{phrase}" gb* gb231~ gongjijin -gb2*'
"""A query of all that needs functions of its own."""


class WhooshEngine(SearchEngine):
    """See :class:`indexer.index.engine.SearchEngine`. ``root`` is the index folder."""

    def __init__(
        self,
        root: Path,
        ranking: RankingParameters | None = None,
        synonyms: Callable[[], Synonyms] = default_synonyms,
        prepares: bool = True,
    ) -> None:
        """Ranking and synonyms are those in force by default; the latter are asked for with
        every search, so that a table may change. ``prepares``: what the first search would
        have to wait for is made when an index is opened; who only writes does without.

        Raises EngineError under a Whoosh whose searches may hang (decisions/0001)."""
        if whoosh.__version__ < _OLDEST_WHOOSH:
            raise EngineError(
                f"Whoosh {whoosh.versionstring()} is installed, 2.7.5 is needed; "
                "'pip uninstall Whoosh', then 'pip install --force-reinstall Whoosh-Reloaded'"
            )
        self._generations = Generations(root)
        self._corrector = Corrector()
        self._healer = Healer()
        self._readiness = Readiness(self._corrector, synonyms)
        self._ranking = ranking or ranking_parameters()
        self._synonyms = synonyms
        self._prepares = prepares
        self._snapshot: Snapshot | None = None
        self._loading = threading.Lock()
        self._warming = threading.Lock()
        self._is_warm = False
        self._watcher_pid = 0

    # -- reading --------------------------------------------------------------------------

    def search(self, request: SearchRequest) -> SearchResponse:
        """See the base class."""
        snapshot = self._current()
        for segment in snapshot.segments:
            segment.renew()
        if request.seconds is not None and not self._is_warm:
            self.warm()  # the time is for searching, not for compiling
        response = Search(snapshot, request, self._ranking, self._synonyms()).run()
        # What is wrong with a query cannot be told from a part of its answer.
        is_asked = not (request.exact or response.partial)
        correction = self._correction(snapshot, request) if is_asked else None
        return replace(response, correction=correction, related=_related(request, response))

    def _correction(self, snapshot: Snapshot, request: SearchRequest) -> str | None:
        """The query without its likely errors; of pinyin that was understood, the characters."""
        typed = request.query.text
        found = self._corrector.correct(snapshot, typed)
        if found is not None:
            return found.text
        normalized = normalize(typed)
        sounds = [
            sound
            for sound in sound_matches(snapshot, normalized)
            if not any(snapshot.frequency("content", term) for term in sound.terms)
        ]
        return as_spelled(normalized, sounds) if sounds else None

    def warm(self, wholly: bool = False) -> None:
        """See the base class: the functions that search are loaded, or, after an installation,
        compiled, by a search for a title, and by others of all forms that a query has."""
        if self._is_warm and not wholly:
            return
        with self._warming:
            snapshot = self._current()
            if not snapshot.documents:
                return
            title = snapshot.title_at(int(snapshot.live.argmax()))[:_SAMPLE].replace('"', "")
            begun = time.monotonic()
            self._try_out(snapshot, title)
            # Who had to compile one form will have to compile all.
            if wholly or time.monotonic() - begun > _LOADING:
                self._try_out(snapshot, title, exact=True)
                self._try_out(snapshot, _ALL_FORMS.format(title=title, phrase=title[:_PHRASE]))
            self._is_warm = True

    def _try_out(self, snapshot: Snapshot, text: str, exact: bool = False) -> None:
        request = SearchRequest(parse_query(text, exact=exact), exact=exact)
        Search(snapshot, request, self._ranking, self._synonyms()).run()

    def suggest(
        self,
        text: str,
        size: int = 10,
        searched: Iterable[str] = (),
        is_hidden: Callable[[str], bool] = is_nothing_hidden,
    ) -> list[Suggestion]:
        """See the base class."""
        return suggest(self._current(), text, size, searched, is_hidden)

    def versions(self) -> dict[str, str]:
        """See the base class."""
        self.refresh()
        return dict(self._snapshot.versions) if self._snapshot else {}

    def status(self) -> IndexStatus:
        """See the base class."""
        try:
            snapshot = self._current()
        except IndexMissing:
            return IndexStatus()
        except EngineError:
            other = self._of_another_version()
            if other is None:
                raise
            return other
        generation = snapshot.generation
        files = generation.directory.glob("*")
        return IndexStatus(
            documents=snapshot.documents,
            generation=generation.name,
            updated=snapshot.updated,
            bytes=sum(_size(file) for file in files),
            fingerprint=generation.fingerprint,
            stale=generation.fingerprint != index_fingerprint(self._ranking),
        )

    def _of_another_version(self) -> IndexStatus | None:
        """The status of an index that cannot be opened because another version of the product
        made it: it is to be rebuilt, not damaged. None if it is no such index."""
        try:
            found = self._generations.current()
            if found is None or found.fingerprint == index_fingerprint(self._ranking):
                return None
            return IndexStatus(
                generation=found.name,
                updated=found.updated,
                fingerprint=found.fingerprint,
                stale=True,
            )
        except (ValueError, OSError):
            return None

    def check(self) -> list[str]:
        """See the base class."""
        try:
            self.refresh()
        except EngineError as error:
            return [str(error)]
        if self._snapshot is None:
            return ["there is no index yet; 'qzsearch crawl' or 'qzsearch import FILE' makes one"]
        if self.status().stale:
            return [
                "the index was made with another dictionary or schema; "
                "'qzsearch reindex' rebuilds it from the archive"
            ]
        return [fault for segment in self._snapshot.segments for fault in segment.faults()]

    def _current(self) -> Snapshot:
        """The newest snapshot known; the first caller in a process opens it."""
        if self._snapshot is None:
            self.refresh()
        self._watch()
        snapshot = self._snapshot
        if snapshot is None:
            raise IndexMissing("there is no index yet: nothing was crawled or imported")
        return snapshot

    def refresh(self) -> None:
        """Open what is current now, unless it is open already.

        Searches under way keep the snapshot they began with; it is closed when the last
        of them lets go of it.

        Raises:
            EngineError: the current index cannot be read.
        """
        with self._loading:
            problem: Exception | None = None
            for attempt in range(_ATTEMPTS):
                try:
                    current = self._generations.current()
                    before = self._snapshot
                    if current is None:
                        self._snapshot = None
                    elif before is None or before.generation != current:
                        self._switch(Snapshot(current, before), before)
                    return
                except FileNotFoundError as error:
                    # Replaced between the look and the opening: look again.
                    problem = error
                    time.sleep(0.02 * attempt)
                except PermissionError as error:
                    raise EngineError(
                        f"{error.filename}: no right to read and lock it; "
                        "run as the user that the service runs as"
                    ) from None
                except Exception as error:  # noqa: BLE001  # damage shows in many ways
                    problem = error
                    break
            raise EngineError(
                f"the index in {self._generations.root} cannot be read "
                f"({type(problem).__name__}: {problem}); 'qzsearch reindex' rebuilds it from the "
                "archive"
            )

    def _switch(self, snapshot: Snapshot, before: Snapshot | None) -> None:
        """Search in another snapshot from now on. What takes seconds to make of it is made in
        the background, or, where nothing could stand for it meanwhile, before."""
        if self._prepares and before is not None and not adopt_titles(snapshot, before):
            self._readiness.make(snapshot)
        self._snapshot = snapshot

    def tend(self) -> None:
        """Have postings files made anew that are missing or damaged, and what some searches
        need of a new snapshot; remove the folder that a rebuild replaced when this process was the
        last to read it; returns at once."""
        if self._snapshot is not None:
            self._generations.sweep_older(self._snapshot.generation)
            self._healer.tend(self._snapshot)
            if self._prepares:
                self._readiness.tend(self._snapshot)

    def _watch(self) -> None:
        """Have a thread of this process look for a newer index, as long as the engine lives.

        A search then never waits for an index to be opened, and the first search after a
        quiet night does not see yesterday's. After a fork the new process needs its own.
        """
        if self._watcher_pid == os.getpid():
            return
        self._watcher_pid = os.getpid()
        threading.Thread(
            target=_keep_fresh, args=[weakref.ref(self)], name="index-watch", daemon=True
        ).start()

    # -- writing --------------------------------------------------------------------------

    def update(self, changes: IndexChanges, progress: Progress = no_progress) -> None:
        """See the base class."""
        self.refresh()
        if self._snapshot is None:
            self.rebuild(changes.entries, progress)
            return
        from indexer.index import writer  # half a second, and searches do without it

        writer.apply(self._snapshot.generation.directory, changes, self._ranking, progress)
        self.refresh()
        self._generations.sweep()

    def rebuild(self, entries: Iterable[AnyEntry], progress: Progress = no_progress) -> int:
        """See the base class."""
        self._generations.sweep()
        directory = self._generations.new_directory()
        try:
            from indexer.index import writer

            count = writer.build(directory, entries, self._ranking, progress)
            sync_files(directory)
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        self._generations.switch(directory, index_fingerprint(self._ranking))
        self.refresh()
        self._generations.sweep()
        return count


def _keep_fresh(engine: weakref.ref[WhooshEngine]) -> None:
    """Refresh an engine from time to time until nobody has it any more."""
    told = ""
    while True:
        time.sleep(_WATCH_SECONDS)
        alive = engine()
        if alive is None:
            return
        try:
            alive.refresh()
            alive.tend()
        except EngineError:
            pass  # what is open goes on answering; `check` tells the fault
        except Exception as error:  # noqa: BLE001  # without this thread no commit is seen
            if repr(error) != told:
                told = repr(error)
                _log.warning("the index cannot be looked after, it is tried again: %s", told)
        del alive


def _size(file: Path) -> int:
    """Bytes of a file, 0 if a commit has removed it this moment."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _related(request: SearchRequest, response: SearchResponse) -> tuple[str, ...]:
    """Keywords that the publishers gave the best results, most frequent first."""
    typed = request.query.text
    counts = Counter(
        word
        for hit in response.hits
        for word in hit.document.keywords
        if 2 <= len(word) <= 20 and word not in typed
    )
    return tuple(word for word, _count in counts.most_common(_RELATED))
