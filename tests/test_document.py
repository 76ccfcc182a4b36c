"""The document and its JSON form."""

from __future__ import annotations

import json
import pickle
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.document import (
    DOCUMENT_TYPES,
    EFFECTS,
    SITE_PATTERN,
    Document,
    DocumentError,
    Image,
    digest_of,
)

WORDS = st.text(st.characters(), min_size=1, max_size=20)
FILLED = WORDS.filter(lambda text: text.strip() != "")
GUIDE = {
    "body": "市公安局",
    "materials": [{"name": "居民户口簿", "required": True, "originals": 1}],
    "promised_time_limit": {"text": "5个工作日", "days": 5, "unit": "working_day"},
}
DOCUMENTS = st.builds(
    Document,
    url=FILLED,
    title=FILLED,
    text=st.text(max_size=50),
    site=st.just("") | st.from_regex(SITE_PATTERN, fullmatch=True),
    type=st.sampled_from(list(DOCUMENT_TYPES)),
    column=st.none() | WORDS,
    source=st.none() | WORDS,
    document_number=st.none() | WORDS,
    published=st.none() | st.dates(),
    filetype=st.sampled_from(("html", "pdf", "docx")),
    keywords=st.lists(WORDS, max_size=3).map(tuple),
    description=st.none() | WORDS,
    parent=st.none() | WORDS,
    signed=st.none() | st.dates(),
    effective=st.none() | st.dates(),
    expires=st.none() | st.dates(),
    effect=st.none() | st.sampled_from(list(EFFECTS)),
    issuer=st.none() | WORDS,
    issue=st.none() | WORDS,
    images=st.lists(st.builds(Image, WORDS, st.text(max_size=9)), max_size=2).map(tuple),
    service=st.none() | st.just(GUIDE),
)
LEAST: dict[str, Any] = {"url": "http://a.example/", "title": "公告"}


@given(DOCUMENTS)
def test_a_record_is_json_and_gives_the_document_back(document: Document) -> None:
    record = json.loads(json.dumps(document.to_record()))
    assert Document.from_record(record) == document
    assert Document.from_record(record).digest() == document.digest()


def test_a_record_leaves_out_what_is_not_known() -> None:
    assert Document(**LEAST).to_record() == {
        **LEAST,
        "text": "",
        "type": "other",
        "filetype": "html",
    }


def test_unknown_names_and_nulls_are_passed_over() -> None:
    assert Document.from_record({**LEAST, "colour": "red", "column": None}) == Document(**LEAST)


@pytest.mark.parametrize("written", ["2009-12-03", "2009-12-03T16:30:00+08:00", "2009-12-03 16:30"])
def test_a_timestamp_counts_as_its_day(written: str) -> None:
    assert Document.from_record({**LEAST, "published": written}).published == date(2009, 12, 3)


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({"title": "公告"}, "url: required"),
        ({"url": " ", "title": "公告"}, "url: required"),
        ({"url": "http://a.example/"}, "title: required"),
        ({"url": "http://a.example/", "title": 5}, "title: required"),
        ({**LEAST, "text": ["a"]}, r"text: takes a string, not \['a'\]"),
        ({**LEAST, "type": "video"}, "type: 'video' is none of service, policy"),
        ({**LEAST, "type": ["news"]}, "type: takes a string"),
        ({**LEAST, "published": "03.12.2009"}, "published: takes a day as YYYY-MM-DD"),
        ({**LEAST, "published": "20091203"}, "published: takes a day"),
        ({**LEAST, "published": "2009-12-033"}, "published: takes a day"),
        ({**LEAST, "published": "2009-13-03"}, "published: takes a day"),
        ({**LEAST, "published": 20091203}, "published: takes a day"),
        ({**LEAST, "keywords": "公积金"}, "keywords: takes a list of strings"),
        ({**LEAST, "keywords": [1]}, "keywords: takes a list of strings"),
        ({**LEAST, "service": ["地点"]}, "service: takes an object"),
        ({**LEAST, "service": {"地点": 3}}, "service.place: takes a string"),
        ({**LEAST, "signed": "2009"}, "signed: takes a day as YYYY-MM-DD"),
        ({**LEAST, "effect": "有效"}, "effect: '有效' is none of in_force"),
        ({**LEAST, "images": ["a.png"]}, "images: takes a list of objects with url"),
        ({**LEAST, "images": [{"url": "a.png", "caption": 1}]}, "images: takes a list"),
    ],
)
def test_what_is_no_document(record: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        Document.from_record(record)


def test_the_digest_notices_every_change() -> None:
    document = Document(**LEAST, service={"地点": "一楼", "时间": "上午"})
    changes: list[dict[str, Any]] = [
        {"text": "全文"},
        {"published": date(2009, 12, 3)},
        {"keywords": ("公积金",)},
        {"service": {"时间": "上午", "地点": "一楼"}},  # shown in another order
        {"parent": "http://a.example/p"},
    ]
    digests = {document.with_(**change).digest() for change in changes}
    assert len(digests | {document.digest()}) == len(changes) + 1


def test_one_article_in_two_columns_has_one_fingerprint() -> None:
    here = Document(
        url="http://a.example/1", title="停水 通知", text="明日停水。\n敬请谅解", column="公告"
    )
    there = Document(
        url="http://a.example/2", title="停水通知", text="明日停水。 敬请谅解", column="要闻"
    )
    other = there.with_(text="后日停水。敬请谅解")
    assert here.fingerprint() == there.fingerprint() != other.fingerprint()


def test_scans_of_one_name_are_different_documents() -> None:
    scans = [Document(url=f"http://a.example/{n}.pdf", title="附件1", text="\n") for n in (1, 2)]
    assert scans[0].fingerprint() != scans[1].fingerprint()


@pytest.mark.parametrize(
    ("field", "value"), [("site", "人社局"), ("site", "A"), ("filetype", "application/pdf")]
)
def test_what_no_filter_could_name_is_refused(field: str, value: str) -> None:
    with pytest.raises(DocumentError, match=f"{field}: takes"):
        Document.from_record({**LEAST, field: value})


def test_a_document_that_was_read_is_like_one_that_was_made() -> None:
    made = Document(**LEAST, text="全文", published=date(2009, 12, 3), keywords=("公积金",))
    read = Document.from_json(made.to_json())
    assert (read, hash(read), repr(read)) == (made, hash(made), repr(made))
    assert list(vars(read)) == list(vars(made))
    assert pickle.loads(pickle.dumps(read)) == made  # noqa: S301
    assert read.with_(text="") == made.with_(text="")
    assert Document(**LEAST).text == ""  # defaults stay what they were


@given(st.text(st.characters(), min_size=1).filter(str.strip), st.text(st.characters()))
def test_any_text_comes_back_from_json(title: str, text: str) -> None:
    document = Document(url="http://a.example/", title=title, text=text, service=None)
    assert Document.from_json(document.to_json()) == document
    assert digest_of(document.to_json()) == document.digest()
