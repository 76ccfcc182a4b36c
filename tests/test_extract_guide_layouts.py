"""Service guides as centres lay them out: lists, headings, tabs, links, with their dirt."""

from __future__ import annotations

import pytest

from guides import FILES, LIMITS, guide, part

# -- definition lists and pairs -----------------------------------------------------------

PAIRS = {
    "办理机构": "钦州市水利局",
    "行使层级": "市级",
    "服务对象": "企业法人",
    "受理条件": "取水口在本市境内",
    "物流快递": "支持",
    "法定办结时限": "20个工作日",
    "承诺办结时限": "5个工作日",
    "窗口负责科室": "综合科",
    "收费情况": "不收费",
    "办理地点": "市政务服务中心三楼",
}
EXPECTED_PAIRS = {
    "body": "钦州市水利局",
    "audience": "企业法人",
    "conditions": "取水口在本市境内",
    **LIMITS,
    "fee": "不收费",
    "place": "市政务服务中心三楼",
}


@pytest.mark.parametrize(
    ("around", "pair"),
    [
        ("<dl>{}</dl>", "<dt>{}：</dt><dd>{}</dd>"),
        ("{}", "<dl><dt><b>{}</b></dt><dd><p>{}</p></dd></dl>"),
        ("<dl>{}</dl>", "<div><dt><i class=ico></i><span>【{}】</span></dt><dd>{}</dd></div>"),
        ("{}", "<div class=row><div class=k>{}</div><div class=v>{}</div></div>"),
        ("<ul>{}</ul>", "<li><span class=tit>{}</span><span class=con>{}</span></li>"),
        ("<ul>{}</ul>", "<li><label>{}：</label><em>{}</em></li>"),
        ("{}", "<p><strong>{}</strong>　{}</p>"),
        ("{}", "<details open><summary>{}</summary><div>{}</div></details>"),
        ("{}", "<h2><button class=accordion-button>{}</button></h2><div class=body>{}</div>"),
        ("{}", "<div class=hd>{}<i class=arrow>▼</i></div><div class=bd>{}</div>"),
        ("<table>{}</table>", "<tr><th>{}</th><td>{}</td></tr>"),
        ("<table>{}</table>", "<tr><td>{}：</td><td><div><p>{}</p></div></td></tr>"),
        ("{}", "<h4>{}</h4><p>{}</p>"),
    ],
)
def test_pairs_with_labels_of_other_fields_between(around: str, pair: str) -> None:
    pairs = "".join(pair.format(label, value) for label, value in PAIRS.items())
    assert guide(around.format(pairs)) == EXPECTED_PAIRS


# -- headings -----------------------------------------------------------------------------

OLD_HEADINGS = """
<p>一、项目名称：取水许可</p>
<p>二、办事依据</p><p>（一）《中华人民共和国水法》</p><p>（二）《取水许可和水资源费征收管理条例》</p>
<p>三、申报条件</p><p>④取水口在本市境内；</p><p>⑤已缴清水资源费；</p><p>⑤已缴清水资源费；</p><p>⑤已缴清水资源费；</p><p>⑤已缴清水资源费；</p>
<p>四、申报材料</p><p>个人申请的：</p><p>1.身份证原件及复印件1份（必要）；</p><p>单位申请的：</p><p>1.营业执照副本复印件2份；</p>
<p>2.取水申请书（一式两份）<a href="sqs.doc">取水申请书</a>
<a href="sqs_yb.doc">取水申请书样表</a></p>
<p>五、办理程序</p><p>1、受理：窗口收件。</p><p>2、审查：现场核查。</p>
<p>六、承诺时限：5个工作日（法定时限：20个工作日）</p>
<p>七、收费标准：不收费</p>
<p>八、办理时间：周一至周五上午9:00—12:00，下午２:00—5:00　办理地点：市攻务服务中心</p>"""


def test_headings_of_2009_with_chinese_numerals() -> None:
    found = guide(OLD_HEADINGS)
    assert found["conditions"] == "④取水口在本市境内；\n⑤已缴清水资源费；"
    assert found["materials"] == [
        {
            "name": "身份证",
            "required": True,
            "originals": 1,
            "copies": 1,
            "form": "原件、复印件",
            "note": "个人申请的",
        },
        {"name": "营业执照副本", "copies": 2, "form": "复印件", "note": "单位申请的"},
        {
            "name": "取水申请书",
            "originals": 2,
            "note": "单位申请的",
            "blank_url": FILES + "sqs.doc",
            "sample_url": FILES + "sqs_yb.doc",
        },
    ]
    assert found["steps"] == [
        {"name": "受理", "text": "窗口收件。"},
        {"name": "审查", "text": "现场核查。"},
    ]
    assert part(found, *LIMITS) == LIMITS
    assert found["hours"] == "周一至周五上午9:00—12:00，下午２:00—5:00"
    assert found["place"] == "市攻务服务中心"


@pytest.mark.parametrize(
    "heading",
    [
        "<h3>{}</h3>",
        "<h2><span>{}</span></h2>",
        "<p><strong>{}</strong></p>",
        "<p align=center><b><font color=red>{}：</font></b></p>",
        "<p>（一）{}</p>",
        "<p>【{}】</p>",
        "<div class=title>■ {}</div>",
        "<p>第一、{}</p>",
    ],
)
def test_headings_of_every_kind(heading: str) -> None:
    values = {
        "设定依据": "<p>《中华人民共和国水法》第七条</p>",
        "申请材料（必须真实有效）": "<p>①取水申请书 ②身份证复印件</p>",
        "办理流程": "<p>申请</p><p>受理</p>",
        "承诺办结时限": "<p>自受理之日起五个工作日</p>",
        "收费标准": "<p>无</p>",
        "监督投诉方式": "<p>12345</p>",
    }
    content = "".join(heading.format(label) + value for label, value in values.items())
    assert guide(content) == {
        "legal_basis": "《中华人民共和国水法》第七条",
        "materials": [{"name": "取水申请书"}, {"name": "身份证", "form": "复印件"}],
        "steps": [{"name": "申请"}, {"name": "受理"}],
        "promised_time_limit": {
            "text": "自受理之日起五个工作日",
            "days": 5,
            "unit": "working_day",
        },
        "supervision_telephone": "12345",
    }


# -- tabs ---------------------------------------------------------------------------------

PANES = {
    "基本信息": "<table><tr><td>实施主体</td><td>市水利局</td><td>权力来源</td><td>法定</td></tr>"
    "<tr><td>法定办结时限</td><td>20个工作日</td><td>承诺办结时限</td><td>5个工作日</td></tr></table>",
    "受理条件": "<p>取水口在本市境内</p>",
    "申请材料": "<table><tr><th>材料名称</th><th>来源渠道</th><th>纸质材料份数</th>"
    "<th>材料必要性</th></tr>"
    "<tr><td>取水申请书</td><td>申请人自备</td><td>2</td><td>必要</td></tr></table>",
    "办理流程": "<table><tr><th>环节名称</th><th>办理时限</th><th>办理人员</th></tr>"
    "<tr><td>受理</td><td>1个工作日</td><td>某某某</td></tr>"
    "<tr><td>审查</td><td>3个工作日</td><td>某某某</td></tr></table>",
    "结果领取": "<p>窗口领取</p>",
}
EXPECTED_TABS = {
    "body": "市水利局",
    "conditions": "取水口在本市境内",
    "materials": [
        {"name": "取水申请书", "required": True, "originals": 2, "note": "来源：申请人自备"}
    ],
    "steps": [{"name": "受理", "text": "1个工作日"}, {"name": "审查", "text": "3个工作日"}],
    **LIMITS,
    "delivery": "窗口领取",
}


@pytest.mark.parametrize(
    ("bar", "tab", "frame", "pane"),
    [
        ("<ul class=tabs>{}</ul>", "<li>{label}</li>", "{}", "<div class=tabcon>{text}</div>"),
        (
            "<div class=hd><ul>{}</ul></div>",
            "<li onclick='setTab(1,{n})'><a href='javascript:;'>{label}</a></li>",
            "<div class=bd>{}</div>",
            "<div class=con style='display:none'>{text}</div>",
        ),
        (
            "<ul>{}</ul>",
            "<li><a href='#pane{n}'>{label}</a></li>",
            "{}",
            "<div class=tab-pane id=pane{n}>{text}</div>",
        ),
        (
            "<ul role=tablist>{}</ul>",
            "<li role=tab aria-controls=p-{n}>{label}</li>",
            "<div>{}</div>",
            "<section id=p-{n} class=panel hidden>{text}</section>",
        ),
        (
            "<div class=tab-nav>{}</div>",
            "<a href='javascript:void(0)' data-tab='t{n}'>{label}</a>",
            "{}",
            "<div id=t{n} class=item>{text}</div>",
        ),
        (
            "<ul class=menu>{}</ul>",
            "<li>{label}</li>",
            "<ul class=list>{}</ul>",
            "<li class=box>{text}</li>",
        ),
    ],
)
def test_tabs_by_place_and_by_target(bar: str, tab: str, frame: str, pane: str) -> None:
    tabs = "".join(tab.format(n=n, label=label) for n, label in enumerate(PANES))
    panes = "".join(pane.format(n=n, text=text) for n, text in enumerate(PANES.values()))
    content = bar.format(tabs) + frame.format(panes) + "<p>欢迎关注微信公众号</p>"
    assert guide(content) == EXPECTED_TABS


# -- links --------------------------------------------------------------------------------


def base(**more: str) -> str:
    """A short guide with further fields."""
    fields = {"实施主体": "市水利局", "受理条件": "无", "设定依据": "水法", "收费标准": "不收费"}
    fields |= {"办理地点": "三楼", **more}
    return "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in fields.items())


@pytest.mark.parametrize(
    ("value", "url", "how"),
    [
        ("<a href='/apply?id=1'>在线办理</a>", "http://www.example.gov.cn/apply?id=1", None),
        ("http://zwfw.example.gov.cn/1", "http://zwfw.example.gov.cn/1", None),
        (
            "登录<a href='http://zwfw.example.gov.cn/'>一体化平台</a>申报",
            "http://zwfw.example.gov.cn/",
            "登录申报",
        ),
        ("支持网上预约，须本人到窗口办理", None, "支持网上预约，须本人到窗口办理"),
        ("<a href='javascript:void(0)'>立即办理</a>", None, None),
    ],
)
def test_the_address_on_line_and_what_is_told_of_it(
    value: str, url: str | None, how: str | None
) -> None:
    found = guide(f"<dl>{base(在线办理=value)}</dl>")
    assert part(found, "online_url", "how") == {"online_url": url, "how": how}


def test_forms_are_named_by_their_links() -> None:
    value = (
        "<p>1. <a href='a.doc'>取水申请书</a></p><p>2. <a href='/b/%E8%A1%A8.xls'>点击下载</a></p>"
        "<p>3. 委托书</p>"
    )
    assert guide(f"<dl>{base(表格下载=value)}</dl>")["forms"] == [
        {"name": "取水申请书", "url": FILES + "a.doc"},
        {"name": "表.xls", "url": "http://www.example.gov.cn/b/%E8%A1%A8.xls"},
        {"name": "委托书"},
    ]


def test_a_table_of_forms() -> None:
    value = (
        "<table><tr><td>序号</td><td>名称</td><td>下载</td></tr>"
        "<tr><td>1</td><td>取水申请书</td><td><a href=a.doc>下载</a></td></tr></table>"
    )
    found = guide(f"<dl>{base(相关表格下载=value)}</dl>")
    assert found["forms"] == [{"name": "取水申请书", "url": FILES + "a.doc"}]


@pytest.mark.parametrize("filler", ["无", "暂无", "/", "——", "无。", "<p>无</p><p>无</p>"])
def test_fillers_are_no_values(filler: str) -> None:
    found = guide(f"<dl>{base(特殊环节=filler, 申请材料=filler, 办理流程=filler)}</dl>")
    assert set(found) == {"body", "legal_basis", "fee", "place"}


# -- hostile pages ------------------------------------------------------------------------

BASE = base().replace("<dt>", "<p>").replace("</dt><dd>", "：").replace("</dd>", "</p>")


@pytest.mark.parametrize(
    "content",
    [
        "<table>" + "<tr><td>办理流程</td><td>值</td></tr>" * 20_000 + "</table>",
        "<table>" + "<tr><td colspan=9999 rowspan=9999>流程</td><td>x</td></tr>" * 1000,
        "<table><tr><td>办理流程</td><td>" * 3000,
        "<p>联系电话：1" + "，地址：一楼" * 20_000 + "</p>",
        "<p>申请材料：" + "身份证、" * 20_000 + "（" * 20_000 + "</p>",
        "<p>申请材料：" + "<br>".join(f"{n}. 表 <a href={n}.doc>下载</a>" for n in range(5000)),
        "<font>" + "办理流程<br>值<br>" * 5000,
        "<ul><li>申请材料<li>办理流程<li>收费标准</ul><div>a</div><div>b</div><div>c</div>" * 500,
    ],
    ids=["rows", "spans", "nested", "labels", "materials", "links", "font", "tabs"],
)
@pytest.mark.timeout(10)
def test_a_page_without_end_is_read_in_time(content: str) -> None:
    found = guide(BASE + content)
    assert found["body"] == "市水利局"
    assert len(found.get("materials", ())) <= 200
