"""Which characters and which letters are typed for which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.confusion import (
    NEAR_SHAPE,
    NEAR_SOUND,
    SAME_SOUND,
    common_characters,
    confusion,
    function_characters,
    homophones,
    near_shapes,
    near_syllables,
    reading,
    readings,
)
from analyzers.confusion_pinyin import (
    LONGEST_SYLLABLE,
    SLIP,
    syllables,
    syllables_by_typing,
)

CHARACTER = st.characters()


@pytest.mark.parametrize(
    ("typed", "meant", "kind"),
    [
        ("基", "积", SAME_SOUND),  # 公基金
        ("分", "份", SAME_SOUND),  # 身分证
        ("宝", "保", SAME_SOUND),  # 社宝
        ("洲", "州", SAME_SOUND),  # 钦洲
        ("帐", "账", SAME_SOUND),
        ("淘", "陶", SAME_SOUND),  # 坭兴淘
        ("公", "工", SAME_SOUND),  # 公伤
        ("造", "照", NEAR_SOUND),  # 营业执造
        ("蓝", "南", NEAR_SOUND),
        ("斤", "京", NEAR_SOUND),
        ("湖", "福", NEAR_SOUND),
        ("攻", "政", NEAR_SHAPE),  # 攻务服务中心
        ("跌", "铁", NEAR_SHAPE),  # 地跌
        ("己", "已", NEAR_SHAPE),
        ("末", "未", NEAR_SHAPE),
    ],
)
def test_what_people_confuse(typed: str, meant: str, kind: str) -> None:
    found = confusion(typed, meant)
    assert found is not None
    assert found[0] == kind
    back = confusion(meant, typed)
    assert back is not None
    assert back[0] == kind


@pytest.mark.parametrize(("typed", "meant"), [("基", "基"), ("公", "市"), ("a", "b"), ("。", "，")])
def test_what_nobody_confuses(typed: str, meant: str) -> None:
    assert confusion(typed, meant) is None


def test_the_same_sound_is_the_likeliest_and_a_second_reading_less_so() -> None:
    costs = [confusion(typed, "航") for typed in ("杭", "行")]
    assert [found and found[0] for found in costs] == [SAME_SOUND, SAME_SOUND]
    assert costs[0] is not None
    assert costs[1] is not None
    assert costs[0][1] < costs[1][1]


def test_only_readings_in_daily_use_count() -> None:
    assert readings("行") == {"xing", "hang"}
    assert readings("跌") == {"die"}
    assert readings("x") == frozenset()
    assert reading("女") == "nv"


def test_near_sounds_are_those_of_the_south() -> None:
    assert {"zan", "zhan", "zang"} <= near_syllables("zhang")
    assert {"lin", "ling", "nin"} <= near_syllables("ning")
    assert "fang" in near_syllables("huang")
    assert "huang" in near_syllables("fang")
    assert "ling" in near_syllables("ring")
    assert all(sound not in near_syllables(sound) for sound in syllables())


def test_every_line_of_the_near_shapes_is_a_group_of_characters() -> None:
    shapes = near_shapes()
    assert len(shapes) > 1000
    for one, group in shapes.items():
        assert len(one) == 1
        assert group
        assert one not in group
        assert all(len(other) == 1 and one in shapes[other] for other in group)


def test_common_characters_are_the_first_level_of_gb_2312() -> None:
    assert len(set(common_characters())) == 3755
    assert {"啊", "市", "座"} <= set(common_characters())


def test_homophones_are_common_and_in_a_fixed_order() -> None:
    found = homophones("基")
    assert "积" in found
    assert "基" not in found
    assert all(reading(one) == "ji" for one in found)
    assert homophones("基") == found
    assert homophones("x") == ()


def test_words_of_grammar_are_single_characters() -> None:
    assert {"的", "吗", "谁"} <= function_characters()
    assert all(len(one) == 1 for one in function_characters())


@given(CHARACTER, CHARACTER)
def test_any_two_characters_can_be_compared(typed: str, meant: str) -> None:
    found = confusion(typed, meant)
    assert found is None or found[1] >= 0


# -- letters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jin", "jin"),
        ("jing", "jin"),
        ("gon", "gong"),
        ("gonh", "gong"),
        ("hong", "gong"),
        ("bap", "bao"),
        ("zao", "zhao"),
        ("shhen", "shen"),
        ("lu", "lv"),
    ],
)
def test_letters_may_stand_for_a_syllable(typed: str, meant: str) -> None:
    assert meant in [one.sound for one in syllables_by_typing()[typed]]


def test_two_slips_in_a_syllable_are_not_believed() -> None:
    assert "sheng" not in [one.sound for one in syllables_by_typing().get("snehg", ())]


def test_letters_that_are_a_syllable_are_first_of_all_that_one() -> None:
    for sound in syllables():
        first = syllables_by_typing()[sound][0]
        assert first.cost == 0
        assert first.sound.replace("v", "u") == sound or first.sound == sound


def test_typed_syllables_are_bounded() -> None:
    table = syllables_by_typing()
    assert max(map(len, table)) <= LONGEST_SYLLABLE
    assert all(one.cost <= SLIP + 1 for meant in table.values() for one in meant)
    assert len(syllables()) > 380
