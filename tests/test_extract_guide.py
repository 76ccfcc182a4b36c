"""Service guides: the same fields out of every layout."""

from __future__ import annotations

import pytest

from extract_pages import document

VALUES = {
    "事项名称": "居民身份证遗失补领",
    "实施主体": "钦州市公安局",
    "设定依据": "《中华人民共和国居民身份证法》",
    "受理条件": "本市户籍居民身份证遗失的",
    "申请材料": "居民户口簿\n居民身份证遗失补领申请表",
    "办理流程": "窗口申请\n采集人像和指纹\n领取证件",
    "承诺办结时限": "20个工作日",
    "收费标准": "工本费40元",
    "办理地点": "钦州市政务服务中心二楼",
    "办理时间": "周一至周五 上午9:00—12:00，下午２:00—5:00",
    "咨询电话": "0777－0000001",
}
FIELDS = {
    "name": "居民身份证遗失补领",
    "body": "钦州市公安局",
    "legal_basis": "《中华人民共和国居民身份证法》",
    "conditions": "本市户籍居民身份证遗失的",
    "materials": [{"name": "居民户口簿"}, {"name": "居民身份证遗失补领申请表"}],
    "steps": [{"name": "窗口申请"}, {"name": "采集人像和指纹"}, {"name": "领取证件"}],
    "promised_time_limit": {"text": "20个工作日", "days": 20, "unit": "working_day"},
    "fee": "工本费40元",
    "place": "钦州市政务服务中心二楼",
    "hours": "周一至周五 上午9:00—12:00，下午２:00—5:00",
    "telephone": "0777－0000001",
}
WRITTEN = {
    "事项名称": "项目名称",
    "实施主体": "实施机关",
    "设定依据": "办事依据",
    "受理条件": "申请条件",
    "申请材料": "申报材料",
    "办理流程": "办理程序",
    "承诺办结时限": "承诺时限",
    "收费标准": "收费依据及标准",
    "办理地点": "办 理 地 点",
    "办理时间": "办　理　时　间",
    "咨询电话": "联系电话",
}
PAIRS = [(WRITTEN[label], value.split("\n")) for label, value in VALUES.items()]
NUMERALS = "一二三四五六七八九十"


def table() -> str:
    rows = "".join(
        f"<tr><td bgcolor=#eee>{label}：</td><td>{'<br>'.join(lines)}</td></tr>"
        for label, lines in PAIRS
    )
    return f"<table border=1>{rows}</table>"


def wide_table() -> str:
    short = [pair for pair in PAIRS if len(pair[1]) == 1]
    long = [pair for pair in PAIRS if len(pair[1]) > 1]
    cells = [f"<th>{label}</th><td><p>{lines[0]}</p></td>" for label, lines in short]
    rows = [f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2)]
    for label, lines in long:
        inner = "".join(f"<tr><td>{line}</td></tr>" for line in lines)
        rows.append(f"<tr><th>{label}</th><td colspan=3><table>{inner}</table></td></tr>")
    return f"<table>{''.join(rows)}</table>"


def definition_list() -> str:
    return "".join(["<dl>", *(f"<dt>{a}</dt><dd>{'<br>'.join(b)}</dd>" for a, b in PAIRS), "</dl>"])


def headings() -> str:
    return "".join(
        f"<h3>{NUMERALS[number % 10]}、{label}</h3>{''.join(f'<p>{line}</p>' for line in lines)}"
        for number, (label, lines) in enumerate(PAIRS)
    )


def plain_lines() -> str:
    return "".join(f"<p>{label}：{'<br>'.join(lines)}</p>" for label, lines in PAIRS)


def blocks() -> str:
    return "".join(
        f"<div class=row><div class=k>{label}</div><div class=v>{'<br>'.join(lines)}</div></div>"
        for label, lines in PAIRS
    )


def tabs() -> str:
    bar = "".join(f"<li onclick='show({n})'>{label}</li>" for n, (label, _) in enumerate(PAIRS))
    panes = "".join(
        f"<div class=tab-pane style='display:none'>{''.join(f'<p>{x}</p>' for x in lines)}</div>"
        for _, lines in PAIRS
    )
    return f"<ul class=tabs>{bar}</ul><div class=panes>{panes}</div>"


def named_tabs() -> str:
    bar = "".join(f'<li><a href="#p{n}">{label}</a></li>' for n, (label, _) in enumerate(PAIRS))
    panes = "".join(
        f"<div id=p{n} class=con>{'<br>'.join(lines)}</div>" for n, (_, lines) in enumerate(PAIRS)
    )
    return f"<div class=box><div class=hd><ul>{bar}</ul></div><div class=bd>{panes}</div></div>"


LAYOUTS = (
    table,
    wide_table,
    definition_list,
    headings,
    plain_lines,
    blocks,
    tabs,
    named_tabs,
)


def guide_page(content: str) -> str:
    return f"""<html><head><title>居民身份证遗失补领-政务服务中心</title></head><body>
    <div class=nav><a href=/bszn/>办事指南</a><a href=/bgxz/>表格下载</a></div>
    <h1>居民身份证遗失补领</h1><div>发布时间：2020-09-01　浏览次数：7</div>
    <div class=guide>{content}</div>
    <p>上一篇：<a href=1.html>居民身份证到期换领</a></p>
    <div class=footer>主办单位：钦州市政务服务中心　监督电话：0777-0000009</div></body></html>"""


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_layout_gives_the_same_fields(layout: object) -> None:
    found = document(guide_page(layout()))  # type: ignore[operator]
    assert dict(found.service or {}) == FIELDS
    assert found.type == "service"
    assert found.title == "居民身份证遗失补领"


def test_a_paragraph_repeated_in_a_field_is_kept_once() -> None:
    again = "<p>本市户籍居民身份证遗失的</p>" * 3
    page = guide_page(headings().replace("<p>本市户籍居民身份证遗失的</p>", again))
    assert dict(document(page).service or {}) == FIELDS


def test_a_notice_with_place_and_telephone_is_no_guide() -> None:
    page = guide_page(
        "<p>关于举办招聘会的公告，欢迎广大求职者参加，用人单位一百二十家。</p>"
        "<p>时间：2012年3月4日</p><p>地点：白海豚广场</p><p>联系电话：0777-0000001</p>"
        "<p>办公时间：周一至周五</p>"
    )
    assert document(page).service is None
