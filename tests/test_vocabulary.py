"""What staff change of the search: files that are checked, replaced whole, and read again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzers.synonyms import SynonymTable, default_synonyms
from indexer.vocabulary import (
    LARGEST,
    MOST_HIDDEN,
    MOST_TERMS,
    Vocabulary,
    VocabularyChanged,
    VocabularyFaults,
    faults_in,
    version_of,
)
from running import wait_for

ENTRY = "- {say: [抹零单], official: [零星收据], weight: 0.9}\n"


@pytest.fixture
def words(tmp_path: Path) -> Vocabulary:
    return Vocabulary(tmp_path / "vocabulary")


def ways(words: Vocabulary, typed: str) -> list[str]:
    return [way.text for way in words.synonyms().ways(typed)]


def soon(condition: Callable[[], object]) -> None:
    """A change of a file acts within a second."""
    wait_for(condition, 5)


# -- in force -----------------------------------------------------------------------------


def test_without_files_the_shipped_tables_hold_and_nothing_is_hidden(words: Vocabulary) -> None:
    assert words.synonyms() is default_synonyms()
    assert not words.is_hidden("公积金")
    assert (words.read("synonyms"), words.read("hidden"), words.faults()) == ("", "", [])


def test_the_citys_entries_are_laid_over_the_shipped_ones(words: Vocabulary) -> None:
    words.save("synonyms", ENTRY)
    assert ways(words, "抹零单") == ["零星收据"]
    assert len(words.synonyms()) == len(default_synonyms()) + 1


def test_what_is_saved_acts_in_every_process_without_a_restart(words: Vocabulary) -> None:
    other = Vocabulary(Path(words._directory))  # as another process has it
    assert ways(other, "抹零单") == []
    assert not other.is_hidden("中介代办公积金")
    words.save("synonyms", ENTRY)
    words.save("hidden", "代办  # 广告\n")
    soon(lambda: ways(other, "抹零单") == ["零星收据"])
    soon(lambda: other.is_hidden("中介 代 办 公积金"))
    words.save("synonyms", "")
    words.save("hidden", "")
    soon(lambda: ways(other, "抹零单") == [])
    soon(lambda: not other.is_hidden("中介代办公积金"))


def test_a_file_that_is_gone_leaves_the_shipped_tables(words: Vocabulary, tmp_path: Path) -> None:
    words.save("synonyms", ENTRY)
    assert ways(words, "抹零单")
    (tmp_path / "vocabulary" / "synonyms.yaml").unlink()
    soon(lambda: words.synonyms() is default_synonyms())


@pytest.mark.parametrize(
    "broken", [b"- {say: [a}", "- {say: [甲, 乙]}".encode("gbk"), b"[" * 100_000], ids=range(3)
)
def test_a_file_with_faults_is_told_once_and_the_last_good_one_holds(
    words: Vocabulary, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: bytes
) -> None:
    words.save("synonyms", ENTRY)
    assert ways(words, "抹零单")
    (tmp_path / "vocabulary" / "synonyms.yaml").write_bytes(broken)
    soon(lambda: ways(words, "抹零单") and caplog.records)
    for _ in range(3):
        words._synonyms_file._next_look = 0
        assert ways(words, "抹零单") == ["零星收据"]
    assert len(caplog.records) == 1
    assert "synonyms.yaml: line 1: " in caplog.text
    (fault,) = words.faults()
    assert fault.startswith(f"{tmp_path / 'vocabulary' / 'synonyms.yaml'}: line 1: ")


def test_a_broken_file_at_the_start_leaves_the_shipped_tables(tmp_path: Path) -> None:
    (tmp_path / "synonyms.yaml").write_text("say: nothing")
    assert Vocabulary(tmp_path).synonyms() is default_synonyms()


def test_searches_go_on_while_a_table_is_read(
    words: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.save("synonyms", ENTRY)
    assert ways(words, "抹零单")
    begun, go_on = threading.Event(), threading.Event()
    read = SynonymTable.load

    def slowly(paths: list[Path]) -> SynonymTable:
        begun.set()
        assert go_on.wait(10)
        return read(paths)

    monkeypatch.setattr(SynonymTable, "load", slowly)
    words.save("synonyms", ENTRY.replace("抹零单", "凑整单"))
    words._synonyms_file._next_look = 0
    reader = threading.Thread(target=words.synonyms)
    reader.start()
    assert begun.wait(10)
    assert ways(words, "抹零单") == ["零星收据"]  # of the table before
    go_on.set()
    reader.join()
    assert ways(words, "凑整单") == ["零星收据"]


# -- saving -------------------------------------------------------------------------------


def test_the_text_before_is_kept_beside_it(words: Vocabulary, tmp_path: Path) -> None:
    words.save("hidden", "甲公司\n")
    words.save("hidden", "甲公司\r\n乙公司\r\n")
    words.save("hidden", "甲公司\n乙公司\n")  # the same: nothing to keep
    folder = tmp_path / "vocabulary"
    assert words.read("hidden") == "甲公司\n乙公司\n"
    assert (folder / "hidden.txt.bak").read_text("utf-8") == "甲公司\n"
    assert {file.name for file in folder.iterdir()} == {"hidden.txt", "hidden.txt.bak", ".lock"}


def test_a_text_with_faults_is_not_saved(words: Vocabulary) -> None:
    words.save("synonyms", ENTRY)
    with pytest.raises(VocabularyFaults) as caught:
        words.save("synonyms", ENTRY + "- {say: [x]}\n- {sya: [甲, 乙]}\n")
    assert [fault.partition(":")[0] for fault in caught.value.faults] == ["line 2", "line 3"]
    assert words.read("synonyms") == ENTRY


def test_nobody_saves_over_what_somebody_else_saved(words: Vocabulary) -> None:
    seen = version_of(words.read("hidden"))
    words.save("hidden", "甲公司\n", seen)
    with pytest.raises(VocabularyChanged):
        words.save("hidden", "乙公司\n", seen)
    assert words.read("hidden") == "甲公司\n"
    words.save("hidden", "乙公司\n", version_of("甲公司\n"))


def test_of_many_who_save_at_once_one_saves(words: Vocabulary) -> None:
    seen, saved, refused = version_of(""), [], []
    barrier = threading.Barrier(6)

    def save(number: int) -> None:
        barrier.wait()
        try:
            words.save("hidden", f"公司{number}\n", seen)
            saved.append(number)
        except VocabularyChanged:
            refused.append(number)

    threads = [threading.Thread(target=save, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(saved), len(refused)) == (1, 5)
    assert words.read("hidden") == f"公司{saved[0]}\n"


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="vocabulary"):
        Vocabulary(tmp_path / "vocabulary").save("hidden", "甲公司\n")


# -- faults -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("# 广告\n\n中介代办 # 2026\n贷款\n", []),
        ("贷款\n。。。\n", ["line 2: '。。。' has no letter in it"]),
        ("贷款\n  的 # 词\n", ["line 2: '的' is a single character and would hide"]),
        ("\n".join(f"公司{n}" for n in range(MOST_HIDDEN + 1)), ["1001 words, at most 1000"]),
        ("贷款\ud83d\n", ["line 1: not UTF-8"]),
    ],
    ids=range(5),
)
def test_faults_of_hidden_words(text: str, faults: list[str]) -> None:
    found = faults_in("hidden", text)
    assert len(found) == len(faults)
    for told, expected in zip(found, faults, strict=True):
        assert told.startswith(expected)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- {say: [[[[a]]]]}", "line 1: nested too deeply"),
        ("[" * 200_000, "line 1: nested too deeply"),
        (f"\n- say: [{', '.join(f'词{n}' for n in range(MOST_TERMS + 1))}]", "line 2: more than"),
        ("#" * (LARGEST + 1), f"larger than {LARGEST} bytes"),
    ],
    ids=range(4),
)
def test_what_would_take_too_much_to_read_is_not_read(text: str, fault: str) -> None:
    (found,) = faults_in("synonyms", text)
    assert found.startswith(fault)


def test_as_many_entries_as_fit_are_read() -> None:
    lines = [f"- {{say: [说法{n}甲, 说法{n}乙], official: [词{n}]}}" for n in range(4_000)]
    assert faults_in("synonyms", "\n".join(lines)) == []


def test_a_file_without_the_right_to_read_it_is_told(words: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "vocabulary" / "hidden.txt").mkdir(parents=True)
    (fault,) = words.faults()
    assert fault == f"{tmp_path / 'vocabulary' / 'hidden.txt'}: cannot be read: {os.strerror(21)}"
