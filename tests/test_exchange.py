"""Import and export: what goes out comes in again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import Archive
from indexer.document import Document
from indexer.exchange import ExchangeError, ImportSummary, export_file, import_file

FULL = Document(
    url="http://a.example/1.html",
    title="公积金提取指南",
    text="第一段\n第二段\u2028仍是第二段",
    site="center",
    type="service",
    column="办事指南",
    source="市住房公积金管理中心",
    document_number="钦政发〔2009〕12号",
    published=date(2009, 12, 3),
    filetype="doc",
    keywords=("公积金", "提取"),
    description="摘要",
    parent="http://a.example/",
    service={"place": "一楼", "hours": "上午"},
)
LEAST = Document(url="http://b.example/", title="公告", site="import")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def imported(archive: Archive, folder: Path, *lines: str | bytes | dict[str, Any]) -> ImportSummary:
    path = folder / "in.jsonl"
    packed = (json.dumps(line).encode() if isinstance(line, dict) else line for line in lines)
    path.write_bytes(b"\n".join(one.encode() if isinstance(one, str) else one for one in packed))
    return import_file(path, archive)


def documents(archive: Archive) -> list[Document]:
    return list(archive.iterate_documents())


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_what_is_exported_is_imported_again(archive: Archive, tmp_path: Path, name: str) -> None:
    imported(archive, tmp_path, FULL.to_record(), LEAST.to_record())
    assert documents(archive) == [FULL, LEAST]
    assert export_file(tmp_path / name, archive) == 2
    other = Archive(tmp_path / "other.sqlite")
    summary = import_file(tmp_path / name, other)
    assert (summary.imported, summary.rejected) == (2, 0)
    assert documents(other) == [FULL, LEAST]
    other.close()


def test_an_export_is_one_object_a_line(archive: Archive, tmp_path: Path) -> None:
    imported(archive, tmp_path, FULL.to_record())
    export_file(tmp_path / "out.jsonl", archive)
    (line,) = (tmp_path / "out.jsonl").read_bytes().splitlines()
    record = json.loads(line)
    assert record["published"] == "2009-12-03"
    assert record["document_number"] == "钦政发〔2009〕12号"
    assert list(record["service"]) == ["place", "hours"]
    assert "钦政发".encode() in line  # readable, not escaped


def test_bad_lines_are_named_and_good_ones_kept(archive: Archive, tmp_path: Path) -> None:
    summary = imported(
        archive,
        tmp_path,
        LEAST.to_record(),
        "{no json",
        "",
        "[1, 2]",
        {"url": "http://b.example/2"},
        {"url": "http://b.example/3", "title": "公告", "published": "昨天"},
        {"url": "http://b.example/4", "title": "公告", "html": 5},
        '{"url": "http://b.example/5", "title": "公告"}'.encode("gb18030"),
        r'{"url": "http://b.example/6", "title": "\ud800"}',
        "[" * 100_000,
        {"url": "http://b.example/7", "title": "最后"},
    )
    assert (summary.imported, summary.rejected) == (2, 8)
    assert [document.title for document in documents(archive)] == ["公告", "最后"]
    complaints = [fault.removeprefix(f"{tmp_path / 'in.jsonl'}:") for fault in summary.faults]
    assert [complaint.split(": ")[0] for complaint in complaints] == [
        *("2", "4", "5", "6", "7", "8", "9", "10")
    ]
    for complaint, words in zip(
        complaints,
        [
            "not JSON",
            "takes a JSON object",
            "title: required",
            "published: takes a day",
            "html: takes a string",
            "not UTF-8",
            "surrogate",
            "nested",
        ],
        strict=True,
    ):
        assert words in complaint


def test_only_the_first_faults_are_told_but_all_are_counted(
    archive: Archive, tmp_path: Path
) -> None:
    summary = imported(archive, tmp_path, *["x"] * 50)
    assert (summary.rejected, len(summary.faults)) == (50, 20)


def test_urls_are_brought_into_one_form(archive: Archive, tmp_path: Path) -> None:
    imported(archive, tmp_path, {"url": "HTTP://A.example:80/x?b=1&a=2#top", "title": "公告"})
    assert [document.url for document in documents(archive)] == ["http://a.example/x?a=2&b=1"]


def test_the_same_url_again_replaces(archive: Archive, tmp_path: Path) -> None:
    imported(archive, tmp_path, LEAST.to_record(), {**LEAST.to_record(), "title": "新公告"})
    assert [document.title for document in documents(archive)] == ["新公告"]


def test_a_page_is_read_and_the_record_goes_above_it(archive: Archive, tmp_path: Path) -> None:
    html = (
        "<html><head><title>停水通知-钦州市</title></head><body><h1>停水通知</h1>"
        "<p>发布时间：2009-12-03</p><p>因管道维修，钦南区明日上午停水，请居民提前储水备用。</p></body></html>"
    )
    record = {"url": "http://a.example/art/1.html", "title": "关于停水的通知", "html": html}
    imported(archive, tmp_path, {**record, "column": "公告"})
    (document,) = documents(archive)
    assert (document.title, document.column, document.site) == ("关于停水的通知", "公告", "import")
    assert "钦南区明日上午停水" in document.text
    assert document.published == date(2009, 12, 3)
    page = archive.find(document.url)
    assert page is not None
    assert archive.body(page) == html.encode()


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(
    archive: Archive, tmp_path: Path
) -> None:
    line = json.dumps(LEAST.to_record()).encode()
    summary = imported(archive, tmp_path, b"\xef\xbb\xbf" + line + b"\r", line + b"\r")
    assert (summary.imported, summary.rejected) == (2, 0)


def test_long_files_are_imported_in_batches(archive: Archive, tmp_path: Path) -> None:
    seen: list[int] = []
    path = tmp_path / "in.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number in range(2500):
            file.write(json.dumps({"url": f"http://a.example/{number}", "title": "公告"}) + "\n")
    summary = import_file(path, archive, lambda done, _total: seen.append(done))
    assert summary.imported == len(documents(archive)) == 2500
    assert seen == [1000, 2000, 2500]


def test_a_cancelled_import_keeps_whole_batches(archive: Archive, tmp_path: Path) -> None:
    def stop(done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "in.jsonl"
    lines = [json.dumps({"url": f"http://a.example/{n}", "title": "公告"}) for n in range(1500)]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        import_file(path, archive, stop)
    assert len(documents(archive)) == 1000


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("in.csv", b"", "takes a file ending in .jsonl or .jsonl.gz"),
        ("none.jsonl", None, "cannot be read: .*No such file"),
        ("in.jsonl.gz", b"no gzip", "cannot be read"),
        ("in.jsonl.gz", gzip.compress(b"x" * 1000, mtime=0)[:-15], "cannot be read"),
        ("in.jsonl.gz", gzip.compress(b"x", mtime=0)[:10] + b"\xff" * 20, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read(
    archive: Archive, tmp_path: Path, name: str, content: bytes | None, complaint: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ExchangeError, match=f"{path}: {complaint}"):
        import_file(path, archive)


def test_an_export_appears_whole_or_not_at_all(archive: Archive, tmp_path: Path) -> None:
    def stop(done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    imported(archive, tmp_path, FULL.to_record())
    path = tmp_path / "out" / "documents.jsonl"
    path.parent.mkdir()
    path.write_text("yesterday's", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        export_file(path, archive, stop)
    assert [file.name for file in path.parent.iterdir()] == ["documents.jsonl"]
    assert path.read_text(encoding="utf-8") == "yesterday's"
    export_file(path, archive)
    assert [file.name for file in path.parent.iterdir()] == ["documents.jsonl"]
    assert json.loads(path.read_text(encoding="utf-8"))["title"] == FULL.title


@pytest.mark.parametrize("name", ["nowhere/out.jsonl", "out.txt", "archive.sqlite/out.jsonl"])
def test_files_that_cannot_be_written(archive: Archive, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExchangeError):
        export_file(tmp_path / name, archive)


def test_what_0_1_0_exported_is_imported_under_the_names_of_today(
    archive: Archive, tmp_path: Path
) -> None:
    guide = {"办理时间": "上午", "承诺办结时限": "5个工作日", "申请材料": "1. 申请表（一式两份）"}
    imported(archive, tmp_path, {**LEAST.to_record(), "service": guide})
    (document,) = documents(archive)
    assert document.service is not None
    assert document.service["hours"] == "上午"
    assert document.service["promised_time_limit"]["days"] == 5
    (material,) = document.service["materials"]
    assert material["name"] == "申请表"


def test_personal_data_are_masked_and_told_whatever_is_imported(
    archive: Archive, tmp_path: Path
) -> None:
    text = "联系手机13800138000。"
    part = {"url": "http://a.example/3.pdf#page=2", "title": "通知", "issue": "公报 2009年第3期"}
    imported(archive, tmp_path, {**LEAST.to_record(), "text": text}, {**part, "text": text})
    assert [one.text.count("*") > 0 for one in documents(archive)] == [True, True]
    assert archive.count_personal_findings() == 2
    assert {one.url for one in documents(archive)} == {LEAST.url, part["url"]}
