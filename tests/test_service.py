"""The record of a service guide: what it takes, and what it reads out of a guide's words."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.service import FIELDS, ServiceError, labels, searchable_text, validate_service
from indexer.service_values import materials, steps, time_limit

WHOLE = {
    "name": "取水许可",
    "body": "钦州市水利局",
    "materials": [
        {
            "name": "取水申请书",
            "required": True,
            "originals": 2,
            "copies": 0,
            "form": "原件",
            "note": "加盖公章",
            "blank_url": "http://www.example.gov.cn/k.doc",
            "sample_url": "http://www.example.gov.cn/y.doc",
        },
        {"name": "营业执照", "required": False},
    ],
    "steps": [{"name": "受理", "text": "窗口收件"}, {"name": "发证"}],
    "legal_time_limit": {"text": "二十个工作日", "days": 20, "unit": "working_day"},
    "promised_time_limit": {"text": "见公告"},
    "online_url": "https://zwfw.example.gov.cn/1",
    "forms": [{"name": "委托书", "url": "http://www.example.gov.cn/w.doc"}, {"name": "登记表"}],
}


def test_a_record_is_taken_as_it_is_in_the_order_of_a_guide() -> None:
    taken = validate_service(dict(reversed(WHOLE.items())))
    assert taken == WHOLE
    assert list(taken) == list(WHOLE)
    assert validate_service(taken) == taken


def test_empty_fields_and_unknown_names_are_left_out() -> None:
    assert validate_service({"name": "", "fee": None, "materials": [], "weather": 3}) == {}


def test_a_record_of_version_0_1_0_is_translated() -> None:
    old = {
        "实施机关": "钦州市水利局",
        "承诺时限": "5 个工作日",
        "申请材料": "1.取水申请书（一式两份）\n2.营业执照复印件1份",
        "办理流程": "受理：窗口收件\n发证",
        "办理方式": "窗口办理",
        "在线办理": "登录平台申报",
        "表格下载": "委托书",
        "行使层级": "市级",
    }
    assert validate_service(old) == {
        "body": "钦州市水利局",
        "materials": [
            {"name": "取水申请书", "originals": 2},
            {"name": "营业执照", "copies": 1, "form": "复印件"},
        ],
        "steps": [{"name": "受理", "text": "窗口收件"}, {"name": "发证"}],
        "promised_time_limit": {"text": "5 个工作日", "days": 5, "unit": "working_day"},
        "how": "窗口办理\n登录平台申报",
        "forms": [{"name": "委托书"}],
    }


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (["地点"], "service: takes an object"),
        ({3: "x"}, "service: takes an object"),
        ({"place": 3}, "service.place: takes a string, not 3"),
        ({"办理地点": 3}, "service.place: takes a string, not 3"),
        ({"online_url": "javascript:x"}, "service.online_url: takes an absolute http"),
        ({"materials": [{"note": "x"}]}, r"service.materials\[0\].name: required"),
        ({"materials": ["x"]}, r"service.materials\[0\]: takes an object"),
        ({"materials": {"name": "x"}}, "service.materials: takes a list"),
        ({"materials": [{"name": "x", "copies": True}]}, r"materials\[0\].copies: takes a whole"),
        ({"materials": [{"name": "x", "required": "是"}]}, "required: takes true or false"),
        ({"materials": [{"name": "x", "blank_url": "k.doc"}]}, "blank_url: takes an absolute"),
        ({"forms": [{"name": "x", "url": 1}]}, r"service.forms\[0\].url: takes an absolute"),
        ({"legal_time_limit": {"text": "x", "days": 3}}, "takes days and unit together"),
        ({"legal_time_limit": {"text": "x", "days": 3, "unit": "week"}}, "'week' is none of"),
        ({"legal_time_limit": {"text": "x", "days": -1, "unit": "day"}}, "0 or more"),
    ],
)
def test_a_wrong_record_is_refused_by_the_name_of_its_field(record: object, told: str) -> None:
    with pytest.raises(ServiceError, match=told):
        validate_service(record)


def test_search_gets_the_words_and_no_addresses() -> None:
    assert searchable_text(WHOLE) == {
        "name": "取水许可",
        "body": "钦州市水利局",
        "materials": "取水申请书 原件 加盖公章\n营业执照",
        "steps": "受理 窗口收件\n发证",
        "legal_time_limit": "二十个工作日",
        "promised_time_limit": "见公告",
        "forms": "委托书\n登记表",
    }


def test_every_spelling_belongs_to_one_field() -> None:
    spellings = [spelling for field in FIELDS.values() for spelling in field.spellings]
    assert len(spellings) == len(set(spellings))
    assert labels()["body"] == "实施主体"


@pytest.mark.parametrize(
    ("text", "days", "unit"),
    [
        ("20个工作日", 20, "working_day"),
        ("20(工作日)", 20, "working_day"),
        ("自受理之日起二十个工作日内", 20, "working_day"),
        ("２０ 个法定工作日", 20, "working_day"),
        ("5至10个工作日", 10, "working_day"),
        ("15日", 15, "day"),
        ("90(自然日)", 90, "day"),
        ("一百二十天", 120, "day"),
        ("5个工作日，特殊情况可延长10个工作日", 5, "working_day"),
        ("即办件", 0, "working_day"),
        ("当场办结", 0, "working_day"),
        ("6个月", None, None),
        ("每年3月15日前", None, None),
        ("按法律规定", None, None),
    ],
)
def test_time_limits(text: str, days: int | None, unit: str | None) -> None:
    limit = time_limit(text)
    assert (limit["text"], limit.get("days"), limit.get("unit")) == (text, days, unit)


@pytest.mark.parametrize(
    ("line", "item"),
    [
        (
            "1. 身份证原件及复印件1份（必要）",
            {"name": "身份证", "form": "原件、复印件"}
            | {"originals": 1, "copies": 1, "required": True},
        ),
        ("①户口簿", {"name": "户口簿"}),
        ("（1）申请表（一式两份）", {"name": "申请表", "originals": 2}),
        (
            "居民身份证（原件1份、复印件２份）",
            {"name": "居民身份证", "form": "原件、复印件", "originals": 1, "copies": 2},
        ),
        ("身份证复印件", {"name": "身份证", "form": "复印件"}),
        ("居民户口簿（户主页和本人页）", {"name": "居民户口簿（户主页和本人页）"}),
        ("2寸照片3张", {"name": "2寸照片", "originals": 3}),
        ("2.5寸照片", {"name": "2.5寸照片"}),
        ("16周岁以下的户口簿", {"name": "16周岁以下的户口簿"}),
        (
            "监护证明（未满16周岁的必要，复印件1份）",
            {"name": "监护证明", "form": "复印件", "copies": 1, "note": "未满16周岁的必要"},
        ),
        (
            "营业执照副本复印件一份，加盖公章",
            {"name": "营业执照副本", "form": "复印件", "copies": 1, "note": "加盖公章"},
        ),
        ("居民身份证，未成年人为户口簿（可选）", {"name": "居民身份证，未成年人为户口簿"}
         | {"required": False}),
        ("居民身份证（必要，原件核验）", {"name": "居民身份证", "required": True}
         | {"form": "原件", "note": "原件核验"}),
        ("电子照片", {"name": "电子照片"}),
        ("注册会计师注册申请表", {"name": "注册会计师注册申请表"}),
    ],
)  # fmt: skip
def test_a_material(line: str, item: dict[str, Any]) -> None:
    assert materials(line) == [item]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "身份证、户口簿（户主页、本人页）、照片2张",
            ["身份证", "户口簿（户主页、本人页）", "照片"],
        ),
        ("出质人、质权人的主体资格证明、质权合同", ["出质人、质权人的主体资格证明", "质权合同"]),
        ("1.身份证；2.户口簿；3.照片", ["身份证", "户口簿", "照片"]),
        ("④身份证 ⑤户口簿", ["身份证", "户口簿"]),
        ("居民身份证、社会保障卡\n照片", ["居民身份证、社会保障卡", "照片"]),
        ("无", []),
    ],
)
def test_materials_in_one_line(text: str, names: list[str]) -> None:
    assert [item["name"] for item in materials(text)] == names


def test_notes_of_groups_and_remarks() -> None:
    text = "个人申请的：\n1、身份证\n单位申请的：\n1、营业执照\n注：均需加盖公章。"
    assert materials(text) == [
        {"name": "身份证", "note": "个人申请的"},
        {"name": "营业执照", "note": "单位申请的；注：均需加盖公章"},
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("申请→受理→审核→发证", ["申请", "受理", "审核", "发证"]),
        ("申请——受理——发证", ["申请", "受理", "发证"]),
        ("1.申请；2.受理。", ["申请", "受理"]),
        ("（一）申请\n（二）受理", ["申请", "受理"]),
        ("窗口办理—领证", ["窗口办理—领证"]),
        ("无", []),
    ],
)
def test_steps(text: str, names: list[str]) -> None:
    assert [step["name"] for step in steps(text)] == names
