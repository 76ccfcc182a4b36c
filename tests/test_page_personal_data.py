"""The console's list of pages with personal data, in a real browser.

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
from indexer.archive import Archive
from indexer.personal_data import KINDS, TEXT_FIELDS
from personal import CENTRE, MASKED_IDENTITY, MASKED_MOBILE, PORTAL, archive_pages, many
from search_api.resources import load_yaml_resource
from test_api_support import make_app, services_of, serving

ROOT = Path(__file__).resolve().parent.parent


def test_every_kind_field_and_word_of_the_list_is_there() -> None:
    words = load_yaml_resource("console.yaml")["personal_data"]
    assert set(words["kinds"]) == set(KINDS)
    assert set(words["fields"]) == {*TEXT_FIELDS, "keywords", "images", "service"}
    script = (ROOT / "search_api/static/console_personal.js").read_text("utf-8")
    assert set(re.findall(r"\bsay\.(\w+)", script)) == set(words)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path, indexed=False)


@pytest.fixture
def page(browser: Browser, app: Flask) -> Iterator[Page]:
    with serving(app) as address, watched_page(browser, address) as page:
        yield page


needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@needs_browser
def test_staff_see_the_pages_with_links(page: Page, app: Flask) -> None:
    archive_pages(services_of(app).settings.archive_path)
    enter(page, services_of(app).tokens.create("值班室", "staff"))
    section = page.get_by_role("region", name="个人信息（2）")
    expect(section).to_contain_text("请通知发布单位处理")
    portal = section.locator("#personal-pages > li", has_text="公示<b>名单</b>")
    expect(portal.get_by_role("link")).to_have_attribute("href", f"{PORTAL}list.html")
    expect(portal.get_by_role("link")).to_have_attribute("rel", re.compile("noopener"))
    expect(portal).to_contain_text("钦州市人民政府门户网站 · 读取于 20")
    expect(portal.get_by_role("listitem")).to_have_text(
        [
            f"{MASKED_IDENTITY} 身份证号码，在正文中",
            f"{MASKED_MOBILE} 手机号码，在正文中，共 2 处",
        ]
    )
    guide = section.locator("#personal-pages > li", has_text="指南")
    expect(guide.get_by_role("link")).to_have_attribute("href", f"{CENTRE}guide.html")
    expect(guide).to_contain_text("在办事指南中")
    expect(section.get_by_role("button", name="下一页")).to_be_hidden()
    assert section.locator("b").count() == 0
    assert re.search(r"undefined|\{|NaN|service", section.inner_text()) is None
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@needs_browser
def test_long_lists_come_in_pages_and_follow_what_is_mended(page: Page, app: Flask) -> None:
    path = services_of(app).settings.archive_path
    archive_pages(path, *many(21))
    enter(page, services_of(app).tokens.create("值班室", "staff"))
    expect(page.locator("#personal-pages > li")).to_have_count(20)
    expect(page.get_by_text("第 1 页，共 2 页")).to_be_visible()
    expect(page.get_by_role("button", name="上一页")).to_be_disabled()
    page.get_by_role("button", name="下一页").click()
    expect(page.locator("#personal-pages > li")).to_have_count(3)
    expect(page.get_by_role("button", name="下一页")).to_be_disabled()
    archive = Archive(path)
    with archive.transaction():
        archive.connection.execute("UPDATE document SET findings = NULL WHERE site = 'portal'")
    archive.close()
    mended = page.get_by_role("heading", name="个人信息（1）")
    expect(mended).to_be_visible(timeout=15_000)  # looked at every fifth second
    expect(page.locator("#personal-pages > li")).to_have_count(1)
    expect(page.locator("#personal-paging")).to_be_hidden()


@needs_browser
def test_nothing_found_is_said(page: Page, app: Flask) -> None:
    enter(page, services_of(app).tokens.create("值班室", "staff"))
    expect(page.get_by_role("region", name="个人信息（0）")).to_contain_text("没有发现公开的")


@needs_browser
def test_a_monitor_does_not_see_the_list(page: Page, app: Flask) -> None:
    archive_pages(services_of(app).settings.archive_path)
    enter(page, services_of(app).tokens.create("alarm", "monitor"))
    expect(page.get_by_text("此令牌只能查看")).to_be_visible()
    expect(page.locator("#personal-section")).to_be_hidden()
    assert MASKED_MOBILE not in page.content()
