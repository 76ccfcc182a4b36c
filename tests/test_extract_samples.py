"""Extraction over the two sample sites gives back what their authors wrote."""

from __future__ import annotations

import functools
from urllib.parse import urljoin, urlsplit

import pytest

from indexer.extract import Extraction, FetchedPage, extract
from indexer.sample_sites import portal, service_center, service_center_content
from indexer.sample_sites.resource import Pages
from indexer.service import searchable_text

HOST = "http://www.example.gov.cn"


@functools.cache
def site(name: str) -> Pages:
    return {"portal": portal, "service_center": service_center}[name].build()


def read(name: str, path: str, anchor: str = "") -> Extraction:
    resource = site(name)[path]
    page = FetchedPage(HOST + path, resource.body, name, resource.content_type, anchor=anchor)
    return extract(page)


@functools.cache
def crawl(name: str) -> dict[str, Extraction]:
    """Every page that links lead to from the home page, as a crawler would read it."""
    waiting = [FetchedPage(f"{HOST}/", b"", name)]
    found: dict[str, Extraction] = {}
    while waiting:
        request = waiting.pop(0)
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        resource = site(name).get(path)
        if path in found or resource is None or not request.url.startswith(HOST):
            continue
        page = FetchedPage(
            request.url,
            resource.body,
            name,
            resource.content_type,
            anchor=request.anchor,
            parent=request.parent,
            parent_title=request.parent_title,
        )
        found[path] = result = extract(page)
        title = result.document.title if result.document else None
        for link in result.links:
            url = urljoin(request.url, link.url)
            waiting.append(FetchedPage(url, b"", name, None, None, link.text, request.url, title))
    return found


def test_every_article_of_the_portal_is_read_as_written() -> None:
    for article in portal.load_articles():
        for path in article.paths.values():
            found = read("portal", path)
            document = found.document
            assert document is not None, path
            assert found.charset == "gb18030"
            assert document.title == article.title, path
            assert document.published == article.published.date(), path
            assert (document.document_number or "") == article.number, path
            assert document.source in (article.source, None), path
            lines = document.text.split("\n")
            if not article.letter:
                for paragraph in article.body.strip().splitlines():
                    assert paragraph.strip() in lines, path


def test_nothing_is_added_to_an_article_of_the_portal() -> None:
    for article in portal.load_articles():
        document = read("portal", article.path).document
        assert document is not None
        if article.letter or article.table or article.attachments:
            continue
        written = {*map(str.strip, article.body.splitlines()), article.number, article.issuer}
        added = set(document.text.split("\n")) - written - {article.signed_on}
        assert not added, (article.path, added)


def test_the_portals_source_is_missing_only_where_the_page_names_none() -> None:
    documents = [(a, read("portal", a.path).document) for a in portal.load_articles()]
    silent = [a.path for a, document in documents if document and not document.source]
    for path in silent:
        text = site("portal")[path].body.decode("gb18030")
        assert "来源：" not in text


@pytest.mark.parametrize("layout", ["table", "dl", "headings", "tabs"])
def test_every_guide_is_read_field_by_field(layout: str) -> None:
    bodies = service_center_content.load().bodies.values()
    guides = [guide for body in bodies if body.layout == layout for guide in body.guides]
    assert len(guides) >= 10
    for guide in guides:
        document = read("service_center", guide.path).document
        assert document is not None
        assert (document.type, document.title) == ("service", guide.title)
        service = document.service or {}
        fields = {key: "".join(text.split()) for key, text in searchable_text(service).items()}
        whole = {
            "name": guide.title,
            "code": guide.full_code,
            "body": guide.body_name,
            "audience": guide.audience,
            "legal_time_limit": guide.legal,
            "promised_time_limit": guide.promised,
            "fee": guide.fee,
            "place": guide.place,
            "hours": guide.hours,
            "telephone": guide.phone,
            "supervision_telephone": guide.complaint,
            "how": guide.online_text,
            "results": guide.result,
            "visits": guide.visits,
        }
        for key, value in whole.items():
            assert fields[key] == "".join(value.split()), (guide.path, key)
        parts = {
            "legal_basis": guide.basis,
            "conditions": guide.conditions,
            "steps": guide.steps,
            "questions": [text for pair in guide.faq for text in pair],
        }
        for key, values in parts.items():
            assert all("".join(value.split()) in fields[key] for value in values), guide.path
        assert [
            (item["name"], item.get("required"), item.get("blank_url"))
            for item in service["materials"]
        ] == [
            (
                material.name,
                {"必要": True, "非必要": False}.get(material.need),
                f"{HOST}{material.form.path}" if material.form else None,
            )
            for material in guide.materials
        ], guide.path


def test_every_article_of_the_service_center_is_read_as_written() -> None:
    for articles in service_center_content.load().articles.values():
        for article in articles:
            document = read("service_center", article.path).document
            assert document is not None
            assert document.title == article.title
            assert document.published == article.published.date()
            assert document.source == article.source
            assert "".join(document.text.split()) == "".join(article.body.split())


@pytest.mark.parametrize("name", ["portal", "service_center"])
def test_links_lead_to_every_page(name: str) -> None:
    unreached = set(site(name)) - set(crawl(name))
    assert not [path for path in unreached if not path.endswith((".css", ".gif", ".txt", ".xml"))]


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("portal", "/zwgk/zcjd/", "interpretation"),
        ("portal", "/zwgk/tzgg/", "announcement"),
        ("portal", "/zwgk/szfwj/", "policy"),
        ("portal", "/zwgk/zwdt/", "news"),
        ("portal", "/czdt/", "interaction"),
        ("service_center", "/bszn/", "service"),
        ("service_center", "/bgxz/files/", "download"),
        ("service_center", "/wzts/", "interaction"),
    ],
)
def test_types_follow_the_columns(name: str, path: str, kind: str) -> None:
    documents = [
        result.document
        for found, result in crawl(name).items()
        if found.startswith(path) and result.document and result.document.text
    ]
    assert len(documents) >= 5
    pages = [document for document in documents if not document.parent or kind == "download"]
    assert {document.type for document in pages} == {kind}


@pytest.mark.parametrize("name", ["portal", "service_center"])
def test_columns_are_documents_and_their_further_pages_are_not(name: str) -> None:
    found = crawl(name)
    documents = [r.document for r in found.values() if r.document]
    fronts = [one for one in documents if one.filetype == "html" and not one.text]
    further = [path for path, r in found.items() if "further" in (r.problem or "")]
    assert len(fronts) >= 6
    assert all(document.title == document.column for document in fronts)
    assert len(further) >= 4
    assert found["/"].document is None
