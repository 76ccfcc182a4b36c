"""A web server on loopback whose every answer, good or bad, a test writes itself."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True)
class Answer:
    """An answer as it goes over the wire: the pieces of its body, each after a pause."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Sequence[bytes] = ()
    pause: float = 0.0


Answers = Callable[[str], Answer]
"""The answer for a path with its query."""


class LoopbackServer:
    """``with LoopbackServer(answers) as server:``; ``requests`` are path and headers in order."""

    def __init__(self, answers: Answers) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.times: list[float] = []
        recorded = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                recorded.times.append(time.monotonic())
                recorded.requests.append(
                    (self.path, {k.lower(): v for k, v in self.headers.items()})
                )
                answer = answers(self.path)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    for piece in answer.pieces:
                        time.sleep(answer.pause)
                        self.wfile.write(piece)
                        self.wfile.flush()
                except OSError:
                    pass  # the client had enough
                self.close_connection = True

            def log_message(self, format: str, *arguments: object) -> None:
                """Tests look at ``requests`` instead."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _headers in self.requests]

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class RawServer:
    """``with RawServer(talk) as server:``; ``talk`` gets each connection, in a thread of its
    own, once the request's head was read, and may do whatever no proper server does."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.connections = 0

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                head = b""
                while not head.endswith(b"\r\n\r\n") and (piece := connection.recv(65536)):
                    head += piece
                self._talk(connection)
            except OSError:
                pass  # the client had enough

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
