"""A page in the browser must not reach anything but its site, and that as the crawl would.

Needs Chromium and Playwright, which are an extra; CI installs them and fails on skips.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from indexer.crawl.polite import PoliteFetcher
from indexer.crawl.robots import HandsOff, Robots, StoredRobots
from loopback import Answer
from rendered import (
    ENOUGH,
    FILL,
    LIST,
    SETTINGS,
    Desk,
    cleared,
    page_of,
    page_text,
    running_browser,
    serve,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Desk]:
    yield from running_browser()


@pytest.fixture
def desk(browser: Desk) -> Iterator[Desk]:
    yield from cleared(browser)


class Trap:
    """Ports of this machine that nothing may reach; ``visits`` tells what did."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        for watch in (self._accept, self._receive):
            threading.Thread(target=watch, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._tcp.accept()
                self.visits.append("TCP")
                connection.settimeout(0.2)
                with connection, suppress(OSError):
                    self.visits.append(f"TCP {connection.recv(60)!r}")

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                self.visits.append(f"UDP {self._udp.recv(2048)[:8]!r}")

    def __enter__(self) -> Trap:
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._tcp, self._udp):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits at it
            one.close()


# -- no way inside ------------------------------------------------------------------------

RTC = (
    "const rtc = (w) => {{ const c = new w.RTCPeerConnection({{iceServers: ["
    "{{urls: 'stun:127.0.0.1:{port}'}}, {{urls: 'turn:127.0.0.1:{port}?transport=tcp',"
    " username: 'u', credential: 'p'}}]}}); c.createDataChannel('d');"
    " c.createOffer().then((o) => c.setLocalDescription(o)).catch(() => 0); }};"
)
ATTEMPTS = {
    "fetch": "fetch('{http}/').catch(() => 0)",
    "fetch without CORS": "fetch('{http}/', {{mode: 'no-cors', keepalive: true}}).catch(() => 0)",
    "localhost": "fetch('http://localhost:{port}/').catch(() => 0)",
    "metadata": "fetch('http://169.254.169.254/latest/meta-data/').catch(() => 0)",
    "file": "fetch('file:///etc/passwd').then((a) => a.text()).then(say).catch(() => 0)",
    "XMLHttpRequest file": "const x = new XMLHttpRequest(); x.open('GET', 'file:///etc/passwd');"
    " x.onload = () => say(x.responseText); x.send()",
    "credentials": "const u = new XMLHttpRequest(); u.open('GET', '/in', true, 'u', 'p'); u.send()",
    "script": "add('script', {{src: '{http}/x.js'}})",
    "module": "import('{http}/x.mjs').catch(() => 0)",
    "image": "add('img', {{src: '{http}/x.png'}})",
    "frame": "add('iframe', {{src: '{http}/'}})",
    "frame of a file": "add('iframe', {{src: 'file:///etc/passwd'}})",
    "frame with a script": "add('iframe', {{srcdoc: '<script>fetch(\"{http}/\")<\\/script>'}})",
    "object": "add('object', {{data: '{http}/'}})",
    "preconnect": "add('link', {{rel: 'preconnect', href: '{http}'}})",
    "prefetch": "add('link', {{rel: 'prefetch', href: '{http}/p'}})",
    "preload": "add('link', {{rel: 'preload', as: 'script', href: '{http}/p.js'}})",
    "manifest": "add('link', {{rel: 'manifest', href: '{http}/m.json'}})",
    "icon": "add('link', {{rel: 'icon', href: '{http}/i.ico'}})",
    "speculation": "add('script', {{type: 'speculationrules', textContent: JSON.stringify("
    "{{prerender: [{{urls: ['/prerendered', '{http}/'], eagerness: 'immediate'}}],"
    " prefetch: [{{urls: ['/prefetched', '{http}/'], eagerness: 'immediate'}}]}})}})",
    "beacon": "navigator.sendBeacon('{http}/', 'x')",
    "event stream": "new EventSource('{http}/')",
    "web socket": "new WebSocket('ws://127.0.0.1:{port}/')",
    "web socket of a fresh frame": "new (add('iframe', {{}}).contentWindow.WebSocket)"
    "('ws://127.0.0.1:{port}/')",
    "web transport": "new WebTransport('https://127.0.0.1:{port}/').ready.catch(() => 0)",
    "worker": "new Worker(URL.createObjectURL(new Blob(["
    '\'fetch("{http}/"); new WebSocket("ws://127.0.0.1:{port}/")\'])))',
    "shared worker": "new SharedWorker(URL.createObjectURL(new Blob(['fetch(\"{http}/\")'])))",
    "service worker": "navigator.serviceWorker.register('/sw.js').catch(() => 0)",
    "popup": "window.open('{http}/')",
    "top": "top.location = '{http}/'",
    "form": "const f = add('form', {{action: '{http}/', method: 'post'}}); f.submit()",
    "ping": "const a = add('a', {{href: '#x', ping: '{http}/'}}); a.click()",
    "WebRTC": RTC + " rtc(window)",
    "WebRTC of a fresh frame": RTC + " rtc(add('iframe', {{}}).contentWindow)",
    "WebRTC to a partner": "(async () => {{ const a = new RTCPeerConnection();"
    " const b = new RTCPeerConnection(); a.createDataChannel('d');"
    " await a.setLocalDescription(await a.createOffer());"
    " await b.setRemoteDescription(a.localDescription);"
    " await b.setLocalDescription(await b.createAnswer());"
    " await a.setRemoteDescription(b.localDescription);"
    " for (const kind of ['udp 2122260223 127.0.0.1 {port} typ host',"
    " 'tcp 1518280447 127.0.0.1 {port} typ host tcptype passive'])"
    " await a.addIceCandidate({{candidate: 'candidate:1 1 ' + kind, sdpMid: '0'}});"
    " }})().catch(() => 0)",
}


def attempts_on(trap: Trap, names: Iterable[str]) -> str:
    """A script that makes attempts one after the other; each names itself in its URLs."""
    lines = ["const add = (name, values) => { const one = document.createElement(name);"
             " Object.assign(one, values); document.body.append(one); return one; };"]  # fmt: skip
    for name in names:
        http = f"http://127.0.0.1:{trap.port}/{name.replace(' ', '-')}"
        attempt = ATTEMPTS[name].format(http=http, port=trap.port)
        lines.append(f"try {{ {attempt} }} catch (error) {{ say(error.message) }}")
    return "\n".join([*lines, ENOUGH])


TOGETHER = [name for name in ATTEMPTS if name not in ("top", "form")]


@pytest.mark.parametrize("names", [TOGETHER, ["top"], ["form"]], ids=["all", "top", "form"])
def test_a_script_reaches_nothing_but_the_site(desk: Desk, names: list[str]) -> None:
    """Sockets of this machine watch: neither browser nor fetcher may connect to them."""
    with Trap() as trap, serve({"/sw.js": "fetch('/from-worker')"}) as server:
        rendering = desk.render(server, page_of(attempts_on(trap, names)))
        time.sleep(0.3)
        assert trap.visits == []
        assert server.paths == []
        assert desk.network.urls == []
    html = rendering.html.decode()
    assert "五年" in html
    assert "root:" not in html
    assert "limit of a page" not in rendering.refused


def test_the_trap_would_notice_a_visit() -> None:
    with Trap() as trap:
        socket.create_connection(("127.0.0.1", trap.port)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"x", ("127.0.0.1", trap.port))
        deadline = time.monotonic() + 5
        while not {"TCP", "UDP b'x'"} <= set(trap.visits) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert {"TCP", "UDP b'x'"} <= set(trap.visits)


class Store:
    """The answers of one crawl."""

    def __init__(self) -> None:
        self.kept: dict[str, StoredRobots] = {}

    def robots(self, origin: str) -> StoredRobots | None:
        return self.kept.get(origin)

    def store_robots(self, answer: StoredRobots) -> None:
        self.kept[answer.origin] = answer


def test_what_robots_txt_forbids_is_not_asked_for(desk: Desk) -> None:
    script = "fetch('/api/all').catch(() => say('禁止'));" + ENOUGH
    with serve({"/robots.txt": "User-agent: *\nDisallow: /api/\n", "/api/all": "{}"}) as server:
        polite = PoliteFetcher(desk.network, SETTINGS)
        desk.allows = Robots(polite, Store(), "qzsearch/0.1", obey=True).allows
        rendering = desk.open(server, page_of(script))
        assert server.paths == ["/robots.txt"]
    assert "<p>禁止</p>" in page_text(rendering)
    assert rendering.refused == {"not allowed": 1}


def test_redirects_are_followed_where_they_may_lead(desk: Desk) -> None:
    with Trap() as trap:
        moved = Answer(302, {"Location": "/list.json?v=2"})
        away = Answer(302, {"Location": f"http://127.0.0.1:{trap.port}/"})
        inside = Answer(307, {"Location": "http://169.254.169.254/latest/"})
        local = Answer(302, {"Location": "file:///etc/passwd"})
        endless = Answer(302, {"Location": "/round"})
        script = FILL.replace("/list.json", "/moved") + "".join(
            f"fetch('/{name}').catch(() => 0);" for name in ("away", "inside", "local", "round")
        )
        files = {"/moved": moved, "/away": away, "/inside": inside, "/local": local}
        with serve({**files, "/round": endless, "/list.json": LIST}) as server:
            rendering = desk.render(server, page_of(script))
            asked = [path for path in server.paths if path != "/round"]
            assert sorted(asked) == ["/away", "/inside", "/list.json?v=2", "/local", "/moved"]
            assert server.paths.count("/round") == 6
            assert {urlsplit(url).netloc for url in desk.network.urls} == {
                urlsplit(server.url).netloc
            }
        assert trap.visits == []
    assert "/a/1.html" in page_text(rendering)
    assert rendering.refused == {"not allowed": 3, "too many redirects": 1}


def test_only_get_is_asked(desk: Desk) -> None:
    script = "for (const method of ['POST', 'PUT', 'HEAD']) fetch('/x', {method}).catch(() => 0);"
    with serve({}) as server:
        rendering = desk.render(server, page_of(script + ENOUGH))
        assert desk.network.urls == []
    assert rendering.refused == {"method POST": 1, "method PUT": 1, "method HEAD": 1}


def test_requests_take_their_turns(desk: Desk) -> None:
    desk.delay = 0.4
    script = "for (const n of [1, 2, 3]) fetch('/x' + n).catch(() => 0);" + ENOUGH
    with serve({}) as server:
        desk.render(server, page_of(script))
        gaps = [later - earlier for earlier, later in pairwise(desk.network.times)]
        assert len(gaps) == 2
        assert min(gaps) > 0.39, gaps


def test_an_unreachable_address_costs_that_request_only(desk: Desk) -> None:
    broken = "fetch('/x').catch(() => 0);"

    async def hands_off(url: str) -> bool:
        raise HandsOff("robots.txt: status 503")

    with serve({}) as server:
        desk.allows = hands_off
        rendering = desk.open(server, page_of(broken + ENOUGH))
    assert rendering.refused == {"failed: HandsOff": 1}
