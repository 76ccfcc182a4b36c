"""Any and every word of a query: this product's kernel and its peers, and how they grow."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from statistics import median

from engines.corpus import Corpus, draw_queries, say
from engines.peers import Peer, Query, peers_of
from engines.plot import write_plot
from engines.report import Row, milliseconds, quantile, ratio

_SHARES = (0.5, 0.95)
_ROUNDS = 3
Measured = dict[tuple[str, bool], list[float]]
"""Milliseconds by engine and by whether every word was asked for."""


def run(options: Namespace) -> Iterator[tuple[str, list[Row]]]:
    """A table for each size; the sizes between are on the plot only."""
    queries = draw_queries(options.data, 100 if options.quick else options.queries)
    grown: dict[int, Measured] = {}
    for every, copies in (
        [(32, 1)] if options.quick else [(16, 1), (4, 1), (1, 1), (1, options.copies)]
    ):
        corpus = Corpus(options.data, options.work, every, copies)
        peers = list(peers_of(corpus))
        say(f"asking {len(peers)} engines, {corpus.size:,} documents")
        measured = _measure(peers, queries)
        rows = [_row(peer, measured, queries) for peer in peers]
        grown[corpus.size] = measured
        yield f"Searches over {corpus.size:,} documents, {len(queries):,} queries", rows
    if options.plot:
        options.plot.write_text(write_plot(_points(grown)), encoding="utf-8")


def _measure(peers: Sequence[Peer], queries: Sequence[Query]) -> Measured:
    """Of each query the median of three rounds in which the quick engines take turns, for the
    machine's speed drifts; the slow ones are asked in the first round only."""
    rounds: dict[tuple[str, bool], list[list[float]]] = {}
    for at in range(_ROUNDS):
        for peer in peers:
            if not at or peer.is_quick:
                for is_every in (False, True):
                    times = peer.times(queries, is_every)
                    rounds.setdefault((peer.name, is_every), []).append(times)
    return {
        key: [median(each) for each in zip(*found, strict=True)] for key, found in rounds.items()
    }


def _row(peer: Peer, measured: Measured, queries: Sequence[Query]) -> Row:
    first = next(iter(measured))[0]
    figures: dict[str, str] = {}
    for is_every, name in ((False, "any word"), (True, "every word")):
        own = measured[peer.name, is_every]
        base = measured[first, is_every][: len(own)]  # of the same queries
        for share in _SHARES:
            found = quantile(own, share)
            told = f"{milliseconds(found)} ({ratio(found / quantile(base, share))})"
            figures[f"{name}, p{share * 100:.0f} ms"] = told
    asked = len(measured[peer.name, False])
    figures["MB"] = f"{peer.size() / 1e6:,.0f}"
    label = peer.name if asked == len(queries) else f"{peer.name} ({asked} of the queries)"
    return (label,), figures


def _points(grown: dict[int, Measured]) -> dict[str, list[tuple[int, float]]]:
    """The median for any word, by documents, of each engine."""
    points: dict[str, list[tuple[int, float]]] = {}
    for size, measured in grown.items():
        for (name, is_every), times in measured.items():
            if not is_every:
                points.setdefault(name, []).append((size, quantile(times, 0.5)))
    return points
