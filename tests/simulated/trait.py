"""Traits: what government sites do to crawlers, each with what a good crawler makes of it.

A trait puts its pages on a host of the :class:`Portal` and notes what it expects: which pages
must be live in the archive afterwards, which other states it leads to, what must never be
asked for, and how often at most what has no end. All its pages lie in its folders, which it
shares with no other trait, so that every request and every archived page is accounted for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from simulated import text
from simulated.server import Answer, Handler, HeaderValue, Host, Request, WebServer

MAIN = "portal"
"""The host with the home page. Traits whose failures would make a whole host wait have hosts
of their own, and so has what is off-limits."""


class Portal:
    """The simulated portal: its hosts and its traits; a context manager while it is served."""

    def __init__(self) -> None:
        self.server = WebServer()
        self.traits: list[Trait] = []
        self.entries: list[tuple[str, str]] = []
        self.allowed: list[str] = []
        self.robots: dict[str, list[str]] = {}
        self.extra_urls: list[str] = []
        self.exclude: list[str] = []
        self.lists: list[str] = []
        self.host(MAIN).pages["/"] = self._home

    def host(self, name: str, *, allowed: bool = True) -> Host:
        """A host; a new one belongs to the site unless it is not ``allowed``."""
        is_new = name not in self.server.hosts
        host = self.server.host(name)
        if is_new:
            host.pages["/robots.txt"] = lambda request: self._robots_txt(request.host)
            if allowed:
                self.allowed.append(host.origin.removeprefix("http://"))
        return host

    @property
    def home(self) -> str:
        """The start URL."""
        return self.host(MAIN).origin + "/"

    def _robots_txt(self, host: str) -> Answer:
        lines = ["User-agent: *", *self.robots.get(host, []), "Disallow:"]
        return Answer(200, [("Content-Type", "text/plain")], "\n".join(lines).encode())

    def _home(self, _request: Request) -> Answer:
        links = "".join(f'<li><a href="{url}">{name}</a></li>' for url, name in self.entries)
        return text.page("钦州市人民政府门户网站", f"<ul>{links}</ul>")

    def add(self, *makers: Callable[[Portal], Sequence[Trait]]) -> Portal:
        """Build further traits; returns itself."""
        for make in makers:
            self.traits.extend(make(self))
        return self

    def requested(self) -> Counter[str]:
        """How often each absolute URL was asked for, by the Host field of the requests."""
        return Counter(
            f"http://{request.headers.get('host', host.name)}{request.target}"
            for host in self.server.hosts.values()
            for request in host.requests
        )

    def __enter__(self) -> Portal:
        self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(None, None, None)


@dataclass
class Expectation:
    """What the archive, the log and the report must say of a trait's folders."""

    live: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    """Of the live pages that are articles: the titles of their documents."""
    documents: set[str] = field(default_factory=set)
    """Live pages that have a document, whatever its title."""
    states: dict[str, str] = field(default_factory=dict)
    """State of pages that are not live afterwards."""
    errors: dict[str, str] = field(default_factory=dict)
    """A part of what is recorded of a page as its error."""
    outcomes: Counter[str] = field(default_factory=Counter)
    may_ask: set[str] = field(default_factory=set)
    """URLs that a crawler may ask for or not, once."""
    attempts: dict[str, int] = field(default_factory=dict)
    """URLs asked for more than once: how often exactly."""
    forbidden: set[str] = field(default_factory=set)
    """Beginnings of URLs that must never be asked for."""
    endless: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Beginnings of URLs without end: fewest and most requests; their pages are not counted."""


class Trait:
    """One trait. Paths given without a leading slash count from its folder."""

    def __init__(
        self, portal: Portal, name: str, *, host: str = MAIN, folders: Sequence[str] = ()
    ) -> None:
        self.portal = portal
        self.name = name
        self.host = portal.host(host)
        self.folders = [self.host.origin + folder for folder in folders or [f"/{name}/"]]
        if host != MAIN:
            self.folders = [self.host.origin + "/"]
        self.expected = Expectation()
        self._articles = 0

    def url(self, path: str) -> str:
        """The absolute URL of a path of this trait."""
        return urljoin(self.folders[0], path)

    def owns(self, url: str) -> bool:
        """Whether a URL lies in one of its folders."""
        return url.startswith(tuple(self.folders)) and not url.endswith("/robots.txt")

    def enter(self, path: str, name: str = "") -> None:
        """Link the home page to this path."""
        self.portal.entries.append((self.url(path), name or f"{self.name}栏目"))

    def put(self, path: str, handler: Handler) -> str:
        """Serve something of which nothing is expected; returns its URL."""
        url = self.url(path)
        self.host.pages[url.removeprefix(self.host.origin)] = handler
        return url

    def put_folder(self, path: str, handler: Handler) -> None:
        """Serve everything that begins with this path and has no page of its own."""
        self.host.folders.append((self.url(path).removeprefix(self.host.origin), handler))

    def live(self, path: str, handler: Handler) -> str:
        """Serve a page that must be in the archive afterwards, asked for once."""
        url = self.put(path, handler)
        self.expected.live.add(url)
        self.expected.outcomes["new"] += 1
        return url

    def article(
        self,
        path: str,
        title: str = "",
        *,
        links: str = "",
        head: str = "",
        headers: Sequence[tuple[str, HeaderValue]] = (),
        charset: str = "utf-8",
    ) -> str:
        """An article that must be in the archive with its document; returns its URL."""
        title = title or self.title()
        answer = text.article(title, links=links, head=head, headers=headers, charset=charset)
        url = self.live(path, answer)
        self.expected.titles[url] = title
        return url

    def title(self) -> str:
        """The title of this trait's next article: no other article has it."""
        self._articles += 1
        # In Chinese numerals: pages that differ in digits alone are taken for a calendar's.
        number = "".join("零一二三四五六七八九"[int(digit)] for digit in str(self._articles))
        return f"关于{self.name}事项第{number}批办理情况的通报"

    def state(
        self, path: str, handler: Handler | None, state: str, outcome: str, error: str = ""
    ) -> str:
        """Serve a page that must be in this state after the run, with this outcome."""
        url = self.url(path)
        if handler is not None:
            self.put(path, handler)
        self.expected.states[url] = state
        if error:
            self.expected.errors[url] = error
        self.expected.outcomes[outcome] += 1
        return url

    def forbid(self, path: str, handler: Handler | None = None) -> str:
        """A path (or the beginning of paths) that must not be asked for, though an article
        would be there; returns its URL."""
        url = self.put(path, handler or text.article(f"{self.title()}（禁区）"))
        self.expected.forbidden.add(url)
        return url

    def may(self, path: str, handler: Handler | None = None) -> str:
        """A path that may be asked for, once, or not."""
        url = self.url(path)
        if handler is not None:
            self.put(path, handler)
        self.expected.may_ask.add(url)
        return url

    def endless(self, path: str, handler: Handler, fewest: int, most: int) -> None:
        """A folder without end: how often it may be asked."""
        self.put_folder(path, handler)
        self.expected.endless[self.url(path)] = (fewest, most)
