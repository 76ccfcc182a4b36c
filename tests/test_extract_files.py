"""Attachments: their type by their bytes, their title, and as much text as can be read."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from indexer.extract import Extraction, FetchedPage, extract
from indexer.extract.filenames import file_name

SAMPLES = Path(__file__).parent.parent / "indexer" / "sample_sites"
PAGE = "http://www.example.gov.cn/bgxz/list.aspx"


def read(
    body: bytes,
    name: str = "file",
    *,
    anchor: str = "",
    content_type: str = "application/octet-stream",
    disposition: str | None = None,
    parent_title: str | None = None,
) -> Extraction:
    url = f"http://www.example.gov.cn/files/{name}"
    return extract(
        FetchedPage(url, body, "center", content_type, disposition, anchor, PAGE, parent_title)
    )


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("居民身份证遗失补领申请表")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "申请人姓名"
    table.cell(0, 1).text = "户籍所在镇（街道）"
    document.add_paragraph("填表说明：本表一式两份。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_word_form_keeps_paragraphs_and_cells_in_order() -> None:
    document = read(word_file(), anchor="附件1：居民身份证遗失补领申请表.docx").document
    assert document is not None
    assert document.text == (
        "居民身份证遗失补领申请表\n申请人姓名\t户籍所在镇（街道）\n填表说明：本表一式两份。"
    )
    assert (document.title, document.filetype) == ("居民身份证遗失补领申请表", "docx")
    assert (document.type, document.parent) == ("download", PAGE)


def test_a_workbook_is_read_sheet_by_sheet() -> None:
    book = openpyxl.Workbook()
    book.active.title = "补贴目录"
    book.active.append(["机型", "补贴额（元）"])
    book.active.append(["插秧机", 6800])
    book.create_sheet("说明").append(["以公示为准"])
    stream = io.BytesIO()
    book.save(stream)
    document = read(stream.getvalue(), "2012.xlsx", anchor="2012年农机补贴目录").document
    assert document is not None
    assert document.text == "补贴目录\n机型\t补贴额（元）\n插秧机\t6800\n说明\n以公示为准"
    assert (document.title, document.type) == ("2012年农机补贴目录", "other")


def test_text_and_comma_separated_files_in_any_encoding() -> None:
    text = read("一、补贴对象\n二、补贴标准".encode("gb18030"), "a.txt").document
    table = read('"机型","补贴额"\n插秧机,6800'.encode("gb18030"), "a.csv").document
    assert text is not None
    assert table is not None
    assert text.text == "一、补贴对象\n二、补贴标准"
    assert table.text == "机型\t补贴额\n插秧机\t6800"


def test_a_page_saved_as_word_is_read_as_the_page_it_is() -> None:
    body = "<html><body><p>林木采伐申请表</p></body></html>".encode("gb18030")
    found = read(body, "form.doc", content_type="application/msword").document
    assert found is not None
    assert (found.filetype, found.text) == ("doc", "林木采伐申请表")


needs_antiword = pytest.mark.skipif(
    shutil.which("antiword") is None, reason="the program antiword is not on this machine"
)


@pytest.mark.parametrize(
    "ending", [pytest.param("doc", marks=needs_antiword), "docx", "xlsx", "pdf"]
)
def test_the_sample_sites_forms_are_read(ending: str) -> None:
    paths = sorted(SAMPLES.glob(f"**/*.{ending}"))
    assert paths
    for path in paths:
        found = read(path.read_bytes(), "x", anchor=path.stem)
        assert found.document is not None
        assert found.document.filetype == ending
        assert found.problem is None
        assert sum("\u4e00" <= character <= "\u9fff" for character in found.document.text) > 100


@pytest.mark.parametrize(
    ("body", "name", "filetype"),
    [
        (b"%PDF-1.4 broken", "a.pdf", "pdf"),
        (b"PK\x03\x04 broken", "a.docx", "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", "doc"),
        (b"", "a.xlsx", "xlsx"),
    ],
)
def test_a_broken_file_is_known_by_its_name(body: bytes, name: str, filetype: str) -> None:
    found = read(body or b"\0", name, anchor="居住证申领登记表")
    assert found.document is not None
    assert (found.document.title, found.document.text) == ("居住证申领登记表", "")
    assert found.document.filetype == filetype
    assert found.problem


def test_an_archive_is_a_document_with_the_words_of_its_files() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("申请须知.txt", "一、申请条件")
    found = read(stream.getvalue(), "a.zip", anchor="全部表格打包")
    assert found.document is not None
    assert (found.document.title, found.document.filetype) == ("全部表格打包", "zip")
    assert found.document.text == "申请须知.txt\n一、申请条件"
    assert found.problem is None


def test_a_file_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 310_000_000)
    found = read(stream.getvalue(), "bomb.docx")
    assert found.problem == "docx: unpacks to 310 MB"


def test_long_texts_are_cut_and_the_cut_is_told() -> None:
    found = read(("钦州市人民政府\n" * 300_000).encode(), "a.txt")
    assert found.document is not None
    assert len(found.document.text) <= 2_000_000
    assert found.problem == "txt: read to 2000000 characters"


@pytest.mark.parametrize(
    ("anchor", "name", "parent_title", "title"),
    [
        ("附件：招标公告.pdf (120KB)", "1.pdf", None, "招标公告"),
        ("下载", "%E7%94%B3%E8%AF%B7%E8%A1%A8.txt", "表格下载", "申请表"),
        ("点击下载", "P020091203538195573144.txt", "关于春耕的通知", "关于春耕的通知（附件）"),
        ("", "P020091203538195573144.txt", None, "第一行就是标题"),
    ],
)
def test_the_title_of_a_file(anchor: str, name: str, parent_title: str | None, title: str) -> None:
    found = read("第一行就是标题\n正文".encode(), name, anchor=anchor, parent_title=parent_title)
    assert found.document is not None
    assert found.document.title == title


@pytest.mark.parametrize(
    ("url", "disposition", "name"),
    [
        ("http://a.cn/x/%E8%A1%A8.doc", None, "表.doc"),
        ("http://a.cn/x/%B1%ED.doc", None, "表.doc"),
        ("http://a.cn/down.jsp?id=1&filename=%E8%A1%A8.doc", None, "表.doc"),
        ("http://a.cn/down.jsp", "attachment; filename*=UTF-8''%E8%A1%A8.doc", "表.doc"),
        ("http://a.cn/down.jsp", 'attachment; filename="%E8%A1%A8.doc"', "表.doc"),
        ("http://a.cn/down.jsp", "attachment; filename=\xb1\xed.doc", "表.doc"),
        ("http://a.cn/down.jsp", 'attachment; filename="C:\\x\\a.doc"', "a.doc"),
        ("http://a.cn/", None, ""),
    ],
)
def test_the_name_of_a_file(url: str, disposition: str | None, name: str) -> None:
    assert file_name(url, disposition) == name


@pytest.mark.parametrize(
    ("body", "content_type", "name"),
    [
        (b"\x89PNG\r\n\x1a\n", "text/html", "a"),
        (b"body { color: red }", "text/css", "a.css"),
        (b'{"code": 500}', "application/json", "a"),
        (b"<?xml version='1.0'?><rss></rss>", "application/rss+xml", "a"),
        (b"\x00\x01\x02\x03" * 50, "application/octet-stream", "a.bin"),
        (b"  \n", "text/html", "a.html"),
    ],
)
def test_what_nobody_searches_for(body: bytes, content_type: str, name: str) -> None:
    found = read(body, name, content_type=content_type)
    assert found.document is None
    assert found.problem


def test_a_page_sent_as_plain_text_is_a_page() -> None:
    page = (
        "<html><title>关于停水的公告</title><body><p>因管网改造，城区部分区域停水。</body></html>"
    )
    found = read(page.encode(), "show.aspx", content_type="text/plain")
    assert found.document is not None
    assert (found.document.filetype, found.document.title) == ("html", "关于停水的公告")
