"""What a query asks for: concepts and the ways to say them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.concepts import Alternative, AskedFor, concepts_of
from analyzers.normalize import normalize
from analyzers.query import parse_query
from analyzers.question_words import without_question
from analyzers.segment import default_segmenter
from analyzers.synonyms import SynonymTable, no_synonyms
from analyzers.terms import term_positions


def asked(text: str, *, exact: bool = False) -> AskedFor:
    """The concepts of a typed query."""
    return concepts_of(parse_query(text).words, exact=exact)


def typed(text: str) -> list[str]:
    """Each concept as typed."""
    return [concept.alternatives[0].text for concept in asked(text).concepts]


def ways(text: str) -> dict[str, Alternative]:
    """The alternatives of a query that is one concept."""
    (concept,) = asked(text).concepts
    return {alternative.text: alternative for alternative in concept.alternatives}


def says(document: str, text: str) -> bool:
    """Whether a document has every concept of a query in one of its alternatives."""
    terms = term_positions(document)
    return all(
        any(terms.keys() >= set(alternative.terms) for alternative in concept.alternatives)
        for concept in asked(text).concepts
    )


# -- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "concepts"),
    [
        ("公积金怎么提取", ["公积金", "提取"]),
        ("请问身份证在哪里办理", ["身份证"]),
        ("我想问一下低保申请需要什么材料？", ["低保", "申请", "材料"]),
        ("失业保险申请什么时候截止呢", ["失业保险", "申请", "截止"]),
        ("不得", ["不得"]),
        ("关于春节放假的通知", ["关于", "春节", "放假", "通知"]),
        ("怎么办", ["怎么办"]),
        ("请问怎么办", ["怎么办"]),
        ("的", ["的"]),
        ("usb 驱动", ["usb", "驱动"]),
        ("公积金 公积金", ["公积金"]),
        ("", []),
        ("，。！", []),
    ],
)
def test_question_words_go_unless_there_is_nothing_else(query: str, concepts: list[str]) -> None:
    assert typed(query) == concepts


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("请问一下,身份证怎么办理?", "身份证"),
        ("我想咨询一下特种设备许可证在哪里办理", "特种设备许可证"),
        ("公积金提取方面的咨询", "公积金提取"),
        ("护照多少钱", "护照"),
        ("材料", "材料"),
        ("怎么办", "怎么办"),
        ("?", "?"),
        ("", ""),
    ],
)
def test_what_stands_around_a_question_is_cut_off(text: str, left: str) -> None:
    assert without_question(text) == left


def test_what_was_typed_comes_first_and_weighs_most() -> None:
    for text in ("上户口", "卫计委", "打官司", "n+1"):
        (concept,) = asked(text).concepts
        assert concept.alternatives[0].text == text
        assert concept.alternatives[0].weight == 1
        assert all(alternative.weight < 1 for alternative in concept.alternatives[1:])


def test_evidence_are_the_bigrams_in_no_concept() -> None:
    found = asked("申请公积金")
    assert [concept.alternatives[0].terms for concept in found.concepts] == [("申请",), ("公积金",)]
    assert found.evidence == ("请公", "公积", "积金")


# -- synonyms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("给小孩上户口", "给子女办理出生登记"),
        ("五保户补贴", "特困人员补贴标准"),
        ("房东不退押金", "出租人不退押金的"),
        ("卫计委电话", "卫生健康委员会联系电话"),
        ("市人社局地址", "钦州市人力资源和社会保障局地址"),
        ("人力资源和社会保障局", "钦州市人社局"),
        ("钦州市工商局", "钦州市市场监督管理局"),
        ("酒驾", "饮酒后驾驶机动车的，处罚款"),
        ("居民身份证换领", "身份证到期换领指南"),
        ("城乡居民基本医疗保险", "基本医疗保险覆盖城乡居民"),
        ("资料", "申请材料"),
    ],
)
def test_other_words_say_the_same(query: str, document: str) -> None:
    assert says(document, query)


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("上户口", "户口本上的姓名"),  # a term must stand as it is
        ("出生登记", "出生医学证明和结婚登记"),
        ("营业执照", "营业时间和执照式样"),
        ("工商局", "质量技术监督局"),
        ("市人社局", "市民政局"),
    ],
)
def test_other_words_say_something_else(query: str, document: str) -> None:
    assert not says(document, query)


def test_as_typed_there_are_no_synonyms() -> None:
    for text in ("上户口", "卫计委", "请问老婆怎么上户口"):
        for concept in asked(text, exact=True).concepts:
            assert "".join(concept.alternatives[-1].text.split()) == concept.alternatives[0].text
    assert concepts_of(("低保",), synonyms=no_synonyms()) == concepts_of(("低保",), exact=True)


@pytest.mark.parametrize(
    ("query", "concepts"),
    [
        ("上户口本", ["上", "户口本"]),  # 户口本 is as long as 上户口
        ("开公司法", ["开", "公司法"]),
        ("房本丢失", ["房本", "丢失"]),
        ("市医保局电话", ["医保局", "电话"]),  # no 医保 inside
        ("拆迁补偿款", ["拆迁补偿", "款"]),
        ("夏县etc办理", ["夏县", "etc", "办理"]),
        ("etcd", ["etcd"]),  # no part of a run of letters
        ("123456", ["123456"]),
    ],
)
def test_entries_stand_at_the_boundaries_of_words(query: str, concepts: list[str]) -> None:
    assert typed(query) == concepts


def test_before_a_body_its_level_is_no_word() -> None:
    assert typed("市人社局") == ["人社局"]
    assert typed("灵山县卫健局") == ["灵山县", "卫健局"]
    assert typed("城市 人社局") == ["城市", "人社局"]
    assert "市人" in asked("市人社局").evidence


def test_words_of_an_alternative_with_spaces_may_stand_apart() -> None:
    assert ways("烂尾楼")["停工 商品房"].terms == ("停工", "商品房")


def test_a_city_has_words_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.yaml"
    path.write_text("- {say: [大蚝], official: [牡蛎养殖]}", encoding="utf-8")
    synonyms = SynonymTable.load([path]).synonyms()
    (concept,) = concepts_of(("大蚝",), synonyms=synonyms).concepts
    assert concept.alternatives[1].text == "牡蛎养殖"
    assert concept.alternatives[1].terms == ("牡蛎", "蛎养", "养殖")  # together


# -- long and learned words ------------------------------------------------------------------


def test_a_long_word_is_never_stricter_than_its_parts() -> None:
    assert [way.terms for way in ways("住房公积金").values()][:2] == [
        ("住房公积金",),
        ("住房", "公积金"),
    ]
    assert list(ways("营业执照")) == ["营业执照"]  # four characters are one thing


def test_a_learned_word_is_never_stricter_than_its_parts() -> None:
    segmenter = default_segmenter().with_words(["坭兴陶奖补"])
    (concept,) = concepts_of(("坭兴陶奖补",), segmenter).concepts
    whole, parts = concept.alternatives
    assert whole.terms == ("坭兴陶奖补",)
    assert parts.terms == tuple(default_segmenter().cut("坭兴陶奖补"))


# -- any query -------------------------------------------------------------------------------

QUERIES = st.text(st.characters(), max_size=200) | st.text(
    st.sampled_from("请问我上户口开公司法市人社局卫计委的怎么办12n+ 、居民身份证etc"), max_size=200
)


@given(QUERIES)
def test_any_query_has_concepts_that_the_index_can_know(text: str) -> None:
    found = asked(text)
    for concept in found.concepts:
        assert concept.alternatives
        for alternative in concept.alternatives:
            assert alternative.terms
            known = term_positions(alternative.text).keys()
            assert {*alternative.terms, *alternative.evidence} <= known


@given(QUERIES)
def test_a_text_says_itself(text: str) -> None:
    assert says(normalize(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "上户口" * 66,
        "市" * 200,
        "请问" * 100,
        "怎么办" * 66,
        "人力资源和社会保障局" * 20,
        "a1" * 100,
        '"' * 200,
        "site:" * 40,
        "-" * 200,
        "一二三四五六七八九十" * 20,
        "中华人民共和国" * 28,
    ],
    ids=lambda text: text[:5],
)
def test_long_queries_are_read_quickly(text: str) -> None:
    asked(text)  # loads what is loaded once
    started = time.thread_time()
    asked(text)
    assert time.thread_time() - started < 0.03  # 1 to 3 ms; a busy machine is slower
