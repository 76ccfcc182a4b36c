"""No way inside: which network addresses may be connected to.

A link, a redirect or a DNS record of a foreign site may name the machine itself or its
neighbours. Names are resolved here, every address is checked, and the checked address is
the one connected to, so that a second look-up cannot give another answer. What is already an
address is checked before the request, and whatever the way, once more where the socket is
made. Redirects are not followed here: each is a request of its own and checked like any other.

``crawl.allow_private_addresses`` opens the networks that intranets use, loopback among them.
Metadata services of cloud machines, which hand out keys to whoever asks, stay closed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

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


_INTRANET = [
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8",  # loopback (RFC 1122)
        "::1/128",
        "10.0.0.0/8",  # private use (RFC 1918)
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # shared address space (RFC 6598), used inside clouds
        "fc00::/7",  # unique local (RFC 4193)
    )
]
"""What ``crawl.allow_private_addresses`` opens."""
_METADATA = [
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local (RFC 3927): 169.254.169.254 of most clouds
        "fe80::/10",  # link-local (RFC 4291)
        "100.100.100.200/32",  # Alibaba Cloud
        "168.63.129.16/32",  # Azure; a public address, routed only inside
        "192.0.0.192/32",  # Oracle Cloud
        "fd00:ec2::254/128",  # Amazon
        "fd20:ce::254/128",  # Google
    )
]
"""Never connected to, whatever the configuration says."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[list[str]]]
"""The IP addresses of a host and port, as text. Raises OSError."""

_NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}", re.I)
"""IPv4 as inet_aton(3) reads it: one to four parts, decimal, octal or hexadecimal."""


class AddressRefused(Exception):
    """The host has no address that may be connected to."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public Internet (IANA special-purpose registries).

    Raises:
        ValueError: ``address`` is no IP address.
    """
    parsed = _final(address)
    if any(parsed in network for network in (*_METADATA, *_NOT_PUBLIC)):
        return False
    return parsed.is_global and not parsed.is_multicast


def is_intranet(address: str) -> bool:
    """Whether an IP address is loopback or of a network for private use, and no metadata
    service.

    Raises:
        ValueError: ``address`` is no IP address.
    """
    parsed = _final(address)
    if any(parsed in network for network in _METADATA):
        return False
    return any(parsed in network for network in _INTRANET)


def _final(address: str) -> Address:
    """The address that is reached in the end: IPv4 where IPv6 only wraps it."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return parsed.ipv4_mapped
        if parsed in _NAT64:
            return ipaddress.IPv4Address(parsed.packed[-4:])
    return parsed


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system gives for a host. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class GuardedResolver(AbstractResolver):
    """aiohttp's resolver, giving public addresses only, or those of intranets too."""

    def __init__(self, *, allow_private: bool = False, lookup: Lookup = resolve) -> None:
        self._allow_private = allow_private
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """All addresses of a host, at least one, if every one of them may be connected to.

        Raises:
            AddressRefused: an address of the host is not public and not allowed.
            OSError: the name does not resolve.
        """
        try:
            addresses = list(dict.fromkeys(await self._lookup(host, port)))
        except OSError as error:
            raise OSError(error.errno, f"{host} does not resolve: {error}") from error
        for address in addresses:
            self._check(host, address)
        if not addresses:
            raise OSError(None, f"{host} has no address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept open."""

    def check_host(self, host: str) -> None:
        """Check a host that is no name but an address, in any form: aiohttp does not resolve
        these.

        Raises:
            AddressRefused: it is not public and not allowed.
            ValueError: an IPv6 address that is none.
        """
        if ":" in host:
            self._check(host, host)
        elif _NUMERIC.fullmatch(host):
            try:
                packed = socket.inet_aton(host)
            except OSError:
                return  # a part is too large: no address after all
            self._check(host, str(ipaddress.IPv4Address(packed)))

    def open_socket(self, target: tuple[Any, ...]) -> socket.socket:
        """A socket for an entry of getaddrinfo(3) that is about to be connected to.

        Raises:
            AddressRefused: the address is not public and not allowed.
            OSError: no socket is left.
        """
        family, kind, protocol, _name, address = target
        self._check(str(address[0]), str(address[0]))
        return socket.socket(family, kind, protocol)

    def _check(self, host: str, address: str) -> None:
        """Raises AddressRefused."""
        plain = address.split("%", 1)[0]  # fe80::1%eth0
        if is_public(plain) or (self._allow_private and is_intranet(plain)):
            return
        if self._allow_private or not is_intranet(plain):
            raise AddressRefused(f"{host} is at {address}, which is never connected to")
        raise AddressRefused(
            f"{host} is at {address}, which is not public "
            "(crawl.allow_private_addresses: true allows it)"
        )
