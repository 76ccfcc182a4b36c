"""Which page links to which, with what words."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.archive.archive import Archive
from indexer.archive.documents import IMPORTED, OUTDATED
from indexer.archive.model import Page
from indexer.database import now

LONGEST_ANCHOR: Final = 100
"""Longer anchor texts are whole paragraphs: they name nothing."""
_REMEMBERED: Final = 30_000
"""Pages whose names are kept in memory: the navigation of a site is linked by all its pages."""
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True)
class FoundLink:
    """A link as the crawler follows it: canonical URL, anchor text, and in sitemaps what
    they claim of the page's last change."""

    url: str
    anchor: str = ""
    lastmod: str | None = None


@dataclass(frozen=True)
class Relinked:
    """What changed in the links of a page: ids of its targets by URL, those it did not link
    to before, those it calls otherwise than before, and those it links to no more."""

    ids: Mapping[str, int]
    added: Sequence[int]
    renamed: Sequence[int]
    removed: Sequence[int] = ()


@dataclass
class _Name:
    """The page of a URL and the link that tells most of it."""

    id: int
    anchor: str
    parent: int | None
    parent_url: str | None


class LinkGraph:
    """The links of one site's pages; the one that writes it may keep names in memory."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._db = archive.connection
        self._site = site
        self._names: OrderedDict[str, _Name] = OrderedDict()

    def forget(self) -> None:
        """A transaction failed: what is in memory may never have been written."""
        self._names.clear()

    def replace(self, source: Page, links: Iterable[FoundLink]) -> Relinked:
        """Make these the links of ``source``; pages that are new are made."""
        anchors: dict[str, str] = {}
        for link in links:
            if link.url != source.url:
                anchors[link.url] = max(anchors.get(link.url, ""), link.anchor, key=len)
        names = self._resolve(anchors, source)
        wanted = {names[url].id: anchor for url, anchor in anchors.items()}
        have: dict[int, str] = dict(
            self._db.execute("SELECT target, anchor FROM link WHERE source = ?", (source.id,))
        )
        added = [target for target in wanted if target not in have]
        changed = [target for target in wanted if target in have and have[target] != wanted[target]]
        removed = [target for target in have if target not in wanted]
        self._write(source.id, wanted, added + changed, removed)
        by_id = {name.id: name for name in names.values()}
        for target in added:
            self._offer(by_id[target], wanted[target], source)
        for target in changed:
            if by_id[target].parent == source.id:
                self._name_anew(target)
            else:
                self._offer(by_id[target], wanted[target], source)
        for target in removed:
            self._name_anew(target, only_from=source.id)
        renamed = [t for t in changed if _DIGITS.sub("", have[t]) != _DIGITS.sub("", wanted[t])]
        return Relinked({url: name.id for url, name in names.items()}, added, renamed, removed)

    def _write(
        self, source: int, wanted: Mapping[int, str], new: Sequence[int], removed: Sequence[int]
    ) -> None:
        if new:
            self._db.executemany(
                "INSERT OR REPLACE INTO link (source, target, anchor) VALUES (?, ?, ?)",
                [(source, target, wanted[target]) for target in new],
            )
            self._db.execute(
                "UPDATE page SET orphaned = NULL WHERE orphaned IS NOT NULL "
                "AND id IN (SELECT value FROM json_each(?))",
                (json.dumps(new),),
            )
        if removed:
            self._db.executemany(
                "DELETE FROM link WHERE source = ? AND target = ?",
                [(source, target) for target in removed],
            )

    def _resolve(self, anchors: Mapping[str, str], source: Page) -> dict[str, _Name]:
        """The pages of these URLs, new ones made with this first link."""
        names: dict[str, _Name] = {}
        for url in anchors:
            name = self._names.get(url)
            if name is not None:
                self._names.move_to_end(url)
                names[url] = name
        unknown = [url for url in anchors if url not in names]
        if unknown:
            rows = self._db.execute(
                "SELECT p.url, p.id, p.anchor, p.parent, q.url FROM page p "
                "LEFT JOIN page q ON q.id = p.parent "
                "WHERE p.url IN (SELECT value FROM json_each(?))",
                (json.dumps(unknown),),
            )
            names.update((row[0], _Name(*tuple(row)[1:])) for row in rows)
        moment = now()
        for url in unknown:
            if url not in names:
                cursor = self._db.execute(
                    "INSERT INTO page (url, site, anchor, parent, first_seen) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (url, self._site, anchors[url], source.id, moment),
                )
                page_id = int(cursor.lastrowid or 0)
                names[url] = _Name(page_id, anchors[url], source.id, source.url)
            self._names[url] = names[url]
        while len(self._names) > _REMEMBERED:
            self._names.popitem(last=False)
        return names

    def _offer(self, name: _Name, anchor: str, source: Page) -> None:
        """A new link: the one that tells most names the page, whichever is met first: the
        longest text, and among equals that of the smallest URL."""
        if name.parent_url is not None:
            length, known = telling_length(anchor), telling_length(name.anchor)
            if length < known or (length == known and source.url >= name.parent_url):
                return
        self._rename(name, anchor, source.id, source.url)

    def _name_anew(self, target: int, only_from: int | None = None) -> None:
        """The link that named a page was changed, or is gone: another one may tell more."""
        row = self._db.execute(
            "SELECT p.url, p.id, p.anchor, p.parent, q.url FROM page p "
            "LEFT JOIN page q ON q.id = p.parent WHERE p.id = ?",
            (target,),
        ).fetchone()
        name = self._names.get(row[0]) or _Name(*tuple(row)[1:])
        if only_from is not None and name.parent != only_from:
            return
        best = self._db.execute(
            "SELECT l.anchor, l.source, p.url FROM link l JOIN page p ON p.id = l.source "
            "WHERE l.target = ? ORDER BY CASE WHEN length(l.anchor) <= ? "
            "THEN length(l.anchor) ELSE 0 END DESC, p.url LIMIT 1",
            (target, LONGEST_ANCHOR),
        ).fetchone()
        if best is None:  # it keeps its name until another page links to it
            name.parent = name.parent_url = None
            self._db.execute("UPDATE page SET parent = NULL WHERE id = ?", (target,))
        elif (name.anchor, name.parent) != (best[0], best[1]):
            self._rename(name, *best)

    def _rename(self, name: _Name, anchor: str, parent: int, parent_url: str) -> None:
        other_words = anchor != name.anchor
        name.anchor, name.parent, name.parent_url = anchor, parent, parent_url
        self._db.execute(
            "UPDATE page SET anchor = ?, parent = ? WHERE id = ?", (anchor, parent, name.id)
        )
        # What was read with the other link in mind is read again; only files tell of the page
        # they hang on.
        self._db.execute(
            "UPDATE document SET extraction = ? WHERE page = ? AND extraction > ? "
            "AND (? OR (SELECT kind FROM page WHERE id = document.page) = 'file')",
            (OUTDATED, name.id, IMPORTED, other_words),
        )


def telling_length(anchor: str) -> int:
    """How much an anchor text tells, in characters."""
    return len(anchor) if len(anchor) <= LONGEST_ANCHOR else 0
