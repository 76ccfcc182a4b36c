"""The sample portal is a whole site, and its server behaves as a web server does.

Everything is asked over HTTP on loopback, by a client that knows nothing but links.
"""

from __future__ import annotations

import http.client
import io
import re
import threading
import time
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pypdfium2
import pytest
from bs4 import BeautifulSoup

from indexer.sample_sites import portal
from indexer.sample_sites.resource import Resource
from indexer.sample_sites.server import SampleSite, SampleSites

SITE_NAME = "钦州市人民政府门户网站"


@pytest.fixture(scope="module")
def served() -> Iterator[SampleSite]:
    with SampleSites({"portal": portal.build}) as sites:
        yield sites["portal"]


@pytest.fixture(scope="module")
def walk(served: SampleSite) -> dict[str, httpx.Response]:
    """Every page a link-following client reaches from /, by path; /admin/ left alone."""
    found: dict[str, httpx.Response] = {}
    waiting = [served.base_url + "/"]
    with httpx.Client(trust_env=False) as client:
        while waiting:
            url = waiting.pop()
            path = url.removeprefix(served.base_url)
            if path in found or path.startswith("/admin/"):
                continue
            found[path] = response = client.get(url)
            if response.headers["Content-Type"].startswith("text/html"):
                for anchor in read(response).select("a[href]"):
                    target = urldefrag(urljoin(url, str(anchor["href"]))).url
                    if target.startswith(served.base_url + "/"):
                        waiting.append(target)
    return found


@pytest.fixture
def small() -> Iterator[SampleSite]:
    pages = {"/": Resource("首页".encode("gbk")), "/folder/": Resource(b"inside")}
    with SampleSites({"small": pages}) as sites:
        yield sites["small"]


def read(response: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode("gb18030"), "lxml")


def get(site: SampleSite, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(site.base_url + path, headers=named, trust_env=False)


# The site


def test_every_article_and_list_page_is_reached_from_the_home_page_by_plain_links(
    walk: dict[str, httpx.Response],
) -> None:
    expected = {path for article in portal.load_articles() for path in article.paths.values()}
    assert len(portal.load_articles()) >= 90
    assert expected - walk.keys() == set()
    pages = {path for path in portal.build() if not path.startswith(("/images/", "/admin/"))}
    assert pages - walk.keys() == {"/robots.txt", "/sitemap.xml"}


def test_the_lists_alone_lead_to_every_article_without_passing_through_another(
    served: SampleSite, walk: dict[str, httpx.Response]
) -> None:
    expected = {path for article in portal.load_articles() for path in article.paths.values()}
    linked: set[str] = set()
    for path in walk.keys() - expected:
        if walk[path].headers["Content-Type"].startswith("text/html"):
            # The table of a list has the date beside each link; the sidebar has none.
            for anchor in read(walk[path]).select("tr:has(> td.rq) a[href]"):
                target = urljoin(served.base_url + path, str(anchor["href"]))
                linked.add(target.removeprefix(served.base_url))
    assert expected - linked == set()


def test_no_link_within_the_site_is_broken(walk: dict[str, httpx.Response]) -> None:
    assert {path: r.status_code for path, r in walk.items() if r.status_code != 200} == {}


def test_every_page_decodes_as_gb18030_and_many_are_no_gb2312(
    walk: dict[str, httpx.Response],
) -> None:
    beyond = 0
    for path, response in walk.items():
        if path.endswith(".pdf"):
            continue
        response.content.decode("gb18030")
        try:
            response.content.decode("gb2312")
        except UnicodeDecodeError:
            beyond += b"charset=gb2312" in response.content
    assert beyond >= 5


def test_titles_tell_the_articles_apart_and_carry_the_sites_name(
    walk: dict[str, httpx.Response],
) -> None:
    articles = portal.load_articles()
    assert len({article.title for article in articles}) == len(articles)
    for article in articles:
        for path in article.paths.values():
            title = read(walk[path]).title
            assert title is not None
            assert title.get_text().startswith(article.title + "_")
            assert title.get_text().endswith("_" + SITE_NAME)


def test_an_article_in_two_columns_reads_the_same_under_both_addresses(
    walk: dict[str, httpx.Response],
) -> None:
    twice = [article for article in portal.load_articles() if len(article.paths) > 1]
    assert len(twice) >= 3
    for article in twice:
        texts = set()
        for path in article.paths.values():
            body = read(walk[path]).select_one("#zoom")
            assert body is not None
            texts.add("".join(body.get_text().split()))
        assert len(texts) == 1


def test_articles_have_substance_and_spread_over_the_years_and_channels() -> None:
    articles = portal.load_articles()
    for article in articles:
        text = "".join((article.body + article.letter.get("question", "")).split())
        assert 150 <= len(text) <= 600, article.title
        assert 2 <= len(article.body.splitlines()) <= 6, article.title
    years = {article.published.year for article in articles}
    assert set(range(2007, 2013)) <= years
    assert years & set(range(2019, 2025))
    assert {urlsplit(a.path).path.split("/")[1] for a in articles} == {
        "zwgk", "tzpd", "gzpd", "lypd", "snpd", "czdt",
    }  # fmt: skip
    paragraphs = [line for article in articles for line in article.body.splitlines()]
    assert len(set(paragraphs)) == len(paragraphs)


def test_bodies_were_renamed_in_the_course_of_time() -> None:
    def years(name: str) -> set[int]:
        return {a.published.year for a in portal.load_articles() if a.source == name}

    assert max(years("市劳动和社会保障局")) < min(years("市人力资源和社会保障局"))
    assert max(years("市卫生局")) < min(years("市卫生健康委员会"))


def test_a_document_number_split_by_a_word_processor_reads_whole_when_joined(
    walk: dict[str, httpx.Response],
) -> None:
    page = walk["/zwgk/szfwj/200912/t20091203_1006.html"]
    assert "钦政发〔2009〕12号" not in page.content.decode("gb18030")
    assert "钦政发〔2009〕12号" in read(page).get_text()
    assert "二〇〇九年十二月一日" in read(page).get_text()


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2009, 12, 3), "二〇〇九年十二月三日"),
        (date(2010, 1, 10), "二〇一〇年一月十日"),
        (date(2008, 10, 20), "二〇〇八年十月二十日"),
        (date(2011, 11, 30), "二〇一一年十一月三十日"),
    ],
)
def test_days_under_older_documents_are_written_in_chinese(day: date, written: str) -> None:
    assert portal.chinese_day(day) == written


def test_attachments_are_linked_and_hold_their_text(walk: dict[str, httpx.Response]) -> None:
    pdfs = [response for path, response in walk.items() if path.endswith(".pdf")]
    assert len(pdfs) == 3
    for response in pdfs:
        assert response.headers["Content-Type"] == "application/pdf"
        document = pypdfium2.PdfDocument(io.BytesIO(response.content))
        text = document[0].get_textpage().get_text_range()
        document.close()
        assert len(re.findall(r"[\u4e00-\u9fff]", text)) > 150
    (text_file,) = [response for path, response in walk.items() if path.endswith(".txt")]
    assert "叶轮式增氧机" in text_file.content.decode("gb18030")


def test_some_headers_name_no_charset_and_some_a_false_one(
    walk: dict[str, httpx.Response],
) -> None:
    types = [r.headers["Content-Type"] for r in walk.values()]
    assert types.count("text/html; charset=utf-8") == 2
    assert types.count("text/html; charset=iso-8859-1") == 1
    assert types.count("text/html") > 100


def test_robots_keep_clients_out_of_admin_which_is_linked_once(
    served: SampleSite, walk: dict[str, httpx.Response]
) -> None:
    robots = get(served, "/robots.txt").text
    assert "Disallow: /admin/" in robots
    assert f"Sitemap: {served.base_url}/sitemap.xml" in robots
    linking = [path for path, page in walk.items() if b"/admin/login.html" in page.content]
    assert len(linking) == 1
    assert served.count("/admin/login.html") == 0


def test_the_sitemap_lists_existing_pages_by_absolute_address(
    served: SampleSite, walk: dict[str, httpx.Response]
) -> None:
    listed = BeautifulSoup(get(served, "/sitemap.xml").content, "xml").select("loc")
    assert len(listed) >= 5
    for loc in listed:
        assert loc.get_text().removeprefix(served.base_url) in walk


def test_building_twice_gives_the_same_bytes() -> None:
    assert portal.build() == portal.build()


# The server


def test_an_unchanged_page_answers_304_to_either_validator(small: SampleSite) -> None:
    first = get(small, "/")
    assert first.status_code == 200
    assert first.headers["Content-Type"] == "text/html"
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"other", W/{etag}'},
        {"If_Modified_Since": modified},
    ):
        again = get(small, "/", **headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag


def test_a_changed_page_answers_in_full_and_with_a_later_date(small: SampleSite) -> None:
    first = get(small, "/")
    small.put("/", Resource(b"new", "text/html; charset=gbk"))
    again = get(
        small,
        "/",
        If_None_Match=first.headers["ETag"],
        If_Modified_Since=first.headers["Last-Modified"],
    )
    assert (again.status_code, again.content) == (200, b"new")
    assert again.headers["Content-Type"] == "text/html; charset=gbk"
    assert get(small, "/", If_Modified_Since=first.headers["Last-Modified"]).status_code == 200
    before, after = (parsedate_to_datetime(r.headers["Last-Modified"]) for r in (first, again))
    assert before < after
    assert get(small, "/", If_Modified_Since="yesterday").status_code == 200


def test_pages_come_and_go_while_the_site_is_served(small: SampleSite) -> None:
    assert get(small, "/new.html").status_code == 404
    small.put("/new.html", Resource(b"here"))
    assert get(small, "/new.html").content == b"here"
    small.remove("/new.html")
    gone = get(small, "/new.html")
    assert gone.status_code == 404
    assert "页面不存在" in gone.text
    with pytest.raises(KeyError):
        small.remove("/new.html")
    with pytest.raises(ValueError, match="slash"):
        small.put("new.html", Resource(b""))


def test_head_has_the_head_of_get_and_no_body(small: SampleSite) -> None:
    head = httpx.head(small.base_url + "/", trust_env=False)
    whole = get(small, "/")
    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
        assert head.headers[name] == whole.headers[name]


def test_chinese_file_names_are_found_however_they_are_escaped(small: SampleSite) -> None:
    small.put("/附件.txt", Resource(b"text", "text/plain"))
    for path in ("/%E9%99%84%E4%BB%B6.txt", "/%e9%99%84%e4%bb%b6.txt", "/附件.txt"):
        assert get(small, path).content == b"text"
    assert small.count("/附件.txt") == 3


def test_a_query_selects_a_page_where_it_is_known_and_is_ignored_elsewhere(
    small: SampleSite,
) -> None:
    small.put("/show.asp?id=1", Resource(b"one"))
    assert get(small, "/show.asp?id=1").content == b"one"
    assert get(small, "/show.asp?id=2").status_code == 404
    assert get(small, "/folder/?t=123").content == b"inside"


def test_a_folder_without_its_slash_redirects(small: SampleSite) -> None:
    answer = get(small, "/folder")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/folder/")


def test_requests_are_recorded_in_order_with_what_a_polite_client_sends(
    small: SampleSite,
) -> None:
    get(small, "/", User_Agent="polite/1.0")
    get(small, "/missing")
    first, second = small.requests
    assert (first.method, first.path, first.status) == ("GET", "/", 200)
    assert first.user_agent == "polite/1.0"
    assert (second.path, second.status) == ("/missing", 404)
    assert first.at <= second.at
    assert small.count("/") == 1


def test_one_connection_serves_many_requests(small: SampleSite) -> None:
    host = urlsplit(small.base_url).netloc
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.connect()
        socket = connection.sock
        for path in ("/", "/missing", "/folder/", "/"):
            connection.request("GET", path)
            connection.getresponse().read()
            assert connection.sock is socket
    finally:
        connection.close()


def test_several_clients_are_served_at_once_and_quickly(small: SampleSite) -> None:
    def ask() -> None:
        with httpx.Client(base_url=small.base_url, trust_env=False) as client:
            for _ in range(100):
                client.get("/").raise_for_status()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert small.count("/") == 400
    # Delayed acknowledgements alone would take 4 s; the machine may be busy otherwise.
    assert time.monotonic() - started < 4


def test_closing_is_prompt_even_with_a_client_connected_and_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with SampleSites({"a": {"/": Resource(b"a" * 1_000_000)}, "b": {}}) as sites:
        assert sites["a"].base_url != sites["b"].base_url
        idle = httpx.Client(base_url=sites["a"].base_url, trust_env=False)
        idle.get("/")
        # This one leaves in the middle of an answer.
        rude = http.client.HTTPConnection(urlsplit(sites["a"].base_url).netloc, timeout=5)
        rude.request("GET", "/")
        rude.close()
        started = time.monotonic()
    assert time.monotonic() - started < 1
    with pytest.raises(httpx.TransportError):
        idle.get("/")
    idle.close()
    assert capfd.readouterr() == ("", "")


def test_a_fixed_port_is_used_and_a_taken_one_refused(small: SampleSite) -> None:
    port = urlsplit(small.base_url).port
    assert port is not None
    with pytest.raises(OSError, match="in use"):
        SampleSites({"free": {}, "taken": {}}, ports={"taken": port})
    small.close()
    with SampleSites({"again": {"/": Resource(b"x")}}, ports={"again": port}) as sites:
        assert sites["again"].base_url == f"http://127.0.0.1:{port}"
