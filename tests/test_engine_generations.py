"""Index generations: switched while they are read, removed when they are not."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest

from indexer.index.engine import EngineError, IndexChanges
from indexer.index.generations import Generation, Generations
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, build, document, entries
from running import wait_for

WATER = document("water", "停水通知", "因管道维修，明日停水。")
FUND = document("fund", "住房公积金提取指南", "职工购房可以提取公积金。")


def folders(root: Path) -> list[str]:
    """The generations on disk."""
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def test_another_process_sees_a_commit_within_a_second(tmp_path: Path) -> None:
    """Two engines share nothing but the folder, as two processes do."""
    writer = build(tmp_path, WATER)
    reader = WhooshEngine(tmp_path)
    assert ask(reader, "公积金").total == 0
    writer.update(IndexChanges(entries([FUND])))
    wait_for(lambda: ask(reader, "公积金").total == 1, seconds=3, what="the update")
    writer.rebuild(entries([WATER]))
    wait_for(lambda: ask(reader, "公积金").total == 0, seconds=3, what="the rebuild")


def test_the_old_folder_stays_while_it_is_read(tmp_path: Path) -> None:
    writer = build(tmp_path, WATER)
    reader = WhooshEngine(tmp_path)
    reader.refresh()
    held = reader._snapshot
    (old,) = folders(tmp_path)
    writer.rebuild(entries([FUND]))
    reader.refresh()
    assert old in folders(tmp_path)
    assert held is not None
    assert held.documents == 1
    assert len(held.postings("content", "停水")[0]) == 1  # never read before the switch
    del held
    gc.collect()
    writer.update(IndexChanges(entries([WATER])))
    assert old not in folders(tmp_path)


def test_the_last_reader_to_leave_an_old_folder_removes_it(tmp_path: Path) -> None:
    """The writer has gone by then."""
    writer, reader = build(tmp_path, WATER), WhooshEngine(tmp_path)
    assert ask(reader, "停水").total == 1
    (old,) = folders(tmp_path)
    writer.rebuild(entries([FUND]))
    del writer
    gc.collect()
    wait_for(lambda: ask(reader, "公积金").total == 1, seconds=3, what="the rebuild")
    wait_for(lambda: old not in folders(tmp_path), seconds=3, what="the removal")
    assert len(folders(tmp_path)) == 1


def test_a_folder_that_is_being_filled_is_nobodys_to_remove(tmp_path: Path) -> None:
    reader = build(tmp_path, WATER)
    new = Generations(tmp_path).new_directory()
    current = reader._generations.current()
    assert current is not None
    reader._generations.sweep_older(current)
    assert new.exists()


def test_a_snapshot_is_of_one_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another commit comes between the look at what is current and the opening."""
    writer = build(tmp_path, WATER)
    before = Generations(tmp_path).current()
    assert before is not None
    reader = WhooshEngine(tmp_path)
    looks = [before]

    def current(generations: Generations) -> Generation | None:
        return looks.pop() if looks else look(generations)

    look = Generations.current
    writer.update(IndexChanges(entries([FUND])))
    monkeypatch.setattr(Generations, "current", current)
    reader.refresh()
    assert reader._snapshot is not None
    assert reader._snapshot.generation.commit == before.commit + 1
    assert reader._snapshot.documents == 2


def test_trouble_does_not_end_the_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without a file descriptor left for a moment, a thread that cannot be started."""
    writer, reader = build(tmp_path, WATER), WhooshEngine(tmp_path)
    assert ask(reader, "停水").total == 1
    troubles: list[Exception] = [OSError(24, "Too many open files"), RuntimeError("no thread")]

    def troubled(engine: WhooshEngine) -> None:
        if troubles:
            raise troubles.pop()
        tend(engine)

    tend = WhooshEngine.tend
    monkeypatch.setattr(WhooshEngine, "tend", troubled)
    wait_for(lambda: not troubles, seconds=5, what="the troubles")
    writer.update(IndexChanges(entries([FUND])))
    wait_for(lambda: ask(reader, "公积金").total == 1, seconds=3, what="the update")


def test_searches_go_on_while_the_index_is_rebuilt_and_updated(tmp_path: Path) -> None:
    everything = [document(str(n), f"停水通知{n}", "明日停水") for n in range(30)]
    writer, reader = build(tmp_path, *everything), WhooshEngine(tmp_path)
    wrong: list[object] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            try:
                total = ask(reader, "停水").total
                if total != 30:
                    wrong.append(total)
                reader.refresh()
            except Exception as error:  # noqa: BLE001
                wrong.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        writer.rebuild(entries(everything))
        writer.update(IndexChanges(entries(everything[:5])))
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    del writer
    gc.collect()
    assert len(folders(tmp_path)) <= 2


def test_nothing_is_leaked_over_many_commits(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER)

    def descriptors() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    ask(engine, "停水")
    before = descriptors()
    for n in range(20):
        engine.update(IndexChanges(entries([document(str(n), "公告")])))
        ask(engine, "公告")
        if n % 5 == 4:
            engine.rebuild(entries([WATER]))
    # A thread that looks for folders to remove has one open now and then.
    wait_for(lambda: descriptors() <= before, seconds=5, what="the closing of files")
    files = [path.name for path in tmp_path.rglob("*") if path.suffix in (".tmp", ".toc")]
    assert len(files) == 1


def test_an_engine_that_nobody_has_any_more_lets_go(tmp_path: Path) -> None:
    engine = build(tmp_path, WATER)
    ask(engine, "停水")

    def watchers() -> int:
        return sum(thread.name == "index-watch" for thread in threading.enumerate())

    running = watchers()
    del engine
    wait_for(lambda: watchers() < running, seconds=5, what="the end of the watching thread")


def test_a_whoosh_whose_searches_may_hang_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whoosh.__version__", (2, 7, 4))
    with pytest.raises(EngineError, match=r"2\.7\.5 is needed"):
        WhooshEngine(tmp_path)
