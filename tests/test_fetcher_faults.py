"""Answers that are packed, too large or broken."""

from __future__ import annotations

import gzip
import socket
import struct
import time
import tracemalloc
import zlib
from typing import Any

import pytest

from fetching import answered, failure, fetch, raw, raw_failure
from indexer.crawl.fetcher import FetchError, Response
from loopback import Answer, Answers, LoopbackServer, RawServer


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


def test_an_answer_cut_short_is_no_answer() -> None:
    error = failure(lambda _: Answer(headers={"Content-Length": "1000"}, pieces=[b"half"]))
    assert (error.cause, error.retryable) == ("network", True)


def test_damaged_packing_is_no_answer() -> None:
    error = failure(lambda _: Answer(headers={"Content-Encoding": "gzip"}, pieces=[b"not gzip"]))
    assert error.cause == "network"


# -- encodings ----------------------------------------------------------------------------


def packed(encoding: str, body: bytes, **settings: Any) -> Response:
    return answered(
        lambda _: Answer(headers={"Content-Encoding": encoding}, pieces=[body]), **settings
    )


def test_only_what_can_be_undone_is_asked_for() -> None:
    with LoopbackServer(lambda _: Answer()) as server:
        fetch(server.url)
        assert server.requests[0][1]["accept-encoding"] == "gzip, deflate"


def test_encodings_over_one_another_are_undone_in_turn() -> None:
    assert packed("deflate, gzip", gzip.compress(zlib.compress(b"text"))).body == b"text"
    assert packed("identity, X-GZIP", gzip.compress(b"text")).body == b"text"


def test_deflate_without_its_header_is_understood() -> None:
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert packed("deflate", bare.compress(b"text") + bare.flush()).body == b"text"


def test_several_members_and_padding_are_understood() -> None:
    members = gzip.compress(b"one ") + gzip.compress(b"two")
    assert packed("gzip", members).body == b"one two"
    assert packed("gzip", members + b"\0" * 100).body == b"one two"


def test_the_pieces_of_packed_content_may_be_of_any_size() -> None:
    body = gzip.compress(b"text" * 100)
    pieces = [body[n : n + 1] for n in range(len(body))]
    headers = {"Content-Encoding": "gzip"}
    assert answered(lambda _: Answer(headers=headers, pieces=pieces)).body == b"text" * 100


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, compress", "gzip, gzip, gzip"])
def test_other_encodings_are_refused(encoding: str) -> None:
    error = failure(lambda _: Answer(headers={"Content-Encoding": encoding}, pieces=[b"x"]))
    assert (error.cause, error.retryable) == ("encoding", False)


def test_content_that_ends_too_early_may_go_better_another_time() -> None:
    body = gzip.compress(bytes(range(256)) * 10)[:-12]
    error = failure(lambda _: Answer(headers={"Content-Encoding": "gzip"}, pieces=[body]))
    assert (error.cause, error.retryable) == ("network", True)


def test_no_content_needs_no_unpacking() -> None:
    assert answered(lambda _: Answer(304, {"Content-Encoding": "gzip"})).body == b""


def test_a_bomb_within_a_bomb_takes_no_memory() -> None:
    """200 MB in two layers: a few hundred bytes over the wire."""
    inner = zlib.compressobj(9, wbits=31)
    zeros = b"\0" * 1_000_000
    core = b"".join(inner.compress(zeros) for _ in range(200)) + inner.flush()
    bomb = gzip.compress(core)
    assert len(bomb) < 20_000
    tracemalloc.start()
    try:
        error = failure(
            lambda _: Answer(headers={"Content-Encoding": "gzip, gzip"}, pieces=[bomb]),
            max_response_bytes=2_000_000,
        )
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.cause == "too_large"
    assert most < 8_000_000


def test_too_much_is_not_even_begun_when_the_server_says_how_much() -> None:
    error = failure(
        lambda _: Answer(headers={"Content-Length": "5000"}, pieces=[b"x" * 500] * 10, pause=0.05),
        max_response_bytes=2000,
    )
    assert error.cause == "too_large"
    assert error.received < 1500


# -- heads --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"X: " + b"a" * 70_000 + b"\r\n", id="one long field"),
        pytest.param(b"X: " + b"a" * 500_000 + b"\r\n", id="one endless field"),
        pytest.param(b"".join(b"X-%d: a\r\n" % n for n in range(250)), id="many fields"),
        pytest.param(b"X: a\r\n" * 50_000, id="endless fields"),
    ],
)
def test_a_head_beyond_measure_is_refused(answer: bytes) -> None:
    error = raw_failure(b"HTTP/1.1 200 OK\r\n" + answer + b"Content-Length: 0\r\n\r\n")
    assert (error.cause, error.retryable) == ("headers", False)


def test_interim_answers_without_end_are_refused() -> None:
    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)

    started = time.monotonic()
    with RawServer(talk) as server, pytest.raises(FetchError) as caught:
        fetch(server.url)
    assert caught.value.cause == "headers"
    assert time.monotonic() - started < 3


def test_a_large_body_right_behind_the_head_is_no_large_head() -> None:
    body = b"x" * 300_000
    response = raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert response.body == body


@pytest.mark.parametrize(
    ("location", "text"),
    [
        ("/公告/1.html".encode(), "/%E5%85%AC%E5%91%8A/1.html"),
        ("/公告/1.html".encode("gbk"), "/%B9%AB%B8%E6/1.html"),
        (b"/a b?c=%CC%EC", "/a b?c=%CC%EC"),
    ],
)
def test_a_location_in_raw_bytes_can_be_followed(location: bytes, text: str) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location
    assert raw(answer).header("location") == text


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_other_fields_keep_their_bytes(charset: str) -> None:
    name = "年报.doc".encode(charset)
    answer = b"HTTP/1.1 200 OK\r\nContent-Disposition: a; filename=%s\r\n\r\n" % name
    told = raw(answer).header("content-disposition") or ""
    given = told.removeprefix("a; filename=")
    assert given == ("年报.doc" if charset == "utf-8" else name.decode("latin-1"))


# -- servers that are no servers ----------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"220 mail.example ESMTP\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a head"),
        pytest.param(b"HTTP/1.1 OK\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", id="negative length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
            id="two lengths",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", id="length too large"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", id="half a chunk"
        ),
        pytest.param(bytes(range(256)) * 4, id="noise"),
    ],
)
def test_a_broken_answer_is_a_failure_that_may_pass(answer: bytes) -> None:
    error = raw_failure(answer)
    assert (error.cause, error.retryable) == ("network", True)


def test_to_switch_protocols_was_not_asked_for() -> None:
    error = raw_failure(b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n")
    assert (error.cause, error.retryable) == ("network", True)


def test_a_packed_transfer_is_refused() -> None:
    error = raw_failure(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    )
    assert (error.cause, error.retryable) == ("encoding", False)


@pytest.mark.parametrize(
    "answer",
    [
        b"Content-Length: 2\r\ncontent-length:2\r\n\r\nab",
        b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ],
)
def test_a_length_told_twice_is_understood(answer: bytes) -> None:
    response = raw(b"HTTP/1.1 200 OK\r\n" + answer)
    assert response.body == b"ab"
    assert response.received == len(b"HTTP/1.1 200 OK\r\n" + answer)


def test_trailers_without_end_are_refused() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
    error = raw_failure(chunked + b"X: y\r\n" * 50_000)
    assert (error.cause, error.retryable) == ("headers", False)


def test_an_answer_without_body_cannot_go_on_for_ever() -> None:
    """Chunks of one byte, each with a comment: nothing for a body's limit to see."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
        while True:
            connection.sendall(b"a" * 10_000)

    with RawServer(talk) as server, pytest.raises(FetchError) as caught:
        fetch(server.url, max_response_bytes=100_000)
    assert (caught.value.cause, caught.value.retryable) == ("too_large", False)
    assert caught.value.received < 2_000_000


def test_a_length_that_is_too_small_cuts_the_answer() -> None:
    assert raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef").body == b"abc"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n\r\nabc",  # else complete with the end of the connection
    ],
)
def test_a_reset_is_a_failure_that_may_pass(sent: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(sent)
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with RawServer(talk) as server, pytest.raises(FetchError) as caught:
        fetch(server.url)
    assert (caught.value.cause, caught.value.retryable) == ("network", True)
