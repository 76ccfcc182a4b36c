"""Long imports: read in all cores, in order; whoever is killed, whole batches stay."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.exchange import ExchangeError, import_file

LINES = 10_500
BAD = {3: b"no json", 5_000: b'{"url": "http://a.example/x"}', LINES: b"[]"}
TEXT = "因管道维修，钦南区明日上午停水，请居民提前储水备用，电话13800138000。" * 4

IMPORT = """
import os, sys
from pathlib import Path
from indexer.archive import Archive
from indexer.exchange import import_file

def told(done, _total):
    print(done, flush=True)
    sys.stdin.readline()

if __name__ == "__main__":
    import_file(Path(sys.argv[1]), Archive(Path(sys.argv[2])), told)
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def url(number: int) -> str:
    return f"http://a.example/{number}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("lines") / "in.jsonl.gz"
    with gzip.open(file, "wb", 1) as packed:
        for number in range(1, LINES + 1):
            record = {"url": url(number), "title": f"公告{number}", "text": TEXT}
            packed.write(BAD.get(number, json.dumps(record).encode()) + b"\n")
    return file


def urls(archive: Archive) -> list[str]:
    return [one.url for one in archive.list_documents()]


def descendants(ancestor: int) -> set[int]:
    """The processes that a process started, and those that they started."""
    parents = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(file.parent.name)] = int(file.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {ancestor}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def test_a_long_file_is_read_in_its_order(archive: Archive, path: Path) -> None:
    seen: list[int] = []
    summary = import_file(path, archive, lambda done, _total: seen.append(done))
    assert (summary.imported, summary.rejected) == (LINES - len(BAD), len(BAD))
    assert urls(archive) == [url(n) for n in range(1, LINES + 1) if n not in BAD]
    assert [fault.split(":")[1] for fault in summary.faults] == [str(number) for number in BAD]
    assert seen == [*range(1000, LINES, 1000), LINES]
    document = archive.document(archive.list_documents()[0].page)
    assert document is not None
    assert "138******00" in document.text
    assert len(archive.personal_findings(limit=LINES)) == summary.imported


def test_a_cancelled_import_ends_its_processes(archive: Archive, path: Path) -> None:
    before: set[int] = set()

    def stop(done: int, _total: int | None) -> None:
        if done == 2000:
            before.update(descendants(os.getpid()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(path, archive, stop)
    assert len(urls(archive)) == 1999
    workers = before - descendants(os.getpid())
    assert workers  # those that read lines have gone, only the fork server may stay


def test_a_killed_worker_is_told_and_whole_batches_stay(archive: Archive, path: Path) -> None:
    def strike(done: int, _total: int | None) -> None:
        if done == 1000:
            children = descendants(os.getpid())
            for process in {p for p in children if descendants(p) == set()}:
                command = Path(f"/proc/{process}/cmdline").read_bytes()
                if b"forkserver" in command:
                    os.kill(process, signal.SIGKILL)

    with pytest.raises(ExchangeError, match="killed, most likely for want of memory"):
        import_file(path, archive, strike)
    kept = len(urls(archive))
    assert kept % 1000 in (998, 999)  # two bad lines are among them
    assert import_file(path, archive).imported == LINES - len(BAD)
    assert urls(archive) == [url(n) for n in range(1, LINES + 1) if n not in BAD]


def test_kill_9_between_batches_loses_none(tmp_path: Path, path: Path) -> None:
    script, database = tmp_path / "importing.py", tmp_path / "archive.sqlite"
    script.write_text(IMPORT, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(path), str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    for told in (b"1000\n", b"2000\n", b"3000\n"):
        assert process.stdout.readline() == told
        if told != b"3000\n":
            process.stdin.write(b"\n")
            process.stdin.flush()
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    archive = Archive(database)
    assert len(urls(archive)) == 2999
    assert archive.check() == []
    assert import_file(path, archive).imported == LINES - len(BAD)
    assert len(urls(archive)) == LINES - len(BAD)
    archive.close()


def test_what_stands_before_the_damage_is_imported(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    data = path.read_bytes()
    cut.write_bytes(data[: int(len(data) * 0.97)])
    with pytest.raises(ExchangeError, match="cannot be read"):
        import_file(cut, archive)
    assert len(urls(archive)) >= 10_000 - len(BAD)
