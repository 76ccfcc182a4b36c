"""Budgets kept in the archive: a calendar without end must not begin anew every night."""

from __future__ import annotations

from typing import Final

from indexer.archive import Archive
from indexer.crawl.traps import Budgets

_LEAST_ASKED: Final = 20
"""Patterns asked for less often are forgotten: most are single pages."""


def load_budgets(archive: Archive, site: str) -> Budgets:
    """The budgets of a site as the last run left them."""
    budgets = Budgets()
    rows = archive.connection.execute(
        "SELECT pattern, asked, fruitful, seen FROM budget WHERE site = ?", (site,)
    )
    for row in rows:
        budgets.load(*row)
    return budgets


def store_budgets(archive: Archive, site: str, budgets: Budgets) -> None:
    """Keep the budgets of a site for its next run."""
    with archive.transaction() as db:
        db.executemany(
            "INSERT OR REPLACE INTO budget (site, pattern, asked, fruitful, seen) "
            "VALUES (?, ?, ?, ?, ?)",
            [(site, *row) for row in budgets.dump(_LEAST_ASKED)],
        )
