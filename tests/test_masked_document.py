"""Personal data is masked in every text of a document."""

from __future__ import annotations

from indexer.document import Document, Image
from indexer.personal_data import Finding, masked_document

IDENTITY = "11010519491231002X"  # GB 11643-1999, its example


def test_every_text_of_a_document_is_masked() -> None:
    document = Document(
        url="https://www.qinzhou.gov.cn/13800138000.html",
        title="关于张某13800138000的公示",
        text=f"身份证号{IDENTITY}，电话13800138000、138 0013 8000。",
        description="电话13800138000",
        source="李某 13800138000",
        column="公示13800138000",
        issuer="某局13800138000",
        topic="13800138000",
        issue="13800138000",
        keywords=("公示", "13800138000"),
        images=(Image("https://www.qinzhou.gov.cn/13800138000.jpg", f"证件{IDENTITY}"),),
        service={
            "telephone": "13800138000",
            "places": [{"window": "1号", "tel": ["0777-2823456", "13800138000"]}],
            "visits": 1,
        },
    )
    masked, findings = masked_document(document)
    record = masked.to_record()
    assert record.pop("url") == document.url
    assert record["images"][0].pop("url") == document.images[0].url
    assert "13800138000" not in str(record)
    assert IDENTITY not in str(record)
    assert record["service"]["places"][0]["tel"] == ["0777-2823456", "138******00"]
    assert record["service"]["visits"] == 1
    assert masked.keywords == ("公示", "138******00")
    assert isinstance(masked.images[0], Image)
    assert Finding("mobile", "138******00", "text", 2) in findings
    assert Finding("identity", "110**************X", "images", 1) in findings
    assert {finding.field for finding in findings} >= {
        *("title", "text", "description", "source", "column", "keywords", "images"),
        *("service.telephone", "service.places.tel"),
    }
    assert [Finding.from_record(finding.to_record()) for finding in findings] == list(findings)
    assert masked_document(masked) == (masked, ())


def test_a_document_without_personal_data_is_returned_itself() -> None:
    document = Document(url="https://a.gov.cn/", title="公告", text="电话0777-2823456", service={})
    assert masked_document(document)[0] is document
    assert masked_document(document)[1] == ()


def test_allowed_numbers_stay_in_documents() -> None:
    document = Document(url="https://a.gov.cn/", title="公告", text="咨询电话13800138000")
    assert masked_document(document, frozenset({"13800138000"})) == (document, ())
