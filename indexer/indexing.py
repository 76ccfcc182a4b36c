"""From the archive to the index: what changed is written, what went is removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag

from indexer.archive import Archive, ArchivedDocument
from indexer.document import Document
from indexer.index.engine import (
    IndexChanges,
    IndexEntry,
    IndexSummary,
    Progress,
    SearchEngine,
    no_progress,
)
from indexer.likeness import Candidate, clusters

_PARTS_OF_A_PAGE = 1 << 16


@dataclass(frozen=True)
class _Wanted:
    """A document the index should hold: the number of its cluster, its place in it, and the
    files that hang on it."""

    document: ArchivedDocument
    cluster: int
    place: int
    attachments: tuple[ArchivedDocument, ...]

    @property
    def digest(self) -> str:
        """Changes with all that is written of the document."""
        digest = f"{self.document.digest}.{self.cluster}.{self.place}"
        if self.attachments:
            attached = "".join(one.digest for one in self.attachments)
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
    wanted = {item.document.url: item for item in _wanted(archive)}
    changed = [item for url, item in wanted.items() if have.get(url) != item.digest]
    removed = [url for url in have if url not in wanted]
    summary = IndexSummary(
        added=sum(item.document.url not in have for item in changed),
        updated=sum(item.document.url in have for item in changed),
        removed=len(removed),
        unchanged=len(wanted) - len(changed),
    )
    if changed or removed:
        engine.update(
            IndexChanges(_entries(archive, changed), removed),
            lambda done, _total: progress(done, len(changed)),
        )
    return summary


def rebuild(archive: Archive, engine: SearchEngine, progress: Progress = no_progress) -> int:
    """A fresh index of the whole archive; returns the documents in it."""
    wanted = _wanted(archive)
    return engine.rebuild(
        _entries(archive, wanted), lambda done, _total: progress(done, len(wanted))
    )


def _wanted(archive: Archive) -> list[_Wanted]:
    """Every document with what others say of it."""
    documents = archive.list_documents()
    first = clusters(
        [Candidate(one.likeness, f"{one.site} {one.fingerprint}") for one in documents]
    )
    members: dict[int, list[int]] = {}
    for number, leader in enumerate(first.tolist()):
        members.setdefault(leader, []).append(number)
    attached = _attached(documents)
    numbers = _cluster_numbers(documents)
    places = [0] * len(documents)
    for group in members.values():
        if len(group) > 1:
            group.sort(key=lambda number: (len(documents[number].url), documents[number].url))
            for place, number in enumerate(group):
                places[number] = place
    return [
        _Wanted(
            document,
            numbers[leader] if len(members[leader]) > 1 else 0,
            places[number],
            tuple(attached.get(document.url, ())),
        )
        for number, (document, leader) in enumerate(zip(documents, first.tolist(), strict=True))
    ]


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


def _entries(archive: Archive, wanted: Sequence[_Wanted]) -> Iterator[IndexEntry]:
    for item in wanted:
        document = _read(archive, item.document)
        if document is not None:
            read = (_read(archive, one) for one in item.attachments)
            attachments = tuple(one for one in read if one is not None)
            yield IndexEntry(document, item.cluster, item.place, attachments, item.digest)


def _read(archive: Archive, document: ArchivedDocument) -> Document | None:
    return archive.document(document.page, document.fragment)
