"""Serves sample sites over real HTTP on the loopback interface."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate, mktime_tz, parsedate_tz
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes

from indexer.sample_sites.resource import Pages, Resource

PagesBuilder = Callable[[str], Pages]
"""Makes a site for a base URL such as ``http://127.0.0.1:8000`` (sitemaps need it)."""

_LOOPBACK: Final = "127.0.0.1"
_REQUESTS_KEPT: Final = 100_000
# What a site starts with counts as an hour old, so that a change made within the first
# second still carries a later Last-Modified, whose unit is the second.
_INITIAL_AGE_SECONDS: Final = 3600
# RFC 3986: what may stand unescaped in a path and in a query.
_PATH_SAFE: Final = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE: Final = _PATH_SAFE + "?%"
_NOT_FOUND: Final = """<!DOCTYPE html>
<meta charset="utf-8"><title>页面不存在</title><h1>404 您访问的页面不存在</h1>
<p>该页面可能已被删除、更名或者暂时不可用。<a href="/">返回首页</a></p>
"""


@dataclass(frozen=True)
class RequestRecord:
    """One request as the site saw it.

    ``path`` keeps its query; ``at`` is in seconds of ``time.monotonic()``; ``user_agent``
    is empty where none was sent.
    """

    method: str
    path: str
    status: int
    at: float
    user_agent: str


@dataclass(frozen=True)
class _Entry:
    resource: Resource
    etag: str
    modified: int


class SampleSite:
    """One site on its own loopback port; may be changed by any thread while served."""

    def __init__(self, name: str, pages: Pages | PagesBuilder, port: int = 0) -> None:
        """Binds the port; nothing is served before :meth:`start`.

        Raises:
            OSError: the port is taken.
        """
        self.name = name
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._requests: deque[RequestRecord] = deque(maxlen=_REQUESTS_KEPT)
        self._counts: Counter[str] = Counter()
        self._server = _Server((_LOOPBACK, port), self)
        self._thread: threading.Thread | None = None
        born = int(time.time()) - _INITIAL_AGE_SECONDS
        content = pages(self.base_url) if callable(pages) else pages
        for path, resource in content.items():
            self._entries[_normalise(path.encode())] = _entry(resource, born)

    @property
    def base_url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://{_LOOPBACK}:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[RequestRecord]:
        """The latest requests (100,000 at most), oldest first."""
        with self._lock:
            return list(self._requests)

    def count(self, path: str) -> int:
        """How often ``path`` (with its query, if any) was asked for, by any method."""
        with self._lock:
            return self._counts[_normalise(path.encode())]

    def put(self, path: str, resource: Resource) -> None:
        """Adds or replaces what stands at ``path``, which begins with a slash.

        Raises:
            ValueError: ``path`` does not begin with a slash.
        """
        if not path.startswith("/"):
            raise ValueError(f"path: begins with a slash, {path!r} does not")
        entry = _entry(resource, int(time.time()))
        with self._lock:
            self._entries[_normalise(path.encode())] = entry

    def remove(self, path: str) -> None:
        """Takes ``path`` away: from now on it answers 404.

        Raises:
            KeyError: there is nothing at ``path``.
        """
        with self._lock:
            del self._entries[_normalise(path.encode())]

    def start(self) -> None:
        """Begins to serve in a daemon thread."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=self.name, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stops serving, cuts open connections and frees the port; safe to repeat."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()
        self._server.cut_connections()

    def find(self, key: str) -> _Entry | str | None:
        """The entry for a normalised target, a path to redirect to, or None.

        As on a web server of plain files, a query nobody knows is ignored and a folder
        without its slash redirects.
        """
        path = key.partition("?")[0]
        with self._lock:
            entry = self._entries.get(key) or self._entries.get(path)
            if entry is None and path + "/" in self._entries:
                return path + "/"
            return entry

    def record(self, method: str, path: str, status: int, user_agent: str) -> None:
        """Notes an answered request."""
        request = RequestRecord(method, path, status, time.monotonic(), user_agent)
        with self._lock:
            self._requests.append(request)
            self._counts[path] += 1


class SampleSites(dict[str, SampleSite]):
    """Several sites by name, each on a loopback port of its own.

    ::

        with SampleSites({"portal": portal.build}) as sites:
            urllib.request.urlopen(sites["portal"].base_url + "/")
    """

    def __init__(
        self, sites: Mapping[str, Pages | PagesBuilder], ports: Mapping[str, int] | None = None
    ) -> None:
        """Binds every port: the one ``ports`` gives for a name, else any free one.

        Raises:
            OSError: a fixed port is taken; ports bound until then are freed.
        """
        super().__init__()
        try:
            for name, pages in sites.items():
                self[name] = SampleSite(name, pages, (ports or {}).get(name, 0))
        except BaseException:
            self.close()
            raise

    def start(self) -> SampleSites:
        """Begins to serve every site and returns itself."""
        for site in self.values():
            site.start()
        return self

    def close(self) -> None:
        """Stops every site; safe to repeat."""
        for site in self.values():
            site.close()

    def __enter__(self) -> SampleSites:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: SampleSite) -> None:
        self.site = site
        self._connections: set[socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        """Wakes the threads that wait on idle keep-alive connections, so that they end."""
        with self._connections_lock:
            for connection in self._connections:
                with suppress(OSError):  # the client may have been faster
                    connection.shutdown(SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away is no fault of the server's.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "qzsearch-sample"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60
    # Head and body leave in one segment: with Nagle's algorithm and delayed
    # acknowledgements two small writes would cost 40 ms a page.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answers GET and HEAD, the latter without the body (RFC 9110 §9.3.1, §9.3.2)."""
        key = _normalise(self.path.encode("latin-1"))
        found = self.server.site.find(key)
        body = b""
        headers = {}
        if found is None:
            status, body = HTTPStatus.NOT_FOUND, _NOT_FOUND.encode()
            headers["Content-Type"] = "text/html; charset=utf-8"
        elif isinstance(found, str):
            status, headers["Location"] = HTTPStatus.MOVED_PERMANENTLY, found
        else:
            headers["ETag"] = found.etag
            headers["Last-Modified"] = formatdate(found.modified, usegmt=True)
            if self._is_current(found):
                status = HTTPStatus.NOT_MODIFIED
            else:
                status, body = HTTPStatus.OK, found.resource.body
                headers["Content-Type"] = found.resource.content_type
        agent = self.headers.get("User-Agent", "")
        self.server.site.record(self.command, key, int(status), agent)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def _is_current(self, entry: _Entry) -> bool:
        """Whether the client's copy still holds (RFC 9110 §13.2.2: the ETag decides)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in known or entry.etag in known
        since = parsedate_tz(self.headers.get("If-Modified-Since", ""))
        return since is not None and entry.modified <= mktime_tz(since)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the requests are in :attr:`SampleSite.requests`."""


def _entry(resource: Resource, modified: int) -> _Entry:
    digest = hashlib.blake2b(resource.body, digest_size=12).hexdigest()
    return _Entry(resource, f'"{digest}"', modified)


def _normalise(target: bytes) -> str:
    """One spelling for each path: ``%e9%92`` and raw bytes become ``%E9%92``."""
    path, mark, query = target.partition(b"?")
    key = quote(unquote_to_bytes(path), safe=_PATH_SAFE)
    # Within a query "%26" and "&" differ, so what is escaped there stays as it came.
    return f"{key}?{quote(query, safe=_QUERY_SAFE)}" if mark else key
