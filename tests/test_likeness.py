"""Near-duplicates: copies of an article come together, versions of a policy stay apart."""

from __future__ import annotations

import random
import time
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.document import Document
from indexer.likeness import Candidate, clusters, likeness_of
from indexer.likeness.signature import SIGNATURE

TITLE = "关于做好冬季渔港安全生产工作的通知"
PARAGRAPHS = (
    "各县区人民政府，各有关单位：",
    "冬季风浪增多，渔船回港集中，火灾和碰撞事故容易发生。为了保障渔民生命和财产安全，"
    "现就做好今冬明春渔港安全生产工作通知如下。",
    "一、落实责任。各渔港管理站要逐船登记，把安全责任落实到船东和船长，对有隐患的渔船"
    "限期整改，整改不合格的一律不得离港。",
    "二、加强检查。重点检查消防器材、救生设备、电台和导航仪，检查记录由渔港管理站保存"
    "两年，发现瞒报的要追究责任。",
    "三、做好值班。大风预警发布以后，值班人员必须在岗，渔船进出港要在半小时内报告，遇险"
    "情况立即报告市海上搜救中心。",
    "四、开展宣传。利用广播和宣传栏讲解防火防碰撞知识，每个渔村至少组织一次演练，并把"
    "演练情况报市水产畜牧兽医局备案。",
)
TEXT = "\n".join(PARAGRAPHS)
BASE = Document(
    url="http://a.example/1",
    title=TITLE,
    text=TEXT,
    site="a",
    type="policy",
    published=date(2009, 12, 3),
)
OTHER_TEXT = TEXT.replace("市水产畜牧兽医局", "市海洋局")


def alike(*documents: Document) -> bool:
    """Whether all of them are one cluster."""
    rows = [Candidate(likeness_of(one), one.fingerprint()) for one in documents]
    return len(set(clusters(rows).tolist())) == 1


def other(**changes: Any) -> Document:
    return BASE.with_(url="http://b.example/2", **changes)


@pytest.mark.parametrize(
    "copy",
    [
        other(),
        other(site="b", column="通知公告", type="announcement"),
        other(text=TEXT.replace("\n", "\n\n  ")),
        other(text=TEXT.replace("，", ",").replace("：", ":")),
        other(text=TEXT.replace("\n", "")),
        other(text=f"来源：钦州日报　作者：本报记者\n{TEXT}"),
        other(text=f"发布时间：2009-12-04 10:30　来源：市政府网　浏览次数：128\n{TEXT}"),
        other(text=f"{TEXT}\n责任编辑：小李\n【打印本页】【关闭窗口】"),
        other(text=f"钦州市渔政网消息\n{TEXT}"),
        other(text=f"{TEXT}\n本文由渔港管理站整理"),
        other(text=f"首页 通知公告 正文\n{TEXT}\n版权归原单位所有"),
        other(text=f"2009年12月4日上网\n{TEXT}"),
        other(title=f"[图文]{TITLE}"),
        other(title=f"转载：{TITLE}"),
        other(title=f"▪ {TITLE.replace('冬季', '冬季 ')}"),
        other(published=date(2010, 1, 20)),
        other(published=None),
        other(document_number="钦政发〔2009〕12号"),
    ],
)
def test_copies_of_an_article_are_alike(copy: Document) -> None:
    assert alike(BASE, copy)
    assert alike(copy, BASE)


@pytest.mark.parametrize(
    "version",
    [
        other(title=TITLE.replace("冬季", "夏季")),
        other(title=f"{TITLE}（2010年修订）"),
        other(title=f"{TITLE}（试行）"),
        other(text=TEXT.replace("两年", "三年")),
        other(text=TEXT.replace("半小时", "十分钟")),
        other(text=OTHER_TEXT),
        other(text=TEXT.replace("消防器材", "灭火器")),
        other(text=TEXT.replace("各县区人民政府", "各镇人民政府")),
        other(text=TEXT.replace("备案", "批准")),
        other(text=TEXT.replace("报市水产畜牧兽医局备案", "报市局备案")),
        other(text="\n".join(PARAGRAPHS[:4])),
        other(text=f"{TEXT}\n五、本通知自2010年1月1日起施行，原通知同时废止，"
              "此前规定与本通知不一致的以本通知为准，由市渔港监督部门负责解释。"),
        other(text="\n".join((*PARAGRAPHS[:2], PARAGRAPHS[3], PARAGRAPHS[2], *PARAGRAPHS[4:]))),
        other(published=date(2010, 12, 3)),
        other(filetype="pdf"),
    ],
)  # fmt: skip
def test_versions_stay_apart(version: Document) -> None:
    assert not alike(BASE, version)
    assert not alike(version, BASE)


@pytest.mark.parametrize(
    ("fact", "one", "another"),
    [
        ("document_number", "钦政发〔2009〕12号", "钦政发〔2010〕12号"),
        ("document_number", "钦政发〔2009〕12号", "钦政办〔2009〕12号"),
        ("signed", date(2009, 12, 1), date(2009, 12, 2)),
        ("issuer", "钦南区人民政府", "钦北区人民政府"),
    ],
)
def test_a_fact_told_of_both_decides(fact: str, one: Any, another: Any) -> None:
    first, second = BASE.with_(**{fact: one}), other(**{fact: another})
    assert not alike(first, second)
    assert alike(first, other(**{fact: one}))
    assert alike(first, other(**{fact: None}))


def test_one_number_typed_in_two_ways_is_one_number() -> None:
    first, second = "钦政发〔2009〕12号", "钦政发[2009]12号"
    assert alike(BASE.with_(document_number=first), other(document_number=second))


def test_two_bodies_that_sign_the_same_words_are_two_documents() -> None:
    first = BASE.with_(text=f"{TEXT}\n钦南区教育局\n2009年12月1日")
    assert not alike(first, other(text=f"{TEXT}\n钦北区教育局\n2009年12月1日"))
    assert alike(first, other(text=f"来源：教育局\n{TEXT}\n钦南区教育局\n2009年12月1日"))


@pytest.mark.parametrize(
    ("year", "same"), [("二〇一〇年", False), ("2010年", False), ("二〇〇九年", True)]
)
def test_a_yearly_notice_of_another_year_is_another(year: str, same: bool) -> None:
    text = f"{{0}}度渔港安全生产工作要点\n{TEXT}"
    assert alike(BASE.with_(text=text.format("二〇〇九年")), other(text=text.format(year))) is same


NOTICE = "停水通知"
WATER = BASE.with_(
    title=NOTICE, text="因管道维修，东风路明日上午停水，请居民储水备用。", type="announcement"
)


def test_short_texts_must_be_equal() -> None:
    there = WATER.with_(url="http://a.example/9")
    assert alike(WATER, there)
    assert not alike(WATER, there.with_(text=WATER.text.replace("东风路", "人民路")))
    assert not alike(WATER, there.with_(text=f"{WATER.text}特此通知"))
    assert not alike(WATER, there.with_(published=date(2009, 12, 20)))


def test_a_document_without_text_is_like_no_other() -> None:
    scans = [
        Document(url=f"http://a.example/{n}.pdf", title="附件1", filetype="pdf") for n in range(3)
    ]
    assert not alike(scans[0], scans[1])
    assert not alike(*scans)


@pytest.mark.parametrize("kind", ["service", "download", "interaction"])
def test_guides_forms_and_letters_must_be_equal(kind: str) -> None:
    guide = BASE.with_(type=kind)
    assert alike(guide, other(type=kind))
    assert not alike(guide, other(type=kind, text=f"来自窗口\n{TEXT}\n欢迎来办"))


def test_a_member_is_like_the_first_of_its_cluster() -> None:
    """A chain of copies, each a little longer at its ends, does not grow without end."""
    words = "渔港日常管理由站长负责并定期公布结果"
    chain = [other(text="\n".join([*(words[:n] for n in range(1, k)), TEXT])) for k in range(1, 17)]
    first = clusters([Candidate(likeness_of(one), one.fingerprint()) for one in chain])
    assert first[1] == 0
    assert first[-1] != 0
    assert all(first[leader] == leader for leader in set(first.tolist()))


def test_documents_from_before_signatures_come_together_by_fingerprint() -> None:
    rows = [
        Candidate(None, "x"),
        Candidate(b"", "y"),
        Candidate(None, "x"),
        Candidate(likeness_of(BASE), "x"),
        Candidate(b"\x00" * SIGNATURE.itemsize, "y"),
    ]
    assert clusters(rows).tolist() == [0, 1, 0, 3, 1]


def test_nothing_has_no_clusters() -> None:
    assert clusters([]).tolist() == []


@settings(max_examples=60, deadline=None)
@given(
    title=st.text(min_size=1, max_size=20).filter(str.strip),
    text=st.text(max_size=2000) | st.text("渔港a1\n。", max_size=3000),
)
def test_any_document_has_a_signature_and_is_like_itself(title: str, text: str) -> None:
    document = Document(url="http://a.example/", title=title, text=text)
    signature = likeness_of(document)
    assert len(signature) == SIGNATURE.itemsize <= 300
    assert signature == likeness_of(document)
    assert alike(document, document)


def test_a_signature_is_quick_to_make_whatever_the_length() -> None:
    letters = random.Random(1)
    long = "".join(chr(0x4E00 + letters.randrange(3000)) for _ in range(2000))
    document = BASE.with_(text=long)
    likeness_of(document)
    started = time.perf_counter()
    for _ in range(20):
        likeness_of(document)
    assert (time.perf_counter() - started) / 20 < 0.02
    started = time.perf_counter()
    likeness_of(BASE.with_(text=long * 500))
    assert time.perf_counter() - started < 5


def test_a_hundred_thousand_notices_of_one_name_are_told_apart_in_time() -> None:
    rows = np.zeros(100_000, SIGNATURE)
    template = np.frombuffer(likeness_of(BASE), SIGNATURE)
    rows[:] = template
    rows["text"] = np.arange(len(rows))
    rows["all_figures"] = np.arange(len(rows))
    packed = rows.tobytes()
    size = SIGNATURE.itemsize
    candidates = [Candidate(packed[i : i + size], "") for i in range(0, len(packed), size)]
    started = time.perf_counter()
    assert len(np.unique(clusters(candidates))) == len(rows)
    assert time.perf_counter() - started < 10


def test_a_line_of_the_text_is_no_button() -> None:
    first = BASE.with_(text=f"关闭龙门小码头\n{TEXT}")
    assert not alike(first, other(text=f"关闭犀牛脚小码头\n{TEXT}"))
    assert alike(BASE, other(text=f"{TEXT}\n【打印本页】 [关闭窗口]"))


def test_signatures_are_those_that_archives_hold() -> None:
    """Other ones need another SIGNATURE_VERSION: they are compared with those made before."""
    documents = (
        BASE,
        BASE.with_(text=TEXT * 40, document_number="钦政发〔2009〕12号", signed=date(2009, 12, 1)),
        BASE.with_(text="详见附件", filetype="pdf"),
        BASE.with_(text="", type="download"),
    )
    packed = b"".join(map(likeness_of, documents))
    assert blake2b(packed, digest_size=8).hexdigest() == "1424447322b67987"
