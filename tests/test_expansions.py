"""Words that stand for several: ``gb*``, ``iphone~``."""

from __future__ import annotations

import pytest

from indexer.index.engine import IndexChanges
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, document, entries, names


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
    made.rebuild(entries(document(name, "告示", text) for name, text in texts.items()))
    more = document("new", "告示", "执行标准 GBT50001 的告示")
    made.update(IndexChanges(entries([more]), ["http://a.example/old"]))
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gb*", {"standard", "new"}),
        ("gb* -gb2312", {"new"}),
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
