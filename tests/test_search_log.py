"""What people searched: counted without anything about them, shown only if many did."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.searches.hidden import HiddenWords
from indexer.searches.kept import is_like_a_name, kept_form
from indexer.searches.log import FORGOTTEN_DAYS, SLOT_SECONDS, SearchLog
from indexer.searches.popular import PopularSearches

DAY = 86_400


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "searches.sqlite"


@pytest.fixture
def log(path: Path, clock: Clock) -> Iterator[SearchLog]:
    opened = SearchLog(path, floor=3, clock=clock)
    yield opened
    opened.close()


def asked(log: SearchLog, clock: Clock, query: str, times: int) -> None:
    """So many people ask a query, one after the other."""
    for _ in range(times):
        log.record(query, 7)
        log.flush()
        clock.now += SLOT_SECONDS


def rows(path: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT query, slots FROM searches ORDER BY query").fetchall()


# -- counting -----------------------------------------------------------------------------


def test_a_query_that_many_ask_is_popular(log: SearchLog, clock: Clock) -> None:
    asked(log, clock, "公积金提取", 4)
    asked(log, clock, "少见的", 2)
    (popular,) = log.popular()
    assert (popular.query, popular.count) == ("公积金提取", 4)


def test_one_who_repeats_a_query_counts_once(log: SearchLog, clock: Clock, path: Path) -> None:
    for _ in range(1_000):
        log.record("公积金", 5)
        clock.now += 0.3  # within ten minutes
    log.flush()
    assert rows(path) == [("公积金", 1)]


def test_processes_count_a_slot_together(path: Path, clock: Clock, log: SearchLog) -> None:
    with closing(SearchLog(path, floor=3, clock=clock)) as other:
        for one in (log, other):
            one.record("公积金", 5)
            one.flush()
        assert rows(path) == [("公积金", 1)]
        clock.now += SLOT_SECONDS
        other.record("公积金", 5)
        other.flush()
    assert rows(path) == [("公积金", 2)]


def test_steady_interest_counts_more_than_a_noisy_day(log: SearchLog, clock: Clock) -> None:
    for _ in range(6):
        asked(log, clock, "养老保险", 4)
        clock.now += DAY
    asked(log, clock, "刷出来的词", 30)
    first, second = log.popular(days=30)
    assert (first.query, second.query) == ("养老保险", "刷出来的词")
    assert first.count < second.count


def test_forms_of_one_query_are_one(log: SearchLog, clock: Clock, path: Path) -> None:
    for query in ("ＣＰＩ 公布", " cpi  公布 ", "CPI公布"):
        asked(log, clock, query, 1)
    assert rows(path) == [("cpi 公布", 2), ("cpi公布", 1)]


def test_what_found_nothing_is_not_counted(log: SearchLog, path: Path) -> None:
    log.record("没有结果的词", 0)
    log.flush()
    assert rows(path) == []


def test_made_up_queries_do_not_fill_the_disk(log: SearchLog, path: Path) -> None:
    for number in range(4_000):
        log.record(f"查询{number}", 1)
    log.flush()
    assert len(rows(path)) == 2_000


def test_searches_are_written_without_being_told(path: Path) -> None:
    log = SearchLog(path)
    begun = time.perf_counter()
    log.record("公积金", 3)
    assert time.perf_counter() - begun < 0.5
    for _ in range(200):
        if rows(path):
            break
        time.sleep(0.05)
    assert rows(path) == [("公积金", 1)]
    log.close()


def test_a_clean_stop_loses_nothing(path: Path) -> None:
    log = SearchLog(path)
    log.record("公积金", 3)
    log.close()
    log.record("迟到的", 3)  # no error
    assert rows(path) == [("公积金", 1)]


def test_several_processes_write_at_once(path: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from indexer.searches.log import SearchLog\n"
        "log = SearchLog(pathlib.Path(sys.argv[1]))\n"
        "for n in range(50):\n"
        "    log.record(f'查询{sys.argv[2]}号{n}', 1)\n"
        "    log.flush()\n"
        "log.close()\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    running = [
        subprocess.Popen([*command, letter], env={**os.environ}) for letter in ("甲", "乙", "丙")
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(rows(path)) == 150


# -- forgetting ---------------------------------------------------------------------------


def test_old_and_rare_queries_are_forgotten(path: Path, clock: Clock) -> None:
    with closing(SearchLog(path, floor=3, keep_days=100, clock=clock)) as log:
        asked(log, clock, "公积金提取", 3)
        asked(log, clock, "少见的", 2)
        clock.now += (FORGOTTEN_DAYS + 1) * DAY
        log.flush()
        assert rows(path) == [("公积金提取", 3)]
        clock.now += 100 * DAY
        log.flush()
        assert rows(path) == []


def test_nothing_but_query_day_and_counts_is_stored(log: SearchLog, path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(searches)")]
    assert columns == ["query", "day", "slots", "slot"]


# -- what is never kept -------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "13800138000",
        "联系 138 0013 8000",
        "0777-2812345",
        "45070219900101",
        "somebody@example.com",
        "http://www.qinzhou.gov.cn/",
        "桂N12345 违章",
        "东风路3栋",
        "李小雨",
        "李建国 简历",
        "欧阳小雨",
        "gongjijintiqu",
        "site:portal 公积金",
        '"公积金提取"',
        "公积金 -贷款",
        "公",
        "。。",
        "2009",
        "我家孩子今年九月要上小学但是户口不在钦州请问需要准备哪些材料呢",
    ],
)
def test_personal_and_odd_queries_are_not_kept(query: str) -> None:
    assert kept_form(query) is None


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("公积金提取", "公积金提取"),
        ("钦政发〔2009〕12号", "钦政发(2009)12号"),
        ("第十七届", "第十七届"),
        ("cpi", "cpi"),
        ("ISO9001", "iso9001"),
        ("金融办", "金融办"),
        ("车管所", "车管所"),
        ("安全生产", "安全生产"),
        ("高温补贴", "高温补贴"),
        ("方案公示", "方案公示"),
        ("12345", "12345"),
    ],
)
def test_what_others_may_see_is_kept(query: str, kept: str | None) -> None:
    assert kept_form(query) == (kept if query != "12345" else None)


def test_names_are_told_from_words() -> None:
    assert is_like_a_name("李小雨")
    assert not is_like_a_name("林权证")
    assert not is_like_a_name("小雨")


@given(st.text(st.characters(), max_size=250))
def test_any_query_is_kept_or_not(query: str) -> None:
    kept = kept_form(query)
    assert kept is None or (2 <= len(kept) <= 30 and kept_form(kept) == kept)


# -- what is shown ------------------------------------------------------------------------


@pytest.fixture
def popular(log: SearchLog, clock: Clock) -> PopularSearches:
    for query, times in {
        "公积金提取": 9,
        "公积金余额查询": 5,
        "提取公积金需要什么材料": 4,
        "养老保险": 6,
        "只有两人问过公积金": 2,
    }.items():
        asked(log, clock, query, times)
    searches = PopularSearches(log)
    searches.refresh()
    return searches


@pytest.mark.parametrize("typed", ["公积", "gongji", "gjj", "gong ji j", "公ji", "公积金"])
def test_completions_are_the_most_asked_first(popular: PopularSearches, typed: str) -> None:
    assert popular.completions(typed)[:2] == ["公积金提取", "公积金余额查询"]


def test_what_few_asked_is_never_shown(popular: PopularSearches) -> None:
    shown = popular.completions("公积金", 9) + popular.hot(9) + popular.related("公积金", 9)
    assert popular.completions("只有") == []
    assert "只有两人问过公积金" not in shown


def test_related_searches_share_words(popular: PopularSearches) -> None:
    related = popular.related("公积金 提取")
    assert related[0] != "公积金提取"  # the query itself
    assert set(related) == {"公积金余额查询", "提取公积金需要什么材料"}
    assert popular.related("养老保险") == []
    assert popular.related("") == []


def test_hot_searches_are_of_the_last_week(
    popular: PopularSearches, log: SearchLog, clock: Clock
) -> None:
    assert popular.hot(2) == ["公积金提取", "养老保险"]
    clock.now += 8 * DAY
    asked(log, clock, "台风停课", 3)
    popular.refresh()
    assert popular.hot() == ["台风停课"]
    assert popular.completions("养老") == ["养老保险"]


def test_answers_come_at_once_and_the_log_is_read_behind_them(log: SearchLog, clock: Clock) -> None:
    asked(log, clock, "公积金提取", 3)
    searches = PopularSearches(log)
    for _ in range(200):
        if searches.completions("gjj"):
            break
        time.sleep(0.05)
    assert searches.completions("gjj") == ["公积金提取"]


def test_closing_while_somebody_reads(path: Path, clock: Clock) -> None:
    for _ in range(20):
        log = SearchLog(path, clock=clock)
        PopularSearches(log).hot()
        log.close()
        assert log.popular() == []


def test_nothing_was_searched_yet(log: SearchLog) -> None:
    searches = PopularSearches(log)
    searches.refresh()
    assert searches.completions("公积金") == searches.related("公积金") == searches.hot() == []


# -- what staff hide ----------------------------------------------------------------------


def test_staff_hide_words(tmp_path: Path, log: SearchLog, clock: Clock) -> None:
    file = tmp_path / "hidden.txt"
    hidden = HiddenWords(file)
    asked(log, clock, "养老 保险骗局", 5)
    searches = PopularSearches(log, is_hidden=hidden)
    searches.refresh()
    assert searches.hot() == ["养老 保险骗局"]
    file.write_text("# 谣言\n保险　骗局  # since June\n\n", "utf-8")
    hidden.reload()
    assert searches.hot() == searches.completions("养老") == []
    file.unlink()
    hidden.reload()
    assert searches.hot() == ["养老 保险骗局"]


def test_a_file_that_cannot_be_read_leaves_the_words(tmp_path: Path) -> None:
    file = tmp_path / "hidden.txt"
    file.write_text("谣言", "utf-8")
    hidden = HiddenWords(file)
    file.write_bytes("谣言二".encode("gb18030"))
    hidden.reload()
    assert hidden("这是谣言")
    assert not HiddenWords()("这是谣言")
