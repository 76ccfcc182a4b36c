"""The browser that renders pages: found, started without a network, killed when it hangs."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

_log = logging.getLogger(__name__)

_START_SECONDS: Final = 30.0
"""For the browser to start: a cold start from a slow disk takes ten."""
_CLOSE_SECONDS: Final = 5.0
"""For a page or the browser to close; then it is killed."""
_MOST_STARTS: Final = 2
"""Failed starts in a row before the crawl goes on without a browser."""
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",  # names and literal addresses alike: no network
    "--no-proxy-server",  # a proxy would resolve for it
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # its UDP asks no resolver
    "--dns-prefetch-disable",
    "--disable-quic",
    "--disable-gpu",
    "--mute-audio",
    "--js-flags=--max-old-space-size=512",  # MB; a script that fills memory ends itself
)
_WITHOUT_DEFAULTS: Final = ("--disable-popup-blocking",)


class RenderError(Exception):
    """Nothing came out of a page; the message is the reason in a few words."""


def find_browser() -> str | None:
    """The program of a Chromium or Chrome of this system; None: Playwright's own is to be used."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def check_rendering() -> str | None:
    """What is missing for rendering and how to get it; None when pages can be rendered."""
    try:
        import playwright.async_api  # noqa: F401  # an optional extra
    except ImportError:
        return "playwright is not installed: pip install 'qzsearch[render]'"
    if find_browser() is not None:
        return None
    with ThreadPoolExecutor(1) as thread:  # whoever asks may be in an event loop
        own = thread.submit(asyncio.run, _own_browser()).result()
    if Path(own).is_file():
        return None
    return "there is no Chromium: install the system's package, or run: playwright install chromium"


async def _own_browser() -> str:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        return playwright.chromium.executable_path


class Chrome:
    """The browser: started when needed, killed when it hangs."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._process: int | None = None
        self._failed_starts = 0

    async def context(self) -> BrowserContext:
        """A fresh context. Raises RenderError when there is no browser."""
        if self._browser is None or not self._browser.is_connected():
            await self._start()
        assert self._browser is not None  # noqa: S101  # for the type checker
        return await asyncio.wait_for(
            self._browser.new_context(
                user_agent=self._user_agent,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",  # scripts turn times into the dates of China
                service_workers="block",
                accept_downloads=False,
            ),
            _START_SECONDS,
        )

    async def close(self, context: BrowserContext, *, hangs: bool) -> None:
        """Close a page's context; a browser that cannot is killed."""
        if hangs:
            await self.stop(kill=True)
            return
        try:
            await asyncio.wait_for(context.close(), _CLOSE_SECONDS)
        except Exception:  # noqa: BLE001  # whatever it is, this browser is done for
            await self.stop(kill=True)

    async def stop(self, *, kill: bool = False) -> None:
        """End the browser and what drives it."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        process, self._process = self._process, None
        if browser is not None and not kill:
            with suppress(Exception):
                await asyncio.wait_for(browser.close(), _CLOSE_SECONDS)
        if browser is not None and browser.is_connected() and process is not None:
            _kill(process)
            await _until_gone(browser)
        if playwright is not None:
            with suppress(Exception):
                await asyncio.wait_for(playwright.stop(), _CLOSE_SECONDS)

    async def _start(self) -> None:
        await self.stop()
        if self._failed_starts >= _MOST_STARTS:
            raise RenderError("the browser does not start")
        missing = check_rendering()
        if missing is not None:
            self._failed_starts = _MOST_STARTS
            raise RenderError(missing)
        try:
            await asyncio.wait_for(self._launch(), 2 * _START_SECONDS)
        except Exception as error:
            self._failed_starts += 1
            await self.stop(kill=True)
            raise RenderError(f"the browser does not start: {first_line(error)}") from error
        self._failed_starts = 0

    async def _launch(self) -> None:
        from playwright.async_api import async_playwright

        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        if is_root:
            _log.warning("run as root, the browser has no sandbox of its own: use a plain user")
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=find_browser(),
            args=list(_ARGUMENTS),
            ignore_default_args=list(_WITHOUT_DEFAULTS),
            chromium_sandbox=not is_root,  # as root Chromium does not start with it
            env={k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
            timeout=_START_SECONDS * 1000,
        )
        session = await self._browser.new_browser_cdp_session()
        info = await session.send("SystemInfo.getProcessInfo")
        processes = info["processInfo"]
        self._process = next((p["id"] for p in processes if p["type"] == "browser"), None)


def _kill(process: int) -> None:
    """Kill the browser with its children: those left would write its files anew."""
    with suppress(ProcessLookupError):
        leads_group = os.getpgid(process) == process  # as Playwright starts it
        (os.killpg if leads_group else os.kill)(process, signal.SIGKILL)


async def _until_gone(browser: Browser) -> None:
    """Wait until its driver has noticed: it then removes the files of the browser."""
    for _ in range(50):
        if not browser.is_connected():
            return
        await asyncio.sleep(_CLOSE_SECONDS / 50)


def first_line(error: BaseException) -> str:
    """Kind and first line of an error: what follows in Playwright's is a call log."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}".rstrip(": ")
