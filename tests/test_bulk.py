"""Terms and sounds of many texts at once: those of each alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from analyzers import bulk_dictionary
from analyzers.bulk import Part, Postings, analyze, classes
from analyzers.bulk_dictionary import LONGEST_WORD, child, dictionary, load_nodes, make_nodes
from analyzers.bulk_sounds import sounds_of_titles
from analyzers.bulk_units import HAN
from analyzers.normalize import fold_characters, normalize
from analyzers.pinyin import readings
from analyzers.segment import LONG, default_segmenter
from analyzers.terms import term_positions
from analyzers.title_sounds import title_sounds
from analyzers.units import IS_HAN
from plain_rows import in_lead

ANY = st.characters(exclude_categories=["Cs"])
WORDS = (
    *("中国农业发展银行", "行政审批局", "公积金", "住房公积金", "人力资源和社会保障", "长滩镇"),
    *("市政府", "好好学习天天向上", "银行行长", "支行", "朝阳", "重庆", "T恤衫", "γ射线", "卡拉OK"),
    *("二〇〇八年", " ", "\n", "，", "_", "a", "b2", "é", "の", "〇", "々", "\x00", "\x01", "𠀀"),
    *("嗯", "\ue815"),
)
TEXT = st.lists(st.sampled_from(WORDS) | ANY, max_size=30).map("".join)
LONG_TITLE = TEXT.map(lambda text: text * 5)

Found = dict[tuple[str, int], tuple[float, list[int]]]
"""Weight and positions by term and document."""


def postings(found: Postings) -> Found:
    """The postings of a field; checks that terms ascend."""
    terms: Found = {}
    begin, text_begin, before = 0, 0, b""
    for ordinal, (text_end, end) in enumerate(
        zip(found.text_ends, found.posting_ends, strict=True)
    ):
        term, text_begin = found.text[text_begin:text_end].tobytes(), int(text_end)
        assert term > before
        base, start, before = int(found.position_starts[ordinal]), 0, term
        for at in range(begin, end):
            stop = int(found.position_ends[at])
            places = found.positions[base + start : base + stop].tolist()
            terms[term.decode(), int(found.numbers[at])] = float(found.weights[at]), places
            start = stop
        begin = int(end)
    return terms


def plain(texts: list[str]) -> Found:
    """The same of texts one by one."""
    return {
        (term, number): (float(len(places)), places)
        for number, text in enumerate(texts)
        for term, places in term_positions(text).items()
    }


def test_terms_stand_at_their_places() -> None:
    found = analyze([Part("公 积 金，2009年", 0), Part("公积金", 2)], 3)
    terms = postings(found.postings)
    assert terms["公积金", 0] == (1, [0])
    assert terms["2009", 0] == (1, [4])
    assert terms["公积金", 2] == (1, [0])
    assert found.lengths.tolist() == [8, 0, 6]  # a term that is a unit, a bigram or a word
    assert found.behind.tolist() == [6, 3]


@settings(deadline=None)
@given(st.lists(TEXT, max_size=5))
def test_the_terms_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    parts = [Part(normalize(text), number) for number, text in enumerate(texts)]
    assert postings(analyze(parts, len(texts)).postings) == plain(texts)


@settings(deadline=None)
@given(TEXT, TEXT, st.integers(0, 40))
def test_parts_join_behind_a_gap_and_what_leads_weighs_more(
    title: str, body: str, lead: int
) -> None:
    title, body = normalize(title), normalize(body)
    first = term_positions(title)
    start = max((places[-1] + 1 for places in first.values()), default=0) + 100
    parts = [Part(title, 1, 2.0), Part(body, 1, 1.0, True, lead)]
    found = analyze(parts, 2, gap=100, lead_weight=0.5)
    second = term_positions(body, start=start)
    expected: Found = {}
    for weight, terms in ((2.0, first), (1.0, second)):
        for term, places in terms.items():
            weighed, before = expected.get((term, 1), (0.0, []))
            expected[term, 1] = weighed + weight * len(places), before + places
    for term, places in in_lead(second, start, body, lead).items():
        weighed, before = expected[term, 1]
        expected[term, 1] = weighed + 0.5 * len(places), before
    assert postings(found.postings) == expected
    assert found.lengths.tolist() == [0, sum(len(places) for _, places in expected.values())]
    assert found.sums.tolist() == [0, sum(weighed for weighed, _ in expected.values())]


def test_what_ends_behind_the_lead_is_not_in_it() -> None:
    found = postings(analyze([Part("公积金gb2312", 0, lead=5)], 1, lead_weight=1.0).postings)
    weights = {term: weight for (term, _document), (weight, _places) in found.items()}
    assert weights["公积金"] == weights["积金"] == 2
    assert weights["gb2312"] == 1


def test_texts_with_more_terms_than_the_tables_begin_with() -> None:
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 4000)]
    texts = [
        normalize("".join(characters)),
        " ".join(f"x{number}" for number in range(5000)),
        "x" * 10_000 + " " + "ñandú" * 10,
        "人力资源和社会保障局" * 500,
    ]
    found = analyze([Part(text, number) for number, text in enumerate(texts)], 4)
    assert postings(found.postings) == plain(texts)


def test_every_word_of_the_dictionaries_is_found_where_the_segmenter_finds_it() -> None:
    segmenter = default_segmenter()
    words = sorted(word for word, frequency in segmenter.prefixes.items() if frequency)
    text = "，".join(word for word in words if all(map(IS_HAN.match, word)))
    found = postings(analyze([Part(text, 0)], 1).postings)
    expected: dict[str, list[int]] = {}
    for place, word in segmenter.long_words(text):
        expected.setdefault(word, []).append(place)
    assert len(expected) > 200_000
    assert {key[0]: value[1] for key, value in found.items() if len(key[0]) >= LONG} == expected


def test_classes_of_characters_are_those_of_single_texts() -> None:
    table = classes()
    assert [chr(code) for code in range(0x110000) if table[code] == HAN] == [
        chr(code) for code in range(0x110000) if IS_HAN.match(chr(code))
    ]


# -- sounds -------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(TEXT | LONG_TITLE, max_size=5))
def test_the_sounds_of_many_titles_are_those_of_each(titles: list[str]) -> None:
    found = sounds_of_titles([fold_characters(title) for title in titles])
    assert found == [title_sounds(title).to_bytes() for title in titles]


@settings(deadline=None)
@given(TEXT)
def test_readings_are_those_of_pypinyin(text: str) -> None:
    readings("")  # hands over the project's own readings
    plain = lazy_pinyin(text, style=Style.NORMAL, errors=lambda run: [""] * len(run))
    found = [syllable.replace("ü", "v") for syllable in plain]
    if len(found) == len(text):
        read = [syllable for syllable in readings(text) if not syllable.isdigit()]
        assert len(read) <= len(text)
        for syllable, wanted in zip(readings(text), found, strict=True):
            assert not wanted or syllable == wanted


# -- the dictionary -----------------------------------------------------------------------


def test_a_word_is_walked_to_character_by_character() -> None:
    nodes = make_nodes({"公": 2, "公积": 0, "公积金": 5, "市": 3}, total=10)
    first = child(nodes, 0, ord("公"))
    second = child(nodes, first, ord("积"))
    third = child(nodes, second, ord("金"))
    assert nodes[third]["weight"] == pytest.approx(np.log(5))
    assert nodes[second]["weight"] < 0
    assert child(nodes, 0, ord("金")) == child(nodes, third, ord("金")) == -1
    assert nodes[third]["length"] == 3


def test_a_word_without_end_is_refused() -> None:
    word = "长" * (LONGEST_WORD + 1)
    with pytest.raises(ValueError, match="more than"):
        make_nodes({word[:end]: 1 for end in range(1, len(word) + 1)}, total=1)


def test_a_damaged_dictionary_file_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = dictionary()
    monkeypatch.setattr(bulk_dictionary, "private_directory", lambda: tmp_path)
    made = dictionary.__wrapped__()
    path = next(tmp_path.glob("words-*.npy"))
    written = path.read_bytes()
    for damaged in (b"", written[:1000], written[:2_000_000] + bytes(len(written) - 2_000_000)):
        path.unlink()  # the old one is in use
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"\w"):
            load_nodes(path)
    again = dictionary.__wrapped__()
    assert (made == whole).all()
    assert (again == whole).all()
