"""The sample portal's gazette is read as the documents printed in it, page and PDF alike."""

from __future__ import annotations

from urllib.parse import urljoin

from indexer.extract import Extraction, FetchedPage, extract
from indexer.sample_sites import portal

HOST = "http://www.example.gov.cn"
PAGES = portal.build(HOST)
ISSUE = next(article for article in portal.load_articles() if article.printed)


def read(path: str, anchor: str = "", parent: str | None = None) -> Extraction:
    """One address of the portal, read as a crawl reads it."""
    resource = PAGES[path]
    content_type = resource.content_type
    return extract(
        FetchedPage(
            HOST + path, resource.body, "portal", content_type, anchor=anchor, parent=parent
        )
    )


def test_an_issue_on_a_page_yields_its_documents() -> None:
    found = read(ISSUE.path)
    assert [part.title for part in found.parts] == [one.title for one in ISSUE.printed]
    assert [part.document_number or "" for part in found.parts] == [
        one.number for one in ISSUE.printed
    ]
    assert [part.signed for part in found.parts] == [one.written for one in ISSUE.printed]
    for part, one in zip(found.parts, ISSUE.printed, strict=True):
        assert part.issue == "钦州市人民政府公报 2009年第3期"
        assert part.parent == HOST + ISSUE.path
        for paragraph in (one.body + one.annex).splitlines():
            assert " ".join(paragraph.split()) in " ".join(part.text.split())
    assert found.parts[1].text.endswith("发放到户。")


def test_the_address_of_a_document_leads_to_its_anchor() -> None:
    html = PAGES[ISSUE.path].body.decode("gb18030")
    for part in read(ISSUE.path).parts:
        address, _, fragment = part.url.partition("#")
        assert address == HOST + ISSUE.path
        place = html.index(f"<A name={fragment}>")
        assert html.index(part.title, place) - place < 40


def test_the_issue_itself_stays_with_its_contents() -> None:
    document = read(ISSUE.path).document
    assert document is not None
    assert document.title == ISSUE.title
    assert (document.document_number, document.signed) == (None, None)
    assert all(one.title in document.text for one in ISSUE.printed)
    assert not any(one.body.splitlines()[1] in document.text for one in ISSUE.printed)


def test_an_issue_as_pdf_yields_its_documents_by_page() -> None:
    (given,) = ISSUE.attachments
    path = ISSUE.attachment_path(given["name"])
    found = read(path, given["label"], urljoin(HOST, ISSUE.path))
    assert [
        (part.url.partition("#")[2], part.title, part.document_number) for part in found.parts
    ] == [
        (
            "page=2",
            "钦州市人民政府关于公布2009年重点水库防汛责任单位的通知",
            "钦政发〔2009〕19号",
        ),
        (
            "page=3",
            "钦州市人民政府关于禁止在行洪河道内设置养殖网箱的通告",
            "钦政发〔2009〕21号",
        ),
        (
            "page=4",
            "钦州市人民政府办公室关于调整市防汛抗旱指挥部成员单位职责的通知",
            "钦政办〔2009〕29号",
        ),
    ]
    for part in found.parts:
        assert part.issue == "钦州市人民政府公报 2009年增刊"
        assert part.parent == HOST + path
        assert part.signed is not None
        assert "增刊" not in part.text
