"""Terms of normalised texts as numbers, with where each occurs; compiled.

What a term and a position are is told in :mod:`analyzers.terms`, what a unit is here in
:mod:`analyzers.bulk_units`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.bulk_dictionary import LONGEST_WORD, child
from analyzers.bulk_units import GAP, LATIN, grown
from analyzers.compiled import compiled

LATIN_END: Final = 1 << 32
WORD: Final = 1 << 62
PAIR: Final = 21
"""The key of a term: the symbol of a unit, below :data:`LATIN_END`; the code points of a bigram,
of :data:`PAIR` bits each; the node of a word and :data:`WORD`."""

_HAN_END: Final = 0x40000
"""Behind the last Chinese character: see :mod:`analyzers.units`."""
_ENTRY: Final = np.dtype(
    [("key", np.int64), ("next", np.uint64), ("term", np.int32), ("node", np.int32)]
)
"""Of a hash table of terms, nought where there is none: ``term`` is its number, ``node`` that of a
pair, and ``next`` has a bit for each character that longer words go on with behind it: it spares
most looks into the dictionary. What is asked together lies together, for to wait for memory is
most of the work."""
_ROOM: Final = LONGEST_WORD + 2
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_ONE: Final = np.uint64(1)
_LOW_SIX: Final = np.uint64(63)


@compiled
def find_terms(
    units: Any, unit_ends: Any, lead_ends: Any, runs: int, joins: Any, gap: int, nodes: Any
) -> Any:
    """The terms of all parts, numbered in the order in which they are met.

    Args:
        units, unit_ends, lead_ends: see :func:`analyzers.bulk_units.find_units`.
        runs: how many different Latin runs.
        joins: (N) whether a part stands ``gap`` positions behind the one before; else its
            positions begin at 0.
        nodes: see :mod:`analyzers.bulk_dictionary`.

    Returns:
        The terms of all occurrences, part by part; the position of each; whether each ends in
        its part's lead; (N) where the occurrences of each part end; (N) the position behind the
        last of each part; with T terms, (T) their keys, and (T) where in ``units`` each was met.
    """
    table, keys, seen = np.zeros(4096, _ENTRY), np.empty(2048, np.int64), np.empty(2048, np.int64)
    numbered, begun = np.zeros(_HAN_END + runs, np.int32), np.empty(2048, np.int32)
    size = 2 * len(units) + _ROOM
    stream, places = np.empty(size, np.int32), np.empty(size, np.uint32)
    leading = np.empty(size, np.bool_)
    stops, behind = np.empty(len(joins), np.int64), np.empty(len(joins), np.int64)
    count, terms, at, position = 0, 0, 0, 0
    for part in range(len(joins)):
        end = unit_ends[part]
        shift = (position + gap if joins[part] else 0) - at
        while at < end:
            if count + _ROOM > len(stream):
                stream, places, leading = grown(stream), grown(places), grown(leading)
            if terms + _ROOM > len(keys):
                keys, seen, begun = grown(keys), grown(seen), grown(begun)
                table = _rehashed(table)
            known = (nodes, numbered, table, keys, seen, begun)
            room = (stream, places, leading)
            at, terms, count = _walk(
                units, at, end, lead_ends[part], shift, *known, *room, terms, count
            )
        stops[part], behind[part] = count, shift + end
        position = shift + end
    found = stream[:count], places[:count], leading[:count]
    return (*found, stops, behind, keys[:terms], seen[:terms])


@compiled
def _walk(
    units: Any,
    at: int,
    end: int,
    lead_end: int,
    shift: int,
    nodes: Any,
    numbered: Any,
    table: Any,
    keys: Any,
    seen: Any,
    begun: Any,
    stream: Any,
    places: Any,
    leading: Any,
    terms: int,
    count: int,
) -> tuple[int, int, int]:
    """Add the terms that begin from ``at`` to before ``end``, as far as there is room; returns
    how far that was, and how many terms and occurrences there are.

    A loop in which no array is replaced: Numba would count references in each turn.
    """
    while at < end and count + _ROOM <= len(stream) and terms + _ROOM <= len(keys):
        symbol = np.int64(units[at])
        if symbol == GAP:
            at += 1
            continue
        first, known = count, terms
        place = symbol if symbol < LATIN else symbol - LATIN + _HAN_END
        term = numbered[place] - 1
        if term < 0:
            term = terms
            keys[term], begun[term] = symbol, child(nodes, 0, symbol)
            terms += 1
            numbered[place] = terms
        stream[count] = term
        count += 1
        if symbol < LATIN and at + 1 < end and GAP < units[at + 1] < LATIN:
            key = symbol << PAIR | np.int64(units[at + 1])
            slot = _slot(key, table)
            if table[slot].key == 0:
                table[slot].node = _next(nodes, begun[term], units[at + 1])
                table[slot].next = _bits_of_children(nodes, table[slot].node)
                terms = _enter(key, slot, table, keys, terms)
            stream[count] = table[slot].term
            count += 1
            if at + 2 < end and table[slot].next & _bit(units[at + 2]):
                node = table[slot].node
                terms, count = _add_words(
                    units, at + 2, end, nodes, node, table, keys, stream, terms, count
                )
        for one in range(known, terms):
            seen[one] = at
        for one in range(first, count):
            places[one], leading[one] = shift + at, False
        if at < lead_end:
            _mark_leading(first, count, lead_end - at, stream, keys, nodes, leading)
        at += 1
    return at, terms, count


@compiled
def _mark_leading(
    first: int, last: int, units: int, stream: Any, keys: Any, nodes: Any, leading: Any
) -> None:
    """Tell which of the terms that begin at one place, a unit, its pair and longer words, end
    within so many units."""
    for one in range(first, last):
        at = one - first
        length = at + 1 if at < 2 else nodes[keys[stream[one]] - WORD].length
        leading[one] = length <= units


@compiled
def _add_words(
    units: Any,
    at: int,
    end: int,
    nodes: Any,
    node: int,
    table: Any,
    keys: Any,
    stream: Any,
    terms: int,
    count: int,
) -> tuple[int, int]:
    """Add the words of more than two characters that go on from a node with the unit ``at``;
    returns how many terms and occurrences there are."""
    while at < end:
        node = child(nodes, node, units[at])
        if node < 0:
            break
        if nodes[node].weight >= 0:
            key = WORD | np.int64(node)
            slot = _slot(key, table)
            if table[slot].key == 0:
                terms = _enter(key, slot, table, keys, terms)
            stream[count] = table[slot].term
            count += 1
        at += 1
    return terms, count


@compiled
def _next(nodes: Any, node: int, label: int) -> int:
    return child(nodes, node, label) if node >= 0 else -1


@compiled
def _bits_of_children(nodes: Any, node: int) -> Any:
    bits = np.uint64(0)
    if node >= 0:
        for one in range(nodes[node].first, nodes[node + 1].first):
            bits |= _bit(nodes[one].label)
    return bits


@compiled
def _bit(label: Any) -> Any:
    return _ONE << (np.uint64(label) & _LOW_SIX)


@compiled
def _slot(key: int, table: Any) -> int:
    """Where a key is in a table, or shall be."""
    mask = len(table) - 1
    slot = np.int64((np.uint64(key) * _SPREAD) >> _HALF) & mask
    while table[slot].key != 0 and table[slot].key != key:
        slot = (slot + 1) & mask
    return int(slot)


@compiled
def _enter(key: int, slot: int, table: Any, keys: Any, terms: int) -> int:
    """Give a key the next number; returns how many there are then."""
    table[slot].key, table[slot].term = key, terms
    keys[terms] = key
    return terms + 1


@compiled
def _rehashed(table: Any) -> Any:
    larger = np.zeros(2 * len(table), table.dtype)
    for entry in table:
        if entry.key != 0:
            larger[_slot(entry.key, larger)] = entry
    return larger
