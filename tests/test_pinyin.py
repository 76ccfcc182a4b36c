"""Pinyin for people who type without an input method."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.pinyin import full_pinyin, own_readings, pinyin_initials


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
