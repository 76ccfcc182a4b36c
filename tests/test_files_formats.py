"""Every format of attachment gives its text, whatever name it comes under."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
import zlib

import pytest

import files_made as made
from indexer.extract.files import (
    BROKEN,
    ENCRYPTED,
    NO_TEXT,
    OK,
    PARTIAL,
    UNSUPPORTED,
    FileText,
    OutlineEntry,
    read_file,
    sandbox,
)
from indexer.extract.files.chain import chains, find_reader
from indexer.extract.filetype import by_content

FORM = (
    "海域使用权申请表\n一、申请人应当如实填写本表，一式三份，由钦州市行政审批局受理。\n"
    "申请人名称\t联系电话\n用海类型\t用海面积（公顷）\n宗海位置\t申请期限（年）\n"
    "二、附海域使用论证报告，收费按照规定标准执行。"
)
TABLE = (
    "收费目录\n收费项目\t标准（元）\t执行日期\n公告牌工本费\t125.5\t2012-03-01\n"
    "档案查询费\t20\t2012-03-01\n说明\n以物价部门批准的文件为准"
)


def read(body: bytes, name: str) -> FileText:
    """As the pipeline reads it: by content first, then by name."""
    found = read_file(body, by_content(body, name).format)
    assert found is not None
    return found


needs_antiword = pytest.mark.skipif(
    shutil.which("antiword") is None, reason="the program antiword is not on this machine"
)


@pytest.mark.parametrize("name", ["form.docx", pytest.param("form.doc", marks=needs_antiword)])
def test_word_keeps_paragraphs_rows_and_the_header(name: str) -> None:
    found = read(made.fixture(name), name)
    assert (found.text, found.outcome) == (FORM + "\n钦州市政务服务中心制", OK)


def test_word_97_is_read_where_antiword_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.close()
    monkeypatch.setenv("PATH", "")
    found = read(made.fixture("form.doc"), "form.doc")
    sandbox.close()
    assert (found.text, found.outcome) == (FORM + "\n钦州市政务服务中心制", OK)


@pytest.mark.parametrize("name", ["table.xlsx", "table.xls"])
def test_workbooks_sheet_by_sheet(name: str) -> None:
    found = read(made.fixture(name), name)
    assert (found.text, found.outcome) == (TABLE, OK)


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        ("sheets:read_openpyxl", "table.xlsx"),
        ("sheets:read_calamine", "table.xls"),
        ("sheets:read_xlrd", "table.xls"),
    ],
)
def test_the_second_reader_says_what_the_first_does(reader: str, name: str) -> None:
    from indexer.extract.files.output import Output

    output = Output()
    find_reader(reader)(made.fixture(name), output)
    assert output.text == TABLE


def test_slides_in_their_order_with_text_boxes_and_notes() -> None:
    found = read(made.fixture("slides.pptx"), "slides.pptx")
    assert found.text == (
        "政务服务中心窗口培训\n限时办结制度\n首问负责制\n"
        "接待群众的第一位工作人员负责到底\n一次告知所需材料\n讲解时请举例说明"
    )


def test_slides_of_powerpoint_97_in_the_order_of_the_outline() -> None:
    found = read(made.presentation(), "a.ppt")
    assert found == FileText("首问负责制\n第二段\n一次告知所需材料\nWindow 12")


def test_slides_whose_directory_is_broken_as_they_come() -> None:
    body = made.presentation()
    at = body.find(b"\x72\x17")  # the record type of the persist directory
    broken = body[:at] + b"\xff\xff" + body[at + 2 :]
    assert "一次告知所需材料" in read(broken, "a.ppt").text


@pytest.mark.parametrize(
    ("name", "original", "format_"),
    [("a.wps", "form.doc", "doc"), ("a.et", "table.xls", "xls"), ("a.wps", "form.docx", "docx")],
)
def test_wps_files_are_known_by_their_own_name(name: str, original: str, format_: str) -> None:
    body = made.fixture(original)
    kind = by_content(body, name)
    assert (kind.name, kind.format) == (name.partition(".")[2], format_)
    assert len(read(body, name).text) > 50


def test_dps_holds_powerpoint_s_streams() -> None:
    assert by_content(made.presentation(), "a.dps") == ("dps", "ppt")


def test_a_pdf_with_its_pages_and_bookmarks() -> None:
    found = read(made.fixture("form.pdf"), "form.pdf")
    assert found.text.startswith("钦州市政务服务中心制\n海域使用权申请表\n一、申请人")
    assert found.pages == (0,)
    assert found.outline == (OutlineEntry("海域使用权申请表", 0, 0),)


@pytest.mark.parametrize("damage", ["cut off", "no trailer", "junk before"])
def test_what_can_be_saved_of_a_damaged_pdf_is_told_as_such(damage: str) -> None:
    body = made.fixture("form.pdf")
    damaged = {
        "cut off": body[:-100],
        "no trailer": body.replace(b"trailer", b"       "),
        "junk before": b"junk\n" * 400 + body,
    }[damage]
    found = read(damaged, "a.pdf") if damage != "junk before" else read_file(damaged, "pdf")
    assert found is not None
    assert "海域使用权申请表" in found.text
    assert (found.outcome, found.remark) == (PARTIAL, "damaged: what could be saved")


@pytest.mark.parametrize("name", ["form.rtf", "form.doc"])
def test_rtf_under_either_name(name: str) -> None:
    body = made.fixture("form.rtf")
    assert by_content(body, name).format == "rtf"
    assert read(body, name).text == FORM


def test_rtf_in_gbk_whose_second_byte_is_a_letter() -> None:
    text = "俙俛镕"  # 0x83 0x58, 0x83 0x5C, 0xE9 0x46: letters and a backslash
    escaped = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\'{byte:02x}"
        for byte in text.encode("gb18030")
    )
    body = (
        r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset134 SimSun;}}"
        r"{\*\generator x;}{\pict\wmetafile8 0102}\f1 " + escaped + r"\par\f0\uc2 \u38065\'c7\'ae"
        r"\u24030\'d6\'dd{\field{\*\fldinst HYPERLINK x}{\fldrslt abc}}\par"
        r"\trowd\intbl a\cell b\cell\row\pard{\*\shpinst{\shptxt box\par}}}"
    )
    found = read(body.encode("ascii"), "a.rtf")
    assert found.text == f"{text}\n钱州abc\na\tb\nbox"


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_text_and_tables_in_any_charset(charset: str) -> None:
    assert read("一、补贴对象\n二、标准".encode(charset), "a.txt").text == "一、补贴对象\n二、标准"
    table = read('机型,"补贴额,元"\n插秧机,6800'.encode(charset), "a.csv")
    assert table.text == "机型\t补贴额,元\n插秧机\t6800"


def test_ofd_page_by_page_with_its_template_once() -> None:
    body = made.ofd(["第一条 为了规范管理\n第二条", "第三条"], template="钦州市人民政府公报")
    found = read(body, "a.ofd")
    assert found.text == "第一条 为了规范管理\n第二条\n钦州市人民政府公报\n第三条"
    assert [found.text[at:][:3] for at in found.pages] == ["第一条", "第三条"]


@pytest.mark.parametrize(("namespace", "slash"), [(False, "/"), (True, "\\")])
def test_ofd_beside_the_standard(namespace: bool, slash: str) -> None:
    body = made.ofd(["海域使用公告"], namespace=namespace, slash=slash)
    assert read(body, "a.ofd") == FileText("海域使用公告", pages=(0,))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<html><table><tr><td>机型</td><td>补贴额</td></tr></table></html>", "a.xls"),
        (
            '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
            "<Row><Cell><Data>机型</Data></Cell><Cell><Data><B>补贴</B>额</Data></Cell></Row>"
            "</Table></Worksheet></Workbook>",
            "a.xls",
        ),
        (
            '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument'
            ' xmlns:w="x"><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>机型</w:t></w:r></w:p></w:tc>'
            "<w:tc><w:p><w:r><w:t>补贴额</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body>"
            "</w:wordDocument>",
            "a.doc",
        ),
        (
            "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
            "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            "<html><table><tr><td>机型</td><td>补贴额</td></tr></table></html>\r\n--x--\r\n",
            "a.doc",
        ),
    ],
)
def test_text_formats_in_disguise(body: str, name: str) -> None:
    found = read(body.encode(), name)
    assert by_content(body.encode(), name).name == name.partition(".")[2]
    assert found.text.split() == ["机型", "补贴额"]


def test_a_zip_with_names_in_gbk_and_an_archive_inside() -> None:
    inner = made.zipped({"须知.txt": "三、办理时限", "内.zip": made.zipped({"a.txt": "不读"})})
    body = made.gbk_zip({"附件.txt": "一、条件".encode("gb18030"), "表格.zip": inner})
    found = read(body, "a.zip")
    assert found.text == "附件.txt\n一、条件\n表格.zip\n须知.txt\n三、办理时限\n内.zip"


def test_names_in_a_zip_by_flag_utf8_or_info_zip_s_field() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("公告.txt", "甲")
        field = zipfile.ZipInfo("plain.txt")
        raw = "通知.txt".encode()
        data = b"\x01" + zlib.crc32(b"plain.txt").to_bytes(4, "little") + raw
        field.extra = b"\x75\x70" + len(data).to_bytes(2, "little") + data
        archive.writestr(field, "乙")
    body = stream.getvalue().replace("公告".encode(), "公示".encode())
    assert read(body, "a.zip").text == "公示.txt\n甲\n通知.txt\n乙"


def test_rar_7z_tar_and_gzip() -> None:
    text = "一、申请条件"
    assert read(made.rar("须知.txt", text.encode()), "a.rar").text == f"须知.txt\n{text}"
    seven = read(made.fixture("forms.7z"), "a.7z")
    assert seven.text == "表格/申请须知.txt\n一、申请条件\n二、申请材料"
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        member = tarfile.TarInfo("须知.txt")
        member.size = len(text.encode())
        archive.addfile(member, io.BytesIO(text.encode()))
    assert read(stream.getvalue(), "a.tar.gz").text == f"须知.txt\n{text}"
    assert read(gzip.compress(text.encode()), "a.txt.gz").text == text


def _encrypted_doc() -> bytes:
    body = bytearray(made.fixture("form.doc"))
    body[body.find(b"\xec\xa5") + 11] |= 1  # fEncrypted of the FIB
    return bytes(body)


def _encrypted_xls() -> bytes:
    body = bytearray(made.fixture("table.xls"))
    at = body.find(b"\x09\x08\x10\x00") + 20  # the record after BOF
    body[at : at + 2] = b"\x2f\x00"  # FilePass
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (made.fixture("locked.pdf"), "a.pdf"),
        (made.fixture("locked.7z"), "a.7z"),
        (made.locked_zip({"a.txt": "x"}), "a.zip"),
        (made.locked_zip({"word/document.xml": "<x/>"}), "a.docx"),
        (made.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "a.xlsx"),
        (made.presentation(encrypted=True), "a.ppt"),
        (_encrypted_doc(), "a.doc"),
        (_encrypted_xls(), "a.xls"),
    ],
)
def test_files_behind_a_password_are_told(body: bytes, name: str) -> None:
    kind = by_content(body, name)
    assert kind.name == name.partition(".")[2]
    found = read(body, name)
    assert found == FileText("", ENCRYPTED, "opens with a password only")


def test_an_archive_encrypted_in_part_gives_the_rest() -> None:
    body = made.zipped({"a.docx": made.locked_zip({"word/document.xml": "x"}), "b.txt": "条件"})
    found = read(body, "a.zip")
    assert (found.text, found.outcome) == ("a.docx\nb.txt\n条件", PARTIAL)
    assert found.remark == "1 of 2 files are encrypted"


def test_a_scan_and_an_empty_form_hold_no_text() -> None:
    scan = read(made.scanned_pdf(), "a.pdf")
    assert (scan.outcome, scan.text) == (NO_TEXT, "")
    assert scan.remark == "holds no text: scanned pages, or drawn letters"
    assert read(made.ofd([""]), "a.ofd").outcome == NO_TEXT
    assert read_file(b"\0\0\n", "docx") == FileText("", BROKEN, "the file is empty")


def test_what_is_missing_on_this_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    word_95 = made.compound({"WordDocument": b"\xdc\xa5" + bytes(600)})
    sandbox.close()
    monkeypatch.setenv("PATH", "")
    found = read(word_95, "a.doc")
    sandbox.close()
    assert found.outcome == UNSUPPORTED
    assert "antiword" in found.remark


def test_a_format_without_a_reader_is_none() -> None:
    assert read_file(b"MZ", "program") is None


def test_every_entry_of_the_chain_names_a_reader_and_its_reason() -> None:
    for entries in chains().values():
        for entry in entries:
            assert callable(find_reader(entry["reader"]))
            assert len(entry["why"]) > 3
            assert set(entry) <= {"reader", "why", "compare", "salvage"}
