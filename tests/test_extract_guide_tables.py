"""Service guides in tables: pairs, labels that span rows, labels above values, materials."""

from __future__ import annotations

from guides import FILES, LIMITS, guide

GUANGXI_TABLE = """
<table>
<tr><td colspan=4>基本信息</td></tr>
<tr><td>事项名称</td><td colspan=3>取水许可新办</td></tr>
<tr><td>实施编码</td><td>11450700000000000Y4000119001000</td><td>事项类型</td><td>行政许可</td></tr>
<tr><td>行使层级</td><td>市级</td><td>实施主体</td><td>钦州市水利局</td></tr>
<tr><td>权力来源</td><td>法定本级行使</td><td>服务对象</td><td>自然人、企业法人</td></tr>
<tr><td>法定办结时限</td><td>20个工作日</td><td>承诺办结时限</td><td>5个工作日</td></tr>
<tr><td>到办事现场次数</td><td>1次</td><td>是否收费</td><td>否</td></tr>
<tr><td>特别程序</td><td>无</td><td>经办人</td><td>某某某</td></tr>
<tr><td rowspan=2>咨询方式</td><td>电话</td><td colspan=2>0777—2880000</td></tr>
<tr><td>地址</td><td colspan=2>钦州市攻务服务中心一楼</td></tr>
<tr><td>设定依据</td>
<td colspan=3>《印发&lt;取水许可管理办法&gt;的通知》（水资源〔2008〕5号）</td></tr>
<tr><td>申请材料</td><td colspan=3>
 <table><tr><th>序号</th><th>材料名称</th><th>是否必要</th><th>原件</th><th>复印件</th>
 <th>材料来源</th><th>空表下载</th><th>样表</th></tr>
 <tr><td>1</td><td>取水许可申请书</td><td>必要</td><td>1</td><td>0</td>
 <td>申请人自备</td><td><a href=kb.doc>下载</a></td><td><a href=yb.doc>下载</a></td></tr>
 <tr><td>2</td><td>营业执照</td><td>非必要</td><td></td><td>2</td><td>政府部门核发</td><td>无</td><td>无</td></tr>
 </table></td></tr>
<tr><td>在线办理</td><td colspan=3><a href="https://zwfw.example.gov.cn/item/1">立即办理</a></td></tr>
</table>"""


def test_table_of_pairs_with_materials_in_a_table_of_their_own() -> None:
    found = guide(GUANGXI_TABLE)
    assert found == {
        "name": "取水许可新办",
        "code": "11450700000000000Y4000119001000",
        "item_type": "行政许可",
        "body": "钦州市水利局",
        "audience": "自然人、企业法人",
        "legal_basis": "《印发<取水许可管理办法>的通知》（水资源〔2008〕5号）",
        "materials": [
            {
                "name": "取水许可申请书",
                "required": True,
                "originals": 1,
                "copies": 0,
                "note": "来源：申请人自备",
                "blank_url": FILES + "kb.doc",
                "sample_url": FILES + "yb.doc",
            },
            {
                "name": "营业执照",
                "required": False,
                "copies": 2,
                "note": "来源：政府部门核发",
            },
        ],
        **LIMITS,
        "fee": "否",
        "place": "钦州市攻务服务中心一楼",
        "telephone": "0777—2880000",
        "online_url": "https://zwfw.example.gov.cn/item/1",
        "visits": "1次",
    }


SPANNING_TABLE = """
<table border=1>
<tr><th rowspan=2>实施机关</th><td colspan=4>市水利局</td></tr>
<tr><td colspan=4>受委托的县水利局</td></tr>
<tr><th rowspan=4>申报材料</th><td>序号</td><td>材料名称</td><td>份数</td><td>备注</td></tr>
<tr><td>①</td><td>取水申请书</td><td>一式三份</td><td>加盖公章</td></tr>
<tr><td>②</td><td>水资源论证报告</td><td>原件1份、复印件2份</td><td>无</td></tr>
<tr><td>③</td><td>身份证</td><td>原件核验</td><td>&nbsp;</td></tr>
<tr><th rowspan=3>办理程序</th><td colspan=4>1．申请：向窗口提交材料</td></tr>
<tr><td colspan=4>2．受理</td></tr>
<tr><td colspan=4>3．决定：办理时限：3个工作日</td></tr>
<tr><th rowspan=2>办理时限</th><td>法定时限</td><td colspan=3>２０个工作日</td></tr>
<tr><td>承诺时限</td><td colspan=3>即办件</td></tr>
<tr><th>收费标准</th><td colspan=4>不收费</td></tr>
</table>"""


def test_table_with_labels_that_span_rows() -> None:
    found = guide(SPANNING_TABLE)
    assert found == {
        "body": "市水利局\n受委托的县水利局",
        "materials": [
            {"name": "取水申请书", "originals": 3, "note": "加盖公章"},
            {"name": "水资源论证报告", "originals": 1, "copies": 2, "form": "原件、复印件"},
            {"name": "身份证", "form": "原件", "note": "原件核验"},
        ],
        "steps": [
            {"name": "申请", "text": "向窗口提交材料"},
            {"name": "受理"},
            {"name": "决定", "text": "办理时限：3个工作日"},
        ],
        "legal_time_limit": {"text": "２０个工作日", "days": 20, "unit": "working_day"},
        "promised_time_limit": {"text": "即办件", "days": 0, "unit": "working_day"},
        "fee": "不收费",
    }


HEADED_TABLE = """
<table><thead><tr><th>项目名称</th><th>许可机关</th>
<th>法定时限（工作日）</th><th>承诺时限（工作日）</th><th>收费标准</th></tr></thead>
<tbody><tr><td>取水许可</td><td>市水利局</td><td>20</td><td>5</td><td>不收费</td></tr></tbody></table>
<p><b>申请条件</b></p><p>取水口在本市境内。</p>
<table><tr><td colspan=4>申请材料</td></tr>
<tr><td>材料名称</td><td>材料形式</td><td>必要性</td><td>表格</td></tr>
<tr><td>申请表</td><td>原件（一式两份）</td><td>必要</td>
<td><a href="/f/sqb.docx">申请表.docx</a></td></tr>
<tr><td colspan=4>注：复印件须加盖公章。</td></tr></table>"""


def test_table_with_labels_above_their_values() -> None:
    found = guide(HEADED_TABLE)
    assert found == {
        "name": "取水许可",
        "body": "市水利局",
        "conditions": "取水口在本市境内。",
        "materials": [
            {
                "name": "申请表",
                "form": "原件",
                "originals": 2,
                "required": True,
                "note": "注：复印件须加盖公章",
                "blank_url": "http://www.example.gov.cn/f/sqb.docx",
            }
        ],
        "legal_time_limit": {"text": "20工作日", "days": 20, "unit": "working_day"},
        "promised_time_limit": {"text": "5工作日", "days": 5, "unit": "working_day"},
        "fee": "不收费",
    }


LAYOUT_TABLE = """
<table width=980><tr><td width=200>部门列表<br>市公安局<br>市水利局</td><td>
<p>【办事依据】《中华人民共和国水法》</p><p>【申报条件】取水口在本市境内</p>
<p>【申报材料】身份证、取水申请书（一式三份）、照片2张</p>
<p>【办理程序】申请→受理→审查→决定</p>
<p>【承诺时限】法定时限20个工作日，承诺时限5个工作日</p><p>【收费标准】无</p>
<p>【联系电话】0777—2880000　监督电话：0777—2880001</p>
</td></tr></table>"""


def test_a_table_that_lays_out_the_page_is_no_table_of_the_guide() -> None:
    assert guide(LAYOUT_TABLE) == {
        "legal_basis": "《中华人民共和国水法》",
        "conditions": "取水口在本市境内",
        "materials": [
            {"name": "身份证"},
            {"name": "取水申请书", "originals": 3},
            {"name": "照片", "originals": 2},
        ],
        "steps": [{"name": "申请"}, {"name": "受理"}, {"name": "审查"}, {"name": "决定"}],
        **LIMITS,
        "telephone": "0777—2880000",
        "supervision_telephone": "0777—2880001",
    }


def test_what_follows_a_table_belongs_to_none_of_its_labels() -> None:
    rows = "<tr><td>实施主体</td><td>市水利局</td></tr><tr><td>受理条件</td><td>在本市</td></tr>"
    rows += "<tr><td>办理地点</td><td>三楼</td></tr><tr><td>咨询电话</td><td>0777-2880000</td></tr>"
    found = guide(f"<table>{rows}</table><p>欢迎关注微信公众号</p>")
    assert found["telephone"] == "0777-2880000"


def test_a_table_may_be_a_heading() -> None:
    labels = {"受理条件": "在本市", "申请材料": "身份证", "办理流程": "申请", "收费标准": "免费"}
    content = "".join(
        f"<table><tr><td bgcolor=#ccc>{label}</td></tr></table><p>{value}</p>"
        for label, value in labels.items()
    )
    assert guide(content) == {
        "conditions": "在本市",
        "materials": [{"name": "身份证"}],
        "steps": [{"name": "申请"}],
        "fee": "免费",
    }
