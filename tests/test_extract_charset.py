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
    assert decode(page.encode(), "text/html; charset=GB2312") == (page, "utf-8")


@pytest.mark.parametrize(
    ("codec", "charset"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
def test_unicode_with_or_without_a_mark(codec: str, charset: str) -> None:
    text = f"<html><body>{SENTENCE}</body></html>" + " " * 400
    body = (b"\xfe\xff" if codec == "utf-16-be" else b"") + text.encode(codec)
    assert decode(body) == (text, charset)


def test_utf16_without_a_mark_shows_in_its_zero_bytes() -> None:
    text = "<html><head><title>title</title></head><body>" + SENTENCE
    assert decode(text.encode("utf-16-le")) == (text, "utf-16-le")


def test_big5_counts_where_it_is_declared() -> None:
    text = "<meta charset=big5><p>欽州市人民政府公告，請各界知悉。"
    assert decode(text.encode("big5"), None) == (text, "big5")


def test_a_character_cut_in_two_at_the_end_is_dropped() -> None:
    assert decode(SENTENCE.encode()[:-1]) == (SENTENCE[:-1], "utf-8")


def test_one_broken_byte_does_not_turn_utf8_into_gibberish() -> None:
    decoded = decode(SENTENCE.encode() + b"\xff" + SENTENCE.encode())
    assert decoded.charset == "utf-8"
    assert decoded.text == f"{SENTENCE}\ufffd{SENTENCE}"


def test_one_broken_byte_costs_gb_text_one_character() -> None:
    decoded = decode(SENTENCE.encode("gb18030") + b"\xff" + SENTENCE.encode("gb18030"))
    assert decoded == (f"{SENTENCE}\ufffd{SENTENCE}", "gb18030")


def test_the_euro_sign_of_code_page_936() -> None:
    body = "补贴标准：".encode("gb18030") + b"\x80" + b"100" + SENTENCE.encode("gb18030")
    assert "补贴标准：€100" in decode(body).text


def test_western_text_stays_western_where_it_is_declared() -> None:
    text = "<meta charset=iso-8859-1>café, à côté, señor"
    assert decode(text.encode("cp1252")) == (text, "windows-1252")


@settings(deadline=None)
@given(st.text())
def test_utf8_is_always_read_back(text: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    if b"\0" not in body and not body.startswith((b"\xff", b"\xfe", b"\x84", b"\xef\xbb\xbf")):
        assert decode(body).text == body.decode("utf-8", "replace")


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_make_it_fail(body: bytes) -> None:
    text, charset = decode(body, "text/html; charset=big5")
    assert isinstance(text, str)
    assert charset
