"""Postings files that are damaged: noticed, made anew, and answers are right throughout."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import open_dir

from indexer.index.arrays_file import map_arrays
from indexer.index.engine import IndexChanges
from indexer.index.postings.check import open_checked
from indexer.index.postings.file import MappedPostings, PostingsDamaged
from indexer.index.postings.inverted import Inverted
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask
from running import wait_for
from writing import WORDS, entry, some

Answers = list[list[tuple[str, float]]]
Damage = Callable[[Path, random.Random], None]
QUERIES = (*WORDS, "公积金通知", '"关于停水的规定"', "港口 -学校", "通知17", "版本3号", "泥兴陶")
MOMENTS = 6


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of three segments, with deletions."""
    root = tmp_path_factory.mktemp("made") / "index"
    engine = WhooshEngine(root)
    engine.rebuild(some(0, 40))
    engine.update(IndexChanges(some(30, 60, version=3)))
    engine.update(IndexChanges([entry(5, 4)], [entry(6).document.url]))
    return root


def answers(engine: WhooshEngine) -> Answers:
    """Addresses and scores for many queries."""
    found = (ask(engine, query, size=50).hits for query in QUERIES)
    return [[(hit.document.url, round(hit.score, 4)) for hit in hits] for hits in found]


@pytest.fixture(scope="module")
def expected(made: Path) -> Answers:
    """What the whole index answers."""
    found = answers(WhooshEngine(made))
    assert sum(bool(one) for one in found) > 10
    return found


def cut(path: Path, chance: random.Random) -> None:
    """What a file system leaves after a power cut."""
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])


def flip(path: Path, chance: random.Random) -> None:
    """What a bad disk does."""
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def zero(path: Path, chance: random.Random) -> None:
    """A block that was never written."""
    data = bytearray(path.read_bytes())
    start = chance.randrange(len(data) // 4096) * 4096
    data[start : start + 4096] = bytes(4096)
    path.write_bytes(data)


def remove(path: Path, _chance: random.Random) -> None:
    """What a person does."""
    path.unlink()


def problems(root: Path) -> list[str]:
    """What is wrong with postings files, a word for each."""
    (directory,) = root.glob("g*")
    index = open_dir(str(directory))
    found = []
    for segment in index._segments():
        try:
            open_checked(directory, segment)
        except (FileNotFoundError, PostingsDamaged) as error:
            found.append(_what(error))
    index.close()
    return found


def _what(error: Exception) -> str:
    """``numbers`` of "the numbers of 12 terms are damaged"."""
    found = re.search(r"the (\w+) of \d+ terms", str(error))
    return found[1] if found else str(error)


@pytest.mark.parametrize("seed", range(MOMENTS))
@pytest.mark.parametrize("damage", [cut, flip, zero, remove])
def test_damage_is_healed_and_answers_stay_right(
    made: Path, expected: Answers, tmp_path: Path, damage: Damage, seed: int
) -> None:
    chance = random.Random(seed)
    root = tmp_path / "index"
    shutil.copytree(made, root)
    files = sorted(root.glob("g*/*.postings"))
    assert len(files) == 3
    for path in chance.sample(files, chance.choice((1, 3))):
        damage(path, chance)
    engine = WhooshEngine(root)
    assert answers(engine) == expected
    # Postings are looked at when somebody reads them: damage to others may be there still.
    unread = {"numbers", "weights", "ends", "positions"}
    wait_for(lambda: set(problems(root)) <= unread, 20, "the healing")
    assert answers(engine) == expected
    assert answers(WhooshEngine(root)) == expected


@pytest.mark.parametrize("array", ["numbers", "weights"])
def test_damage_to_postings_is_noticed_when_they_are_read(
    made: Path, expected: Answers, tmp_path: Path, array: str
) -> None:
    """All of them at once, in place, when the file is open and nothing was read of it."""
    root = tmp_path / "index"
    shutil.copytree(made, root)
    engine = WhooshEngine(root)
    engine.refresh()
    for path in root.glob("g*/*.postings"):
        values = getattr(inverted_of(path), array).tobytes()
        at = path.read_bytes().index(values)
        with path.open("r+b") as file:
            file.seek(at)
            file.write(bytes(len(values)))
    assert set(problems(root)) == {array}
    seen = []

    def is_healed() -> bool:
        seen.append(answers(engine))
        return not problems(root)

    wait_for(is_healed, 20, "the healing")
    assert all(one == expected for one in [*seen, answers(engine)])


@pytest.mark.parametrize("damage", [flip, zero, remove, cut])
@pytest.mark.parametrize("seed", range(3))
def test_damage_to_a_file_in_use_is_healed_too(
    made: Path, expected: Answers, tmp_path: Path, damage: Damage, seed: int
) -> None:
    """Written over in place, all of it read before: nothing would be looked at again by itself."""
    root = tmp_path / "index"
    shutil.copytree(made, root)
    engine = WhooshEngine(root)
    assert answers(engine) == expected
    chance = random.Random(seed)
    for path in sorted(root.glob("g*/*.postings")):
        damage(path, chance)
    assert answers(engine) == expected
    unread = {"numbers", "weights", "ends", "positions"}
    wait_for(lambda: set(problems(root)) <= unread, 20, "the healing")
    assert answers(engine) == expected


def test_healing_that_fails_is_tried_again_with_patience(
    made: Path, expected: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "index"
    shutil.copytree(made, root)
    (path, *_others) = sorted(root.glob("g*/*.postings"))
    attempts = []

    def full(*_arguments: object) -> None:
        attempts.append(time.monotonic())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indexer.index.segment.heal", full)
    path.unlink()
    engine = WhooshEngine(root)
    assert answers(engine) == expected
    wait_for(lambda: len(attempts) >= 3, 20, "three attempts")
    assert attempts[2] - attempts[1] > 1.5  # one second, then two
    assert answers(engine) == expected


@pytest.mark.parametrize("name", ["_stored", "passage", "digest", "_content_len", "key"])
def test_check_sees_a_flipped_bit_in_any_of_whooshs_own_files(
    made: Path, tmp_path: Path, name: str
) -> None:
    root = tmp_path / "index"
    shutil.copytree(made, root)
    (directory,) = root.glob("g*")
    for one in open_dir(str(directory))._segments():
        files = one.open_compound_file(FileStorage(str(directory)))
        (column,) = (file for file in files.list() if file.endswith(f".{name}.col"))
        at, length = files.range(column)
        with (directory / f"{one.segment_id()}.seg").open("r+b") as file:
            file.seek(at + length // 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 8]))
    found = WhooshEngine(root).check()
    assert len(found) == 3
    assert all(name in one and "reindex" in one for one in found)


def test_check_names_what_is_damaged_and_what_mends_it(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "index"
    shutil.copytree(made, root)
    engine = WhooshEngine(root)
    assert engine.check() == []
    damaged, missing, _whole = sorted(root.glob("g*/*.postings"))
    values = inverted_of(damaged).positions.tobytes()
    data = damaged.read_bytes()
    damaged.write_bytes(data.replace(values, bytes(len(values))))
    missing.unlink()
    found = sorted(engine.check())
    assert len(found) == 2
    assert any(str(damaged) in one and "remove the file" in one for one in found)
    assert any(str(missing) in one and "missing" in one for one in found)


def inverted_of(path: Path) -> Inverted:
    """The arrays of a postings file."""
    about = map_arrays(path).about
    return MappedPostings(path, about["segment"], about["documents"]).inverted
