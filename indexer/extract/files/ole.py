"""Compound files ([MS-CFB]): the container of Office 97-2003 and of encrypted newer files."""

from __future__ import annotations

import io
from typing import Final

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")


def is_encrypted_package(body: bytes) -> bool:
    """Whether the file is an Office Open XML file behind a password ([MS-OFFCRYPTO] 1.3.3)."""
    return body.startswith(SIGNATURE) and _ENCRYPTED_PACKAGE in body


def streams(body: bytes, *names: str) -> list[bytes]:
    """The bytes of the named streams; b"" for those that are absent.

    Raises:
        Exception: olefile's errors on broken bytes.
    """
    import olefile

    found = []
    with olefile.OleFileIO(io.BytesIO(body)) as container:
        for name in names:
            found.append(container.openstream(name).read() if container.exists(name) else b"")
    return found
