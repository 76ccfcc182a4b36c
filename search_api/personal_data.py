"""Pages with personal data as staff see them: in the terminal, the API and the console."""

from __future__ import annotations

from typing import Any

from indexer.archive.model import FoundPersonalData


def page_record(page: FoundPersonalData) -> dict[str, Any]:
    """A page and what was masked in it, never the numbers; ``updated`` is ISO 8601."""
    return {
        "url": page.url,
        "title": page.title,
        "site": page.site,
        "updated": page.updated,
        "findings": [finding.to_record() for finding in page.findings],
    }
