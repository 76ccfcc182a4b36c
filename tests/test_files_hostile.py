"""Files made to do harm, or broken on the way: each ends in a clear record, in seconds."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import files_made as made
from indexer.extract.files import (
    BROKEN,
    LIMIT,
    NO_TEXT,
    OUTCOMES,
    PARTIAL,
    UNSUPPORTED,
    FileText,
    read_file,
)
from indexer.extract.files.chain import chains
from indexer.extract.filetype import by_content

MOST_SECONDS = 10.0
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {c} "{f"&{b};" * 10}">' for b, c in ("ab", "bc", "cd", "de", "ef", "fg"))
    + "]>"
)
FIXTURES = {
    "doc": "form.doc",
    "docx": "form.docx",
    "xls": "table.xls",
    "xlsx": "table.xlsx",
    "pptx": "slides.pptx",
    "pdf": "form.pdf",
    "rtf": "form.rtf",
    "7z": "forms.7z",
}


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < MOST_SECONDS


def read(body: bytes, file_format: str) -> FileText:
    found = read_file(body, file_format)
    assert found is not None
    assert found.outcome in OUTCOMES
    assert bool(found.remark) == (found.outcome != "ok")
    return found


def flat_zip(name: str, size: int) -> bytes:
    """A zip file whose one member unpacks to so many zeros."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w") as member,
    ):
        for _ in range(size // 1_000_000):
            member.write(bytes(1_000_000))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "file_format"),
    [("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("OFD.xml", "ofd")],
)
def test_an_office_file_that_unpacks_to_hundreds_of_megabytes(name: str, file_format: str) -> None:
    found = read(flat_zip(name, 310_000_000), file_format)
    assert (found.outcome, found.remark) == (LIMIT, "unpacks to 310 MB")


def test_a_flat_zip_bomb() -> None:
    found = read(flat_zip("a.txt", 310_000_000), "zip")
    assert (found.outcome, found.remark) == (LIMIT, "unpacks to 310 MB")


def test_a_nested_zip_bomb() -> None:
    body = flat_zip("a.txt", 60_000_000)
    for _ in range(4):
        body = made.zipped({f"{number}.zip": body for number in range(10)})
    found = read(body, "zip")
    assert found.outcome in (PARTIAL, "ok")
    assert "0.zip" in found.text


def test_a_zip_that_lies_about_its_sizes() -> None:
    body = bytearray(made.zipped({"a.txt": "条件" * 1000}))
    at = body.find(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    assert read(bytes(body), "zip").outcome in (LIMIT, BROKEN, PARTIAL)


def test_a_gzip_bomb() -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packed.compress(bytes(1_000_000)) for _ in range(200)) + packed.flush()
    assert read(body, "gz").outcome == LIMIT


@pytest.mark.parametrize(
    ("members", "file_format"),
    [
        ({"word/document.xml": f'{LAUGHS}<w xmlns="{WORD}"><p><t>&g;</t></p></w>'}, "docx"),
        ({"word/document.xml": f"{LAUGHS}<w><p a='&g;'/></w>".encode("utf-16")}, "docx"),
        ({"OFD.xml": f"{LAUGHS}<OFD><DocRoot>&g;</DocRoot></OFD>"}, "ofd"),
    ],
)
def test_xml_entities_are_refused(members: dict[str, bytes | str], file_format: str) -> None:
    found = read(made.zipped(members), file_format)
    assert (found.outcome, found.text) == (LIMIT, "")
    assert found.remark == "declares XML entities, which may grow without end"


def workbook(sheet: Iterator[str], strings: str = "") -> bytes:
    """An .xlsx with one sheet, its XML given in parts."""
    stream = io.BytesIO()
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Override PartName="/xl/workbook.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml'
            '.sheet.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
            f' Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{kinds}"><sheets>'
            '<sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
            f' Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for part in sheet:
                member.write(part.encode())
    return stream.getvalue()


def test_entities_in_a_workbook() -> None:
    sheet = (
        f'{LAUGHS}<worksheet xmlns="{SPREADSHEET}"><sheetData><row><c t="inlineStr"><is><t>&g;'
        "</t></is></c></row></sheetData></worksheet>"
    )
    found = read(workbook(iter([sheet])), "xlsx")
    assert len(found.text) < 1000
    assert found.outcome != "ok"


def test_a_workbook_whose_sheet_is_a_hundred_megabytes() -> None:
    row = "<row>" + '<c t="inlineStr"><is><t>补贴额</t></is></c>' * 20 + "</row>"

    def sheet() -> Iterator[str]:
        yield f'<worksheet xmlns="{SPREADSHEET}"><dimension ref="A1:T9"/><sheetData>'
        for _ in range(100_000_000 // (1000 * len(row.encode())) + 1):
            yield row * 1000
        yield "</sheetData></worksheet>"

    found = read(workbook(sheet()), "xlsx")
    assert (found.outcome, found.text[:3]) == (PARTIAL, "补贴额")
    assert found.remark.startswith("read ")


def test_a_text_table_of_a_hundred_megabytes() -> None:
    found = read("插秧机,6800\n".encode() * 7_000_000, "csv")
    assert (found.outcome, found.text[:8]) == (PARTIAL, "插秧机\t6800")
    assert found.remark.startswith("read ")


def test_a_table_of_one_row_without_end() -> None:
    cells = '<c t="inlineStr"><is><t>甲</t></is></c>' * 200_000
    sheet = (
        f'<worksheet xmlns="{SPREADSHEET}"><sheetData><row>{cells}</row></sheetData></worksheet>'
    )
    read(workbook(iter([sheet])), "xlsx")


@pytest.mark.parametrize("tag", ["tbl", "p", "x"])
def test_elements_ten_thousand_deep(tag: str) -> None:
    xml = f'<w xmlns="{WORD}">' + f"<{tag}>" * 10_000 + "<t>深</t>" + f"</{tag}>" * 10_000 + "</w>"
    found = read(made.zipped({"word/document.xml": xml}), "docx")
    assert found.text in ("深", "")


def test_rows_in_rows_ten_thousand_deep() -> None:
    xml = "<w>" + "<tr><tc><p><t>格</t></p>" * 10_000 + "</tc></tr>" * 10_000 + "</w>"
    assert "格" in read(made.zipped({"word/document.xml": xml}), "docx").text


def test_rtf_groups_a_million_deep() -> None:
    read(b"{\\rtf1" + b"{" * 1_000_000 + b"abc" + b"}" * 1_000_001, "rtf")


def test_records_of_powerpoint_a_thousand_deep() -> None:
    data = made.record(4000, "深".encode("utf-16-le"))
    for _ in range(1000):
        data = made.record(1006, data, version=15)
    body = made.compound({"PowerPoint Document": data, "Current User": bytes(30)})
    assert read(body, "ppt").outcome in (NO_TEXT, BROKEN)


def test_a_pdf_whose_pages_and_bookmarks_go_round_in_circles() -> None:
    body = made.pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
            b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R/Resources 3 0 R>>",
            b"<</First 5 0 R/Last 5 0 R/Count 1>>",
            b"<</Title(a)/Parent 4 0 R/Next 5 0 R/First 5 0 R/Dest[3 0 R/Fit]>>",
        ]
    )
    assert read(body, "pdf").text == ""


def test_a_pdf_whose_form_draws_itself() -> None:
    drawn = b"/X Do /X Do"
    body = made.pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R"
            b"/Resources<</XObject<</X 4 0 R>>>>>>",
            b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>"
            b"/Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn),
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn),
        ]
    )
    assert read(body, "pdf").outcome in (NO_TEXT, LIMIT)


def test_a_million_members_are_not_listed() -> None:
    body = made.zipped({f"{number}": "" for number in range(20_001)})
    found = read(body, "zip")
    assert (found.outcome, found.remark) == (LIMIT, "holds 20001 files")


def test_a_file_larger_than_any() -> None:
    found = read(bytes(200_000_001), "pdf")
    assert (found.outcome, found.remark) == (LIMIT, "larger than 200 MB")


@pytest.mark.parametrize("file_format", sorted(FIXTURES))
def test_cut_off_and_damaged_files(file_format: str) -> None:
    body = made.fixture(FIXTURES[file_format])
    chance = random.Random(file_format)
    for _ in range(12):
        read(body[: chance.randrange(1, len(body))], file_format)
        spoilt = bytearray(body)
        for _ in range(20):
            spoilt[chance.randrange(len(body))] = chance.choice((0, 0xFF, chance.randrange(256)))
        read(bytes(spoilt), file_format)


@pytest.mark.parametrize("file_format", sorted(chains()))
def test_nothing_but_zeros_or_noise(file_format: str) -> None:
    assert read(bytes(5000), file_format).outcome == BROKEN
    noise = random.Random(7).randbytes(5000)
    found = read(noise, file_format)
    if file_format not in ("txt", "csv", "html", "mhtml"):
        assert found.outcome in (BROKEN, NO_TEXT, UNSUPPORTED)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    file_format=st.sampled_from(sorted(chains())),
    head=st.sampled_from(
        [b"", b"%PDF-1.4\n", b"{\\rtf1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<"]
    ),
    rest=st.binary(max_size=2000),
)
def test_any_bytes_give_a_record(file_format: str, head: bytes, rest: bytes) -> None:
    read(head + rest, file_format)
    by_content(head + rest, f"a.{file_format}")
