"""What is an issue of a gazette, by its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extract import rules
from indexer.extract.gazette import issue_name


@pytest.mark.parametrize(
    ("title", "lines", "name"),
    [
        ("钦州市人民政府公报2009年第3期（总第15期）", [], "钦州市人民政府公报 2009年第3期"),
        ("《钦州市人民政府公报》　2009年第三期", [], "钦州市人民政府公报 2009年第3期"),
        ("2009年第3期钦州市人民政府公报.pdf", [], "钦州市人民政府公报 2009年第3期"),
        ("钦州市人民政府公报（二〇〇九年第十二期）", [], "钦州市人民政府公报 2009年第12期"),
        ("钦州市人民政府公报 2009年第3-4期", [], "钦州市人民政府公报 2009年第3-4期"),
        ("钦州政报 2009.3", [], "钦州政报 2009年第3期"),
        ("钦州市人民政府公报2009年增刊", [], "钦州市人民政府公报 2009年增刊"),
        ("国务院公报 2009年第3号", [], "国务院公报 2009年第3号"),
        ("钦州市人民政府公报", ["2009年", "第3期", "目录"], "钦州市人民政府公报 2009年第3期"),
        ("2009年第3期", ["钦州市人民政府公报", "目录"], "钦州市人民政府公报 2009年第3期"),
        ("P020090803", ["钦州市人民政府公报", "2009年第3期"], "钦州市人民政府公报 2009年第3期"),
        ("2009年钦州市规范性文件汇编", [], "2009年钦州市规范性文件汇编"),
        ("钦州市惠农政策文件选编（2009年）", [], "钦州市惠农政策文件选编（2009年）"),
        ("钦州市人民政府公报2009年合订本", [], "钦州市人民政府公报2009年合订本"),
    ],
)
def test_an_issue_is_named_by_its_gazette_year_and_number(
    title: str, lines: list[str], name: str
) -> None:
    assert issue_name(title, lines) == name


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("2009年钦州市国民经济和社会发展统计公报", []),
        ("第二次全国经济普查主要数据公报（第三号）", []),
        ("2009年钦州市环境状况公报", []),
        ("钦州市2009年水资源公报 第1期", []),
        ("第十七届中央委员会第四次全体会议公报", []),
        ("两国联合公报", ["2009年第3期"]),
        ("关于征订2010年政府公报的通知", []),
        ("我市《钦州市人民政府公报》2009年第3期出版", ["钦州市人民政府公报 2009年第3期"]),
        ("钦州市人民政府公报", ["公报简介", "本公报由市政府办公室主办。"]),
        ("钦州市人民政府2009年政府工作报告", ["2009年2月"]),
        ("2009年第3号公告", []),
        ("公报", ["第三号"]),
        ("", []),
    ],
)
def test_other_papers_called_gongbao_are_no_issue(title: str, lines: list[str]) -> None:
    assert issue_name(title, lines) is None


def test_every_rule_gives_its_reason_and_compiles() -> None:
    for name in rules.load("gazette"):
        assert rules.pattern("gazette", name).pattern


@given(st.text(), st.lists(st.text(alphabet="公报第期年二〇九十3 汇编", max_size=12), max_size=5))
def test_any_title_is_read_without_error(title: str, lines: list[str]) -> None:
    name = issue_name(title, lines)
    assert name is None or name.strip() == name != ""
