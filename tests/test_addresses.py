"""No way inside: which network addresses are connected to."""

from __future__ import annotations

import asyncio
import socket

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.addresses import (
    AddressRefused,
    GuardedResolver,
    Lookup,
    is_intranet,
    is_public,
)
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
        "168.63.129.16",  # metadata of a cloud at a public address
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b::10.0.0.1",
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


INSIDE = [
    "127.0.0.1",
    "127.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "2130706433",  # one decimal number
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",  # octal
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "１２７.0.0.1",  # full-width digits
    "127。0。0。1",  # the ideographic full stop of IDNA
    "%31%32%37.0.0.1",
]


@pytest.mark.parametrize("host", INSIDE)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with LoopbackServer(lambda _path: Answer(pieces=[b"inside"])) as server:
        port = server.url.rsplit(":", 1)[1]
        with pytest.raises(FetchError) as caught:
            fetch(f"http://{host}:{port}/", private=False)
        assert server.requests == []
    assert not caught.value.retryable or "not resolve" in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost"])
def test_a_refusal_tells_what_allows_it(host: str) -> None:
    with pytest.raises(
        FetchError, match=r"not public .crawl\.allow_private_addresses: true"
    ) as caught:
        fetch(f"http://{host}:1/", private=False)
    assert caught.value.cause == "refused"
    assert not caught.value.retryable


METADATA = ["169.254.169.254", "2852039166", "0xa9.254.43518", "[::ffff:169.254.169.254]",
            "[fe80::1]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "[fd00:ec2::254]",
            "[64:ff9b::a9fe:a9fe]", "0", "[::]", "224.0.0.1", "255.255.255.255"]  # fmt: skip


@pytest.mark.parametrize("host", METADATA)
@pytest.mark.parametrize("private", [True, False])
def test_metadata_services_are_refused_whatever_the_configuration(host: str, private: bool) -> None:
    with pytest.raises(FetchError, match="never connected to") as caught:
        fetch(f"http://{host}/latest/meta-data/", private=private)
    assert caught.value.cause == "refused"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "::1", "fd12::1",
     "::ffff:10.0.0.1"],
)  # fmt: skip
def test_networks_of_an_intranet(address: str) -> None:
    assert is_intranet(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "169.254.1.1", "100.100.100.200", "fe80::1", "fd00:ec2::254", "fd20:ce::254",
     "0.1.2.3", "::", "198.18.0.1", "192.0.2.1", "2001:db8::1"],
)  # fmt: skip
def test_what_is_no_intranet(address: str) -> None:
    assert not is_intranet(address)


def ask(lookup: Lookup, server: LoopbackServer, times: int = 1) -> list[bytes]:
    """Ask for a name that ``lookup`` resolves, on a new connection each time: what came."""

    async def run() -> list[bytes]:
        settings = CrawlSettings(allow_private_addresses=True, timeout_seconds=5)
        port = server.url.rsplit(":", 1)[1]
        async with HttpFetcher(settings, lookup=lookup) as fetcher:
            url = f"http://site.example:{port}/"
            return [(await fetcher.fetch(url)).body for _ in range(times)]

    return asyncio.run(run())


def inside() -> LoopbackServer:
    """A server at 127.0.0.1 and at no other address; it closes after each answer."""
    return LoopbackServer(lambda _path: Answer(pieces=[b"inside"]))


def answering(*answers: list[str]) -> tuple[Lookup, list[str]]:
    """A name server that answers otherwise each time, and the names it was asked for."""
    asked: list[str] = []

    async def lookup(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    return lookup, asked


def test_the_address_checked_is_the_one_connected_to() -> None:
    """DNS rebinding: a second look-up would lead to another machine."""
    lookup, asked = answering(["127.0.0.1"], ["127.0.0.2"])
    with inside() as server:
        assert ask(lookup, server) == [b"inside"]
        assert server.requests[0][1]["host"] == server.url.replace(
            "http://127.0.0.1", "site.example"
        )
    assert asked == ["site.example"]


def test_every_connection_is_checked_anew() -> None:
    lookup, asked = answering(["127.0.0.1"], ["169.254.169.254"])
    with inside() as server:
        with pytest.raises(FetchError, match=r"169\.254\.169\.254, which is never") as caught:
            ask(lookup, server, times=2)
        assert len(server.requests) == 1
    assert caught.value.cause == "refused"
    assert len(asked) == 2


def test_one_bad_address_among_good_ones_is_enough() -> None:
    """Else the order of the answers would decide."""
    for addresses in (["127.0.0.1", "169.254.169.254"], ["169.254.169.254", "127.0.0.1"]):
        lookup, _asked = answering(addresses)
        with inside() as server:
            with pytest.raises(FetchError, match="never connected to"):
                ask(lookup, server)
            assert server.requests == []


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    lookup, _asked = answering(["127.0.0.3", "127.0.0.1"])
    with inside() as server:
        assert ask(lookup, server) == [b"inside"]


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1"])
def test_no_socket_is_made_to_where_none_may_lead(address: str) -> None:
    """Whatever the client takes for an address that needs no look-up."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    target = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80))
    with pytest.raises(AddressRefused):
        GuardedResolver().open_socket(target)


def test_a_redirect_is_a_request_of_its_own_and_checked_like_any() -> None:
    """From outside to inside; what leads there is told, not followed."""
    inside = "http://169.254.169.254/latest/meta-data/"
    with LoopbackServer(lambda _: Answer(302, {"Location": inside})) as server:

        async def follow() -> None:
            settings = CrawlSettings(allow_private_addresses=True, timeout_seconds=5)
            async with HttpFetcher(settings) as fetcher:
                response = await fetcher.fetch(server.url)
                assert response.header("location") == inside
                with pytest.raises(FetchError, match="never connected to"):
                    await fetcher.fetch(inside)

        asyncio.run(follow())
        assert len(server.requests) == 1


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


@pytest.mark.parametrize("url", ["unix:///run/any.sock", "http+unix://%2Frun%2Fany.sock/"])
def test_local_sockets_are_never_connected_to(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url, private=True)
    assert caught.value.cause == "url"


def test_a_name_without_address_is_a_failed_connection() -> None:
    with pytest.raises(FetchError, match=r"nowhere\.invalid does not resolve") as caught:
        fetch("http://nowhere.invalid/", private=True)
    assert (caught.value.cause, caught.value.retryable) == ("network", True)
