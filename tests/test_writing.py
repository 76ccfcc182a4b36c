"""Writing an index: what is in it afterwards, what it costs, what it leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh.index import open_dir
from whoosh.query import And, Phrase, Term

from indexer.index import writer
from indexer.index.engine import EngineError, IndexChanges, IndexEntry, no_progress
from indexer.index.postings.file import MappedPostings, postings_path
from indexer.index.ranking import ranking_parameters
from indexer.index.writing import storage
from indexer.index.writing.policy import FACTOR, MOST_SEGMENTS
from writing import digests, entry, some, strays

RANKING = ranking_parameters()


def url(number: int) -> str:
    return entry(number).document.url


def build(directory: Path, count: int) -> Path:
    """An index of so many documents in a folder that is made."""
    directory.mkdir()
    assert writer.build(directory, some(0, count), RANKING, no_progress) == count
    return directory


def apply(directory: Path, *entries: IndexEntry, removed: tuple[str, ...] = ()) -> int:
    return writer.apply(directory, IndexChanges(entries, removed), RANKING, no_progress)


def segments(directory: Path) -> list[Any]:
    """Whoosh's segments."""
    index = open_dir(str(directory))
    found: list[Any] = index._segments()
    index.close()
    return found


def contents(directory: Path) -> dict[tuple[str, bytes], dict[str, tuple[float, list[int]]]]:
    """All postings of the documents that are not deleted: by field and term and by the
    document's key, the weight and the positions."""
    found: dict[tuple[str, bytes], dict[str, tuple[float, list[int]]]] = {}
    index = open_dir(str(directory))
    with index.searcher() as searcher:
        for (reader, _base), segment in zip(
            searcher.reader().leaf_readers(), index._segments(), strict=True
        ):
            keys = reader.column_reader("key")
            path = postings_path(directory, "MAIN", segment.segid)
            opened = MappedPostings(path, segment.segid, segment.doc_count_all())
            deleted = set(segment.deleted_docs())
            for field in opened.inverted.field_names:
                for ordinal in range(*opened.inverted.field_range(field)):
                    term = field, opened.inverted.term(ordinal)
                    for number, told in zip(*_postings(opened, *term), strict=True):
                        if number not in deleted:
                            found.setdefault(term, {})[keys[number]] = told
    index.close()
    return found


def _postings(
    opened: MappedPostings, field: str, term: bytes
) -> tuple[list[int], list[tuple[float, list[int]]]]:
    numbers, weights = opened.postings(field, term)
    ends, positions = opened.positions(field, term)
    starts = [0, *ends.tolist()[:-1]]
    places = [positions[low:high].tolist() for low, high in zip(starts, ends.tolist(), strict=True)]
    return numbers.tolist(), list(zip(weights.tolist(), places, strict=True))


# -- what is in it ------------------------------------------------------------------------


def test_plain_whoosh_reads_what_is_written(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 30)
    apply(directory, *some(25, 40, version=1), removed=(url(3),))
    expected = {url(n): f"{n}.0" for n in range(25) if n != 3}
    expected |= {url(n): f"{n}.1" for n in range(25, 40)}
    assert digests(directory) == expected
    index = open_dir(str(directory))
    with index.searcher() as searcher:
        assert searcher.doc_count() == 39
        both = And([Term("content", "通知"), Phrase("content", ["公", "积", "金"])])
        found = {hit["record"]["url"] for hit in searcher.search(both, limit=None)}
        assert found == {url(n) for n in range(40) if n != 3 and "公积金" in entry(n).document.text}
        assert 1 < len(found) < 39
        (hit,) = searcher.search(Term("key", url(30)))
        assert hit["record"]["title"] == entry(30).document.title
    index.close()


def test_the_first_of_equal_keys_is_written(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 2)
    assert apply(directory, entry(1, 1), entry(5, 1), entry(1, 2), entry(5, 2)) == 2
    assert digests(directory) == {url(0): "0.0", url(1): "1.1", url(5): "5.1"}


def test_an_entry_wins_over_the_removal_of_its_key(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 2)
    apply(directory, entry(1, 1), removed=(url(1), "http://a.example/unknown"))
    assert digests(directory) == {url(0): "0.0", url(1): "1.1"}


def test_an_index_of_nothing_is_an_index(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 0)
    assert (digests(directory), segments(directory)) == ({}, [])
    apply(directory, entry(1))
    assert digests(directory) == {url(1): "1.0"}
    apply(directory, removed=(url(1),))
    assert (digests(directory), segments(directory), strays(directory)) == ({}, [], [])


@pytest.mark.parametrize("seed", range(3))
def test_many_changes_end_in_what_a_rebuild_would_write(tmp_path: Path, seed: int) -> None:
    """Through many merges: all postings, weights and positions, and no stray file."""
    chance = random.Random(seed)
    directory = build(tmp_path / "g", 120)
    state = dict.fromkeys(range(120), 0)
    for version in range(1, 25):
        changed = chance.sample(range(150), chance.randint(0, 12))
        removed = chance.sample(range(150), chance.randint(0, 6))
        for number in removed:
            state.pop(number, None)
        state.update(dict.fromkeys(changed, version))
        entries = [entry(number, version) for number in changed]
        apply(directory, *entries, removed=tuple(url(number) for number in removed))
        assert len(segments(directory)) <= MOST_SEGMENTS
    assert digests(directory) == {url(n): f"{n}.{version}" for n, version in state.items()}
    assert strays(directory) == []
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    writer.build(fresh, [entry(*item) for item in state.items()], RANKING, no_progress)
    assert contents(directory) == contents(fresh)


def field_lengths(directory: Path) -> dict[str, int]:
    """Of what Whoosh scores by; documents that are deleted count until they are merged away."""
    index = open_dir(str(directory))
    with index.reader() as reader:
        lengths = {name: reader.field_length(name) for name in ("content", "title")}
    index.close()
    return lengths


# -- what it costs ------------------------------------------------------------------------


def test_a_change_is_a_segment_and_touches_no_other(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 50)
    before = {path: path.stat() for path in directory.glob("MAIN_*.*")}
    apply(directory, entry(7, 1), entry(90), removed=(url(8),))
    assert [one.doc_count() for one in segments(directory)] == [48, 2]
    for path, stat in before.items():
        assert path.stat().st_ino == stat.st_ino
        assert path.stat().st_mtime_ns == stat.st_mtime_ns


def test_small_segments_become_one(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 3)
    for number in range(FACTOR - 2):
        apply(directory, entry(100 + number))
    assert len(segments(directory)) == FACTOR - 1
    apply(directory, entry(300))
    assert [one.doc_count_all() for one in segments(directory)] == [3 + FACTOR - 1]


def test_a_segment_that_is_mostly_deleted_is_rewritten(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 30)
    apply(directory, removed=tuple(url(n) for n in range(10)))
    assert [one.doc_count_all() for one in segments(directory)] == [30]
    apply(directory, removed=(url(10),))
    assert [one.doc_count_all() for one in segments(directory)] == [19]
    assert digests(directory) == {url(n): f"{n}.0" for n in range(11, 30)}
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    writer.build(fresh, some(11, 30), RANKING, no_progress)
    assert field_lengths(directory) == field_lengths(fresh)


@pytest.mark.parametrize("damage", ["missing", "cut short", "a bit of a posting"])
def test_a_damaged_postings_file_is_made_anew_before_it_is_merged(
    tmp_path: Path, damage: str
) -> None:
    directory, whole = build(tmp_path / "g", 30), build(tmp_path / "whole", 30)
    (path,) = directory.glob("*.postings")
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "cut short":
        path.write_bytes(data[: len(data) // 2])
    else:
        (segment,) = segments(directory)
        weights = MappedPostings(path, segment.segid, 30).inverted.weights.tobytes()
        at = data.index(weights) + len(weights) - 2  # of a document that stays
        path.write_bytes(data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :])
    for one in (directory, whole):
        apply(one, removed=tuple(url(n) for n in range(15)))
        assert [segment.doc_count_all() for segment in segments(one)] == [15]
    assert contents(directory) == contents(whole)


# -- when it is disturbed -----------------------------------------------------------------


def test_a_write_that_is_stopped_changes_nothing(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 10)

    def stop(_done: int, _total: int | None) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        writer.apply(directory, IndexChanges(some(0, 5, version=1)), RANKING, stop)
    assert digests(directory) == {url(n): f"{n}.0" for n in range(10)}
    assert strays(directory) == []
    apply(directory, entry(0, 2))
    assert digests(directory)[url(0)] == "0.2"


def test_entries_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 10)

    def broken() -> Iterator[IndexEntry]:
        yield entry(1, 1)
        raise OSError("the archive cannot be read")

    with pytest.raises(OSError, match="the archive"):
        writer.apply(directory, IndexChanges(broken(), [url(2)]), RANKING, no_progress)
    assert digests(directory) == {url(n): f"{n}.0" for n in range(10)}
    assert strays(directory) == []


def test_one_process_writes_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_LOCK_SECONDS", 0.2)
    directory = build(tmp_path / "g", 1)
    with (
        storage.locked(directory),
        pytest.raises(EngineError, match="written by another process"),
    ):
        apply(directory, entry(2))
    apply(directory, entry(2))
    assert len(digests(directory)) == 2


def test_what_killed_writers_left_is_swept(tmp_path: Path) -> None:
    directory = build(tmp_path / "g", 3)
    (segment,) = segments(directory)
    for name in (
        "MAIN_abcdefgh01234567.seg",
        "MAIN_abcdefgh01234567.postings",
        ".MAIN_abcdefgh01234567.postings.x1",
        "_MAIN_2.toc.1234.5",
        "_MAIN_0.toc",
    ):
        (directory / name).write_bytes(b"x")
    (directory / "MAIN.tmp").mkdir()
    (directory / "MAIN.tmp" / "0.run").write_bytes(b"x")
    healing = directory / f".MAIN_{segment.segid}.postings.x2"  # a reader is at it
    healing.write_bytes(b"x")
    apply(directory, entry(7))
    assert strays(directory) == [healing.name]
    assert len(digests(directory)) == 4
