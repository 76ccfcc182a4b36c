"""Query strings from boxes on pages that are not UTF-8: the portal's own is GBK."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search_api.query_string import query_arguments
from test_api_support import make_app, services_of

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("encoding"))
    yield app.test_client()
    services_of(app).close()


def in_gbk(text: str) -> str:
    return quote(text.encode("gbk"))


def test_the_api_reads_gbk(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/search?q={in_gbk('三娘湾 公告')}&type=announcement").get_json()
    assert answer["query"] == "三娘湾 公告"
    assert [result["title"] for result in answer["results"]] == ["三娘湾景区道路施工公告"]


def test_a_filter_in_gbk_is_read_as_well(client: FlaskClient) -> None:
    column = in_gbk("政务要闻")
    answer = client.get(f"/api/v1/search?q={in_gbk('公积金')}&column={column}").get_json()
    assert {result["column"] for result in answer["results"]} == {"政务要闻"}


def test_suggestions_are_found_in_gbk(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/suggest?q={in_gbk('住房公积')}").get_json()
    assert answer["query"] == "住房公积"
    assert {"text": "住房公积金提取办事指南", "kind": "service"} in answer["suggestions"]


def test_the_page_reads_gbk_and_links_on_in_utf_8(client: FlaskClient) -> None:
    response = client.get(f"/search?q={in_gbk('公积金')}")
    page = BeautifulSoup(response.data, "lxml")
    box = page.select_one("#q")
    assert box is not None
    assert box["value"] == "公积金"
    assert page.select(".result")
    tabs = [str(link["href"]) for link in page.select(".tabs a")]
    assert all(quote("公积金") in link for link in tabs)


def test_a_refused_query_in_gbk_stays_in_the_box(client: FlaskClient) -> None:
    response = client.get(f"/search?q={in_gbk('公积金')}&sort=best")
    assert response.status_code == 400
    assert 'value="公积金"' in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "text",
    [
        "公积金", "营业执照", "营业", "学校", "一", "联通", "钦政发〔2009〕12号", "犇羴鱻",
        "身份证 abc & x=1 100%+1",
    ],
)  # fmt: skip
def test_utf_8_and_gbk_are_told_apart(text: str) -> None:
    """营业 in GBK happens to be UTF-8 as well, for letters that nobody here types."""
    expected = {"q": text, "type": "policy"}
    for encoding in ("utf-8", "gb18030"):
        raw = f"q={quote(text.encode(encoding), safe='')}&type=policy".encode()
        assert query_arguments(raw) == expected, encoding


@pytest.mark.parametrize("text", ["café", "дома", "Ελλάδα", "tư", "người", "Ӫ𠀀", "e\u0301"])
def test_other_scripts_in_utf_8_stay_what_they_are(text: str) -> None:
    assert query_arguments(f"q={quote(text)}".encode()) == {"q": text}


def test_bytes_that_are_not_escaped_are_read_alike() -> None:
    assert query_arguments("q=公积金 提取".encode("gbk")) == {"q": "公积金 提取"}
    assert query_arguments("q=公积金+提取".encode()) == {"q": "公积金 提取"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", {}),
        (b"q", {"q": ""}),
        (b"q=&q=second&=x", {"q": "", "": "x"}),
        (b"q=first&q=second", {"q": "first"}),
        (b"q=%", {"q": "%"}),
        (b"q=%B9%AB%FF", {"q": "公\ufffd"}),
    ],
)
def test_no_query_string_is_an_error(raw: bytes, expected: dict[str, str]) -> None:
    assert query_arguments(raw) == expected


def test_the_sample_search_box_for_the_portal_asks_for_utf_8() -> None:
    text = (ROOT / "deploy" / "nginx-qzsearch.conf").read_text(encoding="utf-8")
    form = BeautifulSoup(text.replace("\n#", "\n"), "lxml").select_one("form")
    assert form is not None
    assert (form["action"], form["accept-charset"]) == ("/search", ["utf-8"])
    assert form.select_one("input[name=q]") is not None
