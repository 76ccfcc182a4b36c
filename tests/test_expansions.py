"""Words that stand for several: ``gb*``, ``iphone~``."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.engine import IndexChanges
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, build, document, entries, names


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    """Two segments, one document deleted."""
    made = WhooshEngine(tmp_path_factory.mktemp("index"))
    texts = {
        "old": "执行标准 GB1234 的旧告示",
        "standard": "执行标准 GB2312 的告示",
        "typed": "网上填报系统支持 windows 浏览器",
        "near": "网上填报系统支持 wimdows 浏览器",
        "far": "网上填报系统支持 linux 浏览器",
    }
    titled = document("titled", "GB18030 通告", "见附件")
    documents = [document(name, "告示", text) for name, text in texts.items()]
    made.rebuild(entries([*documents, titled]))
    more = document("new", "告示", "执行标准 GBT50001 的告示")
    made.update(IndexChanges(entries([more]), ["http://a.example/old"]))
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gb*", {"standard", "new", "titled"}),
        ("gb* -gb2312", {"new", "titled"}),
        ("gb* -gb23*", {"new", "titled"}),
        ("gb2312 -gb23*", set()),
        ("填报系统 -windows~", {"far"}),
        ("学校 | gb23*", {"standard"}),
        ("linux OR gb*", {"far", "standard", "new", "titled"}),
        ("intitle:gb*", {"titled"}),
        ("gb* -intitle:gb*", {"standard", "new"}),
        ('告示 -"执行 gb23*"', {"typed", "near", "far", "standard", "new"}),
        ("windows~", {"typed", "near"}),
        ("wndows~", {"typed"}),
        ("windows", {"typed"}),
        ("zzzz*", set()),
    ],
)
def test_one_word_for_several(engine: WhooshEngine, query: str, expected: set[str]) -> None:
    assert set(names(ask(engine, query))) == expected


def test_what_was_typed_stands_before_what_is_spelled_nearly_so(engine: WhooshEngine) -> None:
    assert names(ask(engine, "windows~")) == ["typed", "near"]


def test_words_beside_it_count(engine: WhooshEngine) -> None:
    assert names(ask(engine, "标准 GB2*"))[0] == "standard"


def test_a_mark_in_chinese_text_is_no_operator(engine: WhooshEngine) -> None:
    assert "standard" in names(ask(engine, "标准*告示~"))


@pytest.mark.parametrize("operators", ["{}", "intitle:{}", "{} OR 学校"])
def test_so_many_different_ones_and_no_more(tmp_path: Path, operators: str) -> None:
    """Further ones are looked for as they were typed, and equal ones are one."""
    engine = build(tmp_path, document("all", " ".join(f"w{n}letters" for n in range(10, 19))))

    def full(*words: str) -> int:
        return ask(engine, " ".join(operators.format(word) for word in words)).full_matches

    eight = [f"w{n}*" for n in range(10, 18)]
    assert full(*eight) == full(*eight, *eight) == 1
    assert full(*eight, "w18*") == 0
    assert full(*eight, "w18letters") == 1


def test_what_is_excluded_comes_first(tmp_path: Path) -> None:
    engine = build(tmp_path, document("all", " ".join(f"w{n}letters" for n in range(10, 19))))
    eight = " ".join(f"w{n}*" for n in range(10, 18))
    assert names(ask(engine, f"{eight} -w18*")) == []
