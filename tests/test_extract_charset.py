"""Pages say which encoding they are in, and are often wrong: the bytes decide."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.extract.charset import decode

SENTENCE = "钦州市人民政府办公室关于做好春耕备耕工作的通知，请各镇认真执行。"
BEYOND_GB2312 = "朱镕基、吴堃、㙍头村——“龙门港”·〔2009〕€"


@pytest.mark.parametrize("header", [None, "text/html", "text/html; charset=utf-8"])
@pytest.mark.parametrize("declared", ["", "gb2312", "utf-8", "iso-8859-1", "no-such-charset"])
def test_gb_bytes_are_read_whatever_is_declared(declared: str, header: str | None) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    page = f"<html><head>{meta}</head><body>{BEYOND_GB2312}{SENTENCE}</body></html>"
    decoded = decode(page.encode("gb18030"), header)
    assert decoded.charset == "gb18030"
    assert BEYOND_GB2312 in decoded.text


def test_utf8_bytes_declared_gb2312_are_utf8() -> None:
    page = f'<meta charset="gb2312"><p>{SENTENCE}'
    assert tuple(decode(page.encode(), "text/html; charset=GB2312")) == (page, "utf-8")


@pytest.mark.parametrize(
    ("codec", "charset"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
def test_unicode_with_or_without_a_mark(codec: str, charset: str) -> None:
    text = f"<html><body>{SENTENCE}</body></html>" + " " * 400
    body = (b"\xfe\xff" if codec == "utf-16-be" else b"") + text.encode(codec)
    assert tuple(decode(body)) == (text, charset)


def test_utf16_without_a_mark_shows_in_its_zero_bytes() -> None:
    text = "<html><head><title>title</title></head><body>" + SENTENCE
    assert tuple(decode(text.encode("utf-16-le"))) == (text, "utf-16-le")


def test_big5_counts_where_it_is_declared() -> None:
    text = "<meta charset=big5><p>欽州市人民政府公告，請各界知悉。"
    assert tuple(decode(text.encode("big5"), None)) == (text, "big5")


def test_big5_is_found_without_a_declaration_where_it_is_clear() -> None:
    text = "<p>欽州市人民政府公告，請各界知悉。本市海域使用權管理辦法自公布之日起施行。"
    assert tuple(decode(text.encode("big5"), None)) == (text, "big5")


def test_a_false_declaration_of_big5_does_no_harm() -> None:
    text = f"<meta charset=big5><p>{SENTENCE}"
    assert tuple(decode(text.encode("gb18030"), "text/html; charset=big5")) == (text, "gb18030")


def test_a_character_cut_in_two_at_the_end_is_dropped() -> None:
    assert tuple(decode(SENTENCE.encode()[:-1])) == (SENTENCE[:-1], "utf-8")


def test_one_broken_byte_does_not_turn_utf8_into_gibberish() -> None:
    decoded = decode(SENTENCE.encode() + b"\xff" + SENTENCE.encode())
    assert decoded.charset == "utf-8"
    assert decoded.text == f"{SENTENCE}\ufffd{SENTENCE}"


def test_one_broken_byte_costs_gb_text_one_character() -> None:
    decoded = decode(SENTENCE.encode("gb18030") + b"\xff" + SENTENCE.encode("gb18030"))
    assert tuple(decoded) == (f"{SENTENCE}\ufffd{SENTENCE}", "gb18030")


def test_the_euro_sign_of_code_page_936() -> None:
    body = "补贴标准：".encode("gb18030") + b"\x80" + b"100" + SENTENCE.encode("gb18030")
    assert "补贴标准：€100" in decode(body).text


def test_western_text_stays_western_where_it_is_declared() -> None:
    text = "<meta charset=iso-8859-1>café, à côté, señor"
    assert tuple(decode(text.encode("cp1252"))) == (text, "windows-1252")


NOTICE = "钦州市人民政府关于防汛工作的通知"  # an even number: no byte is lost as GBK


@pytest.mark.parametrize("stored", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("really", "read_as", "told"),
    [
        ("utf-8", "gb18030", "UTF-8 read as GBK"),
        ("utf-8", "latin-1", "UTF-8 read as a western code page"),
        ("gb18030", "latin-1", "GBK read as a western code page"),
    ],
)
def test_a_block_decoded_wrongly_before_it_was_stored_is_put_right(
    really: str, read_as: str, told: str, stored: str
) -> None:
    garbled = NOTICE.encode(really).decode(read_as)
    page = "<title>{}</title><p>{}。价格为×××元，café。</p>"
    decoded = decode(page.format(garbled, SENTENCE).encode(stored))
    assert decoded.text == page.format(NOTICE, SENTENCE)
    assert decoded.charset == stored
    assert decoded.remark == f"repaired: {len(NOTICE)} characters of {told}"


def test_sound_text_before_a_garbled_block_stays() -> None:
    garbled = NOTICE.encode().decode("gb18030")
    assert decode(f"标题：{garbled}".encode()).text == f"标题：{NOTICE}"


def test_windows_1252_hides_the_same_bytes_behind_other_signs() -> None:
    text = "南宁市人民政府"
    garbled = "".join(
        chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )
    assert decode(f"<h1>{garbled}</h1>".encode()).text == f"<h1>{text}</h1>"


def test_what_lost_its_bytes_stays_and_is_told() -> None:
    garbled = "<p>" + SENTENCE.encode().decode("gbk", "replace").replace("\ufffd", "?")
    decoded = decode(garbled.encode())
    assert "钦州市人民政府" in decoded.text
    assert "garbled: " in decoded.remark


@pytest.mark.parametrize("lost", ["锟斤拷" * 5, "烫烫烫" * 5, "\ufffd" * 15])
def test_signs_of_lost_characters_are_told(lost: str) -> None:
    decoded = decode(f"<p>{SENTENCE}{lost}</p>".encode())
    assert lost in decoded.text
    assert decoded.remark == "garbled: 15 characters are lost"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "钦政发〔××××〕×号 · 25°C ± 1 ······ ××××××",
        "lǜ sè fā zhǎn, nán níng, café, naïve, Ünïcödé, ÄÖÜäöüß, Ångström",
        "聯通 欽州市人民政府網站 繁體 瑕疵 涓流 浠水 缃素 烫伤 屯昌县 骞然 锛 鐨",
        "▅▆▇◤ ①②③ ㈠㈡ ㎡ ℃ №  Ⅲ Ω ≥ €100 “引号”—— 　〔2009〕",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_ordinary_text_is_never_repaired(text: str, charset: str) -> None:
    decoded = decode(f"<p>{text}</p>".encode(charset))
    assert (decoded.text, decoded.charset, decoded.remark) == (f"<p>{text}</p>", charset, "")


@pytest.mark.parametrize(("page", "block"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_an_included_file_in_another_charset_is_read_in_its_own(page: str, block: str) -> None:
    main = f"<title>公告</title><p>{SENTENCE}{SENTENCE}</p>".encode(page)
    decoded = decode(main + f"<div>主办单位：{NOTICE}关</div>".encode(block) + b"\n")
    assert decoded.charset == page
    assert f"<div>主办单位：{NOTICE}关</div>" in decoded.text
    assert SENTENCE in decoded.text
    assert decoded.remark.startswith("repaired: ")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_chinese_of_any_kind_is_never_repaired(text: str) -> None:
    decoded = decode(text.encode())
    assert decoded.text == text
    assert not decoded.remark.startswith("repaired")


@settings(deadline=None)
@given(st.text())
def test_utf8_is_always_read_back(text: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    if b"\0" not in body and not body.startswith((b"\xff", b"\xfe", b"\x84", b"\xef\xbb\xbf")):
        found = decode(body)
        # Accented letters may look just like Chinese text that was decoded wrongly: it says so.
        is_repaired = found.remark.startswith("repaired")
        assert is_repaired or found.text == body.decode("utf-8", "replace")


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_make_it_fail(body: bytes) -> None:
    text, charset = decode(body, "text/html; charset=big5")
    assert isinstance(text, str)
    assert charset
