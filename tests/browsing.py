"""A real browser for the tests of pages: Chromium of the machine, driven by Playwright."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Its program, None where it is not installed."""
_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched_page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh page in Chinese; whatever the browser complains of fails the test."""
    context = browser.new_context(base_url=address, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda entry: _keep_serious(entry.text, complaints))
    page.on("dialog", lambda dialog: _refuse(dialog, complaints))
    yield page
    context.close()
    assert complaints == []


def _keep_serious(text: str, complaints: list[str]) -> None:
    """Refusals of the API are expected in some tests; broken policies and scripts are not."""
    if "Content Security Policy" in text or "Uncaught" in text:
        complaints.append(text)


def _refuse(dialog: Dialog, complaints: list[str]) -> None:
    """A dialog means that markup of a page was run."""
    complaints.append(dialog.message)
    dialog.dismiss()


def enter(page: Page, token: str) -> None:
    """Open the console with an access token."""
    page.goto("/admin")
    page.get_by_label("访问令牌").fill(token)
    page.get_by_role("button", name="进入").click()


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """Let the browser go on until the condition holds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(25)
