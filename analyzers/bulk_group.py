"""Occurrences of numbered terms as postings, term by term; compiled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.bulk_units import LATIN
from analyzers.bulk_walk import LATIN_END, PAIR, WORD
from analyzers.compiled import compiled

_FIRST: Final = 42
"""Bits behind the first character in a number by which terms are put in order."""
_TWO_BYTES: Final = 0x80
_THREE_BYTES: Final = 0x800
_FOUR_BYTES: Final = 0x10000


@compiled
def order_numbers(keys: Any, seen: Any, units: Any, nodes: Any, heads: Any, ranks: Any) -> Any:
    """A number for each term by which they ascend as their texts do.

    No Latin run begins with a character that another term begins with.

    Args:
        keys, seen, units, nodes: see :mod:`analyzers.bulk_walk`.
        heads: the first character of each Latin run.
        ranks: the place of each among all.
    """
    numbers = np.empty(len(keys), np.int64)
    for term in range(len(keys)):
        key = keys[term]
        if key < LATIN:
            numbers[term] = key << _FIRST
        elif key < LATIN_END:
            run = key - LATIN
            numbers[term] = np.int64(heads[run]) << _FIRST | (np.int64(ranks[run]) + 1)
        elif key < WORD:
            numbers[term] = key << PAIR
        else:
            at = seen[term]
            pair = np.int64(units[at]) << PAIR | np.int64(units[at + 1])
            numbers[term] = pair << PAIR | (np.int64(nodes[key - WORD].rank) + 1)
    return numbers


@compiled
def encode_terms(
    order: Any, keys: Any, seen: Any, units: Any, nodes: Any, codes: Any, begins: Any, ends: Any
) -> tuple[Any, Any]:
    """The terms in UTF-8, one after the other, and where each ends.

    Args:
        order: terms as they shall stand.
        keys, seen, units, nodes: see :mod:`analyzers.bulk_walk`.
        codes, begins, ends: the text, and the Latin runs in it.
    """
    text, text_ends = np.empty(16 * len(order) + 1024, np.uint8), np.empty(len(order), np.int64)
    size = 0
    for place in range(len(order)):
        term = order[place]
        key, source, start = keys[term], units, seen[term]
        length = 1 if key < LATIN else 2
        if key >= WORD:
            length = nodes[key - WORD].length
        elif LATIN <= key < LATIN_END:
            source, start = codes, begins[key - LATIN]
            length = ends[key - LATIN] - start
        while size + 4 * length > len(text):
            text = np.concatenate((text, np.empty(len(text) + 4 * length, np.uint8)))
        for at in range(start, start + length):
            size = _put(source[at], text, size)
        text_ends[place] = size
    return text[:size].copy(), text_ends


@compiled
def _put(code: int, text: Any, size: int) -> int:
    """Append a code point in UTF-8 (RFC 3629); the new size."""
    if code < _TWO_BYTES:
        text[size] = code
        return size + 1
    if code < _THREE_BYTES:
        text[size] = 0xC0 | code >> 6
    else:
        if code < _FOUR_BYTES:
            text[size] = 0xE0 | code >> 12
        else:
            text[size] = 0xF0 | code >> 18
            size += 1
            text[size] = 0x80 | code >> 12 & 0x3F
        size += 1
        text[size] = 0x80 | code >> 6 & 0x3F
    text[size + 1] = 0x80 | code & 0x3F
    return size + 2


@compiled
def count_postings(stream: Any, stops: Any, documents: Any, places_of: Any) -> tuple[Any, Any]:
    """Where the postings of each term end, and where its positions begin; see :func:`group`.

    Args:
        places_of: (T) the place of each term in their order.
    """
    terms = len(places_of)
    postings, positions = np.zeros(terms, np.int64), np.zeros(terms + 1, np.int64)
    last = np.full(terms, -1, np.int32)
    begin = 0
    for part in range(len(stops)):
        for at in range(begin, stops[part]):
            place = places_of[stream[at]]
            positions[place + 1] += 1
            if last[place] != documents[part]:
                last[place] = documents[part]
                postings[place] += 1
        begin = stops[part]
    return np.cumsum(postings), np.cumsum(positions)


@compiled
def group(
    stream: Any,
    places: Any,
    leading: Any,
    stops: Any,
    documents: Any,
    weights: Any,
    lead_weight: float,
    places_of: Any,
    posting_ends: Any,
    position_starts: Any,
    lengths: Any,
    sums: Any,
) -> tuple[Any, Any, Any, Any]:
    """Put postings and positions where they belong.

    Args:
        stream, places, leading, stops: see :func:`analyzers.bulk_walk.find_terms`.
        documents: (N) the document of each part, ascending.
        weights: (N) of each occurrence of a part.
        lead_weight: of one in the lead besides.
        places_of, posting_ends, position_starts: see :func:`count_postings`.
        lengths, sums: (D) get the occurrences, and the weights, of all terms added.

    Returns:
        Of all terms in order: documents, weights, where positions end, and positions.
    """
    numbers = np.empty(posting_ends[-1] if len(posting_ends) else 0, np.int32)
    weighed = np.zeros(len(numbers), np.float64)
    position_ends = np.empty(len(numbers), np.uint32)
    positions = np.empty(position_starts[-1], np.uint32)
    next_posting, next_position = np.empty_like(posting_ends), position_starts[:-1].copy()
    for place in range(len(posting_ends)):
        next_posting[place] = posting_ends[place - 1] if place else 0
    last = np.full(len(posting_ends), -1, np.int32)
    begin = 0
    for part in range(len(stops)):
        document, weight = documents[part], weights[part]
        for at in range(begin, stops[part]):
            place = places_of[stream[at]]
            if last[place] != document:
                last[place] = document
                numbers[next_posting[place]] = document
                next_posting[place] += 1
            posting = next_posting[place] - 1
            weighs = weight + lead_weight if leading[at] else weight
            weighed[posting] += weighs
            sums[document] += weighs
            positions[next_position[place]] = places[at]
            next_position[place] += 1
            position_ends[posting] = next_position[place] - position_starts[place]
        lengths[document] += stops[part] - begin
        begin = stops[part]
    return numbers, weighed.astype(np.float32), position_ends, positions
