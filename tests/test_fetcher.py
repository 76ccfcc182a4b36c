"""One request, one answer, within limits: against real servers, good and bad."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import threading
import time
import zlib

import pytest
import trustme

from fetching import answered, failure, fetch, raw
from indexer.config import CrawlSettings
from indexer.crawl.fetcher import FetchError, HttpFetcher
from indexer.crawl.transport import tls_context
from loopback import Answer, LoopbackServer, RawServer


def test_the_body_comes_as_it_was_sent() -> None:
    body = "钦州".encode("gbk")
    response = answered(
        lambda _: Answer(headers={"Content-Type": "text/html"}, pieces=[body[:1], body[1:]])
    )
    assert (response.status, response.body) == (200, body)
    assert response.header("content-type") == "text/html"
    assert response.header("etag") is None


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_content_encoding_is_undone(encoding: str) -> None:
    packed = {"gzip": gzip.compress(b"text"), "deflate": zlib.compress(b"text")}[encoding]
    response = answered(lambda _: Answer(headers={"Content-Encoding": encoding}, pieces=[packed]))
    assert response.body == b"text"


def test_the_request_says_who_asks_and_under_which_conditions() -> None:
    with LoopbackServer(lambda _: Answer(304)) as server:
        response = fetch(server.url + "/x", {"If-None-Match": '"1"'}, contact="http://a.example/")
        ((path, headers),) = server.requests
    assert response.status == 304
    assert path == "/x"
    assert headers["user-agent"] == "qzsearch/0.1 (+http://a.example/)"
    assert headers["if-none-match"] == '"1"'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_told_not_followed(status: int) -> None:
    with LoopbackServer(lambda _: Answer(status, {"Location": "/elsewhere"})) as server:
        response = fetch(server.url + "/x")
        assert server.paths == ["/x"]
    assert (response.status, response.header("location")) == (status, "/elsewhere")


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_error_pages_are_answers(status: int) -> None:
    assert answered(lambda _: Answer(status, pieces=[b"error"])).status == status


def test_a_server_that_says_nothing_is_given_up() -> None:
    started = time.monotonic()
    error = failure(lambda _: Answer(pieces=[b"late"], pause=3), timeout_seconds=0.2)
    assert (error.cause, error.retryable) == ("timeout", True)
    assert time.monotonic() - started < 2


def test_a_server_that_trickles_is_given_up() -> None:
    """Each piece comes in time, but the whole would take for ever."""
    started = time.monotonic()
    trickle = Answer(pieces=[b"x"] * 40, pause=0.05)
    error = failure(lambda _: trickle, timeout_seconds=1, total_timeout_seconds=0.4)
    assert (error.cause, str(error), error.retryable) == (
        "timeout",
        "no complete answer in 0.4 s",
        False,
    )
    assert error.received > 0
    assert time.monotonic() - started < 3


def test_a_closed_port_is_a_failure_that_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FetchError) as caught:
        fetch(f"http://127.0.0.1:{port}/")
    assert (caught.value.cause, caught.value.retryable) == ("network", True)


@pytest.mark.parametrize(
    "url", ["http://" + "a" * 70 + ".example/", "gopher://a.example/", "http://a.example:99999/"]
)
def test_addresses_that_cannot_be_asked_for(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url, allow_private_addresses=False)


def test_a_location_that_is_no_address_is_told_all_the_same() -> None:
    response = answered(lambda _: Answer(302, {"Location": "http://[broken"}))
    assert response.header("location") == "http://[broken"


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/a%2Fb%2f%7E%zz?c=%CC%EC&d=%20+|", "/a%2Fb%2f%7E%zz?c=%CC%EC&d=%20+|"),
        ("/a/../b/./c//d;e=1?f=[g]#h", "/a/../b/./c//d;e=1?f=[g]"),
        ("?a=b", "/?a=b"),
        ("/公告 1?b=钦州\r\nX: y", "/%E5%85%AC%E5%91%8A%201?b=%E9%92%A6%E5%B7%9E%0D%0AX:%20y"),
    ],
)
def test_an_address_is_sent_as_it_is(asked: str, sent: str) -> None:
    """Escapes above all: to unescape and escape them again would name another page."""
    with LoopbackServer(lambda _: Answer()) as server:
        assert fetch(server.url + asked).url == server.url + asked
        assert server.paths == [sent]


def test_cookies_are_given_back() -> None:
    """Raw bytes among them may get lost, but never the answers that follow."""
    set_cookie = {"Set-Cookie": "a=b,c:d@e==; Path=/"}

    async def twice() -> None:
        async with HttpFetcher(CrawlSettings(allow_private_addresses=True)) as fetcher:
            for _ in range(2):
                await fetcher.fetch(server.url)

    with LoopbackServer(lambda _: Answer(headers=set_cookie)) as server:
        asyncio.run(twice())
        first, second = (headers.get("cookie") for _path, headers in server.requests)
    assert (first, second) == (None, "a=b,c:d@e==")
    cookie = "Set-Cookie: a=文; Path=/".encode("gbk")
    answer = b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % cookie
    with RawServer(lambda connection: connection.sendall(answer)) as server:
        asyncio.run(twice())
        assert server.connections == 2


# -- connections --------------------------------------------------------------------------


def test_a_request_is_sent_once() -> None:
    """To try again is the business of the polite fetcher, which counts and waits."""
    with RawServer(lambda connection: connection.close()) as server:
        with pytest.raises(FetchError) as caught:
            fetch(server.url)
        assert server.connections == 1
    assert (caught.value.cause, caught.value.retryable) == ("network", True)


def test_a_connection_that_the_server_closed_meanwhile_is_not_used() -> None:
    closed = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    async def twice() -> None:
        async with HttpFetcher(CrawlSettings(allow_private_addresses=True)) as fetcher:
            for _ in range(2):
                await fetcher.fetch(server.url)
                assert closed.wait(5)  # the loop stands still: it has not seen the end

    with RawServer(talk) as server:
        asyncio.run(twice())
        assert server.connections == 2


# -- what is received ---------------------------------------------------------------------


def test_every_byte_of_an_answer_is_counted_as_it_came() -> None:
    packed = gzip.compress(b"text" * 1000)
    answer = (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    )
    response = raw(answer)
    assert response.received == len(answer)
    assert response.body == b"text" * 1000


def test_answers_on_one_connection_are_counted_apart() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"

    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            connection.sendall(answer)
            connection.recv(65536)

    async def twice() -> list[int]:
        async with HttpFetcher(CrawlSettings(allow_private_addresses=True)) as fetcher:
            return [(await fetcher.fetch(server.url)).received for _ in range(2)]

    with RawServer(talk) as server:
        assert asyncio.run(twice()) == [len(answer)] * 2
        assert server.connections == 1


def test_the_time_of_an_answer_is_told() -> None:
    response = answered(lambda _: Answer(pieces=[b"late"], pause=0.2))
    assert 0 < response.answered < response.seconds
    assert response.seconds >= 0.2


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/hostname",
        "javascript:0",
        "http://user:secret@a.example/",
        "http://user@a.example/",
        "http://[broken/",
        "http:///nowhere",
    ],
)
def test_some_addresses_are_never_asked_for(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url)
    assert (caught.value.cause, caught.value.retryable) == ("url", False)


# -- TLS ----------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_told_of() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError):
            context.wrap_socket(connection, server_side=True)
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    with listener, pytest.raises(FetchError, match=r"certificate is not accepted: ") as caught:
        fetch(f"https://127.0.0.1:{listener.getsockname()[1]}/")
    thread.join()
    assert (caught.value.cause, caught.value.retryable) == ("network", False)


def test_certificates_and_names_are_verified_whatever_the_ciphers() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
