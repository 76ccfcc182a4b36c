"""Titles found by what they sound like, and the table of titles behind it."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.normalize import normalize
from analyzers.pinyin import full_pinyin, pinyin_initials
from analyzers.title_sounds import title_sounds
from indexer.index.arrays_file import load_arrays, save_arrays
from indexer.index.completing import complete
from indexer.index.generations import Generations
from indexer.index.prefixes import PADDING, Prefixes, sorted_places
from indexer.index.snapshot import Snapshot
from indexer.index.sound import (
    BESIDE_LATIN,
    FULL,
    INITIALS,
    SoundMatches,
    as_spelled,
    sound_matches,
    without_sounds,
)
from indexer.index.title_table import NamedDocument, TitleTable, build_arrays
from indexer.index.titles import titles_of
from indexes import GUIDES, NEWS, build, document

TITLES = [
    document("card", "社会保障卡申领", "社保卡在窗口领取。"),
    document("women", "女职工劳动保护规定"),
    document("xian", "西安工业园区公告"),
    document("xianchang", "现场会召开"),
    document("cpi", "本市CPI公布", "CPI同比上涨"),
    document("pdf", "等级评定费", "pdf 文件"),
    document("housing", "住房公积金贷款"),
    document("town", "檀圩镇派出所"),
    document("seventeenth", "第十七届运动会"),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root = tmp_path_factory.mktemp("index")
    build(root, *GUIDES, *NEWS, *TITLES)
    current = Generations(root).current()
    assert current is not None
    return Snapshot(current)


def found(snapshot: Snapshot, matches: SoundMatches) -> list[str]:
    """The titles, those that say it with the largest part of themselves first."""
    table = titles_of(snapshot)
    order = np.argsort(-matches.coverage, kind="stable")
    return [table.shown(int(table.title_of_document[n])) for n in matches.ids[order]]


def one(snapshot: Snapshot, typed: str) -> SoundMatches:
    (matches,) = sound_matches(snapshot, normalize(typed))
    return matches


# -- what is found ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("gongjijintiqu", "公积金提取"),
        ("gong ji jin ti qu", "公积金提取"),
        ("GongJiJin", "公积金提取"),
        ("zhufanggongjijin", "住房公积金贷款"),
        ("gjjtq", "公积金提取"),
        ("zfgjjdk", "住房公积金贷款"),
        ("yyzz", "个体工商户营业执照办理"),
        ("nvzhigong", "女职工劳动保护规定"),
        ("nuzhigong", "女职工劳动保护规定"),
        ("xi'an", "西安工业园区公告"),
        ("tanxu", "檀圩镇派出所"),
        ("营业zhizhao", "个体工商户营业执照办理"),
        ("公ji金", "公积金提取"),
        ("dishiqijie", "第十七届运动会"),
    ],
)
def test_titles_that_sound_so(snapshot: Snapshot, typed: str, first: str) -> None:
    assert found(snapshot, one(snapshot, typed))[0] == first


def test_a_whole_title_is_covered_wholly(snapshot: Snapshot) -> None:
    matches = one(snapshot, "tingshuitongzhi")
    assert matches.coverage.tolist() == [1.0]
    assert matches.spellings == ("停水通知",)
    assert matches.weight == FULL


def test_every_title_is_found_first_by_its_pinyin(snapshot: Snapshot) -> None:
    for title in (each.title for each in (*GUIDES, *NEWS, *TITLES)):
        matches = one(snapshot, full_pinyin(title))
        assert found(snapshot, matches)[0] == title
        assert matches.coverage.max() == 1


def test_a_single_syllable_finds_nothing(snapshot: Snapshot) -> None:
    """xian is 西安 in two syllables; 现 would find whatever begins so."""
    assert found(snapshot, one(snapshot, "xian")) == ["西安工业园区公告"]


def test_homophones_of_texts_are_not_found(snapshot: Snapshot) -> None:
    """Only titles sound: 粮食收购 stands in a text alone."""
    assert sound_matches(snapshot, "liangshishougou") == ()


def test_a_known_word_of_texts_is_found_to_the_letter(snapshot: Snapshot) -> None:
    matches = one(snapshot, "sbk")
    assert found(snapshot, matches) == ["社会保障卡申领"]
    assert matches.spellings == ("社保卡",)
    assert matches.coverage.max() == 0


@pytest.mark.parametrize(
    "typed", ["", "公积金", "2009", "x", "gj", "qwrtp", "hello", "cpi", "(a)", "ωψ", "\0", "g g"]
)
def test_what_is_no_sound_of_a_title_stays_as_it_is(snapshot: Snapshot, typed: str) -> None:
    literal = [one for one in sound_matches(snapshot, typed) if one.spellings[0] != typed]
    assert literal == []


def test_initials_that_are_a_word_of_texts_count_little(snapshot: Snapshot) -> None:
    assert one(snapshot, "pdf").weight == BESIDE_LATIN
    assert one(snapshot, "gjj").weight == INITIALS


# -- parts of a query ---------------------------------------------------------------------


def test_latin_beside_chinese_is_a_part_of_the_query(snapshot: Snapshot) -> None:
    text = "gongjijin查询"
    matches = sound_matches(snapshot, text)
    assert [(part.span, part.terms) for part in matches] == [((0, 9), ("gongjijin",))]
    assert without_sounds(text, matches).split() == ["查询"]
    assert as_spelled(text, matches) == "公积金查询"


def test_pinyin_is_taken_apart_where_titles_have_another_order(snapshot: Snapshot) -> None:
    matches = sound_matches(snapshot, "banliyingyezhizhao")
    assert [part.spellings[0] for part in matches] == ["办理", "营业执照"]
    assert {part.terms for part in matches} == {("banliyingyezhizhao",)}
    assert as_spelled("banliyingyezhizhao", matches) == "办理营业执照"


def test_of_spaced_pinyin_no_piece_is_taken_for_the_whole(snapshot: Snapshot) -> None:
    assert sound_matches(snapshot, "zhuang gong ji jin") == ()
    assert len(sound_matches(snapshot, "cpi gong ji jin")) >= 1  # cpi stands in documents


@settings(max_examples=150)
@given(st.text(st.sampled_from(string.ascii_lowercase + " '-公积金x9ü\u200b𠮷"), max_size=60))
def test_any_query_is_answered(snapshot: Snapshot, text: str) -> None:
    for part in sound_matches(snapshot, normalize(text)):
        assert len(part.ids) == len(part.coverage) > 0
        assert (np.diff(part.ids) > 0).all()
        assert part.spellings
        assert snapshot.live[part.ids].all()


# -- the table and its file ---------------------------------------------------------------


def test_the_table_is_kept_in_a_file_and_read_again(tmp_path: Path) -> None:
    build(tmp_path, *GUIDES)
    generation = Generations(tmp_path).current()
    assert generation is not None
    made = titles_of(Snapshot(generation))
    files = list(generation.directory.glob("titles-*"))
    assert len(files) == 1
    read = titles_of(Snapshot(generation))
    assert read is not made
    assert [read.shown(n) for n in range(len(read))] == [made.shown(n) for n in range(len(made))]
    files[0].write_bytes(files[0].read_bytes()[:-10])
    assert len(titles_of(Snapshot(generation))) == len(made)


def test_removed_documents_are_not_in_the_next_table(tmp_path: Path) -> None:
    from indexer.index.engine import IndexChanges

    engine = build(tmp_path, *GUIDES)
    engine.update(IndexChanges(removed=[GUIDES[1].url]))
    generation = Generations(tmp_path).current()
    assert generation is not None
    snapshot = Snapshot(generation)
    table = titles_of(snapshot)
    assert len(table) == len(GUIDES) - 1
    assert sound_matches(snapshot, "gongjijintiqu")[0].coverage.max() < 1
    assert len(list(generation.directory.glob("titles-*"))) == 1


def test_arrays_survive_a_file(tmp_path: Path) -> None:
    arrays = {"a": np.arange(5, dtype=">u2"), "b": np.zeros(0, np.int32), "c": np.ones(3, bool)}
    save_arrays(tmp_path / "x", arrays)
    read = load_arrays(tmp_path / "x")
    assert {name: array.tolist() for name, array in read.items()} == {
        name: array.tolist() for name, array in arrays.items()
    }
    (tmp_path / "x").write_bytes(b"\0" * 70)
    with pytest.raises(ValueError, match="x has"):
        load_arrays(tmp_path / "x")


@given(
    st.lists(st.text(st.sampled_from("ab"), min_size=1, max_size=40), min_size=1, max_size=60),
    st.text(st.sampled_from("ab"), min_size=1, max_size=40),
)
def test_prefixes_find_what_a_plain_search_finds(words: list[str], typed: str) -> None:
    text = np.frombuffer("\0".join([*words, ""]).encode() + bytes(PADDING), np.uint8)
    places = np.cumsum([0, *(len(word) + 1 for word in words[:-1])]).astype(np.int32)
    ranks = np.random.default_rng(len(words)).permutation(len(places)).astype(np.int32)
    order = sorted_places(text, places)
    prefixes = Prefixes(text, places[order], ranks[order], lambda unit: unit)
    expected = {int(at) for at, word in zip(places, words, strict=True) if word.startswith(typed)}
    key = typed.encode()
    assert set(prefixes.all(key).tolist()) == expected
    best = sorted(expected, key=lambda at: ranks[places.tolist().index(at)])
    assert prefixes.best(key, 3).tolist() == best[:3]
    alike = (sum(1 for _ in _same(word, typed)) for word in words)
    assert prefixes.longest(key) == max(alike)


def _same(one: str, other: str) -> Iterator[str]:
    for left, right in zip(one, other, strict=False):
        if left != right:
            return
        yield left


def test_the_best_of_many_are_found_through_blocks() -> None:
    count = 5_000
    text = np.frombuffer(b"a\0" * count + bytes(PADDING), np.uint8)
    places = np.arange(0, 2 * count, 2, dtype=np.int32)
    ranks = np.random.default_rng(7).permutation(count).astype(np.int32)
    prefixes = Prefixes(text, places, ranks, lambda unit: unit)
    assert prefixes.best(b"a", 5).tolist() == (2 * np.argsort(ranks)[:5]).tolist()


def test_near_equal_titles_are_not_all_of_the_answer() -> None:
    titles = [f"公积金条例第{n}条" for n in "一二三四五六七八九"] + ["公积金查询"]
    documents = [
        NamedDocument(n, title, title_sounds(title).to_bytes()) for n, title in enumerate(titles)
    ]
    table = TitleTable(build_arrays(documents))
    shown = [table.shown(one.title) for one in complete(table, "gjj")]
    assert len(shown) == 4
    assert "公积金查询" in shown[:2]
    exact = next(complete(table, pinyin_initials("公积金条例第九条")))
    assert (table.shown(exact.title), exact.is_exact) == ("公积金条例第九条", True)


def test_an_empty_table_answers() -> None:
    table = TitleTable(build_arrays([NamedDocument(0, "。", b"")]))
    assert len(table) == 0
    assert list(complete(table, "gjj")) == []


def test_sounds_of_another_form_are_refused() -> None:
    with pytest.raises(ValueError, match="three lines"):
        build_arrays([NamedDocument(0, "公", b"x")])
