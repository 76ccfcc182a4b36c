"""From the archive to the index: what changed is written, what went is removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.archive import Archive, ArchivedDocument
from indexer.index.engine import (
    IndexChanges,
    IndexEntry,
    IndexSummary,
    Progress,
    SearchEngine,
    no_progress,
)


@dataclass(frozen=True)
class _Wanted:
    """A document the index should hold: the first of those with the same words."""

    document: ArchivedDocument
    duplicates: int

    @property
    def digest(self) -> str:
        return f"{self.document.digest}.{self.duplicates}"


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
    """One document for each text of a site: that of the shortest address, which is most
    often the one people link to; the others are counted."""
    groups: dict[tuple[str, str], list[ArchivedDocument]] = {}
    for document in archive.list_documents():
        groups.setdefault((document.site, document.fingerprint), []).append(document)
    return [
        _Wanted(min(group, key=lambda one: (len(one.url), one.url)), len(group) - 1)
        for group in groups.values()
    ]


def _entries(archive: Archive, wanted: Sequence[_Wanted]) -> Iterator[IndexEntry]:
    for item in wanted:
        document = archive.document(item.document.page)
        if document is not None:
            yield IndexEntry(document, item.duplicates, item.digest)
