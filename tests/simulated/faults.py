"""Traits: servers that break in the middle. Each has a host of its own, since a crawler that
is careful leaves a whole host alone after such answers."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from functools import partial

from simulated.server import RESET, Answer, Handler, Reply, Request, Step, Wire
from simulated.text import HTML, article, body_text
from simulated.trait import Portal, Trait

RETRIES = 1
"""How often a failed request is made again in the crawl of the whole portal."""
MOST_BYTES = 400_000
"""Its ``max_response_bytes``."""
_HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\n"


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    single = [_single(portal, *case) for case in _cases()]
    return [*single, flaky(portal), smuggled(portal), statuses(portal)]


def _cases() -> list[tuple[str, Handler, str, bool]]:
    """Name, what the server does, cause in the report, whether trying again makes sense."""
    page = article("断流").body
    chunked = f"{_HEAD}Transfer-Encoding: chunked\r\n\r\n"
    bomb = gzip.compress(bytes(60_000_000), 9)
    deflated = zlib.compress(bytes(30_000_000), 9)
    twice = gzip.compress(bomb)
    fields = "".join(f"X-Field-{number}: {'v' * 900}\r\n" for number in range(600))
    drops: list[Step] = [b"<", 0.2] * 2000
    fields_dripped: list[Step] = [b"X-A: 1\r\n", 0.2] * 400
    return [
        ("drip", Wire([f"{_HEAD}\r\n".encode(), *drops]), "timeout", False),
        ("drip-head", Wire([_HEAD.encode(), *fields_dripped]), "timeout", False),
        ("stall", Wire([f"{_HEAD}\r\n".encode(), b"<p>", 60.0]), "timeout", True),
        ("silence", Wire([60.0]), "timeout", True),
        ("reset", Wire([_HEAD.encode(), b"\r\n" + page[:50], 0.02, RESET]), "network", True),
        ("reset-at-once", Wire([RESET]), "network", True),
        ("hang-up", Wire(), "network", True),
        ("too-long", _length(page, 500), "network", True),
        ("garbage", Wire([b"\x00\x01SSH-2.0-OpenSSH_9\r\n\x7f\xff" * 20]), "network", True),
        ("no-http", Wire([page]), "network", True),
        ("bad-chunks", Wire([f"{chunked}zz\r\nabc\r\n".encode()]), "network", True),
        ("cut-chunks", Wire([f"{chunked}ffff\r\nabc".encode()]), "network", True),
        ("header-bomb", Wire([f"{_HEAD}{fields}\r\n".encode()]), "headers", False),
        ("endless-line", Wire([f"{_HEAD}X-A: ".encode(), b"v" * 3_000_000]), "headers", False),
        ("gzip-bomb", _packed("gzip", bomb), "too_large", False),
        ("deflate-bomb", _packed("deflate", deflated), "too_large", False),
        ("gzip-twice", _packed("gzip, gzip", twice), "too_large", False),
        ("big", Wire([f"{_HEAD}\r\n".encode(), page * 2000]), "too_large", False),
        ("big-told", _length(b"", 900_000_000), "too_large", False),
        ("cut-gzip", _packed("gzip", gzip.compress(page)[:-40]), "network", True),
        ("bad-gzip", _packed("gzip", b"this is no gzip" * 9), "network", True),
        ("unknown-encoding", _packed("br, lzma", page), "encoding", False),
        ("endless-continue", Wire([b"HTTP/1.1 100 Continue\r\n\r\n", 0.1] * 400), "timeout", False),
    ]


def _length(body: bytes, more: int) -> Wire:
    """A body with a Content-Length that is ``more`` bytes too long."""
    return Wire([f"{_HEAD}Content-Length: {len(body) + more}\r\n\r\n".encode() + body])


def _packed(encoding: str, body: bytes) -> Answer:
    return Answer(200, [("Content-Type", HTML), ("Content-Encoding", encoding)], body)


def _single(portal: Portal, name: str, wire: Handler, cause: str, again: bool) -> Trait:
    """One page that cannot be had, and one that can, on a host of their own."""
    trait = Trait(portal, name, host=name)
    trait.article("good.html", links='<a href="bad.html">坏页</a>')
    url = trait.state("bad.html", wire, "known", f"failed_{cause}")
    if again:
        trait.expected.attempts[url] = 1 + RETRIES
    trait.enter("good.html")
    return trait


def flaky(portal: Portal) -> Trait:
    """A server that fails at first and answers when asked again."""
    trait = Trait(portal, "flaky", host="flaky")
    paths = ("reset.html", "502.html")
    trait.article("start.html", links="".join(f'<a href="{path}">甲</a>' for path in paths))
    faults: tuple[Reply, Reply] = (Wire([RESET]), Answer(502))
    for path, fault in zip(paths, faults, strict=True):
        url = trait.article(path)
        trait.put(path, partial(_at_first, fault, article(trait.expected.titles[url])))
        trait.expected.attempts[url] = 2
    trait.enter("start.html")
    return trait


def _at_first(fault: Reply, page: Reply, request: Request) -> Reply:
    return fault if request.number == 1 else page


def smuggled(portal: Portal) -> Trait:
    """A Content-Length that is too short, with another whole answer behind it on the line:
    the next page must not be taken from there."""
    trait = Trait(portal, "smuggled", host="smuggled")
    trait.article("start.html", links='<a href="short.html">甲</a><a href="next.html">乙</a>')
    trait.article("next.html", links='<a href="after.html">丙</a>')
    trait.article("after.html")
    false = article("偷渡的页面").to_bytes()
    body = article("长度不足").body

    def short(_request: Request) -> Wire:
        head = f"{_HEAD}Content-Length: {len(body)}\r\n\r\n".encode()
        return Wire([head + body + false * 3, 0.3, false])

    trait.live("short.html", short)
    trait.enter("start.html")
    return trait


def statuses(portal: Portal) -> Trait:
    """Statuses that are neither content nor absence."""
    trait = Trait(portal, "statuses", host="statuses")
    odd = (204, 205, 206, 299, 300, 304, 400, 402, 418, 451, 501, 599)
    trait.article("start.html", links="".join(f'<a href="{code}.html">甲</a>' for code in odd))
    for code in odd:
        answer = Answer(code, [("Content-Type", HTML)], body_text("半页").encode())
        url = trait.state(f"{code}.html", answer, "known", f"failed_status_{code}")
        if code == 599:  # 501 will be the same the next time
            trait.expected.attempts[url] = 1 + RETRIES
    trait.enter("start.html")
    return trait
