"""Tables of synonyms: what they say, what a city adds, what is told about their faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.bodies import bodies
from analyzers.normalize import normalize
from analyzers.synonym_file import read_entries
from analyzers.synonyms import (
    SynonymError,
    Synonyms,
    SynonymTable,
    default_synonyms,
    no_synonyms,
    validate,
)


def weights(synonyms: Synonyms, typed: str) -> dict[str, float]:
    """What a word finds besides itself, and with which weight."""
    return {way.text: way.weight for way in synonyms.ways(typed)}


def own(tmp_path: Path, *texts: str) -> Synonyms:
    """The shipped tables and files with these texts."""
    paths = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return SynonymTable.load(paths).synonyms()


# -- the shipped tables -----------------------------------------------------------------------


def shipped() -> str:
    return resources.files("analyzers").joinpath("data/synonyms.yaml").read_text("utf-8")


def test_the_shipped_table_is_in_order() -> None:
    assert validate(shipped()) == []
    assert len(read_entries(shipped())[0]) >= 400


def test_a_synonym_never_weighs_as_much_as_the_word_itself() -> None:
    synonyms = default_synonyms()
    for typed in synonyms:
        assert all(0 < weight <= 0.9 for weight in weights(synonyms, typed).values()), typed
        assert typed not in weights(synonyms, typed)
        assert normalize(typed) == typed


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("上户口", "出生登记"),
        ("准生证", "生育服务证"),
        ("房产证", "不动产权证"),
        ("低保", "最低生活保障"),
        ("五保户", "特困人员"),
        ("新农合", "城乡居民基本医疗保险"),
        ("开公司", "企业设立登记"),
        ("个体户", "个体工商户"),
        ("养老金", "基本养老保险待遇"),
        ("医保卡", "社会保障卡"),
        ("廉租房", "公租房"),
        ("暂住证", "居住证"),
        ("老人证", "老年人优待证"),
        ("驾照", "机动车驾驶证"),
        ("年检", "年度报告"),
        ("离婚证", "离婚登记"),
        ("摩托车上牌", "机动车注册登记"),
        ("动迁", "房屋征收"),
        ("红头文件", "规范性文件"),
        ("退伍", "退役"),
        ("独生子女费", "独生子女父母奖励"),
        ("病退", "病残津贴"),
        ("八公开", "办事公开"),
        ("老婆", "配偶"),
        ("炒鱿鱼", "解除劳动合同"),
        ("房东", "出租人"),
        ("噪音", "噪声"),
    ],
)
def test_what_people_say_finds_the_official_term(typed: str, official: str) -> None:
    assert 0.5 <= weights(default_synonyms(), typed)[official] < 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("人社局", "人力资源和社会保障局"),
        ("人力资源和社会保障局", "人社局"),
        ("卫计委", "卫健委"),
        ("卫健委", "卫计委"),
        ("卫生局", "卫健委"),
        ("劳动和社会保障局", "人社局"),
        ("国土局", "自然资源局"),
        ("工商局", "市场监管局"),
        ("环保局", "生态环境局"),
        ("安监局", "应急管理局"),
        ("建委", "住建局"),
        ("经委", "工信局"),
        ("旅游局", "文化广电体育和旅游局"),
        ("地税局", "税务局"),
        ("法制办", "司法局"),
        ("政务服务中心管理办公室", "行政审批局"),
    ],
)
def test_the_names_of_a_body_old_and_new_are_one(typed: str, found: str) -> None:
    assert found in weights(default_synonyms(), typed)


def test_bodies_that_became_one_are_not_each_other() -> None:
    synonyms = default_synonyms()
    assert "质监局" not in weights(synonyms, "工商局")
    same, later = weights(synonyms, "卫生局"), weights(synonyms, "卫计委")
    assert later["卫生计生委"] > later["卫健委"] > same["卫健委"]


def test_every_name_is_one_body_and_every_origin_is_told_of() -> None:
    table = bodies()
    names = Counter(name for names in table.names_of.values() for name in names)
    assert [name for name, count in names.items() if count > 1] == []
    assert {one for many in table.origins_of.values() for one in many} <= table.names_of.keys()
    assert default_synonyms().is_body("公安局")
    assert not default_synonyms().is_body("公安")


# -- a city's own file -----------------------------------------------------------------------


def test_a_city_adds_entries_and_weighs_shipped_ones_anew(tmp_path: Path) -> None:
    synonyms = own(
        tmp_path,
        "- say: [大蚝, 生蚝]\n  official: 牡蛎\n"
        "- {say: [低保], official: [最低生活保障], weight: 0.5}\n",
    )
    assert weights(synonyms, "生蚝") == {"大蚝": 0.7, "牡蛎": 0.7}
    assert weights(synonyms, "牡蛎") == {}  # not both ways
    assert weights(synonyms, "低保")["最低生活保障"] == 0.5
    assert "上户口" in synonyms


def test_weight_zero_switches_shipped_entries_off(tmp_path: Path) -> None:
    assert "公租房" in weights(default_synonyms(), "廉租房")
    synonyms = own(
        tmp_path,
        "- {say: [廉租房], official: [公租房], weight: 0}\n- {say: [老婆], weight: 0}",
    )
    assert "公租房" not in weights(synonyms, "廉租房")
    assert "公共租赁住房" in weights(synonyms, "廉租房")
    assert weights(synonyms, "老婆") == {}
    assert "老婆" in weights(synonyms, "配偶")


def test_of_several_files_the_last_decides(tmp_path: Path) -> None:
    entry = "- {{say: [生蚝], official: [牡蛎], weight: {}}}"
    assert weights(own(tmp_path, entry.format(0.5), entry.format(0.9)), "生蚝") == {"牡蛎": 0.9}


def test_terms_are_normalised(tmp_path: Path) -> None:
    synonyms = own(tmp_path, "- {say: [ＥＴＣ卡], official: [電子　标签], both_ways: yes}")
    assert weights(synonyms, "etc卡") == {normalize("電子 标签"): 0.7}


def test_a_file_with_faults_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SynonymError, match=r"0\.yaml: line 1: .*weight"):
        own(tmp_path, "- {say: [甲], official: [乙], weight: high}")


def test_a_table_of_nothing_is_a_table(tmp_path: Path) -> None:
    assert validate("") == validate("# nothing yet\n") == []
    assert len(own(tmp_path, "")) == len(default_synonyms())
    assert len(no_synonyms()) == 0


# -- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- say: [甲", "not YAML"),
        ("say: [甲]", "line 1: a list of entries is expected"),
        ("- 甲", "line 1: an entry is expected"),
        ("- official: [甲]", "'say' is missing"),
        ("- say: []", "'say' is missing"),
        ("# a\n- say: [甲, 乙]\n- {say: [丙], offical: [丁]}", "line 3: unknown key 'offical'"),
        ("- {say: [甲], say: [乙]}", "'say' stands twice"),
        ("- {say: [甲], official: [乙], weight: 7}", "'weight' takes a number from 0 to 1"),
        ("- {say: [甲], official: [乙], weight: nan}", "'weight' takes a number from 0 to 1"),
        ("- {say: [甲], official: [乙], both_ways: maybe}", "'both_ways' takes true or false"),
        ("- {say: [甲, 。], official: [乙]}", "which has no letter in it"),
        ("- {say: [[甲]], official: [乙]}", "'say' takes words"),
        ("- {say: [甲 乙], official: [丙]}", "is taken without spaces"),
        (f"- {{say: [{'甲' * 41}], official: [乙]}}", "is longer than 40 characters"),
        ("- {say: [甲]}", "甲 has no other word beside it"),
        ("- {say: [甲], official: [甲, 乙]}", "甲 stands in 'say' and in 'official'"),
        ("- {say: [甲], official: [乙]}\n- {say: [甲], official: [乙]}", "already by line 1"),
        ("\x00", "not YAML"),
        ("[" * 5000, "not YAML"),
    ],
    ids=range(19),
)
def test_faults_are_told_with_their_line(text: str, fault: str) -> None:
    (told,) = validate(text)
    assert fault in told


def test_one_fault_hides_no_other() -> None:
    assert len(validate("- {say: [甲]}\n- 乙\n- {say: [丙], official: [丁]}\n- 戊")) == 3


def test_digits_are_words() -> None:
    entries, faults = read_entries("- {say: [12345, on], official: [热线]}")
    assert (entries[0].say, faults) == (("12345", "on"), ())


YAML_SOUP = st.lists(
    st.sampled_from(
        [
            "- ",
            "say",
            "official",
            ": ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "甲",
            "乙",
            "\n",
            "  ",
            "weight",
            "0",
        ]
    ),
    max_size=30,
).map("".join)


@given(st.text(max_size=100) | YAML_SOUP)
def test_any_text_is_read_or_has_faults(text: str) -> None:
    entries, faults = read_entries(text)
    assert all(isinstance(fault, str) for fault in faults)
    for entry in entries:
        assert entry.say


# -- finding entries in a text ---------------------------------------------------------------


def pieces(synonyms: Synonyms, text: str, start: int) -> Iterator[str]:
    return (text[start:end] for end in synonyms.ends(text, start))


def test_entries_are_found_where_they_begin_the_longest_first() -> None:
    synonyms = default_synonyms()
    assert list(pieces(synonyms, "办公积金贷款", 1)) == ["公积金贷款"]
    assert list(pieces(synonyms, "拆迁补偿款", 0))[-1] == "拆迁"
    assert list(pieces(synonyms, "上户", 0)) == []
    assert list(pieces(synonyms, "", 0)) == []
