"""Personal data on a crawled page or in its files: nowhere but in the bytes as received."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from whoosh.index import open_dir

from extract_pages import old_page
from indexer.archive import Archive
from indexer.archive.documents import PackedDocument, Told
from indexer.config_crawl import SiteSettings
from indexer.crawl.scope import Scope
from indexer.extract import EXTRACTION_VERSION, FetchedPage, extract
from indexer.index import engine, whoosh_engine
from indexer.indexing import rebuild
from indexer.reading import ReadingOptions, reextract
from personal import IDENTITY, MASKED_IDENTITY, MASKED_MOBILE, MOBILE

URL = "http://a.example/zwgk/1.html"
TEXT = f"救助对象公示：张某，身份证号{IDENTITY}，手机{MOBILE}，请互相转告并监督。"
HTML = old_page(body=f"<p>{TEXT}</p>")
PAGE = FetchedPage(URL, HTML.encode(), "a", "text/html; charset=utf-8")
CSV = FetchedPage(
    "http://a.example/1.csv", f"姓名,身份证号\n张某,{IDENTITY}\n".encode(), "a", "text/csv"
)


def test_a_page_shows_no_number_and_says_what_was_masked() -> None:
    found = extract(PAGE)
    assert found.document is not None
    assert MASKED_IDENTITY in found.document.text
    assert MASKED_MOBILE in found.document.text
    assert IDENTITY not in str(found.document.to_record())
    assert {(one.kind, one.field, one.count) for one in found.findings} == {
        ("identity", "text", 1),
        ("mobile", "text", 1),
    }


def test_a_file_shows_none_either() -> None:
    found = extract(CSV)
    assert found.document is not None
    assert found.document.text.endswith(MASKED_IDENTITY)
    assert [one.shown for one in found.findings] == [MASKED_IDENTITY]


def test_numbers_that_staff_call_public_stay() -> None:
    found = extract(replace(PAGE, public_numbers=frozenset({MOBILE})))
    assert found.document is not None
    assert MOBILE in found.document.text
    assert [one.kind for one in found.findings] == ["identity"]


def test_the_index_has_no_term_of_them(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    found = extract(PAGE)
    assert found.document is not None
    page = archive.ensure_page(URL, "a")
    packed = PackedDocument.pack(found.document)
    archive.store_document(page, "a", packed, EXTRACTION_VERSION, Told(findings=found.findings))
    index = whoosh_engine.WhooshEngine(tmp_path / "index")
    rebuild(archive, index, engine.no_progress)
    (folder,) = (tmp_path / "index").glob("g*")
    every = open_dir(str(folder)).reader().all_terms()
    terms = {term.decode("utf-8", "replace") for _field, term in every}
    archive.close()
    assert any("救助" in term for term in terms)
    assert not [term for term in terms if term in IDENTITY and len(term) > 3 and term.isdigit()]
    assert not [term for term in terms if term in MOBILE and len(term) > 3]


def test_a_changed_list_of_public_numbers_reads_the_pages_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    site = SiteSettings(name="a", start_urls=["http://a.example/"])
    page = archive.page(archive.ensure_page(URL, "a"))
    archive.store_content(page, 200, [("content-type", "text/html; charset=utf-8")], PAGE.body)
    scopes = {"a": Scope(site)}
    public = ReadingOptions(public_numbers=frozenset({MOBILE}))
    texts = []
    for options in (ReadingOptions(), public, public, ReadingOptions()):
        reextract(archive, scopes, options)
        document = archive.document(page.id)
        assert document is not None
        texts.append(MOBILE in document.text)
    assert texts == [False, True, True, False]
    assert archive.count_personal_findings() == 1
    archive.forget_document(page.id)
    assert archive.count_personal_findings() == 0
    archive.close()
