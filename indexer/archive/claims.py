"""What sitemaps claim of a page's last change, believed as far as it proves true.

A ``lastmod`` (sitemaps.org, protocol 0.9) can spare most requests of a night. But many content
systems write the day of generation into every entry, others never touch it again. So each
claim is held against what the page was found to be, and the counts decide.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from analyzers.own_data import load_yaml
from indexer.archive.archive import Archive
from indexer.archive.links import FoundLink, Relinked
from indexer.archive.model import Page


@cache
def _rules() -> dict[str, Any]:
    text = resources.files("indexer.archive").joinpath("claims.yaml").read_text(encoding="utf-8")
    return dict(load_yaml(text))


@dataclass
class _Counts:
    changed_true: int = 0
    changed_false: int = 0
    same_true: int = 0
    same_false: int = 0


class Claims:
    """The claims about one site's pages."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._db = archive.connection
        self._site = site
        row = self._db.execute(
            "SELECT changed_true, changed_false, same_true, same_false FROM claim WHERE site = ?",
            (site,),
        ).fetchone()
        self._counts = _Counts(*row) if row is not None else _Counts()

    @property
    def proves_changes(self) -> bool:
        """Whether pages that a sitemap calls changed have changed often enough."""
        tried = self._counts.changed_true + self._counts.changed_false
        least = float(_rules()["least_true_share_of_changes"])
        return self._counts.changed_true >= least * tried

    @property
    def proves_sameness(self) -> bool:
        """Whether pages that a sitemap calls unchanged have not changed, save a few."""
        tried = self._counts.same_true + self._counts.same_false
        if tried < _rules()["least_proofs_of_sameness"]:
            return False
        most = float(_rules()["most_false_share_of_sameness"])
        return self._counts.same_false <= most * tried

    def spares(self, page: Page) -> bool:
        """Whether a page need not be asked for because a sitemap says it is as it was."""
        return (
            page.state == "live"
            and page.next_due is not None  # lists and sitemaps tell what is new
            and page.orphaned is None
            and page.lastmod is not None
            and page.lastmod == page.lastmod_seen
            and self.proves_sameness
        )

    def note(self, links: Sequence[FoundLink], relinked: Relinked) -> list[int]:
        """Take down what a sitemap claims; returns the pages that are due because of it.

        As long as next to nothing is proved, only so many are believed in one go.
        """
        said = {relinked.ids[link.url]: link.lastmod for link in links if link.lastmod}
        rows = self._db.execute(
            "SELECT id, state, lastmod, lastmod_seen, last_fetched FROM page "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(said)),),
        ).fetchall()
        news, due = [], []
        for row in rows:
            claim = said[row["id"]] or ""
            seen = row["lastmod_seen"]
            if seen is None and row["last_fetched"] and claim <= row["last_fetched"][: len(claim)]:
                seen = claim  # changed no later than when it was fetched
            if claim != row["lastmod"] or seen != row["lastmod_seen"]:
                news.append((claim, seen, row["id"]))
            if row["state"] == "live" and claim != seen:
                due.append(row["id"])
        self._db.executemany("UPDATE page SET lastmod = ?, lastmod_seen = ? WHERE id = ?", news)
        self._forget(relinked.removed)
        return due[: self._budget(len(said))]

    def _forget(self, pages: Sequence[int]) -> None:
        """Of pages that are in no sitemap any more, none claims anything."""
        self._db.execute(
            "UPDATE page SET lastmod = NULL, lastmod_seen = NULL "
            "WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM link l "
            "JOIN page s ON s.id = l.source WHERE l.target = page.id AND s.kind = 'sitemap')",
            (json.dumps(list(pages)),),
        )

    def _budget(self, entries: int) -> int:
        if not self.proves_changes:
            return int(_rules()["disproved_at_once"])
        if self._counts.changed_true >= _rules()["least_proofs_of_changes"]:
            return entries
        share = _rules()["unproved_share_at_once"]
        return max(int(_rules()["unproved_at_once"]), int(share * entries))

    def prove(self, page: Page, changed: bool) -> None:
        """Hold the claim about a page against what it was found to be."""
        if page.lastmod is None or page.lastmod_seen is None:
            return
        claimed = "same" if page.lastmod == page.lastmod_seen else "changed"
        is_true = changed == (claimed == "changed")
        column = f"{claimed}_{'true' if is_true else 'false'}"
        setattr(self._counts, column, getattr(self._counts, column) + 1)
        # The column's name is one of four, all our own.
        self._db.execute(
            f"INSERT INTO claim (site, {column}) VALUES (?, 1) "  # noqa: S608
            f"ON CONFLICT (site) DO UPDATE SET {column} = {column} + 1",
            (self._site,),
        )
