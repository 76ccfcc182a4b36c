"""公开目录: the same facts out of every layout, and out of the text."""

from __future__ import annotations

from datetime import date

import pytest

from extract_pages import PARAGRAPHS, document, old_page
from indexer.document import Document
from indexer.extract.directory_block import find_directory_block, read_directory_block
from indexer.extract.dom import parse

BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
FACTS = (
    ("索 引 号", "450700-2009-0012"),
    ("主题分类", "综合政务\\政务公开"),
    ("发文机关", "钦州市人民政府"),
    ("成文日期", "2009年12月1日"),
    ("标　　题", "关于推行首问负责制度的通知"),
    ("发文字号", "钦政发〔2009〕12号"),
    ("发布日期", "2009-12-03"),
    ("有 效 性", "有效"),
    ("生效日期", "2010年1月1日"),
    ("废止时间", "2014年12月31日"),
)


def rows(form: str, per_row: int = 1, row: str = "<tr>{}</tr>") -> str:
    """The facts, each in ``form``, ``per_row`` of them in a row."""
    cells = [form.format(label=label, value=value) for label, value in FACTS]
    parts = [cells[at : at + per_row] for at in range(0, len(cells), per_row)]
    return "".join(row.format("".join(part)) for part in parts)


LAYOUTS = {
    "table: label and value, two pairs a row": f"""<table class="xxgk_table" border="1">{
        rows("<td>{label}：</td><td>{value}</td>", 2)
    }</table>""",
    "table: one pair a row, th, no colon": f"""<table>{
        rows("<th>{label}</th><td>{value}</td>")
    }</table>""",
    "table: label in bold in the value's cell": f"""<table>{
        rows("<td><b>{label}：</b>{value}</td>", 2)
    }</table>""",
    "table: paragraphs and spans in the cells": f"""<table>{
        rows("<td><p><span>{label}</span>:</p></td><td><div><p>{value}</p></div></td>", 2)
    }</table>""",
    "table: label in brackets, three pairs a row": f"""<table>{
        rows("<td>[{label}]</td><td>{value}</td>", 3)
    }</table>""",
    "table: labels above values": "<table><tr>{}</tr><tr>{}</tr></table>".format(
        "".join(f"<td>{label}</td>" for label, _ in FACTS),
        "".join(f"<td>{value}</td>" for _, value in FACTS),
    ),
    "table: labels above values, in several bands": "<table>{}</table>".format(
        "".join(
            "<tr>{}</tr><tr>{}</tr>".format(
                "".join(f"<th>{label}</th>" for label, _ in FACTS[at : at + 4]),
                "".join(f"<td>{value}</td>" for _, value in FACTS[at : at + 4]),
            )
            for at in range(0, len(FACTS), 4)
        )
    ),
    "dl: dt and dd": f"<dl>{rows('<dt>{label}：</dt><dd>{value}</dd>', row='{}')}</dl>",
    "dl: without colons": f"<dl>{rows('<dt>{label}</dt><dd>{value}</dd>', row='{}')}</dl>",
    "dl: both in dd": f"<dl>{rows('<dd><label>{label}：</label>{value}</dd>', row='{}')}</dl>",
    "ul: a line each": f"<ul>{rows('<li>{label}：{value}</li>', row='{}')}</ul>",
    "ul: two spans": f"""<ul>{
        rows("<li><span>{label}</span><em>{value}</em></li>", row="{}")
    }</ul>""",
    "ul: value behind bold label without colon": f"""<ul>{
        rows("<li><strong>{label}</strong>{value}</li>", row="{}")
    }</ul>""",
    "ul: blocks in the entries": f"""<ul>{
        rows("<li><div>{label}:</div><div>{value}</div></li>", row="{}")
    }</ul>""",
    "paragraphs": f"<div>{rows('<p>{label}：{value}</p>', row='{}')}</div>",
    "paragraphs: brackets": f"<div>{rows('<p>【{label}】{value}</p>', row='{}')}</div>",
    "paragraphs: label and value a line each": f"""<div>{
        rows("{label}：<br>{value}<br>", row="{}")
    }</div>""",
    "one line: spaces between": f"<p>{rows('{label}：{value}　　', row='{}')}</p>",
    "one line: spans without a gap": f"""<p>{
        rows("<span>{label}：{value}</span>", row="{}")
    }</p>""",
    "one line: two pairs a line": f"<div>{rows('{label}：{value} ', 2, '<p>{}</p>')}</div>",
    "blocks of two spans": f"""<div class="xxgk">{
        rows('<div class="item"><span>{label}：</span><span>{value}</span></div>', row="{}")
    }</div>""",
    "values in links": f"""<table>{
        rows('<td>{label}：</td><td><a href="/s.html">{value}</a></td>', 2)
    }</table>""",
}


def check(found: Document) -> None:
    """Whether all facts were read, and none of them is text."""
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.index_number == "450700-2009-0012"
    assert found.topic == "综合政务\\政务公开"
    assert found.issuer == "钦州市人民政府"
    assert found.document_number == "钦政发〔2009〕12号"
    assert found.signed == date(2009, 12, 1)
    assert found.published == date(2009, 12, 3)
    assert found.effective == date(2010, 1, 1)
    assert found.expires == date(2014, 12, 31)
    assert found.effect == "in_force"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_block_above_the_text(layout: str) -> None:
    check(document(old_page(info="", body=LAYOUTS[layout] + BODY)))


@pytest.mark.parametrize("articles", range(14, 26))
def test_a_block_is_read_whole_wherever_it_begins(articles: int) -> None:
    short = "".join(f"<p>第{number}条　窗口人员一次性告知。</p>" for number in range(articles))
    found = document(old_page(info="", body=BODY + short + LAYOUTS["dl: dt and dd"]))
    text = found.text.split("\n")
    assert len(text) == articles + 3
    check(found.with_(text="\n".join(text[:3])))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_block_below_the_text(layout: str) -> None:
    long = "".join(f"<p>第{number}条　窗口工作人员应当一次性告知。</p>" for number in range(30))
    found = document(old_page(info="", body=BODY + long + LAYOUTS[layout]))
    text = found.text.split("\n")
    assert text[-1].startswith("第29条")
    check(found.with_(text="\n".join(text[:3])))


@pytest.mark.parametrize("label", ["发布机构", "发布机关", "制定机关", "联合发文单位", "发文单位"])
def test_names_of_one_label(label: str) -> None:
    block = LAYOUTS["ul: a line each"].replace("发文机关", label)
    check(document(old_page(info="", body=block + BODY)))


def test_empty_values_take_nothing_from_their_neighbours() -> None:
    block = """<table><tr><td>索引号：</td><td>11450700/2009-00012</td><td>分类：</td><td></td></tr>
    <tr><td>发布机构：</td><td>无</td><td>成文日期：</td><td>-</td></tr>
    <tr><td>文号：</td><td>&nbsp;</td><td>发布日期：</td><td>2009-12-03 00:00:00</td></tr>
    </table>"""
    found = document(old_page(info="", body=block + BODY))
    assert found.index_number == "11450700/2009-00012"
    assert (found.topic, found.issuer, found.signed, found.document_number) == (None,) * 4
    assert found.published == date(2009, 12, 3)
    assert found.text == "\n".join(PARAGRAPHS)


def test_values_that_lead_to_other_pages() -> None:
    linked = ("钦州市人民政府", "综合政务\\政务公开")
    for layout in (
        "dl: dt and dd",
        "ul: a line each",
        "ul: two spans",
        "one line: two pairs a line",
    ):
        block = LAYOUTS[layout]
        for value in linked:
            block = block.replace(value, f'<a href="/search.html">{value}</a>')
        check(document(old_page(info="", body=block + BODY)))


def test_empty_values_of_a_list() -> None:
    block = """<dl><dt>索引号：</dt><dd></dd><dt>分类：</dt><dd></dd><dt>发文字号：</dt><dd></dd>
    <dt>成文日期：</dt><dd>2009-12-01</dd></dl>"""
    found = document(old_page(info="", body=block + BODY))
    assert (found.index_number, found.topic, found.document_number) == (None, None, None)
    assert found.signed == date(2009, 12, 1)


def test_values_known_by_their_ids_alone() -> None:
    block = """<table><tr><td><img src="l1.gif"></td><td id="syh">450700-2009-0012</td>
    <td><img src="l2.gif"></td><td class="wh">钦政发〔2009〕12号</td></tr>
    <tr><td><img src="l3.gif"></td><td id="fwrq">20091201</td>
    <td><img src="l4.gif"></td><td id="fwjg">钦州市人民政府</td></tr></table>"""
    page = old_page(body=BODY).replace("<TABLE width=980>", block + "<TABLE width=980>", 1)
    found = document(page)
    assert (found.index_number, found.issuer) == ("450700-2009-0012", "钦州市人民政府")
    assert (found.document_number, found.signed) == ("钦政发〔2009〕12号", date(2009, 12, 1))


def test_a_label_of_the_info_line_ends_a_value() -> None:
    block = "<p>发文机关：钦州市教育局 浏览次数：128</p><p>发文字号：钦教发〔2009〕3号 字体：大</p>"
    found = document(old_page(info="", body=block + BODY))
    assert (found.issuer, found.document_number) == ("钦州市教育局", "钦教发〔2009〕3号")


@pytest.mark.parametrize(
    "html",
    [
        "<p>摘要：渔港建设进展</p><p>关键词：渔港；码头</p><p>分类：水产</p>",
        "<p>标题：首届荔枝节</p><p>发布时间：2009-12-03</p><p>信息来源：市农业局</p>",
        "<p>事项名称：渔业船舶登记</p><p>会议主题：渔港建设</p><p>办理状态：完成</p>",
        "<table><tr><th>索引号</th><th>名称</th><th>发文机关</th></tr>"
        + "".join(f"<tr><td>45{n}</td><td>通知{n}</td><td>教育局</td></tr>" for n in range(5))
        + "</table>",
    ],
)
def test_what_is_no_block(html: str) -> None:
    """Labels that a paper, an info line or a guide has too; the columns of a list."""
    tree = parse(f"<body>{html}</body>")
    facts = find_directory_block(tree.lines, tree).facts
    assert not any(facts.values())


def test_the_lines_of_a_block_below_are_told_by_their_place_on_the_page() -> None:
    block = LAYOUTS["ul: a line each"]
    tree = parse(f"<body>{BODY}{'<p>正文。</p>' * 40}{block}</body>")
    found = read_directory_block(tree, 0, 43)
    assert found.lines == set(range(43, 43 + len(FACTS)))
