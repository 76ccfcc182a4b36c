"""The life of a page: what each answer makes of it, and when it may go.

Its states and the ways between them are drawn in docs/life-of-a-page.md. No document goes on
weak evidence: absence counts when two runs have found it, a redirect when its target is there,
and nothing goes at all when a run would remove too large a part of a site.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from indexer.archive import revisit
from indexer.archive.archive import Archive, PackedBody
from indexer.archive.claims import Claims
from indexer.archive.documents import NOTHING_TOLD, PackedDocument, Told
from indexer.archive.model import Headers, Page, Run

MISSES_TO_GO: Final = 2
"""Runs in a row that have to find a page absent."""


@dataclass(frozen=True)
class Content:
    """What an answer with status 200 holds, read and ready for the archive.

    ``text_hash`` is over what a reader reads (or the links of a list); ``document`` is None
    where there is nothing to search for, and ``told`` then says why.
    """

    status: int
    headers: Headers
    body: PackedBody
    kind: str
    text_hash: bytes
    document: PackedDocument | None
    extraction: int
    told: Told = NOTHING_TOLD


class Lives:
    """The lives of one site's pages during a run. Every method is one step of a page's life,
    to be called within a transaction; those about an answer return the outcome to count."""

    def __init__(
        self, archive: Archive, run: Run, claims: Claims, longest_revisit_days: float
    ) -> None:
        self._archive = archive
        self._db = archive.connection
        self._run = run
        self._claims = claims
        self._longest = longest_revisit_days

    # -- it has content ---------------------------------------------------------------

    def content(self, page: Page, content: Content, *, always_due: bool = False) -> str:
        """The page answered with content; ``always_due`` asks for it in every run."""
        moment = datetime.now(timezone.utc)
        is_first = page.text_hash is None
        changed = content.text_hash != page.text_hash
        stable = page.stable_since
        if is_first or stable is None:
            published = content.document.published if content.document else None
            stable = revisit.stable_since(content.headers, published, moment)
        elif changed:
            stable = revisit.stamp(moment)
        self._archive.store_body(page, content.body)
        every_run = always_due or revisit.is_asked_every_run(content.kind)
        due = None if every_run else revisit.next_due(stable, moment, self._longest)
        told = revisit.stamp(moment)
        self._db.execute(
            "UPDATE page SET state = 'live', kind = ?, status = ?, headers = ?, text_hash = ?, "
            "last_fetched = ?, last_seen = ?, last_changed = CASE WHEN ? THEN ? "
            "ELSE last_changed END, stable_since = ?, next_due = ?, lastmod_seen = lastmod, "
            "misses = 0, missed_run = NULL, leaving = NULL, target = NULL, gone_since = NULL, "
            "error = NULL WHERE id = ?",
            (
                *(content.kind, content.status, json.dumps(list(content.headers))),
                *(content.text_hash, told, told, changed, told, stable, due, page.id),
            ),
        )
        self._archive.store_document(
            page.id, page.site, content.document, content.extraction, content.told
        )
        if is_first:
            return "new"
        self._claims.prove(page, changed)
        if page.state == "gone":
            return "returned"
        return "changed" if changed else "unchanged"

    def unchanged(self, page: Page, *, always_due: bool = False) -> str:
        """The server said 304, or sent the same bytes: what is archived is still true."""
        moment = datetime.now(timezone.utc)
        told = revisit.stamp(moment)
        stable = page.stable_since or told
        every_run = always_due or revisit.is_asked_every_run(page.kind)
        due = None if every_run else revisit.next_due(stable, moment, self._longest)
        self._db.execute(
            "UPDATE page SET state = 'live', last_fetched = ?, last_seen = ?, stable_since = ?, "
            "next_due = ?, lastmod_seen = lastmod, misses = 0, missed_run = NULL, "
            "leaving = NULL, target = NULL, gone_since = NULL, error = NULL WHERE id = ?",
            (told, told, stable, due, page.id),
        )
        self._claims.prove(page, changed=False)
        return "unchanged"

    # -- it may have to go ------------------------------------------------------------

    def absent(self, page: Page, status: int | None, error: str) -> str:
        """Evidence that there is no such page: 404, 410, or what amounts to it."""
        if page.missed_run == self._run.id:
            return "missing"
        misses = page.misses + 1
        self._tell(page, status, error)
        self._db.execute(
            "UPDATE page SET misses = ?, missed_run = ? WHERE id = ?",
            (misses, self._run.id, page.id),
        )
        is_found = self._archive.has_document(page.id)
        was_there = page.has_content or is_found
        if not was_there or (misses >= MISSES_TO_GO and not is_found):
            bury(self._archive, page.id, "gone", misses, self._longest)
            return "missing" if was_there else "dead_link"
        self._db.execute(
            "UPDATE page SET state = 'missing', next_due = NULL, leaving = ? WHERE id = ?",
            ("gone" if misses >= MISSES_TO_GO else None, page.id),
        )
        return "missing"

    def redirect(self, page: Page, target: int, status: int) -> str:
        """The page is elsewhere now."""
        self._lead_elsewhere(page, "redirect", target)
        self._tell(page, status, None)
        return "redirect"

    def duplicate(self, page: Page, target: int) -> str:
        """The page names another as the one to show (RFC 6596)."""
        self._lead_elsewhere(page, "duplicate", target)
        self._tell(page, None, None)
        return "duplicate"

    def refuse(self, page: Page, state: str, error: str, status: int | None = None) -> str:
        """The page is not to be found: ``excluded`` by the configuration or by itself
        (``noindex``)."""
        self._leave(page, state)
        self._tell(page, status, error)
        return state

    def failure(self, page: Page, status: int | None, error: str) -> None:
        """An attempt that says nothing about the page: all that is known stays."""
        self._archive.store_failure(page, status, error)

    def _lead_elsewhere(self, page: Page, state: str, target: int) -> None:
        moment = datetime.now(timezone.utc)
        stable = page.stable_since if page.target == target else None
        stable = stable or revisit.stamp(moment)
        self._leave(page, state)
        self._db.execute(
            "UPDATE page SET target = ?, stable_since = ?, next_due = ? WHERE id = ?",
            (target, stable, revisit.next_due(stable, moment, self._longest), page.id),
        )

    def _leave(self, page: Page, state: str) -> None:
        """Take the state now, or when the run ends if a document would go with it."""
        if self._archive.has_document(page.id):
            # If it is held back, the next run looks again: whoever made the mistake mends it.
            self._db.execute(
                "UPDATE page SET leaving = ?, next_due = NULL WHERE id = ?", (state, page.id)
            )
        else:
            self._db.execute(
                "UPDATE page SET state = ?, leaving = NULL WHERE id = ?", (state, page.id)
            )

    def _tell(self, page: Page, status: int | None, error: str | None) -> None:
        self._db.execute(
            "UPDATE page SET status = coalesce(?, status), error = ?, last_fetched = ? "
            "WHERE id = ?",
            (status, error, revisit.stamp(datetime.now(timezone.utc)), page.id),
        )


def bury(archive: Archive, page_id: int, state: str, misses: int, longest_days: float) -> None:
    """Take a page out of the search: its document and links go, its bytes stay."""
    moment = datetime.now(timezone.utc)
    due = revisit.next_look_at_gone(misses, moment, longest_days) if state == "gone" else None
    archive.connection.execute(
        "UPDATE page SET state = ?, leaving = NULL, "
        "next_due = CASE WHEN ? IN ('redirect', 'duplicate') THEN next_due ELSE ? END, "
        "gone_since = CASE WHEN ? = 'gone' THEN coalesce(gone_since, ?) END WHERE id = ?",
        (state, state, due, state, revisit.stamp(moment), page_id),
    )
    archive.forget_document(page_id)
    archive.connection.execute("DELETE FROM link WHERE source = ?", (page_id,))
