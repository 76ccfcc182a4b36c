"""Pages that come with status 200 and are no content: absence, or trouble for a while.

The difference matters: absence is evidence that a page is gone, a firewall's challenge or a
maintenance notice is none. Pages that only write about errors must be neither, so the
wording counts only on pages of few words whose title is no article's.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from indexer.extract import rules
from indexer.extract.model import BLOCKED, ERROR
from indexer.extract.script_links import unescaped

_SHORT_TEXT: Final = 600
_FEW_WORDS: Final = 200
_LONGEST_TITLE: Final = 60
_CHALLENGE_WITHIN_BYTES: Final = 20_000
_ALERT: Final = re.compile(r"\balert\s{0,5}\(\s{0,5}(?:\"([^\"\r\n]{1,200})\"|'([^'\r\n]{1,200})')")


def judge(title: str, text: str, lowered: bytes) -> tuple[str, str] | None:
    """The kind of a page that is no content, and why; None for content.

    ``title`` is what the page calls itself, ``text`` its main text, ``lowered`` its bytes in
    lower case. For pages without a date of publication.
    """
    if len(text) >= _SHORT_TEXT:
        return None
    start = lowered[:_CHALLENGE_WITHIN_BYTES]
    if any(mark in start for mark in _challenge_marks()):
        return BLOCKED, "a firewall's challenge, no content"
    if len(title) <= _LONGEST_TITLE and not _is_about_errors(title):
        if rules.pattern("page_kind", "absent_titles").search(title):
            return ERROR, f"an error page sent as a page: {title}"
        if rules.pattern("page_kind", "trouble_titles").search(title):
            return _by_text(text) or (BLOCKED, f"stands in for the page for a while: {title}")
    if len(text) >= _FEW_WORDS or _is_about_errors(title):
        return None
    return _by_text(text)


def judge_scripts(code: str) -> tuple[str, str] | None:
    """The same of a page without text whose script says it: ``alert('该信息不存在')``."""
    for alert in _ALERT.finditer(unescaped(code)):
        found = _by_text(alert.group(1) or alert.group(2))
        if found:
            return found
    return None


def _by_text(text: str) -> tuple[str, str] | None:
    if rules.pattern("page_kind", "trouble_texts").search(text):
        # An error page lists maintenance among the reasons there may be.
        if not rules.pattern("page_kind", "absent_texts").search(text[:_FEW_WORDS]):
            return BLOCKED, "a challenge or a notice of trouble in place of the page"
        return ERROR, "an error page sent as a page"
    if rules.pattern("page_kind", "absent_texts").search(text):
        return ERROR, "an error page sent as a page"
    return None


def _is_about_errors(title: str) -> bool:
    return rules.pattern("page_kind", "about_errors").search(title) is not None


@cache
def _challenge_marks() -> tuple[bytes, ...]:
    return tuple(mark.encode() for mark in rules.entries("page_kind", "challenge_marks"))
