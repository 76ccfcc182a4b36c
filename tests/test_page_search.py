"""The search page as it comes from the server: everything works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from flask.testing import FlaskClient

from indexer.document import Document
from indexer.index.engine import IndexEntry
from test_api_support import CENTRE, DOCUMENTS, PORTAL, make_app, services_of


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("pages"))
    yield app.test_client()
    services_of(app).close()


def open_page(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    return BeautifulSoup(response.data, "lxml")


def link(page: BeautifulSoup | Tag, text: str) -> str:
    """Where the first link with these words leads."""
    for found in page.find_all("a"):
        if text in found.get_text(" ", strip=True):
            return str(found["href"])
    raise AssertionError(f"no link {text!r}")


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def titles(page: BeautifulSoup) -> list[str]:
    for badge in page.select(".badge"):
        badge.extract()
    return [heading.get_text().strip() for heading in page.select(".result h2")]


def text(page: BeautifulSoup | Tag, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


def test_home_has_a_box_the_types_and_what_can_be_searched(client: FlaskClient) -> None:
    page = open_page(client, "/")
    assert page.html is not None
    assert page.html["lang"] == "zh-CN"
    assert page.select_one("form[role=search] input[name=q]") is not None
    assert f"可查 {len(DOCUMENTS)} 篇" in text(page, ".holdings")
    headings = [heading.get_text() for heading in page.select(".entries h3")]
    assert headings == [
        "办事指南", "政策文件", "政策解读", "新闻动态", "公告公示", "互动交流", "表格下载",
    ]  # fmt: skip
    assert "钦州市政务服务中心" in text(page, ".sources")


def test_the_time_of_the_index_is_that_of_the_configured_zone(client: FlaskClient) -> None:
    status = services_of(client.application).engine.status()
    assert status.updated is not None
    shown = open_page(client, "/").select_one(".holdings time")
    assert shown is not None
    assert str(shown["datetime"]).endswith("+08:00")
    assert datetime.fromisoformat(str(shown["datetime"])) == status.updated


def test_a_type_on_the_home_page_limits_the_next_search(client: FlaskClient) -> None:
    page = open_page(client, link(open_page(client, "/"), "政策文件"))
    hidden = page.select_one("form[role=search] input[type=hidden]")
    assert hidden is not None
    assert (hidden["name"], hidden["value"]) == ("type", "policy")


def test_popular_words_lead_to_results(client: FlaskClient) -> None:
    page = open_page(client, link(open_page(client, "/"), "公积金提取"))
    assert titles(page) == ["住房公积金提取办事指南"]


def test_without_a_query_the_results_page_is_the_home_page(client: FlaskClient) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20%E3%80%80"):
        assert open_page(client, address).select_one(".hero") is not None


def test_results_show_what_helps_to_choose(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=钦政发〔2009〕12号")
    result = page.select(".result")[0]
    assert result.select_one("h2 a[href='http://portal.example/policy/12.html']") is not None
    facts = text(result, ".facts")
    for fact in (
        "政策文件", "2009-12-03", "钦政发〔2009〕12号", "钦州市人民政府办公室",
        "钦州市人民政府门户网站",
    ):  # fmt: skip
        assert fact in facts
    assert "找到" in text(page, ".summary")
    box = page.select_one("#q")
    assert box is not None
    assert box["value"] == "钦政发〔2009〕12号"


def test_an_attachment_has_a_badge(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=住房公积金缴存比例表")
    assert text(page, ".badge") == "PDF"


def test_a_guide_is_a_card(client: FlaskClient) -> None:
    card = open_page(client, "/search?q=住房公积金提取办事指南").select(".card")[0]
    facts = {
        pair.select("dt")[0].get_text(): pair.select("dd")[0].get_text()
        for pair in card.select("dl div")
    }
    assert facts == {
        "实施主体": "钦州市住房公积金管理中心",
        "承诺办结时限": "3 个工作日",
        "收费标准": "不收费",
        "办理地点": "政务服务中心二楼",
        "咨询电话": "0777-0000000",
    }


def test_a_guides_card_leads_on_to_where_it_is_done(client: FlaskClient) -> None:
    card = open_page(client, "/search?q=住房公积金提取办事指南").select(".card")[0]
    links = {link.get_text(): link["href"] for link in card.select("a")}
    assert links == {
        "办事指南": CENTRE + "guide/1.html",
        "在线办理": "https://zwfw.example/gjj?a=1&b=2",
        "委托书": CENTRE + "files/wts.doc",
        "提取申请表": CENTRE + "files/sqb.doc",
    }
    assert card.select("summary")[0].get_text() == "表格下载（2）"


def test_tabs_count_each_type_whatever_tab_is_open(client: FlaskClient) -> None:
    everything = open_page(client, "/search?q=公积金")
    policies = open_page(client, link(everything.select(".tabs")[0], "政策文件"))
    assert text(everything, ".tabs") == text(policies, ".tabs")
    assert text(policies, ".tabs [aria-current]").startswith("政策文件 ")
    assert all("政策文件" in text(result, ".facts") for result in policies.select(".result"))
    assert "其他" not in text(everything, ".tabs")
    assert "其他" in text(open_page(client, "/search?q=网站地图"), ".tabs")


def test_site_year_and_filetype_facets_narrow_and_can_be_lifted(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=公积金")
    count = len(page.select(".result"))
    for label, parameters in (
        ("钦州市政务服务中心", {"site": "service_center"}),
        ("2009 年", {"from": "2009-01-01", "to": "2009-12-31"}),
        ("PDF", {"filetype": "pdf"}),
    ):
        address = link(page.select(".facets")[0], label)
        assert query(address) == {"q": "公积金", **parameters}
        narrowed = open_page(client, address)
        assert 0 < len(narrowed.select(".result")) < count
        selected = [found.get_text() for found in narrowed.select(".facets [aria-current]")]
        assert any(label in words for words in selected)
        lifted = open_page(client, link(narrowed.select(".active")[0], "取消"))
        assert len(lifted.select(".result")) == count


def test_scope_and_order_are_links_that_keep_the_rest(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=公积金&type=policy")
    assert query(link(page, "仅标题")) == {"q": "公积金", "type": "policy", "in": "title"}
    newest = open_page(client, link(page, "最新"))
    days = [time["datetime"] for time in newest.select(".result time")]
    assert days == sorted(days, key=str, reverse=True)


def test_time_ranges_count_back_from_today(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    zone = services_of(app).settings.schedule.zone
    today = datetime.now(zone).date()
    ages = {"昨天": 1, "上月": 20, "去年": 300, "从前": 800}
    services_of(app).engine.rebuild(
        IndexEntry(
            document=Document(
                url=PORTAL + word, title=f"简报{word}", published=today - timedelta(days=days)
            ),
            digest=word,
        )
        for word, days in ages.items()
    )
    client = app.test_client()
    page = open_page(client, "/search?q=简报")
    for label, count in (("不限", 4), ("一周内", 1), ("一月内", 2), ("一年内", 3)):
        narrowed = open_page(client, link(page.select(".filters")[0], label))
        assert len(titles(narrowed)) == count, label
        assert text(narrowed, ".filters [aria-current]") == label


def test_a_range_of_days_is_a_form_that_keeps_the_rest(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=公积金&site=portal&from=2010-01-01&time=")
    form = page.select("form.dates")[0]
    assert {str(field["name"]): str(field["value"]) for field in form.select("input")} == {
        "q": "公积金", "site": "portal", "from": "2010-01-01", "to": "",
    }  # fmt: skip
    assert "2010-01-01 至 今天" in text(page, ".active")
    assert all(str(time["datetime"]) >= "2010" for time in page.select(".result time"))


def test_paging_goes_through_all_results(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=渔港简报")
    seen = titles(page)
    while page.select_one("a[rel=next]") is not None:
        page = open_page(client, link(page, "下一页"))
        seen += titles(page)
    assert len(seen) == len(set(seen)) == 35
    assert text(page, ".paging [aria-current]") == "第 4 页，当前页"
    results = page.select_one("ol.results")
    assert results is not None
    assert results["start"] == "31"
    assert "page" not in query(link(page, "第 1 页"))


def test_a_page_beyond_the_last_leads_back(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=渔港简报&page=900")
    assert titles(page) == []
    assert query(link(page, "上一页")) == {"q": "渔港简报", "page": "4"}


def test_without_results_there_is_help(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=xyzzyq&type=news&site=portal")
    assert "没有找到结果" in text(page, ".summary")
    assert query(link(page, "去掉所有筛选")) == {"q": "xyzzyq"}
    assert len(page.select(".none li")) > 8
    assert query(link(page.select(".none")[0], "办事指南")) == {"type": "service"}


def test_what_is_advised_to_type_finds_something(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=xyzzyq")
    advised = [example.get_text() for example in page.select(".none li code")]
    for mark in ('"', " -", " OR ", "site:portal", "intitle:", "filetype:", "〔2009〕", "gong ji"):
        assert any(mark in typed for typed in advised), mark
    for typed in advised:
        assert titles(open_page(client, f"/search?q={quote(typed)}")) != [], typed


def test_a_correction_is_told_and_can_be_refused(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=公基金")
    assert "没有找到「公基金」" in text(page, ".notice")
    assert len(titles(page)) > 1
    refused = open_page(client, link(page, "仍然搜索"))
    assert "公积金" not in text(refused, ".found .notice")
    assert "按原样搜索" in text(refused, ".active")
    assert text(refused, "h1") == "「公基金」的搜索结果"


def test_results_with_only_some_words_are_told_as_such(client: FlaskClient) -> None:
    assert "没有同时包含全部关键词" in text(
        open_page(client, "/search?q=三娘湾 缴存比例"), ".notice"
    )


def test_related_searches_are_links(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=提取办事指南")
    assert query(link(page.select(".related")[0], "住房补贴")) == {"q": "住房补贴"}


def test_what_is_repealed_is_marked(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    ended = {"repealed": "已废止", "expired": "已失效", "in_force": ""}
    services_of(app).engine.rebuild(
        IndexEntry(Document(url=PORTAL + one, title=f"养犬管理规定{one}", effect=one), digest=one)
        for one in ended
    )
    page = open_page(app.test_client(), "/search?q=养犬管理规定")
    for result in page.select(".result"):
        effect = str(result.select("h2 a")[0]["href"]).removeprefix(PORTAL)
        marks = [mark.get_text() for mark in result.select("strong.ended")]
        assert marks == ([ended.pop(effect)] if effect != "in_force" else [])
    assert list(ended) == ["in_force"]


def test_markup_of_pages_and_queries_is_only_text(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=网页标记")
    assert "<script>alert(1)</script>网页标记与<b>标题</b>" in titles(page)
    assert page.select(".result script, .result img, .result b") == []
    assert [script.get_text() for script in page.select("script")] == [""]
    typed = '"><script>alert(4)</script>'
    page = open_page(client, f"/search?q={quote(typed)}")
    box = page.select_one("#q")
    assert box is not None
    assert box["value"] == typed
    assert all(script.get("src") for script in page.select("script"))


def test_only_web_addresses_become_links(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=坏地址的网页标记")
    assert titles(page)[0] == "坏地址的网页标记"
    assert all(not str(found["href"]).startswith("javascript") for found in page.select("a"))


def test_wrong_parameters_are_told_in_chinese_and_the_query_is_kept(client: FlaskClient) -> None:
    address = "/search?q=公积金&from=2010-02-30&sort=best&time=decade"
    page = open_page(client, address, 400)
    told = text(page, ".message")
    for part in ("开始日期须写作", "2010-02-30", "排序须为", "时间范围须为", "decade"):
        assert part in told
    box = page.select_one("#q")
    assert box is not None
    assert box["value"] == "公积金"
    assert query(link(page, "只查找")) == {"q": "公积金"}


def test_too_long_a_query_is_told_and_kept_as_far_as_it_fits(client: FlaskClient) -> None:
    page = open_page(client, "/search?q=" + "长" * 201, 400)
    assert "1 至 200 个字" in text(page, ".message")


def test_an_address_that_is_not_there_is_told_on_a_page(client: FlaskClient) -> None:
    page = open_page(client, "/old/index.html", 404)
    assert "页面不存在" in text(page, "h1")
    assert link(page, "返回搜索首页") == "/"


def test_before_the_first_crawl_the_pages_say_so(tmp_path: Path) -> None:
    client = make_app(tmp_path, indexed=False).test_client()
    assert "尚未采集任何内容" in text(open_page(client, "/"), ".holdings")
    response = client.get("/search?q=公积金")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "暂时无法查找" in response.get_data(as_text=True)
