"""A small site that changes between the runs of the crawler."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from days import days_pass
from indexer.archive import Archive
from indexer.config import Settings
from simulated import text
from simulated.crawled import Row, rows, run, settings_of
from simulated.server import Answer, Handler, Host
from simulated.trait import MAIN, Portal


class World:
    """``with World() as world:``; its home page links to what :meth:`article` puts there.

    Every page is due in every run unless ``longest_revisit_days`` says otherwise.
    """

    def __init__(self, **crawl_settings: Any) -> None:
        self.portal = Portal()
        self.host: Host = self.portal.host(MAIN)
        self.site: dict[str, Any] = {}
        self._folder = tempfile.TemporaryDirectory()
        self._crawl = {"longest_revisit_days": 0, "concurrent_requests_per_host": 4}
        self._crawl.update(crawl_settings)
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The configuration, made when it is first asked for."""
        if self._settings is None:
            folder = Path(self._folder.name)
            self._settings = settings_of(self.portal, folder, site=self.site, **self._crawl)
        return self._settings

    def configure(self, site: dict[str, Any]) -> None:
        """Other settings of the site from now on."""
        self.site = site
        self._settings = None

    def moments(self, path: str) -> dict[str, str]:
        """When the page at a path was fetched and found changed the last time."""
        archive = Archive(self.settings.archive_path)
        page = archive.find(self.url(path))
        archive.close()
        assert page is not None
        return {
            "last_fetched": page.last_fetched or "",
            "last_changed": page.last_changed or "",
        }

    def url(self, path: str) -> str:
        """The absolute URL of a path."""
        return self.host.origin + path

    def put(self, path: str, handler: Handler, *, linked: bool = False) -> str:
        """Serve this at a path from now on; ``linked`` from the home page, too."""
        self.host.pages[path] = handler
        if linked:
            self.portal.entries.append((path, f"栏目{path}"))
        return self.url(path)

    def article(self, path: str, title: str = "", **parts: Any) -> str:
        """An article that the home page links to; returns its title."""
        title = title or f"关于{path.strip('/')}事项的通知"
        self.put(path, text.article(title, **parts), linked=True)
        return title

    def articles(self, count: int) -> dict[str, str]:
        """So many articles; titles by path."""
        paths = [f"/{number}.html" for number in range(count)]
        return {path: self.article(path) for path in paths}

    def crawl(self, *, is_full: bool = False) -> dict[str, Any]:
        """One run; returns its report. ``asked`` holds what was asked for in it."""
        before = len(self.host.requests)
        report = dict(run(self.settings, is_full=is_full))
        self.asked = list(self.host.requests[before:])
        return report

    @property
    def paths(self) -> list[str]:
        """What the last run asked for, robots.txt and the usual sitemap left out."""
        left_out = ("/robots.txt", "/sitemap.xml")
        return [request.target for request in self.asked if request.target not in left_out]

    def pages(self) -> Mapping[str, Row]:
        """The archive's pages by path."""
        found = rows(self.settings.archive_path)
        return {url.removeprefix(self.host.origin): row for url, row in found.items()}

    def titles(self) -> set[str]:
        """The titles of all documents: what can be found by searching."""
        return {row.title for row in self.pages().values() if row.title}

    def days_pass(self, days: float) -> None:
        """Make everything the archive knows so much older."""
        days_pass(self.settings.archive_path, days)

    def __enter__(self) -> World:
        self.portal.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.portal.__exit__(*error)
        self._folder.cleanup()


def validated(body: bytes, etag: str | None, modified: str | None) -> Handler:
    """A page that answers 304 to whoever has it already (RFC 9110 13)."""
    fields = [("Content-Type", text.HTML)]
    fields += [("ETag", etag)] if etag else []
    fields += [("Last-Modified", modified)] if modified else []

    def answer(request: Any) -> Answer:
        has_tag = etag is not None and request.headers.get("if-none-match") == etag
        since = request.headers.get("if-modified-since")
        if has_tag or (etag is None and modified is not None and since == modified):
            return Answer(304, fields)
        return Answer(200, fields, body)

    return answer
