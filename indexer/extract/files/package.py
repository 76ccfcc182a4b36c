"""Zip files with a structure inside: Office Open XML and OFD."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO

from indexer.extract.files.limits import limit
from indexer.extract.files.result import EncryptedError, LimitError

_ENCRYPTED_FLAG = 0x1


class Package:
    """The parts of a zip file by their names, within limits; a context manager.

    Raises:
        LimitError: it unpacks to more than a file gets.
        EncryptedError: its parts are encrypted.
        zipfile.BadZipFile: it is damaged.
    """

    def __init__(self, body: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(body))
        members = self._archive.infolist()
        size = sum(member.file_size for member in members)
        if size > limit("unpacked_bytes"):
            raise LimitError(f"unpacks to {size // 1_000_000} MB")
        if len(members) > limit("members"):
            raise LimitError(f"holds {len(members)} parts")
        if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
            raise EncryptedError
        self.size = size
        # Some programs write backslashes, or another case than they refer to.
        self._names = {_key(member.filename): member for member in members}

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    def names(self) -> list[str]:
        """All parts, in lower case with slashes, as :meth:`open` takes them."""
        return list(self._names)

    def find(self, name: str, base: str = "") -> str | None:
        """The part of this name: beside ``base``, from the root, or in whatever folder."""
        name = _key(name)
        beside = _key(f"{PurePosixPath(base).parent}/{name}")
        for candidate in (beside, name):
            if candidate in self._names:
                return candidate
        for known in self._names:
            if known.endswith("/" + name):
                return known
        return None

    def open(self, name: str) -> IO[bytes]:
        """A part as a stream.

        Raises:
            KeyError: there is none of this name.
            LimitError: it unpacks to more than a part gets.
        """
        member = self._names[_key(name)]
        if member.file_size > limit("part_bytes"):
            raise LimitError(f"a part unpacks to {member.file_size // 1_000_000} MB")
        return self._archive.open(member)


def _key(name: str) -> str:
    """A name with slashes, without ``.`` and ``..``, in lower case."""
    kept: list[str] = []
    for step in name.replace("\\", "/").split("/"):
        if step == "..":
            del kept[-1:]
        elif step not in ("", "."):
            kept.append(step)
    return "/".join(kept).lower()
