"""From the archive to the index: what changed is written, what went is removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urldefrag

import numpy as np
import numpy.typing as npt

from indexer.archive import Archive, ArchivedDocument
from indexer.index.engine import (
    IndexChanges,
    IndexSummary,
    PackedEntry,
    Progress,
    SearchEngine,
    no_progress,
)
from indexer.likeness import Candidate, clusters

_PARTS_OF_A_PAGE: Final = 1 << 16
_READ_AT_ONCE: Final = 500


class _Wanted:
    """What the index should hold, by the numbers of ``documents``: each with what others say of
    it."""

    def __init__(self, archive: Archive) -> None:
        self.documents = archive.list_documents()
        first = clusters(
            Candidate(one.likeness, f"{one.site} {one.fingerprint}") for one in self.documents
        )
        self._attached = _attached(self.documents)
        self._places = _places(self.documents, first)

    def place(self, number: int) -> tuple[int, int]:
        """The number of the cluster (0: none) and the place in it."""
        return self._places.get(number, (0, 0))

    def attachments(self, number: int) -> Sequence[ArchivedDocument]:
        """The files that hang on it."""
        return self._attached.get(self.documents[number].url, ())

    def digest(self, number: int) -> str:
        """Changes with all that is written of the document."""
        cluster, place = self.place(number)
        digest = f"{self.documents[number].digest}.{cluster}.{place}"
        attachments = self.attachments(number)
        if attachments:
            attached = "".join(one.digest for one in attachments)
            digest += "." + hashlib.blake2b(attached.encode(), digest_size=8).hexdigest()
        return digest


def synchronize(
    archive: Archive, engine: SearchEngine, progress: Progress = no_progress
) -> IndexSummary:
    """Make the index hold what the archive holds, writing only the difference.

    The two are compared by digest, so that it does not matter how an earlier attempt
    ended. An index made with another dictionary or schema is rebuilt.
    """
    status = engine.status()
    if not status.generation or status.stale:
        return IndexSummary(added=rebuild(archive, engine, progress))
    have = engine.versions()
    wanted = _Wanted(archive)
    added = []
    updated = []
    for number, document in enumerate(wanted.documents):
        digest = have.pop(document.url, None)
        if digest is None:
            added.append(number)
        elif digest != wanted.digest(number):
            updated.append(number)
    removed = list(have)
    changed = sorted(added + updated)
    if changed or removed:
        engine.update(
            IndexChanges(_entries(archive, wanted, changed), removed),
            lambda done, _total: progress(done, len(changed)),
        )
    unchanged = len(wanted.documents) - len(changed)
    return IndexSummary(len(added), len(updated), len(removed), unchanged)


def rebuild(archive: Archive, engine: SearchEngine, progress: Progress = no_progress) -> int:
    """A fresh index of the whole archive; returns the documents in it."""
    wanted = _Wanted(archive)
    everything = range(len(wanted.documents))
    return engine.rebuild(
        _entries(archive, wanted, everything),
        lambda done, _total: progress(done, len(everything)),
    )


def _places(
    documents: Sequence[ArchivedDocument], first: npt.NDArray[np.int32]
) -> dict[int, tuple[int, int]]:
    """The number of the cluster and the place in it, of documents that share one; ``first`` is
    for each document the first of its cluster."""
    numbers = _cluster_numbers(documents)
    shared = np.bincount(first, minlength=len(documents))[first] > 1
    groups: dict[int, list[int]] = {}
    for number in np.flatnonzero(shared).tolist():
        groups.setdefault(int(first[number]), []).append(number)
    places: dict[int, tuple[int, int]] = {}
    for leader, group in groups.items():
        group.sort(key=lambda number: (len(documents[number].url), documents[number].url))
        places.update((number, (numbers[leader], place)) for place, number in enumerate(group))
    return places


def _cluster_numbers(documents: Sequence[ArchivedDocument]) -> list[int]:
    """The number that the cluster has of which this document is the first: made of its page,
    so that it stays the same whatever comes and goes beside it."""
    numbers = []
    page, part = 0, 0
    for document in documents:
        part = part + 1 if document.page == page else 0
        page = document.page
        numbers.append((page + 1) * _PARTS_OF_A_PAGE + part)
    return numbers


def _attached(documents: Sequence[ArchivedDocument]) -> dict[str, list[ArchivedDocument]]:
    """The documents that hang on a page by its URL. What is inside a page is none of them:
    its words are the page's own."""
    found: dict[str, list[ArchivedDocument]] = {}
    for document in documents:
        parent = document.parent
        if parent is not None and urldefrag(document.url).url != parent:
            found.setdefault(parent, []).append(document)
    return found


def _entries(archive: Archive, wanted: _Wanted, numbers: Sequence[int]) -> Iterator[PackedEntry]:
    """Read as they are asked for, some at a time."""
    for start in range(0, len(numbers), _READ_AT_ONCE):
        some = numbers[start : start + _READ_AT_ONCE]
        asked = {wanted.documents[number][:2] for number in some}
        asked.update(one[:2] for number in some for one in wanted.attachments(number))
        records = archive.records(asked)
        for number in some:
            document = wanted.documents[number]
            record = records.get(document[:2])
            if record is not None:
                attached = (records.get(one[:2]) for one in wanted.attachments(number))
                yield PackedEntry(
                    document.url,
                    record,
                    *wanted.place(number),
                    tuple(one for one in attached if one is not None),
                    wanted.digest(number),
                )
