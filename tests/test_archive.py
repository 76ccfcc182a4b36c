"""The archive: what was fetched stays as it was, whatever happens next."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.archive import Archive, Page
from indexer.archive.documents import Told
from indexer.archive.runs import list_runs
from indexer.document import Document
from indexer.failure import Failure

URL = "http://a.example/1.html"
HEADERS = [("content-type", "text/html; charset=gbk"), ("etag", '"1"'), ("set-cookie", "a=钦")]

FIRST_RELEASE = """
PRAGMA user_version = 1;
CREATE TABLE page (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, site TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'known', anchor TEXT NOT NULL DEFAULT '',
    parent INTEGER REFERENCES page (id), min_depth INTEGER, first_seen TEXT NOT NULL,
    last_fetched TEXT, last_changed TEXT, status INTEGER, headers TEXT,
    body BLOB REFERENCES body (hash), error TEXT);
CREATE INDEX page_site ON page (site, state);
CREATE INDEX page_body ON page (body);
CREATE TABLE body (hash BLOB PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE document (page INTEGER PRIMARY KEY REFERENCES page (id), site TEXT NOT NULL,
    record BLOB, digest TEXT, fingerprint TEXT, extraction INTEGER NOT NULL, problem TEXT,
    updated TEXT NOT NULL);
CREATE TABLE run (id INTEGER PRIMARY KEY, site TEXT NOT NULL, is_full INTEGER NOT NULL DEFAULT 0,
    started TEXT NOT NULL, finished TEXT, counts TEXT NOT NULL DEFAULT '{}');
CREATE TABLE frontier (run INTEGER NOT NULL, page INTEGER NOT NULL, depth INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, page)) WITHOUT ROWID;
INSERT INTO body VALUES (x'00', 4, x'789c2b49ad280100046701c6');
INSERT INTO page (url, site, state, first_seen, body) VALUES
    ('http://a.example/1.html', 'a', 'live', '2026-01-01T00:00:00.000+00:00', x'00');
INSERT INTO page (url, site, state, first_seen, last_fetched) VALUES
    ('http://a.example/gone', 'a', 'gone', '2026-01-01', '2026-01-01T00:00:00.000+00:00');
INSERT INTO run (site, started) VALUES ('a', '2026-01-01T00:00:00.000+00:00');
INSERT INTO frontier VALUES (1, 1, 0, 0);
"""
"""An archive as release 0.1.0 made it, with an unfinished run."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "archive.sqlite"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    opened = Archive(path)
    yield opened
    opened.close()


def fetched(archive: Archive, url: str = URL, body: bytes = b"text", site: str = "a") -> Page:
    with archive.transaction():
        page = archive.page(archive.ensure_page(url, site, "链接"))
        archive.store_content(page, 200, HEADERS, body)
        document = Document(url=url, title="标题", text=body.decode("utf-8", "replace"), site=site)
        archive.store_document(page.id, site, document, 1)
    return archive.page(page.id)


def bodies(archive: Archive) -> int:
    return int(archive.connection.execute("SELECT count(*) FROM body").fetchone()[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=2000))
def test_bytes_come_back_as_they_were(archive: Archive, body: bytes) -> None:
    page = fetched(archive, body=body)
    assert archive.body(page) == body
    assert archive.check() == []


def test_everything_is_there_after_reopening(archive: Archive, path: Path) -> None:
    page = fetched(archive)
    again = Archive(path)
    assert again.find(URL) == page
    assert again.body(page) == b"text"
    assert again.document(page.id) == archive.document(page.id)
    assert page.header("content-type") == "text/html; charset=gbk"
    assert page.header("set-cookie") == "a=钦"
    assert page.header("x-none") is None
    again.close()


def test_a_page_that_is_new_has_nothing(archive: Archive) -> None:
    page = archive.page(archive.ensure_page(URL, "a"))
    assert (page.state, page.body, page.status, page.last_fetched) == ("known", None, None, None)
    assert archive.body(page) is None
    assert archive.document(page.id) is None
    with pytest.raises(KeyError):
        archive.page(page.id + 1)


def test_the_first_anchor_text_stays(archive: Archive) -> None:
    column = archive.ensure_page("http://a.example/", "a")
    page = archive.ensure_page(URL, "a", "", None)
    assert archive.ensure_page(URL, "a", "公积金提取指南", column) == page
    assert archive.ensure_page(URL, "a", "更多", None) == page
    assert (archive.page(page).anchor, archive.page(page).parent) == ("公积金提取指南", column)


def test_equal_bytes_are_kept_once(archive: Archive) -> None:
    first, second = fetched(archive), fetched(archive, "http://a.example/2.html")
    assert first.body == second.body
    assert bodies(archive) == 1


def test_replaced_bytes_go_when_no_page_has_them(archive: Archive) -> None:
    fetched(archive, "http://a.example/2.html")
    page = fetched(archive)
    assert archive.store_content(page, 200, HEADERS, b"new") is True
    assert bodies(archive) == 2  # the other page still has the old ones
    other = archive.find("http://a.example/2.html")
    assert other is not None
    assert archive.body(other) == b"text"
    archive.store_content(other, 200, HEADERS, b"new")
    assert bodies(archive) == 1
    assert archive.check() == []


def test_the_same_bytes_again_are_no_change(archive: Archive) -> None:
    page = fetched(archive)
    assert archive.store_content(page, 200, [], b"text") is False
    again = archive.page(page.id)
    assert again.last_changed == page.last_changed
    assert again.headers == ()


def test_a_failure_keeps_everything_but_the_error(archive: Archive) -> None:
    page = fetched(archive)
    with archive.transaction():
        archive.store_failure(page, 503, "status 503")
    after = archive.page(page.id)
    assert (after.state, after.body, after.headers) == ("live", page.body, page.headers)
    assert (after.status, after.error, after.last_fetched) == (503, "status 503", page.last_fetched)
    assert archive.document(page.id) is not None


@pytest.mark.parametrize("state", ["gone", "redirect", "excluded"])
def test_a_page_without_content_loses_its_document_not_its_bytes(
    archive: Archive, state: str
) -> None:
    page = fetched(archive)
    archive.store_state(page, state, 404, "status 404")
    after = archive.page(page.id)
    assert after.state == state
    assert archive.body(after) == b"text"
    assert archive.document(page.id) is None
    assert archive.list_documents() == []
    archive.store_content(after, 200, [], b"text")
    assert archive.page(page.id).state == "live"


def test_a_transaction_that_fails_leaves_nothing(archive: Archive) -> None:
    with pytest.raises(KeyError), archive.transaction():
        archive.page(archive.ensure_page(URL, "a") + 1)
    assert archive.find(URL) is None
    assert fetched(archive).state == "live"


def test_a_process_killed_within_a_transaction_leaves_nothing(archive: Archive, path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from indexer.archive import Archive\n"
        "archive = Archive(Path(sys.argv[1]))\n"
        "archive.ensure_page('http://a.example/whole', 'a')\n"
        "with archive.transaction():\n"
        "    archive.ensure_page('http://a.example/half', 'a')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)]).returncode == -9
    assert archive.find("http://a.example/half") is None
    assert archive.find("http://a.example/whole") is not None
    assert archive.check() == []


def test_readers_do_not_wait_for_a_writer(archive: Archive, path: Path) -> None:
    page = fetched(archive)
    reader = Archive(path)
    with archive.transaction():
        archive.store_state(page, "gone", 404, None)
        assert reader.page(page.id).state == "live"
    assert reader.page(page.id).state == "gone"
    reader.close()


def test_a_page_may_hold_no_document(archive: Archive) -> None:
    page = fetched(archive)
    archive.store_document(page.id, "a", None, 1, Told("page 2 of a list"))
    assert archive.document(page.id) is None
    assert list(archive.iterate_documents()) == []


def test_pages_of_another_extraction_are_read_again_but_imports_are_not(archive: Archive) -> None:
    old, never, imported, gone = (
        fetched(archive, f"http://a.example/{n}", str(n).encode()) for n in range(4)
    )
    archive.connection.execute("DELETE FROM document WHERE page = ?", (never.id,))
    archive.store_document(imported.id, "a", archive.document(imported.id), 0)
    archive.store_state(gone, "gone", 410, None)
    assert archive.pages_to_extract(1) == [never.id]
    assert archive.pages_to_extract(2) == [old.id, never.id]


def test_documents_are_listed_with_what_the_index_compares(archive: Archive) -> None:
    page = fetched(archive)
    (listed,) = archive.list_documents()
    (document,) = archive.iterate_documents()
    assert (listed.page, listed.url, listed.site) == (page.id, URL, "a")
    assert listed.digest == document.digest()
    assert listed.fingerprint == document.fingerprint()


def test_the_summary_counts_by_site(archive: Archive) -> None:
    fetched(archive, body=b"x" * 1000)
    failing = fetched(archive, "http://a.example/2", b"y")
    archive.store_failure(failing, None, "ConnectError")
    gone = fetched(archive, "http://a.example/3", b"z")
    archive.store_state(gone, "gone", 404, "status 404")
    archive.ensure_page("http://b.example/", "b")
    summary = archive.summary()
    assert summary["sites"] == {
        "a": {"live": 2, "gone": 1, "documents": 2, "failing": 1},
        "b": {"known": 1},
    }
    assert summary["bytes_received"] == 1002
    assert 0 < summary["bytes_stored"] < 200


def test_a_damaged_file_is_told(archive: Archive) -> None:
    page = fetched(archive)
    archive.connection.execute("PRAGMA foreign_keys=OFF")
    archive.connection.execute("DELETE FROM body")
    assert archive.check() == ["1 pages have lost their bytes"]
    assert archive.body(page) is None


def test_a_file_that_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        Archive(path)


def test_many_processes_may_open_a_new_archive_at_once(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from indexer.archive import Archive\n"
        "Archive(Path(sys.argv[1])).ensure_page(sys.argv[2], 'a')"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(number)])
        for number in range(4)
    ]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    archive = Archive(path)
    assert archive.summary()["sites"] == {"a": {"known": 4}}
    archive.close()


def test_an_archive_of_the_first_release_is_brought_to_this_version(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIRST_RELEASE)
    archive = Archive(path)
    page = archive.find(URL)
    assert page is not None
    assert (page.state, page.misses, page.next_due) == ("live", 0, None)
    assert archive.body(page) == b"text"
    gone = archive.find("http://a.example/gone")
    assert gone is not None
    assert (gone.state, gone.gone_since) == ("gone", "2026-01-01T00:00:00.000+00:00")
    assert [run.finished for run in list_runs(archive)] == ["2026-01-01T00:00:00.000+00:00"]
    assert archive.check() == []
    new = Archive(path.with_name("new.sqlite"))
    assert columns(archive) == columns(new)
    archive.close()
    new.close()


def columns(archive: Archive) -> dict[str, set[str]]:
    """The columns of every table."""
    tables = [
        row[0]
        for row in archive.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    return {
        table: {row[1] for row in archive.connection.execute(f"PRAGMA table_info({table})")}
        for table in tables
    }


def test_an_archive_of_another_version_is_refused_with_advice(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE page (id INTEGER)")
    with pytest.raises(Failure, match=r"another version of qzsearch .*move it away"):
        Archive(path)
