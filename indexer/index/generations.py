"""Where the index is: generations in folders of their own, and which one is current.

``index/current.json`` names the folder in use; it is replaced atomically. A rebuild fills
a new folder and then switches; readers hold a shared lock on the folder they read, so that
a folder is removed only when its last reader has gone, however that ended (flock(2)).
Within a folder Whoosh numbers its commits: what is current is always read from the files,
so that a writer killed at any moment leaves nothing to be mended.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

NAME = "MAIN"
"""What Whoosh calls the index in its folder."""
_POINTER = "current.json"
_LEASE = ".lease"
_TABLE_OF_CONTENTS = re.compile(rf"_{NAME}_(\d+)\.toc")


@dataclass(frozen=True)
class Generation:
    """A state of the index: a folder, the ``commit`` within it, and the fingerprint of the
    analysis that its terms come from."""

    directory: Path
    commit: int
    fingerprint: str

    @property
    def name(self) -> str:
        """One word for this state."""
        return f"{self.directory.name}.{self.commit}"

    @property
    def updated(self) -> datetime:
        """When it was committed. Raises FileNotFoundError when it has been replaced."""
        toc = self.directory / f"_{NAME}_{self.commit}.toc"
        return datetime.fromtimestamp(toc.stat().st_mtime, timezone.utc)


class Lease:
    """A reader's hold on a generation's folder, given back with :meth:`release`."""

    def __init__(self, directory: Path) -> None:
        self._descriptor: int | None = os.open(
            directory / _LEASE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644
        )
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go; without effect the second time."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Generations:
    """The folder of all generations."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Generation | None:
        """The newest complete state, or None when there is no index.

        Raises:
            FileNotFoundError: it was replaced at this very moment; ask again.
            ValueError: the pointer is damaged; the message names it.
        """
        try:
            text = (self.root / _POINTER).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise ValueError(f"{_POINTER} is damaged: {error}") from None
        try:
            pointer = json.loads(text)
            directory, fingerprint = self.root / pointer["directory"], str(pointer["fingerprint"])
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{_POINTER} is damaged: {error!r}") from None
        matches = (_TABLE_OF_CONTENTS.fullmatch(path.name) for path in directory.iterdir())
        commits = [int(match[1]) for match in matches if match]
        if not commits:
            raise FileNotFoundError(f"{directory} holds no table of contents")
        return Generation(directory, max(commits), fingerprint)

    def new_directory(self) -> Path:
        """An empty folder for a generation to come, not current yet."""
        number = 1 + max((int(name[1:]) for name in self._names()), default=0)
        directory = self.root / f"g{number:06d}"
        directory.mkdir(parents=True)
        return directory

    def switch(self, directory: Path, fingerprint: str) -> None:
        """Make a folder current, atomically and on disk before it returns."""
        temporary = self.root / f"{_POINTER}.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"directory": directory.name, "fingerprint": fingerprint}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / _POINTER)
        sync_directory(self.root)

    def sweep(self) -> list[str]:
        """Remove folders that are neither current nor read; for the one writer only.

        Nothing is removed while it cannot be told which is current.
        """
        try:
            current = self.current()
        except (ValueError, FileNotFoundError):
            return []
        removed = []
        for name in self._names():
            if current is not None and name == current.directory.name:
                continue
            if _nobody_reads(self.root / name):
                shutil.rmtree(self.root / name, ignore_errors=True)
                removed.append(name)
        return removed

    def sweep_older(self, current: Generation) -> None:
        """Remove folders of generations before this one that nobody reads any more; for readers,
        the last of which is seldom the writer. Where one may not remove, the writer will."""
        for name in self._names():
            if name < current.directory.name:
                with suppress(OSError):
                    if _nobody_reads(self.root / name):
                        shutil.rmtree(self.root / name, ignore_errors=True)

    def _names(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.root.iterdir()
            if entry.is_dir() and entry.name[:1] == "g" and entry.name[1:].isdigit()
        )


def _nobody_reads(directory: Path) -> bool:
    descriptor = os.open(directory / _LEASE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def sync_directory(directory: Path) -> None:
    """Make names in a folder durable (fsync(2) on the folder)."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_files(directory: Path) -> None:
    """Make all files of a folder durable."""
    for entry in directory.iterdir():
        if entry.is_file():
            descriptor = os.open(entry, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    sync_directory(directory)
