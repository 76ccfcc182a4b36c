"""Pinyin for people who type without an input method."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.known_sounds import words_that_sound
from analyzers.pinyin import full_pinyin, own_readings, pinyin_initials, readings
from analyzers.title_sounds import LONGEST_TITLE, WORD, WORD_INSIDE, title_sounds, typed_form


@pytest.mark.parametrize(
    ("text", "full", "initials"),
    [
        ("公积金", "gongjijin", "gjj"),
        ("身份证", "shenfenzheng", "sfz"),
        ("钦州市政府", "qinzhoushizhengfu", "qzszf"),
        ("行政审批", "xingzhengshenpi", "xzsp"),  # 行 and 银行's 行 differ
        ("银行", "yinhang", "yh"),
        ("重庆", "chongqing", "cq"),
        ("妇女儿童", "funvertong", "fnet"),  # ü is typed v
        ("shebao查询", "shebaochaxun", "shebaocx"),
        ("A4纸", "a4zhi", "a4z"),
        ("《公积金》（试行）", "gongjijinshixing", "gjjsx"),
        ("", "", ""),
        ("，。", "", ""),
    ],
)
def test_readings(text: str, full: str, initials: str) -> None:
    assert (full_pinyin(text), pinyin_initials(text)) == (full, initials)


@pytest.mark.parametrize("town", ["檀圩镇", "新圩镇", "寨圩镇"])
def test_market_towns_are_read_the_local_way(town: str) -> None:
    assert "圩" in own_readings()
    assert full_pinyin(town).endswith("xuzhen")


@given(st.text(st.characters(), max_size=30))
def test_any_text_gives_plain_latin(text: str) -> None:
    for reading in (full_pinyin(text), pinyin_initials(text)):
        assert all("a" <= letter <= "z" or letter.isdecimal() for letter in reading), reading


PLACES = """
向阳街道 xiangyang, 水东街道 shuidong, 文峰街道 wenfeng, 南珠街道 nanzhu, 尖山街道 jianshan,
沙埠镇 shabu, 康熙岭镇 kangxiling, 黄屋屯镇 huangwutun, 大番坡镇 dafanpo, 龙门港镇 longmengang,
久隆镇 jiulong, 东场镇 dongchang, 那丽镇 nali, 那彭镇 napeng, 那思镇 nasi, 犀牛脚镇 xiniujiao,
长田街道 changtian, 鸿亭街道 hongting, 子材街道 zicai, 大垌镇 dadong, 平吉镇 pingji,
青塘镇 qingtang, 小董镇 xiaodong, 板城镇 bancheng, 那蒙镇 nameng, 长滩镇 changtan,
新棠镇 xintang, 大直镇 dazhi, 大寺镇 dasi, 贵台镇 guitai, 灵城街道 lingcheng, 三海街道 sanhai,
新圩镇 xinxu, 丰塘镇 fengtang, 平山镇 pingshan, 石塘镇 shitang, 佛子镇 fozi, 平南镇 pingnan,
烟墩镇 yandun, 檀圩镇 tanxu, 那隆镇 nalong, 三隆镇 sanlong, 陆屋镇 luwu, 旧州镇 jiuzhou,
太平镇 taiping, 沙坪镇 shaping, 武利镇 wuli, 文利镇 wenli, 伯劳镇 bolao, 小江街道 xiaojiang,
江城街道 jiangcheng, 泉水镇 quanshui, 石埇镇 shiyong, 安石镇 anshi, 张黄镇 zhanghuang,
大成镇 dacheng, 白石水镇 baishishui, 北通镇 beitong, 三合镇 sanhe, 龙门镇 longmen,
福旺镇 fuwang, 寨圩镇 zhaixu, 乐民镇 lemin, 六硍镇 liuyin, 平睦镇 pingmu, 官垌镇 guandong,
钦州港 qinzhougang, 三娘湾 sanniangwan, 保税港 baoshuigang, 中马园区 zhongmayuanqu,
丽光农场 liguangnongchang
"""
_PLACES = [line.split() for line in PLACES.strip().replace("\n", " ").split(", ")]


@pytest.mark.parametrize(("place", "reading"), _PLACES, ids=[reading for _, reading in _PLACES])
def test_the_city_s_places_are_read_as_people_there_say(place: str, reading: str) -> None:
    level = {"镇": "zhen", "街道": "jiedao"}
    end = next((said for written, said in level.items() if place.endswith(written)), "")
    assert full_pinyin(place) == reading + end


def test_all_places_are_there() -> None:
    assert len({place for place, _ in _PLACES}) == 71


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("行政许可", "xingzhengxuke"),
        ("银行支行", "yinhangzhihang"),
        ("县长信箱", "xianzhangxinxiang"),
        ("河长制", "hezhangzhi"),
        ("长效机制", "changxiaojizhi"),
        ("重残补贴", "zhongcanbutie"),
        ("重新登记", "chongxindengji"),
        ("调解与调查", "tiaojieyudiaocha"),
        ("会计证", "kuaijizheng"),
        ("给排水", "jipaishui"),
        ("退还", "tuihuan"),
        ("3幢", "3zhuang"),
        ("农用薄膜", "nongyongbomo"),
    ],
)
def test_characters_of_several_readings(text: str, full: str) -> None:
    assert full_pinyin(text) == full


@given(st.text(st.characters(), max_size=30))
def test_every_character_has_one_reading(text: str) -> None:
    assert len(readings(text)) == len(text)


# -- what an index keeps of a title -------------------------------------------------------


def test_sounds_of_a_title() -> None:
    sounds = title_sounds("A4纸、《公积金》 提取")
    assert sounds.text == "a4纸公积金提取"
    assert sounds.syllables == ("a", "4", "zhi", "gong", "ji", "jin", "ti", "qu")
    assert [at for at, kind in enumerate(sounds.starts) if kind == WORD] == [0, 2, 3, 6]


def test_words_within_words_are_starts_of_their_own_kind() -> None:
    sounds = title_sounds("住房公积金")
    assert sounds.starts[sounds.text.index("公")] in (WORD, WORD_INSIDE)


@given(st.text(st.characters(), max_size=150))
def test_sounds_of_any_title_fit_its_characters(title: str) -> None:
    sounds = title_sounds(title)
    assert len(sounds.text) == len(sounds.syllables) == len(sounds.starts) <= LONGEST_TITLE
    assert sounds.text == typed_form(title)[:LONGEST_TITLE]
    assert all(sounds.syllables)
    assert sounds.to_bytes().count(b"\n") == (2 if sounds.text else 0)


@pytest.mark.parametrize(
    ("letters", "word"),
    [("sbk", "社保卡"), ("shebao", "社保"), ("qzszf", "钦州市政府")],
)
def test_words_of_the_dictionaries_are_known_by_their_sound(letters: str, word: str) -> None:
    assert word in words_that_sound(letters)


def test_two_letters_are_no_known_word() -> None:
    assert words_that_sound("sb") == ()
