"""Segmentation: jieba and rjieba read one dictionary and the project's own words alike."""

from __future__ import annotations

import re
from pathlib import Path

import jieba
import pytest
import rjieba
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import segment
from analyzers.normalize import normalize
from analyzers.segment import LONG, Segmenter, analysis_fingerprint, default_segmenter
from analyzers.words import own_words

DATA = Path(segment.__file__).parent / "data"
CHARACTERS = re.compile("[㐀-䶿一-鿿]+")
SITES = sorted((Path(__file__).parent.parent / "indexer/sample_sites").rglob("*.yaml"))
PIECES = [
    *(
        "钦州市",
        "公积金",
        "住房公积金",
        "社会保障",
        "社会保障卡",
        "保障",
        "卡",
        "行政",
        "审批",
        "局",
    ),
    *("行政审批局", "中华人民共和国", "人民", "民政", "政务", "服务中心", "中心", "大学", "北部湾"),
    *(
        "北部湾大学",
        "生活",
        "活动",
        "的",
        "和",
        "发展",
        "农业发展银行",
        "哈哈",
        "一",
        "一一",
        "不动产",
    ),
]
HAN = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)),
    max_size=12,
).map("".join)


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    """jieba with the own words that it does not cut whole by itself."""
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in own_words():
        if tokenizer.lcut(word, HMM=False) != [word]:
            tokenizer.add_word(word)
    return tokenizer


@pytest.fixture(scope="module")
def whole_rjieba() -> rjieba.Jieba:
    """rjieba with its own copy of the dictionary, and the own words."""
    whole = rjieba.Jieba()
    for word in own_words():
        whole.add_word(word, default_segmenter().prefixes[word], None)
    # jieba's file has B超 twice and its total counts both, rjieba's copy has it once. Unequal
    # totals round otherwise and decide otherwise where two ways to cut are equally probable.
    whole.add_word("\0", default_segmenter().prefixes["B超"], None)
    return whole


def full_mode(tokenizer: jieba.Tokenizer, text: str) -> list[tuple[int, str]]:
    """jieba's full mode: its long words, in order, with their places told apart by it."""
    words = [word for word in tokenizer.cut(text, cut_all=True) if len(word) >= LONG]
    starts = (
        (start, text[start:end])
        for start in range(len(text))
        for end in range(start + LONG, min(start + 20, len(text)) + 1)
    )
    found = [(start, word) for start, word in starts if tokenizer.FREQ.get(word)]
    assert [word for _, word in found] == words
    return found


@settings(deadline=None)
@given(text=HAN)
def test_the_bulk_finds_what_jiebas_full_mode_finds(reference: jieba.Tokenizer, text: str) -> None:
    found = list(default_segmenter().long_words(text))
    assert found == full_mode(reference, text)
    assert all(text.startswith(word, start) for start, word in found)


@settings(deadline=None)
@given(text=HAN)
def test_queries_are_cut_as_both_cut_them(
    reference: jieba.Tokenizer, whole_rjieba: rjieba.Jieba, text: str
) -> None:
    words = default_segmenter().cut(text)
    assert words == reference.lcut(text, HMM=False)
    assert words == whole_rjieba.cut(text, hmm=False)


@pytest.mark.parametrize("path", SITES, ids=lambda path: path.stem)
def test_on_the_sample_sites_jieba_and_rjieba_agree(
    reference: jieba.Tokenizer, whole_rjieba: rjieba.Jieba, path: Path
) -> None:
    segmenter = default_segmenter()
    for run in dict.fromkeys(CHARACTERS.findall(normalize(path.read_text("utf-8")))):
        assert list(segmenter.long_words(run)) == full_mode(reference, run)
        assert segmenter.cut(run) == whole_rjieba.cut(run, hmm=False)


def test_the_dictionaries_are_the_same(whole_rjieba: rjieba.Jieba) -> None:
    frequencies = default_segmenter().prefixes
    words = [word for word, frequency in frequencies.items() if frequency]
    assert len(words) > 349_000
    assert [word for word in words if not whole_rjieba.has_word(word)] == []


def test_own_words_are_words() -> None:
    segmenter = default_segmenter()
    assert [word for word in own_words() if segmenter.cut(word) != [word]] == []
    assert segmenter.cut("钦北区大寺镇坭兴陶") == ["钦北区", "大寺镇", "坭兴陶"]
    assert segmenter.cut("请问失业保险金怎么领取") == ["请问", "失业保险金", "怎么", "领取"]


def test_own_words_are_normalised_and_all_characters() -> None:
    assert [word for word in own_words() if not CHARACTERS.fullmatch(word)] == []
    assert [word for word in own_words() if normalize(word) != word] == []


def test_no_word_stands_in_two_files() -> None:
    lines = [
        line.split("#")[0].strip()
        for file in (DATA / "words").iterdir()
        for line in file.read_text("utf-8").splitlines()
    ]
    words = sorted(line for line in lines if line)
    assert words == sorted(own_words())


def test_the_towns_street_offices_and_zones_of_the_city_are_words() -> None:
    text = (DATA / "words/places.txt").read_text("utf-8")
    now = [line for line in text.splitlines() if line and "#" not in line]
    towns = [word for word in now if len(word) > 2 and word.endswith("镇")]
    offices = [word for word in now if word.endswith("街道")]
    zones = "丽光华侨农场 钦州港经济技术开发区 三娘湾旅游管理区 钦州保税港区 中马钦州产业园区"
    assert (len(towns), len(offices)) == (54, 12)
    assert set(zones.split()) <= set(now)


def test_learned_words_extend_the_dictionary_and_leave_it_as_it_was() -> None:
    base = default_segmenter()
    learned = base.with_words(["坭兴陶传习所", "公积金", "平陆运河通航"])
    assert learned.learned == {"坭兴陶传习所", "平陆运河通航"}  # 公积金 was a word before
    assert learned.is_learned("坭兴陶传习所")
    assert not learned.is_learned("公积金")
    assert learned.is_word("坭兴陶传习所")
    assert learned.cut("参观坭兴陶传习所") == ["参观", "坭兴陶传习所"]
    assert learned.parts("坭兴陶传习所") == base.cut("坭兴陶传习所") == ["坭兴陶", "传习所"]
    assert (2, "坭兴陶传习所") in set(learned.long_words("参观坭兴陶传习所"))
    assert (2, "坭兴陶") in set(learned.long_words("参观坭兴陶传习所"))
    assert not base.is_word("坭兴陶传习所")
    assert base.learned == frozenset()


def test_words_are_learned_on_top_of_others() -> None:
    first = default_segmenter().with_words(["坭兴陶传习所"])
    both = first.with_words(["平陆运河通航", "坭兴陶传习所"])
    assert both.learned == {"坭兴陶传习所", "平陆运河通航"}
    assert first.with_words(["坭兴陶传习所"]) is first
    assert first.with_words([]) is first


@settings(deadline=None)
@given(text=HAN)
def test_a_segmenter_with_learned_words_cuts_like_jieba_with_them(
    reference: jieba.Tokenizer, text: str
) -> None:
    words = {"行政审批局的", "发展农业", "民政服务中心"}
    plain = jieba.Tokenizer()
    plain.FREQ, plain.total, plain.initialized = dict(reference.FREQ), reference.total, True
    frequencies = {word: reference.suggest_freq(word) for word in words}
    for word, frequency in frequencies.items():
        plain.add_word(word, frequency)
    assert default_segmenter().with_words(words).cut(text) == plain.lcut(text, HMM=False)


def test_a_segmenter_keeps_its_dictionary_where_it_is_told(tmp_path: Path) -> None:
    segmenter = Segmenter(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()  # nothing is loaded before it is needed
    segmenter.load()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["jieba.cache"]


def test_the_fingerprint_is_the_same_every_time() -> None:
    first = analysis_fingerprint()
    analysis_fingerprint.cache_clear()
    assert analysis_fingerprint() == first
    assert len(first) == 16


@pytest.mark.parametrize("what", ["words", "rules", "libraries", "tables"])
def test_the_fingerprint_changes_with_what_terms_depend_on(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = analysis_fingerprint()
    changes = {
        "words": ("own_words", lambda: (*own_words(), "新词")),
        "rules": ("RULES", "terms-0"),
        "libraries": ("_LIBRARIES", segment._LIBRARIES[1:]),
        "tables": ("_TABLES", segment._TABLES[1:]),
    }
    monkeypatch.setattr(segment, *changes[what])
    analysis_fingerprint.cache_clear()
    try:
        assert analysis_fingerprint() != before
    finally:
        analysis_fingerprint.cache_clear()


def test_the_fingerprint_covers_tables_that_exist() -> None:
    for name in segment._TABLES:
        assert yaml.safe_load((DATA / name).read_bytes())
