"""One request, one answer, within limits: against real servers, good and bad."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Mapping
from typing import Any

import pytest

from indexer.config import CrawlSettings
from indexer.crawl.fetcher import FetchError, HttpFetcher, Response
from loopback import Answer, Answers, LoopbackServer


def fetch(url: str, headers: Mapping[str, str] | None = None, **settings: Any) -> Response:
    async def ask() -> Response:
        allowed = CrawlSettings(
            **{"allow_private_addresses": True, "timeout_seconds": 5, **settings}
        )
        async with HttpFetcher(allowed) as fetcher:
            return await fetcher.fetch(url, headers)

    return asyncio.run(ask())


def answered(answers: Answers, **settings: Any) -> Response:
    with LoopbackServer(answers) as server:
        return fetch(server.url + "/x", **settings)


def failure(answers: Answers, **settings: Any) -> FetchError:
    with LoopbackServer(answers) as server, pytest.raises(FetchError) as caught:
        fetch(server.url + "/x", **settings)
    return caught.value


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


def test_an_answer_may_be_as_long_as_the_limit_and_no_longer() -> None:
    def pieces(count: int) -> Answers:
        return lambda _: Answer(pieces=[b"x" * 500] * count)

    assert len(answered(pieces(4), max_response_bytes=2000).body) == 2000
    error = failure(pieces(5), max_response_bytes=2000)
    assert (error.cause, str(error), error.retryable) == (
        "too_large",
        "more than 2000 bytes",
        False,
    )


def test_a_packed_answer_is_measured_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)
    error = failure(
        lambda _: Answer(headers={"Content-Encoding": "gzip"}, pieces=[bomb]),
        max_response_bytes=100_000,
    )
    assert error.cause == "too_large"


def test_a_server_that_says_nothing_is_given_up() -> None:
    started = time.monotonic()
    error = failure(lambda _: Answer(pieces=[b"late"], pause=3), timeout_seconds=0.2)
    assert (error.cause, error.retryable) == ("timeout", True)
    assert time.monotonic() - started < 2


def test_a_server_that_trickles_is_given_up() -> None:
    """Each piece comes in time, but the whole would take for ever."""
    started = time.monotonic()
    error = failure(lambda _: Answer(pieces=[b"x"] * 1000, pause=0.05), timeout_seconds=0.1)
    assert (error.cause, str(error), error.retryable) == (
        "timeout",
        "no complete answer in 1 s",
        False,
    )
    assert time.monotonic() - started < 3


def test_an_answer_cut_short_is_no_answer() -> None:
    error = failure(lambda _: Answer(headers={"Content-Length": "1000"}, pieces=[b"half"]))
    assert (error.cause, error.retryable) == ("network", True)


def test_damaged_packing_is_no_answer() -> None:
    error = failure(lambda _: Answer(headers={"Content-Encoding": "gzip"}, pieces=[b"not gzip"]))
    assert error.cause == "network"


def test_what_is_no_http_is_no_answer() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"220 mail.example ESMTP\r\n")
        connection.close()

    thread = threading.Thread(target=talk)
    thread.start()
    with listener, pytest.raises(FetchError) as caught:
        fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    thread.join()
    assert caught.value.cause == "network"


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
