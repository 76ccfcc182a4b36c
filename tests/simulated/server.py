"""A web server on loopback that says, byte for byte, what a test tells it to say.

It listens on as many ports as a test has hosts, in one thread, and notes every connection and
every request. What it sends is an :class:`Answer`, which is good HTTP, or a :class:`Wire`,
which is whatever a broken server may put on the line.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Final, Literal, TypeAlias

_LOOPBACK: Final = "127.0.0.1"
_IDLE_SECONDS: Final = 60.0
RESET: Final = "reset"
"""A step of a :class:`Wire`: the connection is reset (TCP RST) instead of closed."""

HeaderValue: TypeAlias = str | bytes
Step: TypeAlias = bytes | float | Literal["reset"]


@dataclass(frozen=True)
class Request:
    """A request as it came: ``target`` is the path with its query in the bytes of the line,
    ``number`` counts the requests for this target on this host from 1, ``at`` is in seconds
    of ``time.monotonic()``."""

    host: str
    target: str
    headers: Mapping[str, str]
    number: int
    at: float


@dataclass(frozen=True)
class Answer:
    """A complete answer; ``Content-Length`` is added."""

    status: int = 200
    headers: Sequence[tuple[str, HeaderValue]] = ()
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """The answer as it goes over the wire."""
        reason = HTTPStatus(self.status).phrase if self.status in _STATUSES else "Strange"
        lines = [f"HTTP/1.1 {self.status} {reason}".encode()]
        for name, value in self.headers:
            lines.append(
                name.encode() + b": " + (value if isinstance(value, bytes) else value.encode())
            )
        if self.status not in (204, 304):
            lines.append(f"Content-Length: {len(self.body)}".encode())
        body = b"" if self.status in (204, 304) else self.body
        return b"\r\n".join([*lines, b"", body])


@dataclass(frozen=True)
class Wire:
    """Bytes to send, seconds to wait, or :data:`RESET`, in order; then the connection closes."""

    steps: Sequence[Step] = ()


Reply: TypeAlias = Answer | Wire
Handler: TypeAlias = Answer | Wire | Callable[[Request], Answer | Wire | None]
"""What a path answers: always the same, or as the request demands; None is "not here"."""

_STATUSES: Final = frozenset(int(status) for status in HTTPStatus)


@dataclass
class Host:
    """One listening port: its pages, and what it saw."""

    name: str
    listener: socket.socket
    port: int
    pages: dict[str, Handler] = field(default_factory=dict)
    folders: list[tuple[str, Handler]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://{_LOOPBACK}:{self.port}"

    @property
    def targets(self) -> list[str]:
        """What was asked for, in order."""
        return [request.target for request in self.requests]

    def reply(self, request: Request) -> Reply:
        """The answer to a request: of the exact target, else of the innermost folder."""
        handlers = [self.pages[request.target]] if request.target in self.pages else []
        inner_first = sorted(self.folders, key=lambda entry: -len(entry[0]))
        handlers += [handler for start, handler in inner_first if request.target.startswith(start)]
        for handler in handlers:
            answer = handler(request) if callable(handler) else handler
            if answer is not None:
                return answer
        return NOT_FOUND


NOT_FOUND: Final = Answer(
    404,
    [("Content-Type", "text/html; charset=utf-8")],
    "<!DOCTYPE html><title>404</title><h1>您访问的页面不存在</h1>".encode(),
)


class WebServer:
    """``with WebServer() as server:``; hosts are added before."""

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()

    def host(self, name: str) -> Host:
        """The host of this name, given a port when it is new."""
        if name not in self.hosts:
            listener = socket.create_server((_LOOPBACK, 0), backlog=128)
            self.hosts[name] = Host(name, listener, listener.getsockname()[1])
        return self.hosts[name]

    def close(self) -> None:
        """Give the ports back; nothing is served any more."""
        for host in self.hosts.values():
            host.listener.close()

    def __enter__(self) -> WebServer:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.close()

    async def _start(self) -> None:
        for host in self.hosts.values():
            self._servers.append(await self._listen(host))

    async def _listen(self, host: Host) -> asyncio.Server:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._connections.add(task)
            host.connections += 1
            try:
                await _serve(host, reader, writer)
            except (OSError, EOFError, asyncio.TimeoutError, asyncio.CancelledError):
                pass  # the client went away, asked for nothing more, or the test is over
            finally:
                self._connections.discard(task)
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

        return await asyncio.start_server(connected, sock=host.listener)

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        open_ones = list(self._connections)
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def _serve(host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The requests of one connection, one after the other."""
    while True:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _IDLE_SECONDS)
        host.at_once += 1
        host.most_at_once = max(host.most_at_once, host.at_once)
        try:
            reply = host.reply(_request(host, head))
            if isinstance(reply, Answer):
                writer.write(reply.to_bytes())
                await writer.drain()
            else:
                await _send(writer, reply)
                return
        finally:
            host.at_once -= 1


def _request(host: Host, head: bytes) -> Request:
    line, *fields = head.decode("latin-1").split("\r\n")
    method, target, _version = line.split(" ", 2)
    if method != "GET":  # a crawler has no business with other methods: seen as what it is
        target = f"{method} {target}"
    pairs = (field.partition(":") for field in fields if field)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    host.counts[target] += 1
    request = Request(host.name, target, headers, host.counts[target], time.monotonic())
    host.requests.append(request)
    return request


async def _send(writer: asyncio.StreamWriter, wire: Wire) -> None:
    for step in wire.steps:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
        elif step == RESET:
            _reset(writer)
        else:
            await asyncio.sleep(float(step))


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the peer gets RST: linger on, zero seconds (POSIX SO_LINGER)."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
