"""Completions of what is being typed, from titles and from what people searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

import numpy as np

from analyzers.concepts import concepts_of
from analyzers.normalize import normalize
from analyzers.title_sounds import typed_form
from indexer.index.completing import CANDIDATES, Completion, complete, different
from indexer.index.engine import Suggestion, is_nothing_hidden
from indexer.index.kernel.phrases import common
from indexer.index.snapshot import Snapshot
from indexer.index.title_table import TitleTable
from indexer.index.titles import titles_of

_SEARCHED: Final = 3
"""Suggestions from what people searched, besides what titles say as well."""


def suggest(
    snapshot: Snapshot,
    text: str,
    size: int,
    searched: Iterable[str] = (),
    is_hidden: Callable[[str], bool] = is_nothing_hidden,
) -> list[Suggestion]:
    """What ``text`` may become: Chinese, full pinyin, initials or a mixture, as typed so far.

    A title that is typed out comes first, then service guides, queries of other people, other
    titles, last those that only contain the words. ``searched`` are the queries that complete
    ``text``, the most frequent first; ``is_hidden`` tells what is never to be suggested.
    """
    if not typed_form(text):
        return []
    table = titles_of(snapshot)
    exact: list[Suggestion] = []
    guides: list[Suggestion] = []
    others: list[Suggestion] = []
    for title, is_exact in different(table, _titles(snapshot, table, text)):
        shown = table.shown(title)
        if is_hidden(shown):
            continue
        is_guide = bool(table.services[title])
        chosen = exact if is_exact else guides if is_guide else others
        chosen.append(Suggestion(shown, "service" if is_guide else "title"))
        if len(exact) + len(guides) + len(others) >= 2 * size:
            break
    queries = [Suggestion(one, "query") for one in searched if not is_hidden(one)][:_SEARCHED]
    few = max(size - len(queries) - len(exact), size // 2)
    found: dict[str, Suggestion] = {}
    for one in chain(exact, guides[:few], queries, guides[few:], others):
        kept = found.setdefault(one.text, one)
        if one.kind == "service" or kept.kind == "query":
            found[one.text] = one  # in its place, but as what it is
    return list(found.values())[:size]


def _titles(snapshot: Snapshot, table: TitleTable, text: str) -> Iterator[Completion]:
    yield from complete(table, text)
    if not typed_form(text).isascii():
        yield from map(Completion, _containing(snapshot, table, text))


def _containing(snapshot: Snapshot, table: TitleTable, text: str) -> Iterator[int]:
    """Titles with all words of the text, the shortest first."""
    asked = concepts_of([normalize(text)], exact=True)
    words = [term for concept in asked.concepts for term in concept.alternatives[0].terms]
    lists = sorted((snapshot.postings("title", word)[0] for word in words), key=len)
    if not lists:
        return
    found = lists[0]
    for ids in lists[1:]:
        found = common(found, ids)
    found = found[snapshot.live[found]]
    lengths = snapshot.title_lengths[found]
    if len(found) > CANDIDATES:
        few = np.argpartition(lengths, CANDIDATES)[:CANDIDATES]
        found, lengths = found[few], lengths[few]
    found = found[np.argsort(lengths, kind="stable")]
    found = found[found < len(table.title_of_document)]
    yield from (title for title in table.title_of_document[found].tolist() if title >= 0)
