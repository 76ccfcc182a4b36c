"""One request, one answer, within limits. Behind an interface, so that another client can
take aiohttp's place (docs/decisions/0002)."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from yarl import URL

from indexer.config import CrawlSettings
from indexer.crawl.addresses import AddressRefused, GuardedResolver, Lookup, resolve
from indexer.crawl.inflate import Damaged, Inflater, TooMuch, UnknownEncoding
from indexer.crawl.politeness import politeness
from indexer.crawl.transport import (
    METER,
    AnswerTooLarge,
    Connector,
    HeadTooLarge,
    Meter,
    send_once,
)

_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_NOT_IN_A_REQUEST: Final = re.compile(r"[^\x21-\x7e]")
_MOST_OVERHEAD: Final = 8
"""Bytes over the wire for each byte of a body: chunks of one byte take six (RFC 9112 7.1)."""


class FetchError(Exception):
    """No usable answer.

    ``cause`` is one word for the report: timeout, network, refused (an address that is not
    connected to), url (no client can ask for it), too_large, encoding or headers.
    ``retryable`` says whether another attempt may go better; ``received`` are the bytes
    that came all the same.
    """

    def __init__(self, cause: str, message: str, *, retryable: bool, received: int = 0) -> None:
        super().__init__(message)
        self.cause = cause
        self.retryable = retryable
        self.received = received


@dataclass(frozen=True)
class Response:
    """An answer: body decoded from its transfer and content encoding, else as received.

    ``received`` are the bytes that came over the wire, head and body as packed (in TLS, those
    inside the encryption); ``answered`` and ``seconds`` are the seconds until the head and
    until the whole answer was there.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    received: int = 0
    seconds: float = 0.0
    answered: float = 0.0

    def header(self, name: str) -> str | None:
        """The first header field of this name (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


class Fetcher(Protocol):
    """Whatever can ask for a URL; redirects are not followed."""

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Ask for ``url``. Raises FetchError."""
        ...


class HttpFetcher:
    """Fetches with aiohttp: connections are kept, sizes and times bounded, addresses checked.

    Limits: ``timeout_seconds`` to connect and between two pieces, ``total_timeout_seconds``
    for a whole answer, ``max_response_bytes`` for its body as packed and as unpacked; size and
    number of header fields and encodings as in ``politeness.yaml``. ``lookup`` resolves names.
    """

    def __init__(self, settings: CrawlSettings, *, lookup: Lookup = resolve) -> None:
        self._settings = settings
        self._most = settings.max_response_bytes
        self._total = settings.total_timeout_seconds
        self._limits = politeness()
        self._resolver = GuardedResolver(
            allow_private=settings.allow_private_addresses, lookup=lookup
        )
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> HttpFetcher:
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """The session, made with the first request: aiohttp needs the running loop for it."""
        if self._session is None:
            seconds = self._settings.timeout_seconds
            self._session = aiohttp.ClientSession(
                connector=Connector(self._resolver),
                cookie_jar=aiohttp.CookieJar(unsafe=True, quote_cookie=False),  # IP hosts, too
                middlewares=(send_once,),
                timeout=aiohttp.ClientTimeout(
                    total=self._total, sock_connect=seconds, sock_read=seconds
                ),
                trust_env=False,  # a proxy from the environment would connect unchecked
                auto_decompress=False,
                max_line_size=self._limits.most_head_bytes,
                max_field_size=self._limits.most_head_bytes,
                max_headers=self._limits.most_header_fields,
                headers={
                    "User-Agent": self._settings.full_user_agent,
                    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
                    "Accept-Language": "zh-CN,zh;q=0.9",
                    "Accept-Encoding": "gzip, deflate",
                },
            )
        return self._session

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """See :class:`Fetcher`."""
        head = self._limits.most_head_bytes
        meter = Meter(head, head + _MOST_OVERHEAD * self._most)
        METER.set(meter)  # for this task, which makes one request at a time
        try:
            return await self._fetch(url, headers, meter)
        except FetchError as error:
            error.received = meter.received
            raise
        except Exception as error:
            fault = _fault(meter.error or error, self._total)
            if fault is None:
                raise
            fault.received = meter.received
            raise fault from error

    async def _fetch(self, url: str, headers: Mapping[str, str] | None, meter: Meter) -> Response:
        address = _address(url)
        self._resolver.check_host(address.raw_host or "")
        began = time.monotonic()
        async with self._open().get(address, headers=headers, allow_redirects=False) as answer:
            meter.has_head = True
            answered = time.monotonic() - began
            fields = self._fields(answer.raw_headers)
            _check_transfer(answer.status, fields)
            body = await self._body(answer, fields)
            seconds = time.monotonic() - began
            return Response(url, answer.status, fields, body, meter.received, seconds, answered)

    def _fields(self, raw: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
        """Header fields as text. Raises FetchError when there are too many or too long ones."""
        if len(raw) > self._limits.most_header_fields:
            raise FetchError("headers", f"{len(raw)} header fields", retryable=False)
        length = sum(len(name) + len(value) + 4 for name, value in raw)
        if length > self._limits.most_head_bytes:
            raise FetchError("headers", f"{length} bytes of header", retryable=False)
        return tuple(_field(name, value) for name, value in raw)

    async def _body(
        self, answer: aiohttp.ClientResponse, fields: Iterable[tuple[str, str]]
    ) -> bytes:
        encodings = ",".join(value for name, value in fields if name == "content-encoding")
        inflater = Inflater(encodings, self._most, self._limits.most_encodings)
        announced = next((value for name, value in fields if name == "content-length"), "")
        too_large = FetchError("too_large", f"more than {self._most} bytes", retryable=False)
        if announced.isdecimal() and int(announced) > self._most:
            raise too_large
        packed = 0
        pieces: list[bytes] = []
        async for piece in answer.content.iter_any():
            packed += len(piece)
            if packed > self._most:
                raise too_large
            pieces += inflater.feed(piece)
        inflater.finish()
        return b"".join(pieces)


def _address(url: str) -> URL:
    """The URL as it is sent: as it is, but for characters that no request can hold.

    Raises FetchError for what is never asked for: other schemes, URLs with a password.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        has_credentials = "@" in parts.netloc
        sent = _NOT_IN_A_REQUEST.sub(lambda character: quote(character[0]), url.strip())
        address = URL(sent, encoded=True)
        if not host.isascii():
            address = address.with_host(host)  # in Punycode (RFC 5891)
    except ValueError as error:
        raise FetchError("url", str(error), retryable=False) from None
    if parts.scheme not in ("http", "https"):
        raise FetchError("url", f"scheme {parts.scheme!r}, not http or https", retryable=False)
    if has_credentials:
        raise FetchError("url", "a user name or password in the URL", retryable=False)
    return address


def _check_transfer(status: int, fields: Iterable[tuple[str, str]]) -> None:
    """Raises FetchError for what aiohttp hands on as if it were a body like any other."""
    if status == 101:
        raise FetchError("network", "101 Switching Protocols, not asked for", retryable=True)
    for name, value in fields:
        codings = {coding.strip().lower() for coding in value.split(",")}
        if name == "transfer-encoding" and codings - {"chunked", "identity"}:
            raise FetchError("encoding", f"transfer encoding {value[:50]!r}", retryable=False)


def _field(name: bytes, value: bytes) -> tuple[str, str]:
    """A header field as text: UTF-8 where it is, else a character for each byte.

    Servers send addresses in raw GBK or UTF-8 (RFC 9110 section 5.5 calls such bytes opaque):
    in ``Location`` each becomes a percent-escape, so that the address can be followed.
    """
    key = name.decode("ascii", "replace").lower()
    if key == "location":
        return key, _NOT_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], value).decode("ascii")
    try:
        return key, value.decode("utf-8")
    except UnicodeDecodeError:
        return key, value.decode("latin-1")


def _fault(error: Exception, total: float) -> FetchError | None:
    """What an exception of client, connection or decoding means; None when it means a fault
    of our own."""
    for kinds, word in _CAUSES.items():
        if isinstance(error, kinds):
            return FetchError(word, str(error), retryable=False)
    if isinstance(error, Damaged):
        return FetchError("network", str(error), retryable=True)
    if isinstance(error, aiohttp.ServerTimeoutError):
        return FetchError("timeout", _line(error), retryable=True)
    if isinstance(error, asyncio.TimeoutError) and getattr(error, "errno", None) is None:
        return FetchError("timeout", f"no complete answer in {total:g} s", retryable=False)
    for cause in _causes(error):
        if isinstance(cause, aiohttp.ClientConnectorCertificateError):
            cause = cause.certificate_error
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = f"the TLS certificate is not accepted: {cause.verify_message}"
            return FetchError("network", message, retryable=False)
    refusals = [one for one in _causes(error) if isinstance(one, HttpProcessingError)]
    if refusals:
        return _bad_answer(refusals[-1])
    if isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
        return FetchError("url", _line(error), retryable=False)
    if isinstance(error, (aiohttp.ClientError, OSError)):
        return FetchError("network", _line(error), retryable=True)
    if isinstance(error, ValueError):
        return FetchError("url", _line(error), retryable=False)  # no client can ask for it
    return None


_CAUSES: Final[dict[type[Exception], str]] = {
    AddressRefused: "refused",
    HeadTooLarge: "headers",
    AnswerTooLarge: "too_large",
    TooMuch: "too_large",
    UnknownEncoding: "encoding",
}


def _bad_answer(error: HttpProcessingError) -> FetchError:
    """What the parser's refusal of an answer means."""
    message = error.message.strip().partition("\n")[0][:200]
    # aiohttp has a class of its own for too long a field, none for too many of them.
    is_large = isinstance(error, LineTooLong) or "Too many headers" in message
    return FetchError("headers" if is_large else "network", message, retryable=not is_large)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _line(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return str(error.os_error)  # without the repr of the TLS context
    return f"{type(error).__name__}: {error}".rstrip(": ")
