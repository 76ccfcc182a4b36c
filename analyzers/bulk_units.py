"""Units of normalised texts as numbers; compiled.

What a unit is is told in :mod:`analyzers.terms`. Here it is a *symbol*: the code point of a Chinese
character, or the number of a Latin run and :data:`LATIN`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.compiled import compiled

SPACE: Final = 0
MARK: Final = 1
HAN: Final = 2
ALPHANUMERIC: Final = 3
"""Classes of code points: white space, what parts, Chinese characters, letters and digits."""

GAP: Final = 0
"""The symbol of what parts."""
LATIN: Final = 1 << 31

_START: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)
_HALF: Final = np.uint64(32)


@compiled
def find_units(
    codes: Any, begins: Any, ends: Any, leads: Any, classes: Any
) -> tuple[Any, Any, Any, Any, Any]:
    """The units of parts of a text, white space left out.

    Args:
        codes: code points of the text.
        begins, ends: (N) its parts.
        leads: (N) how many characters of each are its lead.
        classes: of each code point there is.

    Returns:
        The symbols of all parts; (N) where those of each end; (N) where those of its lead end;
        where the first Latin run of each number begins in ``codes``, and ends.
    """
    units = np.empty((ends - begins).sum(), np.uint32)
    unit_ends, lead_ends = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    run_begins, run_ends = np.empty(512, np.int64), np.empty(512, np.int64)
    table = np.zeros(1024, np.int32)
    count, runs = 0, 0
    for part in range(len(ends)):
        at, first, lead_end, is_parted = begins[part], count, count, False
        lead = at + leads[part]
        while at < ends[part]:
            if runs == len(run_ends):
                run_begins, run_ends = grown(run_begins), grown(run_ends)
                table = _rehashed_runs(table, codes, run_begins, run_ends, runs)
            state = (at, first, count, lead_end, is_parted, runs)
            at, count, lead_end, is_parted, runs = _read(
                codes, ends[part], lead, classes, units, table, run_begins, run_ends, *state
            )
        unit_ends[part], lead_ends[part] = count, lead_end
    return units[:count], unit_ends, lead_ends, run_begins[:runs], run_ends[:runs]


@compiled
def _read(
    codes: Any,
    end: int,
    lead: int,
    classes: Any,
    units: Any,
    table: Any,
    run_begins: Any,
    run_ends: Any,
    at: int,
    first: int,
    count: int,
    lead_end: int,
    is_parted: bool,
    runs: int,
) -> tuple[int, int, int, bool, int]:
    """Read on in a part, which began with the unit ``first``, as far as there is room for Latin
    runs. In this loop no array is replaced: Numba would count references in each turn."""
    while at < end and runs < len(run_ends):
        kind = classes[codes[at]]
        if kind < HAN:
            is_parted = is_parted or kind == MARK
            at += 1
            continue
        if is_parted and count > first:
            units[count] = GAP
            count += 1
        is_parted = False
        if kind == HAN:
            units[count] = codes[at]
            at += 1
        else:
            begin = at
            while at < end and classes[codes[at]] == ALPHANUMERIC:
                at += 1
            slot = _run_slot(codes, begin, at, table, run_begins, run_ends)
            if table[slot] == 0:
                run_begins[runs], run_ends[runs] = begin, at
                runs += 1
                table[slot] = runs
            units[count] = LATIN + table[slot] - 1
        count += 1
        if at <= lead:
            lead_end = count
    return at, count, lead_end, is_parted, runs


@compiled
def _run_slot(codes: Any, begin: int, end: int, table: Any, run_begins: Any, run_ends: Any) -> int:
    state = _START
    for at in range(begin, end):
        state = (state ^ np.uint64(codes[at])) * _PRIME
    mask = len(table) - 1
    slot = np.int64(state ^ (state >> _HALF)) & mask
    while table[slot]:
        run = table[slot] - 1
        if run_ends[run] - run_begins[run] == end - begin:
            at = 0
            while at < end - begin and codes[begin + at] == codes[run_begins[run] + at]:
                at += 1
            if at == end - begin:
                break
        slot = (slot + 1) & mask
    return int(slot)


@compiled
def _rehashed_runs(table: Any, codes: Any, run_begins: Any, run_ends: Any, runs: int) -> Any:
    larger = np.zeros(2 * len(table), np.int32)
    for run in range(runs):
        slot = _run_slot(codes, run_begins[run], run_ends[run], larger, run_begins, run_ends)
        larger[slot] = run + 1
    return larger


@compiled
def grown(array: Any) -> Any:
    """The same with room for as much again."""
    larger = np.empty(2 * len(array), array.dtype)
    larger[: len(array)] = array
    return larger
