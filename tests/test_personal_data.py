"""Personal data is masked in a text, and nothing else is.

The numbers are nobody's: examples of GB 11643-1999, regions that do not exist (459999), and
the number 13800138000, which belongs to an operator's service.
"""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.check_digits import fits_credit_code, fits_identity_number
from indexer.personal_data import mask, normalized_number

IDENTITY = "11010519491231002X"  # GB 11643-1999, its example
CARD = "6222021234567890128"
DEBIT_CARD = "9559980012345678911"
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def identity_number(body: str) -> str:
    """The 17 digits with their check digit."""
    return next(body + check for check in "0123456789X" if fits_identity_number(body + check))


def kinds(text: str) -> list[str]:
    return [match.kind for match in mask(text)[1]]


# -- identity numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"张某（身份证号：{IDENTITY}）",
        f"公民身份号码 {IDENTITY.lower()}，",
        f"{IDENTITY[:17]}×",
        IDENTITY.translate(_FULL_WIDTH),
        "110105 19491231 002X",
        "1101 0519 4912 3100 2X",
        f"李** {IDENTITY}",
        "李**\t110105 19491231 002X",
        "110105-19491231-002x",
        " ".join(IDENTITY),
        "\t".join(IDENTITY),
        f"{IDENTITY[:10]}\n{IDENTITY[10:]}",
        f"{IDENTITY[:6]}\u200b{IDENTITY[6:]}",
        f"1 {IDENTITY} 13800138000",
        f"身份证编号{IDENTITY}",
        f"ID{IDENTITY}",
        "".join(chr(0x1D7CE + int(d)) if d.isdigit() else d for d in IDENTITY),
    ],
)
def test_an_identity_number_is_masked_however_it_is_typed(text: str) -> None:
    masked, matches = mask(text)
    assert matches[0].kind == "identity"
    assert matches[0].shown == "110**************X"
    assert len(masked) == len(text)
    assert masked[matches[0].start : matches[0].end].count("*") == 14


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # check digit
        identity_number("11010519491331002"),  # month 13
        identity_number("11010519490229002"),  # no leap year
        identity_number("07010519491231002"),  # no such province
        identity_number("45999920990101002"),  # not born yet
        f"事项编码：{identity_number('45072120090612001')}",
        f"{IDENTITY[:17]}XA",
        f"0{IDENTITY}",
        f"{IDENTITY[:-1]}12X",
    ],
)
def test_what_only_looks_like_an_identity_number_stays(text: str) -> None:
    assert mask(text) == (text, ())


def test_words_make_old_and_mistyped_identity_numbers_recognised() -> None:
    assert mask("身份证号110105491231002。")[0] == "身份证号110***********2。"
    assert kinds("身份证号：110105194912310021") == ["identity"]
    assert kinds("110105491231002") == []
    table = "序号\t姓名\t身份证号\t金额\n1\t甲\t110105491231002\t500\n2\t乙\t110105491231003\t500"
    assert kinds(table) == ["identity", "identity"]
    assert kinds(f"{table}\n\n其他\n110105491231002\t500") == ["identity", "identity"]


def test_the_code_of_an_organisation_is_no_identity_number() -> None:
    code = "513419195001010866"  # its digits and check digits would do for both
    assert fits_credit_code(code)
    assert fits_identity_number(code)
    assert mask(f"某协会，{code}") == (f"某协会，{code}", ())
    assert kinds(f"身份证号码{code}") == ["identity"]
    assert kinds("统一社会信用代码：91350100M000100Y43") == []


# -- mobile numbers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("联系电话：13800138000。", "联系电话：138******00。"),
        ("监督电话13800138000", "监督电话138******00"),
        ("138-0013-8000", "138-****-**00"),
        ("138 0013 8000", "138 **** **00"),
        ("1380 013 8000", "138* *** **00"),
        ("138.0013.8000", "138.****.**00"),
        ("138—0013—8000", "138—****—**00"),
        ("+8613800138000", "+86138******00"),
        ("＋86 138 0013 8000", "＋86 138 **** **00"),
        ("(86)13800138000", "(86)138******00"),
        ("008613800138000", "0086138******00"),
        ("013800138000", "0138******00"),
        ("１３８００１３８０００", "１３８******００"),
        ("138\u200b0013\ufeff8000", "138\u200b****\ufeff**00"),
        ("0777-2823456、13800138000/13900139000", "0777-2823456、138******00/139******00"),
        ("13800138000,13900139000，13900139000", "138******00,139******00，139******00"),
        ("0777-13800138000", "0777-138******00"),
        ("0777-2823456-13800138000", "0777-2823456-138******00"),
        ("Tel:13800138000", "Tel:138******00"),
        ("Tel/Fax:13800138000", "Tel/Fax:138******00"),
        ("QQ13800138000", "QQ138******00"),
        ("13800138000QQ12345", "138******00QQ12345"),
        ("13800138000@139.com", "138******00@139.com"),
        ("邮箱a_b@qq.com/13800138000", "邮箱a_b@qq.com/138******00"),
        ("李** 138 0013 8000", "李** 138 **** **00"),
        ("138****8000 13900139000", "138****8000 139******00"),
        ("1\t甲\t13800138000\t500\n", "1\t甲\t138******00\t500\n"),
        ("2009-12-03 13800138000", "2009-12-03 138******00"),
        ("联系人：2823456 138 0013 8000", "联系人：2823456 138 **** **00"),
        ("1 3 8 0 0 1 3 8 0 0 0", "1 3 8 * * * * * * 0 0"),
    ],
)
def test_a_mobile_number_is_masked_however_it_is_typed(text: str, masked: str) -> None:
    assert mask(text)[0] == masked
    assert {match.kind for match in mask(text)[1]} == {"mobile"}


@pytest.mark.parametrize(
    "text",
    [
        "http://www.qinzhou.gov.cn/zwgk/13800138000/index.html",
        "www.qinzhou.gov.cn/13800138000",
        "/zwgk/13800138000",
        "t13800138000.html",
        "P020231201538195573144.pdf",
        "附件13800138000.pdf",
        "?id=13800138000",
        "IMG_13800138000",
        "GX-13800138000",
        "11450721MB155808114000104002000",
        "项目编号：13800138000",
        "合同编号为 13800138000",
        "钦政发〔2009〕13800138000号",
        "第13800138000号",
        "1380013800012",
        "1700000000000",
        "201312011530",
        "13800138000元",
        "13800138000 万元",
        "¥13800138000",
        "13800138000.00",
        "0.13800138000",
        "东经108.62413800138",
        "13,800,138,000",
        "拨打12345、110或95598",
        "0777-2823456",
        "07772823456",
        "400-138-0013",
        "12800138000",
        "138****8000",
        "136 4500 2300 88",
        "22 136 4500 2300",
        "001-13800138000",
        "13800138000-2",
        "2009-12-13 15:01:20 2009-12-13",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == (text, ())


def test_an_offices_mobile_number_stays_when_it_is_allowed() -> None:
    allowed = frozenset({normalized_number("+86 138-0013-8000")})
    text = "咨询电话：138 0013 8000，13900139000"
    assert mask(text, allowed)[0] == "咨询电话：138 0013 8000，139******00"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0086 13800138000", "13800138000"),
        (IDENTITY.lower(), IDENTITY),
        (f"{CARD[:4]} {CARD[4:]}", CARD),
    ],
)
def test_numbers_of_the_settings_may_be_typed_in_any_form(typed: str, number: str) -> None:
    assert normalized_number(typed) == number


@pytest.mark.parametrize("typed", ["", "12345", "0777-2823456", "电话", "138001380001"])
def test_what_is_never_masked_cannot_be_allowed(typed: str) -> None:
    with pytest.raises(ValueError, match="takes a mobile number"):
        normalized_number(typed)


# -- bank cards -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        f"卡号：{CARD}",
        f"{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}",
        f"{CARD[:6]} {CARD[6:]}",
        CARD.translate(_FULL_WIDTH),
        f"户名：张某某\n账号：{CARD}",
        f"银行账号 {DEBIT_CARD}",
        f"序号\t姓名\t一卡通账号\n1\t甲\t{DEBIT_CARD}",
    ],
)
def test_a_bank_card_is_masked(text: str) -> None:
    masked, matches = mask(text)
    assert [match.kind for match in matches] == ["bank_card"]
    assert matches[0].shown in ("62***************28", "95***************11")
    assert len(masked) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{CARD[:-1]}9",  # Luhn
        DEBIT_CARD,  # nothing says that it is a card
        "0000000000000000",
        f"受理编号：{CARD}",
        f"户名：钦州市财政局\n开户行：某银行钦州分行\n账号：{CARD}",
        f"收款单位：钦州市公共资源交易中心，账号：{DEBIT_CARD}",
        f"账号：{DEBIT_CARD}，户名：钦州市某某有限公司",
        f"投标保证金账户账号：{DEBIT_CARD}",
        f"http://pay.qinzhou.gov.cn/{CARD}",
        f"{CARD}.5",
        f"A{CARD}",
    ],
)
def test_accounts_of_bodies_and_other_numbers_stay(text: str) -> None:
    assert mask(text) == (text, ())


# -- any text -------------------------------------------------------------------------------

_pieces = st.one_of(
    st.text(max_size=8),
    st.text("0123456789", max_size=20),
    st.text("0123456789*Xx -.\t\n·", max_size=24),
    st.sampled_from(
        [
            IDENTITY,
            " ".join(IDENTITY),
            CARD,
            DEBIT_CARD,
            "13800138000",
            "138 0013 8000",
            "1 3 8 0 0 1 3 8 0 0 0",
            "+86",
            "身份证",
            "账号",
            "户名：某局",
            "手机",
            "编号",
            "李**",
            "http://a.gov.cn/",
            "\u200b",
        ]
    ),
)
_texts = st.lists(_pieces, max_size=12).map("".join)


@given(_texts)
@settings(max_examples=1000, deadline=None)
def test_masking_keeps_the_length_and_twice_is_once(text: str) -> None:
    masked, matches = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == (masked, ())
    for match in matches:
        assert masked[match.start] == text[match.start]  # the first digits stay
        assert "*" in masked[match.start : match.end]
        assert len(match.shown) <= match.end - match.start
    assert all(new in (old, "*") for new, old in zip(masked, text, strict=True))


@given(
    st.sampled_from(["110105", "459999", "830000", "650101"]),
    st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    st.integers(0, 999),
    st.sampled_from(["", " ", "-", "\u3000", "\u200b", "\n"]),
    st.sampled_from(["", "甲", "，", "\t", "：", "("]),
)
def test_no_identity_number_survives(
    region: str, day: date, serial: int, gap: str, beside: str
) -> None:
    number = identity_number(f"{region}{day:%Y%m%d}{serial:03}")
    assume(not fits_credit_code(number))  # then only a word beside it tells what it is
    masked, matches = mask(f"{beside}{number[:6]}{gap}{number[6:14]}{gap}{number[14:]}{beside}")
    assert [match.kind for match in matches] == ["identity"]
    assert f"{day:%Y}" not in masked
    longest = max(
        len(group) for group in "".join(c if c.isdigit() else " " for c in masked).split()
    )
    assert longest <= 3


def _seconds(text: str) -> float:
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(200):
            mask(text)
        best = min(best, (time.perf_counter() - started) / 200)
    return best


def test_a_text_without_numbers_costs_next_to_nothing() -> None:
    assert _seconds("中华人民共和国政府信息公开条例，" * 125) < 50e-6


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1\t",
        "138 ",
        "138-",
        "13800138000a",
        "19900101",
        "1\u200b",
        "1" + " " * 9,
        "13800138000/",
    ],
)
def test_the_time_is_linear(piece: str) -> None:
    started = time.perf_counter()
    mask(piece * (400_000 // len(piece)))
    assert time.perf_counter() - started < 5
