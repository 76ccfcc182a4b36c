"""The console's crawl reports in a real browser, and the confirmation of removals.

Needs Chromium on the machine, like the other tests of pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from browsing import CHROMIUM, enter, launched, watched_page
from indexer.jobs.lock import work_lock
from indexer.jobs.run import run_job
from indexer.jobs.tasks import task_of
from reported import DEAD, LOST, SCRIPT, make_nights
from test_api_support import make_app, services_of, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def reported(tmp_path: Path) -> Flask:
    """The portal's latest run is suspicious, that of the service centre is paused."""
    app = make_app(tmp_path, indexed=False)
    make_nights(services_of(app).settings)
    return app


@pytest.fixture
def page(browser: Browser, reported: Flask) -> Iterator[Page]:
    with serving(reported) as address, watched_page(browser, address) as page:
        yield page


def test_the_reports_tell_all_in_chinese_with_links(page: Page, reported: Flask) -> None:
    enter(page, services_of(reported).tokens.create("值班室", "staff"))
    expect(page.get_by_role("heading", name="抓取报告")).to_be_visible()
    portal = page.locator(".report").first
    expect(portal.get_by_role("heading")).to_have_text("钦州市人民政府门户网站")
    expect(portal.locator(".state")).to_have_text("可疑，待确认")
    expect(portal).to_contain_text("第 3 次采集 · 全量")
    expect(portal.locator(".tiles div", has_text="未变")).to_contain_text("1")
    expect(portal.locator(".tiles div", has_text="节省流量")).to_contain_text("2.0 KB")
    portal.get_by_text("失效链接（8）").click()
    dead = portal.locator("li", has=page.get_by_role("link", name=DEAD))
    expect(dead).to_contain_text("状态码 404 · 「旧版申请表<b>下载</b>」 · 自 20")
    expect(dead).to_contain_text("出现在：")
    carrier = dead.get_by_role("link", name="第8号通知")
    expect(carrier).to_have_attribute("href", re.compile(r"^http://portal\.example/notice/8"))
    expect(carrier).to_have_attribute("rel", re.compile("noopener"))
    portal.get_by_text("久未更新的栏目（1）").click()
    expect(portal.locator("li", has_text="通知公告")).to_contain_text("最新一篇 2009-12-03，已有")
    portal.get_by_text("未能完整读取的网页和文件（1）").click()
    expect(portal.get_by_text("没有文字（扫描件或图片）")).to_be_visible()
    portal.get_by_text("需要脚本的页面（1）").click()
    expect(portal.get_by_role("link", name=SCRIPT)).to_be_visible()
    centre = page.locator(".report").nth(1)
    expect(centre.locator(".state")).to_have_text("已暂停")
    expect(centre).to_contain_text("不在允许采集的时段 22:00-06:00 内")
    expect(portal).to_contain_text("其他：待核实 7")
    assert page.locator(".report b").count() == 0
    words = page.locator("#reports").inner_text()
    assert re.search(r"undefined|\{|NaN|blocked_|failed_", words) is None
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_was_blocked_and_failed_is_told_by_cause(page: Page, reported: Flask) -> None:
    held = services_of(reported)
    with held.archive() as archive:  # as it was after the first night
        archive.connection.execute("DELETE FROM run WHERE id IN (2, 3)")
    enter(page, held.tokens.create("值班室", "staff"))
    portal = page.locator(".report").first
    expect(portal).to_contain_text("被拦截：防火墙拦截 1、robots.txt 禁止 1")
    expect(portal).to_contain_text("失败：跳转到站外 1、状态码 503 1、超时 1")
    expect(portal).to_contain_text("其他：死链 1")
    portal.get_by_text("被拒绝的站外跳转（1）").click()
    expect(portal).to_contain_text("跳转到 http://elsewhere.example/")
    expect(portal.locator(".tiles div", has_text="被拦截")).to_contain_text("2")
    expect(portal.locator(".state")).to_have_text("正常")
    expect(portal.get_by_role("button")).to_have_count(0)


def test_staff_confirm_removals_after_being_asked_once_more(page: Page, reported: Flask) -> None:
    held = services_of(reported)
    enter(page, held.tokens.create("值班室", "staff"))
    warning = page.locator(".report .alert")
    expect(warning).to_contain_text("将删除 7 篇文档（全站共 10 篇），超过五分之一")
    warning.get_by_text("待删除的网页（7）").click()
    expect(warning.get_by_role("link")).to_have_text(sorted(LOST))
    confirm = warning.get_by_role("button", name="确认删除")
    confirm.click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("从“钦州市人民政府门户网站”的搜索结果中删除 7 篇文档")
    expect(question.get_by_role("button", name="不删除")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    confirm.click()
    question.get_by_role("button", name="不删除").click()
    expect(question).to_be_hidden()
    assert held.jobs.list() == []
    confirm.click()
    question.get_by_role("button", name="确定删除").click()
    expect(page.locator(".job").first).to_contain_text("确认删除 · 钦州市人民政府门户网站")
    expect(confirm).to_be_disabled()
    expect(warning).to_contain_text("结束后再确认")
    (job,) = held.jobs.list()
    assert (job.kind, job.sites, job.requested_by) == ("confirm", ("portal",), "值班室")
    with work_lock(held.settings.data_directory):
        started = held.jobs.start(job.id)
        assert started is not None
        done = run_job(held.jobs, started, task_of(held.settings, "confirm"))
    assert done.state == "succeeded", done.error
    expect(page.locator(".job").first).to_contain_text("钦州市人民政府门户网站：已下线 7")
    expect(page.locator(".report").first).to_contain_text("曾暂缓删除 7 篇文档，已于")
    expect(page.locator(".report").first.locator(".state")).to_have_text("正常")
    expect(confirm).to_have_count(0)


def test_a_monitor_sees_the_warning_without_the_button(page: Page, reported: Flask) -> None:
    enter(page, services_of(reported).tokens.create("alarm", "monitor"))
    expect(page.locator(".report .alert")).to_contain_text("暂未删除")
    expect(page.get_by_role("button", name="确认删除")).to_be_hidden()
