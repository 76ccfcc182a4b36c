"""Import and export: documents as JSON Lines, one object a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from indexer.archive import Archive
from indexer.archive.imports import store_imported
from indexer.failure import Failure
from indexer.import_lines import Line, Prepared
from indexer.import_workers import WorkerDied, prepare_all
from indexer.index.engine import Progress, no_progress


class ExchangeError(Failure):
    """The file cannot be read or written, or is of no known kind, or import was killed."""


_BATCH_LINES: Final = 1000
_BATCH_BYTES: Final = 4_000_000
"""Pages in HTML are long."""
_MOST_FAULTS: Final = 20


@dataclass
class ImportSummary:
    """Lines taken, lines that were no document, and what was wrong with the first of them."""

    imported: int = 0
    rejected: int = 0
    faults: list[str] = field(default_factory=list)

    def reject(self, fault: str) -> None:
        """Count a bad line."""
        self.rejected += 1
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)


def import_file(
    path: Path,
    archive: Archive,
    progress: Progress = no_progress,
    public_numbers: frozenset[str] = frozenset(),
) -> ImportSummary:
    """Add documents to the archive; bad lines are reported and passed over.

    A document of a known URL replaces that one. Personal data are masked, but for
    ``public_numbers``.

    Raises:
        ExchangeError: the file cannot be read, or a process that reads it was killed.
    """
    summary = ImportSummary()
    with (
        archive.much_writing(),
        closing(_prepared(path, public_numbers)) as batches,
    ):
        for batch in batches:
            with archive.transaction():
                store_imported(archive, batch.documents)
            summary.imported += len(batch.documents)
            for number, fault in batch.faults:
                summary.reject(f"{path}:{number}: {fault}")
            progress(summary.imported + summary.rejected, None)
    return summary


def _prepared(path: Path, public_numbers: frozenset[str]) -> Generator[Prepared, None, None]:
    try:
        yield from prepare_all(_batches(path), public_numbers)
    except WorkerDied:
        raise ExchangeError(
            f"{path}: a process that reads it was killed, most likely for want of memory; what "
            "was imported before stays, and the import can be started again"
        ) from None


def _batches(path: Path) -> Iterator[list[Line]]:
    """The lines that are not blank in portions, each a transaction."""
    batch: list[Line] = []
    size = 0
    for number, line in _read_lines(path):
        batch.append(Line(number, line))
        size += len(line)
        if len(batch) == _BATCH_LINES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank with their numbers, counted from 1."""
    try:
        with _open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.isspace():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise ExchangeError(f"{path}: cannot be read: {error}") from error


def _open(path: Path, mode: str) -> IO[bytes]:
    if path.name.endswith(".jsonl.gz"):
        return gzip.open(path, mode)  # type: ignore[return-value]
    if path.name.endswith(".jsonl"):
        return path.open(mode)
    raise ExchangeError(f"{path}: takes a file ending in .jsonl or .jsonl.gz")


def export_file(path: Path, archive: Archive, progress: Progress = no_progress) -> int:
    """Write every document of the archive; returns their number. The file appears whole
    or not at all.

    Raises:
        ExchangeError: the file cannot be written.
    """
    temporary = path.with_name(f".part-{path.name}")
    count = 0
    try:
        with _open(temporary, "wb") as file:
            for document in archive.iterate_documents():
                line = json.dumps(document.to_record(), ensure_ascii=False)
                file.write(line.encode("utf-8", "replace") + b"\n")
                count += 1
                progress(count, None)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise ExchangeError(f"{path}: cannot be written: {error}") from error
        raise
    return count
