"""The end of a run: which documents go, and whether that many may.

A wrong setting, a broken template or a server's bad night can make a whole site look absent.
If a run would remove more than a fifth of a site's documents, nothing is removed, and the run
is suspicious until somebody confirms it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from indexer.archive.archive import Archive
from indexer.archive.lives import MISSES_TO_GO, Lives, bury
from indexer.archive.model import Run
from indexer.database import now

MOST_REMOVED: Final = 5
"""One document in so many may go in one run."""
MOST_TO_ONE: Final = 3
"""So many pages may be one page now; more say that they are none."""
_LONGEST_CHAIN: Final = 20


@dataclass(frozen=True)
class Removal:
    """How many documents went, by the state their pages took; ``held`` were held back."""

    removed: Counter[str]
    held: int = 0


def conclude(archive: Archive, run: Run, lives: Lives, longest_days: float) -> Removal:
    """Let the pages go that have to, unless they are too many. One transaction."""
    with archive.transaction() as db:
        merged = _merge(archive, run, lives, longest_days)
        leaving = _leaving(archive, run.site)
        documents = db.execute(
            "SELECT count(*) FROM document WHERE site = ? AND record IS NOT NULL "
            "AND extraction != 0",
            (run.site,),
        ).fetchone()[0]
        if len(leaving) * MOST_REMOVED > documents:
            run.removals = len(leaving)
            db.execute("UPDATE run SET removals = ? WHERE id = ?", (run.removals, run.id))
            return Removal(merged, held=len(leaving))
        return Removal(merged + _remove(archive, leaving, longest_days))


def confirm_removals(archive: Archive, site: str, longest_days: float) -> Counter[str]:
    """Somebody has looked: what was held back goes. Returns counts by state."""
    with archive.transaction() as db:
        removed = _remove(archive, _leaving(archive, site), longest_days)
        db.execute(
            "UPDATE run SET confirmed = ? "
            "WHERE site = ? AND removals IS NOT NULL AND confirmed IS NULL",
            (now(), site),
        )
        return removed


def held_back(archive: Archive, site: str, limit: int) -> list[str]:
    """URLs of pages that wait for a confirmation."""
    rows = archive.connection.execute(
        "SELECT p.url FROM page p JOIN document d ON d.page = p.id WHERE p.site = ? "
        "AND p.leaving IN ('gone', 'excluded', 'noindex') ORDER BY p.url LIMIT ?",
        (site, limit),
    )
    return [row[0] for row in rows]


def _leaving(archive: Archive, site: str) -> list[tuple[int, str, int]]:
    rows = archive.connection.execute(
        "SELECT id, leaving, misses FROM page WHERE site = ? "
        "AND leaving IN ('gone', 'excluded', 'noindex')",
        (site,),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _remove(
    archive: Archive, leaving: list[tuple[int, str, int]], longest_days: float
) -> Counter[str]:
    for page, state, misses in leaving:
        bury(archive, page, state, max(misses, MISSES_TO_GO), longest_days)
    return Counter(state for _page, state, _misses in leaving)


def _merge(archive: Archive, run: Run, lives: Lives, longest_days: float) -> Counter[str]:
    """Pages that lead elsewhere go when what they lead to is there; when it is known to be
    absent, so are they. Otherwise they stay as they are until it is known."""
    merged: Counter[str] = Counter()
    crowded = _crowded_targets(archive, run.site)
    rows = archive.connection.execute(
        "SELECT id, leaving, target FROM page WHERE site = ? "
        "AND leaving IN ('redirect', 'duplicate')",
        (run.site,),
    ).fetchall()
    for row in rows:
        end = _end_of_chain(archive, row["target"])
        is_duplicate = row["leaving"] == "duplicate"
        if not is_duplicate and row["target"] in crowded:
            page = archive.page(row["id"])
            lives.absent(page, page.status, "redirects to where many pages redirect")
        elif end == "live" and not (is_duplicate and _differ(archive, row["id"], row["target"])):
            bury(archive, row["id"], row["leaving"], 0, longest_days)
            merged[row["leaving"]] += 1
            if is_duplicate:
                _recount(archive, run, row["id"])
        elif is_duplicate:
            archive.connection.execute("UPDATE page SET leaving = NULL WHERE id = ?", (row["id"],))
        elif end in ("gone", "missing"):
            page = archive.page(row["id"])
            lives.absent(page, page.status, "redirects to a page that is not there")
    return merged


def _crowded_targets(archive: Archive, site: str) -> set[int]:
    """Pages to which several others redirect: a notice, a portal's new home page or a login
    says that a page is not where it was, but not that this is it."""
    rows = archive.connection.execute(
        "SELECT target FROM page WHERE site = ? AND target IS NOT NULL "
        "AND (state = 'redirect' OR leaving = 'redirect') GROUP BY target HAVING count(*) > ?",
        (site, MOST_TO_ONE),
    )
    return {row[0] for row in rows}


def _recount(archive: Archive, run: Run, page: int) -> None:
    """A page that was counted as content proved to be a duplicate."""
    row = archive.connection.execute(
        "SELECT outcome FROM frontier WHERE run = ? AND page = ?", (run.id, page)
    ).fetchone()
    if row is None or row["outcome"] is None:
        return
    run.counts[row["outcome"]] -= 1
    run.counts += Counter(["duplicate"])  # and drops what has come to nothing
    archive.connection.execute(
        "UPDATE frontier SET outcome = 'duplicate' WHERE run = ? AND page = ?", (run.id, page)
    )


def _differ(archive: Archive, page: int, target: int) -> bool:
    """Whether a page and the one it names as canonical are about different things: templates
    name the home page, or the first article, on every page that is made with them."""
    document, other = archive.document(page), archive.document(target)
    return document is None or other is None or document.title != other.title


def _end_of_chain(archive: Archive, target: int | None) -> str:
    """The state of the page that a redirect leads to in the end."""
    for _ in range(_LONGEST_CHAIN):
        if target is None:
            return "known"
        row = archive.connection.execute(
            "SELECT state, leaving, target FROM page WHERE id = ?", (target,)
        ).fetchone()
        if row["state"] == "redirect" or row["leaving"] == "redirect":
            target = row["target"]
            continue
        return str(row["state"])
    return "gone"  # a loop
