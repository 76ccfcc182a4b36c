"""One request, one answer, within limits. Behind an interface, so that another client can
take httpx's place (docs/decisions/0002)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpcore
import httpx

from indexer.config import CrawlSettings
from indexer.crawl.addresses import AddressRefused, GuardedBackend

_TOTAL_FACTOR = 10
"""A whole answer may take this many times ``timeout_seconds``."""


class FetchError(Exception):
    """No usable answer. ``cause`` is one word for the report; ``retryable`` says whether
    another attempt may go better."""

    def __init__(self, cause: str, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.cause = cause
        self.retryable = retryable


@dataclass(frozen=True)
class Response:
    """An answer: body decoded from its transfer and content encoding, else as received."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header field of this name (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


class Fetcher(Protocol):
    """Whatever can ask for a URL; redirects are not followed."""

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Ask for ``url``. Raises FetchError."""
        ...


class HttpFetcher:
    """Fetches with httpx: connections are kept, sizes and times bounded, addresses checked."""

    def __init__(self, settings: CrawlSettings) -> None:
        self._settings = settings
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        transport = httpx.AsyncHTTPTransport(limits=limits)
        if not settings.allow_private_addresses:
            _guard(transport, limits)
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(settings.timeout_seconds),
            follow_redirects=False,
            trust_env=False,  # a proxy from the environment would connect unchecked
            headers={
                "User-Agent": settings.full_user_agent,
                "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
                "Accept-Language": "zh-CN,zh;q=0.9",
            },
        )

    async def __aenter__(self) -> HttpFetcher:
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._client.aclose()

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """See :class:`Fetcher`."""
        limit = self._settings.timeout_seconds * _TOTAL_FACTOR
        try:
            return await asyncio.wait_for(self._fetch(url, headers), limit)
        except asyncio.TimeoutError:
            raise FetchError(
                "timeout", f"no complete answer in {limit:g} s", retryable=False
            ) from None
        except httpx.TimeoutException as error:
            raise FetchError("timeout", _line(error), retryable=True) from error
        except AddressRefused as error:
            raise FetchError("refused", str(error), retryable=False) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpcore.ProtocolError) as error:
            raise FetchError("network", _line(error), retryable=True) from error
        except (ValueError, UnicodeError) as error:  # addresses that no client can ask for
            raise FetchError("url", _line(error), retryable=False) from error

    async def _fetch(self, url: str, headers: Mapping[str, str] | None) -> Response:
        most = self._settings.max_response_bytes
        async with self._client.stream("GET", url, headers=headers) as answer:
            pieces = []
            received = 0
            async for piece in answer.aiter_bytes():
                received += len(piece)
                if received > most:
                    raise FetchError("too_large", f"more than {most} bytes", retryable=False)
                pieces.append(piece)
            fields = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
            return Response(url, answer.status_code, fields, b"".join(pieces))


def _guard(transport: httpx.AsyncHTTPTransport, limits: httpx.Limits) -> None:
    """Have the transport connect through the guarded backend; httpx has no argument for it."""
    transport._pool = httpcore.AsyncConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False),
        max_connections=limits.max_connections,
        max_keepalive_connections=limits.max_keepalive_connections,
        keepalive_expiry=limits.keepalive_expiry,
        network_backend=GuardedBackend(),
    )


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
