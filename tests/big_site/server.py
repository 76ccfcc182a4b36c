"""The process that serves the simulated portal; ``client.py`` starts it and tells it what to
do, a JSON object a line on its standard input.

Hand-written on asyncio's protocols, for the time it takes counts against the crawlers that
are measured on the same cores: less than 0.1 ms a request. HTTP/1.1 with persistent connections and
pipelining, GET alone, conditional requests (RFC 9110, section 13).
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import formatdate, parsedate_to_datetime
from typing import Any, Final

from big_site.model import Portal
from big_site.pages import COUNTER, Entry, Pages

_LONGEST_HEAD: Final = 65536
_NOT_FOUND: Final = "<title>404</title><h1>404 您访问的页面不存在</h1>".encode()


class _Prepared:
    """An entry with the heads of its answers laid out beforehand."""

    __slots__ = ("body", "etag", "found", "kind", "modified", "unchanged")

    def __init__(self, entry: Entry) -> None:
        self.kind, self.body, self.modified = entry.kind, entry.body, entry.modified
        self.etag = f'"{hashlib.blake2b(entry.body, digest_size=8).hexdigest()}"'.encode()
        validators = b""
        if entry.modified is not None:
            changed = formatdate(entry.modified, usegmt=True).encode()
            validators = b"ETag: %s\r\nLast-Modified: %s\r\n" % (self.etag, changed)
        described = b"Content-Type: %s\r\nContent-Length: %d\r\n" % (
            entry.content_type.encode(),
            len(entry.body),
        )
        self.found = described + validators + b"\r\n"
        self.unchanged = validators + b"\r\n"

    def is_unchanged(self, head: bytes) -> bool:
        """Whether the request's conditions make the answer 304; If-None-Match counts before
        If-Modified-Since (RFC 9110, section 13.2.2)."""
        if self.modified is None:
            return False
        etags = _field(head, b"if-none-match")
        if etags is not None:
            return self.etag in etags or etags == b"*"
        since = _field(head, b"if-modified-since")
        if since is None:
            return False
        try:
            return self.modified <= parsedate_to_datetime(since.decode("latin-1")).timestamp()
        except ValueError:
            return False


def _field(head: bytes, name: bytes) -> bytes | None:
    """The value of a header field, or None; names are compared without case."""
    lower = head.lower()
    start = lower.find(b"\r\n%s:" % name)
    if start < 0:
        return None
    start += len(name) + 3
    return head[start : head.find(b"\r\n", start)].strip()


@functools.lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """The Date header field, which every answer bears (RFC 9110, section 6.6.1)."""
    return formatdate(second, usegmt=True).encode()


class Server:
    """All of the portal, and what was asked of it since the last reset."""

    def __init__(self, pages: int, seed: int) -> None:
        self._portal = Portal(pages, datetime.now(timezone.utc), seed)
        self._entries: dict[str, Entry] = {}
        self._prepared: dict[str, _Prepared] = {}
        self._pages: Pages | None = None
        self._visits = 0
        self.reset()

    def reset(self) -> None:
        """Count from nothing."""
        self.received = self.sent = 0
        self.requests: Counter[str] = Counter()
        self.bytes_of: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.paths: list[str] = []

    def publish(self, base_url: str = "") -> None:
        """Render what is new or changed."""
        if self._pages is None:
            self._pages = Pages(self._portal, base_url)
        before = self._entries
        self._entries = self._pages.entries(before)
        self._prepared = {
            path: self._prepared[path] if entry is before.get(path) else _Prepared(entry)
            for path, entry in self._entries.items()
        }

    def answer(self, head: bytes) -> bytes:
        """The whole answer to one request head, counted."""
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].decode("latin-1")
        prepared = self._prepared.get(path)
        kind = prepared.kind if prepared else "missing"
        if method != b"GET":
            status, answer = 405, b"405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
        elif prepared is None:
            status, answer = (
                404,
                b"404 Not Found\r\nContent-Length: %d\r\n\r\n%s"
                % (
                    len(_NOT_FOUND),
                    _NOT_FOUND,
                ),
            )
        elif prepared.is_unchanged(head):
            status, answer = 304, b"304 Not Modified\r\n" + prepared.unchanged
        else:
            body = self._counted(prepared.body) if kind == "home" else prepared.body
            status, answer = 200, b"200 OK\r\n" + prepared.found + body
        line, _, rest_of_answer = answer.partition(b"\r\n")
        answer = b"HTTP/1.1 %s\r\nDate: %s\r\n%s" % (line, _date(int(time.time())), rest_of_answer)
        self.paths.append(path)
        self.statuses[status] += 1
        self.requests[kind] += 1
        self.bytes_of[kind] += len(answer)
        self.received += len(head) + 4
        self.sent += len(answer)
        return answer

    def _counted(self, body: bytes) -> bytes:
        self._visits += 1
        return body.replace(COUNTER, b"%08d" % self._visits)

    # -- what the client may ask -----------------------------------------------------------

    def traffic(self) -> dict[str, Any]:
        """Requests and bytes since the last reset; seconds of processor time in all."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "requests": sum(self.requests.values()),
            "received": self.received,
            "sent": self.sent,
            "requests_by_kind": dict(self.requests),
            "sent_by_kind": dict(self.bytes_of),
            "requests_by_status": {str(status): n for status, n in self.statuses.items()},
            "cpu_seconds": used.ru_utime + used.ru_stime,
        }

    def obey(self, command: dict[str, Any]) -> Any:
        """Carry out one command of the client."""
        if command["do"] == "traffic":
            return self.traffic()
        if command["do"] == "paths":
            return self.paths
        if command["do"] == "reset":
            return self.reset()
        if command["do"] == "pages":
            return {path: entry.kind for path, entry in self._entries.items()}
        if command["do"] == "change":
            change = self._portal.change(command["share"], datetime.now(timezone.utc))
            self.publish()
            return vars(change)
        raise ValueError(f"unknown command: {command}")


class _Connection(asyncio.Protocol):
    """One connection of a crawler."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        *heads, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
        for head in heads:
            self._transport.write(self._answer(head + b"\r\n"))
            if (_field(head + b"\r\n", b"connection") or b"").lower() == b"close":
                self._transport.close()
        if len(self._buffer) > _LONGEST_HEAD:
            self._transport.abort()


class _Commands(asyncio.Protocol):
    """Standard input: a command a line; when it ends, so does the server."""

    def __init__(self, server: Server, finished: asyncio.Event) -> None:
        self._server, self._finished = server, finished
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            print(json.dumps(self._server.obey(json.loads(line))), flush=True)

    def connection_lost(self, error: Exception | None) -> None:
        self._finished.set()


async def _serve(pages: int, seed: int) -> None:
    loop = asyncio.get_running_loop()
    server, finished = Server(pages, seed), asyncio.Event()
    listening = await loop.create_server(lambda: _Connection(server.answer), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    server.publish(url)
    await loop.connect_read_pipe(lambda: _Commands(server, finished), sys.stdin)
    print(json.dumps(url), flush=True)
    await finished.wait()
    listening.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
