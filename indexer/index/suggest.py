"""Completions of what is being typed, and what was probably meant."""

from __future__ import annotations

import re
from typing import Any

from analyzers.normalize import normalize
from analyzers.pinyin import full_pinyin
from analyzers.terms import query_terms
from indexer.index.engine import Suggestion
from indexer.index.schema import title_key
from indexer.index.snapshot import Snapshot

_LATIN = re.compile(r"[a-z0-9]+")
_CANDIDATES = 60
"""Terms looked at for each way of typing: enough to prefer guides, few enough to be quick."""
_READ = 40
"""Stored documents read at the most for one answer."""


def suggest(snapshot: Snapshot, text: str, size: int) -> list[Suggestion]:
    """Titles and service names that begin like ``text``, then those that contain its words.

    ``text`` may be Chinese, full pinyin or initials, spaces within pinyin allowed.
    """
    typed = title_key(text)
    if not typed:
        return []
    if _LATIN.fullmatch(typed):
        prefixes = [f"t:{typed}", f"i:{typed}", f"p:{typed}"]
    else:
        prefixes = [f"t:{typed}"]
        if len(typed) > 1 and full_pinyin(typed):  # Cyrillic has no pinyin
            prefixes.append(f"p:{full_pinyin(typed)}")
    numbers: dict[int, None] = {}
    for prefix in prefixes:
        _collect(snapshot, prefix, numbers)
        if len(numbers) >= size:
            break
    if len(numbers) < size and not _LATIN.fullmatch(typed):
        _collect_containing(snapshot, text, numbers)
    return _rank(snapshot, list(numbers)[:_READ], size)


def _collect(snapshot: Snapshot, prefix: str, numbers: dict[int, None]) -> None:
    for term in snapshot.terms_from("suggest", prefix, _CANDIDATES):
        for number in snapshot.postings("suggest", term)[0].tolist():
            if snapshot.live[number]:
                numbers.setdefault(number)


def _collect_containing(snapshot: Snapshot, text: str, numbers: dict[int, None]) -> None:
    """Titles with all words of the text, the shortest first."""
    words = query_terms(normalize(text)).required
    common: set[int] | None = None
    for word in words:
        ids = set(snapshot.postings("title", word)[0].tolist())
        common = ids if common is None else common & ids
    found = [number for number in common or () if snapshot.live[number]]
    for number in sorted(found, key=lambda number: snapshot.title_lengths[number])[:_READ]:
        numbers.setdefault(number)


def _rank(snapshot: Snapshot, numbers: list[int], size: int) -> list[Suggestion]:
    """Guides first, then as found; every text once."""
    found: dict[str, Suggestion] = {}
    for number in numbers:
        record: dict[str, Any] = snapshot.stored(number)["record"]
        is_service = record.get("type") == "service"
        kept = found.get(record["title"])
        if kept is None or (is_service and kept.kind != "service"):
            found[record["title"]] = Suggestion(
                record["title"], "service" if is_service else "title"
            )
    ranked = sorted(found.values(), key=lambda suggestion: suggestion.kind != "service")
    return ranked[:size]


def sounds_like(snapshot: Snapshot, text: str) -> str | None:
    """The words of a title that sound like ``text``, which may be pinyin itself.

    For queries that find nothing as typed: 公基金 is meant as 公积金, gongjijin likewise.
    Returns None when no title has such words.
    """
    typed = title_key(text)
    sound = full_pinyin(typed)
    if not 2 <= len(typed) <= 40 or not sound:
        return None
    for term in snapshot.terms_from("suggest", f"p:{sound}", 5):
        numbers = snapshot.postings("suggest", term)[0]
        for number in numbers[snapshot.live[numbers]].tolist()[:5]:
            title = title_key(snapshot.stored(number)["record"]["title"])
            meant = _span_of_sound(title, sound)
            if meant is not None and meant != typed:
                return meant
    return None


def _span_of_sound(title: str, sound: str) -> str | None:
    """The shortest part of a title that reads exactly as ``sound``."""
    for start in range(len(title)):
        if not full_pinyin(title[start]).startswith(sound[0]):
            continue
        for end in range(start + 1, len(title) + 1):
            read = full_pinyin(title[start:end])
            if read == sound:
                return title[start:end]
            if not sound.startswith(read[: len(sound)]) or len(read) >= len(sound):
                break
    return None
