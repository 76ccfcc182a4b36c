"""No way inside: which network addresses are connected to."""

from __future__ import annotations

import asyncio

import httpcore
import pytest

from indexer.config import CrawlSettings
from indexer.crawl.addresses import AddressRefused, GuardedBackend, is_public
from indexer.crawl.fetcher import FetchError, HttpFetcher
from loopback import Answer, LoopbackServer


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "64:ff9b::8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",  # carriers' NAT
        "100.100.100.200",  # metadata of a Chinese cloud
        "169.254.169.254",  # metadata of most clouds
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.1.1",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def fetch(url: str, *, private: bool) -> bytes:
    async def ask() -> bytes:
        settings = CrawlSettings(allow_private_addresses=private, timeout_seconds=5)
        async with HttpFetcher(settings) as fetcher:
            return (await fetcher.fetch(url)).body

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.1", "0"],
)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with LoopbackServer(lambda _path: Answer(pieces=[b"inside"])) as server:
        port = server.url.rsplit(":", 1)[1]
        with pytest.raises(
            FetchError, match=r"not public .crawl\.allow_private_addresses: true"
        ) as caught:
            fetch(f"http://{host}:{port}/", private=False)
        assert server.requests == []
    assert caught.value.cause == "refused"
    assert not caught.value.retryable


def test_loopback_is_allowed_when_the_configuration_says_so() -> None:
    with LoopbackServer(lambda _path: Answer(pieces=[b"inside"])) as server:
        assert fetch(server.url + "/", private=True) == b"inside"


def test_a_proxy_of_the_environment_is_no_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    with LoopbackServer(lambda _path: Answer(pieces=[b"by proxy"])) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not public"):
            fetch("http://127.0.0.1:1/", private=False)
        assert proxy.requests == []


def test_local_sockets_are_never_connected_to() -> None:
    with pytest.raises(AddressRefused):
        asyncio.run(GuardedBackend().connect_unix_socket("/run/any.sock"))


def test_a_name_without_address_is_a_failed_connection() -> None:
    with pytest.raises(httpcore.ConnectError, match="does not resolve"):
        asyncio.run(GuardedBackend().connect_tcp("nowhere.invalid", 80))
