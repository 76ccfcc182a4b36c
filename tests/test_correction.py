"""Typing errors are mended with the index's own words, and right queries are left alone."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.confusion import homophones
from indexer.document import Document
from indexer.index.correction import Correction, Corrector
from indexer.index.generations import Generations
from indexer.index.snapshot import Snapshot
from indexes import GUIDES, NEWS, build, document

TOPICS = [
    ("居民身份证办理", "申领居民身份证的，向户口所在地派出所提出。"),
    ("居民身份证遗失补领", "身份证遗失的，应当办理挂失，再申请补领。"),
    ("社会保障卡申领", "社保卡即社会保障卡，参加社保的人可以申领。"),
    ("社保缴费证明打印", "参保人可以打印社保缴费证明。"),
    ("不动产登记", "不动产登记由不动产所在地的登记机构办理。"),
    ("不动产权证书遗失补发", "不动产权证书遗失的，登记机构补发。"),
    ("居住证签注", "居住证每年签注一次。"),
    ("残疾人证办理", "残疾人证由残联发放，残疾证补办从简。"),
    ("工伤认定申请", "用人单位应当提出工伤认定申请。"),
    ("工商登记档案查询", "工商登记档案可以查询。"),
    ("结婚登记预约", "结婚登记应当双方到场。"),
    ("坭兴陶艺术馆开放公告", "坭兴陶是钦州的名产，坭兴陶烧制技艺受保护。"),
    ("钦州市政务服务中心搬迁公告", "钦州市政务服务中心迁至新址，政务服务不停。"),
    ("政务服务中心办事指南汇编", "政务服务中心各窗口的办事指南。"),
    ("乘坐地铁须知", "乘坐地铁应当安检，地铁站内禁止吸烟。"),
    ("失业保险金申领", "失业保险金按月发放。"),
    ("暂住证换领居住证", "暂住证到期的，换领居住证。"),
    ("道路运输证年审", "道路运输证由交通局核发。"),
]
PAPERS = [document(f"topic{n}", title, text) for n, (title, text) in enumerate(TOPICS)]
# Enough of the same that pairs of characters have a frequency.
PAPERS += [
    document(f"news{n}", f"钦州市发布第{n}期办事指南", "居民办理身份证、社保、不动产登记的指南。")
    for n in range(40)
]


def opened(root: Path, *documents: Document) -> Snapshot:
    build(root, *documents)
    generation = Generations(root).current()
    assert generation is not None
    return Snapshot(generation)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return opened(tmp_path_factory.mktemp("index"), *GUIDES, *NEWS, *PAPERS)


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("公基金", "公积金"),
        ("公基金提取", "公积金提取"),
        ("身分证", "身份证"),
        ("居民身分证遗失补领", "居民身份证遗失补领"),
        ("社宝", "社保"),
        ("钦洲", "钦州"),
        ("坭兴淘", "坭兴陶"),
        ("不懂产登记", "不动产登记"),
        ("居住正", "居住证"),
        ("残疾正", "残疾证"),
        ("暂住正", "暂住证"),
        ("失业保显金", "失业保险金"),
        ("公伤认定", "工伤认定"),
        ("结婚登机预约", "结婚登记预约"),
        ("停水通至", "停水通知"),
    ],
)
def test_the_same_sound(corrector: Corrector, snapshot: Snapshot, typed: str, meant: str) -> None:
    assert text_of(corrector.correct(snapshot, typed)) == meant


@pytest.mark.parametrize(
    ("typed", "meant", "kind"),
    [
        ("营业执造", "营业执照", "near_sound"),
        ("道路运书证年审", "道路运输证年审", "sound"),
        ("攻务服务中心", "政务服务中心", "shape"),
        ("乘坐地跌", "乘坐地铁", "shape"),
        ("公积积金提取", "公积金提取", "doubled"),
        ("结登婚记预约", "结婚登记预约", "swapped"),
        ("居民身证份办理", "居民身份证办理", "swapped"),
        ("公金提取", "公积金提取", "left_out"),
        ("不产登记", "不动产登记", "left_out"),
        ("道路输证年审", "道路运输证年审", "left_out"),
    ],
)
def test_other_errors(
    corrector: Corrector, snapshot: Snapshot, typed: str, meant: str, kind: str
) -> None:
    found = corrector.correct(snapshot, typed)
    assert found is not None
    assert found.text == meant
    assert [change.kind for change in found.changes] == [kind]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gongjijin", "公积金"),
        ("gongjijing", "公积金"),
        ("gonjijin", "公积金"),
        ("gonhjijin", "公积金"),
        ("gong ji jing", "公积金"),
        ("shengfenzheng", "身份证"),
        ("yinyezizao", "营业执照"),
        ("shebap缴费证明", "社保缴费证明"),
    ],
)
def test_pinyin_with_slips(
    corrector: Corrector, snapshot: Snapshot, typed: str, meant: str
) -> None:
    assert text_of(corrector.correct(snapshot, typed)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "公积金",
        "公积金 提取",
        "公积金怎么提取",
        "停水通知",
        "身份证丢了人在外地怎么补办",
        "外地人在钦州买房要交几年社保",
        "刘德华",
        "甲乙丙",
        "фф",
        "x",
        "",
        "。",
        "windows",
        "office2010",
        "iso9001",
        "钦政发〔2009〕13号",
        "2009年12月",
        "工商登记",  # 工伤登记 sounds the same
    ],
)
def test_right_queries_are_left_alone(corrector: Corrector, snapshot: Snapshot, typed: str) -> None:
    assert corrector.correct(snapshot, typed) is None


@pytest.mark.parametrize("typed", [title for title, _text in TOPICS])
def test_titles_are_right_and_mended_when_a_character_is_wrong(
    corrector: Corrector, snapshot: Snapshot, typed: str
) -> None:
    assert corrector.correct(snapshot, typed) is None
    chance = random.Random(typed)
    wrong = mended = 0
    for at, character in enumerate(typed):
        others = homophones(character)
        if others:
            wrong += 1
            mistyped = typed[:at] + chance.choice(others) + typed[at + 1 :]
            mended += text_of(corrector.correct(snapshot, mistyped)) == typed
    assert mended >= 0.75 * wrong


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('"身分证" 社宝', '"身分证" 社保'),
        ("“身分证” 社宝", "“身分证” 社保"),
        ("社宝 -身分证", "社保 -身分证"),
        ("社宝 site:身分证", "社保 site:身分证"),
        ("社宝 OR 身分证", "社保 OR 身份证"),
        ("身分证，社宝2009 CPI", "身份证，社保2009 CPI"),
        ("intitle:身分证", None),
    ],
)
def test_operators_phrases_figures_and_words_stay(
    corrector: Corrector, snapshot: Snapshot, typed: str, meant: str | None
) -> None:
    assert text_of(corrector.correct(snapshot, typed)) == meant


def test_an_error_on_a_page_is_told_from_a_rare_word(tmp_path: Path) -> None:
    often = [document(f"n{n}", f"政务服务中心公告{n}", "政务服务中心。") for n in range(60)]
    wrong = document("wrong", "公告", "攻务服务中心搬迁。")
    rare = document("rare", "梁正武简介", "梁正武，政务服务中心。")
    snapshot = opened(tmp_path, *often, wrong, rare)
    found = Corrector().correct(snapshot, "攻务服务中心")
    assert text_of(found) == "政务服务中心"
    assert Corrector().correct(snapshot, "梁正武") is None
    assert Corrector().correct(snapshot, "政务服务中心") is None


def test_a_correction_tells_what_it_changed(corrector: Corrector, snapshot: Snapshot) -> None:
    found = corrector.correct(snapshot, " 身分证办理 ")
    assert found is not None
    assert [(change.typed, change.meant, change.kind) for change in found.changes] == [
        ("分", "份", "sound")
    ]
    assert 0.5 <= found.confidence <= 1


def test_words_of_new_documents_are_known_at_once(tmp_path: Path) -> None:
    corrector = Corrector()
    old = opened(tmp_path / "old", document("a", "停水通知"))
    assert corrector.correct(old, "坭兴淘") is None
    new = opened(tmp_path / "new", document("a", "停水通知"), *PAPERS)
    assert text_of(corrector.correct(new, "坭兴淘")) == "坭兴陶"


def test_an_empty_index_corrects_nothing(tmp_path: Path) -> None:
    snapshot = opened(tmp_path)
    assert Corrector().correct(snapshot, "公基金") is None
    assert Corrector().correct(snapshot, "gongjijing") is None


def test_a_large_index_is_read_in_the_background(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.index.correction._SMALL", 10)
    corrector = Corrector()
    corrector.prepare(snapshot)
    end = time.monotonic() + 20
    while (found := corrector.correct(snapshot, "公基金")) is None and time.monotonic() < end:
        time.sleep(0.01)
    assert text_of(found) == "公积金"


@settings(max_examples=150)
@given(
    text=st.text(max_size=220)
    | st.text("公积金身份分证办理社保宝 \"“”-:|OR〔2009〕号abgjin'", max_size=220)
)
def test_no_query_is_an_error_or_grows(corrector: Corrector, snapshot: Snapshot, text: str) -> None:
    found = corrector.correct(snapshot, text)
    if found is not None:
        assert len(found.text) <= len(text) + 4
        assert found.text != text
        assert 1 <= len(found.changes) <= 4


def text_of(found: Correction | None) -> str | None:
    return found.text if found else None
