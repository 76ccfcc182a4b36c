"""No way inside: which network addresses may be connected to.

A link, a redirect or a DNS record of a foreign site may name the machine itself or its
neighbours. Names are resolved here, every address is checked, and the checked address is
the one connected to, so that a second look-up cannot give another answer.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import Any

import httpcore

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""A translator leads to the IPv4 address at its end (RFC 6052)."""
_NOT_PUBLIC = [
    ipaddress.IPv6Network(network)
    for network in (
        "::/96",  # IPv4-compatible: ::127.0.0.1 (RFC 4291, deprecated)
        "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
        "2002::/16",  # 6to4 (RFC 3056)
        "fec0::/10",  # site-local (RFC 3879, deprecated)
        "5f00::/16",  # segment routing (RFC 9602)
    )
]
"""What the ``ipaddress`` module of Python 3.10 calls global all the same."""


class AddressRefused(Exception):
    """The host has no address that may be connected to."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public Internet (IANA special-purpose registries).

    Raises:
        ValueError: ``address`` is no IP address.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        elif parsed in _NAT64:
            parsed = ipaddress.IPv4Address(parsed.packed[-4:])
        elif any(parsed in network for network in _NOT_PUBLIC):
            return False
    return parsed.is_global and not parsed.is_multicast


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's network backend, connecting to public addresses only."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, connect.

        Raises:
            AddressRefused: an address of the host is private, loopback or otherwise not public.
            httpcore.ConnectError: the name does not resolve or nothing answers.
        """
        addresses = await self._checked_addresses(host, port)
        for address in addresses[:-1]:
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next address may answer: IPv6 often leads nowhere
        return await self._backend.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self, path: str, *_options: Any, **_named: Any
    ) -> httpcore.AsyncNetworkStream:
        """Never: a site is not behind a local socket."""
        raise AddressRefused(f"unix socket {path}")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._backend.sleep(seconds)

    async def _checked_addresses(self, host: str, port: int) -> list[str]:
        """All addresses of a host, at least one, if every one of them is public."""
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} does not resolve: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not is_public(address.split("%", 1)[0]):
                raise AddressRefused(
                    f"{host} is at {address}, which is not public "
                    "(crawl.allow_private_addresses: true allows it)"
                )
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        return addresses
