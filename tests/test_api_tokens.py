"""Access tokens: made once, kept as a hash, revoked for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from indexer.database import connect
from search_api.access import TokenError, TokenStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "service.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[TokenStore]:
    store = TokenStore(path)
    yield store
    store.close()


def test_a_token_opens_the_door_under_its_name_and_role(store: TokenStore) -> None:
    token = store.create("值班室", "staff")
    assert token.startswith("qzs_")
    found = store.authenticate(f"Bearer {token}")
    assert found is not None
    assert (found.name, found.role, found.revoked) == ("值班室", "staff", None)


def test_the_token_itself_is_nowhere_on_disk(store: TokenStore, path: Path) -> None:
    token = store.create("portal", "staff")
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert token.encode() not in written
    assert hashlib.sha256(token.encode()).digest() in written


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic {token}", "{token}", "Bearer x{token}",
     "Bearer {token}x", "Bearer qzs_", "Bearer qzs_\udcff"],
)  # fmt: skip
def test_nothing_else_opens_it(store: TokenStore, header: str | None) -> None:
    token = store.create("portal", "staff")
    assert store.authenticate(header and header.format(token=token)) is None


def test_the_scheme_is_read_without_regard_to_case(store: TokenStore) -> None:
    token = store.create("portal", "staff")
    assert store.authenticate(f"bearer  {token} ") is not None


def test_roles_give_rights(store: TokenStore) -> None:
    staff = store.authenticate("Bearer " + store.create("a", "staff"))
    monitor = store.authenticate("Bearer " + store.create("b", "monitor"))
    assert staff is not None
    assert monitor is not None
    assert staff.may("jobs.read")
    assert staff.may("jobs.write")
    assert monitor.may("jobs.read")
    assert not monitor.may("jobs.write")


def test_a_revoked_token_is_worthless_at_once_and_stays_listed(store: TokenStore) -> None:
    token = store.create("portal", "staff")
    revoked = store.revoke("portal")
    assert revoked.revoked is not None
    assert store.authenticate(f"Bearer {token}") is None
    assert [entry.name for entry in store.list()] == ["portal"]
    assert store.revoke("portal").revoked == revoked.revoked


def test_names_are_given_once_even_after_revoking(store: TokenStore) -> None:
    store.create("portal", "staff")
    store.revoke("portal")
    with pytest.raises(TokenError, match=r"'portal' was made before.*another name"):
        store.create("portal", "monitor")


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a" * 65, "a\n", "a/b"])
def test_names_have_a_form(store: TokenStore, name: str) -> None:
    with pytest.raises(TokenError, match="takes 1 to 64"):
        store.create(name, "staff")


def test_unknown_roles_and_names_are_told_with_what_is_accepted(store: TokenStore) -> None:
    with pytest.raises(TokenError, match="staff, monitor"):
        store.create("portal", "root")
    with pytest.raises(TokenError, match="no token named 'nobody'"):
        store.revoke("nobody")


def test_use_is_recorded_at_most_once_a_minute(store: TokenStore, path: Path) -> None:
    token = store.create("portal", "staff")
    assert store.list()[0].used is None
    store.authenticate(f"Bearer {token}")
    first = store.list()[0].used
    assert first is not None
    store.authenticate(f"Bearer {token}")
    assert store.list()[0].used == first
    long_ago = (datetime.now(timezone.utc) - timedelta(minutes=2)).isoformat()
    other = connect(path, "indexer.jobs")
    other.execute("UPDATE token SET used = ?", (long_ago,))
    other.close()
    store.authenticate(f"Bearer {token}")
    latest = store.list()[0].used
    assert latest is not None
    assert latest >= first


def test_another_process_sees_a_new_token(store: TokenStore, path: Path) -> None:
    other = TokenStore(path)
    assert other.authenticate("Bearer " + store.create("portal", "staff")) is not None
    other.close()
