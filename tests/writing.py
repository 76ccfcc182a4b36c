"""Writes that are disturbed: documents without end, processes that are looked for and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from whoosh.index import open_dir

from indexer.document import Document
from indexer.index.engine import IndexEntry
from indexes import document
from running import wait_for

WORDS = ("公积金", "营业执照", "港口", "停水", "道路", "学校", "税务", "渔业", "坭兴陶", "三娘湾")


def entry(number: int, version: int = 0) -> IndexEntry:
    """A document whose words follow from its number, and one word from its version."""
    words = [WORDS[(number * step) % len(WORDS)] for step in range(1, 8)]
    text = "。".join(f"关于{word}的规定第{number % 97}条" for word in words)
    made: Document = document(str(number), f"{words[0]}通知{number}", f"{text}。版本{version}号")
    return IndexEntry(made, digest=f"{number}.{version}")


def some(first: int, last: int, version: int = 0) -> Iterator[IndexEntry]:
    """The entries of these numbers."""
    return (entry(number, version) for number in range(first, last))


def group(leader: int) -> list[int]:
    """The processes of a process group that are alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, member_of = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(member_of) == leader and state != "Z":
            found.append(int(path.parent.name))
    return found


def digests(directory: Path) -> dict[str, str]:
    """What plain Whoosh finds in a folder: the digest of each document by its key; none twice."""
    index = open_dir(str(directory))
    with index.searcher() as searcher:
        reader = searcher.reader()
        if not reader.doc_count():
            return {}
        keys, values = reader.column_reader("key"), reader.column_reader("digest")
        found = [(keys[n], values[n].decode()) for n, _stored in reader.iter_docs()]
    index.close()
    assert len(dict(found)) == len(found)
    return dict(found)


def strays(directory: Path) -> list[str]:
    """Files that belong to no segment of the newest table of contents, and temporary ones."""
    index = open_dir(str(directory))
    known = {"MAIN_WRITELOCK", ".lease", ".healing", f"_MAIN_{index.latest_generation()}.toc"}
    for segment in index._segments():
        known |= {f"{segment.segment_id()}{end}" for end in (".seg", ".postings")}
    index.close()
    return sorted(path.name for path in directory.iterdir() if path.name not in known)


def tell(path: Path, number: int) -> None:
    """Write a number where a test reads it, whole even if this process is killed."""
    made = path.with_suffix(".new")
    made.write_text(str(number))
    made.replace(path)


def write_in_process(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start Python code that has ``writer`` and this module, in a process of its own."""
    prelude = (
        "import signal, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        # A shell may have started the tests with Ctrl-C ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from indexer.index import writer\n"
        "from indexer.index.engine import IndexChanges, no_progress\n"
        "from indexer.index.ranking import ranking_parameters\n"
        "from writing import *\n"
    )
    command = [sys.executable, "-c", prelude + script, str(Path(__file__).parent), *arguments]
    return subprocess.Popen(command, start_new_session=True)


def wait_for_end(leader: int, seconds: float = 10.0) -> None:
    """Until no process of the group is alive."""
    wait_for(lambda: not group(leader), seconds, f"the end of group {leader}")


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill a process after a while; False if it had ended by itself."""
    time.sleep(seconds)
    alive = process.poll() is None
    if alive:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return alive
