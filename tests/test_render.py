"""Pages that only scripts fill, in a real browser: what comes out of them.

Needs Chromium and Playwright, which are an extra; CI installs them and fails on skips.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.crawl.render import RenderError
from loopback import Answer
from rendered import (
    AGENT,
    ENOUGH,
    FILL,
    LIST,
    SETTINGS,
    SHELL,
    Desk,
    answered,
    cleared,
    page_of,
    running_browser,
    serve,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Desk]:
    yield from running_browser()


@pytest.fixture
def desk(browser: Desk) -> Iterator[Desk]:
    yield from cleared(browser)


# -- what comes out -----------------------------------------------------------------------


def test_a_list_that_a_script_fetches_is_in_the_document(desk: Desk) -> None:
    with serve({"/app.js": FILL, "/list.json": LIST}) as server:
        rendering = desk.render(server, SHELL, "/list/")
        html = rendering.html.decode()
        assert '<a href="/a/1.html">关于公布停车场收费标准的通知</a>' in html
        assert "启用JavaScript" not in html
        assert server.paths == ["/app.js", "/list.json"]
        assert rendering.requests == 2
        assert rendering.refused == {"image": 1}
        agents = {headers["user-agent"] for _, headers in server.requests}
        assert agents == {SETTINGS.full_user_agent}
        assert server.requests[1][1]["referer"] == f"{server.url}/list/"


def test_links_of_a_gbk_page_keep_their_bytes_in_utf_8(desk: Desk) -> None:
    script = "say('钦州市人民政府办公室关于印发城市停车场建设管理办法的通知，自印发之日起施行。');"
    source = page_of(script, '<a href="/s.jsp?key=钦州">查</a><a href="b.html">二</a>')
    with serve({}) as server:
        html = desk.render(server, source.replace("=utf-8", "=gb2312").encode("gb18030")).html
    text = html.decode("utf-8")
    assert "城市停车场建设管理办法的通知" in text
    assert f'href="{server.url}/s.jsp?key=%C7%D5%D6%DD"' in text
    assert '<a href="b.html">' in text
    assert 'charset="utf-8"' in text
    assert "gb2312" not in text


def test_links_mean_the_address_that_a_script_gave_the_page(desk: Desk) -> None:
    script = "history.pushState(null, '', '/list/9/'); " + ENOUGH
    with serve({}) as server:
        html = desk.render(server, page_of(script, '<a href="post_1.html">一</a>'), "/index").html
    assert f'<a href="{server.url}/list/9/post_1.html">' in html.decode()


def test_scripts_see_an_honest_crawler_in_china(desk: Desk) -> None:
    script = (
        ENOUGH
        + "say(navigator.userAgent + '|' + new Date(0).getHours() + '|' + navigator.language)"
    )
    with serve({}) as server:
        html = desk.render(server, page_of(script)).html.decode()
    assert f"<p>{AGENT}|8|zh-CN</p>" in html


def test_what_comes_late_is_waited_for(desk: Desk) -> None:
    slow = Answer(200, {"Content-Type": "application/json"}, [LIST.encode()], pause=1.5)
    with serve({"/app.js": FILL, "/list.json": slow}) as server:
        assert b"/a/1.html" in desk.render(server, SHELL).html


def test_a_synchronous_request_is_no_hang(desk: Desk) -> None:
    slow = Answer(200, {"Content-Type": "text/plain; charset=utf-8"}, ["答复".encode() * 20], 3.0)
    script = (
        "const ask = new XMLHttpRequest(); ask.open('GET', '/slow', false); ask.send();"
        "say(ask.responseText);"
    )
    with serve({"/slow": slow}) as server:
        assert "答复答复".encode() in desk.render(server, page_of(script)).html


def test_a_bundle_that_waits_for_its_style_goes_on_without_asking_for_it(desk: Desk) -> None:
    script = (
        "const style = document.createElement('link'); style.rel = 'stylesheet';"
        f"style.onload = () => {{ {ENOUGH} }}; style.href = '/chunk.css';"
        "document.head.append(style);"
    )
    with serve({"/chunk.css": "p {}"}) as server:
        assert "五年".encode() in desk.render(server, page_of(script)).html
        assert server.paths == []


def test_the_bundle_of_a_site_is_asked_for_once(desk: Desk) -> None:
    with serve({"/app.js": FILL, "/list.json": LIST}) as server:
        first, second = (desk.render(server, SHELL, path) for path in ("/x/", "/y/"))
        assert server.paths == ["/app.js", "/list.json", "/list.json"]
    assert (first.requests, second.requests) == (2, 1)


def test_a_bundle_that_may_not_be_stored_is_asked_for_again(desk: Desk) -> None:
    headers = {"Content-Type": "text/javascript", "Cache-Control": "private, no-store"}
    bundle = Answer(200, headers, [FILL.encode()])
    with serve({"/app.js": bundle, "/list.json": LIST}) as server:
        for path in ("/x/", "/y/"):
            desk.render(server, SHELL, path)
        assert server.paths.count("/app.js") == 2


def test_a_page_that_stays_a_shell_gives_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with serve({"/app.js": FILL}) as server, caplog.at_level(logging.WARNING):
        with pytest.raises(RenderError, match="nothing more than the shell"):
            desk.render(server, SHELL)
        page = answered(server, SHELL, "/", "text/html")
        assert desk.run(desk.renderer.render(f"{server.url}/", page)) is None
    assert f"{server.url}/ is not rendered: nothing more than the shell" in caplog.text


# -- without the extra ----------------------------------------------------------------------

WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "playwright":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from indexer.crawl.render import check_rendering
print(check_rendering())
"""


def output_of(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_without_playwright_it_is_said_what_to_install() -> None:
    assert output_of(WITHOUT) == "playwright is not installed: pip install 'qzsearch[render]'"


def test_without_a_browser_it_is_said_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("playwright")
    code = "from indexer.crawl.render import check_rendering; print(check_rendering())"
    told = output_of(code, PATH=str(tmp_path), PLAYWRIGHT_BROWSERS_PATH=str(tmp_path))
    assert told.startswith("there is no Chromium")
    assert "playwright install chromium" in told


def test_playwright_is_not_imported_before_a_page_needs_it() -> None:
    code = "import sys, indexer.crawl.render; print('playwright' in sys.modules)"
    assert output_of(code) == "False"
