"""Archives: the names of their files and the text of those that can be read."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final, Protocol

from indexer.extract.files import chain
from indexer.extract.files.limits import limit
from indexer.extract.files.output import Output
from indexer.extract.files.result import ENCRYPTED, EncryptedError, LimitError, UnsupportedError

_UTF8_FLAG: Final = 0x0800
_ENCRYPTED_FLAG: Final = 0x1
_UNICODE_PATH: Final = 0x7075
"""Info-ZIP's extra field: version, CRC-32 of the name as it stands, the name in UTF-8."""
_ARCHIVES: Final = frozenset({"zip", "rar", "7z", "tar", "gz"})
_CHUNK: Final = 1 << 16
_TAR_SIGN_AT: Final = 257
_TAR_SIGN: Final = b"ustar"
_SYSTEM_FILES: Final = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")

_depth = 0


class _Members:
    """Puts out the members of one archive, one after the other, within limits."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._count = 0
        self._bytes = 0
        self._encrypted = 0
        self._text = False

    def wants(self, name: str) -> bool:
        """Puts the name out; whether the member is to be read."""
        if name.lower().endswith(_SYSTEM_FILES) or "__macosx/" in name.lower():
            return False
        self._output.line(name)
        self._count += 1
        return self._count <= limit("archive_members")

    def take(self, name: str, chunks: Iterator[bytes]) -> None:
        """Reads a member.

        Raises:
            LimitError: the archive unpacks to more than a file gets.
        """
        body = bytearray()
        for chunk in chunks:
            body += chunk
            self._bytes += len(chunk)
            if self._bytes > limit("archive_bytes"):
                raise LimitError(f"unpacks to more than {limit('archive_bytes') // 1_000_000} MB")
            self._output.look()
        self._encrypted += _read_member(name, bytes(body), self._output) == ENCRYPTED

    def lock(self) -> None:
        """Counts a member that opens with a password only."""
        self._encrypted += 1

    def end(self) -> None:
        """Says what was left out.

        Raises:
            EncryptedError: everything was.
        """
        if self._encrypted and self._encrypted == self._count:
            raise EncryptedError
        if self._encrypted:
            self._output.remark = f"{self._encrypted} of {self._count} files are encrypted"
        elif self._count > limit("archive_members"):
            self._output.remark = f"read {limit('archive_members')} of {self._count} files"


def _read_member(name: str, body: bytes, output: Output) -> str:
    """Puts out the text of a member, of archives down to the depth; its outcome."""
    global _depth
    # Late, for filetype's rules are needed by archives alone.
    from indexer.extract.filetype import by_content

    file_format = by_content(body, name).format
    if file_format in _ARCHIVES and _depth >= limit("depth"):
        return ""
    _depth += 1
    try:
        found = chain.read(body, file_format)
    finally:
        _depth -= 1
    for line in found.text.split("\n"):
        output.line(line)
    return found.outcome


class _Stream(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def _chunks(stream: _Stream) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def read_zip(body: bytes, output: Output) -> None:
    """A zip file, its names in UTF-8, GBK or what the archive says."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = archive.infolist()
        if len(members) > limit("members"):
            raise LimitError(f"holds {len(members)} files")
        size = sum(member.file_size for member in members)
        if size > limit("archive_bytes") and size > limit("ratio") * len(body) // 10:
            raise LimitError(f"unpacks to {size // 1_000_000} MB")
        taken = _Members(output)
        for member in members:
            name = _zip_name(member)
            if member.is_dir() or not taken.wants(name):
                continue
            if member.flag_bits & _ENCRYPTED_FLAG:
                taken.lock()
                continue
            with archive.open(member) as stream:
                taken.take(name, _chunks(stream))
        taken.end()


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The member's name (APPNOTE 4.4.17, appendix D; GBK where nothing says otherwise)."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    raw = member.orig_filename.encode("cp437", "replace")
    extra = member.extra
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field = extra[4 : 4 + size]
        if kind == _UNICODE_PATH and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return _decoded(raw, member.filename)


def _decoded(raw: bytes, otherwise: str) -> str:
    """A name that says nothing of its charset, which is strictly one of the two."""
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return otherwise


def read_tar(body: bytes, output: Output) -> None:
    """A tar file, packed or not."""
    taken = _Members(output)
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for member in archive:
            raw = member.name.encode("utf-8", "surrogateescape")
            name = _decoded(raw, member.name)
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None and taken.wants(name):
                taken.take(name, _chunks(stream))
    taken.end()


def read_gz(body: bytes, output: Output) -> None:
    """The file in a gzip file, mostly a tar file; its name is not kept."""
    with gzip.open(io.BytesIO(body)) as stream:
        start = stream.read(_TAR_SIGN_AT + len(_TAR_SIGN))
        if start[_TAR_SIGN_AT:] == _TAR_SIGN:
            read_tar(body, output)
            return
        stream.seek(0)
        _Members(output).take("", _chunks(stream))


def read_libarchive(body: bytes, output: Output) -> None:
    """RAR and 7-Zip by libarchive, from memory to memory."""
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError):  # the C library is absent
        raise UnsupportedError("the library libarchive is not installed") from None
    taken = _Members(output)
    try:
        with libarchive.memory_reader(body) as archive:
            for entry in archive:
                name = str(entry.pathname or "")
                if entry.isfile and taken.wants(name):
                    _take_entry(entry, name, taken)
    except libarchive.ArchiveError as error:
        if _speaks_of_encryption(error):
            raise EncryptedError from None
        raise ValueError(error.msg or "no archive that libarchive knows") from None
    taken.end()


def _take_entry(entry: Any, name: str, taken: _Members) -> None:
    from libarchive import ArchiveError

    try:
        taken.take(name, entry.get_blocks())
    except ArchiveError as error:
        if not _speaks_of_encryption(error):
            raise
        taken.lock()


def _speaks_of_encryption(error: Exception) -> bool:
    """libarchive has no other sign of it."""
    return any(word in str(error).lower() for word in ("encrypt", "passphrase"))
