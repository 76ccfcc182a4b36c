"""SQLite the way this product uses it: WAL, explicit transactions, one schema file each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.failure import Failure

if TYPE_CHECKING:
    from importlib.abc import Traversable

_VERSION = re.compile(r"PRAGMA user_version = (\d+);")


def connect(path: Path, schema_package: str, schema: str = "schema.sql") -> sqlite3.Connection:
    """Open a database, making folder, file and tables where there are none.

    WAL lets readers go on while one process writes; with ``synchronous=NORMAL`` a killed
    process loses nothing and a power cut at most the last transactions (SQLite, PRAGMA
    synchronous). Writers of other processes are waited for, 30 seconds at most.

    Raises:
        Failure: the tables are those of another version of this product.
        sqlite3.DatabaseError: the file is no database or cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        _ensure_tables(connection, path, resources.files(schema_package), schema)
        connection.execute("PRAGMA foreign_keys=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _ensure_tables(
    connection: sqlite3.Connection, path: Path, package: Traversable, schema: str
) -> None:
    """Make the tables, or bring those of an older version to this one.

    The schema's script says which version it is; ``migrations/N.sql`` beside it makes
    version N of N - 1. All of it happens in one transaction.
    """
    script = package.joinpath(schema).read_text(encoding="utf-8")
    match = _VERSION.search(script)
    assert match is not None, "a schema names its version"  # noqa: S101
    wanted = int(match[1])
    if _version(connection) == wanted:
        return
    with transaction(connection):  # another process may be making them at this moment
        found = _version(connection)
        if found == wanted:
            return
        for step in _migrations(connection, path, package, found, wanted):
            for statement in _statements(step):
                connection.execute(statement)
        for statement in _statements(script):
            connection.execute(statement)


def _migrations(
    connection: sqlite3.Connection, path: Path, package: Traversable, found: int, wanted: int
) -> Iterator[str]:
    """The scripts from the version that was found to the one that is wanted."""
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    steps = [package.joinpath(f"migrations/{n}.sql") for n in range(found + 1, wanted + 1)]
    if not 0 < found < wanted or not all(step.is_file() for step in steps):
        raise Failure(
            f"{path}: made by another version of qzsearch (tables of version {found}, this "
            f"one has {wanted}); move it away, or use the version that made it"
        )
    for step in steps:
        yield step.read_text(encoding="utf-8")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Statement by statement: sqlite3's own ``executescript`` would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing; takes the write lock at once, so that no upgrade can fail midway."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back when the disk is full
            connection.execute("ROLLBACK")
        raise


def now() -> str:
    """This moment in UTC, ISO 8601 with offset, milliseconds."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
