"""Any or every one of some terms of a segment, without scoring what cannot be among the best.

What a term earns is less than its scale, so that many documents are out before all of their
terms are looked at (MaxScore: Turtle & Flood 1995). They still count: totals are exact, by
bitmaps. A table has a row for each term: its first posting, the one behind its last, the row of
its bitmap or -1, and its scale.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzers.compiled import compiled
from indexer.index.kernel.phrases import seek_to

_FIRST: Final = 0
_LAST: Final = 1
_ROW: Final = 2
_SCALE: Final = 3
_ROUNDING: Final = 1 + 1e-5
"""What single precision may add to a sum of scales."""
_ONE: Final = np.uint64(1)
_SIX: Final = np.uint64(6)
_LOW_SIX: Final = np.uint64(63)


@compiled
def any_best(
    rows: Any,
    table: Any,
    numbers: Any,
    weights: Any,
    bits: Any,
    ranks: Any,
    norms: Any,
    allowed: Any,
    allowed_bits: Any,
    base: int,
    scores: Any,
    found: Any,
    best: Any,
    best_scores: Any,
    kept: int,
) -> tuple[int, int]:
    """Insert the best documents that have any of the terms.

    Args:
        rows, table: the terms, and the table they are in; see the module.
        numbers, weights: what it points into.
        bits, ranks: (rows, words) bitmaps of documents, and of each word how many documents
            stand before it.
        norms, allowed: of the documents of the segment.
        allowed_bits: the latter as a bitmap.
        base: the number of the segment's first document.
        scores: nought for every document, also afterwards.
        found: room for every document, and one more.
        best, best_scores: what is best so far, best first; ``kept`` of them.

    Returns:
        How many are kept, and how many documents were found.
    """
    table = table[rows]
    order = np.argsort(-table[:, _SCALE])
    rest = _rest(table, order)
    behind = np.int64((table[:, _LAST] - table[:, _FIRST]).sum())
    least = np.float64(best_scores[kept - 1]) if kept == len(best) else -1.0
    count, at = 0, 0
    while at < len(table):
        row = table[order[at]]
        first, last = np.int64(row[_FIRST]), np.int64(row[_LAST])
        scale = np.float32(row[_SCALE])
        count = _add(numbers[first:last], weights[first:last], norms, scale, scores, found, count)
        behind -= last - first
        at += 1
        if behind > count // 2:
            least = max(least, _least_of_best(found, count, scores, allowed, len(best)))
            if rest[at] < least:
                break
    left = order[at:]
    total = _count(left, table, numbers, bits, found, count, allowed_bits)
    size = _choose(found, count, scores, allowed, least - rest[at])
    chosen = np.sort(found[:size]) if len(left) else found[:size]
    _complete(chosen, left, table, numbers, weights, bits, ranks, norms, scores)
    for number in chosen:
        kept = insert(number + base, scores[number], best, best_scores, kept)
    scores[found[:count]] = 0
    return kept, total


@compiled
def _rest(table: Any, order: Any) -> Any:
    """What the terms from each place of an order on can earn at most, zero behind the last."""
    rest = np.zeros(len(order) + 1)
    for at in range(len(order) - 1, -1, -1):
        rest[at] = rest[at + 1] + table[order[at], _SCALE] * _ROUNDING
    return rest


@compiled
def _add(
    numbers: Any, weights: Any, norms: Any, scale: Any, scores: Any, found: Any, count: int
) -> int:
    """Add what a term earns; list the documents that earn for the first time."""
    for at in range(len(numbers)):
        number = numbers[at]
        weight = weights[at]
        before = scores[number]
        found[count] = number
        count += before == 0
        scores[number] = before + scale * weight / (weight + norms[number])
    return count


@compiled
def _least_of_best(found: Any, count: int, scores: Any, allowed: Any, size: int) -> float:
    """The lowest of the best scores so far, -1 if there are fewer."""
    best = np.full(size, -1.0)
    for at in range(count):
        score = scores[found[at]]
        if score > best[size - 1] and allowed[found[at]]:
            place = size - 1
            while place > 0 and best[place - 1] < score:
                best[place] = best[place - 1]
                place -= 1
            best[place] = score
    return float(best[size - 1])


@compiled
def _choose(found: Any, count: int, scores: Any, allowed: Any, least: float) -> int:
    """Put the allowed documents that score at least so much in front; returns how many."""
    size = 0
    for at in range(count):
        number = found[at]
        if allowed[number] and scores[number] >= least:
            found[at], found[size] = found[size], number
            size += 1
    return size


@compiled
def _complete(
    chosen: Any,
    left: Any,
    table: Any,
    numbers: Any,
    weights: Any,
    bits: Any,
    ranks: Any,
    norms: Any,
    scores: Any,
) -> None:
    """Add what the terms that are left earn for some documents, in ascending order."""
    for term in left:
        first, last = np.int64(table[term, _FIRST]), np.int64(table[term, _LAST])
        row, scale = np.int64(table[term, _ROW]), np.float32(table[term, _SCALE])
        at = first
        for number in chosen:
            if row >= 0:
                if not _bit(bits, row, np.uint64(number)):
                    continue
                at = first + _rank(number, row, bits, ranks)
            else:
                at = seek_to(numbers, number, at, last)
                if at == last:
                    break
                if numbers[at] != number:
                    continue
            scores[number] += scale * weights[at] / (weights[at] + norms[number])


@compiled
def _count(
    left: Any, table: Any, numbers: Any, bits: Any, found: Any, count: int, allowed_bits: Any
) -> int:
    """How many allowed documents were found or have a term that is left."""
    marks = np.zeros(len(allowed_bits), np.uint64)
    set_bits(found[:count], marks)
    for term in left:
        row = np.int64(table[term, _ROW])
        if row >= 0:
            for word in range(len(marks)):
                marks[word] |= bits[row, word]
        else:
            set_bits(numbers[np.int64(table[term, _FIRST]) : np.int64(table[term, _LAST])], marks)
    total = 0
    for word in range(len(marks)):
        total += _ones(marks[word] & allowed_bits[word])
    return int(total)


@compiled
def set_bits(numbers: Any, bits: Any) -> None:
    """Set the bit of each document in a bitmap."""
    for at in range(len(numbers)):
        number = np.uint64(numbers[at])
        bits[number >> _SIX] |= _ONE << (number & _LOW_SIX)


@compiled
def _ones(word: Any) -> Any:
    """The ones in a word of 64 bits (Warren, Hacker's Delight, 5-1)."""
    word -= (word >> _ONE) & np.uint64(0x5555555555555555)
    low = np.uint64(0x3333333333333333)
    word = (word & low) + ((word >> np.uint64(2)) & low)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def every_best(
    rows: Any,
    table: Any,
    numbers: Any,
    weights: Any,
    bits: Any,
    ranks: Any,
    norms: Any,
    allowed_bits: Any,
    base: int,
    best: Any,
    best_scores: Any,
    kept: int,
) -> tuple[int, int]:
    """Insert the best documents that have every term; arguments and result as of
    :func:`any_best`."""
    order = np.argsort(table[rows, _LAST] - table[rows, _FIRST])
    terms = table[rows[order]]
    firsts = terms[:, _FIRST].astype(np.int64)
    places = firsts.copy()
    lasts = terms[:, _LAST].astype(np.int64)
    bitmaps = terms[:, _ROW].astype(np.int64)
    scales = terms[:, _SCALE].astype(np.float32)
    rest = _rest(table, rows[order])
    found = _common(terms, numbers, bits, allowed_bits)
    for number in found:
        least = np.float64(best_scores[-1]) if kept == len(best) else -1.0
        score = np.float32(0)
        for term in range(len(terms)):
            if score + rest[term] < least:
                break
            row = bitmaps[term]
            if row >= 0:
                place = firsts[term] + _rank(number, row, bits, ranks)
            else:
                place = seek_to(numbers, number, places[term], lasts[term])
                places[term] = place
            weight = weights[place]
            score += scales[term] * weight / (weight + norms[number])
        else:
            kept = insert(number + base, score, best, best_scores, kept)
    return kept, len(found)


@compiled
def _common(terms: Any, numbers: Any, bits: Any, allowed_bits: Any) -> Any:
    """The allowed documents that have every term; the first term has the fewest.

    Bitmaps come first, and without a branch: a processor would guess every second wrong.
    """
    found = numbers[np.int64(terms[0, _FIRST]) : np.int64(terms[0, _LAST])].copy()
    count = _keep(found, len(found), allowed_bits)
    for term in range(1, len(terms)):
        row = np.int64(terms[term, _ROW])
        if row >= 0:
            count = _keep(found, count, bits[row])
    for term in range(1, len(terms)):
        if terms[term, _ROW] < 0:
            at, last = np.int64(terms[term, _FIRST]), np.int64(terms[term, _LAST])
            left = 0
            for number in found[:count]:
                at = seek_to(numbers, number, at, last)
                if at == last:
                    break
                found[left] = number
                left += numbers[at] == number
            count = left
    return found[:count]


@compiled
def _keep(found: Any, count: int, bits: Any) -> int:
    """Move the documents of a bitmap to the front; returns how many."""
    left = 0
    for number in found[:count]:
        found[left] = number
        place = np.uint64(number)
        left += np.int64((bits[place >> _SIX] >> (place & _LOW_SIX)) & _ONE)
    return left


@compiled
def _bit(bits: Any, row: int, number: Any) -> Any:
    """1 if a document is in a bitmap, or else 0."""
    return (bits[row, number >> _SIX] >> (number & _LOW_SIX)) & _ONE


@compiled
def _rank(number: Any, row: int, bits: Any, ranks: Any) -> Any:
    """How many documents of a bitmap stand before one of them."""
    place = np.uint64(number)
    word = place >> _SIX
    before = bits[row, word] & ((_ONE << (place & _LOW_SIX)) - _ONE)
    return np.int64(ranks[row, word]) + _ones(before)


@compiled
def set_ranks(bits: Any, ranks: Any) -> None:
    """How many documents of a bitmap stand before each of its words."""
    count = 0
    for word in range(len(bits)):
        ranks[word] = count
        count += _ones(bits[word])


@compiled
def insert(number: Any, score: Any, best: Any, best_scores: Any, count: int) -> int:
    """Insert into a short list, the best first and of equals the lower number; its last is
    dropped where it is full. Returns how many it has."""
    size = len(best)
    if count == size and (
        score < best_scores[size - 1]
        or (score == best_scores[size - 1] and number > best[size - 1])
    ):
        return count
    at = count if count < size else size - 1
    while at > 0 and (
        best_scores[at - 1] < score or (best_scores[at - 1] == score and best[at - 1] > number)
    ):
        best[at] = best[at - 1]
        best_scores[at] = best_scores[at - 1]
        at -= 1
    best[at] = number
    best_scores[at] = score
    return min(count + 1, size)
