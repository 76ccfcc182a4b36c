"""The documents inside a page, and what was masked in it, in the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.archive.documents import PackedDocument, Told
from indexer.archive.imports import Imported, store_imported
from indexer.document import Document
from indexer.personal_data import Finding

ISSUE = "http://a.example/gazette/3.pdf"
GAZETTE = Document(url=ISSUE, title="公报 2009年第3期", text="目录", site="a", filetype="pdf")
FIRST, SECOND = (
    Document(
        url=f"{ISSUE}#page={page}", title=title, text="正文", site="a", issue=GAZETTE.title,
        parent=ISSUE,
    )
    for page, title in ((2, "关于印发节水办法的通知"), (10, "关于秋季植树的通告"))
)  # fmt: skip
MOBILE = Finding("mobile", "138****8000", "text", 2)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive.sqlite")
    yield archive
    archive.close()


def keep(archive: Archive, *parts: Document, findings: tuple[Finding, ...] = ()) -> int:
    page = archive.ensure_page(ISSUE, "a")
    told = Told(parts=[PackedDocument.pack(part) for part in parts], findings=findings)
    archive.store_document(page, "a", GAZETTE, 1, told)
    return page


def test_each_document_of_an_issue_is_one_of_the_archive(archive: Archive) -> None:
    page = keep(archive, FIRST, SECOND)
    assert list(archive.iterate_documents()) == [GAZETTE, SECOND, FIRST]  # by fragment
    listed = archive.list_documents()
    assert [one.url for one in listed] == [ISSUE, SECOND.url, FIRST.url]
    assert [one.digest for one in listed] == [one.digest() for one in (GAZETTE, SECOND, FIRST)]
    assert archive.document(page, "page=2") == FIRST
    assert archive.document(page) == GAZETTE
    assert archive.document(page, "page=99") is None
    assert archive.summary()["sites"]["a"]["documents"] == 3


def test_an_issue_read_again_keeps_no_part_of_before(archive: Archive) -> None:
    page = keep(archive, FIRST, SECOND)
    keep(archive, replace(FIRST, title="另一份"))
    assert [one.title for one in archive.iterate_documents()] == [GAZETTE.title, "另一份"]
    archive.forget_document(page)
    assert archive.list_documents() == []


def test_parts_come_by_import_one_by_one(archive: Archive) -> None:
    page = archive.ensure_page(ISSUE, "a")
    for part in (FIRST, SECOND, replace(SECOND, title="更正后的通告")):
        archive.add_part(page, "a", PackedDocument.pack(part), (MOBILE,))
    titles = {one.title for one in archive.iterate_documents()}
    assert titles == {FIRST.title, "更正后的通告"}
    assert [one.findings for one in archive.personal_findings()] == [(MOBILE,)]


def test_masked_personal_data_are_listed_by_page(archive: Archive) -> None:
    keep(archive, findings=(MOBILE, Finding("identity", "450***********2X", "text", 1)))
    other = archive.ensure_page("http://b.example/", "b")
    archive.store_document(other, "b", Document(url="http://b.example/", title="无"), 1)
    (found,) = archive.personal_findings()
    assert (found.url, found.title, found.site) == (ISSUE, GAZETTE.title, "a")
    assert found.findings[0] == MOBILE
    assert archive.count_personal_findings() == archive.count_personal_findings("a") == 1
    assert archive.count_personal_findings("b") == 0
    assert archive.personal_findings("b") == []
    assert archive.personal_findings(offset=1) == []


def test_other_settings_make_pages_due_to_be_read_again(archive: Archive) -> None:
    page = archive.page(keep(archive))
    archive.store_content(page, 200, [], b"%PDF-")
    assert archive.pages_to_extract(1) == []
    assert archive.pages_to_extract(1, "with OCR") == [page.id]
    archive.store_document(page.id, "a", GAZETTE, 1, Told(options="with OCR"))
    assert archive.pages_to_extract(1, "with OCR") == []
    assert archive.pages_to_extract(1) == [page.id]


def test_imports_are_stored_in_their_order(archive: Archive) -> None:
    def item(document: Document) -> Imported:
        packed = PackedDocument.pack(document)
        return Imported(ISSUE, "a", document.title, packed, is_part="#" in document.url)

    renamed, other = replace(GAZETTE, title="公报"), Document(url="http://b.example/", title="无")
    with archive.transaction():
        store_imported(
            archive,
            [
                *map(item, (FIRST, GAZETTE, renamed, SECOND)),
                Imported(other.url, "b", other.title, PackedDocument.pack(other)),
            ],
        )
    # The issue came again behind its first part, and what a page says replaces all of it.
    assert list(archive.iterate_documents()) == [renamed, SECOND, other]
    assert [page.anchor for page in map(archive.find, (ISSUE, other.url)) if page] == [
        FIRST.title,
        "无",
    ]
    keys = [(1, ""), (1, "page=10"), (1, "page=2"), (2, ""), (3, "")]
    records = archive.records(keys)
    assert {key: Document.from_json(packed) for key, packed in records.items()} == {
        (1, ""): renamed,
        (1, "page=10"): SECOND,
        (2, ""): other,
    }


def test_more_pages_than_a_statement_takes_variables(archive: Archive) -> None:
    found = [(f"http://a.example/{n}", "a", str(n)) for n in range(1700)]
    ids = archive.ensure_pages([*found, *found[:3], ("http://a.example/\0", "a", "")])
    assert ids == [*range(1, 1701), 1, 2, 3, 1701]
    assert archive.ensure_pages(found[::-1]) == [*range(1700, 0, -1)]
    assert archive.ensure_page("http://a.example/new", "a") == 1702
