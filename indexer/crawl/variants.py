"""One site at several origins: http and https, with www and without, as the site itself redirects.

Once a site was seen to redirect page by page from one origin to another, links to the first are
taken as links to the second, and the redirects are not asked for one by one.
"""

from __future__ import annotations

from typing import Final

from indexer.archive import Archive
from indexer.crawl.urls import origin_of, same_page_elsewhere

REDIRECTS_TO_LEARN: Final = 3
"""Redirects of the same path that show it. A start page's own is enough."""


class Variants:
    """The origins of one site that lead to another one, remembered in the archive."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._db = archive.connection
        self._site = site
        self._targets: dict[str, str] = dict(
            self._db.execute(
                "SELECT origin, target FROM variant WHERE site = ? AND seen >= ?",
                (site, REDIRECTS_TO_LEARN),
            )
        )

    def map(self, url: str) -> str:
        """Where a page is asked for: itself, or the same page of the origin it redirects to."""
        if not self._targets:
            return url
        origin = origin_of(url)
        target = self._targets.get(origin)
        return target + url[len(origin) :] if target is not None else url

    def redirected(self, url: str, target: str, *, is_start: bool) -> None:
        """A page redirects to another address; to be called within a transaction."""
        if not same_page_elsewhere(url, target):
            return
        origin, new = origin_of(url), origin_of(target)
        self._db.execute(
            "INSERT INTO variant (site, origin, target, seen) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (site, origin) DO UPDATE SET "
            "seen = CASE WHEN target = excluded.target THEN seen + excluded.seen "
            "ELSE excluded.seen END, target = excluded.target",
            (self._site, origin, new, REDIRECTS_TO_LEARN if is_start else 1),
        )
        row = self._db.execute(
            "SELECT seen FROM variant WHERE site = ? AND origin = ?", (self._site, origin)
        ).fetchone()
        if row["seen"] >= REDIRECTS_TO_LEARN:
            self._forget(new)  # it was the other way round before
            self._targets[origin] = new

    def answered(self, url: str) -> None:
        """A page answers itself: its origin does not redirect, or does so no more."""
        if origin_of(url) in self._targets:
            self._forget(origin_of(url))

    def _forget(self, origin: str) -> None:
        self._targets.pop(origin, None)
        self._db.execute("DELETE FROM variant WHERE site = ? AND origin = ?", (self._site, origin))
