"""Terms of normalised texts as numbers, with where each occurs; compiled.

What a unit, a term and a position are is told in :mod:`analyzers.terms`. Here a unit is a
*symbol*: the code point of a Chinese character, or the number of a Latin run and :data:`LATIN`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.bulk_dictionary import LONGEST_WORD, child
from analyzers.compiled import compiled

SPACE: Final = 0
MARK: Final = 1
HAN: Final = 2
ALPHANUMERIC: Final = 3
"""Classes of code points: white space, what parts, Chinese characters, letters and digits."""

LATIN: Final = 1 << 31
LATIN_END: Final = 1 << 32
WORD: Final = 1 << 62
PAIR: Final = 21
"""The key of a term: the symbol of a unit, below :data:`LATIN_END`; the code points of a bigram,
of :data:`PAIR` bits each; the node of a word and :data:`WORD`."""

_HAN_END: Final = 0x40000
"""Behind the last Chinese character: see :mod:`analyzers.units`."""
_GAP: Final = 0
"""The symbol of what parts."""
_ROOM: Final = LONGEST_WORD + 2
_START: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)


@compiled
def find_units(codes: Any, begins: Any, ends: Any, classes: Any) -> tuple[Any, Any, Any, Any]:
    """The units of parts of a text, white space left out.

    Args:
        codes: code points of the text.
        begins, ends: (N) its parts.
        classes: of each code point there is.

    Returns:
        The symbols of all parts; (N) where those of each end; where the first Latin run of
        each number begins in ``codes``, and ends.
    """
    units, unit_ends = np.empty((ends - begins).sum(), np.uint32), np.empty(len(ends), np.int64)
    run_begins, run_ends = np.empty(512, np.int64), np.empty(512, np.int64)
    table = np.zeros(1024, np.int32)
    count, runs = 0, 0
    for part in range(len(ends)):
        at, end, first, is_parted = begins[part], ends[part], count, False
        while at < end:
            kind = classes[codes[at]]
            if kind < HAN:
                is_parted = is_parted or kind == MARK
                at += 1
                continue
            if is_parted and count > first:
                units[count] = _GAP
                count += 1
            is_parted = False
            if kind == HAN:
                units[count] = codes[at]
                at += 1
            else:
                begin = at
                while at < end and classes[codes[at]] == ALPHANUMERIC:
                    at += 1
                if runs == len(run_ends):
                    run_begins, run_ends = grown(run_begins), grown(run_ends)
                    table = _rehashed_runs(table, codes, run_begins, run_ends, runs)
                slot = _run_slot(codes, begin, at, table, run_begins, run_ends)
                if table[slot] == 0:
                    run_begins[runs], run_ends[runs] = begin, at
                    runs += 1
                    table[slot] = runs
                units[count] = LATIN + table[slot] - 1
            count += 1
        unit_ends[part] = count
    return units[:count], unit_ends, run_begins[:runs], run_ends[:runs]


@compiled
def find_terms(units: Any, unit_ends: Any, runs: int, joins: Any, gap: int, nodes: Any) -> Any:
    """The terms of all parts, numbered in the order in which they are met.

    Args:
        units, unit_ends: see :func:`find_units`.
        runs: how many different Latin runs.
        joins: (N) whether a part stands ``gap`` positions behind the one before; else its
            positions begin at 0.
        nodes: see :mod:`analyzers.bulk_dictionary`.

    Returns:
        The terms of all occurrences, part by part; the position of each; (N) where the
        occurrences of each part end; (N) the position behind the last of each part; with T
        terms, (T) their keys, and (T) where in ``units`` each was met.
    """
    table, keys = np.zeros(4096, np.int32), np.empty(2048, np.int64)
    numbered = np.zeros(_HAN_END + runs, np.int32)
    seen, following = np.empty(2048, np.int64), np.empty(2048, np.int32)
    room = 2 * len(units) + _ROOM
    stream, places = np.empty(room, np.int32), np.empty(room, np.uint32)
    stops, behind = np.empty(len(joins), np.int64), np.empty(len(joins), np.int64)
    count, terms, begin, position = 0, 0, 0, 0
    for part in range(len(joins)):
        end = unit_ends[part]
        shift = (position + gap if joins[part] else 0) - begin
        for at in range(begin, end):
            symbol = np.int64(units[at])
            if symbol == _GAP:
                continue
            if count + _ROOM > len(stream):
                stream, places = grown(stream), grown(places)
            if terms + _ROOM > len(keys):
                keys, seen, following = grown(keys), grown(seen), grown(following)
                table = _rehashed(table, keys, terms)
            first = count
            place = symbol if symbol < LATIN else symbol - LATIN + _HAN_END
            term = numbered[place] - 1
            if term < 0:
                term = terms
                keys[term], seen[term], following[term] = symbol, at, child(nodes, 0, symbol)
                terms += 1
                numbered[place] = terms
            stream[count] = term
            count += 1
            if symbol < LATIN and at + 1 < end and _GAP < units[at + 1] < LATIN:
                pair = _number(symbol << PAIR | np.int64(units[at + 1]), table, keys, terms)
                if pair == terms:
                    seen[pair], following[pair] = at, _next(nodes, following[term], units[at + 1])
                    terms += 1
                stream[count] = pair
                count += 1
                node, path, known = following[pair], units[at + 2 : end], terms
                count, terms = _add_words(nodes, node, path, table, keys, terms, stream, count)
                seen[known:terms] = at
            places[first:count] = shift + at
        stops[part], behind[part] = count, shift + end
        position, begin = shift + end, end
    return stream[:count], places[:count], stops, behind, keys[:terms], seen[:terms]


@compiled
def _add_words(
    nodes: Any, node: int, path: Any, table: Any, keys: Any, terms: int, stream: Any, count: int
) -> tuple[int, int]:
    """Add the words of more than two characters on the path from a node to a stream of
    ``count`` occurrences; returns how many these are then, and how many terms."""
    for label in path:
        node = _next(nodes, node, label)
        if node < 0:
            break
        if nodes[node].weight >= 0:
            word = _number(WORD | np.int64(node), table, keys, terms)
            terms = max(terms, word + 1)
            stream[count] = word
            count += 1
    return count, terms


@compiled
def _next(nodes: Any, node: int, label: int) -> int:
    return child(nodes, node, label) if node >= 0 else -1


@compiled
def _number(key: int, table: Any, keys: Any, terms: int) -> int:
    """The number of a key; ``terms``, its new one, if it was not met before."""
    slot = _slot(key, table, keys)
    if table[slot] == 0:
        table[slot] = terms + 1
        keys[terms] = key
    return int(table[slot]) - 1


@compiled
def _slot(key: int, table: Any, keys: Any) -> int:
    mask = len(table) - 1
    slot = np.int64((np.uint64(key) * _SPREAD) >> _HALF) & mask
    while table[slot] and keys[table[slot] - 1] != key:
        slot = (slot + 1) & mask
    return int(slot)


@compiled
def _rehashed(table: Any, keys: Any, terms: int) -> Any:
    larger = np.zeros(2 * len(table), np.int32)
    for term in range(terms):
        if keys[term] >= LATIN_END:
            larger[_slot(keys[term], larger, keys)] = term + 1
    return larger


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
