"""Groups of documents alike, from their signatures alone.

Only documents of one title can be alike, so candidates come from those: all with equal
texts, and all with an equal band of their MinHash (locality-sensitive hashing). A member
of a cluster is like the cluster's first document, the one the archive has known longest:
nothing is joined through a chain of small steps, and clusters keep their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.likeness.rules import LikenessRules, likeness_rules
from indexer.likeness.signature import (
    EDGE_CHUNKS,
    EDGE_LINES,
    MOST_FIGURES,
    PERMUTATIONS,
    SIGNATURE,
    SIGNATURE_VERSION,
)

Rows = npt.NDArray[Any]
Ids = npt.NDArray[np.int64]
Hashes = npt.NDArray[Any]

_ROWS: Final = 4
"""Values of a band: at a resemblance of 0.85 one of 12 bands is equal in practice always."""
_FEWEST: Final = 4
"""Chunks at an end that have to be the same, three of them whole."""
_BATCH: Final = 200_000


class Candidate(NamedTuple):
    """A document: the archive's signature (None: made before there were signatures), and a
    fingerprint that is equal for documents of the same words."""

    likeness: bytes | None
    fingerprint: str


def clusters(candidates: Iterable[Candidate]) -> npt.NDArray[np.int32]:
    """For each document the index of the first of its cluster, its own where it is alone.

    Linear in the number of documents but for groups of one title.
    """
    blank = bytes(SIGNATURE.itemsize)
    packed: list[bytes] = []
    unsigned: dict[int, str] = {}
    for number, (likeness, fingerprint) in enumerate(candidates):
        if likeness is not None and _is_current(likeness):
            packed.append(likeness)
        else:
            packed.append(blank)
            unsigned[number] = fingerprint
    first = np.arange(len(packed), dtype=np.int32)
    known: dict[str, int] = {}
    for number, fingerprint in unsigned.items():
        first[number] = known.setdefault(fingerprint, number)
    rows = np.frombuffer(b"".join(packed), SIGNATURE)
    pairs = _candidate_pairs(rows, likeness_rules())
    for start in range(0, len(pairs), _BATCH):
        part = pairs[start : start + _BATCH]
        for one, other in part[_alike(rows, part, likeness_rules())].tolist():
            if first[one] == one and first[other] == other:
                first[other] = one
    return first


def _is_current(likeness: bytes) -> bool:
    return len(likeness) == SIGNATURE.itemsize and likeness[0] == SIGNATURE_VERSION


def _candidate_pairs(rows: Rows, rules: LikenessRules) -> Ids:
    """Pairs (smaller index first) worth a look, sorted, each once."""
    signed = np.flatnonzero(rows["version"] == SIGNATURE_VERSION)
    titles, counts = np.unique(rows["title"][signed], return_counts=True)
    repeated = signed[np.isin(rows["title"][signed], titles[counts > 1])]
    pairs = [_within(repeated, [rows["title"][repeated], rows["text"][repeated]], rows, rules)]
    near = repeated[rows["near"][repeated] == 1]
    bands = np.ascontiguousarray(rows["minhash"][near]).view("<u4")
    assert bands.shape[1] == PERMUTATIONS // _ROWS  # noqa: S101
    for band in range(bands.shape[1]):
        pairs.append(_within(near, [rows["title"][near], bands[:, band]], rows, rules))
    return np.unique(np.concatenate(pairs), axis=0)


def _within(numbers: Ids, keys: list[npt.NDArray[Any]], rows: Rows, rules: LikenessRules) -> Ids:
    """Pairs of documents with the same keys: all of them, but in a large group only those
    of the same figures with the first that has them."""
    found = [np.empty((0, 2), np.int64)]
    for group in _groups(numbers, keys):
        if len(group) <= rules.largest_group:
            found.append(group[_pairs(len(group))])
            continue
        for part in _groups(group, [rows["all_figures"][group]]):
            found.append(np.stack([np.full(len(part) - 1, part[0]), part[1:]], axis=1))
    return np.concatenate(found)


@lru_cache(maxsize=64)
def _pairs(count: int) -> Ids:
    """All pairs of so many, the smaller first."""
    return np.stack(np.triu_indices(count, 1), axis=1)


def _groups(numbers: Ids, keys: list[npt.NDArray[Any]]) -> Iterator[Ids]:
    """Documents of equal keys, ascending; none that is alone."""
    order = np.lexsort((numbers, *keys))
    ordered = numbers[order]
    changes = np.ones(len(ordered) + 1, np.bool_)
    changes[1:-1] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    bounds = np.flatnonzero(changes)
    for place in np.flatnonzero(np.diff(bounds) > 1).tolist():
        yield ordered[bounds[place] : bounds[place + 1]]


def _alike(rows: Rows, pairs: Ids, rules: LikenessRules) -> npt.NDArray[np.bool_]:
    """The verdict on each pair."""
    one, other = rows[pairs[:, 0]], rows[pairs[:, 1]]
    equal = one["text"] == other["text"]
    days = np.abs(one["published"] - other["published"])
    dated = (one["published"] > 0) & (other["published"] > 0)
    too_short = np.minimum(one["length"], other["length"]) < rules.shortest_equal
    alike = (one["title"] == other["title"]) & (one["kind"] == other["kind"])
    for fact in ("number", "signed", "body"):
        alike &= (one[fact] == other[fact]) | (one[fact] == 0) | (other[fact] == 0)
    alike &= ~dated | (days <= np.where(too_short, 0, rules.days_apart))
    near = alike & ~equal & (one["near"] == 1) & (other["near"] == 1)
    near &= (one["minhash"] == other["minhash"]).mean(axis=1) >= rules.resemblance
    verdict: npt.NDArray[np.bool_] = alike & equal
    for number in np.flatnonzero(near).tolist():
        a, b = one[number], other[number]
        verdict[number] = (
            _same_figures(a, b, rules) and _same_core(a, b, rules) and _same_edges(a, b)
        )
    return verdict


def _same_figures(one: Any, other: Any, rules: LikenessRules) -> bool:
    """Whether one has all figures of the other and few more."""
    if one["all_figures"] == other["all_figures"]:
        return True
    counts = int(one["figure_count"]), int(other["figure_count"])
    if max(counts) > MOST_FIGURES or abs(counts[0] - counts[1]) > rules.extra_figures:
        return False
    few = set(one["figures"][: counts[0]].tolist())
    many = set(other["figures"][: counts[1]].tolist())
    return few <= many or many <= few


def _same_core(one: Any, other: Any, rules: LikenessRules) -> bool:
    """Whether the texts differ at their ends only: all chunks in between are the same."""
    for mine in ("fine", "coarse"):
        for theirs in ("fine", "coarse"):
            if one["level"] + (mine == "coarse") == other["level"] + (theirs == "coarse"):
                left = one[mine][: one[f"{mine}_count"]]
                right = other[theirs][: other[f"{theirs}_count"]]
                return _overlap(left, right, rules.edge_chunks)
    return False


def _overlap(left: Hashes, right: Hashes, most: int) -> bool:
    """Whether two lists are equal but for some at their ends and one more that was cut."""
    longest = max(len(left), len(right))
    for shift in range(-most, most + 1):
        mine, theirs = left[max(shift, 0) :], right[max(-shift, 0) :]
        length = min(len(mine), len(theirs))
        if max(len(mine), len(theirs)) - length > most or length < max(3, longest // 2 + 1):
            continue
        if np.array_equal(mine[1 : length - 1], theirs[1 : length - 1]):
            return True
    return False


def _same_edges(one: Any, other: Any) -> bool:
    """Whether each end is the same, or one text has whole lines more there. Two endings that
    differ are two documents: bodies and terms stand there."""
    return all(
        (
            one["ends"][end] == other["ends"][end]
            or _more_lines(one["lines"][end], other["lines"][end])
        )
        and _goes_on(one["edges"][end], other["edges"][end])
        for end in (0, 1)
    )


def _more_lines(one: Hashes, other: Hashes) -> bool:
    """Whether the two outermost lines of one text stand further inside the other."""
    return any(
        np.array_equal(short[:2], long[shift : shift + 2])
        for short, long in ((one, other), (other, one))
        for shift in range(1, EDGE_LINES - 1)
    )


def _goes_on(one: Hashes, other: Hashes) -> bool:
    """Whether the chunks of one end, but for the outermost, which is cut where the text
    ends, stand as far inside the other or further."""
    return any(
        np.array_equal(short[1 : EDGE_CHUNKS - shift], long[1 + shift :])
        for shift in range(EDGE_CHUNKS - _FEWEST)
        for short, long in ((one, other), (other, one))
    )
