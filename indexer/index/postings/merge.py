"""Several inverted indexes made one: runs of a large import, segments that are merged."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.index.postings.inverted import Inverted, Numbers
from indexer.index.postings.merge_copy import (
    copy_postings,
    copy_text,
    count_kept,
    order_terms,
    part_cursors,
)
from indexer.index.postings.readonly import fixed
from indexer.index.postings.scratch import scratch_array

_SLICE: Final = 1 << 19
"""Postings that are merged in one go: what the second-level caches hold."""

_Array = npt.NDArray[Any]


def merge(
    parts: Sequence[Inverted], maps: Sequence[Numbers], folder: Path | None = None
) -> Inverted:
    """One inverted index of the documents of all parts.

    Terms of which no posting is left are not in it, nor fields without terms. Works in two
    threads without Python's lock.

    Args:
        parts: the inverted indexes; mapped arrays do.
        maps: for each document of each part its new number, -1 to leave it out; numbers ascend
            within a part and from part to part.
        folder: where large arrays may be in unnamed files instead of in memory.

    Raises:
        ValueError: the maps do not fit.
        OSError: the folder is full.
    """
    documents = _documents_of(parts, maps)
    if len(parts) == 1 and documents == parts[0].documents and (maps[0] >= 0).all():
        return parts[0]
    plan = _plan(parts, maps)
    places = _layout(plan)
    merged = Inverted(
        documents=documents,
        field_names=places.field_names,
        field_ends=places.field_ends,
        text=copy_text(plan.text, plan.text_ends, plan.order[places.firsts]),
        text_ends=places.text_ends,
        posting_ends=places.posting_starts[places.group_ends],
        position_starts=np.append(
            places.position_starts[places.firsts], places.position_starts[-1]
        ),
        numbers=scratch_array(folder, np.int32, int(places.posting_starts[-1])),
        weights=scratch_array(folder, np.float32, int(places.posting_starts[-1])),
        position_ends=scratch_array(folder, np.uint32, int(places.posting_starts[-1])),
        positions=scratch_array(folder, np.uint32, int(places.position_starts[-1])),
    )
    _copy_all(parts, plan, places, merged)
    return merged


def _documents_of(parts: Sequence[Inverted], maps: Sequence[Numbers]) -> int:
    if len(parts) != len(maps) or not parts:
        raise ValueError(f"{len(parts)} parts and {len(maps)} maps")
    last = -1
    for part, numbers in zip(parts, maps, strict=True):
        if len(numbers) != part.documents:
            raise ValueError(f"{part.documents} documents and a map of {len(numbers)}")
        kept = numbers[numbers >= 0]
        if len(kept):
            if kept[0] <= last or not (kept[1:] > kept[:-1]).all():
                raise ValueError("the documents of the parts do not ascend")
            last = int(kept[-1])
    return last + 1


class _Plan(NamedTuple):
    """The terms of all parts one after the other, and the order in which they are merged."""

    field_names: tuple[str, ...]
    fields: _Array
    """Of each term, the number of its field in ``field_names``."""
    text: _Array
    text_ends: _Array
    part_of: _Array
    first_of: _Array
    """(parts + 1) the first term of each part."""
    postings: _Array
    """(terms, 2) Its first posting, counted within its part, and the one behind its last."""
    positions: _Array
    """(terms, 2) Likewise."""
    kept: _Array
    """(terms, 2) Postings and positions that are not left out."""
    maps: _Array
    map_of: _Array
    """(parts) where the map of each begins."""
    drops: _Array
    """(parts) whether anything is left out."""
    order: _Array
    """Terms that keep postings, by field, text and part."""
    is_first: _Array
    """Whether a term in this order is another than the one before."""


def _plan(parts: Sequence[Inverted], maps: Sequence[Numbers]) -> _Plan:
    terms = np.array([part.terms for part in parts], np.int64)
    first_of = np.concatenate(([0], np.cumsum(terms)))
    names, fields = _fields(parts)
    postings = np.concatenate([_ranges(part.posting_ends) for part in parts])
    positions = np.concatenate([_ranges(part.position_starts[1:]) for part in parts])
    drops = np.array([bool((numbers < 0).any()) for numbers in maps])
    kept = np.empty((len(postings), 2), np.int64)
    kept[:, 0] = postings[:, 1] - postings[:, 0]
    kept[:, 1] = positions[:, 1] - positions[:, 0]
    for at in np.flatnonzero(drops).tolist():
        part = parts[at]
        count_kept(
            fixed(part.numbers),
            fixed(part.position_ends),
            fixed(part.posting_ends),
            fixed(maps[at]),
            kept[first_of[at] : first_of[at + 1]],
        )
    ends = [part.text_ends for part in parts]
    bases = np.cumsum([0, *(len(part.text) for part in parts)])
    text = np.concatenate([part.text for part in parts])
    text_ends = np.concatenate([end + base for end, base in zip(ends, bases[:-1], strict=True)])
    order, is_first = order_terms(fields, text, text_ends, first_of, kept)
    return _Plan(
        field_names=names,
        fields=fields,
        text=text,
        text_ends=text_ends,
        part_of=np.repeat(np.arange(len(parts), dtype=np.int32), terms),
        first_of=first_of,
        postings=postings,
        positions=positions,
        kept=kept,
        maps=np.concatenate(maps).astype(np.int32, copy=False),
        map_of=np.cumsum([0, *(len(numbers) for numbers in maps)])[:-1],
        drops=drops,
        order=order,
        is_first=is_first,
    )


def _fields(parts: Sequence[Inverted]) -> tuple[tuple[str, ...], _Array]:
    """The fields of all parts, and of each term the number of its field among them."""
    names = tuple(sorted({name for part in parts for name in part.field_names}))
    fields = [
        np.repeat(
            np.array([names.index(name) for name in part.field_names], np.int32),
            np.diff(part.field_ends, prepend=0),
        )
        for part in parts
    ]
    return names, np.concatenate(fields)


def _ranges(ends: _Array) -> _Array:
    ranges = np.empty((len(ends), 2), np.int64)
    ranges[:, 1] = ends
    ranges[1:, 0] = ends[:-1]
    ranges[:1, 0] = 0
    return ranges


class _Layout(NamedTuple):
    """Where everything goes. A group is all there is of a merged term."""

    firsts: _Array
    """(groups) its first in the order of terms."""
    group_ends: _Array
    """(groups) the one behind its last."""
    posting_starts: _Array
    """(order + 1)"""
    position_starts: _Array
    """(order + 1)"""
    field_names: tuple[str, ...]
    """Those that have terms."""
    field_ends: _Array
    text_ends: _Array


def _layout(plan: _Plan) -> _Layout:
    order = plan.order
    firsts = np.flatnonzero(plan.is_first)
    starts = np.zeros((len(order) + 1, 2), np.int64)
    np.cumsum(plan.kept[order], axis=0, out=starts[1:])
    chosen = order[firsts]
    lengths = plan.text_ends[chosen] - np.concatenate(([0], plan.text_ends))[chosen]
    counts = np.bincount(plan.fields[chosen], minlength=len(plan.field_names))
    return _Layout(
        firsts=firsts,
        group_ends=np.append(firsts[1:], len(order))[: len(firsts)],
        posting_starts=np.ascontiguousarray(starts[:, 0]),
        position_starts=np.ascontiguousarray(starts[:, 1]),
        field_names=tuple(
            name for name, count in zip(plan.field_names, counts, strict=True) if count
        ),
        field_ends=np.cumsum(counts[counts > 0], dtype=np.int64),
        text_ends=np.cumsum(lengths, dtype=np.int64),
    )


def _copy_all(parts: Sequence[Inverted], plan: _Plan, places: _Layout, merged: Inverted) -> None:
    """Copy slices of terms: of each part, all of a slice lies together."""
    bounds = _slices(places)
    cursors = part_cursors(plan.order, plan.part_of, plan.first_of, bounds)
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as threads:
        for done in [
            threads.submit(_copy_slice, parts, plan, places, merged, bounds[at], cursors[at])
            for at in range(len(bounds))
        ]:
            done.result()


def _slices(places: _Layout) -> _Array:
    """(slices, 2) ranges of the order of terms, of whole groups and about as many postings."""
    starts = places.posting_starts[places.firsts]
    wanted = np.arange(0, int(places.posting_starts[-1]), _SLICE)
    groups = np.unique(np.searchsorted(starts, wanted))
    begins = places.firsts[groups[groups < len(places.firsts)]]
    ends = np.append(begins[1:], len(places.posting_starts) - 1)[: len(begins)]
    bounds: _Array = np.column_stack((begins, ends)).copy()
    return bounds


def _copy_slice(
    parts: Sequence[Inverted],
    plan: _Plan,
    places: _Layout,
    merged: Inverted,
    bounds: _Array,
    cursors: _Array,
) -> None:
    """Copy the terms of one slice.

    Args:
        parts: see :func:`merge`.
        plan: of all terms.
        places: of all terms.
        merged: what is filled.
        bounds: the range in the order of terms.
        cursors: (parts, 2) the terms of each part that belong to the slice.
    """
    begin, end = bounds.tolist()
    found, bases = [], np.zeros((len(parts), 2), np.int64)
    posting_total = position_total = 0
    for at, (part, (first, last)) in enumerate(zip(parts, cursors.tolist(), strict=True)):
        if first == last:
            continue
        start, stop = int(plan.postings[first, 0]), int(plan.postings[last - 1, 1])
        where, until = int(plan.positions[first, 0]), int(plan.positions[last - 1, 1])
        # What is added to a place in the part to have it in the slice.
        bases[at] = posting_total - start, position_total - where
        posting_total += stop - start
        position_total += until - where
        found.append(
            (
                part.numbers[start:stop],
                part.weights[start:stop],
                part.position_ends[start:stop],
                part.positions[where:until],
            )
        )
    numbers, weights, ends, positions = (
        np.concatenate(arrays) for arrays in zip(*found, strict=True)
    )
    copy_postings(
        plan.order[begin:end],
        plan.is_first[begin:end],
        plan.part_of,
        plan.postings,
        plan.positions,
        bases,
        plan.maps,
        plan.map_of,
        plan.drops,
        (numbers, weights, ends, positions),
        places.posting_starts[begin : end + 1],
        places.position_starts[begin : end + 1],
        (merged.numbers, merged.weights, merged.position_ends, merged.positions),
    )
