"""Addresses without end: calendars, sort orders, sessions and loops against real columns."""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import resources
from urllib.parse import urljoin

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from indexer.crawl.traps import Budgets, pattern_of, signature, trap_of
from indexer.crawl.urls import canonical_url

HOST = "http://www.a.example"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/x?q=" + "x" * 1200, "longer than 1200 characters"),
        ("/" + "/".join(f"d{n}" for n in range(21)), "a path of more than 20 segments"),
        ("/a/a/a/", "a more than 2 times in a row"),
        ("/x/a/a/a/y.html", "a more than 2 times in a row"),
        ("/a/b/a/b/a/b", "a/b more than 2 times in a row"),
        ("/x/a/b/c/a/b/c/a/b/c.html/a/b/c/a/b/c/a/b/c/", "a/b/c more than 2 times in a row"),
        ("/2026/07/2026/07/2026/07/", "2026/07 more than 2 times in a row"),
        ("/0/0/0/0/0/x.html", "0 more than 4 times in a row"),
        ("/a/b/a/c/a/d/a/e.html", "a more than 3 times in the path"),
        ("////x", "more than 2 times in a row"),
        ("/x?" + "&".join(f"p{n}=1" for n in range(17)), "more than 16 parameters"),
        ("/x?id=1&page=1&page=2&page=3&page=4&page=5", "page= more than 4 times"),
    ],
)
def test_traps_at_first_sight(path: str, says: str) -> None:
    assert says in (trap_of(HOST + path) or "")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/" + "/".join(f"d{n}" for n in range(20)) + "/",
        "/a/a/x.html",
        "/zwgk/zwgk/zwgk.html",
        "/a/b/a/b/index.html",
        "/group1/M00/00/00/00/1.pdf",
        "/1/1/1.html",
        "/1/1",
        "/2026/1/1/2026/2/2.html",
        "//x//y//z",
        "/x?" + "&".join(f"p{n}=1" for n in range(16)),
        "/x?id=1&id=2&id=3&id=4",
        "/module/download/downfile.jsp?classid=0&filename=" + "%25E9%2592%25A6" * 70,
    ],
)
def test_addresses_that_may_be_pages(path: str) -> None:
    assert trap_of(HOST + path) is None


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/", "/"),
        ("/art/2026/9/4/art_103585_10328790.html", "/art/0/0/0/art_0_0.html"),
        ("/zwgk_213/tzgg/202607/t20260719_1.shtml", "/zwgk_0/tzgg/0/t0_0.shtml"),
        ("/zwgk/202008/P020231201538195573144.pdf", "/zwgk/0/P0.pdf"),
        ("/col/col12/art/2026/art_" + "0a1b" * 8 + ".html", "/col/col0/art/0/art_h.html"),
        ("/col/col12/art/2026/art_" + "0A1B" * 8 + ".html", "/col/col0/art/0/art_h.html"),
        ("/x/12345678901234567890.html", "/x/0.html"),
        ("/x/abcdefabcdefabcdefab.html", "/x/abcdefabcdefabcdefab.html"),
        ("/x/550e8400-e29b-41d4-a716-446655440000/", "/x/h/"),
        ("/(S(lit3py55t21z5v55vlm25s55))/x.aspx", "/h/x.aspx"),
        ("/x/q8w7e6r5t4y3u2i1o9p0/y", "/x/h/y"),
        ("/%E9%92%A6%E5%B7%9E/2.html", "/%/0.html"),
        ("/x?b=1&a=2&b=3", "/x?a&b"),
        ("/x?p12=1&p3=2", "/x?p0"),
        ("/x?%C7%D5=1", "/x?%"),
        ("/x?a", "/x?a"),
    ],
)
def test_patterns(path: str, pattern: str) -> None:
    assert pattern_of(HOST + path) == "www.a.example" + pattern
    assert pattern_of("http://a1.example:81" + path) == "a1.example:81" + pattern


@given(st.text(max_size=60) | st.text("ab01/?&=%(S)-", max_size=60).map((HOST + "/").__add__))
def test_any_text_has_a_pattern_and_a_judgement(text: str) -> None:
    assert not set("123456789") & set(pattern_of(text).partition("/")[2])
    assert trap_of(text) != ""
    assert -(2**63) <= signature(text, text, text, [text]) < 2**63


def words(number: int) -> str:
    """A text of its own for each number, without a digit."""
    digits = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))
    return f"关于{digits}号事项办理情况的说明，内容各不相同，请有关单位和个人按照{digits}执行。"


NAVIGATION = (f"{HOST}/", f"{HOST}/zwgk/", f"{HOST}/bsfw/index.html")


def test_months_of_a_calendar_look_the_same() -> None:
    def month(number: int, text: str) -> int:
        url = f"{HOST}/calendar.jsp?month={number}&year=2026"
        others = [f"{HOST}/calendar.jsp?month={n}&year=2026" for n in (number - 1, number + 1)]
        return signature(url, f"2026年{number}月日程", text, [*NAVIGATION, *others])

    assert month(1, "") == month(2, "")
    weekdays = "星期一星期二星期三星期四星期五星期六星期日暂无会议安排，返回首页，查看更多日程\n"
    days = [str(day) for day in range(1, 32)]
    assert month(1, weekdays + "\n".join(days)) == month(2, weekdays + "\n".join(days[:28]))
    assert month(1, weekdays) != month(1, "")


def test_days_of_a_calendar_are_told_by_their_anchors() -> None:
    def month(number: int, named: tuple[str, str]) -> int:
        days = [(f"{HOST}/rili/{number}/{day}/", f"{day}") for day in range(1, 29)]
        marked = (f"{HOST}/hyap/{named[0]}.html", named[1])
        return signature(f"{HOST}/rili/{number}/", "日程", "", [*days, marked])

    assert month(1, ("1", "第1次会议")) == month(2, ("2", "第2次会议"))
    assert month(1, ("1", "第1次会议")) != month(2, ("2", "全体会议"))


def test_lists_with_other_articles_look_different() -> None:
    def page(number: int) -> int:
        articles = [f"{HOST}/202607/t20260719_{10 * number + item}.html" for item in range(10)]
        links = [*NAVIGATION, f"{HOST}/tzgg/index_{number + 1}.html", *articles]
        return signature(f"{HOST}/tzgg/index_{number}.html", "通知公告", "", links)

    assert len({page(number) for number in range(50)}) == 50


def test_another_order_is_nothing_new() -> None:
    lines = [words(number) for number in range(10)]
    url = f"{HOST}/list.jsp?sort=1"
    other = "\r\n".join(reversed(lines))
    assert signature(url, "", "\n".join(lines), []) == signature(url, "", other, NAVIGATION)
    links = [f"{HOST}/art/{number}.html" for number in range(10)]
    assert signature(url, "", "", links) == signature(url, "", "", links[::-1] + links)


def test_empty_columns_and_scanned_files_are_never_the_same() -> None:
    url = f"{HOST}/col/col1/index.html"
    assert signature(url, "政策文件", "", NAVIGATION) != signature(url, "政策解读", "", NAVIGATION)
    one, two = (signature(f"{HOST}/P{number}.pdf", "", " \n", []) for number in (1, 2))
    assert one != two


def test_the_budget_of_a_pattern() -> None:
    budgets = Budgets()
    url = f"{HOST}/x.jsp?id=1"
    for number in range(1000):
        assert budgets.allows(f"{HOST}/x.jsp?id={number}")  # counts nothing
    for _ in range(100):
        assert budgets.allows(url)
        budgets.ask(url)
    assert not budgets.allows(url)
    assert budgets.allows(f"{HOST}/y.jsp?id=1")
    budgets.answer(url, 1)
    budgets.answer(url, 1)
    for _ in range(10):
        assert budgets.allows(url)
        budgets.ask(url)
    assert not budgets.allows(url)
    budgets.give_back(url)
    assert budgets.allows(url)
    budgets.ask(url)
    budgets.skip(url)
    budgets.skip(f"{HOST}/x.jsp?id=2")
    expected = {"pattern": "www.a.example/x.jsp?id", "asked": 110, "skipped": 2}
    assert budgets.report() == [expected]


def test_a_thousand_different_pages_are_trusted() -> None:
    budgets = Budgets()
    for number in range(1000):
        budgets.ask(HOST + "/1")
        budgets.answer(HOST + "/1", number)
    for _ in range(20_000):
        budgets.ask(HOST + "/1")
        budgets.answer(HOST + "/1", 0)
    assert budgets.allows(HOST + "/2")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), max_size=400))
def test_budgets_agree_with_the_rule(events: list[tuple[bool, int]]) -> None:
    budgets, asked, seen = Budgets(), 0, set[int]()
    url = f"{HOST}/x/1"
    for is_answer, sign in events * 3:
        if is_answer:
            budgets.answer(url, sign)
            seen.add(sign)
        elif budgets.allows(url):
            budgets.ask(url)
            asked += 1
        assert budgets.allows(url) is (asked < 100 + 10 * len(seen))


@dataclass(frozen=True)
class Shown:
    """A page of a simulated site."""

    title: str = ""
    text: str = ""
    links: tuple[str | tuple[str, str], ...] = ()


Site = Callable[[str], Shown]


def crawl(site: Site, start: str, limit: int = 20_000) -> tuple[set[str], Budgets]:
    """Every address that is asked for when a crawler begins at ``start``."""
    budgets, asked = Budgets(), set[str]()
    first = canonical_url(HOST + start)
    assert first is not None
    found, waiting = {first}, deque([first])
    while waiting:
        url = waiting.popleft()
        if not budgets.allows(url):
            budgets.skip(url)
            continue
        budgets.ask(url)
        asked.add(url)
        assert len(asked) < limit, "no end in sight"
        page = site(url.removeprefix(HOST))
        followed = dict[str, str]()
        for link in page.links:
            href, anchor = (link, "") if isinstance(link, str) else link
            target = canonical_url(urljoin(url, href))
            if target is not None and trap_of(target) is None:
                followed[target] = anchor
        budgets.answer(url, signature(url, page.title, page.text, followed.items()))
        new = [link for link in followed if link not in found]
        found.update(new)
        waiting.extend(new)
    return asked, budgets


ARTICLES = tuple(f"/art/2026/7/{number % 28}/art_1_{number}.html" for number in range(600))


def article(path: str) -> Shown | None:
    if not path.startswith("/art/"):
        return None
    number = int(path.rpartition("_")[2].removesuffix(".html"))
    return Shown(f"文章{number}", words(number), ("/", "/calendar.jsp?month=24310"))


@pytest.mark.parametrize("text", ["", "一二三四五六日" * 9])
def test_a_calendar_ends_and_the_articles_are_found(text: str) -> None:
    def site(path: str) -> Shown:
        shown = article(path)
        if shown is None and path.startswith("/calendar.jsp"):
            month = int(path.partition("month=")[2].partition("&")[0])
            near = [(f"/calendar.jsp?month={month + n}", f"{n}月") for n in (-1, 1)]
            days = [(f"/calendar.jsp?day={day}&month={month}", str(day)) for day in range(1, 31)]
            shown = Shown(f"{month // 12}年{month % 12}月", text, ("/", *near, *days))
        return shown or Shown("首页", "", (*ARTICLES, "/calendar.jsp?month=24310"))

    asked, budgets = crawl(site, "/")
    assert {HOST + path for path in ARTICLES} <= asked
    assert sum("calendar" in url for url in asked) <= 330
    cut_off = [entry["pattern"] for entry in budgets.report()]
    assert cut_off[0] == "www.a.example/calendar.jsp?day&month"
    assert all("calendar" in pattern for pattern in cut_off)


@pytest.mark.parametrize("has_text", [True, False])
def test_combinations_of_sort_and_view_end(has_text: bool) -> None:
    choices = {"dir": 2, "open": 8, "order": 9, "rows": 9, "sort": 9, "style": 9, "view": 9}
    own = random.Random(1)

    def site(path: str) -> Shown:
        shown = article(path)
        if shown is not None:
            return shown
        values = dict(part.split("=") for part in path.partition("?")[2].split("&") if part)
        links = [
            ("/list.jsp?" + "&".join(f"{k}={v}" for k, v in new.items()), anchor)
            for name, most in choices.items()
            for value, anchor in zip(range(most), itertools.cycle(["升序", "降序"]))
            for new in ({**values, name: str(value)},)
        ]
        listed = [(path, words(number)) for number, path in enumerate(ARTICLES[:20])]
        own.shuffle(listed)
        text = "\n".join(title for _, title in listed) if has_text else ""
        return Shown("通知公告", text, (*listed, *links))

    asked, budgets = crawl(site, "/list.jsp")
    assert {HOST + path for path in ARTICLES[:20]} <= asked
    # Each subset of the seven names is a pattern of its own; the limit is that of their path.
    assert sum("list.jsp" in url for url in asked) <= 320
    assert sum(entry["skipped"] for entry in budgets.report()) > 1000


@pytest.mark.parametrize(
    "session", [lambda own: f"(S({own}))", lambda own: own, lambda own: f"s/{own.encode().hex()}f"]
)
def test_sessions_in_the_path_end(session: Callable[[str], str]) -> None:
    own = random.Random(2)
    pages = 12

    def site(path: str) -> Shown:
        number = int(path.partition("page=")[2] or 0)
        token = "".join(own.choice("bdfhjlnprtvx") + own.choice("0123456789") for _ in range(12))
        links = [f"/{session(token)}/list.aspx?page={n}" for n in range(pages)]
        return Shown("列表", words(number), tuple(links))

    asked, budgets = crawl(site, "/list.aspx")
    assert pages <= len(asked) <= 1 + 100 + 10 * pages
    assert budgets.report()


def test_relative_links_that_deepen_end() -> None:
    def site(path: str) -> Shown:
        return Shown("新闻", words(1), ("news/", "more/list.html", "index.html?id=1&id=2"))

    asked, _ = crawl(site, "/")
    assert len(asked) < 150


def test_sessions_in_the_query_are_no_new_pages() -> None:
    numbers = itertools.count(1)

    def site(path: str) -> Shown:
        token = f"{next(numbers):032}"
        return Shown("", "", (f"/x.jsp;jsessionid={token}?t=0.{token}&id=1", f"/x.jsp?sid={token}"))

    asked, budgets = crawl(site, "/")
    assert asked == {f"{HOST}/", f"{HOST}/x.jsp", f"{HOST}/x.jsp?id=1"}
    assert budgets.report() == []


def hashed(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"


LISTS_AND_ARTICLES = """
/zwgk_213/tzgg/index_{page}.html /zwgk_213/tzgg/2026{month}/t20260719_{item}.shtml
/xwdt_239/zwyw/index_{page}.shtml /xwdt_239/zwyw/t1700{item}.shtml
/col/col694/index.html?uid=28698&pageNum={page} /art/2026/{month}/4/art_103585_{item}.html
/col/col12291/index.html?uid=1&pageNum={page} /col/col12291/art/2026/art_{hash}.html
/gkmlpt/api/all/508?page={page}&sid=450700 /gkmlpt/content/9/{month}/post_{item}.html
/info/iList.jsp?node_id=G&cat_id=15&cur_page={page} /info/iList.jsp?node_id=G&cat_id=1&tm_id={item}
/csrc/c106256/column-index-{page}.shtml /csrc/c106256/c{item}/content.shtml
/tzgg/MoreInfo.aspx?CategoryNum=008&PageIndex={page} /infodetail/?infoid={hash}&categoryNum=008
/news/{page}.html /news/2026{item}.html
"""


def fill(template: str, number: int) -> str:
    names = {"page": number + 1, "item": 1000 + number, "month": number % 12 + 1}
    return template.format(hash=hashed(number), **names)


@pytest.mark.parametrize("scheme", LISTS_AND_ARTICLES.strip().splitlines())
@pytest.mark.parametrize("anchors", ["titles", "none", "all the same"])
def test_real_schemes_are_never_cut_off(scheme: str, anchors: str) -> None:
    """1,500 articles on 150 list pages, half of the articles short, with a scanned file each."""
    list_page, item_page = (partial(fill, template) for template in scheme.split())
    anchor_of = {"titles": words, "none": lambda _: "", "all the same": lambda _: "详情"}[anchors]
    pages, size = 150, 10
    shown: dict[str | None, Shown] = {f"{HOST}/": Shown("首页", "", (list_page(0),))}
    for page in range(pages):
        listed = range(page * size, (page + 1) * size)
        items = [(item_page(item), anchor_of(item)) for item in listed]
        more = (list_page(0), list_page(min(page + 1, pages - 1)))
        shown[canonical_url(HOST + list_page(page))] = Shown("通知公告", "", ("/", *items, *more))
    for item in range(pages * size):
        file = urljoin(item_page(item), f"./P0202312015381{item:08}.pdf")
        text = words(item) if item % 2 else "详见附件。"
        shown[canonical_url(HOST + item_page(item))] = Shown("通知", text, ("/", file))
        shown[canonical_url(HOST + file)] = Shown("扫描件")

    asked, budgets = crawl(lambda path: shown[HOST + path], "/")
    assert budgets.report() == []
    assert asked == shown.keys()


def test_memory_is_bounded() -> None:
    budgets = Budgets()
    for letters in itertools.islice(itertools.product("abcdefghij", repeat=5), 60_000):
        budgets.ask(f"{HOST}/{''.join(letters)}/")
    assert len(budgets._budgets) == 50_000


def test_every_limit_has_its_reason() -> None:
    text = resources.files("indexer.crawl").joinpath("traps.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    for entry in [*data["limits"].values(), *data["budgets"].values(), *data["same"]]:
        assert entry["why"]
