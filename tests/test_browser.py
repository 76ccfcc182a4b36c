"""The pages in a real browser: suggestions, keyboard, console, and no markup run.

Needs Chromium on the machine, which is no Python package; CI installs it and fails on skips.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from browsing import CHROMIUM, enter, launched, wait_until, watched_page
from indexer.jobs.lock import schedule_lock, work_lock
from reported import HOME
from test_api_support import make_app, services_of, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with watched_page(browser, address) as page:
        yield page


def test_typing_brings_suggestions_and_the_keyboard_chooses(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name="搜索内容")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("zfgjj")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_contain_text("住房公积金提取办事指南")
    expect(options.first).to_contain_text("办事指南")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(box).to_have_value("住房公积金提取办事指南")
    box.press("ArrowUp")
    expect(box).to_have_value("zfgjj")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q="))
    expect(page.locator(".result h2").first).to_have_text("住房公积金提取办事指南")
    expect(page.get_by_role("combobox")).to_have_value("住房公积金提取办事指南")


def test_a_suggestion_can_be_clicked(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("三娘湾")
    page.get_by_role("option", name="三娘湾景区道路施工公告").click()
    expect(page.locator(".result").first).to_contain_text("道路施工")


def test_a_query_leads_to_results_tabs_and_filters(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").fill("公积金")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator(".summary")).to_contain_text("条结果")
    expect(page.locator(".result em").first).to_have_text(re.compile("公积金"))
    page.get_by_role("navigation", name="内容类型").get_by_role("link", name="政策文件").click()
    expect(page.locator(".result")).to_have_count(2)
    page.get_by_text("自定义").click()
    page.get_by_label("从").fill("2010-01-01")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("没有找到结果")).to_be_visible()
    page.get_by_role("link", name="去掉所有筛选").click()
    expect(page.locator(".result").nth(3)).to_be_visible()


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#q").fill("公积金")
    page.locator("#q").press("Enter")
    expect(page.locator(".result").first).to_be_visible()
    context.close()


def test_markup_in_a_title_is_shown_as_text(page: Page) -> None:
    page.goto("/search?q=网页标记")
    result = page.locator(".result", has_text="<script>alert(1)</script>网页标记与<b>标题</b>")
    expect(result).to_be_visible()
    expect(result.locator("p.snippet")).to_contain_text("<img src=x onerror=alert(2)>")
    page.get_by_role("combobox").fill("")
    page.get_by_role("combobox").press_sequentially("script")
    page.wait_for_timeout(400)
    assert page.locator("#suggestions script, .result img, .result script").count() == 0


@pytest.mark.parametrize("path", ["/", "/search?q=公积金", "/search?q=xyzzyq", "/admin/"])
def test_a_narrow_screen_never_scrolls_sideways(page: Page, path: str) -> None:
    """320 CSS pixels: WCAG 2.1, 1.4.10 Reflow."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(page: Page) -> None:
    page.goto("/search?q=公积金")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到主要内容")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_staff_start_watch_and_cancel_a_job(page: Page, app: Flask) -> None:
    held = services_of(app)
    token = held.tokens.create("值班室", "staff")
    page.goto("/admin/")
    page.get_by_label("访问令牌").fill("qzs_wrong")
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_role("alert")).to_contain_text("令牌有误")
    page.get_by_label("访问令牌").fill(token)
    page.get_by_role("button", name="进入").click()
    page.get_by_label("钦州市政务服务中心").check()
    page.get_by_label("全量采集").check()
    page.get_by_role("button", name="开始采集").click()
    job = page.locator(".job").first
    expect(job).to_contain_text("采集 · 钦州市政务服务中心 · 全量")
    expect(job).to_contain_text("排队中")
    stored = held.jobs.list(1)[0]
    assert stored is not None
    assert (stored.sites, stored.full, stored.requested_by) == (("service_center",), True, "值班室")
    page.get_by_role("button", name="开始采集").click()
    expect(page.get_by_role("alert")).to_contain_text("同类任务正在进行")
    with work_lock(held.settings.data_directory):
        held.jobs.start(stored.id)
        held.jobs.report(stored.id, 30, 120, "pages")
        expect(job).to_contain_text("30 / 120 页")
        expect(job.locator("progress")).to_have_js_property("value", 30)
        held.jobs.report(stored.id, 90, 120, "pages")
        expect(job).to_contain_text("90 / 120 页")
        job.get_by_role("button", name="取消").click()
        expect(job).to_contain_text("正在取消")
        assert held.jobs.report(stored.id, 91, 120, "pages") is True
        held.jobs.finish(stored.id, "cancelled")
    expect(job).to_contain_text("已取消")
    assert page.evaluate("sessionStorage.length") == 1
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("访问令牌")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_who_leaves_while_an_answer_is_under_way_has_left(page: Page, app: Flask) -> None:
    held: list[Route] = []
    asked: list[str] = []
    page.route("**/api/v1/admin/jobs?*", lambda route: held.append(route))
    enter(page, services_of(app).tokens.create("交班", "staff"))
    # The console shows with the first list of jobs; the second is held.
    wait_until(page, lambda: bool(held))
    held.pop().continue_()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    wait_until(page, lambda: bool(held))
    page.get_by_role("button", name="退出").click()
    page.on("request", lambda request: asked.append(request.url))
    held.pop().continue_()
    page.wait_for_timeout(1500)  # longer than the console waits between two questions
    expect(page.get_by_label("访问令牌")).to_be_visible()
    expect(page.locator("#console")).to_be_hidden()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert (asked, page.evaluate("sessionStorage.length")) == ([], 0)


@pytest.mark.parametrize("token", ["令牌", "ｑｚｓ＿ａｂｃ", "qzs_é"])
def test_a_token_that_no_header_can_hold_is_a_wrong_one(page: Page, token: str) -> None:
    enter(page, token)
    expect(page.get_by_role("alert")).to_contain_text("令牌有误")
    expect(page.get_by_label("访问令牌")).to_be_focused()


def test_without_a_scheduler_the_console_warns(page: Page, app: Flask) -> None:
    held = services_of(app)
    token = held.tokens.create("巡检", "staff")
    warning = page.get_by_text("调度程序没有运行")
    with schedule_lock(held.settings.data_directory):
        enter(page, token)
        expect(page.get_by_role("heading", name="新任务")).to_be_visible()
        expect(warning).to_be_hidden()
    expect(warning).to_be_visible(timeout=10_000)  # it asks only now and then


def test_a_summary_names_sites_and_outcomes_in_chinese(page: Page, app: Flask) -> None:
    held = services_of(app)
    with work_lock(held.settings.data_directory):
        job = held.jobs.submit("crawl", requested_by="定时", running=True)
        held.jobs.report(job.id, 7, 9, "pages read again")
        enter(page, held.tokens.create("查看", "monitor"))
        shown = page.locator(f".job[data-id='{job.id}']")
        expect(shown).to_contain_text("7 / 9 页（重新提取）")
        crawled = {"new": 1200, "dead_link": 2, "failed_timeout": 3, "failed_status_503": 4}
        sites, index = {"portal": crawled, "former": {"gone": 6}}, {"added": 1200, "removed": 1}
        summary = {"sites": sites, "index": index, "seconds": 12.5}
        held.jobs.finish(job.id, "succeeded", summary=summary)
    expect(shown).to_contain_text(
        "钦州市人民政府门户网站：新增 1,200、死链 2、超时 3、状态码 503 4 · former：已下线 6 · "
        "索引：新增 1,200、移除 1 · 用时（秒） 12.5"
    )


def test_a_summary_may_hold_whole_reports(page: Page, app: Flask) -> None:
    held = services_of(app)
    with work_lock(held.settings.data_directory):
        job = held.jobs.submit("crawl", requested_by="定时", running=True)
        report = {"run": 1, "state": "finished", "outcomes": {"unchanged": 8, "spared": 2}}
        summary = {"sites": {"portal": {**report, "gone": 3, "dead_links": [{"url": HOME}]}}}
        held.jobs.finish(job.id, "succeeded", summary=summary)
    enter(page, held.tokens.create("查看报告", "monitor"))
    shown = page.locator(f".job[data-id='{job.id}']")
    expect(shown).to_contain_text("钦州市人民政府门户网站：未变 8、免查 2、已下线 3")
    expect(shown).not_to_contain_text(HOME)


def test_without_a_crawl_the_console_says_so(page: Page, app: Flask) -> None:
    enter(page, services_of(app).tokens.create("新来的", "staff"))
    expect(page.get_by_text("还没有抓取报告")).to_be_visible()


def test_a_monitor_may_only_look(page: Page, app: Flask) -> None:
    token = services_of(app).tokens.create("alarm", "monitor")
    page.goto("/admin/")
    page.get_by_label("访问令牌").fill(token)
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_role("alert")).to_contain_text("只能查看")
    expect(page.get_by_role("button", name="开始采集")).to_be_hidden()


def test_the_console_says_when_the_service_is_away_and_comes_back(
    browser: Browser, tmp_path: Path
) -> None:
    app = make_app(tmp_path)
    token = services_of(app).tokens.create("值班室", "staff")
    with serving(app) as address:
        page = browser.new_page(base_url=address, locale="zh-CN")
        page.goto("/admin/")
        page.get_by_label("访问令牌").fill(token)
        page.get_by_role("button", name="进入").click()
        expect(page.get_by_text("还没有任务")).to_be_visible()
        page.context.set_offline(True)
        expect(page.get_by_role("alert")).to_contain_text("无法连接服务")
        page.context.set_offline(False)
        expect(page.get_by_role("alert")).to_be_hidden()
        page.close()
