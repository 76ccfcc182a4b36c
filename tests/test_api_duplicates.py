"""Near-duplicates, attachments, effect and the fields of guides: index, API and page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.document import EFFECTS, Image
from indexer.index import collapse
from indexer.index.engine import IndexEntry
from indexer.index.whoosh_engine import WhooshEngine
from indexes import ask, document, names
from search_api.evaluation import Query, evaluate
from search_api.parameters import SCOPES
from test_api_support import make_app, services_of

NOTICE = document(
    "notice",
    "渔港管理通知",
    "渔港渔港管理",
    site="portal",
    type="policy",
    published=date(2009, 12, 3),
)
COPIES = [
    NOTICE.with_(url="http://a.example/long-address", site="center", type="news"),
    NOTICE.with_(url="http://a.example/later", published=date(2010, 2, 1), text="渔港管理 转载"),
    NOTICE,
]
POLICY = document(
    "policy",
    "渔港收费办法",
    "渔港收费标准。",
    site="portal",
    type="policy",
    effect="repealed",
    document_number="钦政发〔2009〕12号",
    published=date(2009, 12, 3),
    signed=date(2009, 11, 30),
    effective=date(2010, 1, 1),
    expires=date(2012, 1, 1),
    issuer="钦州市人民政府",
    index_number="000014349/2009-00110",
    topic="农业、水产",
    keywords=("渔港",),
    images=(Image("http://a.example/port.jpg", "龙门渔港"),),
)
FORMS = [
    document(f"P{n}.doc", f"附件{n}：收费登记表", "泊位费明细", filetype="doc", parent=POLICY.url)
    for n in range(1, 8)
]
ISSUE = document("gazette", "钦州市人民政府公报 2009年第3期", "目录", site="portal")
PART = document(
    "gazette#part=2",
    "关于渔港改造的批复",
    "同意改造渔港。",
    site="portal",
    issue=ISSUE.title,
    parent=ISSUE.url,
    effect="in_force",
)
GUIDE = document(
    "guide",
    "渔业船舶登记",
    "本页有多个栏目。",
    site="center",
    type="service",
    service={
        "body": "市渔港监督处",
        "materials": [{"name": "船舶检验证书", "required": True}],
        "fee": "不收费",
        "conditions": "船长十二米以上",
    },
)
ENTRIES = [
    *(
        IndexEntry(one, cluster=77, place=place)
        for place, one in zip((2, 1, 0), COPIES, strict=True)
    ),
    IndexEntry(POLICY, attachments=tuple(FORMS)),
    *(IndexEntry(one) for one in (*FORMS, ISSUE, PART, GUIDE)),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    engine.rebuild(ENTRIES)
    return engine


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("app"), indexed=False)
    services_of(app).engine.rebuild(ENTRIES)
    yield app.test_client()
    services_of(app).close()


def search(client: FlaskClient, **parameters: str) -> dict[str, Any]:
    renamed = {name.rstrip("_"): value for name, value in parameters.items()}
    response = client.get("/api/v1/search", query_string=renamed)
    assert response.status_code == 200, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def result_of(client: FlaskClient, query: str, name: str) -> Tag:
    """The result of the page of this name."""
    markup = client.get("/search", query_string={"q": query}).get_data(as_text=True)
    page = BeautifulSoup(markup, "lxml")
    link = page.select_one(f".result h2 a[href='http://a.example/{name}']")
    assert link is not None
    result = link.find_parent("article")
    assert isinstance(result, Tag)
    return result


# -- the collapse itself ------------------------------------------------------------------

CLUSTERS = st.lists(st.integers(0, 4), max_size=30).map(lambda rows: np.array(rows, np.int32))


@given(CLUSTERS)
def test_the_first_of_each_cluster_stands_for_all(clusters: Any) -> None:
    places, sizes = collapse.first_of_each(clusters)
    expected: dict[Any, list[int]] = {}
    for place, cluster in enumerate(clusters.tolist()):
        expected.setdefault(cluster or f"alone {place}", []).append(place)
    assert places.tolist() == sorted(group[0] for group in expected.values())
    by_place = {group[0]: len(group) for group in expected.values()}
    assert sizes.tolist() == [by_place[place] for place in places.tolist()]
    assert collapse.count(clusters) == len(places)


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 3)), max_size=30))
def test_a_count_is_what_its_filter_would_leave(rows: list[tuple[int, int]]) -> None:
    ordinals = np.array([row[0] for row in rows], np.int32)
    clusters = np.array([row[1] for row in rows], np.int32)
    counts = collapse.counts_by_value(ordinals, clusters, 3)
    assert counts.tolist() == [collapse.count(clusters[ordinals == value]) for value in range(3)]


def test_cluster_numbers_become_dense() -> None:
    numbers = np.array([0, 1 << 40, 7, 0, 7], np.int64)
    assert collapse.dense(numbers).tolist() == [0, 2, 1, 0, 1]
    assert collapse.dense(np.empty(0, np.int64)).tolist() == []


# -- near-duplicates ----------------------------------------------------------------------


def test_near_duplicates_are_one_result(engine: WhooshEngine) -> None:
    response = ask(engine, "渔港管理")
    assert len({"notice", "long-address", "later"} & set(names(response))) == 1
    assert response.hits[0].duplicates == 2
    assert response.total == len(response.hits)


def test_of_equally_good_copies_the_one_of_first_place_is_shown(engine: WhooshEngine) -> None:
    assert ask(engine, "渔港管理通知", type="policy").hits[0].document == NOTICE


def test_a_filter_sees_every_copy(engine: WhooshEngine) -> None:
    (hit,) = ask(engine, "渔港管理", type="news").hits
    assert (hit.document, hit.duplicates) == (COPIES[0], 0)
    assert ask(engine, "渔港管理", site="portal").hits[0].duplicates == 1


@pytest.mark.parametrize("facet", ["site", "type", "year", "filetype", "effect"])
def test_counts_are_totals_of_the_filtered_search(engine: WhooshEngine, facet: str) -> None:
    response = ask(engine, "渔港")
    assert response.without_filter[facet] == response.total
    for entry in response.facets[facet]:
        filter_: dict[str, Any] = {facet: entry.value}
        if facet == "year":
            first = date(int(entry.value), 1, 1)
            filter_ = {"published_from": first, "published_to": first.replace(month=12, day=31)}
        narrowed = ask(engine, "渔港", **filter_)
        assert narrowed.total == entry.count == len(narrowed.hits)
        assert narrowed.without_filter[facet] == response.total


def test_pages_agree_with_the_total(engine: WhooshEngine) -> None:
    total = ask(engine, "渔港").total
    seen = [
        name
        for page in range(1, total + 2)
        for name in names(ask(engine, "渔港", page=page, size=1))
    ]
    assert len(seen) == len(set(seen)) == total


def test_by_time_the_first_copy_of_that_order_is_shown(engine: WhooshEngine) -> None:
    newest = names(ask(engine, "渔港管理", sort="newest"))
    oldest = names(ask(engine, "渔港管理", sort="oldest"))
    assert newest[0] == "later"
    assert "later" not in oldest


def test_same_as_lists_every_copy(client: FlaskClient) -> None:
    shown = search(client, q="渔港管理")["results"][0]
    answer = search(client, q="渔港管理", same_as=shown["url"])
    assert answer["total"] == shown["duplicates"] + 1 == 3
    assert {one["url"] for one in answer["results"]} == {one.url for one in COPIES}
    assert {one["duplicates"] for one in answer["results"]} == {0}
    by_site = {entry["value"]: entry["count"] for entry in answer["facets"]["site"]}
    assert by_site == {"portal": 2, "center": 1}


def test_same_as_a_document_without_copies_or_unknown(client: FlaskClient) -> None:
    assert search(client, q="渔港", same_as=POLICY.url)["total"] == 1
    assert search(client, q="渔港", same_as="http://a.example/unknown")["total"] == 0


def test_the_page_links_to_the_copies(client: FlaskClient) -> None:
    shown = search(client, q="渔港管理")["results"][0]
    result = result_of(client, "渔港管理", shown["url"].rsplit("/", 1)[1])
    link = result.find("a", string="另有 2 篇内容相同")
    assert isinstance(link, Tag)
    page = BeautifulSoup(client.get(str(link["href"])).get_data(as_text=True), "lxml")
    assert len(page.select(".result")) == 3
    assert "内容相同的各篇" in page.select(".active")[0].get_text()


def test_a_judged_document_is_found_when_a_copy_is_shown(engine: WhooshEngine) -> None:
    qrels = {"q": {one.url: grade for one, grade in zip(COPIES, (1, 2, 1), strict=True)}}
    result = evaluate(engine, {"q": Query("渔港管理")}, {"q": {COPIES[0].url: 1}})
    assert (result["hit@1"], result["MRR@10"], result["nDCG@10"]) == (1, 1, 1)
    assert evaluate(engine, {"q": Query("渔港管理")}, qrels)["hit@1"] == 1


# -- attachments --------------------------------------------------------------------------


def test_a_page_is_found_by_its_attachments_after_them(engine: WhooshEngine) -> None:
    found = names(ask(engine, "泊位费明细"))
    assert found[7] == "policy"
    assert set(found[:7]) == {f"P{number}.doc" for number in range(1, 8)}


def test_the_words_of_a_page_win_over_those_of_attachments(tmp_path: Path) -> None:
    own = document("own", "通知甲", "收取泊位费")
    other = document("other", "通知乙", "现印发办法")
    file = document("file", "附件", "泊位费" * 400)
    engine = WhooshEngine(tmp_path)
    engine.rebuild([IndexEntry(own), IndexEntry(other, attachments=(file,))])
    assert names(ask(engine, "泊位费")) == ["own", "other"]
    assert names(ask(engine, "泊位费", scope="title")) == []


def test_much_too_long_attachments_are_searched_in_part(tmp_path: Path) -> None:
    page = document("page", "统计年鉴", "见附件")
    file = document("file", "年鉴", "渔业产值\n" + "表格数据\n" * 12_000 + "末尾生僻词")
    engine = WhooshEngine(tmp_path)
    engine.rebuild([IndexEntry(page, attachments=(file,))])
    assert names(ask(engine, "渔业产值")) == ["page"]
    assert names(ask(engine, "生僻词", exact=True)) == []


def test_attachments_and_parents_are_told(client: FlaskClient) -> None:
    results = {one["url"]: one for one in search(client, q="泊位费明细")["results"]}
    page = results[POLICY.url]
    assert page["attachments"][0] == {
        "url": FORMS[0].url, "title": "附件1：收费登记表", "filetype": "doc",
    }  # fmt: skip
    assert len(page["attachments"]) == 7
    assert (page["parent"], page["parent_title"]) == (None, None)
    child = results[FORMS[0].url]
    assert (child["parent"], child["parent_title"]) == (POLICY.url, "渔港收费办法")


def test_the_page_shows_some_attachments_and_where_one_hangs(client: FlaskClient) -> None:
    links = result_of(client, "渔港收费", "policy").select(".attachments a")
    assert [link["href"] for link in links] == [one.url for one in FORMS[:5]]
    child = result_of(client, "泊位费明细", "P1.doc")
    assert "所在页面：渔港收费办法" in child.get_text()


# -- facts --------------------------------------------------------------------------------


def test_facts_are_in_the_answer(client: FlaskClient) -> None:
    (result,) = search(client, q="渔港收费办法", effect="repealed")["results"]
    told = {
        "signed": "2009-11-30", "effective": "2010-01-01", "expires": "2012-01-01",
        "effect": "repealed", "issuer": "钦州市人民政府", "topic": "农业、水产",
        "index_number": "000014349/2009-00110", "issue": None, "keywords": ["渔港"],
        "images": [{"url": "http://a.example/port.jpg", "caption": "龙门渔港"}],
    }  # fmt: skip
    assert {name: result[name] for name in told} == told


def test_facts_are_found(engine: WhooshEngine) -> None:
    for words in ("000014349/2009-00110", "水产", "钦州市人民政府 收费"):
        assert "policy" in names(ask(engine, words)), words


def test_what_is_out_of_force_is_marked(client: FlaskClient) -> None:
    result = result_of(client, "渔港收费", "policy")
    assert result.select_one("h2 .ended") is not None
    assert "已废止" in result.get_text()
    assert "成文 2009-11-30" in result.get_text()
    part = result_of(client, "渔港改造", "gazette#part=2")
    assert part.select_one("h2 .ended") is None
    assert f"载于{ISSUE.title}" in part.get_text()


def test_effect_is_counted_and_filtered(client: FlaskClient) -> None:
    facet = search(client, q="渔港")["facets"]["effect"]
    assert {entry["value"]: entry["count"] for entry in facet} == {"repealed": 1, "in_force": 1}
    assert search(client, q="渔港", effect="expired")["total"] == 0


def test_wrong_values_are_told(client: FlaskClient) -> None:
    query = {"q": "渔港", "effect": "有效", "in": "service_materials"}
    problem = client.get("/api/v1/search", query_string=query).get_json()
    told = {error["parameter"]: error["message"] for error in problem["errors"]}
    assert told == {
        "effect": f"takes one of {', '.join(EFFECTS)}",
        "in": f"takes one of {', '.join(SCOPES)}",
    }


def test_enumerations_of_the_description_are_those_of_the_code(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document["components"]["schemas"]["Effect"]["enum"] == list(EFFECTS)
    parameters = document["paths"]["/api/v1/search"]["get"]["parameters"]
    (where,) = [one for one in parameters if one.get("name") == "in"]
    assert where["schema"]["enum"] == list(SCOPES)


# -- fields of guides ---------------------------------------------------------------------


def test_a_guide_is_found_by_one_of_its_fields(client: FlaskClient) -> None:
    def found(field: str, words: str) -> int:
        return int(search(client, q=words, in_=field, exact="1")["total"])

    assert found("materials", "检验证书") == 1
    assert found("materials", "渔港监督") == found("conditions", "检验证书") == 0
    assert found("body", "渔港监督") == found("fee", "不收费") == 1
    assert found("materials", '"船舶检验"') == 1


def test_what_a_guide_says_outside_its_text_is_found(engine: WhooshEngine) -> None:
    assert names(ask(engine, "船舶检验证书", exact=True)) == ["guide"]


def test_the_page_names_the_field_that_is_asked(client: FlaskClient) -> None:
    address = {"q": "检验证书", "in": "materials"}
    page = BeautifulSoup(client.get("/search", query_string=address).get_data(as_text=True), "lxml")
    assert "申请材料" in page.select(".active")[0].get_text()
    (current,) = page.select(".filter:nth-of-type(2) [aria-current]")
    assert current.get_text() == "申请材料"


def test_a_cluster_is_listed_where_the_search_that_told_of_it_relaxed(tmp_path: Path) -> None:
    """Twelve copies that have all words are one result, too few for a page; the copies of another
    page, with some of the words, are shown beside it and can be listed, too."""
    full = [document(f"full{n}", "渔港管理通知", "泊位收费标准") for n in range(12)]
    some = [document(f"some{n}", "渔港管理简报", "本期无事") for n in range(3)]
    engine = WhooshEngine(tmp_path)
    engine.rebuild(
        IndexEntry(one, cluster=cluster, place=place)
        for cluster, copies in ((1, full), (2, some))
        for place, one in enumerate(copies)
    )
    shown = ask(engine, "渔港管理 泊位")
    assert [(hit.document.title, hit.duplicates) for hit in shown.hits] == [
        ("渔港管理通知", 11),
        ("渔港管理简报", 2),
    ]
    listed = ask(engine, "渔港管理 泊位", same_as=some[0].url)
    assert (listed.total, set(names(listed))) == (3, {"some0", "some1", "some2"})
    assert ask(engine, "渔港管理 泊位", same_as=full[0].url).total == 12


def test_of_equally_good_documents_the_newer_is_first(tmp_path: Path) -> None:
    """Whatever their places in clusters of their own."""
    old = document("old", "渔港管理", "泊位收费", published=date(2009, 1, 1))
    new = old.with_(url="http://a.example/new", published=date(2010, 1, 1))
    engine = WhooshEngine(tmp_path)
    engine.rebuild([IndexEntry(old, cluster=1, place=0), IndexEntry(new, cluster=2, place=3)])
    assert names(ask(engine, "渔港管理")) == ["new", "old"]
