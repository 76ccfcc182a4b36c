"""Words learned from the names of services."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.learning import learn_words
from analyzers.segment import default_segmenter

NAMES = (
    "荔枝种植基地登记",
    "荔枝种植基地变更",
    "荔枝种植基地注销（个人）",
    "坭兴陶传习所设立审批",
    "坭兴陶传习所延续",
    "大蚝养殖浮排查询",
    "公积金提取",
    "公积金查询",
)


def test_what_several_names_are_about_is_a_word() -> None:
    assert learn_words(NAMES) == ("坭兴陶传习所", "荔枝种植基地")


def test_actions_are_no_part_of_it() -> None:
    assert learn_words(["申请荔枝种植基地补贴发放", "荔枝种植基地补贴领取"]) == (
        "荔枝种植基地补贴",
    )


def test_one_name_teaches_nothing() -> None:
    assert learn_words(["大蚝养殖浮排登记"]) == ()
    assert learn_words(["大蚝养殖浮排登记"] * 5) == ()


def test_words_of_the_dictionary_are_not_learned() -> None:
    assert learn_words(["住房公积金提取", "住房公积金查询", "居民身份证换领"]) == ()


def test_a_part_is_a_word_only_where_its_neighbours_vary() -> None:
    fixed = [f"{one}荔枝种植基地面积{two}登记" for one in ("钦江", "灵山") for two in ("", "数量")]
    assert "种植基地面积" not in learn_words(fixed)
    varied = ["灵城荔枝基地面积登记", "小董荔枝基地数量登记", "张黄荔枝基地产量登记"]
    assert "荔枝基地" in learn_words(varied)


def test_places_and_degrees_are_no_part_of_it() -> None:
    names = ["广东省荔枝种植基地登记", "钦州市荔枝种植基地登记", "三级荔枝种植基地登记"]
    assert learn_words(names) == ("荔枝种植基地",)


def test_variants_in_brackets_teach_nothing_of_their_parts() -> None:
    names = [f"龙舟竞渡水域使用许可({way})" for way in ("新办", "变更", "延续", "注销")]
    assert learn_words(names) == ("龙舟竞渡水域",)


@pytest.mark.parametrize("names", [[], [""], ["，。"], ["abc", "abc"], ["证"]], ids=repr)
def test_nothing_comes_of_nothing(names: list[str]) -> None:
    assert learn_words(names) == ()


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("荔枝种植基地坭兴陶登记变更的和市 （A，"), max_size=20), max_size=20
    )
)
def test_learned_words_are_new_and_stand_in_the_names(names: list[str]) -> None:
    words = learn_words(names)
    assert list(words) == sorted(set(words))
    assert words == learn_words(reversed(names))
    for word in words:
        assert not default_segmenter().is_word(word)
        assert any(word in name.replace(" ", "") for name in names)
