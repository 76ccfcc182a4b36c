"""In a real browser: what staff change of the search, and what people searched.

Needs Chromium on the machine, like the other tests of pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from browsing import CHROMIUM, enter, launched, wait_until, watched_page
from searched import many_searched
from test_api_support import make_app, services_of, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

ENTRY = "- {say: [抹零单], official: [三娘湾]}\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def page(browser: Browser, app: Flask) -> Iterator[Page]:
    with serving(app) as address, watched_page(browser, address) as page:
        yield page


def enter_as(page: Page, app: Flask, role: str = "staff") -> None:
    enter(page, services_of(app).tokens.create("值班室", role))
    expect(page.get_by_role("heading", name="索引", exact=True)).to_be_visible()


def editor(page: Page, name: str) -> Locator:
    """The box of 同义词 or 屏蔽词."""
    return page.get_by_role("textbox", name=name)


# -- what staff change --------------------------------------------------------------------


def test_staff_add_a_synonym_and_it_acts_at_once(page: Page, app: Flask) -> None:
    enter_as(page, app)
    expect(page.get_by_role("heading", name="同义词与屏蔽词")).to_be_visible()
    expect(page.get_by_text("不需要重建索引")).to_be_visible()
    expect(page.get_by_text("- {say: [上户口, 落户], official:")).to_be_visible()
    editor(page, "同义词").fill(ENTRY)
    page.get_by_role("button", name="保存同义词").click()
    expect(page.get_by_text("已保存，已生效。")).to_be_visible()
    assert services_of(app).vocabulary.read("synonyms") == ENTRY
    page.wait_for_timeout(600)  # every process looks twice a second
    page.goto("/search?q=抹零单")
    expect(page.locator(".result h2 em")).to_have_text("三娘湾")


def test_the_example_of_the_console_is_a_good_entry(page: Page, app: Flask) -> None:
    enter_as(page, app)
    for name in ("同义词", "屏蔽词"):
        form = page.locator("form.vocabulary", has=editor(page, name))
        editor(page, name).fill(form.locator("pre").inner_text())
        form.get_by_role("button", name="保存").click()
        expect(form.get_by_role("status")).to_have_text("已保存，已生效。")


def test_faults_are_shown_by_line_and_the_text_stays(page: Page, app: Flask) -> None:
    enter_as(page, app)
    text = ENTRY + "- {say: [甲, <b>乙</b>], weight: 7}\n- {sya: [丙]}\n"
    editor(page, "同义词").fill(text)
    page.get_by_role("button", name="保存同义词").click()
    faults = page.locator(".faults li:visible")
    told = [
        "第 2 行：weight 应是 0 到 1 之间的数，如 0.7",
        "第 3 行：没有「sya」这一项；可用的有 say",
    ]
    expect(faults).to_contain_text(told)
    expect(editor(page, "同义词")).to_have_value(text)
    expect(editor(page, "同义词")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("没有保存。")).to_be_visible()
    assert services_of(app).vocabulary.read("synonyms") == ""
    editor(page, "同义词").fill(ENTRY)
    page.get_by_role("button", name="保存同义词").click()
    expect(page.get_by_text("已保存，已生效。")).to_be_visible()
    expect(faults).to_have_count(0)


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(page: Page, app: Flask) -> None:
    enter_as(page, app)
    expect(editor(page, "屏蔽词")).to_be_visible()
    editor(page, "屏蔽词").fill("甲公司\n")
    services_of(app).vocabulary.save("hidden", "乙公司\n")
    page.get_by_role("button", name="保存屏蔽词").click()
    expect(page.locator("#alert")).to_contain_text("内容已被他人修改")
    expect(editor(page, "屏蔽词")).to_have_value("甲公司\n")
    form = page.locator("form.vocabulary", has=editor(page, "屏蔽词"))
    form.get_by_role("button", name="重新载入").click()
    expect(editor(page, "屏蔽词")).to_have_value("乙公司\n")


def test_what_is_being_edited_stays_while_the_console_asks_on(page: Page, app: Flask) -> None:
    enter_as(page, app)
    editor(page, "屏蔽词").fill("甲公司")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    wait_until(page, lambda: any(url.endswith("/status") for url in asked))
    page.wait_for_timeout(200)
    expect(editor(page, "屏蔽词")).to_have_value("甲公司")


def test_a_monitor_does_not_see_the_editor(page: Page, app: Flask) -> None:
    enter_as(page, app, "monitor")
    expect(page.get_by_role("alert")).to_contain_text("只能查看")
    expect(page.locator("#vocabulary-section")).to_be_hidden()


def test_the_editor_fits_a_narrow_screen(page: Page, app: Flask) -> None:
    services_of(app).vocabulary.save("hidden", "长" * 300 + "\n")
    enter_as(page, app)
    page.set_viewport_size({"width": 320, "height": 640})
    expect(editor(page, "屏蔽词")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_stale_index_offers_its_rebuild(page: Page, app: Flask) -> None:
    held = services_of(app)
    pointer = held.settings.index_directory / "current.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text()) | {"fingerprint": "old"}))
    held.engine.refresh()  # type: ignore[attr-defined]
    enter_as(page, app)
    expect(page.locator("#stale")).to_contain_text("请重建索引")
    page.get_by_role("button", name="立即重建").click()
    expect(page.locator(".job").first).to_contain_text("重建索引")
    expect(page.get_by_role("button", name="立即重建")).to_be_disabled()
    (job,) = held.jobs.list(5)
    assert (job.kind, job.state, job.requested_by) == ("reindex", "queued", "值班室")


# -- what people searched -----------------------------------------------------------------


def test_what_many_searched_is_suggested_and_hot(page: Page, app: Flask) -> None:
    many_searched(services_of(app).settings, "公积金贷款额度", "三娘湾")
    services_of(app).searched.refresh()
    page.goto("/")
    hot = page.locator(".hot a")
    expect(page.get_by_role("heading", name="热门搜索")).to_be_visible()
    expect(hot).to_have_count(2)
    page.get_by_role("combobox").press_sequentially("gjjdk")
    page.get_by_role("option", name="公积金贷款额度").click()
    expect(page.get_by_role("combobox")).to_have_value("公积金贷款额度")
    page.goto("/")
    page.locator(".hot").get_by_role("link", name="三娘湾").click()
    expect(page.locator(".result").first).to_contain_text("道路施工")


# -- corrections --------------------------------------------------------------------------


def test_a_correction_is_applied_and_can_be_refused(page: Page) -> None:
    page.goto("/search?q=公基金")
    notice = page.locator(".notice").first
    expect(notice).to_contain_text("没有找到「公基金」，以下是「公积金」的结果")
    expect(page.locator(".result em").first).to_have_text("公积金")
    notice.get_by_role("link", name="仍然搜索「公基金」").click()
    expect(page.locator(".active")).to_contain_text("按原样搜索")
    expect(page.get_by_role("combobox")).to_have_value("公基金")
    expect(page.get_by_text("以下是「公积金」的结果")).to_have_count(0)


def test_a_correction_is_offered_and_can_be_taken(page: Page) -> None:
    page.goto("/search?q=gongjijin")
    expect(page.locator(".result").first).to_be_visible()  # pinyin finds by itself
    page.get_by_text("您要找的是不是").get_by_role("link", name="公积金").click()
    expect(page.get_by_role("combobox")).to_have_value("公积金")
    expect(page.get_by_text("您要找的是不是")).to_have_count(0)
    expect(page.locator(".result em").first).to_have_text("公积金")
