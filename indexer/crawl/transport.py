"""Between aiohttp and the sockets: addresses checked, bytes counted, each request sent once."""

from __future__ import annotations

import re
import select
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import aiohttp
import certifi
from aiohttp.client_proto import ResponseHandler

from indexer.crawl.addresses import GuardedResolver

_CONNECTIONS: Final = 200
_IDLE_SECONDS: Final = 5.0
_LEGACY_SERVER_CONNECT: Final = 0x4
"""``ssl.OP_LEGACY_SERVER_CONNECT``, which Python has from 3.12 on."""
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_LENGTH: Final = re.compile(rb"^content-length:([ \t]*[0-9]+[ \t]*)\r?\n", re.I | re.M)
_CHUNKED: Final = re.compile(rb"^transfer-encoding:[ \t]*chunked[ \t]*\r?\n", re.I | re.M)


class HeadTooLarge(Exception):
    """More bytes came than a head may have before the head was complete."""


class AnswerTooLarge(Exception):
    """More bytes came than an answer may have, whatever they are."""


@dataclass
class Meter:
    """Bytes received for one request; in TLS, those inside the encryption.

    ``error`` is why the connection was cut, if it was; ``has_head`` is for the one who reads
    the answer to set.
    """

    most_head_bytes: int
    most_bytes: int
    received: int = 0
    has_head: bool = False
    error: Exception | None = None

    def count(self, length: int) -> None:
        """Add bytes that were read; sets ``error`` when it is too much."""
        if not self.has_head and self.received >= self.most_head_bytes:
            self.error = HeadTooLarge(f"more than {self.most_head_bytes} bytes of header")
        self.received += length
        if self.received > self.most_bytes:
            self.error = self.error or AnswerTooLarge(f"more than {self.most_bytes} bytes in all")


METER: Final[ContextVar[Meter | None]] = ContextVar("METER", default=None)
"""The meter of the request that the present task makes."""


class _MeteredConnection(ResponseHandler):
    """A connection that tells the meter of a request what comes for it."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop)
        self._meter: Meter | None = None
        self._poll: select.poll | None = None

    def set_response_params(self, **options: Any) -> None:
        """Called with each request, in its task."""
        self._meter = METER.get()
        super().set_response_params(**options)

    def is_connected(self) -> bool:
        """Asked of an idle connection before it is used again.

        What can be read from it then is its end, which the loop has not seen yet.
        """
        if not super().is_connected() or self.transport is None:
            return False
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not self._poll.poll(0)

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        meter = self._meter
        if meter is not None and data:
            meter.count(len(data))
            if meter.error is not None:
                self._cut(meter.error)
                return
            # Head and body apart: with what follows a body whose length was announced too
            # small, the parser would refuse the head, too.
            if not meter.has_head and (end := _END_OF_HEAD.search(data)) is not None:
                head, data = data[: end.end()], data[end.end() :]
                super().data_received(_with_one_length(head))
                if not data:
                    return
        super().data_received(data)
        # aiohttp tells of what is wrong in a body only those who wait for a head.
        error = self.exception()
        if error is not None and self._payload is not None and not self._payload.is_eof():
            self._payload.set_exception(error)

    def connection_lost(self, exc: BaseException | None) -> None:
        """See :class:`asyncio.Protocol`. A body that ends with its connection is complete only
        if the connection was closed; aiohttp takes a reset for an end, too."""
        if exc is not None and self._payload is not None and not self._payload.is_eof():
            self._payload.set_exception(aiohttp.ClientOSError(*exc.args))
        super().connection_lost(exc)

    def _cut(self, error: Exception) -> None:
        self.set_exception(error)
        if self._payload is not None:
            self._payload.set_exception(error)
        if self.transport is not None:
            self.transport.abort()


def _with_one_length(head: bytes) -> bytes:
    """A head whose ``Content-Length`` is there once, or not at all where chunks tell the length.

    aiohttp refuses such an answer outright; browsers and RFC 9110 section 8.6 let the same
    length stand twice, RFC 9112 section 6.3 lets chunks overrule it.
    """
    lengths = _LENGTH.findall(head)
    if lengths and _CHUNKED.search(head):
        return _LENGTH.sub(b"", head)
    if len(lengths) > 1 and len({length.strip() for length in lengths}) == 1:
        return _LENGTH.sub(b"", head, count=len(lengths) - 1)
    return head


class Connector(aiohttp.TCPConnector):
    """aiohttp's pool of connections, metered, to addresses that the resolver lets pass."""

    def __init__(self, resolver: GuardedResolver) -> None:
        """To be called in a running loop."""
        super().__init__(
            resolver=resolver,
            socket_factory=resolver.open_socket,
            use_dns_cache=False,  # each connection is resolved and checked anew
            ssl=tls_context(),
            limit=_CONNECTIONS,
            keepalive_timeout=_IDLE_SECONDS,
        )
        # Like the connection's own class and its ``_payload``, not documented by aiohttp: the
        # tests that count bytes and cut connections fail where a release changes them.
        make: Any = partial(_MeteredConnection, loop=self._loop)
        self._factory = make


async def send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """A middleware against the second attempt that aiohttp makes by itself, at once and
    uncounted, where a connection breaks: to try again is the business of the polite fetcher."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # not tried again
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Certificates are verified; old key sizes and handshakes of old servers are let pass.

    What is fetched is public: it must come from the right server, and a weak cipher gives
    away nothing.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    context.options |= _LEGACY_SERVER_CONNECT
    return context
