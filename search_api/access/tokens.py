"""Access tokens: made once, shown once, kept only as their SHA-256.

A token has 256 random bits, so that a plain hash cannot be reversed and needs neither
salt nor stretching; it is sent as RFC 6750 says: ``Authorization: Bearer TOKEN``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from indexer.database import connect, now
from search_api.access.roles import ROLES

TOKEN_PREFIX: Final = "qzs_"  # noqa: S105  (lets scanners of leaked secrets recognise ours)
_NAME = re.compile(r"\w[\w.-]{0,63}")
_USE_RECORDED_EVERY: Final = timedelta(minutes=1)
_COLUMNS: Final = "name, role, created, used, revoked"


class TokenError(ValueError):
    """A token cannot be made or revoked; the message says why."""


@dataclass(frozen=True)
class Token:
    """What is known of a token; times are ISO 8601 in UTC. The token itself is not kept."""

    name: str
    role: str
    created: str
    used: str | None = None
    revoked: str | None = None

    def may(self, right: str) -> bool:
        """Whether the token's role gives this right; a role no longer defined gives none."""
        role = ROLES.get(self.role)
        return role is not None and right in role.rights


class TokenStore:
    """The tokens of a data folder. May be shared by threads; every process opens its own."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path, "indexer.jobs")
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the database; the store is of no further use."""
        self._connection.close()

    def create(self, name: str, role: str) -> str:
        """Make a token and return it: this is the only time it can be seen.

        Raises:
            TokenError: the name is no name or was given before, or there is no such role.
        """
        if not _NAME.fullmatch(name):
            raise TokenError(
                f"{name!r} is no token name: takes 1 to 64 letters, digits, '_', '.' and '-'"
            )
        if role not in ROLES:
            raise TokenError(f"there is no role {role!r}: takes {', '.join(ROLES)}")
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with self._lock:
            try:
                self._connection.execute(
                    "INSERT INTO token (name, role, hash, created) VALUES (?, ?, ?, ?)",
                    (name, role, _hash(token), now()),
                )
            except sqlite3.IntegrityError:
                raise TokenError(
                    f"a token named {name!r} was made before, and names are not given twice "
                    "(jobs name who asked for them): take another name"
                ) from None
        return token

    def list(self) -> list[Token]:
        """All tokens, revoked ones too, in the order of their making."""
        with self._lock:
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM token ORDER BY created, name"  # noqa: S608
            ).fetchall()
        return [Token(**dict(row)) for row in rows]

    def revoke(self, name: str) -> Token:
        """Make a token worthless, at once and for ever; doing it again changes nothing.

        Raises:
            TokenError: there is no token of this name.
        """
        with self._lock:
            self._connection.execute(
                "UPDATE token SET revoked = ? WHERE name = ? AND revoked IS NULL", (now(), name)
            )
            row = self._connection.execute(
                f"SELECT {_COLUMNS} FROM token WHERE name = ?",  # noqa: S608
                (name,),
            ).fetchone()
        if row is None:
            raise TokenError(f"there is no token named {name!r}")
        return Token(**dict(row))

    def authenticate(self, header: str | None) -> Token | None:
        """The valid token in an Authorization header, or None.

        Looking up the hash is safe against timing: who knows how far a hash agrees knows
        nothing about the token.
        """
        scheme, _, token = (header or "").strip().partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
            return None
        digest = _hash(token)
        with self._lock:
            row = self._connection.execute(
                f"SELECT {_COLUMNS} FROM token WHERE hash = ? AND revoked IS NULL",  # noqa: S608
                (digest,),
            ).fetchone()
            if row is None:
                return None
            if _is_due(row["used"]):
                self._connection.execute(
                    "UPDATE token SET used = ? WHERE hash = ?", (now(), digest)
                )
        return Token(**dict(row))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _is_due(used: str | None) -> bool:
    """Whether the last use is so long ago that it is worth a write."""
    if used is None:
        return True
    return datetime.now(timezone.utc) - datetime.fromisoformat(used) >= _USE_RECORDED_EVERY
