"""Normalisation: what reads the same is the same, and the way back is exact."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import fold_characters, normalize, normalize_with_offsets
from analyzers.numerals import numeral_value

ANY_TEXT = st.text(st.characters(), max_size=60)
NUMERAL_TEXT = st.text(
    st.sampled_from("第统几周〇零○o一二三九十百千廿万0129年月日号条款次个季度岁元以上 　\n"),
    max_size=24,
)
TRADITIONAL_TEXT = st.text(
    st.sampled_from("乾隆坤康燥著作隨有瞭解望藉口覆答畫計沈陽默徵收甚麼彷彿"), max_size=24
)
TRICKY_TEXT = st.text(
    st.sampled_from("钦州ＡaĲﬁ㎡①\u200b\ufeff\ufe0f\U000e0100İß\t\r\n　﷽"), max_size=30
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("QinZhou", "qinzhou"),
        ("公积金（提取）", "公积金(提取)"),
        ("办事　指南", "办事 指南"),
        ("①②㎡㈠", "12m2(一)"),
        ("⼀⽇", "一日"),  # Kangxi radicals, which PDF files are full of
        ("\ufeff钦\u200b州\u00ad港", "钦州港"),
        ("钦政发【2009】〔1〕﹝2﹞［3］〈4〉〖5〗", "钦政发(2009)(1)(2)(3)(4)(5)"),
        ("葛\U000e0100洲", "葛洲"),  # ideographic variation sequence
        ("第一行\r\n第二\t行", "第一行 \n第二 行"),
        ("Straße ΣΣ", "strasse σσ"),
        ("\ud800钦", "钦"),
    ],
)
def test_forms_that_read_the_same(typed: str, folded: str) -> None:
    assert normalize(typed) == folded


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        ("二〇〇九年十二月三日", "2009年12月3日"),
        ("二○○九年", "2009年"),
        ("二OO九年", "2009年"),
        ("二零一0年", "2010年"),
        ("一九八八年", "1988年"),
        ("二〇〇九年度", "2009年度"),
        ("二〇〇六至二〇一〇", "2006至2010"),
        ("十二月", "12月"),
        ("12月三日", "12月3日"),
        ("三月三十一号", "3月31号"),
        ("第四十五号", "第45号"),
        ("第 四十五 号", "第 45 号"),
        ("第一二〇号", "第120号"),
        ("第二百三十条第一款第(三)项", "第230条第1款第(三)项"),
        ("第一百零二条之一", "第102条之一"),
        ("第一千二百六十条", "第1260条"),
        ("第廿三届", "第23届"),
        ("第三季度", "第3季度"),
        ("第第三次", "第第3次"),
        ("一号文件", "1号文件"),
        ("刑法二百三十四条", "刑法234条"),
        ("十五日内", "15日内"),
        ("二十个工作日", "20个工作日"),
        ("保质期十二个月", "保质期12个月"),
        ("满十八周岁", "满18周岁"),
        ("五百元以上五万元以下", "500元以上5万元以下"),
        ("三年以上十年以下有期徒刑", "3年以上10年以下有期徒刑"),
    ],
)
def test_numerals_that_are_figures(written: str, figures: str) -> None:
    assert normalize(written) == figures
    assert normalize(figures) == figures
    assert fold_characters(written) != figures  # numerals are the second step's


@pytest.mark.parametrize(
    "text",
    [
        "十二五规划",
        "一次性",
        "三公经费",
        "八公开",
        "一网通办",
        "三娘湾",
        "五保户",
        "二胎",
        "三月三",
        "九月九",
        "一日游",
        "第一时间",
        "第三方",
        "第一中学",
        "三年级",
        "三年行动计划",
        "统一号码",
        "同一日",
        "唯一条件",
        "七八天",
        "几十天",
        "两三天",
        "一万五千元",
        "星期二日程",
        "周三日程",
        "二元结构",
        "三元里",
        "一条龙",
        "五一劳动节",
        "百日",
        "十三月",
        "第三人民医院",
        "十三月三十二日",
        "三百五元",
        "百元",
        "一九二",
        "二二年",
        "九年义务教育",
    ],
)
def test_numerals_that_are_part_of_a_word(text: str) -> None:
    assert normalize(text) == text


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("二十", 20),
        ("廿一", 21),
        ("一百零二", 102),
        ("一百一十", 110),
        ("一千零一", 1001),
        ("一千二百六十", 1260),
        ("二〇〇九", 2009),
        ("12", 12),
        ("", None),
        ("百", None),
        ("一百二", None),
        ("十百", None),
        ("二二十", None),
        ("文", None),
    ],
)
def test_the_value_of_a_numeral(numeral: str, value: int | None) -> None:
    assert numeral_value(numeral) == value


@given(st.integers(1, 9999))
def test_every_number_is_read_as_it_is_written(number: int) -> None:
    written = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            written += "一二三四五六七八九"[digit - 1] + unit
        elif written and number % size and not written.endswith("零"):
            written += "零"
    assert numeral_value(written) == number
    assert normalize(f"第{written}条") == f"第{number}条"
    if 10 <= number < 20:
        assert numeral_value(written.removeprefix("一")) == number


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("國務院辦公廳", "国务院办公厅"),
        ("臺灣颱風", "台湾台风"),
        ("裏面後面", "里面后面"),
        ("干燥，乾燥，幹部", "干燥,干燥,干部"),
        ("康乾盛世，乾隆年間，乾坤", "康乾盛世,乾隆年间,乾坤"),
        ("隨著，著作權，享有著作权，显著", "随着,著作权,享有著作权,显著"),
        ("瞭解，瞭望塔", "了解,瞭望塔"),
        ("藉口，慰藉", "借口,慰藉"),
        ("答覆，覆蓋", "答复,覆盖"),
        ("規畫，圖畫", "规划,图画"),
        ("沈陽，沈默", "沈阳,沉默"),
        ("徵收", "征收"),
        ("甚麼，這麼", "什么,这么"),
        ("仿佛，彷彿，彷徨", "仿佛,仿佛,彷徨"),
    ],
)
def test_traditional_characters(traditional: str, simplified: str) -> None:
    assert normalize(traditional) == simplified
    assert len(simplified) == len(traditional)


def test_every_character_of_unicode_is_folded_for_good() -> None:
    for codepoint in range(0x110000):
        once = normalize(chr(codepoint))
        assert normalize(once) == once, hex(codepoint)


@given(ANY_TEXT | TRICKY_TEXT | NUMERAL_TEXT | TRADITIONAL_TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
    assert fold_characters(fold_characters(text)) == fold_characters(text)


@given(ANY_TEXT | TRICKY_TEXT | NUMERAL_TEXT | TRADITIONAL_TEXT)
def test_each_character_has_a_place_in_the_original(text: str) -> None:
    normalized = normalize_with_offsets(text)
    assert normalized.text == normalize(text)
    previous = (0, 0)
    for place in range(len(normalized.text)):
        first, last = normalized.original_span(place, place + 1)
        assert previous[0] <= first < last <= len(text)
        # Either the same original again (m2 of ㎡), or one behind; only what is invisible
        # lies between.
        assert (first, last) == previous or first >= previous[1]
        if (first, last) != previous:
            assert normalize(text[previous[1] : first]) == ""
        previous = first, last
    assert normalize(text[previous[1] :]) == ""


@given(ANY_TEXT | TRICKY_TEXT | NUMERAL_TEXT, st.data())
def test_a_span_is_that_of_its_characters(text: str, data: st.DataObject) -> None:
    normalized = normalize_with_offsets(text)
    start = data.draw(st.integers(0, len(normalized.text)))
    end = data.draw(st.integers(start, len(normalized.text)))
    first, last = normalized.original_span(start, end)
    assert 0 <= first <= last <= len(text)
    if start < end:
        assert first == normalized.original_span(start, start + 1)[0]
        assert last == normalized.original_span(end - 1, end)[1]
    else:
        assert first == last


@given(TRICKY_TEXT)
def test_a_span_of_folded_characters_leads_to_what_folds_to_them(text: str) -> None:
    normalized = normalize_with_offsets(text)
    for place, character in enumerate(normalized.text):
        first, last = normalized.original_span(place, place + 1)
        assert last == first + 1
        assert character in normalize(text[first])


def test_a_span_comes_back_as_it_was_written() -> None:
    text = "关于\u200b住房ＧＪＪ（㎡）的通知"
    folded = normalize_with_offsets(text)
    for part, original in (("gjj", "ＧＪＪ"), ("m2", "㎡"), ("于住", "于\u200b住"), ("2", "㎡")):
        start = folded.text.index(part)
        first, last = folded.original_span(start, start + len(part))
        assert text[first:last] == original


@pytest.mark.parametrize(
    ("text", "part", "original"),
    [
        ("主席令第四十五号。", "45号", "四十五号"),
        ("主席令第四十五号。", "第45号", "第四十五号"),
        ("见\u200b第四十五号和第一百二十条", "第120条", "第一百二十条"),
        ("㎡，二〇〇九年十二月三日", "2009年12月3日", "二〇〇九年十二月三日"),
        ("㎡，二〇〇九年十二月三日", "月3", "月三"),
        ("第二百三十条", "2", "二百三十"),
        ("臺灣同胞第一批", "1批", "一批"),
    ],
)
def test_figures_lead_back_to_their_numerals(text: str, part: str, original: str) -> None:
    normalized = normalize_with_offsets(text)
    start = normalized.text.index(part)
    first, last = normalized.original_span(start, start + len(part))
    assert text[first:last] == original


@pytest.mark.parametrize("character", ["一", "第", "二〇", "十 ", "㎡", "乾", "第一号", "\u200b"])
def test_long_repetitions_are_no_trouble(character: str) -> None:
    text = character * 20_000 + "号"
    normalized = normalize_with_offsets(text)
    assert normalized.text == normalize(text)
    assert normalize("一" * 20_000 + "号") == "一" * 20_000 + "号"


def test_nothing_invisible_is_left() -> None:
    everything = normalize("".join(map(chr, range(0x110000))))
    assert not {unicodedata.category(character) for character in everything} & {"Cf", "Cs", "Co"}
